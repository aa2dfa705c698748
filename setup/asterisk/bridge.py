"""The process that tells Odoo what Asterisk does, started for a lab."""

import configparser

from setup.lib import paths
from setup.lib.odoo import LAUNCHER
from setup.lib.process import HOST, Process


def start(lab, databases, webhook_url, secret, name="bridge", **settings):
    """Start the bridge between a ``Lab`` and an Odoo; return the ``Process``.

    :param databases: the prepared environment, see ``setup.lib.prepare.ground``
    :param webhook_url: of the PBX in Odoo
    :param secret: that the PBX in Odoo and the bridge share
    :param name: of one of several
    :param settings: other values, as ``asterisk_ami_url``
    """
    folder = lab.folder / name
    folder.mkdir(mode=0o700, exist_ok=True)
    file = configure(lab, folder, webhook_url, secret)
    command = (
        paths.PYTHON, LAUNCHER, f"--addons-path={databases.odoo.addons_path}",
        "telephony_bridge", "--config", file,
    )  # fmt: skip
    more = {f"TELEPHONY_{key.upper()}": value for key, value in settings.items()}
    environment = {**databases.environment, **more}
    return Process(f"{name}-{lab.name}", command, env=environment)


def configure(lab, folder, webhook_url, secret):
    """Write the bridge's file of settings; its path."""
    settings = lab.settings
    parser = configparser.ConfigParser(interpolation=None)
    parser["odoo"] = {"url": webhook_url, "secret": secret}
    parser["asterisk"] = {
        "ami_host": HOST,
        "ami_port": settings["AMI_PORT"],
        "ami_user": settings["AMI_USER"],
        "ami_secret": settings["AMI_PASSWORD"],
        "ari_url": lab.url,
        "ari_user": settings["ARI_USER"],
        "ari_password": settings["ARI_PASSWORD"],
        "recordings": str(lab.recordings),
    }
    if "CDR_HOST" in settings:
        parser["cdr"] = {
            "engine": "postgresql",
            "host": settings["CDR_HOST"],
            "port": settings["CDR_PORT"],
            "user": settings["CDR_USER"],
            "password": settings["CDR_PASSWORD"],
            "database": settings["CDR_DATABASE"],
        }
    parser["bridge"] = {"data": str(folder)}
    file = folder / "bridge.conf"
    file.touch(mode=0o600)
    with file.open("w") as handle:
        parser.write(handle)
    return file
