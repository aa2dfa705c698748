from unittest.mock import patch

import psycopg2.errors

from odoo import Command
from odoo.tests import tagged

from ..models import telephony_number_fill
from .common import TelephonyCase

LYON = "+33478323232"
PARIS = "+33142685300"


@tagged("post_install", "-at_install")
class TestNumberFill(TelephonyCase):
    """The numbers of an existing database are read by a job that can be stopped."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls.env["res.partner"].create(
            [{"name": f"P{i}", "phone": f"+3347832{i:04}"} for i in range(25)]
        )
        cls.lead = cls.env["crm.lead"].create(
            {
                "name": "L",
                "phone": "0478323232",
                "country_id": cls.env.ref("base.fr").id,
            }
        )
        cls.fill = cls.env["telephony.number.fill"]
        cls.numbers = cls.env["telephony.number"]

    def setUp(self):
        super().setUp()
        # As if the addon had not been there when they were created.
        self.env.cr.execute("DELETE FROM telephony_number")
        self.numbers.invalidate_model(flush=False)
        # A cron commits; the test's transaction must not end.
        progress = patch.object(
            type(self.env["ir.cron"]), "_commit_progress", side_effect=self._commit
        )
        progress.start()
        self.addCleanup(progress.stop)
        self.time_left = 100.0

    def _commit(self, processed=0, **_values):
        self.env.flush_all()
        return self.time_left

    def test_every_phone_is_read(self):
        self.fill._start()
        self.assertEqual(
            self.fill._progress(), {"done": 0, "total": 0, "state": "waiting"}
        )
        self.fill._cron_fill()
        rows = self.partners.telephony_number_ids
        self.assertEqual(len(rows), 25)
        self.assertEqual(set(rows.mapped("source_field")), {"phone"})
        self.assertEqual(self.lead.telephony_number_ids.e164, LYON)
        progress = self.fill._progress()
        self.assertEqual(progress["state"], "done")
        self.assertEqual(progress["done"], progress["total"])

    def test_it_reads_as_the_records_themselves_do(self):
        partner = self.env["res.partner"].create(
            {"name": "N", "phone": "04 78 32 32 32 x12", "company_id": self.company.id}
        )
        names = (
            "number",
            "e164",
            "digits",
            "national",
            "extension",
            "key",
            "company_id",
        )
        before = partner.telephony_number_ids.read(names)[0]
        self.env.cr.execute("DELETE FROM telephony_number")
        self.numbers.invalidate_model(flush=False)
        self.fill._start()
        self.fill._cron_fill()
        after = partner.telephony_number_ids.read(names)[0]
        self.assertEqual({**after, "id": 0}, {**before, "id": 0})

    def test_it_goes_on_where_it_was_stopped(self):
        self.fill._start()
        self.time_left = 0
        with patch.object(telephony_number_fill, "BATCH", 10):
            self.fill._cron_fill()  # counts, and has no time left
            self.assertFalse(self.numbers.search([]))
            part = self.fill.search([("model", "=", "res.partner")])
            part._retrying_batch()
            first = self.numbers.search([])
            self.assertEqual(len(first), 10)
            self.assertEqual(part.done, 10)
            self.assertEqual(self.fill._progress()["state"], "running")
            self.time_left = 100
            self.fill._cron_fill()
        self.assertLess(first, self.numbers.search([]))
        self.assertEqual(len(self.partners.telephony_number_ids), 25)

    def test_what_was_written_meanwhile_is_neither_doubled_nor_undone(self):
        self.fill._start()
        partner = self.partners[0]
        partner.phone = PARIS
        partner.telephony_number_ids = [
            Command.create({"number": LYON, "label": "Shop"})
        ]
        self.fill._cron_fill()
        self.assertEqual(partner.telephony_number_ids.mapped("e164"), [PARIS, LYON])

    def test_read_again_it_changes_nothing_but_what_is_wrong(self):
        self.fill._start()
        self.fill._cron_fill()
        self.env.cr.execute(
            "UPDATE res_partner SET phone = NULL WHERE id = %s", [self.partners[0].id]
        )
        self.env.cr.execute(
            "UPDATE res_partner SET phone = %s WHERE id = %s",
            [PARIS, self.partners[1].id],
        )
        self.env.invalidate_all()
        rows = self.numbers.search([])
        self.fill._start()
        self.fill._cron_fill()
        self.assertFalse(self.partners[0].telephony_number_ids)
        self.assertEqual(self.partners[1].telephony_number_ids.e164, PARIS)
        self.assertEqual(len(self.numbers.search([])), len(rows) - 1)
        self.assertLess(self.numbers.search([]), rows)

    def test_a_batch_that_met_another_transaction_is_done_again_in_parts(self):
        self.fill._start()
        part = self.fill.search([("model", "=", "res.partner")])
        part._count()
        sizes = []
        do_batch = type(self.fill)._batch

        def batch(part, size):
            sizes.append(size)
            if len(sizes) == 1:
                raise psycopg2.errors.SerializationFailure
            return do_batch(part, size)

        with (
            patch.object(type(self.fill), "_batch", batch),
            patch.object(self.env.cr, "rollback"),
        ):
            part._retrying_batch()
        self.assertEqual(sizes, [5000, 1250])
        self.assertEqual(len(self.partners.telephony_number_ids), 25)

    def test_archived_records_are_read(self):
        self.partners[3].action_archive()
        self.fill._start()
        self.fill._cron_fill()
        self.assertTrue(self.partners[3].telephony_number_ids)
