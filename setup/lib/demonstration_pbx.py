"""The PBX of the demonstration: a simulated one, a real Asterisk, or none."""

import json
import secrets

from setup.asterisk import Lab, bridge
from setup.asterisk.autoplay import Autoplay
from setup.asterisk.configuration import BROWSERS
from setup.lib import paths
from setup.lib.console import step
from setup.lib.process import HOST, Process

SIMULATOR = paths.SETUP / "simulator"
DEMO = SIMULATOR / "demo.json"
HISTORY = 30  # days of calls before, which an administrator may import
RING = 20  # seconds


class NoPbx:
    """Nobody rings.

    :param port: of Odoo; the simulator's is ten more, the shop's twenty
    :param url: of Odoo
    """

    def __init__(self, port, url):
        self.url = url
        self.port = port + 10
        self.shop = f"http://{HOST}:{port + 20}"
        self.address = f"http://{HOST}:{self.port}"
        self.processes = []

    ports = ()  # that have to be free

    @property
    def facts(self):
        """What the loader of the demonstration data has to know, as its environment."""
        return {"TELEPHONY_SIMULATOR_URL": self.address}

    def prepare(self):
        """What comes before the data is loaded."""

    def start(self, databases):
        """What comes once Odoo is there."""

    def stop(self):
        """Stop what was started, the last first."""
        for process in reversed(self.processes):
            process.stop(2)  # a bridge waits for Odoo's answer, which goes as well

    @property
    def welcome(self):
        """A line for the person, or ''."""
        return ""


class SimulatedPbx(NoPbx):
    """A look-alike of Zadarma that rings by itself."""

    @property
    def ports(self):
        return (self.port,)

    def start(self, databases):
        """Start the simulator."""
        command = (
            paths.PYTHON, SIMULATOR / "main.py", "serve",
            "--port", self.port, "--odoo", self.url, "--autoplay",
            "--history", HISTORY, "--shop", self.shop,
        )  # fmt: skip
        name = f"simulator-{self.port}"
        self.processes.append(Process(name, command, env=databases.environment))

    @property
    def welcome(self):
        return f"{self.address}/simulator/  the simulated PBX"


class AsteriskPbx(NoPbx):
    """A real Asterisk with its bridge, and telephones that ring by themselves."""

    def __init__(self, port, url):
        super().__init__(port, url)
        self.demo = json.loads(DEMO.read_text())
        self.secret = secrets.token_hex(20)
        self.route = secrets.token_urlsafe(24)
        self.lab = Lab(
            f"demonstration-{port}",
            RING=RING,
            BROWSERS="yes",
            TELEPHONY_ROUTE=f"{url}/telephony/route/{self.route}",
        )
        self.autoplay = None

    @property
    def facts(self):
        """The connection as the loader enters it."""
        values = self.lab.settings
        pbx = {
            "adapter": "asterisk",
            "api_url": self.lab.url,
            "api_key": False,
            "api_secret": self.secret,
            "route_token": self.route,
        }
        settings = {
            "ari_user": values["ARI_USER"],
            "ari_password": values["ARI_PASSWORD"],
            "ami_user": values["AMI_USER"],
            "ami_password": values["AMI_PASSWORD"],
            "recording_url": f"{self.lab.url}/static/monitor/{{ref}}",
            "softphone_url": f"ws://{HOST}:{values['HTTP_PORT']}/ws",
        }
        browsers = [
            {
                "user": person["number"],
                "number": number,
                "sip_password": values["SIP_PASSWORD"],
            }
            for person, number in zip(self.demo["extensions"], BROWSERS, strict=False)
        ]
        real = {"pbx": pbx, "settings": settings, "browsers": browsers}
        return super().facts | {"TELEPHONY_PBX": json.dumps(real)}

    def prepare(self):
        """Start Asterisk, since its addresses and passwords are new each time."""
        self.lab.start()

    def start(self, databases):
        """Start the bridge and the telephones."""
        with step("bridge and telephones"):
            url = f"{self.url}/telephony/webhook/{self.demo['webhook_token']}"
            self.processes.append(bridge.start(self.lab, databases, url, self.secret))
            self.autoplay = Autoplay(self.lab, self.demo)
            self.autoplay.start()

    def stop(self):
        """Stop the telephones first: they would tell that nobody answers."""
        if self.autoplay:
            self.autoplay.stop()
        super().stop()
        self.lab.stop()

    @property
    def welcome(self):
        return f"setup/asterisk/cli --name {self.lab.name} core show channels"
