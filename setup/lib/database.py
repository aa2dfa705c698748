"""Databases: a template with Odoo's own addons, and copies of it with ours."""

import ast
import os
import shutil
import time

from setup.lib import paths, postgres, venv
from setup.lib.console import Failure, run, step
from setup.lib.odoo import LAUNCHER

IN_USE = 60  # seconds for others to have read a database that is to be copied

CORE = {"crm", "sms", "phone_validation", "bus", "utm"}
# What the addon works with but does not depend on: the second test database.
OPTIONAL = {"sale_management", "account", "hr_holidays", "website", "crm_livechat"}
NOWHERE = "http://127.0.0.1:9"  # the discard port: nothing is ever called out
CONFIGURATION = """[options]
addons_path = {addons}
data_dir = {data}
db_host = {host}
db_port = {port}
db_user = {user}
{password}db_template = template0
http_interface = 127.0.0.1
gevent_port = {gevent_port}
http_port = {http_port}
list_db = False
max_cron_threads = 1
publisher_warranty_url = {nowhere}
"""
# Prepaid services (SMS, enrichment, lead mining) have an address each.
QUIET = f"""
for key in ("iap.endpoint", "sms.endpoint", "enrich.endpoint", "reveal.endpoint",
            "iap.partner_autocomplete.endpoint", "snailmail.endpoint"):
    env["ir.config_parameter"].set_param(key, "{NOWHERE}")
for job in ("crm_iap_enrich.ir_cron_lead_enrichment",
            "mail.ir_cron_module_update_notification"):
    env.ref(job).active = False
env.cr.commit()
"""
WARM = """
env["ir.qweb"]._pregenerate_assets_bundles()
env.cr.commit()
"""


