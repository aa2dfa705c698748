"""Odoo in this process, without its servers: what the scripts beside this share.

A script is run as ``script.py CONFIG ANSWER ARGS…`` and writes its answer as JSON.
"""

import json
import sys
from contextlib import contextmanager
from pathlib import Path

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config


def answer(measure):
    """Write what ``measure(*ARGS)`` returns where the caller looks for it."""
    settings, target, *arguments = sys.argv[1:]
    config.parse_config(["-c", settings, "--log-level=warn"], setup_logging=True)
    Path(target).write_text(json.dumps(measure(*arguments)))


@contextmanager
def environment(database):
    """The superuser's environment in ``database``."""
    with Registry(database).cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {})
