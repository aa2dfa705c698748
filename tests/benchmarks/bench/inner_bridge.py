"""The bridge within this process, with a watch on each event.

The addon's own package needs Odoo, so an empty module stands in for it.
"""

import json
import sys
import tempfile
import threading
import time
import types

from setup.lib import paths
from setup.lib.process import HOST

stub = types.ModuleType("telephony_crm")
stub.__path__ = [str(paths.ROOT / "telephony_crm")]
sys.modules.setdefault("telephony_crm", stub)

from telephony_crm.bridge import config_sections as sections  # noqa: E402
from telephony_crm.bridge import process  # noqa: E402


class InnerBridge:
    """A bridge between a ``Lab`` and an Odoo; as a block, it runs within it.

    :ivar begun: when Asterisk said what an event tells, by its id
    :ivar told: event, and how long its request took, by its id
    :ivar ended: when Odoo had answered, by its id
    """

    def __init__(self, lab, webhook, secret):
        settings = lab.settings
        self.folder = tempfile.TemporaryDirectory()
        self.begun, self.ended, self.told = {}, {}, {}
        self.bridge = process.Bridge(
            sections.Config(
                odoo=sections.OdooConfig(webhook, secret),
                asterisk=sections.AsteriskConfig(
                    ami_port=int(settings["AMI_PORT"]),
                    ami_user=settings["AMI_USER"],
                    ami_secret=settings["AMI_PASSWORD"],
                    ari_url=f"http://{HOST}:{settings['HTTP_PORT']}",
                    ari_user=settings["ARI_USER"],
                    ari_password=settings["ARI_PASSWORD"],
                ),
                calls=sections.CallsConfig(
                    local_endpoints="lab-world=trunk, lab-phones=extension"
                ),
                bridge=sections.BridgeConfig(data=self.folder.name),
            )
        )
        self._watch()
        self.thread = threading.Thread(target=self.bridge.run)

    def _watch(self):
        tracker, odoo = self.bridge.tracker, self.bridge.odoo
        feed, tell = tracker.feed, odoo.tell

        def watched_feed(message, at):
            output = feed(message, at)
            said = float(message.get("Timestamp") or 0)
            for event in output.events:
                self.begun[event["id"]] = said
            return output

        def watched_tell(body):
            before = time.time()
            response = tell(body)
            now = time.time()
            event = json.loads(body)
            if response.status_code == 200:
                self.ended[event["id"]] = now
                self.told[event["id"]] = (event, now - before)
            return response

        tracker.feed, odoo.tell = watched_feed, watched_tell
        self.tell = tell

    def __enter__(self):
        self.thread.start()
        deadline = time.monotonic() + 20
        while not self.bridge.leader.is_active:
            if time.monotonic() > deadline:
                raise RuntimeError("the bridge did not become active")
            time.sleep(0.05)
        return self

    def __exit__(self, *_exception):
        self.bridge.stop()
        self.thread.join()
        self.folder.cleanup()
