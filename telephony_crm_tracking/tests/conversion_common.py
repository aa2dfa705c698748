"""What the tests of conversions share: who clicked and rang, and a receiver."""

import base64
from datetime import timedelta
from unittest.mock import patch

from odoo import fields

from odoo.addons.telephony_crm.tests.test_dial import PbxServer

from ..attribution.destinations import ga4, google_data_manager, meta
from .call_common import RingingCase

GRANTED = {"a": "granted", "d": "granted", "by": "tcf"}


class ConversionCase(RingingCase):
    """Somebody clicks, sees a number of the pool, rings it and talks."""

    #: A click has to be six hours old for Google.
    ago = timedelta(hours=8)

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        """Override, since Odoo's expects one time limit, and ours are two."""
        limit = kw["timeout"]
        limit = max(limit) if isinstance(limit, tuple) else limit
        return super()._request_handler(s, r, **{**kw, "timeout": limit})

    def setUp(self):
        super().setUp()
        self.server = PbxServer()
        self.addCleanup(self.server.close)
        for module, name, path in (
            (ga4, "WORLD", ""),
            (meta, "URL", ""),
            (google_data_manager, "URL", "/v1/"),
        ):
            patcher = patch.object(module, name, f"{self.server.url}{path}")
            patcher.start()
            self.addCleanup(patcher.stop)

    def _destination(self, kind, test_mode=False, settings=None, **values):
        """Return a destination that is set up."""
        destination = self.env["telephony.tracking.destination"].create(
            {
                "kind": kind,
                "company_id": self.company.id,
                "test_mode": test_mode,
                "start_date": self.now - timedelta(days=30),
                **values,
            }
        )
        for key, value in (settings or {}).items():
            row = destination.setting_ids.filtered(lambda row, key=key: row.key == key)
            row.ensure_one()
            row["secret_value" if row.is_secret else "value"] = value
        return destination

    def _ga4(self, **values):
        settings = {"measurement_id": "G-TEST", "api_secret": "secret-of-ga4"}
        return self._destination("ga4", settings=settings, **values)

    def _google(self, **values):
        settings = {"action_call": "Call", "action_qualified": "Good call"}
        settings |= {"action_lead": "Lead", "action_won": "Sale"}
        return self._destination("google_upload", settings=settings, **values)

    def _click(self, consent=None, at=0, gclid="Click_1", ids=None, **message):
        """Have somebody come by a click; return what the page is told."""
        query = {"gclid": gclid} if gclid else {}
        return self._page(
            "/pricing",
            q=query,
            c=GRANTED if consent is None else consent,
            g={"client_id": "11.22", "session_id": "33"} if ids is None else ids,
            at=self._in(at),
            **message,
        )

    def _rang(self, call_ref="in_1", seconds=90, at=30, told=None, **caller):
        """Have somebody click, ring and talk; return the call."""
        number = self._shown(told or self._click())
        self._ring(number, at, call_ref, **caller)
        return self._end(number, at, call_ref, seconds, **caller)

    def _rows(self, destination, event=None):
        self.env.invalidate_all()
        rows = destination.conversion_ids.sorted("id")
        return rows.filtered(lambda row: row.event == event) if event else rows

    def _lead_of(self, call, **values):
        """Return a lead that somebody makes of a call."""
        lead = self.env["crm.lead"].create(
            {
                "name": "Order",
                "company_id": self.company.id,
                "user_id": self.agent.id,
                "team_id": False,
                "type": "opportunity",
                **values,
            }
        )
        call.lead_id = lead
        lead._sync_touches()
        return lead

    def _send(self):
        """Run the job, within the test."""
        self.env.flush_all()
        with patch.object(
            type(self.env["ir.cron"]), "_commit_progress", return_value=float("inf")
        ):
            self.env["telephony.tracking.conversion"]._cron_send()
        self.env.invalidate_all()

    def _due_now(self, rows):
        rows.destination_id.pause_date = False
        rows.due_date = fields.Datetime.now()


class SoldCase(ConversionCase):
    """Somebody rings, becomes a lead, and buys."""

    def setUp(self):
        super().setUp()
        self.destination = self._google(amount_lead=20)
        self.call = self._rang()

    def _sold(self, revenue=500):
        lead = self._lead_of(self.call, expected_revenue=revenue)
        lead.with_user(self.agent).action_set_won()
        self.env.flush_all()
        self.env.cr.precommit.run()
        return lead

    @staticmethod
    def _unwin(lead):
        """Have somebody move a sale back."""
        stages = lead.env["crm.stage"]
        lead.stage_id = stages.search([("is_won", "=", False)], limit=1)

    def _file_of(self, destination):
        """Have a person save the file of what is due; return wizard and text."""
        action = destination.with_user(self.administrator).action_get_file()
        wizard = self.env[action["res_model"]].with_user(self.administrator)
        wizard = wizard.browse(action["res_id"])
        return wizard, base64.b64decode(wizard.data).decode()

    def _upload(self):
        """Have a person upload what is due."""
        self._file_of(self.destination)[0].action_uploaded()

    def _takes_back(self, **values):
        return self._destination(
            "google_adjustments", settings={"action_won": "Sale"}, **values
        )

    def _earns(self, lead, revenue):
        """Have a won lead be worth something else."""
        lead.expected_revenue = revenue
        self.env.flush_all()
        self.env.cr.precommit.run()

    def _worth(self, back):
        return self._rows(back, "restate")
