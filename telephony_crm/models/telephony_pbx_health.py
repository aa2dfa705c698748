from datetime import timedelta

from babel.dates import format_timedelta

from odoo import fields, models

from .telephony_pbx import ADMINISTRATOR


class TelephonyPbx(models.Model):
    """Whether a PBX works, in one sentence; and what is wrong, with its remedy."""

    _inherit = "telephony.pbx"

    health_state = fields.Selection(
        [("ok", "Connected"), ("warning", "Attention"), ("error", "Not working")],
        compute="_compute_health",
        groups=ADMINISTRATOR,
    )
    health = fields.Char(compute="_compute_health", groups=ADMINISTRATOR)
    refused_date = fields.Datetime(readonly=True, copy=False, groups=ADMINISTRATOR)
    refused_reason = fields.Char(readonly=True, copy=False, groups=ADMINISTRATOR)

    def _compute_health(self):
        now = fields.Datetime.now()
        Event = self.env["telephony.pbx.event"].sudo()
        for pbx in self:
            stored = pbx.sudo()
            failed = Event.search_count(
                [("pbx_id", "=", pbx.id), ("state", "=", "failed")], limit=1000
            )
            last = Event.search(
                [("pbx_id", "=", pbx.id)], order="received_at desc", limit=1
            )
            if not pbx._adapter(raise_if_unknown=False):
                pbx.health_state = "error"
                pbx.health = self.env._(
                    "The system “%s” is not installed any more. Choose another one.",
                    pbx.adapter,
                )
            elif stored._adapter().verifies and not stored.api_secret_stored:
                pbx.health_state = "error"
                pbx.health = self.env._(
                    "There is no API secret, so every event is refused. Enter it below."
                )
            elif stored.refused_date and stored.refused_date > now - timedelta(hours=1):
                pbx.health_state = "error"
                pbx.health = self.env._(
                    "An event was refused within the last hour: %s",
                    stored.refused_reason,
                )
            elif failed:
                pbx.health_state = "warning"
                pbx.health = self.env._(
                    "%s events could not be applied. Open them to see why.", failed
                )
            elif not last:
                pbx.health_state = "warning"
                pbx.health = self.env._(
                    "No event yet. Set the webhook address in the PBX, then call."
                )
            else:
                pbx.health_state = "ok"
                pbx.health = self.env._(
                    "Connected. Last event %s.",
                    format_timedelta(
                        last.received_at - now,
                        add_direction=True,
                        locale=self.env["res.lang"]._lang_get(self.env.user.lang).code
                        or "en",
                    ),
                )

    def _note_refusal(self, reason):
        """Remember for the health sentence that an event was refused.

        At most once a minute: who sends nonsense must not make us write.
        """
        self.ensure_one()
        now = fields.Datetime.now()
        self.env.cr.execute(
            """
            UPDATE telephony_pbx SET refused_date = %s, refused_reason = %s
             WHERE id = %s
               AND (refused_date IS NULL OR refused_date < %s)
            """,
            [now, reason, self.id, now - timedelta(minutes=1)],
        )
