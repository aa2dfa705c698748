from unicodedata import decimal

import phonenumbers

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools.sql import escape_psql

from ..pbx import numbers
from ..tools.text import clean

RECENT = 20
TO_CALL = 30
FOUND = 8
MOST_MISSED = 99
MIN_TERM = 2
MIN_DIGITS = 3


class TelephonyDial(models.Model):
    """What the dialler in the systray shows; always as its own user.

    All results are plain data: names are text and never markup.
    """

    _inherit = "telephony.dial"

    @api.model
    @api.readonly
    def get_dialer(self):
        """Return what the dialler shows when it opens.

        :return: dict of ``extension`` (``False`` when the user has none to dial with),
            ``pbx`` (``state``: ``ok``, ``warning``, ``none``; ``message``), ``missed``
            (call-backs for the user, 99 at most), ``recent``, ``to_call``, ``team``;
            times are UTC, ``YYYY-MM-DD HH:MM:SS``
        :raises AccessError: when the user is no telephony agent
        """
        self._check_agent()
        extension = self._extension_of(self.env.user, self.env.company)
        return {
            "extension": self._can_dial(extension) and extension.number,
            "softphone": self._has_softphone(),
            "pbx": self._dialer_pbx(extension),
            "missed": self.env["telephony.callback"].search_count(
                self._my_callbacks(), limit=MOST_MISSED
            ),
            "recent": self._dialer_recent(),
            "to_call": [
                *self._dialer_callbacks(),
                *self._dialer_to_call(extension),
            ][:TO_CALL],
            "team": self._dialer_team(extension),
        }

    @api.model
    @api.readonly
    def find(self, term):
        """Return contacts, leads and extensions by name, or by number in any spelling.

        Only what can be called, and what the user may see.

        :param term: at least two characters, else nothing is found
        :return: list of dicts of ``name, number, formatted, res_model, res_id, detail``
        :raises AccessError: when the user is no telephony agent
        """
        self._check_agent()
        term = clean(term).strip()[:100]
        if len(term) < MIN_TERM:
            return []
        extension = self._extension_of(self.env.user, self.env.company)
        numbered = self._number_domain(term, extension.pbx_id)
        return [
            *self._find_extensions(term, extension),
            *self._find_records("crm.lead", "lead_id", term, numbered),
            *self._find_records("res.partner", "partner_id", term, numbered),
        ]

    @api.model
    def _check_agent(self):
        if not self.env.user.has_group("telephony_crm.group_telephony_agent"):
            raise AccessError(
                self.env._("The dialler is for users with the telephony role.")
            )

    @api.model
    def _session(self):
        """Return what the web client knows from the start; `False` for other users.

        :return: dict of ``extension`` (``False`` when there is none to dial with) and
            the user's options ``sound``, ``desktop_notification``, ``open_card``,
            and whether there is a ``softphone``
        """
        user = self.env.user
        if not user.has_group("telephony_crm.group_telephony_agent"):
            return False
        extension = self._extension_of(user, self.env.company)
        return {
            "extension": self._can_dial(extension) and extension.number,
            "sound": user.telephony_sound,
            "desktop_notification": user.telephony_desktop_notification,
            "open_card": user.telephony_open_card,
            "softphone": self._has_softphone(),
        }

    @api.model
    def _has_softphone(self):
        """Tell whether this user's browser is to register at the PBX."""
        return bool(self.env["telephony.extension"]._softphone_of(self.env.user))

    @api.model
    def _can_dial(self, extension):
        """Tell whether the PBX of ``extension`` dials for its user."""
        adapter = extension.pbx_id.active and extension.pbx_id._adapter(
            raise_if_unknown=False
        )
        return bool(adapter and "originate" in adapter.capabilities)

    # -- the panel -----------------------------------------------------------------

    @api.model
    def _dialer_pbx(self, extension):
        """Return the state of the PBX in one word and in a sentence."""
        pbx = extension.pbx_id
        if not pbx:
            return {"state": "none", "message": self._in_words("no_extension", pbx, "")}
        if not pbx.active:
            return {"state": "warning", "message": self._in_words("inactive", pbx, "")}
        if not self._can_dial(extension):
            return {"state": "warning", "message": self._in_words("unable", pbx, "")}
        if pbx.health_state == "error":
            message = self.env._(
                "%s has a problem, calls may be missing here; an administrator can see "
                "it in the PBX.",
                pbx.name,
            )
            return {"state": "warning", "message": message}
        return {"state": "ok", "message": self.env._("%s is connected.", pbx.name)}

    @api.model
    def _dialer_recent(self):
        """Return the latest calls that the user talked in, dialled or was rung for.

        Two look-ups that stop after a few rows, since at a million calls one over all
        that concerns the user would not.
        """
        user_id = self.env.uid
        legs = self.env["telephony.call.leg"].sudo()
        rung = legs.search_fetch(
            [("user_id", "=", user_id), ("ring_date", "!=", False)],
            ["call_id"],
            order="ring_date desc",
            limit=2 * RECENT,
        )
        calls = self.env["telephony.call"]
        own = calls.sudo()._search(
            [("user_id", "=", user_id)], order="start_date desc", limit=RECENT
        )
        of_mine = Domain("id", "in", own) | Domain("id", "in", rung.call_id.ids)
        return self._recent_rows(
            calls.search(of_mine, order="start_date desc, id desc", limit=RECENT)
        )

    @api.model
    def _recent_rows(self, calls):
        partners = calls.partner_id._filtered_access("read")
        leads = calls.lead_id._filtered_access("read")
        rows = []
        for call in calls:
            lead, partner = call.lead_id & leads, call.partner_id & partners
            number = call.number_e164 or call.number or ""
            name = partner.name or partner.display_name or _who(lead)
            if call.direction == "internal":
                name = name or call._colleague()
            rows.append(
                {
                    "id": call.id,
                    "number": "" if call._never_rung_back() else number,
                    "formatted": _formatted(number) if number else call.who or "",
                    "name": name or "",
                    "direction": call.direction,
                    "disposition": call.disposition or "",
                    "date": fields.Datetime.to_string(call.start_date),
                    "talk_seconds": call.talk_seconds,
                    "res_model": (lead or partner)._name if lead or partner else False,
                    "res_id": (lead or partner).id,
                }
            )
        return rows

    @api.model
    def _dialer_to_call(self, extension):
        """Return the user's phone calls to make that are due, oldest first.

        Those that mirror a call-back are there as such.
        """
        today = fields.Date.context_today(self.with_context(tz=self.env.user.tz))
        activities = self.env["mail.activity"].search(
            [
                ("user_id", "=", self.env.uid),
                ("activity_type_id.category", "=", "phonecall"),
                ("date_deadline", "<=", today),
                ("res_model", "!=", False),
                ("telephony_callback_ids", "not any", [("state", "=", "open")]),
            ],
            order="date_deadline, id",
            limit=2 * TO_CALL,
        )
        called = self._called_by(activities)
        countries = extension.pbx_id._countries() if extension else ()
        rows = []
        for activity in activities:
            name, typed, country = called.get(
                (activity.res_model, activity.res_id), ("", "", "")
            )
            if not typed:
                continue
            e164 = numbers.parse(typed, tuple(filter(None, (*countries, country)))).e164
            rows.append(
                {
                    "id": activity.id,
                    "summary": activity.summary or activity.activity_type_id.name or "",
                    "res_model": activity.res_model,
                    "res_id": activity.res_id,
                    "name": name,
                    "number": e164 or typed,
                    "formatted": _formatted(e164) or typed,
                    "date_deadline": fields.Date.to_string(activity.date_deadline),
                    "overdue": activity.date_deadline < today,
                }
            )
        return rows[:TO_CALL]

    @api.model
    def _called_by(self, activities):
        """Return whom activities are about, as far as the user may see it.

        :return: ``{(res_model, res_id): (name, number as written, country code)}``
        """
        called = {}
        for res_model, of_model in activities.grouped("res_model").items():
            if res_model not in self.env:
                continue
            records = self.env[res_model].browse(set(of_model.mapped("res_id")))
            records = records.exists()._filtered_access("read")
            names = records._phone_get_number_fields()
            partners = records._mail_get_partners()
            readable = self.env["res.partner"].union(*partners.values())
            readable = readable._filtered_access("read")
            countries = records.sudo()._phone_get_country()
            for record in records:
                partner = (partners[record.id] & readable)[:1]
                phones = [record[name] for name in names] + [partner.phone]
                called[res_model, record.id] = (
                    record.display_name,
                    next(filter(None, phones), ""),
                    countries[record.id].code if countries.get(record.id) else "",
                )
        return called

    @api.model
    def _dialer_team(self, extension):
        """Return the colleagues that can be rung, and who of them is on the phone.

        Without an extension of one's own: those of all PBXs of the user's companies.
        """
        domain = Domain("company_id", "in", self.env.companies.ids)
        domain &= Domain("pbx_id.active", "=", True)
        if extension:
            domain = Domain("pbx_id", "=", extension.pbx_id.id)
        colleagues = self.env["telephony.extension"].sudo()
        colleagues = colleagues.search(domain & Domain("id", "!=", extension.id))
        busy = self.env["telephony.call.leg"]._on_the_phone(colleagues.user_id)
        return [
            {
                "id": colleague.id,
                "name": colleague.user_id.name or "",
                "extension": colleague.number,
                "busy": colleague.user_id in busy if colleague.user_id else False,
            }
            for colleague in colleagues
        ]

    # -- finding -------------------------------------------------------------------

    @api.model
    def _number_domain(self, term, pbx):
        """Return which rows of `telephony.number` begin with the digits typed.

        :return: a domain on indexed columns; `Domain.FALSE` for what is no number
        """
        digits = "".join(str(decimal(char)) for char in term if char.isdecimal())
        if len(digits) < MIN_DIGITS or any(char.isalpha() for char in term):
            return Domain.FALSE
        international = digits[2:] if digits.startswith("00") else digits
        domain = _prefix("e164", f"+{international}")
        if term.startswith(("+", "00")):
            return domain
        domain |= _prefix("digits", digits)
        countries = pbx._countries() if pbx else ()
        starts = {phonenumbers.ndd_prefix_for_region(code, True) for code in countries}
        for start in filter(None, starts | {"0"}):
            if national := digits.removeprefix(start):
                domain |= _prefix("national", national)
        if e164 := numbers.parse(term, countries).e164:
            domain |= Domain("e164", "=", e164)
        return domain

    @api.model
    def _find_extensions(self, term, own):
        """Return the extensions of the user's PBX by number or by name."""
        if not own:
            return []
        domain = Domain("number", "=like", f"{escape_psql(term)}%")
        domain |= Domain("user_id.name", "ilike", escape_psql(term))
        domain &= Domain("pbx_id", "=", own.pbx_id.id) & Domain("id", "!=", own.id)
        return [
            {
                "name": extension.user_id.name or "",
                "number": extension.number,
                "formatted": extension.number,
                "res_model": False,
                "res_id": False,
                "detail": self.env._("Extension"),
            }
            for extension in own.search(domain, limit=FOUND)
        ]

    @api.model
    def _find_records(self, model, field, term, numbered):
        """Return contacts or leads, one row each, with the number that fits.

        :param field: the field of `telephony.number` that points to ``model``
        :param numbered: domain of the numbers looked for, see `_number_domain`
        """
        Record = self.env[model]
        if not Record.has_access("read"):
            return []
        stored = self.env["telephony.number"].sudo()
        if numbered.is_false():
            names = ("complete_name",)
            if model == "crm.lead":
                names = ("name", "contact_name", "partner_name")
            like = escape_psql(term)
            domain = Domain.OR(Domain(name, "ilike", like) for name in names)
            domain &= Domain("phone", "!=", False) | Domain(
                "telephony_number_ids", "!=", False
            )
        else:
            rows = stored._search(numbered & Domain(field, "!=", False))
            domain = Domain("id", "in", rows.subselect(field))
        records = Record.search(domain, limit=FOUND, order="id desc")
        fitting = numbered if not numbered.is_false() else Domain.TRUE
        fitting &= Domain(field, "in", records.ids)
        rows = stored.search(fitting, order="id desc")  # the first number wins
        e164_of = {row[field].id: row.e164 or row.digits for row in rows}
        return [self._found(record, e164_of.get(record.id)) for record in records]

    @api.model
    def _found(self, record, number):
        if record._name == "crm.lead":
            name, detail = record.name, record.contact_name or record.partner_name or ""
        else:
            name = record.name or record.display_name
            company = not record.is_company and record.commercial_company_name
            detail = " · ".join(filter(None, (company, record.function)))
        return {
            "name": name or "",
            "number": number or record.phone or "",
            "formatted": _formatted(number) or record.phone or "",
            "res_model": record._name,
            "res_id": record.id,
            "detail": detail,
        }


def _prefix(field, digits):
    """Return the domain of values that begin with ``digits``.

    As a range, since ``LIKE`` is served by an index only where the database compares
    by bytes; letters come behind digits everywhere.
    """
    return Domain(field, ">=", digits) & Domain(field, "<", f"{digits}a")


def _formatted(number):
    """Return ``number`` as people write it, if it is international."""
    return numbers.international(number or "") or number or ""


def _who(lead):
    return lead.contact_name or lead.partner_name or lead.name
