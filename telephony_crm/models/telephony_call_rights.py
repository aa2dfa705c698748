from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

PEOPLE = ("partner_id", "lead_id")
# What a person may say of a call. All else is what the PBX said.
WRITABLE = frozenset({"note", "outcome_id", *PEOPLE})


class TelephonyCall(models.Model):
    """Who may change a call: the PBX its facts, a person what it meant."""

    _inherit = "telephony.call"

    def init(self):
        """Override to have PostgreSQL plan the lists of single users well.

        It has to know how many calls each user takes part in. Else all who are not
        among the hundred with most calls are taken for the average of the others, and
        those of somebody with few calls are looked for among all calls, from the
        newest to the oldest. And a page of a list is not worth three processes, which
        are slower at it than one.
        """
        super().init()
        self.env.cr.execute(
            """
            ALTER TABLE telephony_call_user_rel
                  ALTER COLUMN user_id SET STATISTICS 2000;
            ALTER TABLE telephony_call_user_rel SET (parallel_workers = 0);
            ALTER TABLE telephony_call SET (parallel_workers = 0);
            """
        )

    @api.model
    def _search(self, domain, *args, bypass_access=False, **options):
        """Override to ask once, and not twice, whether the user takes part.

        A list of my calls asks for what an agent's rule says of every call. PostgreSQL
        takes the two for independent, expects nearly nothing, and reads all.
        """
        if not (self.env.su or bypass_access):
            domain = self._without_rule(Domain(domain))
        return super()._search(domain, *args, bypass_access=bypass_access, **options)

    def _without_rule(self, domain):
        """Return ``domain`` without the conditions that the user's rule holds true."""
        mine = Domain("participant_ids", "in", self.env.user.ids).optimize(self)
        rule = self.env["ir.rule"]._compute_domain(self._name)
        is_and = getattr(rule, "OPERATOR", None) == "&"
        if mine not in (rule.children if is_and else (rule,)):
            return domain
        return domain.map_conditions(
            lambda condition: (
                Domain.TRUE
                if condition.field_expr == "participant_ids"
                and condition.optimize(self) == mine
                else condition
            )
        )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(
                self.env._("Calls come from the PBX. Nobody can enter one by hand.")
            )
        return super().create(vals_list)

    def write(self, vals):
        if self.env.su:
            return super().write(vals)
        self._check_writable(vals)
        self.check_access("write")
        outcome = self.env["telephony.call.outcome"].browse(vals.get("outcome_id"))
        for call in self:
            call._check_same_company(outcome)
        people = {name: vals[name] for name in PEOPLE if name in vals}
        super().write({name: vals[name] for name in vals if name not in PEOPLE})
        if people:
            for call in self:
                call._choose(people)
        return True

    @api.ondelete(at_uninstall=False)
    def _unlink_superuser_only(self):
        if not self.env.su:
            raise AccessError(
                self.env._("Calls are the record of the PBX and cannot be deleted.")
            )

    def _check_writable(self, vals):
        """Refuse what only the PBX may say, and records that are not to be seen.

        :raises AccessError: for any other field, and for a contact, lead or outcome
            that the user may not read: its name would show on the call
        """
        if others := sorted(set(vals) - WRITABLE):
            raise AccessError(
                self.env._(
                    "Only the PBX tells this of a call: %s.",
                    ", ".join(
                        self._fields[name]._description_string(self.env)
                        for name in others
                        if name in self._fields
                    ),
                )
            )
        for name in (*PEOPLE, "outcome_id"):
            if vals.get(name):
                self.env[self._fields[name].comodel_name].browse(
                    vals[name]
                ).check_access("read")

    def _choose(self, people):
        """Tie the call to what a person has put into its form.

        The same as a choice on the card: the number is remembered, and whose call it
        is follows. A lead that belongs to another contact gives way to the contact.

        :param people: new ``partner_id``, ``lead_id`` or both
        """
        self.ensure_one()
        lead = self.env["crm.lead"].browse(people.get("lead_id", self.lead_id.id))
        partner = self.env["res.partner"].browse(
            people.get("partner_id", self.partner_id.id)
        )
        if "lead_id" not in people and lead.sudo().partner_id not in (
            partner,
            partner.browse(),
        ):
            lead = lead.browse()
        if not lead and not partner:
            self.card_none(self.id)
            return
        for record in (lead, partner):
            self._check_same_company(record)
        self._link(lead or partner, "chosen")
        if lead and partner and not self.partner_id:
            self.sudo().partner_id = partner
