"""Unit tests run the pure parts of the addons, without Odoo.

The addons' own packages import Odoo, so empty modules with the same path stand in for
them: everything below a pure package is imported as usual.
"""

import json
import sys
import types
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[2]
PAYLOADS = ROOT / "telephony_crm" / "tests" / "payloads"

for name in ("telephony_crm", "telephony_crm_tracking"):
    if (ROOT / name).is_dir() and name not in sys.modules:
        stub = types.ModuleType(name)
        stub.__path__ = [str(ROOT / name)]
        sys.modules[name] = stub

from telephony_crm.pbx import adapter as pbx_adapter  # noqa: E402
from telephony_crm.pbx.forms import fields  # noqa: E402

# The same examples on every run of the property tests, and no clock to judge them.
settings.register_profile("steady", deadline=None, derandomize=True, max_examples=200)
settings.load_profile("steady")


@dataclass(frozen=True)
class Payload:
    """One payload file.

    ``signed`` names fields of the form, headers, or the ``body`` as a whole;
    ``identity`` the fields that tell one event from another, all where none is named.
    """

    name: str
    adapter: pbx_adapter.Adapter
    source: str
    secret: str
    signed: tuple
    signature_header: str
    identity: tuple
    account: pbx_adapter.Account
    received_at: datetime
    request: pbx_adapter.Request
    expects: dict

    @property
    def is_json(self):
        return self.request.headers.get("content-type") == "application/json"

    @property
    def fields(self):
        """What the request says, by name."""
        return json.loads(self.request.body) if self.is_json else fields(self.request)

    @property
    def credentials(self):
        return pbx_adapter.Credentials(api_key="testkey", api_secret=self.secret)

    def events(self, late=0):
        """Return the file's events, as if it had arrived ``late`` seconds later."""
        return self.adapter.events(
            self.adapter.read(self.request).payload,
            self.account,
            self.received_at + timedelta(seconds=late),
        )


def load(path):
    """Return the payload file at ``path``."""
    data = json.loads(path.read_text())
    request = data["request"]
    return Payload(
        name=path.stem,
        adapter=pbx_adapter.get(path.parent.name),
        source=data["source"],
        secret=data["secret"],
        signed=tuple(data["signed"]),
        signature_header=data.get("signature_header", "signature"),
        identity=tuple(data.get("identity", ())),
        account=pbx_adapter.Account(**data["account"]),
        received_at=datetime.fromisoformat(data["received_at"]),
        request=pbx_adapter.Request(
            method=request["method"],
            query=request["query"],
            form=request["form"],
            headers=request["headers"],
            body=request.get("body", "").encode(),
            received_at=datetime.fromisoformat(data["received_at"]),
        ),
        expects=data["expects"],
    )


def pytest_generate_tests(metafunc):
    """Run a test once for every payload file that it is about.

    A test that asks for ``payload`` is about all of them, one that asks for
    ``signed_payload`` about those of PBXs that sign.
    """
    for name in {"payload", "signed_payload"} & set(metafunc.fixturenames):
        payloads = {path: load(path) for path in sorted(PAYLOADS.glob("*/*.json"))}
        if name == "signed_payload":
            payloads = {path: own for path, own in payloads.items() if own.signed}
        ids = [f"{path.parent.name}-{path.stem}" for path in payloads]
        metafunc.parametrize(name, list(payloads.values()), ids=ids)


@pytest.fixture
def all_payloads():
    """All payload files."""
    return [load(path) for path in sorted(PAYLOADS.glob("*/*.json"))]
