"""What a configuration says of the PBX, put into practice."""

from __future__ import annotations

import ssl

from .ajam import Ajam
from .ami import Ami
from .ari import Ari
from .check import Check
from .config_sections import AsteriskConfig, Config
from .config_values import pairs, verify_of
from .errors import PbxError
from .tracker_config import TrackerConfig


def ari_of(asterisk: AsteriskConfig) -> Ari | None:
    """Return the web interface of the PBX, where there is one."""
    if not asterisk.ari_url:
        return None
    verify = verify_of(asterisk.verify)
    return Ari(asterisk.ari_url, asterisk.ari_user, asterisk.ari_password, verify)


def ami_of(asterisk: AsteriskConfig, on_event) -> Ami | Ajam:
    """Return a connection to AMI, by whichever way there is."""
    verify = verify_of(asterisk.verify)
    user = asterisk.ami_user, asterisk.ami_secret
    if asterisk.ami_url:
        return Ajam(asterisk.ami_url, *user, verify, on_event)
    tls = None
    if asterisk.ami_tls:
        try:
            tls = ssl.create_default_context(
                cafile=verify if isinstance(verify, str) else None
            )
        except OSError as error:
            raise PbxError("ami_tls", str(error)) from error
        if verify is False:
            tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
    return Ami(asterisk.ami_host, asterisk.ami_port, *user, tls, on_event)


def check_of(config: Config) -> Check:
    """Return what tests the connections of a"""
    return Check(
        config,
        lambda on_event: ami_of(config.asterisk, on_event),
        ari_of(config.asterisk),
    )


def tracker_config(config: Config) -> TrackerConfig:
    """Return how the channels of this PBX are read."""
    calls = config.calls
    return TrackerConfig(
        extensions=calls.extensions,
        devices=pairs(calls.devices, "devices"),
        recordings=config.asterisk.recordings,
        local_endpoints=pairs(calls.local_endpoints, "local_endpoints"),
    )
