from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..pbx import numbers

# A callback request brings no id of the call, so extension, number and time have to
# tie the two together. The PBX rings the agent first, who may take a while.
TIE_WITHIN = timedelta(minutes=2)
# The call's start is told by the PBX's clock, and cut to the second.
CLOCK_SKEW = timedelta(seconds=30)


class TelephonyDial(models.Model):
    """Which wish a call comes of."""

    _inherit = "telephony.dial"

    @api.model
    def _tie(self, call):
        """Tie ``call`` to the wish that it comes from, each at most once.

        The oldest wish for the same number from the same extension, not long before
        the call's start. A wish whose request was not answered counts as well, after
        the others: the PBX may have dialled nevertheless. May be asked again for the
        same call.

        :param call: a `telephony.call` that one of ours began
        :return: ``(partner_id, lead_id)`` of the record clicked on, ``False`` where
            there is none; `None` when nobody clicked
        """
        call.ensure_one()
        wish = self.sudo().search([("call_id", "=", call.id)], limit=1)
        if not wish:
            wish = self._wish_of_ref(call) or self._untied_wish(call)
        return (wish.partner_id.id, wish.lead_id.id) if wish else None

    @api.model
    def _untied_wish(self, call):
        extensions = call.extension_id | call.leg_ids.extension_id
        number = call.number_e164
        if call.direction == "internal":
            number = numbers.internal_extension(call.number)
        if not number or not extensions:
            return self.sudo().browse()
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE telephony_dial SET state = 'tied', call_id = %(call)s
                 WHERE id = (
                    SELECT id FROM telephony_dial
                     WHERE pbx_id = %(pbx)s AND e164 = %(number)s
                       AND extension_id = ANY(%(extensions)s)
                       AND call_ref IS NULL AND call_id IS NULL
                       AND state IN ('sent', 'failed')
                       AND (state = 'sent' OR reason = 'unreachable')
                       AND create_date BETWEEN %(earliest)s AND %(latest)s
                  ORDER BY state DESC, id
                     LIMIT 1
                       FOR UPDATE SKIP LOCKED)
             RETURNING id
                """,
                call=call.id,
                pbx=call.pbx_id.id,
                number=number,
                extensions=extensions.ids,
                earliest=call.start_date - TIE_WITHIN,
                latest=call.start_date + CLOCK_SKEW,
            )
        )
        wish = self.sudo().browse(row[0] for row in self.env.cr.fetchall())
        wish.invalidate_recordset(flush=False)
        return wish
