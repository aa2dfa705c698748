from odoo import models
from odoo.fields import Domain
from odoo.tools.sql import escape_psql

from ..pbx.transliteration import ascii_name
from ..phonebook.book import Entry, Group, Number, Words
from ..phonebook.dialled import dialled, kind
from ..tools.limit import Limit

# Seconds. A phone shows an error sooner or later, and a person waits for it.
PATIENCE = 4.0
ORDER = "name, id"
# Those who turn pages look at so many, and so many are compared letter by letter.
MOST = 5000
ASCII_NAME = 80


class TelephonyPhonebook(models.Model):
    """What a phone book shows, as `phonebook.book.Book` has it."""

    _inherit = "telephony.phonebook"

    def _content(self):
        """Return the book's `Content`, with a limit to how long it may be read.

        Its company's language is the phones'; their users are not known.
        """
        self.ensure_one()
        language = self.company_id.partner_id.lang or self.env.lang or "en_US"
        return Content(self.sudo().with_context(lang=language))


class Content:
    """Entries of a phone book.

    :param book: record of `telephony.phonebook`, with all rights
    """

    def __init__(self, book):
        self._book = book
        self._env = book.env
        self.title = self._shown(book.name)
        _ = book.env._
        self.words = Words(
            search=_("Search"),
            prompt=_("Name or number"),
            before=_("Previous"),
            after=_("Next"),
            dial=_("Dial"),
            exit=_("Exit"),
            nobody=_("No entries"),
            more=_("Search for more"),
        )
        self._kinds = {"work": _("Work"), "mobile": _("Mobile"), "other": _("Other")}

    def limit(self):
        """Return the context in which it is to be read."""
        return Limit(self._env.cr, PATIENCE)

    # -- what `phonebook.book.Book` promises ---------------------------------------

    def groups(self):
        """Return what can be opened alone; at least all contacts."""
        book, _ = self._book, self._env._
        found = [Group("all", _("All contacts"))]
        if book.partner_ids and (book.category_ids or book.has_rule):
            found.append(Group("chosen", _("Favourites")))
        found += [
            Group(f"tag-{tag.id}", self._shown(tag.name)) for tag in book.category_ids
        ]
        if book.with_colleagues:
            found.append(Group("colleagues", _("Colleagues")))
        return found

    def entries(self, group, term, start, count):
        """Return entries by name; colleagues come first among everybody."""
        found = []
        if group in ("", "colleagues"):
            colleagues = self._colleagues(term)
            found = colleagues[start : start + count]
            start, count = max(0, start - len(colleagues)), count - len(found)
        if group != "colleagues" and count:
            found += self._contacts(group, term, start, count)
        return found

    def names_at(self, group, step):
        """Return the first and the last name of each page, as far as one turns."""
        if group == "colleagues":
            names = [entry.name for entry in self._colleagues("")]
        else:
            contacts = self._env["res.partner"].search_fetch(
                self._domain(group), ["name"], order=ORDER, limit=MOST
            )
            names = [self._shown(name) for name in contacts.mapped("name")]
        pages = [names[start : start + step] for start in range(0, len(names), step)]
        return [(page[0], page[-1]) for page in pages]

    # -- contacts --------------------------------------------------------------------

    def _contacts(self, group, term, start, count):
        contacts, domain = self._env["res.partner"], self._domain(group)
        if term:
            matching = domain & self._term_domain(term)
            found = contacts.search(matching, order=ORDER, offset=start, limit=count)
            if not found and not start and term.isascii():
                found = self._spelled(domain, term)[:count]
        else:
            found = contacts.search(domain, order=ORDER, offset=start, limit=count)
        return self._entries_of(found)

    def _domain(self, group):
        return self._book._contact_domain("" if group == "all" else group)

    def _term_domain(self, term):
        """Return who has a number that begins so, or all of the words in the name."""
        dialler = self._env["telephony.dial"]
        numbered = dialler._number_domain(term, self._book.pbx_id)
        if not numbered.is_false():
            return Domain("telephony_number_ids", "any", numbered)
        return Domain.AND(
            Domain("complete_name", "ilike", escape_psql(word)) for word in term.split()
        )

    def _spelled(self, domain, term):
        """Return who is found by the Latin letters that the phone's keys write."""
        contacts = self._env["res.partner"].search_fetch(
            domain, ["complete_name"], order=ORDER, limit=MOST
        )
        wanted = term.lower()
        return contacts.filtered(
            lambda contact: (
                wanted in ascii_name(contact.complete_name, ASCII_NAME).lower()
            )
        )

    def _entries_of(self, contacts):
        """Return the entries of contacts, with few queries however many they are."""
        contacts.fetch(["name", "commercial_company_name", "is_company", "category_id"])
        rows = self._env["telephony.number"].search_fetch(
            [("partner_id", "in", contacts.ids)],
            ["partner_id", "e164", "digits", "label"],
        )
        by_contact = {contact.id: {} for contact in contacts}
        for row in rows:
            number = self._number(row)
            by_contact[row.partner_id.id].setdefault(number.dialled, number)
        tags = self._book.category_ids
        return [
            self._entry(contact, by_contact[contact.id].values(), tags)
            for contact in contacts
        ]

    def _entry(self, contact, found, tags):
        name, first = self._shown(contact.name), ""
        last = name
        if not contact.is_company:
            first, _blank, last = name.rpartition(" ")
            if company := self._shown(contact.commercial_company_name):
                name, last = f"{name}, {company}", f"{last}, {company}"
        tag = (contact.category_id & tags)[:1]
        group = f"tag-{tag.id}" if tag else "all"
        return Entry(name, tuple(found), first, last, group)

    def _number(self, row):
        book = self._book
        what = kind(row.e164) if row.e164 else "other"
        number = dialled(
            row.e164 or row.digits,
            book.number_format,
            book.pbx_id.country_id.code or "",
            book.prefix or "",
        )
        return Number(number, what, row.label or self._kinds[what])

    # -- colleagues ------------------------------------------------------------------

    def _colleagues(self, term):
        """Return the extensions of the PBX that have a user, by name."""
        if not self._book.with_colleagues:
            return []
        extensions = self._env["telephony.extension"].search(
            [("pbx_id", "=", self._book.pbx_id.id), ("user_id.active", "=", True)]
        )
        words = term.lower().split()
        found = [
            Entry(
                name := self._shown(extension.user_id.name),
                (Number(extension.number),),
                last=name,
                group="colleagues",
            )
            for extension in extensions
            if self._has(f"{extension.user_id.name} {extension.number}", words)
        ]
        return sorted(found, key=lambda entry: entry.name.lower())

    def _has(self, text, words):
        texts = (text.lower(), ascii_name(text, ASCII_NAME).lower())
        return all(any(word in text for text in texts) for word in words)

    def _shown(self, name):
        return ascii_name(name, ASCII_NAME) if self._book.latin_names else name or ""
