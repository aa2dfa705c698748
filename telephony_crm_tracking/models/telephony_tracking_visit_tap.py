from odoo import models


class TelephonyTrackingVisit(models.Model):
    """Taps of visitors on the numbers that they see, or say that they see."""

    _inherit = "telephony.tracking.visit"

    @staticmethod
    def _dids_of(site, number):
        """Return the ids of the company numbers that stand in the place of others.

        The number that a link calls is tapped, and no other: a static one that stands
        beside the visitor's own, where the script leaves it alone, leads to no call on
        that.
        """
        return [
            did_id
            for numbers in site.pools.values()
            for did_id, e164 in numbers.dids.items()
            if e164 == number
        ]

    def _note_tap(self, visit_id, number, now):
        """Note a tap, unless it is on a number that was never shown to this visitor.

        Else whoever taps all our numbers would have made all our calls.
        """
        self.env.cr.execute(
            """
            UPDATE telephony_tracking_visit v
               SET tapped = %(number)s, tap_date = %(now)s
             WHERE id = %(visit)s AND NOT EXISTS (
                   SELECT FROM telephony_did d
                    WHERE d.e164 = %(number)s AND d.pool_id IS NOT NULL
                      AND NOT EXISTS (SELECT FROM telephony_tracking_lease l
                                       WHERE l.did_id = d.id AND l.visit_id = v.id))
            """,
            {"number": number, "now": now, "visit": visit_id},
        )
