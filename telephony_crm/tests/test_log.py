import logging
from contextlib import suppress

from psycopg2 import IntegrityError
from psycopg2.errors import InFailedSqlTransaction, UndefinedTable

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools import mask
from .common import CUSTOMER, TelephonyCase

SQL = "odoo.sql_db"
NEW = "NEW'SECRET-77"


@tagged("post_install", "-at_install")
class TestLog(TelephonyCase):
    """Odoo logs each statement that fails, with all that was to be written."""

    def _write_in_vain(self, record, **values):
        """Return what is logged when the database refuses to take ``values``."""
        with self.assertLogs(SQL, logging.ERROR) as logs:
            with self.assertRaises(IntegrityError), self.cr.savepoint():
                record.write(values)
                record.flush_recordset()
            record.invalidate_recordset()
        text = "\n".join(logs.output)
        self.assertIn(f'UPDATE "{record._table}"', text)
        self.assertIn("violates unique constraint", text)
        return text

    def test_the_secret_of_a_pbx_is_not_logged_when_it_cannot_be_written(self):
        other = self.pbx.copy()
        text = self._write_in_vain(
            other,
            api_secret=NEW,
            api_key="NEW-KEY",
            webhook_token=self.pbx.webhook_token,
        )
        for secret in ("SECRET-77", "NEW-KEY", self.pbx.webhook_token):
            self.assertNotIn(secret, text)

    def test_the_secret_of_a_setting_is_not_logged_when_it_cannot_be_written(self):
        one, two = self.env["telephony.pbx.setting"].create(
            [{"pbx_id": self.pbx.id, "key": key} for key in ("one", "two")]
        )
        text = self._write_in_vain(two, key=one.key, secret_value=NEW)
        self.assertNotIn("SECRET-77", text)

    def test_several_secrets_are_not_logged_when_they_are_written_at_once(self):
        two = self.env["telephony.pbx.setting"].create(
            [{"pbx_id": self.pbx.id, "key": key} for key in ("one", "two")]
        )
        for setting in two:
            setting.secret_value = f"{setting.key}-SECRET-77"
        with self.assertLogs(SQL, logging.DEBUG) as logs:
            two.flush_recordset()
        text = "\n".join(logs.output)
        self.assertIn('UPDATE "telephony_pbx_setting"', text)
        self.assertNotIn("SECRET-77", text)

    def test_neither_is_what_the_database_says_of_a_row_that_it_refuses(self):
        with self.assertLogs(SQL, logging.ERROR) as logs:
            with self.assertRaises(IntegrityError), self.cr.savepoint():
                self.cr.execute(
                    "UPDATE telephony_pbx SET api_secret_stored = %s, name = NULL",
                    [NEW],
                )
        self.assertIn("violates not-null constraint", logs.output[0])
        self.assertNotIn("SECRET-77", logs.output[0])

    @mute_logger(SQL)
    def test_other_statements_are_logged_as_they_are(self):
        with self.assertLogs(SQL, logging.ERROR) as logs:
            with self.assertRaises(IntegrityError), self.cr.savepoint():
                self.cr.execute(
                    "UPDATE telephony_pbx SET adapter = %s, name = NULL", ["plain"]
                )
        self.assertIn("plain", logs.output[0])
        self.assertIn("DETAIL", logs.output[0])

    def test_neither_is_the_number_of_a_look_up_that_was_cut_off(self):
        numbers, blocked = (
            self.env[name] for name in ("telephony.number", "telephony.blocked.number")
        )
        for look_up in (
            lambda: numbers._match(CUSTOMER, self.pbx),
            lambda: blocked._is_blocked(CUSTOMER, self.company.id),
        ):
            with (
                self.assertLogs(SQL, logging.ERROR) as logs,
                self.assertRaises(InFailedSqlTransaction),
                self.cr.savepoint(),
            ):
                with suppress(UndefinedTable), mute_logger(SQL):
                    self.cr.execute("SELECT FROM telephony_nothing")
                look_up()
            self.assertIn("telephony_", logs.output[0])
            self.assertNotIn(CUSTOMER[1:], logs.output[0])

    def test_every_column_with_a_secret_is_known_to_be_one(self):
        ends = ("token", "password", "secret", "api_key", "stored")
        found = {
            field.name
            for model in self.env.values()
            if model._name.startswith("telephony.") and model._auto
            for field in model._fields.values()
            if field.store and field.type == "char" and field.name.endswith(ends)
        }
        self.assertIn("api_secret_stored", found)
        self.assertLessEqual(found, mask.COLUMNS)
