from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain

from ..attribution.source import Kind, Source
from ..attribution.touch import Episode, touches


class TelephonyTrackingTouch(models.Model):
    """From the visits and calls of somebody to touches.

    Who it is, is known by caller and contact, since browsers forget. A lead has the
    touches since the site's look-back before it came about, until it was won.
    """

    _inherit = "telephony.tracking.touch"

    # -- of whom -----------------------------------------------------------------------

    @api.model
    def _sync_leads(self, leads):
        """Find the touches of leads anew.

        :return: those that something may have led to
        """
        touches = self.sudo()
        found, named = touches._with_touches(leads.sudo().exists())
        found |= touches._once_alone(found | named)
        named -= found
        for lead in found:
            touches._sync_lead(lead)
        touches._add_own(named)
        return found

    @api.model
    def _once_alone(self, leads):
        """Wait until nobody else finds the touches of these; return who has some now.

        Each of two would add its own, and the lead and its sale count twice.
        """
        if not leads:
            return leads
        leads._one_at_a_time()
        # Under READ COMMITTED there may be others by now than there were before.
        leads.invalidate_recordset(flush=False)  # all was flushed before it was asked
        self.invalidate_model(flush=False)
        return self.search([("lead_id", "in", leads.ids)]).lead_id

    @api.model
    def _sync_lead(self, lead):
        visits, born = lead.tracking_visit_ids, lead.tracking_date or lead.create_date
        calls = self._calls_of_lead(lead)
        known = self.search([("lead_id", "=", lead.id)])
        own = known.filtered(lambda touch: not (touch.visit_id or touch.call_id))
        rows = self._rows(calls, visits, born, lead._tracking_sold(), lead, own)
        known._become(self._rows_of_lead(rows, lead))
        if calls:
            loose = Domain("lead_id", "=", False) & (
                Domain("call_id", "in", calls.ids)
                | Domain("e164", "in", sorted(self._numbers_of_lead(lead)))
            )
            self.search(
                loose & Domain("company_id", "in", calls.company_id.ids)
            ).unlink()

    @api.model
    def _add_own(self, leads):
        """Give leads that nothing but their own source led to one touch, of that.

        All at once, since an import may bring thousands.
        """
        calls, visits = self.env["telephony.call"], self.env["telephony.tracking.visit"]
        rows = []
        for lead in leads:
            born = lead.tracking_date or lead.create_date
            own = self._rows(calls, visits, born, lead._tracking_sold(), lead)
            rows += self._rows_of_lead(own, lead)
        self.create(rows)

    @api.model
    def _rows_of_lead(self, rows, lead):
        whose = {"lead_id": lead.id, "partner_id": lead.partner_id.id}
        return self._with_shares([{**row, **whose} for row in rows])

    @api.model
    def _sync_loose(self, call):
        """Find the touches anew of who rang and has no lead."""
        person = Domain("id", "=", call.id)
        if call.number_e164:
            person = Domain("number_e164", "=", call.number_e164)
        person &= Domain("lead_id", "=", False)
        visits = call.env["telephony.tracking.visit"]
        calls = self._tracked_calls(person, call.company_id, visits, call.start_date)
        known = self.search(
            [
                ("company_id", "=", call.company_id.id),
                ("lead_id", "=", False),
                ("call_id", "in", calls.ids)
                if not call.number_e164
                else ("e164", "=", call.number_e164),
            ]
        )
        rows = self._rows(calls, visits, call.start_date, None)
        since = min((row["date"] for row in rows), default=call.start_date)
        known.filtered(lambda touch: touch.date >= since)._become(rows)

    # -- touches -----------------------------------------------------------------------

    @api.model
    def _rows(self, calls, visits, born, until, lead=None, own=()):
        """Return the values of the touches, the oldest first.

        :param calls: see `_tracked_calls`
        :param visits: those known otherwise than by a call, such as of a form
        :param own: touches of the lead behind which there is neither visit nor call
        """
        best = {call: call._best_match().visit_id for call in calls}
        named = visits.union(*best.values())
        since = born - timedelta(days=self._lookback(named, lead))
        every = self._same_browsers(named, since, until)
        if every:
            every._keep()
        records = [*calls, *every, *own]
        episodes = {
            record: self._episode(record, best.get(record)) for record in records
        }
        if not episodes and lead and lead._has_source():
            episodes[lead] = self._episode(lead)
        chosen = [
            episode
            for episode in episodes.values()
            if since <= episode.start and (not until or episode.start <= until)
        ]
        by_ref = {episode.ref: record for record, episode in episodes.items()}
        rows = []
        for touch in touches(chosen):
            of_it = [by_ref[ref] for ref in touch.refs]
            led = [one for one in of_it if episodes[one].source.kind != Kind.DIRECT]
            rows.append(
                {
                    **self._vals_of_records(of_it, lead, visits),
                    **self._vals_of_source((led or of_it)[0]),
                    "date": touch.start,
                    "end_date": touch.end,
                    "kind": touch.source.kind.value,
                    "keyword": touch.source.keyword or False,
                }
            )
        return rows

    @api.model
    def _episode(self, record, visit=None):
        """Return what a visit, call, lead or stored touch is to `attribution.touch`.

        :param visit: of a call, the likeliest
        """
        ref = f"{record._name} {record.id}"
        if record._name == "telephony.tracking.visit":
            source = self._source_of_visit(record)
            return Episode(ref, record.start_date, source, record.seen_date)
        if record._name == "telephony.call":
            source = self._source_of_visit(visit) if visit else Source()
            if source.kind == Kind.DIRECT:
                source = self._source_of_names(record)
            return Episode(ref, record.start_date, source, record.end_date or None)
        if record._name == "crm.lead":
            return Episode(ref, record.create_date, self._source_of_names(record))
        return Episode(ref, record.date, self._source_of_names(record))

    @api.model
    def _source_of_visit(self, visit):
        return Source(
            visit.source or "",
            visit.medium or "",
            visit.campaign or "",
            visit.keyword or "",
            Kind(visit.kind or Kind.DIRECT),
        )

    @api.model
    def _source_of_names(self, record):
        names = [record[name].name or "" for name in ("source_id", "medium_id")]
        names.append(record.campaign_id.name or "")
        return Source(*names, kind=Kind.OTHER if any(names) else Kind.DIRECT)

    @api.model
    def _vals_of_source(self, record):
        if record._name == "telephony.tracking.visit":
            return record._resolve_utm()
        names = ("source_id", "medium_id", "campaign_id")
        return {name: record[name].id for name in names}

    @api.model
    def _vals_of_records(self, records, lead, of_forms):
        """Return whose touch it is, and how it came about."""
        calls = [one for one in records if one._name == "telephony.call"]
        visits = [one for one in records if one._name == "telephony.tracking.visit"]
        own = [one for one in records if one._name == self._name]
        call = calls[0] if calls else self.env["telephony.call"]
        visit = visits[0] if visits else self.env["telephony.tracking.visit"]
        if calls:
            channel = "callback" if call.direction == "outbound" else "call"
        elif own:
            channel = own[0].channel
        elif lead and (not visits or any(one in of_forms for one in visits)):
            channel = lead.tracking_channel or "other"
        else:
            channel = "visit"
        company = call.company_id or visit.company_id or (lead and lead.company_id)
        return {
            "company_id": (
                company or (own and own[0].company_id) or self.env.company
            ).id,
            "e164": call.number_e164 or False,
            "partner_id": call.partner_id.id,
            "visit_id": visit.id,
            "call_id": call.id,
            "channel": channel,
            "landing": visit.landing or call._best_match().landing or False,
            "did_id": call.did_id.id,
        }
