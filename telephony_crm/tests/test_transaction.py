from unittest.mock import Mock, patch

from psycopg2 import InterfaceError, OperationalError

from odoo import SUPERUSER_ID, api
from odoo.modules import module
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, tagged

from ..tools.transaction import exclusive


@tagged("post_install", "-at_install")
class TestTransaction(TransactionCase):
    """What goes wrong in a transaction is told to who has begun it."""

    def test_a_database_that_dies_in_mid_commit_is_said_to_be_away(self):
        """The rollback fails, too, and must not hide why."""
        env = Mock()
        env.cr.commit.side_effect = [None, OperationalError("gone in mid-commit")]
        env.cr.rollback.side_effect = InterfaceError("connection already closed")
        with (
            self.assertRaisesRegex(OperationalError, "mid-commit"),
            exclusive(env, "call", 1, "in_1"),
        ):
            pass
        env.cr.rollback.assert_called_once_with()
        env.transaction.reset.assert_called_once_with()

    def test_only_its_own_transaction_sees_what_others_commit_meanwhile(self):
        with (
            patch.object(module, "current_test", None),
            db_connect(self.env.cr.dbname).cursor() as cr,
        ):
            env = api.Environment(cr, SUPERUSER_ID, {})
            for durable, synchronous in ((True, "on"), (False, "off")):
                with exclusive(env, "call", 1, "in_1", durable=durable):
                    self.assertEqual(_level(cr), ("read committed", synchronous))
                self.assertEqual(_level(cr), ("repeatable read", "on"))
            with (
                self.assertRaises(ZeroDivisionError),
                exclusive(env, "call", 1, "in_1"),
            ):
                cr.execute("SELECT 1")
                raise ZeroDivisionError
            self.assertEqual(_level(cr), ("repeatable read", "on"))

    def test_what_a_savepoint_flushes_is_flushed_by_who_works_there(self):
        """At a public address Odoo would do it as nobody, who may look up nothing."""
        unknown = self.env["res.currency"].create({"name": "XTS", "symbol": "X"})
        self.env.company.currency_id = unknown
        self.env.flush_all()
        nobody = api.Environment(self.env.cr, None, {})
        self.addCleanup(
            setattr, nobody.transaction, "default_env", nobody.transaction.default_env
        )
        nobody.transaction.default_env = nobody
        with exclusive(self.env, "call", 1, "in_1"):
            lead = self.env["crm.lead"].create({"name": "Call"})
            lead.expected_revenue = 12.345
            unknown.invalidate_recordset(flush=False)
            self.env.registry.clear_cache()
            self.env.cr.flush()
        self.assertEqual(lead.expected_revenue, 12.35)


def _level(cr):
    """Return the isolation of the transaction, and whether its commit waits."""
    cr.execute(
        "SELECT current_setting('transaction_isolation'),"
        " current_setting('synchronous_commit')"
    )
    return cr.fetchone()
