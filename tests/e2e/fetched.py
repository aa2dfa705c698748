"""Programs that tests fetch from Debian, and what becomes of the tests without them.

Tests that do not run prove nothing, so who is content without them has to say so.
"""

import os

import pytest

from setup.lib.console import Failure

LEFT_OUT = "TELEPHONY_CRM_LEAVE_OUT"


def fetched(name, prepare):
    """Return what ``prepare`` makes of the program called ``name``.

    Tests that need it fail where it cannot be had, and are skipped where
    ``TELEPHONY_CRM_LEAVE_OUT`` names it, such as ``asterisk,mariadb``.
    """
    wanted = os.environ.get(LEFT_OUT, "")
    if name in (one.strip() for one in wanted.split(",")):
        pytest.skip(f"{LEFT_OUT}={wanted}")
    try:
        return prepare()
    except Failure as failure:
        hint = f"or leave its tests out: {LEFT_OUT}={name}"
        remedy = f"{failure.remedy}, {hint}" if failure.remedy else hint
        pytest.fail(f"no {name} here: {failure.cause}\n{remedy}", pytrace=False)
