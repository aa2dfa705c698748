import hashlib
import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.telephony_crm.pbx import numbers

from ..attribution.source import classify
from .telephony_tracking_match import in_line

#: How far apart their clock and the PBX's may tell the same call.
APART = timedelta(minutes=5)
#: What belongs to no call within that time never will.
WAITING = timedelta(days=7)
#: So many may wait, of one company: nobody fills a table.
MOST_WAITING = 10_000


class TelephonyTrackingForeign(models.Model):
    """What another call tracking system says of a call.

    It may come before its call, in the middle of it or after, so it waits here until
    there is one.
    """

    _name = "telephony.tracking.foreign"
    _description = "Event of Another Call Tracking"
    _rec_name = "call_ref"
    _order = "id desc"
    _log_access = False

    company_id = fields.Many2one("res.company", required=True)
    pbx_id = fields.Many2one("telephony.pbx", ondelete="cascade")
    feed_id = fields.Many2one("telephony.tracking.feed", ondelete="cascade")
    key = fields.Char(required=True, groups="base.group_system")
    received_at = fields.Datetime(required=True)
    call_id = fields.Many2one(
        "telephony.call", index="btree_not_null", ondelete="cascade"
    )
    call_ref = fields.Char(string="Their Call")
    date = fields.Datetime(string="Call Began")
    caller = fields.Char()
    e164 = fields.Char()
    did = fields.Char(string="Dialled")
    how = fields.Char()
    host = fields.Char()
    landing = fields.Char("Landing Page")
    referrer = fields.Char("Came From")
    source = fields.Char()
    medium = fields.Char()
    campaign = fields.Char()
    keyword = fields.Char()
    kind = fields.Char()
    parameters = fields.Json(help="The utm words and click ids.")
    visitor_ids = fields.Json("Ids of the Visitor")
    first = fields.Json(help="Of their first visit.")
    extra = fields.Json(help="What was not understood, as it came.")

    _once = models.UniqueIndex("(company_id, key)")
    _waiting_by_ref = models.Index("(company_id, call_ref) WHERE call_id IS NULL")
    _waiting_by_number = models.Index("(company_id, e164) WHERE call_id IS NULL")

    @api.model
    def _take(self, visits, company, pbx=None, feed=None):
        """Store what was said, and tie it to its calls where they are known.

        :param visits: list of `attribution.foreign.ForeignVisit`
        :return: false when too many wait already
        """
        domain = [("company_id", "=", company.id), ("call_id", "=", False)]
        if self.search_count(domain, limit=MOST_WAITING + 1) > MOST_WAITING:
            return False
        for visit in visits:
            said = self._store(visit, company, pbx, feed)
            call = said._find_call() if said else None
            if call:
                said._tie(call)
        return True

    @api.model
    def _store(self, visit, company, pbx, feed):
        """Insert one, unless it is a repeat; return it, or none."""
        if not (visit.call_ref or visit.caller) or not visit.says_something:
            return self.browse()
        source = classify(visit.parameters, visit.referrer, [visit.host])
        countries = pbx._countries() if pbx else [company.country_id.code or ""]
        values = {
            "company_id": company.id,
            "pbx_id": pbx.id if pbx else None,
            "feed_id": feed.id if feed else None,
            "received_at": fields.Datetime.now(),
            "call_ref": visit.call_ref or None,
            "date": visit.at,
            "caller": visit.caller or None,
            "e164": numbers.parse(visit.caller, countries).e164 or None,
            "did": numbers.parse(visit.did, countries).e164 or None,
            "how": visit.how or None,
            "host": visit.host or None,
            "landing": visit.landing or None,
            "referrer": visit.referrer or None,
            "source": source.source or None,
            "medium": source.medium or None,
            "campaign": source.campaign or None,
            "keyword": source.keyword or None,
            "kind": source.kind.value,
            **{
                name: json.dumps(dict(found), default=str)
                for name, found in (
                    ("parameters", visit.parameters),
                    ("visitor_ids", visit.ids),
                    ("first", visit.first),
                    ("extra", visit.extra),
                )
            },
        }
        said = {name: values[name] for name in values if name != "received_at"}
        text = json.dumps(said, sort_keys=True, default=str)
        values["key"] = hashlib.sha256(text.encode()).hexdigest()
        self.env.cr.execute(
            SQL(
                "INSERT INTO telephony_tracking_foreign (%s) VALUES %s "
                "ON CONFLICT (company_id, key) DO NOTHING RETURNING id",
                SQL(", ").join(map(SQL.identifier, values)),
                tuple(values.values()),
            )
        )
        return self.browse(row[0] for row in self.env.cr.fetchall())

    def _find_call(self):
        """Return the call that is meant: by the PBX's id, else by caller and time."""
        self.ensure_one()
        calls = self.env["telephony.call"].sudo()
        company = [("company_id", "=", self.company_id.id)]
        if self.call_ref:
            pbx = [("pbx_id", "=", self.pbx_id.id)] if self.pbx_id else []
            found = calls.search(
                [("call_ref", "=", self.call_ref), *company, *pbx], limit=1
            )
            if found:
                return found
        at = self.date or self.received_at
        if not self.e164:
            return calls.browse()
        found = calls.search(
            [
                ("number_e164", "=", self.e164),
                ("direction", "=", "inbound"),
                ("start_date", ">=", at - APART),
                ("start_date", "<=", at + APART),
                *company,
            ],
            limit=20,
        )
        if self.did:
            known = found.filtered("did_id")
            found -= known.filtered(lambda call: call.did_id.e164 != self.did)
        return found.sorted(lambda call: abs(call.start_date - at))[:1]

    def _tie(self, call):
        """Let a call know; the job weighs it with what else is known of the call."""
        self.call_id = call
        call.tracking_due = True
        if call.state == "ended":
            call._follow_up_later()

    @api.model
    def _of_call(self, call):
        """Return what was said before a call was known, and waits for it."""
        refs = SQL("f.call_ref = %s", call.call_ref)
        number = SQL("f.e164 = %s", call.number_e164 or "")
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT id FROM telephony_tracking_foreign f
                 WHERE company_id = %(company)s AND call_id IS NULL AND %(refs)s
                 UNION
                SELECT id FROM telephony_tracking_foreign f
                 WHERE company_id = %(company)s AND call_id IS NULL AND %(number)s
                """,
                company=call.company_id.id,
                refs=refs,
                number=number,
            )
        )
        waiting = self.browse(row[0] for row in self.env.cr.fetchall())
        return waiting.filtered(lambda said: said._find_call() == call)

    def _resolve_utm(self):
        """Find or make source, medium and campaign, as a visit does."""
        self.ensure_one()
        aliases = self.env["telephony.tracking.alias"]
        return {
            f"{kind}_id": aliases._resolve(kind, self[kind])
            for kind in ("source", "medium", "campaign")
        }

    def _in_line(self):
        return in_line(self.source, self.medium, self.campaign)

    @api.autovacuum
    def _gc_waiting(self):
        """Forget what belongs to no call."""
        before = fields.Datetime.now() - WAITING
        self.search([("call_id", "=", False), ("received_at", "<", before)]).unlink()
