"""What the bridge is told by its file and its environment.

A file in the INI form; each value can stand in the environment instead, as
``TELEPHONY_<SECTION>_<KEY>``, such as ``TELEPHONY_ODOO_SECRET``.
"""

from __future__ import annotations

import configparser
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from .config_sections import NEEDED, SECTIONS, Config
from .config_values import ConfigError, check_verify, pairs

#: The path of a webhook's address.
WEBHOOK = "/telephony/webhook/"


def load(path: Path | None, environ: Mapping[str, str] = os.environ) -> Config:
    """Return the configuration.

    :param path: of the file; without one the environment says all
    :raises ConfigError: with one sentence for people
    """
    parser = configparser.ConfigParser(interpolation=None)
    if path is not None:
        _check_mode(path, environ.get("CREDENTIALS_DIRECTORY", ""))
        try:
            parser.read_string(path.read_text("utf-8"), str(path))
        except (OSError, UnicodeError, configparser.Error) as error:
            raise ConfigError(f"{path} cannot be read: {error}") from error
    for section in parser.sections():
        if section not in SECTIONS:
            raise ConfigError(f"There is no section [{section}].")
    config = Config(
        **{
            name: _section(name, kind, parser, environ)
            for name, kind in SECTIONS.items()
        }
    )
    _check(config)
    return config


def _section(name, kind, parser, environ):
    given = dict(parser[name]) if parser.has_section(name) else {}
    known = {item.name: item for item in fields(kind)}
    for key in given:
        if key not in known:
            raise ConfigError(f"[{name}] has no {key}.")
    prefix = f"TELEPHONY_{name.upper()}_"
    given |= {
        key: environ[prefix + key.upper()]
        for key in known
        if prefix + key.upper() in environ
    }
    return kind(
        **{key: _value(name, known[key], text.strip()) for key, text in given.items()}
    )


def _value(section, item, text):
    if item.type == "int":
        if not re.fullmatch(r"\d{1,9}", text):
            raise ConfigError(f"[{section}] {item.name} has to be a number.")
        return int(text)
    if item.type == "bool":
        if text.lower() not in ("yes", "no", "true", "false", "1", "0"):
            raise ConfigError(f"[{section}] {item.name} has to be yes or no.")
        return text.lower() in ("yes", "true", "1")
    return text


def _check(config):
    for section, key in NEEDED:
        if not getattr(getattr(config, section), key):
            raise ConfigError(f"[{section}] {key} is missing.")
    url = urlsplit(config.odoo.url)
    if url.scheme not in ("http", "https") or WEBHOOK not in url.path:
        raise ConfigError(
            "[odoo] url has to be the webhook address that the page of the PBX shows: "
            f"https://odoo.example{WEBHOOK}…"
        )
    for section in ("odoo", "asterisk"):
        check_verify(getattr(config, section).verify, section)
    if config.asterisk.ari_url and not config.asterisk.ari_user:
        raise ConfigError("[asterisk] ari_user is missing.")
    if config.cdr.engine not in ("", "postgresql", "mysql"):
        raise ConfigError("[cdr] engine has to be postgresql or mysql.")
    if not re.fullmatch(r"[\w.]{1,128}", config.cdr.table, re.ASCII):
        raise ConfigError("[cdr] table is no name of a table.")
    try:
        config.cdr.tz and ZoneInfo(config.cdr.tz)
    except (KeyError, ValueError, OSError) as error:
        raise ConfigError(f"[cdr] there is no time zone {config.cdr.tz}.") from error
    try:
        re.compile(config.calls.extensions)
    except re.error as error:
        raise ConfigError(f"[calls] extensions: {error}.") from error
    pairs(config.calls.devices, "devices")
    pairs(config.calls.local_endpoints, "local_endpoints")


def _check_mode(path, credentials):
    """Refuse a file with secrets that others can read.

    :param credentials: the folder in which systemd hands out secrets, if it does: their
        group bits are not of a group but the mask of a list of who may read (ACL)
    """
    try:
        mode = path.stat().st_mode
        is_credential = bool(credentials) and path.resolve().is_relative_to(
            Path(credentials).resolve()
        )
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error
    if is_credential:
        mode &= ~stat.S_IRGRP
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigError(
            f"Others can read {path}, which holds secrets. Run: chmod 600 {path}"
        )
