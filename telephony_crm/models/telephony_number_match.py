from operator import itemgetter
from typing import NamedTuple

from odoo import api, fields, models

from ..pbx import numbers
from .telephony_number import OWNERS

MAX_CANDIDATES = 10
# A number that more records have than this is nobody's: a placeholder.
MAX_HITS = 100
# Shorter ones are internal or short codes, of which every country has the same.
MIN_NATIONAL = 6

# One look-up each, planned in a fraction of its time. The inner limit keeps a number
# that half the database has from costing more than others.
HITS = f"""
    SELECT n.partner_id, n.lead_id, n.chosen_date, n.digits,
           p.commercial_partner_id, p.is_company, p.active, p.user_id, p.type
      FROM (SELECT partner_id, lead_id, chosen_date, digits
              FROM telephony_number
             WHERE {{column}} = %s
               AND (company_id IS NULL OR company_id = %s)
             ORDER BY chosen_date DESC NULLS LAST, id
             LIMIT {MAX_HITS}) n
      LEFT JOIN res_partner p ON p.id = n.partner_id
"""
QUERIES = {
    "exact": HITS.format(column="e164"),
    "national": HITS.format(column="national"),
    "literal": HITS.format(column="digits"),
}
CONTACTS = """
    SELECT id, commercial_partner_id, is_company, active, user_id, type
      FROM res_partner
     WHERE id = ANY(%s)
"""
CONTACTS_OF_LEADS = """
    SELECT p.id, p.commercial_partner_id, p.is_company, p.active, p.user_id, p.type
      FROM crm_lead l
      JOIN res_partner p ON p.id = l.partner_id
     WHERE l.id = ANY(%s)
"""
OPEN_LEADS = f"""
    SELECT id, partner_id, user_id
      FROM crm_lead
     WHERE (partner_id = ANY(%s) OR id = ANY(%s))
       AND active
       AND won_status IS DISTINCT FROM 'won'
       AND (company_id IS NULL OR company_id = %s)
     ORDER BY (user_id = %s) DESC NULLS LAST, id DESC
     LIMIT {MAX_HITS}
"""


class Match(NamedTuple):
    """Whose number it is. Ids are ``False`` where there is none.

    :param owner_id: the user of the lead, else of the contact
    :param reason: a value of `telephony.call.match_reason`
    :param candidates: ``(model, id)`` of all whom it could be, the likeliest first
    """

    partner_id: int | bool = False
    lead_id: int | bool = False
    owner_id: int | bool = False
    reason: str = "none"
    candidates: tuple = ()


class Contact(NamedTuple):
    """A contact, as far as it matters for matching."""

    id: int
    commercial_id: int | None
    is_company: bool
    active: bool
    user_id: int | None
    type: str | None

    @property
    def party(self):
        """Whom the contact belongs to: its company, or itself."""
        return self.commercial_id or self.id

    @property
    def rank(self):
        """Persons come first, then companies, then mere addresses of either."""
        if self.is_company:
            return 1
        return 0 if self.type == "contact" or self.id == self.party else 2


class Lead(NamedTuple):
    """An open lead, as far as it matters for matching."""

    id: int
    partner_id: int | None
    user_id: int | None


class _Search:
    """The look-up of one number: few statements, no records."""

    def __init__(self, cr, company_id, user_id):
        self.cr = cr
        self.company_id = company_id
        self.user_id = user_id
        self.contacts = {}

    def match(self, reason, value):
        """Return the `Match` for a value of the column of ``reason``, or `None`."""
        self.cr.execute(QUERIES[reason], [value, self.company_id])
        hits = self.cr.fetchall()
        if not hits:
            return None
        people = dict.fromkeys(
            self._contact(partner_id, *contact)
            for partner_id, _lead_id, _date, _digits, *contact in hits
            if partner_id
        )
        lead_ids = [hit[1] for hit in hits if hit[1]]
        leads = self._open_leads([person.id for person in people], lead_ids)
        people = [person for person in people if person.active] or list(people)
        if not leads and not people:
            people = self._fetch_contacts(CONTACTS_OF_LEADS, lead_ids)
            if not people:
                return None
        candidates = self._candidates(people, leads)
        if chosen := self._chosen(hits, people, leads):
            people, leads = chosen
            return self._resolved("chosen", people, leads, candidates)
        parties = self._parties(people, leads)
        if reason == "national" and not self._is_one(parties, hits, leads):
            return None
        if len(parties) > 1:
            return Match(reason="ambiguous", candidates=candidates)
        return self._resolved(reason, people, leads, candidates)

    # -- reading -----------------------------------------------------------------------

    def _contact(self, *values):
        contact = Contact(*values)
        return self.contacts.setdefault(contact.id, contact)

    def _fetch_contacts(self, query, ids):
        self.cr.execute(query, [ids])
        rows = sorted(set(self.cr.fetchall()))
        found = [self._contact(*row) for row in rows]
        return [person for person in found if person.active] or found

    def _open_leads(self, partner_ids, lead_ids):
        self.cr.execute(
            OPEN_LEADS, [partner_ids, lead_ids, self.company_id, self.user_id]
        )
        return [Lead(*row) for row in self.cr.fetchall()]

    # -- deciding ----------------------------------------------------------------------

    def _chosen(self, hits, people, leads):
        """Return contacts and leads of the last choice that still stands."""
        chosen = [hit for hit in hits if hit[2]]
        for partner_id, lead_id, *_rest in sorted(chosen, key=itemgetter(2), reverse=True):
            if lead_id:
                if mine := [lead for lead in leads if lead.id == lead_id]:
                    return [], mine
            elif mine := [person for person in people if person.id == partner_id]:
                return mine, [lead for lead in leads if lead.partner_id == partner_id]
        return None

    def _parties(self, people, leads):
        """Return whom contacts and leads belong to; a lead without contact is open."""
        if len(people) + len(leads) > 1:
            unknown = {lead.partner_id for lead in leads} - {None, *self.contacts}
            if unknown:
                self._fetch_contacts(CONTACTS, list(unknown))
        parties = {person.party for person in people}
        for lead in leads:
            if lead.partner_id:
                contact = self.contacts.get(lead.partner_id)
                parties.add(contact.party if contact else lead.partner_id)
        return parties

    @staticmethod
    def _is_one(parties, hits, leads):
        """Tell whether a national number has one owner, and so is unambiguous."""
        if len(parties) > 1:
            return False
        unowned = sum(not lead.partner_id for lead in leads)
        return len(parties) + unowned == 1 or len({hit[3] for hit in hits}) == 1

    def _candidates(self, people, leads):
        """Return all whom it could be: those with open leads first."""
        ids = {person.id for person in people}
        found = [
            ("res.partner", lead.partner_id)
            if lead.partner_id in ids
            else ("crm.lead", lead.id)
            for lead in leads
        ]
        people = sorted(people, key=lambda person: (person.rank, person.id))
        found += [("res.partner", person.id) for person in people]
        return tuple(dict.fromkeys(found))[:MAX_CANDIDATES]

    def _resolved(self, reason, people, leads, candidates):
        lead = leads[0] if leads else Lead(False, None, None)
        partner_id = lead.partner_id or self._caller(people)
        owner_id = lead.user_id
        if partner_id and not owner_id:
            if partner_id not in self.contacts:
                self._fetch_contacts(CONTACTS, [partner_id])
            owner_id = self.contacts[partner_id].user_id
        return Match(partner_id or False, lead.id, owner_id or False, reason, candidates)

    @staticmethod
    def _caller(people):
        """Return the contact that calls, of several with the same party."""
        if not people:
            return None
        first = min(person.rank for person in people)
        likely = [person for person in people if person.rank == first]
        return likely[0].id if len(likely) == 1 else likely[0].party


