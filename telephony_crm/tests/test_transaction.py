from unittest.mock import Mock

from psycopg2 import InterfaceError, OperationalError

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
