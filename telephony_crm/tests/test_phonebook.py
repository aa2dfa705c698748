from unittest.mock import patch
from xml.etree import ElementTree

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .access_common import AccessCase
from .common import TelephonyCase

CONTROLLER = "odoo.addons.telephony_crm.controllers.phonebook"
ALL = ("yealink", "grandstream", "snom", "snom-directory", "cisco", "fanvil")


class PhonebookCase(TelephonyCase):
    """A phone book of a chosen contact, and of those with a tag."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tag = cls.env["res.partner.category"].create({"name": "VIP & more"})
        cls.roshen = cls.env["res.partner"].create(
            {"name": "Roshen", "is_company": True, "phone": "+442079460001"}
        )
        cls.olena, cls.bob, cls.mute = cls.env["res.partner"].create(
            [
                {
                    "name": "Олена Шевченко",
                    "parent_id": cls.roshen.id,
                    "phone": "+442079460002",
                },
                {
                    "name": "Bob <b>Field</b>",
                    "phone": "+447400123456",
                    "category_id": [(4, cls.tag.id)],
                },
                {"name": "No Phone", "category_id": [(4, cls.tag.id)]},
            ]
        )
        cls.env["telephony.number"].create(
            {"partner_id": cls.bob.id, "number": "+442079460003", "label": "Warehouse"}
        )
        cls.book = cls.env["telephony.phonebook"].create(
            {
                "name": "Office",
                "pbx_id": cls.pbx.id,
                "partner_ids": [(4, cls.olena.id)],
                "category_ids": [(4, cls.tag.id)],
            }
        )


@tagged("post_install", "-at_install")
class TestPhonebook(PhonebookCase, HttpCase):
    """Desk phones read the phone books that are made for them."""

    def _read(self, vendor, path="", token=None, post=False, **params):
        self.env.flush_all()
        address = f"/telephony/phonebook/{token or self.book.token}/{vendor}{path}"
        if post:
            return self.url_open(
                address, data=b"<x/>", headers={"Content-Type": "text/xml"}
            )
        return self.url_open(address, params=params)

    def _xml(self, vendor, path="", **params):
        response = self._read(vendor, path, **params)
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["Content-Type"], "text/xml; charset=utf-8")
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        return ElementTree.fromstring(response.content)

    def _names(self, path="/all", **params):
        return [found.text for found in self._xml("snom", path, **params).iter("Name")]

    def test_chosen_and_tagged_contacts_with_a_number_stand_in_it(self):
        self.assertEqual(
            self._names(),
            [
                "Bob <b>Field</b> (Mobile)",
                "Bob <b>Field</b> (Warehouse)",
                "Олена Шевченко, Roshen",
            ],
        )
        self.assertEqual(self._names("/chosen"), ["Олена Шевченко, Roshen"])
        self.assertEqual(len(self._names(f"/tag-{self.tag.id}")), 2)
        self.assertEqual(self.book.contact_count, 2)

    def test_all_vendors_read_it_under_their_own_address(self):
        for vendor in ALL:
            for path in ("", "/all", "/phonebook.xml"):
                with self.subTest(vendor=vendor, path=path):
                    root = self._xml(vendor, path)
                    if vendor in ("grandstream", "snom-directory"):
                        self.assertEqual(
                            len(root.findall("./*/FirstName")) or len(root), 4
                        )
        menu = [url.text for url in self._xml("cisco").iter("URL")]
        url = f"{self.base_url()}/telephony/phonebook/{self.book.token}/cisco"
        self.assertEqual(
            menu,
            [
                f"{url}/search",
                f"{url}/all",
                f"{url}/chosen",
                f"{url}/tag-{self.tag.id}",
                f"{url}/colleagues",
            ],
        )

    def test_the_remote_directory_of_snom_is_fetched_by_post(self):
        response = self._read("snom", post=True)
        root = ElementTree.fromstring(response.content)
        self.assertEqual((root.tag, root.get("version")), ("tbook", "2.0"))
        self.assertEqual(root.get("complete"), "true")
        self.assertEqual(len(root), 4)

    def test_a_rule_adds_all_that_match(self):
        self.book.write(
            {"has_rule": True, "domain": "[('name', 'in', ['Roshen', 'No Phone'])]"}
        )
        self.assertIn("Roshen", self._names())
        self.assertNotIn("No Phone", self._names())
        self.book.has_rule = False
        self.assertNotIn("Roshen", self._names())

    def test_it_is_searched_by_name_by_number_and_in_latin_letters(self):
        for term in (
            "шевч",
            "Олена Roshen",
            "020 7946 0002",
            "00442079460002",
            "olena",
        ):
            with self.subTest(term=term):
                self.assertEqual(
                    self._names("/search", search=term), ["Олена Шевченко, Roshen"]
                )
        self.assertEqual(len(self._names("/search", search="agent")), 2)
        self.assertEqual(len(self._names("/search", search="101")), 1)
        for nobody in ("nobody\0", "%", "999", "+1"):
            with self.subTest(term=nobody):
                self.assertEqual(self._names("/search", search=nobody), ["No entries"])

    def test_colleagues_stand_in_it_with_their_extensions(self):
        root = self._xml("snom", "/colleagues")
        numbers = [number.text for number in root.iter("Telephone")]
        self.assertEqual(numbers, ["100", "101"])
        self.colleague.active = False
        self.assertEqual(
            len(list(self._xml("snom", "/colleagues").iter("Telephone"))), 1
        )
        self.book.with_colleagues = False
        self.assertNotIn("colleagues", self._read("cisco").text)

    def test_numbers_are_dialled_as_the_pbx_wants_them(self):
        self.book.write({"number_format": "national", "prefix": "9"})
        root = self._xml("fanvil", "/all")
        self.assertEqual(
            [found.text for found in root.iter("Mobile")], ["907400123456", None]
        )
        self.book.latin_names = True
        self.assertEqual(self._names("/chosen"), ["Olena Shevchenko, Roshen"])

    def test_contacts_of_another_company_never_stand_in_it(self):
        other = self.env["res.company"].create({"name": "Elsewhere Ltd"})
        self.olena.parent_id = False
        self.olena.company_id = other
        self.assertNotIn("Шевченко", str(self._names()))
        with self.assertRaises(UserError):
            self.book.partner_ids = [
                (
                    4,
                    self.env["res.partner"]
                    .create({"name": "Else", "company_id": other.id})
                    .id,
                )
            ]

    def test_more_contacts_take_no_more_queries(self):
        contacts = self.env["res.partner"].create(
            [
                {
                    "name": f"Person {place}",
                    "parent_id": self.roshen.id if place % 2 else False,
                    "phone": f"+44207946{place:04}",
                    "category_id": [(4, self.tag.id)],
                }
                for place in range(30)
            ]
        )
        counts = []
        for chosen in (contacts[:4], contacts):
            self.book.write({"category_ids": [(5,)], "partner_ids": chosen.ids})
            self.env.flush_all()
            self.env.invalidate_all()
            content = self.book._content()
            before = self.cr.sql_log_count
            self.assertEqual(len(content.entries("all", "", 0, 100)), len(chosen))
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(*counts)

    def test_archived_contacts_do_not_stand_in_it(self):
        self.bob.active = False
        self.assertEqual(self._names(), ["Олена Шевченко, Roshen"])

    # -- who may read ------------------------------------------------------------------

    def test_its_token_opens_nothing_else_and_no_other_token_opens_it(self):
        self.pbx.action_open_lookup()
        for token in ("wrong", self.pbx.webhook_token, self.pbx.lookup_token):
            self.assertEqual(self._read("cisco", token=token).status_code, 404)
        for purpose in ("lookup", "route", "webhook"):
            response = self.url_open(f"/telephony/{purpose}/{self.book.token}")
            self.assertEqual(response.status_code, 404)
        self.assertEqual(self._read("polycom").status_code, 404)

    def test_a_new_token_ends_the_old_one(self):
        old = self.book.token
        self.book.action_new_token()
        self.assertEqual(self._read("cisco", token=old).status_code, 404)
        self.assertEqual(self._read("cisco").status_code, 200)
        self.book.active = False
        self.assertEqual(self._read("cisco").status_code, 404)
        self.book.active = True
        self.pbx.active = False
        self.assertEqual(self._read("cisco").status_code, 404)

    @mute_logger(CONTROLLER)
    def test_who_is_not_in_the_list_of_addresses_reads_nothing(self):
        self.book.allowed_ips = "192.0.2.0/24"
        response = self._read("cisco")
        self.assertEqual((response.status_code, response.text), (403, ""))
        with self.assertRaises(ValidationError):
            self.book.allowed_ips = "the office"

    @mute_logger("odoo.sql_db")
    def test_a_book_that_cannot_be_read_in_time_is_no_empty_book(self):
        def sleep(book, *_args):
            book.env.cr.execute("SELECT pg_sleep(60)")

        self.patch(self.env.registry["telephony.phonebook"], "_contact_domain", sleep)
        with (
            patch(
                "odoo.addons.telephony_crm.models.telephony_phonebook_content.PATIENCE",
                0.1,
            ),
            self.assertLogs(CONTROLLER, "WARNING") as logs,
        ):
            response = self._read("grandstream")
        self.assertEqual((response.status_code, response.text), (503, ""))
        self.assertIn("QueryCanceled", logs.output[0])
        self.assertNotIn(self.book.token, str(logs.output))


@tagged("post_install", "-at_install")
class TestPhonebookAccess(PhonebookCase, AccessCase):
    """Users choose who stands in a phone book; administrators decide all else."""

    def test_an_agent_chooses_from_the_contact_s_own_form(self):
        bob = self.bob.with_user(self.agent)
        bob.telephony_phonebook_ids = [(4, self.book.id)]
        self.assertIn(self.bob, self.book.partner_ids)
        bob.invalidate_recordset()
        self.assertEqual(bob.telephony_phonebook_ids, self.book)
        bob.telephony_phonebook_ids = [(5,)]
        self.assertEqual(self.book.partner_ids, self.olena)

    def test_only_those_who_may_choose(self):
        self.book.curator_ids = self.colleague
        chosen = {"partner_ids": [(4, self.bob.id)]}
        with self.assertRaises(AccessError):
            self.book.with_user(self.agent).write(chosen)
        with self.assertRaises(AccessError):
            self.bob.with_user(self.agent).telephony_phonebook_ids = self.book
        self.book.with_user(self.colleague).write(chosen)
        self.assertIn(self.bob, self.book.partner_ids)
        books = self.env["telephony.phonebook"]
        may_choose = [("may_choose", "=", True), ("id", "=", self.book.id)]
        for user, may in (
            (self.agent, False),
            (self.colleague, True),
            (self.administrator, True),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(self.book.with_user(user).may_choose, may)
                found = books.with_user(user).search(may_choose)
                self.assertEqual(bool(found), may)

    def test_an_agent_changes_nothing_else(self):
        book = self.book.with_user(self.agent)
        for vals in (
            {"name": "Mine"},
            {"has_rule": True},
            {"curator_ids": [(4, self.agent.id)]},
            {"category_ids": [(5,)]},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                book.write(vals)
        with self.assertRaises(AccessError):
            book.action_new_token()
        with self.assertRaises(AccessError):
            book.unlink()
        with self.assertRaises(AccessError):
            book.create({"name": "Mine", "pbx_id": self.pbx.id})

    def test_nobody_chooses_a_contact_that_they_may_not_see(self):
        rule = {
            "name": "No Bob",
            "model_id": self.env.ref("base.model_res_partner").id,
            "domain_force": f"[('id', '!=', {self.bob.id})]",
        }
        self.env["ir.rule"].create(rule)
        for command in ((4, self.bob.id), (6, 0, self.bob.ids)):
            with self.subTest(command=command), self.assertRaises(AccessError):
                self.book.with_user(self.agent).write({"partner_ids": [command]})
        self.book.partner_ids = self.bob | self.olena
        self.env.invalidate_all()
        book = self.book.with_user(self.agent)
        book.write({"partner_ids": [(4, self.roshen.id)]})
        self.assertEqual(self.book.partner_ids, self.bob | self.olena | self.roshen)

    def test_addresses_are_for_administrators(self):
        for name in ("token", "cisco_url", "yealink_url", "allowed_ips", "domain"):
            for user in (self.agent, self.supervisor):
                book = self.book.with_user(user)
                with self.subTest(user=user.login, field=name):
                    with self.assertRaises(AccessError):
                        book.read([name])
                    with self.assertRaises(AccessError):
                        book.search([(name, "like", "a")])
        book = self.book.with_user(self.administrator)
        self.assertTrue(book.cisco_url.endswith(f"/{book.token}/cisco"))
        self.assertTrue(book.yealink_url.endswith("/yealink?search=#SEARCH"))
        self.assertNotEqual(book.copy().token, book.token)

    def test_companies_stay_apart(self):
        with self.assertRaises(AccessError):
            self.book.with_user(self.stranger).read(["name"])
        other = self.env["telephony.pbx"].create(
            {"name": "Else", "adapter": "generic", "company_id": self.other_company.id}
        )
        with self.assertRaises(AccessError):
            self.book.with_user(self.administrator).pbx_id = other
        for user in (self.internal, self.portal):
            with self.assertRaises(AccessError):
                self.env["telephony.phonebook"].with_user(user).search([])

    def test_a_rule_reaches_no_field_that_its_author_may_not_read(self):
        book = self.book.with_user(self.administrator)
        for domain in (
            "[('name'",
            "[('nothing', '=', 1)]",
            "name",
            "[1]",
            "__import__('os')",
        ):
            with self.subTest(domain=domain), self.assertRaises(ValidationError):
                book.write({"has_rule": True, "domain": domain})
        self.patch(
            self.env["res.partner"]._fields["ref"], "groups", "base.group_system"
        )
        with self.assertRaises(AccessError):
            book.write({"has_rule": True, "domain": "[('ref', 'like', 'a')]"})

    def test_what_is_dialled_first_can_be_dialled(self):
        with self.assertRaises(ValidationError):
            self.book.prefix = "0,SHELL"
