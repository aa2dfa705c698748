from odoo import api, fields, models

from ..pbx import numbers

# Who is being offered, or called, is not asked for a second time.
UNDER_WAY = ("offered", "accepted")


class TelephonyCallback(models.Model):
    """A call-back that somebody has asked for: at once, or at a time of their choice.

    It is the open call-back of its number, whether there was one for a missed call or
    not. From the moment that was promised it is counted how long it took to ring.
    """

    _inherit = "telephony.callback"

    asked_by = fields.Selection(
        [
            ("widget", "Web site"),
            ("form", "Web form"),
            ("lead", "New lead"),
            ("person", "A user"),
        ],
        string="Asked By",
        readonly=True,
    )
    asked_date = fields.Datetime(string="Asked at", readonly=True)
    asked_name = fields.Char(string="Name Given", readonly=True)
    wanted_date = fields.Datetime(
        string="Wanted at", readonly=True, help="The time that they have chosen."
    )
    promised_date = fields.Datetime(
        string="Promised for",
        readonly=True,
        help="When they asked, or the time they chose, within the hours of call-backs.",
    )
    ring_date = fields.Datetime(string="Rang at", readonly=True)
    ring_seconds = fields.Integer(
        string="Seconds to Ring",
        aggregator="avg",
        readonly=True,
        help="From the moment promised until the customer's phone rang first.",
    )
    agent_ring_seconds = fields.Integer(
        string="Seconds to Ring Agent",
        aggregator="avg",
        readonly=True,
        help="From the moment promised until the phone of the first agent rang.",
    )

    # -- asking ------------------------------------------------------------------------

    @api.model
    def _promise(
        self,
        pbx,
        e164,
        asked_by,
        promised,
        wanted=None,
        name="",
        lead=None,
        did=None,
        **options,
    ):
        """Make the open call-back of a number one that was asked for.

        The caller is alone for the number. Nothing changes where somebody is being
        offered it, or calls already; what a stranger cannot change of one that is open,
        see `_is_guarded`.

        :param pbx: `telephony.pbx` in the environment of its events
        :param promised: when they are called, see `_opening`
        :param wanted: the time they have chosen, naive UTC; `None`: at once
        :param lead: `crm.lead` it is for; else whose number it is
        :param options: ``asked`` (when they asked, if not now), ``make_lead`` (if the
            number is nobody's), and what other addons know
        """
        callback = self._open_of(pbx.company_id, e164)
        is_guarded = callback._is_guarded(asked_by)
        is_later = is_guarded and callback._is_put_off_to(promised)
        if is_guarded:
            callback._note_wish(asked_by, name, promised if is_later else None)
        if callback.offer in UNDER_WAY:
            return callback
        asked = options.get("asked") or fields.Datetime.now()
        vals = {
            **self._vals_of_asked(pbx, e164, callback, lead, did, is_guarded),
            **{
                name: value
                for name, value in self._vals_of_source(**options).items()
                if not (is_guarded and callback[name])
            },
        }
        if options.get("make_lead") and not (vals["lead_id"] or vals["partner_id"]):
            vals["lead_id"] = self._lead_of_asked(e164, name, vals, **options).id
        if is_later:
            callback.write(vals)
            callback._offer_besides(promised)
            return callback
        vals |= {
            "kind": "promised",
            "asked_by": asked_by,
            "asked_date": asked,
            "asked_name": callback.asked_name if is_guarded else name,
            "wanted_date": wanted,
            "promised_date": promised,
            "due_date": min(promised, callback.due_date) if is_guarded else promised,
            "tries": 0,
            "offer": False,
        }
        if not callback:
            vals |= {"e164": e164, "company_id": pbx.company_id.id, "pbx_id": pbx.id}
            callback = self.create({**vals, "waiting_date": asked})
        else:
            vals["asked_name"] = vals["asked_name"] or callback.asked_name
            before = callback.escalate_date
            callback.write(vals)
        user = (callback.user_id if is_guarded else None) or callback._whom(callback)
        told = callback._vals_of_escalation(user)
        if is_guarded:
            told = callback._earlier(told, before)
        callback.write({"user_id": user.id, **told})
        callback._offer_when_due()
        if callback.offer not in ("offered", "over"):
            callback._tell_asked()
        return callback

    @api.model
    def _vals_of_asked(self, pbx, e164, callback, lead, did, is_guarded=False):
        """Return whose number it is, and the team; what is known already stays."""
        if lead and not (is_guarded and (callback.lead_id or callback.partner_id)):
            partner_id, lead_id = lead.partner_id.id, lead.id
        else:
            match = self.env["telephony.number"]._match(e164, pbx)
            partner_id = callback.partner_id.id or match.partner_id
            lead_id = callback.lead_id.id or match.lead_id
        did = did or callback.did_id
        team = (
            self.env["crm.lead"].browse(lead_id).team_id
            or callback.team_id
            or did.team_id
            or pbx.fallback_team_id
        )
        if team.company_id not in (team.company_id.browse(), pbx.company_id):
            team = pbx.fallback_team_id
        return {
            "partner_id": partner_id,
            "lead_id": lead_id,
            "did_id": did.id if did else False,
            "team_id": team.id,
        }

    @api.model
    def _vals_of_source(self, **options):
        """Return values that tell where they came from; for addons that know."""
        return {}

    @api.model
    def _vals_of_asked_lead(self, **options):
        """Return further values of a lead that is made; for addons that know."""
        return {}

    @api.model
    def _lead_of_asked(self, e164, name, vals, **options):
        """Make the lead of a number that is nobody's; nobody is called for it twice."""
        phone = numbers.international(e164)
        is_lead = self.env.user.has_group("crm.group_use_lead")
        team = {"team_id": vals["team_id"]} if vals["team_id"] else {}
        return (
            self.env["crm.lead"]
            .with_context(telephony_of_call=True)
            .create(
                {
                    "name": self.env._("Call-back for %s", name or phone),
                    "contact_name": name,
                    "phone": phone,
                    "type": "lead" if is_lead else "opportunity",
                    "company_id": self.env.company.id,
                    "user_id": False,
                    **team,
                    **self._vals_of_asked_lead(**options),
                }
            )
        )

    def _vals_of_escalation(self, user):
        """Return when others are told, if it is not done until then."""
        pbx = self.pbx_id
        if pbx.escalation == "none":
            return {"escalate_date": False}
        [moment] = self._working_moments(
            user,
            self.company_id,
            self.due_date,
            pbx.callback_minutes + pbx.escalation_minutes,
        )
        return {"escalate_date": moment, "escalated": False}

    def _tell_asked(self):
        """Tell its user, on whose screen it does not come up, that somebody asked."""
        for callback in self.filtered("user_id"):
            _ = callback.with_context(lang=callback.user_id.lang).env._
            callback._notice(
                callback.user_id,
                _("Call-back"),
                _("%s asks to be called back.", callback._name_for(callback.user_id)),
            )

    def _name_for(self, user):
        """Override to tell the name that they have given themselves."""
        name = super()._name_for(user)
        return self.asked_name or name if name == self.number_shown else name

    # -- what became of it -------------------------------------------------------------

    def _note_ring(self, call):
        """Keep how long it took to ring, when a call tells so for the first time."""
        self.ensure_one()
        vals = {}
        since = self.promised_date
        rung = {
            kind: min(filter(None, legs.mapped("ring_date")), default=None)
            for kind, legs in call.leg_ids.grouped("kind").items()
        }
        if not since or self.ring_date:
            return
        if rung.get("agent") and not self.agent_ring_seconds:
            vals["agent_ring_seconds"] = _seconds(since, rung["agent"])
        if rung.get("customer"):
            vals["ring_date"] = rung["customer"]
            vals["ring_seconds"] = _seconds(since, rung["customer"])
        if vals:
            self.write(vals)


def _seconds(start, end):
    return max(0, int((end - start).total_seconds()))
