"""What is wrong, in words that name what to change and where."""

from __future__ import annotations

from .errors import PbxError
from .sentences import SENTENCES, Said

OLDEST = 18


def in_words(error: PbxError, config) -> Said:
    """Return what an error means to who runs the PBX.

    :param config: `config_sections.AsteriskConfig`
    """
    ami = config.ami_url or f"{config.ami_host}:{config.ami_port}"
    values = {
        "ami": ami,
        "ami_user": config.ami_user,
        "ari": config.ari_url,
        "ari_user": config.ari_user,
        "detail": error.detail,
    }
    code = error.code if error.code in SENTENCES else "other"
    return Said(code, **values)
