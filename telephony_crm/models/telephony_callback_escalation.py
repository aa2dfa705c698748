from odoo import api, fields, models

from ..tools.transaction import exclusive

BATCH = 100


class TelephonyCallback(models.Model):
    """What becomes of call-backs that nobody makes in time."""

    _inherit = "telephony.callback"

    @api.model
    def _cron_escalate(self):
        """Tell the leaders of the teams what was not done in time; once each."""
        late = self.search(
            [
                ("state", "=", "open"),
                ("escalated", "=", False),
                ("escalate_date", "<=", fields.Datetime.now()),
            ],
            order="escalate_date, id",
            limit=BATCH,
        )
        for callback in late:
            with exclusive(self.env, "number", callback.company_id.id, callback.e164):
                self.env.cr.execute(
                    """
                    SELECT FROM telephony_callback
                     WHERE id = %s AND state = 'open' AND escalated IS NOT TRUE
                       FOR NO KEY UPDATE
                    """,
                    [callback.id],
                )
                if self.env.cr.rowcount:
                    world = callback.pbx_id._for_events().env
                    world["telephony.callback"].browse(callback.id)._escalate()
            if not self.env["ir.cron"]._commit_progress(1):
                break
        if len(late) == BATCH:
            self.env.ref("telephony_crm.ir_cron_callback_escalate")._trigger()

    def _escalate(self):
        """Let the team's leader know, or have it, as the PBX is set."""
        self.ensure_one()
        how = self.pbx_id.escalation
        leader = self.team_id.user_id
        if not self._works_for(leader, self.company_id):
            leader = self.pbx_id.fallback_user_id
        is_other = leader != self.user_id and self._works_for(leader, self.company_id)
        vals = {"escalated": True}
        if how == "hand_over" and is_other:
            vals["user_id"] = leader.id
        before = self.user_id
        self.write(vals)
        if how == "none" or not is_other:
            return
        _ = self.with_context(lang=leader.lang).env._
        name = self._name_for(leader)
        if how == "hand_over":
            message = _("%s was not called back in time. It is yours now.", name)
        elif before:
            message = _(
                "%(who)s was not called back in time by %(user)s.",
                who=name,
                user=before.name,
            )
        else:
            message = _("%s was not called back in time.", name)
        self._notice(leader, _("Not called back"), message)
        self._tell_screens(before)
