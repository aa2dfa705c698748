import secrets
from calendar import timegm
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..attribution.consent import Consent, allowed_analytics, allowed_click, latest
from ..attribution.source import classify, same
from ..attribution.visit import Kind
from .telephony_tracking_pool import BEAT
from .telephony_tracking_visit import AD_FIELDS, CLICK_IDS, IDS, PARAMETERS

#: A page after so long a silence begins another visit.
IDLE = timedelta(minutes=30)
#: So many pages of a visit are kept.
MOST_PAGES = 50
NOTHING = {"k": "", "n": {}, "beat": 0}


class TelephonyTrackingVisit(models.Model):
    """What the pages say, and what they are answered.

    Raw statements, and few of them, in one READ COMMITTED transaction: each page of a
    web site makes one visit, and each open one tells every few seconds that it lives.
    Nobody waits until that is on the disk: of what a crash of the database takes back,
    the last second at most, the page hears with its next beat, and asks anew.
    """

    _inherit = "telephony.tracking.visit"

    @api.model
    def _receive(self, site, asked, network, now=None):
        """Do what a page asks for, and return the status and what it is told.

        :param site: `Opening` of the site
        :param asked: `attribution.visit.VisitRequest`
        :param network: the keyed hash of where it comes from
        :param now: naive UTC; the present if not given
        :return: ``(status, {"k", "n": {static: {"e164", "until"}}, "beat"})``, or an
            ``error``; without numbers the page goes on showing the static ones
        """
        now = now or fields.Datetime.now()
        if asked.kind in (Kind.VISIT, Kind.VIEW):
            return self._receive_page(site, asked, network, now)
        visit_id = self._hear(site, asked, now)
        if not visit_id:
            return 200, NOTHING  # so the page shows its own numbers, and asks anew
        tapped = self._dids_of(site, asked.tapped) if asked.tapped else ()
        own = self.env["telephony.tracking.slot"]._prolong(
            visit_id, now, tapped, is_end=asked.kind == Kind.END
        )
        if asked.tapped and not {did_id for did_id, _pool, _end in own} & set(tapped):
            self._note_tap(visit_id, asked.tapped, now)
        return 200, self._answer(site, asked.key, own)

    # -- pages -----------------------------------------------------------------------

    def _receive_page(self, site, asked, network, now):
        quota = self.env["telephony.tracking.quota"]
        of_network = quota._admit(site, network, now)
        if not of_network:
            return 429, {"error": "too many visits"}
        known = self._known(site, asked.key, asked.previous)
        before = known.get(asked.key) or known.get(asked.previous)
        if asked.kind == Kind.VIEW and not before:
            return 200, NOTHING
        source = classify(asked.parameters, asked.referrer, site.domains)
        goes_on = bool(before and self._goes_on(before, asked, source, now))
        if goes_on:
            if not self._see(site, before, asked, now):
                return 200, NOTHING
            visit = before
            # A page that has its key already was noted when it was opened, and asks
            # anew with the address it began with, wherever its visitor is by now.
            if asked.kind == Kind.VIEW or asked.key != visit["key"]:
                self._add_page(visit["id"], asked.landing, now)
            own = self.env["telephony.tracking.slot"]._prolong(visit["id"], now)
        else:
            consent = asked.consent or Consent()
            if before:
                consent = latest(self._consent_of(before), asked.consent)
            if not allowed_analytics(consent.analytics, site.consent_required):
                return 200, NOTHING
            visit = self._add_visit(site, asked, consent, source, before, now)
            own = []
        taken, is_held = self._take_numbers(
            site, asked, visit, own, network, of_network.dids, now, goes_on
        )
        if is_held and "pool" not in of_network.told:
            quota._count_limit(site.site_id, "pool", now)
        quota._count(site.site_id, network, now, taken)
        return 200, self._answer(site, visit["key"], own)

    @staticmethod
    def _goes_on(visit, asked, source, now):
        """Tell whether a page is one more of the same visit.

        Not after a long silence, nor when another advertisement led to it, or another
        click on the same one. Pages ask again and again with the address they began
        with, so the same click is no news.
        """
        if asked.kind == Kind.VIEW:
            return True
        if now - visit["seen_date"] > IDLE:
            return False
        said = asked.parameters
        if not said:
            return True
        stored = {name: visit[name] for name in CLICK_IDS if visit[name]}
        if any(said.get(name, click) != click for name, click in stored.items()):
            return False
        return same(source.source, visit["source"]) and same(
            source.campaign, visit["campaign"]
        )

    def _add_visit(self, site, asked, consent, source, before, now):
        """Store a new visit.

        :param before: what is known of the visit of the same browser before, or `None`
        """
        key = secrets.token_urlsafe(16)
        values = {
            "key": key,
            "visitor_key": before["visitor_key"] if before else key,
            "site_id": site.site_id,
            "company_id": site.company_id,
            "start_date": now,
            "seen_date": now,
            "host": asked.host,
            "landing": asked.landing,
            "referrer": asked.referrer,
            **{name: asked.parameters.get(name) for name in PARAMETERS},
            **{field: asked.ids.get(name) for name, field in IDS.items()},
            "click_date": now if any(map(asked.parameters.get, CLICK_IDS)) else None,
            "consent_analytics": consent.analytics.value,
            "consent_ads": consent.ads.value,
            "consent_source": consent.by,
            "consent_date": self._consent_date(consent, before, now),
            "kind": source.kind.value,
            "source": source.source,
            "medium": source.medium,
            "campaign": source.campaign,
            "keyword": source.keyword,
        }
        if not allowed_click(consent.ads, site.consent_required):
            values |= dict.fromkeys((*AD_FIELDS, "click_date"))
        stored = {name: value for name, value in values.items() if value}
        self.env.cr.execute(
            SQL(
                "INSERT INTO telephony_tracking_visit (%s) VALUES %s RETURNING id",
                SQL(", ").join(map(SQL.identifier, stored)),
                tuple(stored.values()),
            )
        )
        return {**values, "id": self.env.cr.fetchone()[0]}

    def _consent_date(self, consent, before, now):
        """Return since when a consent is so; a known one is since it was said."""
        if before and consent == self._consent_of(before):
            return before["consent_date"]
        return now if consent != Consent() else None

    def _add_page(self, visit_id, path, now):
        """Store a page, unless it is the one that was the last before."""
        self.env.cr.execute(
            """
            INSERT INTO telephony_tracking_visit_page (visit_id, date, path)
            SELECT id, %(now)s, %(path)s
              FROM telephony_tracking_visit
             WHERE id = %(visit)s
               AND (SELECT count(*) FROM telephony_tracking_visit_page
                     WHERE visit_id = %(visit)s) < %(most)s
               AND COALESCE((SELECT path FROM telephony_tracking_visit_page
                              WHERE visit_id = %(visit)s ORDER BY id DESC LIMIT 1),
                            landing) IS DISTINCT FROM %(path)s
            """,
            {"visit": visit_id, "now": now, "path": path, "most": MOST_PAGES},
        )

    # -- numbers -----------------------------------------------------------------------

    def _take_numbers(self, site, asked, visit, own, network, shown, now, goes_on):
        """Give a visit numbers for those that its page shows, as far as there are some.

        :param own: those that it has, to which the new ones are added
        :param shown: ids of the company numbers that its network saw on this day
        :param goes_on: there were pages of it before
        :return: ids of the company numbers that it was given, and whether it got none
            of some pool since its network has its part of it
        """
        slots, taken, is_held = self.env["telephony.tracking.slot"], [], False
        hours = self.env["telephony.tracking.pool.hour"]
        if not self._may_have_numbers(site, visit):
            return taken, is_held
        has = {pool_id for _did_id, pool_id, _end in own}
        if goes_on and len(has) < len(site.pools):
            has |= slots._used_up(visit["id"])
        for number in asked.numbers:
            numbers = site.pools.get(number)
            if not numbers or numbers.pool_id in has:
                continue
            seen = shown.union(taken)
            is_full = len(seen) >= site.numbers_per_prefix
            did_id = slots._take(
                numbers, visit["id"], now, network, sorted(seen) if is_full else None
            )
            if did_id:
                taken.append(did_id)
                end = numbers.windows.held_until(now, now, False)
                own.append((did_id, numbers.pool_id, end))
            elif slots._has_its_part(numbers, network, now):
                is_held = True
            elif not is_full:
                hours._note_refused(numbers.pool_id, visit["id"], now)
        return taken, is_held

    @staticmethod
    def _may_have_numbers(site, visit):
        if site.rule == "paid":
            return visit["kind"] == "paid"
        if site.rule == "source":
            return (visit["source"] or "").strip().lower() in site.sources
        return True

    @staticmethod
    def _answer(site, key, own):
        pools = {
            numbers.pool_id: (static, numbers.dids)
            for static, numbers in site.pools.items()
        }
        shown = {}
        for did_id, pool_id, end in own:
            static, dids = pools.get(pool_id, ("", {}))
            if did_id in dids:
                until = timegm(end.timetuple())
                shown[static] = {"e164": dids[did_id], "until": until}
        return {"k": key, "n": shown, "beat": BEAT if shown else 0}
