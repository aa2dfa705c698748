"""What is set for an Asterisk besides its address and the secret of the bridge."""

from __future__ import annotations

from . import softphone
from .asterisk_requests import DEFAULTS
from .messages import Setting

SETTINGS = (
    Setting(
        key="ari_user",
        label="ARI User",
        help="A user of ari.conf. Only needed with an API address: then this Odoo "
        "speaks to the PBX itself. Without an address all goes through the bridge. "
        "Empty where the PBX has no ARI: calls are then dialled over AMI.",
    ),
    Setting(key="ari_password", label="ARI Password", secret=True),
    Setting(
        key="ami_user",
        label="AMI User",
        help="A user of manager.conf with webenabled=yes and write=call,system; "
        "without ARI also originate. Only needed with an API address, for hold, "
        "transfer, keypad and recording.",
    ),
    Setting(key="ami_password", label="AMI Password", secret=True),
    Setting(
        key="endpoint",
        label="How Phones Are Rung",
        default=DEFAULTS["endpoint"],
        help="With {extension} in the place of the extension.",
    ),
    Setting(
        key="context",
        label="Dialplan Context",
        default=DEFAULTS["context"],
        help="In which numbers are dialled for agents, as their phones dial them.",
    ),
    Setting(
        key="number",
        label="How Numbers Are Dialled",
        default=DEFAULTS["number"],
        help="{number} is the number with its plus sign, {digits} is without. Write "
        "00{digits} where the dialplan expects it.",
    ),
    Setting(
        key="recording_url",
        label="Address of Recordings",
        help="Where the folder of recordings is served over HTTP, with {ref} in the "
        "place of a file's name: https://pbx.example/recordings/{ref}. Empty: the "
        "bridge hands them out.",
    ),
    Setting(
        key="recording_token",
        label="Token for Recordings",
        secret=True,
        help="Sent to that address as “Authorization: Bearer …”.",
    ),
    Setting(
        key="remove_recordings",
        label="Remove Recordings That Were Fetched",
        help="“yes”: they are removed from the PBX once they are stored here.",
    ),
    *softphone.SETTINGS,
)