class TelephonyNumber(models.Model):
    """Whose number it is.

    1. The same international number; if nobody has it, the same national number,
       provided that one owner has it; for what cannot be read, the same digits.
    2. Who was chosen for this number by a person, last, is it.
    3. Contacts with one commercial partner, and leads of those or of no contact, are
       one owner. Several owners are for a person to choose from. Archived contacts
       count only where there are no others, closed leads never; but the contact of a
       closed lead is who calls when nobody else is known.
    4. Of one owner: the open lead, the user's own first, then the newest, whether the
       lead has the number or its contact; and the lead's contact, else the person, or
       the company where several of its persons share the number.
    """

    _inherit = "telephony.number"

    @api.model
    def _match(self, raw_number, pbx, user=None):
        """Find whose number this is, among the records of the PBX's company.

        :param raw_number: as the PBX gave it
        :param pbx: record of `telephony.pbx`
        :param user: record of `res.users` whose own leads come first
        :rtype: Match
        """
        number = numbers.parse(raw_number, pbx._countries())
        if number.hidden:
            return Match(reason="hidden")
        if self._is_ours(raw_number, number, pbx):
            return Match(reason="own")
        self._flush_for_match()
        search = _Search(self.env.cr, pbx.company_id.id, user.id if user else None)
        if number.e164:
            match = search.match("exact", number.e164)
        else:
            match = search.match("literal", number.digits)
        if match is None and len(number.national) >= MIN_NATIONAL:
            match = search.match("national", number.national)
        return match or Match()

    @api.model
    def _is_ours(self, raw_number, number, pbx):
        """Tell whether a number is a company number, an extension or a colleague's."""
        own = self.env["telephony.did"]._own_numbers(pbx.company_id.id)
        if (number.e164 or number.digits) in own:
            return True
        extension = numbers.internal_extension(raw_number)
        return bool(extension) and extension in self.env[
            "telephony.extension"
        ]._by_number(pbx.id)

    @api.model
    def _flush_for_match(self):
        """Bring to the database what the statements above read."""
        self.env["crm.lead"].flush_model(
            ["phone", "partner_id", "user_id", "active", "won_status", "company_id"]
        )
        self.env["res.partner"].flush_model(
            ["commercial_partner_id", "is_company", "active", "user_id", "type"]
        )
        self._sync_pending()
        self.flush_model(["e164", "national", "digits", "company_id", "chosen_date"])

    @api.model
    def _remember(self, number, record):
        """Have ``record`` win for this number from now on, until another is chosen.

        :param number: in international form; a national one is read as the record's
        :param record: contact or lead; it gets the number if it does not have it
        """
        owner = OWNERS[record._name]
        forms = self._forms(number, self._countries(record.sudo()))
        if not forms["digits"]:
            return
        rows = self.sudo().search([("digits", "=", forms["digits"])])
        row = rows.filtered(lambda row: row[owner] == record)[:1]
        if not row:
            row = self.sudo().create({owner: record.id, "number": number})
        # What another company chose for itself stands.
        earlier = rows.filtered(lambda other: other.company_id <= row.company_id)
        (earlier - row).chosen_date = False
        row.chosen_date = fields.Datetime.now()

    @api.model
    def _forget(self, number):
        """Take back every choice that was made for a number in international form."""
        rows = self.sudo().search([("e164", "=", number), ("chosen_date", "!=", False)])
        rows.chosen_date = False
