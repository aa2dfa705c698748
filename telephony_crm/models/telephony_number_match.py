from operator import attrgetter
from typing import NamedTuple

from odoo import api, fields, models, tools

from ..pbx import numbers
from .telephony_number import OWNERS
from .telephony_number_sync import PENDING

MAX_CANDIDATES = 10
# Shorter ones are internal or short codes, of which every country has the same.
MIN_NATIONAL = 6

REASONS = ("exact", "literal", "national")

# All that the database knows of a number, in one round trip. Planning takes most of
# the time of such small statements, as `crm_lead` alone has some thirty indexes, and
# the plans of a function are kept. A row is an array, as each column of a result
# costs its share, too; see `_Found`. The limits are for placeholders that very many
# records have: of those the thousand newest and all chosen ones are looked at.
FIND = """
CREATE FUNCTION telephony_number_find(
    an_e164 text, some_digits text, a_national text, a_company integer, a_user integer)
RETURNS SETOF bigint[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    hits telephony_number[];
    hit telephony_number;
    reason integer;
    chosen bigint;
    lead integer;
    lead_open integer;
    lead_user integer;
    partner integer;
    party integer;
    rank integer;
    active integer;
    partner_user integer;
BEGIN
    -- Whatever else a switchboard's number belongs to, the choices are among the hits.
    hits := ARRAY(
        SELECT n FROM telephony_number n
         WHERE n.digits = some_digits
           AND n.chosen_date IS NOT NULL
           AND (n.company_id IS NULL OR n.company_id = a_company)
         LIMIT 100);
    IF an_e164 <> '' THEN
        reason := 0;
        hits := hits || ARRAY(
            SELECT n FROM telephony_number n
             WHERE n.e164 = an_e164
               AND (n.company_id IS NULL OR n.company_id = a_company)
             ORDER BY n.id DESC LIMIT 1000);
    ELSE
        reason := 1;
        hits := hits || ARRAY(
            SELECT n FROM telephony_number n
             WHERE n.digits = some_digits
               AND (n.company_id IS NULL OR n.company_id = a_company)
             ORDER BY n.id DESC LIMIT 1000);
    END IF;
    IF hits = '{}' AND a_national <> '' THEN
        reason := 2;
        hits := ARRAY(
            SELECT n FROM telephony_number n
             WHERE n.national = a_national
               AND (n.company_id IS NULL OR n.company_id = a_company)
             ORDER BY n.id DESC LIMIT 1000);
    END IF;
    FOREACH hit IN ARRAY hits LOOP
        chosen := extract(epoch FROM hit.chosen_date);
        IF hit.company_id IS NOT NULL THEN
            -- However old, it comes before what others chose among shared records.
            chosen := chosen + 1000000000000;
        END IF;
        lead := hit.lead_id;
        partner := hit.partner_id;
        lead_open := 0;
        IF lead IS NOT NULL THEN
            SELECT (l.active AND l.won_status IS DISTINCT FROM 'won')::integer,
                   l.user_id, l.partner_id
              INTO lead_open, lead_user, partner
              FROM crm_lead l
             WHERE l.id = lead;
        END IF;
        SELECT COALESCE(p.commercial_partner_id, p.id), p.active::integer, p.user_id,
               CASE WHEN p.is_company THEN 1
                    WHEN p.type = 'contact' OR p.commercial_partner_id = p.id THEN 0
                    ELSE 2 END
          INTO party, active, partner_user, rank
          FROM res_partner p
         WHERE p.id = partner;
        RETURN NEXT ARRAY[
            reason, hashtext(hit.digits), chosen, lead, lead_open, lead_user,
            partner, party, rank, active, partner_user];
        IF hit.lead_id IS NULL THEN
            FOR lead, lead_user IN
                SELECT l.id, l.user_id
                  FROM crm_lead l
                 WHERE l.partner_id = partner
                   AND l.active
                   AND l.won_status IS DISTINCT FROM 'won'
                   AND (l.company_id IS NULL OR l.company_id = a_company)
                 ORDER BY (l.user_id = a_user) DESC NULLS LAST, l.id DESC
                 LIMIT 10
            LOOP
                RETURN NEXT ARRAY[
                    reason, hashtext(hit.digits), NULL, lead, 1, lead_user,
                    partner, party, rank, active, partner_user];
            END LOOP;
        END IF;
    END LOOP;
END $$
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


class _Found(NamedTuple):
    """A row of the function above: a contact, or a lead and its contact, if any.

    :param reason: index in `REASONS`
    :param number: tells equal numbers from others
    :param chosen: when a person chose it, in seconds since 1970; more by far for what
        is the company's own
    :param party: whom the contact belongs to: its company, or itself
    :param rank: 0 for a person, 1 for a company, 2 for a mere address of either
    """

    reason: int
    number: int
    chosen: int | None
    lead_id: int | None
    lead_open: int
    lead_user: int | None
    partner_id: int | None
    party: int | None
    rank: int | None
    active: int | None
    partner_user: int | None


class TelephonyNumber(models.Model):
    """Whose number it is.

    1. The same international number; if nobody has it, the same national number,
       provided that one owner has it; for what cannot be read, the same digits.
    2. Who was chosen for this number by a person, last, is it: a record of the
       company's own before a shared one.
    3. Contacts with one commercial partner, and leads of those or of no contact, are
       one owner. Several owners are for a person to choose from. Archived contacts
       count only where there are no others, closed leads never; but the contact of a
       closed lead is who calls when nobody else is known.
    4. Of one owner: the open lead, the user's own first, then the newest, whether the
       lead has the number or its contact; and the lead's contact, else the person, or
       the company where several of its persons share the number.
    """

    _inherit = "telephony.number"

    def init(self):
        """Override to create the function that matching is done with."""
        super().init()
        self.env.cr.execute("DROP FUNCTION IF EXISTS telephony_number_find")
        self.env.cr.execute(FIND)

    @api.model
    def _match(self, raw_number, pbx, user=None):
        """Find whose number this is, among the records of the PBX's company.

        :param raw_number: as the PBX gave it
        :param pbx: record of `telephony.pbx`
        :param user: record of `res.users` whose own leads come first
        :rtype: Match
        """
        company_id, countries = self._pbx_settings(pbx.id)
        number = numbers.parse(raw_number, countries)
        if number.hidden:
            return Match(reason="hidden")
        if self._is_ours(raw_number, number, pbx.id, company_id):
            return Match(reason="own")
        self._flush_for_match()
        user_id = user.id if user else None
        self.env.cr.execute(
            "SELECT telephony_number_find(%s, %s, %s, %s, %s)",
            [
                number.e164,
                number.digits,
                number.national if len(number.national) >= MIN_NATIONAL else "",
                company_id,
                user_id,
            ],
        )
        found = [_Found(*row) for [row] in self.env.cr.fetchall()]
        return self._decide(found, user_id) if found else Match()

    @api.model
    @tools.ormcache("pbx_id")
    def _pbx_settings(self, pbx_id):
        """Return the company of a PBX, and the countries its numbers are read by."""
        pbx = self.env["telephony.pbx"].sudo().browse(pbx_id)
        return pbx.company_id.id, pbx._countries()

    @api.model
    def _is_ours(self, raw_number, number, pbx_id, company_id):
        """Tell whether a number is a company number, an extension or a colleague's."""
        own = self.env["telephony.did"]._own_numbers(company_id)
        if (number.e164 or number.digits) in own:
            return True
        extension = numbers.internal_extension(raw_number)
        if not extension:
            return False
        return extension in self.env["telephony.extension"]._by_number(pbx_id)

    @api.model
    def _flush_for_match(self):
        """Bring to the database what the function reads."""
        waiting = PENDING in self.env.cr.precommit.data
        if not (waiting or self.env._field_dirty or self.env.fields_to_compute()):
            return
        self.env["crm.lead"].flush_model(
            ["phone", "partner_id", "user_id", "active", "won_status", "company_id"]
        )
        self.env["res.partner"].flush_model(
            ["commercial_partner_id", "is_company", "active", "user_id", "type"]
        )
        self._sync_pending()
        self.flush_model(["e164", "national", "digits", "company_id", "chosen_date"])

    @api.model
    def _decide(self, found, user_id):
        """Return the `Match` among what was found for a number."""
        # A record that has the number twice is there twice; the choice counts.
        found.sort(key=lambda row: bool(row.chosen))
        people = {row.partner_id: row for row in found if not row.lead_id}.values()
        people = [row for row in people if row.active] or list(people)
        leads = sorted(
            {row.lead_id: row for row in found if row.lead_open}.values(),
            key=lambda row: (not user_id or row.lead_user != user_id, -row.lead_id),
        )
        if not people and not leads:
            people = [row for row in found if row.partner_id]
            people = [row for row in people if row.active] or people
            if not people:
                return Match()
        candidates = self._candidates(people, leads)
        if chosen := self._last_chosen(people, leads):
            if chosen.lead_id:
                people, leads = [], [chosen]
            else:
                of_chosen = chosen.partner_id
                people = [chosen]
                leads = [row for row in leads if row.partner_id == of_chosen]
            return self._resolved("chosen", people, leads, candidates)
        parties = {row.party for row in (*people, *leads)} - {None}
        reason = REASONS[found[0].reason]
        if reason == "national":
            unowned = sum(not row.partner_id for row in leads)
            same = len({row.number for row in found}) == 1
            if len(parties) > 1 or len(parties) + unowned > 1 and not same:
                return Match()
        if len(parties) > 1:
            return Match(reason="ambiguous", candidates=candidates)
        return self._resolved(reason, people, leads, candidates)

    @api.model
    def _last_chosen(self, people, leads):
        """Return the row of the last choice that still stands."""
        chosen = [row for row in (*people, *leads) if row.chosen]
        return max(chosen, key=attrgetter("chosen")) if chosen else None

    @api.model
    def _candidates(self, people, leads):
        """Return all whom it could be: those with open leads first."""
        ids = {row.partner_id for row in people}
        candidates = [
            ("res.partner", row.partner_id)
            if row.partner_id in ids
            else ("crm.lead", row.lead_id)
            for row in leads
        ]
        people = sorted(people, key=attrgetter("rank", "partner_id"))
        candidates += [("res.partner", row.partner_id) for row in people]
        return tuple(dict.fromkeys(candidates))[:MAX_CANDIDATES]

    @api.model
    def _resolved(self, reason, people, leads, candidates):
        """Return the `Match` with the first of ``leads`` and the contact of these."""
        lead_id = leads[0].lead_id if leads else False
        owner_id = leads[0].lead_user if leads else None
        partner_id = leads[0].partner_id if leads else None
        if not partner_id and people:
            rank = min(row.rank for row in people)
            likely = [row for row in people if row.rank == rank]
            partner_id = likely[0].party if len(likely) > 1 else likely[0].partner_id
        if partner_id and not owner_id:
            users = {row.partner_id: row.partner_user for row in (*leads, *people)}
            if partner_id in users:
                owner_id = users[partner_id]
            else:
                partner = self.env["res.partner"].sudo().browse(partner_id)
                owner_id = partner.user_id.id
        return Match(
            partner_id or False, lead_id, owner_id or False, reason, candidates
        )

    # -- choices -----------------------------------------------------------------------

    @api.model
    def _remember(self, number, record, company=None):
        """Have ``record`` win for this number from now on, until another is chosen.

        What a company chose of its own stands whatever others choose, and so does a
        choice among shared records for those who have no choice of their own.

        :param number: in international form; a national one is read as the record's
        :param record: contact or lead; it gets the number if it does not have it
        :param company: record of `res.company` for whose call it was chosen
        """
        owner = OWNERS[record._name]
        forms = self._forms(number, self._countries(record.sudo()))
        if not forms["digits"]:
            return
        rows = self.sudo().search([("digits", "=", forms["digits"])])
        row = rows.filtered(lambda row: row[owner] == record)[:1]
        if not row:
            row = self.sudo().create({owner: record.id, "number": number})
        scopes = {row.company_id, company or row.company_id}
        earlier = rows.filtered(lambda other: other.company_id in scopes)
        (earlier - row).chosen_date = False
        row.chosen_date = fields.Datetime.now()

    @api.model
    def _forget(self, number, company):
        """Take back what a company chose for a number, of its own or shared.

        :param number: in international form
        :param company: record of `res.company`
        """
        rows = self.sudo().search(
            [
                ("e164", "=", number),
                ("company_id", "in", [company.id, False]),
                ("chosen_date", "!=", False),
            ]
        )
        rows.chosen_date = False
