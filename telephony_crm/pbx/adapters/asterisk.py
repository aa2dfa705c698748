"""Asterisk and what is built on it, such as FreePBX and Issabel.

Events come from the bridge, signed as our own format is (`Generic`): it hears all that
happens over AMI. What Odoo asks for goes to the PBX's web address, or through the
bridge where none is set; see ``asterisk_requests``.
"""

from __future__ import annotations

from datetime import timezone

from .. import (
    asterisk_cdr,
    asterisk_check,
    asterisk_control,
    asterisk_originate,
    asterisk_recordings,
    asterisk_settings,
)
from ..adapter import NONSENSE, ExtensionInfo, PbxError, Refused
from ..asterisk_answers import read
from ..asterisk_requests import ari, bridge, has_ari, over_bridge
from ..numbers import internal_extension
from .generic import Generic


class Asterisk(Generic):
    """See `Adapter` and `CallControl` for what each method promises."""

    code = "asterisk"
    label = "Asterisk, FreePBX"
    capabilities = Generic.capabilities | {
        "bridge",
        "originate",
        "caller_id",
        "call_ref",
        "statistics",
        "extensions",
        "hangup",
        "hold",
        "transfer",
        "consult",
        "keypad",
        "record",
        "supervise",
        "removal",
        "running",
        "softphone",
    }
    settings = asterisk_settings.SETTINGS
    statistics_limit = asterisk_cdr.LIMIT

    # -- events ----------------------------------------------------------------------

    def events(self, payload, account, received_at):
        """Return what the bridge has told, or what a row of the CDR says."""
        if isinstance(payload, dict) and asterisk_cdr.is_row(payload):
            return asterisk_cdr.read_row(payload, account, received_at)
        return super().events(payload, account, received_at)

    # -- requests --------------------------------------------------------------------

    def check(self, credentials):
        """Ask the bridge, or ARI, for what it is; to ask AMI takes a login first."""
        if over_bridge(credentials):
            return bridge("GET", "/check")
        return ari(credentials, "GET", "/asterisk/info")

    def examine(self, credentials):
        """Ask for all that call control needs."""
        return asterisk_check.examine(credentials)

    def call_ref(self, unique):
        """Return the id of the first channel, which becomes the call's Linkedid.

        FreePBX keeps 32 characters of it in its records.
        """
        return f"{asterisk_originate.CALL}{unique[:24]}"

    def dial(self, credentials, extension, number, caller_id="", call_ref=""):
        """Ring the agent's phone, then go on in the dialplan."""
        return asterisk_originate.dial(
            credentials, extension, number, caller_id, call_ref
        )

    def announces(self, credentials):
        """Tell whether the INVITE carries ``X-Telephony-Call``."""
        return asterisk_originate.announces(credentials)

    def running(self, credentials):
        """Ask for all channels."""
        return asterisk_control.running(credentials)

    # -- call control ------------------------------------------------------------------

    def hang_up(self, credentials, channel):
        """End a channel."""
        return asterisk_control.hang_up(credentials, channel)

    def hold(self, credentials, channel):
        """Move both sides into ``telephony-hold``."""
        return asterisk_control.hold(credentials, channel)

    def resume(self, credentials, channel):
        """Bridge both sides again."""
        return asterisk_control.resume(credentials, channel)

    def transfer(self, credentials, channel, target):
        """Transfer blindly."""
        return asterisk_control.transfer(credentials, channel, target)

    def consult(self, credentials, channel, target):
        """Begin an attended transfer."""
        return asterisk_control.consult(credentials, channel, target)

    def complete_consult(self, credentials, channel):
        """Hang up, which is how an attended transfer is completed."""
        return asterisk_control.hang_up(credentials, channel)

    def cancel_consult(self, credentials, channel):
        """Break an attended transfer off."""
        return asterisk_control.cancel_consult(credentials, channel)

    def press(self, credentials, channel, keys):
        """Send DTMF to the other side."""
        return asterisk_control.press(credentials, channel, keys)

    def start_recording(self, credentials, channel, name):
        """Have MixMonitor write a file."""
        return asterisk_control.start_recording(credentials, channel, name)

    def stop_recording(self, credentials, channel):
        """Stop MixMonitor on both sides."""
        return asterisk_control.stop_recording(credentials, channel)

    def supervise(self, credentials, channel, extension, mode, unique):
        """Connect a supervisor with ChanSpy."""
        return asterisk_originate.supervise(
            credentials, channel, extension, mode, unique
        )

    # -- recordings --------------------------------------------------------------------

    def recording_sounds(self, credentials, ref, call_ref, answer):
        """Return the one sound that a reference names."""
        return [(ref, asterisk_recordings.sound(credentials, ref))]

    def recording_home(self, credentials, ref=""):
        """Return the PBX, or the place that an administrator has named."""
        return asterisk_recordings.home(credentials, ref)

    def recording_removal(self, credentials, ref):
        """Return what removes it, where that is wanted."""
        return asterisk_recordings.removal(credentials, ref)

    # -- statistics --------------------------------------------------------------------

    def statistics(self, credentials, account, start, end, skip=0):
        """Ask the bridge for rows of the CDR; it is the one that reads the table."""
        first, last = (
            at.replace(tzinfo=timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
            for at in (start, end)
        )
        page = {
            "skip": str(skip),
            "limit": str(asterisk_cdr.LIMIT),
            "most": str(asterisk_cdr.MOST),
        }
        return bridge("GET", "/cdr", {"start": first, "end": last, **page})

    def statistics_rows(self, answer):
        """Return the rows, one for each pair of channels."""
        return asterisk_cdr.rows(answer)

    def statistics_more(self, answer, count):
        """Believe the bridge, whose pages are shorter where rows are long."""
        return count > 0 and answer.get("more", count >= asterisk_cdr.LIMIT) is True

    def statistics_whole(self, answer):
        """Believe the table; of what happened while no bridge ran, none was heard."""
        return answer.get("table") is True

    # -- set-up ------------------------------------------------------------------------

    def extensions(self, credentials):
        """Ask for all endpoints."""
        if not has_ari(credentials):
            raise Refused("no_ari", "Only ARI tells the extensions.")
        return ari(credentials, "GET", "/endpoints")

    def read_extensions(self, answer):
        """Return the endpoints whose names are extensions; trunks have others."""
        items = answer.get("items")
        if not isinstance(items, list):
            raise PbxError("nonsense", NONSENSE)
        names = (item.get("resource") for item in items if isinstance(item, dict))
        found = (internal_extension(name) for name in names if isinstance(name, str))
        return sorted(
            set(filter(None, found)), key=lambda number: (len(number), number)
        )

    def extension(self, credentials, number):
        """Ask for the caller ID that the endpoint is set up with."""
        raise Refused("refused", "ARI does not tell names.")

    def read_extension(self, number, answer):
        """Return the number alone: ARI knows no names."""
        return ExtensionInfo(number)

    # -- answers -----------------------------------------------------------------------

    def answer(self, response):
        """Return what ARI, AMI or the bridge answered, a list under ``items``."""
        return read(response)


ADAPTER = Asterisk()