class Databases:
    """The databases of one Odoo on one server."""

    def __init__(self, odoo, server):
        self.odoo = odoo
        self.server = server
        # A server of one's own may have databases of the same names.
        place = paths.digest(server.host, server.port) if server.is_own else ""
        self.data = paths.HOME / f"data{place and '-'}{place}"
        # of this checkout and server: another one has other addons
        place = paths.digest(str(paths.ROOT), server.host, server.port)
        self.config = self.configure(f"odoo-{place}")

    def configure(self, name, *, http_port=8069, gevent_port=8072):
        """Write a configuration file ``name`` for these settings; its path."""
        folder = paths.HOME / "config"
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{name}.conf"
        text = CONFIGURATION.format(
            addons=self.odoo.addons_path,
            data=self.data,
            host=self.server.host,
            port=self.server.port or "5432",
            user=self.server.user or "False",
            # Odoo warns of the word False where it expects a text.
            password=f"db_password = {self.server.password}\n"
            if self.server.password
            else "",
            http_port=http_port,
            gevent_port=gevent_port,
            nowhere=NOWHERE,
        )
        if not file.exists() or file.read_text() != text:
            paths.replace(file, text, mode=0o600)
        return file

    @property
    def environment(self):
        """The process environment for Odoo: its settings come from the file."""
        return venv.environment(self.odoo, ODOO_RC=self.config)

    def run(self, cause, *arguments, **options):
        """Run one of Odoo's commands to its end, its output in a log."""
        run(
            [paths.PYTHON, LAUNCHER, *arguments],
            cause,
            env=self.environment | options.pop("env", {}),
            **options,
        )

    def install(self, name, modules, *, update=False):
        """Install ``modules`` in the database ``name``; update those it has already.

        Odoo updates only what is installed: a database that stays gets a new addon too.
        """
        words = ",".join(sorted(modules))
        self.run(
            f"Odoo could not install {', '.join(sorted(modules))}",
            *("-d", name, "-i", words, *(("-u", words) if update else ())),
            *("--stop-after-init", "--no-http", "--log-level=warn"),
        )

    def shell(self, name, script, cause, **options):
        """Run Python text ``script`` with ``env`` in the database ``name``."""
        self.run(
            cause, "shell", "-d", name, "--no-http", "--log-level=warn",
            input=script, text=True, **options,
        )  # fmt: skip

    def warm(self, name):
        """Make the bundles of scripts and styles now, not at the first page."""
        self.shell(name, WARM, f"the assets of {name} could not be made")

    def have_addon(self, name, modules):
        """Have the database ``name`` with ``modules``, updated when they changed.

        :return: whether the database was made by this call
        """
        key = contents(modules)
        marker = self.filestore(name) / "telephony-crm.key"
        template = self.template()
        with paths.locked(f"database-{name}"):
            exists = self.exists(name) and self.filestore(name).exists()
            if exists and marker.exists() and marker.read_text() == key:
                return False
            with step(f"database {name} with {', '.join(sorted(modules))}"):
                if not exists:
                    self.copy(template, name)
                self.install(name, modules, update=marker.exists())
                self.warm(name)
                paths.replace(marker, key)
            return not exists

    def exists(self, name):
        """Whether the server has a database ``name``."""
        return name in postgres.names(self.server, name)

    def filestore(self, name):
        """The folder of the database's attachments."""
        return self.data / "filestore" / name

    def drop(self, name):
        """Remove the database and its attachments; fine when there are none."""
        try:
            self.server.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        except Failure:
            # Autovacuum is there, whom only a superuser may end: without force,
            # PostgreSQL asks it to leave.
            self.server.sql(f'DROP DATABASE IF EXISTS "{name}"')
        shutil.rmtree(self.filestore(name), ignore_errors=True)

    def copy(self, template, name):
        """Make ``name`` a copy of ``template``, attachments and all.

        :raises Failure: when there is a database ``name`` that was not made here
        """
        self.refuse_foreign(name)
        self.drop(name)
        # Attachments first: a database without them would seem to be somebody else's.
        self.copy_filestore(self.filestore(template), name)
        self._create(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')

    def _create(self, statement):
        """Copy a database once nobody reads it, such as another process a dump."""
        deadline = time.monotonic() + IN_USE
        while True:
            try:
                return self.server.sql(statement)
            except Failure as failure:
                is_read = "accessed by other users" in failure.cause
                if not is_read or time.monotonic() > deadline:
                    raise
                time.sleep(1)

    def copy_filestore(self, source, name):
        """Have all attachments of the folder ``source`` in the database ``name``."""
        with paths.built(self.filestore(name)) as draft:
            if source.exists():
                # They are never changed in place, so a link is a copy.
                shutil.copytree(source, draft, copy_function=_link, dirs_exist_ok=True)

    def refuse_foreign(self, name):
        """Stop where a server of one's own has another's database ``name``.

        The folder of attachments is made with the database, for this server alone.
        """
        if (
            self.server.is_own
            and not self.filestore(name).exists()
            and name in postgres.names(self.server, name)
        ):
            raise Failure(
                f"the server has a database {name} that was not made from here",
                "name another one: --db for setup/run, TELEPHONY_CRM_DB for setup/test",
            )

    def template(self, optional=False):
        """The name of the database with Odoo's own addons, made when missing."""
        modules = CORE | dependencies(self.odoo) | (OPTIONAL if optional else set())
        key = paths.digest(
            str(self.odoo.path), self.odoo.version, QUIET, *sorted(modules)
        )
        name = f"telephony_template_{key}_{paths.digest(str(paths.HOME))[:4]}"
        base = self.template() if optional else None
        with paths.locked("template"):
            if not (self.exists(name) and self.filestore(name).exists()):
                self._build(name, modules, base)
        return name

    def _build(self, name, modules, base):
        """Make the template ``name`` under another name, and rename it when whole."""
        draft = f"{name}_building"
        with step(f"template database with {', '.join(sorted(modules))}"):
            self.drop(draft)
            self.drop(name)
            if base:
                self.copy(base, draft)
            self.install(draft, modules)
            self.shell(draft, QUIET, "the template database could not be prepared")
            self.warm(draft)
            self.filestore(draft).rename(self.filestore(name))
            self.server.sql(f'ALTER DATABASE "{draft}" RENAME TO "{name}"')


def dependencies(odoo):
    """The Odoo addons our addons depend on."""
    found = set()
    for manifest in paths.ROOT.glob("*/__manifest__.py"):
        try:
            found |= set(ast.literal_eval(manifest.read_text()).get("depends", ()))
        except (SyntaxError, ValueError) as error:
            raise Failure(f"{manifest} cannot be read: {error}") from error
    return {
        name
        for name in found
        if any((folder / name).is_dir() for folder in odoo.addons)
    }


def contents(modules):
    """A key of the files of our addons ``modules``."""
    files = (
        file
        for module in sorted(modules)
        for file in sorted((paths.ROOT / module).rglob("*"))
        if file.is_file() and "__pycache__" not in file.parts
    )
    return paths.digest(*(part for file in files for part in (str(file), file)))


def _link(source, target):
    """Link a file, or copy it where links do not go."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
