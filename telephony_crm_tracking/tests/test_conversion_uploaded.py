from datetime import timedelta

from odoo.tests import tagged

from .conversion_common import SoldCase


@tagged("post_install", "-at_install")
class TestConversionUploaded(SoldCase):
    """A person says that a file was uploaded: what was in it has gone, nothing else."""

    def _gone(self, revenue=500):
        """Return what takes back, a sale that has gone two days ago, and its lead."""
        back = self._takes_back()
        lead = self._sold(revenue)
        self._upload()
        won = self._rows(self.destination, "won")
        won.date -= timedelta(days=2)
        return back, won, lead

    def test_a_value_that_changes_before_the_upload_is_told_is_said_afterwards(self):
        back = self._takes_back()
        lead = self._sold(500)
        wizard, text = self._file_of(self.destination)
        self.assertIn(",500.00,", text)
        self._earns(lead, 100)
        won = self._rows(self.destination, "won")
        self.assertEqual((won.state, won.amount), ("waiting", 100))
        wizard.action_uploaded()
        self.assertEqual((won.state, won.amount), ("sent", 500))
        worth = self._worth(back)
        self.assertEqual((worth.original_id, worth.amount), (won, 100))
        wizard.action_uploaded()  # nothing new
        self.assertEqual(self._worth(back), worth)

    def test_a_new_value_that_ceases_before_its_upload_is_told_is_set_right(self):
        back, _won, lead = self._gone()
        for revenue in (500, 80):  # it was left out; it waits with another value
            self._earns(lead, 100)
            wizard, text = self._file_of(back)
            self.assertIn("RESTATE,100.00", text)
            self._earns(lead, revenue)
            wizard.action_uploaded()
            rows = self._worth(back)[-2:]
            self.assertEqual(rows.mapped("amount"), [100, revenue])
            self.assertEqual(rows.mapped("state"), ["sent", "waiting"])
            rows._went()

    def test_a_sale_won_again_before_the_upload_of_its_end_is_told_is_another_one(self):
        back, won, lead = self._gone()
        self._unwin(lead)
        wizard, text = self._file_of(back)
        self.assertIn("RETRACT", text)
        lead.action_set_won()
        self.env.flush_all()
        self.env.cr.precommit.run()
        row = self._rows(back, "retract")
        self.assertEqual((row.state, won.cancelled_date), ("skipped", False))
        wizard.action_uploaded()
        self.assertEqual(row.state, "sent")
        self.assertTrue(won.cancelled_date)
        rows = self._rows(self.destination, "won")
        self.assertEqual(rows.mapped("state"), ["sent", "waiting"])
        self.assertEqual(rows[1].key, f"{won.key}-2")

    def test_a_file_that_nobody_has_read_has_gone_nowhere(self):
        self._sold()
        action = self.destination.with_user(self.administrator).action_get_file()
        self.env[action["res_model"]].browse(action["res_id"]).action_uploaded()
        self.assertEqual(set(self._rows(self.destination).mapped("state")), {"waiting"})
