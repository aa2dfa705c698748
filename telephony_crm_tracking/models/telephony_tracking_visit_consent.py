from odoo import api, models
from odoo.tools import SQL

from ..attribution.consent import (
    Consent,
    Signal,
    allowed_analytics,
    allowed_click,
    latest,
    signal,
)
from ..attribution.visit import Kind
from .telephony_tracking_quota import UNWAITED
from .telephony_tracking_visit import AD_FIELDS, CLICK_IDS, IDS, PARAMETERS

KNOWN = SQL(
    ", ".join(
        (
            "id",
            "key",
            "visitor_key",
            "start_date",
            "seen_date",
            "kind",
            "source",
            "campaign",
            "consent_analytics",
            "consent_ads",
            "consent_source",
            "consent_date",
            *CLICK_IDS,
        )
    )
)


class TelephonyTrackingVisit(models.Model):
    """What is known of a visit from before, and what its visitor takes back."""

    _inherit = "telephony.tracking.visit"

    @api.model
    def _known(self, site, *keys):
        """Return what is stored of visits of a site.

        :return: ``{key: {column: value}}``, of those that there are
        """
        keys = list(filter(None, keys))
        if not keys:
            return {}
        self.env.cr.execute(
            SQL(
                "SELECT %s FROM telephony_tracking_visit "
                "WHERE key = ANY(%s) AND site_id = %s",
                KNOWN,
                keys,
                site.site_id,
            )
        )
        return {row["key"]: row for row in self.env.cr.dictfetchall()}

    @staticmethod
    def _consent_of(known):
        return Consent(
            signal(known["consent_analytics"]),
            signal(known["consent_ads"]),
            known["consent_source"] or "",
        )

    def _hear(self, site, asked, now):
        """Note that a visit goes on of which a page tells, as it does with each beat.

        :return: its id; `None` where there is no such visit, or not any more
        """
        if asked.consent or asked.ids:
            known = self._known(site, asked.key).get(asked.key)
            return known and self._see(site, known, asked, now) and known["id"]
        self.env.cr.execute(
            SQL(
                "UPDATE telephony_tracking_visit "
                "SET seen_date = GREATEST(seen_date, %s) "
                "WHERE key = %s AND site_id = %s "
                "RETURNING id, consent_analytics, %s",
                now,
                asked.key,
                site.site_id,
                UNWAITED,
            )
        )
        for visit_id, analytics, _unwaited in self.env.cr.fetchall():
            if allowed_analytics(analytics, site.consent_required):
                return visit_id
            self._withdraw(visit_id, now)  # the site did not ask for it then
        return None

    def _see(self, site, known, asked, now):
        """Note that a visit goes on, and what its page says that is new.

        :return: whether it may; else its visitor has taken the consent back, and what
            must be forgotten is
        """
        was = self._consent_of(known)
        consent = latest(was, asked.consent)
        if not allowed_analytics(consent.analytics, site.consent_required):
            self._withdraw(known["id"], now)
            return False
        values = {IDS[name]: value for name, value in asked.ids.items()}
        if not allowed_click(consent.ads, site.consent_required):
            values = {
                name: value for name, value in values.items() if name not in AD_FIELDS
            }
            if consent.ads == Signal.DENIED != was.ads:
                values |= dict.fromkeys((*AD_FIELDS, "click_date"))
        elif asked.kind == Kind.VISIT and not any(map(known.get, CLICK_IDS)):
            # A page tells again what it came by, once that may be kept; the first one
            # of the visit came by it when the visit began.
            is_first = asked.key == known["key"]
            clicks = {
                name: asked.parameters[name]
                for name in CLICK_IDS
                if asked.parameters.get(name)
            }
            clicked = known["start_date"] if is_first else now
            values |= clicks and {**clicks, "click_date": clicked}
        if consent != was:
            values |= {
                "consent_analytics": consent.analytics.value,
                "consent_ads": consent.ads.value,
                "consent_source": consent.by or None,
                "consent_date": now,
            }
        self.env.cr.execute(
            SQL(
                "UPDATE telephony_tracking_visit "
                "SET seen_date = GREATEST(seen_date, %s)%s WHERE id = %s",
                now,
                _assignments(values),
                known["id"],
            )
        )
        return True

    @api.model
    def _withdraw(self, visit_id, now):
        """Forget a visit, since its visitor has taken the consent back.

        Where a call came of it, what says which advertisement it was stays with the
        call, and all that tells one browser from another goes. The number rests as
        long as it would have: the visitor may still have it before the eyes.
        """
        self.env.cr.execute(
            "UPDATE telephony_tracking_slot SET visit_id = NULL, lease_id = NULL "
            "WHERE visit_id = %s",
            [visit_id],
        )
        self.env.cr.execute(
            "DELETE FROM telephony_tracking_visit WHERE id = %s AND kept IS NOT TRUE",
            [visit_id],
        )
        if self.env.cr.rowcount:
            return
        self.env.cr.execute(
            "UPDATE telephony_tracking_lease SET end_date = %s "
            "WHERE visit_id = %s AND end_date IS NULL",
            [now, visit_id],
        )
        self.env.cr.execute(
            "DELETE FROM telephony_tracking_visit_page WHERE visit_id = %s", [visit_id]
        )
        values = {
            **dict.fromkeys((*PARAMETERS, *IDS.values(), "click_date", "referrer")),
            "consent_analytics": "denied",
            "consent_ads": "denied",
            "consent_date": now,
        }
        self.env.cr.execute(
            SQL(
                "UPDATE telephony_tracking_visit SET visitor_key = key%s WHERE id = %s",
                _assignments(values),
                visit_id,
            )
        )


def _assignments(values):
    """Return what is set, each with a comma before it."""
    parts = [SQL(", %s = %s", SQL.identifier(name), values[name]) for name in values]
    return SQL("").join(parts)
