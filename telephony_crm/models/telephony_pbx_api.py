import ipaddress
import time
from datetime import datetime, timezone
from urllib.parse import urlsplit

import pytz

from odoo import api, fields, models

from odoo.addons.base.models.res_partner import _tz_get

from ..pbx import adapter as pbx_adapter
from ..pbx import numbers, zones
from ..pbx.addresses import origin_of
from ..pbx.answers import plain
from ..tools import transaction
from .telephony_pbx import ADMINISTRATOR

# Seconds that a person waits at most while an account is read, and that reading the
# names of the extensions may take of it: each is a request of its own.
PATIENCE = 60.0
PATIENCE_FOR_NAMES = 25.0
# Of the hundred requests that a PBX takes in a minute, some are for others.
MOST_NAMES = 60


class TelephonyPbx(models.Model):
    """What the account of a PBX says of itself, and how its events get here."""

    _inherit = "telephony.pbx"

    webhook_missing = fields.Char(
        readonly=True,
        copy=False,
        groups=ADMINISTRATOR,
        help="What the PBX does not post here, when it was last asked.",
    )
    webhook_checked_date = fields.Datetime(
        readonly=True, copy=False, groups=ADMINISTRATOR
    )
    can_set_up = fields.Boolean(compute="_compute_can_set_up")

    @api.depends("adapter", "api_key", "api_secret_stored")
    def _compute_can_set_up(self):
        for pbx in self:
            stored = pbx.sudo()
            adapter = stored._adapter(raise_if_unknown=False)
            pbx.can_set_up = bool(
                adapter
                and adapter.capabilities & {"setup", "extensions"}
                and (stored.api_key or not adapter.uses_key)
            )

    def action_set_up(self):
        """Read the account of the PBX and propose what can be taken from it."""
        self.ensure_one()
        self.check_access("write")
        wizard = self.env["telephony.pbx.setup.wizard"]._look_at(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Set Up %s", self.name),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_check_webhook(self):
        """Ask the PBX whether it posts its events here, and say so."""
        self.ensure_one()
        self.check_access("write")
        pbx = self.sudo()
        try:
            missing = pbx._check_webhook()
        except pbx_adapter.PbxError as error:
            kind, message = "danger", pbx._in_words(error)
        else:
            kind = "warning" if missing else "success"
            message = pbx._webhook_in_words(missing)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "message": message,
                "sticky": kind != "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # -- asking, while nothing is locked ---------------------------------------------

    def _ask(self, http_request):
        """Send a request and read the answer; no transaction is held meanwhile.

        :raises pbx.adapter.PbxError:
        """
        transaction.end(self.env)
        return self._adapter().answer(self._send(http_request))

    def _read_names(self, extensions, deadline):
        """Return what the PBX knows of its extensions, as long as there is time.

        :param deadline: of `time.monotonic`
        :return: list of `pbx.adapter.ExtensionInfo`, one for each extension; those
            that were not asked for have a number only
        """
        adapter, credentials = self._adapter(), self._credentials()
        deadline = min(deadline, time.monotonic() + PATIENCE_FOR_NAMES)
        found = []
        for number in extensions[:MOST_NAMES]:
            if time.monotonic() > deadline:
                break
            try:
                answer = self._ask(adapter.extension(credentials, number))
                found.append(adapter.read_extension(number, answer))
            except (pbx_adapter.RateLimited, pbx_adapter.Unreachable):
                break  # the others would not be answered either
            except pbx_adapter.PbxError:
                found.append(pbx_adapter.ExtensionInfo(number))
        rest = extensions[len(found) :]
        return found + [pbx_adapter.ExtensionInfo(number) for number in rest]

    # -- what is known already --------------------------------------------------

    def _extensions_of_all_times(self):
        return self.with_context(active_test=False).extension_ids

    def _dids_of_all_times(self):
        return self.with_context(active_test=False).did_ids

    def _as_did(self, number):
        """Return a company number as it is stored: E.164, or its digits."""
        parsed = numbers.parse(number, self._countries())
        return parsed.e164 or numbers.parse(f"+{parsed.digits}").e164 or parsed.digits

    # -- the webhook ---------------------------------------------------------------

    def _check_webhook(self):
        """Ask what the PBX does not post here, and remember it.

        :return: the PBX's names of addresses and notifications; none: all is well
        :raises pbx.adapter.PbxError:
        """
        missing, _others = self._ask_webhook()
        return missing

    def _ask_webhook(self):
        """Ask what the PBX posts, and where; remember what is missing here.

        Two may ask at once, one of them while the PBX is set up: what was asked last
        is remembered, in whatever order the answers come.

        :return: what is missing, see `_check_webhook`; and the addresses of other
            systems that events are posted to, not further than their host
        :raises pbx.adapter.PbxError:
        """
        self.ensure_one()
        adapter, credentials = self._adapter(), self._credentials()
        asked_date = datetime.now(timezone.utc).replace(tzinfo=None)
        answers = [self._ask(asked) for asked in adapter.subscriptions(credentials)]
        ours = self.webhook_url.rpartition("/")[0]
        others = {
            origin_of(url) or plain(url, 100)
            for url in adapter.other_addresses(answers, self.webhook_url)
            if url.rpartition("/")[0] != ours
        }
        missing = adapter.read_subscriptions(answers, self.webhook_url)
        transaction.begin(self.env)
        self.env.cr.execute(
            "SELECT 1 FROM telephony_pbx WHERE id = %s FOR NO KEY UPDATE", [self.id]
        )
        if (self.webhook_checked_date or datetime.min) < asked_date:
            self.write(
                {
                    "webhook_missing": ", ".join(missing)[:500] or False,
                    "webhook_checked_date": asked_date,
                }
            )
        return missing, sorted(others)

    def _register_webhook(self):
        """Have the PBX post all its events here, and look whether it does.

        The PBX asks our address while it answers, so the address has to be committed.

        :return: what is missing nevertheless
        :raises pbx.adapter.PbxError:
        """
        self.ensure_one()
        adapter = self._adapter()
        for asked in adapter.subscribe(self._credentials(), self.webhook_url):
            self._ask(asked)
        return self._check_webhook()

    def _webhook_in_words(self, missing):
        if not missing:
            return self.env._("%s posts all its events to this Odoo.", self.name)
        return self.env._(
            "%(pbx)s does not post all its events to this Odoo. Missing: %(missing)s.",
            pbx=self.name,
            missing=", ".join(missing),
        )

    def _address_problem(self):
        """Return why the PBX may not reach our address, in words, or ``""``.

        A PBX that is itself on this machine or in this network reaches it.
        """
        self.ensure_one()
        ours, theirs = urlsplit(self.webhook_url), self._credentials().api_url
        if _is_private(urlsplit(theirs).hostname or ""):
            return ""
        if _is_private(ours.hostname or ""):
            return self.env._(
                "The address of this Odoo is %s. A PBX on the internet cannot reach "
                "it; set the system parameter web.base.url to the public one.",
                f"{ours.scheme}://{ours.netloc}",
            )
        if ours.scheme != "https":
            return self.env._(
                "The address of this Odoo, %s, is not encrypted: who listens on the "
                "way learns who calls. Set the system parameter web.base.url to one "
                "that begins with https://.",
                f"{ours.scheme}://{ours.netloc}",
            )
        return ""

    # -- the time zone ---------------------------------------------------------------

    def _propose_tz(self, said):
        """Return the time zone of Odoo that a PBX means by ``said``.

        An offset does not tell which zone it is: one that is in use here and agrees
        with it now is the likeliest.

        :return: an IANA name; ``False`` when none fits
        """
        self.ensure_one()
        known = {name for name, _label in _tz_get(self)}
        if said in known:
            return said
        now = fields.Datetime.now()
        country = self.country_id.code or self.company_id.country_id.code or ""
        near = [
            self.tz,
            self.env.user.tz,
            self.company_id.partner_id.tz,
            *pytz.country_timezones.get(country, ()),
            zones.fixed(said),
            *pytz.common_timezones,
        ]
        for name in near:
            if name in known and zones.agrees(name, said, now):
                return name
        return False


def _is_private(host):
    """Tell whether a host is of this machine or an internal network, by its name."""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith((".local", ".internal", ".localhost"))
