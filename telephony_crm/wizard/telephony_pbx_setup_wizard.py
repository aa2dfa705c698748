import time

from psycopg2 import IntegrityError

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.base.models.res_partner import _tz_get

from ..models.telephony_pbx_api import PATIENCE
from ..pbx import adapter as pbx_adapter
from ..pbx import numbers


class TelephonyPbxSetupWizard(models.TransientModel):
    """What the account of a PBX offers, before it is taken over.

    Looking at it writes nothing. What is taken over is so step by step: if one fails,
    the others stay, and doing it again changes nothing that is done.
    """

    _name = "telephony.pbx.setup.wizard"
    _description = "Set-Up of a PBX"

    pbx_id = fields.Many2one("telephony.pbx", required=True, ondelete="cascade")
    is_done = fields.Boolean()
    is_posted = fields.Boolean(help="All events are posted here already.")
    step_ids = fields.One2many(
        "telephony.pbx.setup.step", "wizard_id", domain=[("stage", "=", "look")]
    )
    result_ids = fields.One2many(
        "telephony.pbx.setup.step", "wizard_id", domain=[("stage", "=", "done")]
    )
    tz = fields.Selection(
        lambda self: _tz_get(self), string="Time Zone of the PBX", required=True
    )
    register_webhook = fields.Boolean(string="Have All Events Posted to This Odoo")
    has_extensions = fields.Boolean()
    has_dids = fields.Boolean()
    extension_ids = fields.One2many("telephony.pbx.setup.extension", "wizard_id")
    did_ids = fields.One2many(
        "telephony.pbx.setup.did", "wizard_id", string="Company Numbers"
    )

    # -- looking ---------------------------------------------------------------------

    @api.model
    def _look_at(self, pbx):
        """Read the account and return the wizard that shows what was found.

        :raises UserError: when the PBX does not even answer
        """
        stored = pbx.sudo()
        deadline = time.monotonic() + PATIENCE
        vals = {"pbx_id": pbx.id, "tz": pbx.tz, "step_ids": []}
        # Where events come from is set up on the PBX's side then.
        vals["is_posted"] = "setup" not in stored._adapter().capabilities
        for title, look in self._looks(stored):
            try:
                if time.monotonic() > deadline:
                    raise pbx_adapter.Unreachable()
                state, message = look(stored, vals, deadline)
            except pbx_adapter.PbxError as error:
                if not vals["step_ids"]:  # nothing else would be answered either
                    raise UserError(stored._in_words(error)) from error
                state, message = "error", stored._in_words(error)
            vals["step_ids"].append(
                Command.create(
                    {
                        "stage": "look",
                        "name": title,
                        "state": state,
                        "message": message,
                    }
                )
            )
        return self.create(vals)

    def _looks(self, pbx):
        """Return what is looked at: title and method; of some PBXs not all is told."""
        extensions = (self.env._("Extensions"), self._look_at_extensions)
        if "setup" not in pbx._adapter().capabilities:
            return [extensions]
        return [
            (self.env._("Key and clock"), self._look_at_zone),
            (self.env._("Events"), self._look_at_webhook),
            extensions,
            (self.env._("Company numbers"), self._look_at_dids),
        ]

    def _look_at_zone(self, pbx, vals, _deadline):
        adapter = pbx._adapter()
        said = adapter.read_zone(pbx._ask(adapter.zone(pbx._credentials())))
        vals["tz"] = pbx._propose_tz(said) or pbx.tz
        if said == vals["tz"]:
            return "ok", self.env._("The PBX accepts the key. Its clock is %s.", said)
        return "ok", self.env._(
            "The PBX accepts the key. Its clock shows %(said)s, as it does in %(zone)s "
            "now. Choose another zone if the PBX is elsewhere.",
            said=said,
            zone=vals["tz"],
        )

    def _look_at_webhook(self, pbx, vals, _deadline):
        missing, others = pbx._ask_webhook()
        vals["is_posted"] = not missing
        if not missing:
            return "ok", pbx._webhook_in_words(missing)
        problem = pbx._address_problem()
        vals["register_webhook"] = not problem and not others
        if problem:
            return "warning", problem
        if others:
            return "warning", self.env._(
                "Another system gets the events of this account now: %s. An account "
                "has one address for them, so that system would hear of no call any "
                "more. Have them posted to this Odoo only if it is no longer used.",
                ", ".join(others),
            )
        return "warning", self.env._(
            "Some events are not posted to this Odoo yet; it is done with what follows."
        )

    def _look_at_extensions(self, pbx, vals, deadline):
        adapter = pbx._adapter()
        answer = pbx._ask(adapter.extensions(pbx._credentials()))
        found = pbx._read_names(adapter.read_extensions(answer), deadline)
        here = {one.number: one for one in pbx._extensions_of_all_times()}
        people = self._people(pbx, here.values())
        lines = []
        for info in found:
            known = here.get(info.number)
            user = known.user_id if known else people.propose(info)
            lines.append(
                Command.create(
                    {
                        "number": info.number,
                        "name": info.name,
                        "email": info.email,
                        "is_known": bool(known),
                        "is_taken": not known,
                        "user_id": user.id,
                    }
                )
            )
        vals.update(extension_ids=lines, has_extensions=bool(lines))
        unnamed = sum(not (info.name or info.email) for info in found)
        if unnamed and unnamed < len(found):
            return "warning", self.env._(
                "%(count)s found. Of %(unnamed)s the PBX has told no name.",
                count=len(found),
                unnamed=unnamed,
            )
        return "ok", self.env._("%s found.", len(found))

    def _look_at_dids(self, pbx, vals, _deadline):
        adapter = pbx._adapter()
        found = adapter.read_dids(pbx._ask(adapter.dids(pbx._credentials())))
        here = {did.e164: did for did in pbx._dids_of_all_times()}
        lines = []
        for info in found:
            number = pbx._as_did(info.number)
            known = here.get(number)
            lines.append(
                Command.create(
                    {
                        "number": numbers.international(number) or number,
                        "name": known.name if known else info.name,
                        "is_known": bool(known),
                        "is_taken": not known and info.active,
                        "is_active": info.active,
                    }
                )
            )
        vals.update(did_ids=lines, has_dids=bool(lines))
        return "ok", self.env._("%s found.", len(found))

    def _people(self, pbx, extensions):
        users = self.env["res.users"].search(
            [
                ("share", "=", False),
                ("company_ids", "in", pbx.company_id.id),
                ("id", "not in", [one.user_id.id for one in extensions]),
            ]
        )
        return People(users)

    # -- taking over -------------------------------------------------------------------

    def action_apply(self):
        """Take over what is chosen, and show what came of it."""
        self.ensure_one()
        self.pbx_id.check_access("write")
        if self.is_done:
            return self._show()
        for title, step in (
            (self.env._("Time zone"), self._apply_zone),
            (self.env._("Extensions"), self._apply_extensions),
            (self.env._("Company numbers"), self._apply_dids),
        ):
            self._note(title, *self._alone(step))
        try:
            state, message = self._apply_webhook()
        except pbx_adapter.PbxError as error:
            state, message = "error", self.pbx_id._in_words(error)
        self._note(self.env._("Events"), state, message)
        self.is_done = True
        return self._show()

    def _alone(self, step):
        """Return state and words of a step; one that fails is undone by itself."""
        try:
            with self.env.cr.savepoint():
                return step()
        except UserError as error:
            return "error", str(error)
        except IntegrityError as error:
            return "error", self._sql_error_to_message(error)

    def _note(self, title, state, message):
        if message:
            self.env["telephony.pbx.setup.step"].create(
                {
                    "wizard_id": self.id,
                    "stage": "done",
                    "name": title,
                    "state": state,
                    "message": message,
                }
            )

    def _apply_zone(self):
        if self.pbx_id.tz == self.tz:
            return "ok", ""
        self.pbx_id.tz = self.tz
        return "ok", self.env._("Times of the PBX are read as those of %s.", self.tz)

    def _apply_extensions(self):
        """Create the chosen extensions, and seat people where nobody sits yet."""
        here = {one.number: one for one in self.pbx_id._extensions_of_all_times()}
        seated = {one.user_id.id for one in here.values()} - {False}
        created = changed = 0
        doubles = self.env["res.users"]
        for line in self.extension_ids:
            known, user = here.get(line.number), line.user_id
            if user.id in seated and (not known or known.user_id != user):
                doubles |= user
                user = user.browse()
            if known:
                if line.is_taken and user and known.user_id != user:
                    known.write({"user_id": user.id, "active": True})
                    changed += 1
            elif line.is_taken:
                here[line.number] = self.env["telephony.extension"].create(
                    {
                        "pbx_id": self.pbx_id.id,
                        "number": line.number,
                        "user_id": user.id,
                    }
                )
                created += 1
            else:
                continue
            seated.add(user.id)
        message = self.env._(
            "%(created)s added, %(changed)s changed.", created=created, changed=changed
        )
        if doubles:
            names = ", ".join(doubles.mapped("name"))
            return "warning", message + " " + self.env._(
                "Nobody sits at two of them: %s was left out at the second.", names
            )
        return "ok", message if created or changed else ""

    def _apply_dids(self):
        here = {did.e164: did for did in self.pbx_id._dids_of_all_times()}
        created = 0
        for line in self.did_ids.filtered("is_taken"):
            number = self.pbx_id._as_did(line.number)
            if number in here:
                continue
            here[number] = self.env["telephony.did"].create(
                {"pbx_id": self.pbx_id.id, "number": number, "name": line.name}
            )
            created += 1
        return "ok", self.env._("%s added.", created) if created else ""

    def _apply_webhook(self):
        """Register the webhook at last: it waits for the PBX, and may fail."""
        if not self.register_webhook:
            return "ok", ""
        pbx = self.pbx_id.sudo()
        missing = pbx._register_webhook()
        return ("warning" if missing else "ok"), pbx._webhook_in_words(missing)

    def action_close(self):
        """Go back to the PBX, which looks different now."""
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _show(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Set Up %s", self.pbx_id.name),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }


class People:
    """Who may sit at an extension; each is proposed once."""

    def __init__(self, users):
        self.users = users

    def propose(self, info):
        """Return the user with the extension's e-mail, else its name, else none.

        A name that two users have says nothing.
        """
        email, name = _plain(info.email), _plain(info.name)
        found = self.users.browse()
        if email:
            found = self.users.filtered(
                lambda user: email in (_plain(user.email), _plain(user.login))
            )
        if len(found) != 1 and name:
            found = self.users.filtered(lambda user: name == _plain(user.name))
        if len(found) != 1:
            return self.users.browse()
        self.users -= found
        return found


def _plain(text):
    return " ".join((text or "").casefold().split())
