"""What the tests of this addon share: a site with a pool, and its pages."""

import json

from odoo.addons.telephony_crm.tests.common import DID, TelephonyCase, TelephonyHttpCase

from ..attribution.visit import parse

STATIC = DID
POOL = ("+442037691901", "+442037691902")
HOST = "shop.example"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


class TrackingMixin:
    """A site `shop.example` with two numbers in the place of the London line."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.administrator = cls._user("tracking_admin", "telephony_administrator")
        cls.supervisor = cls._user("tracking_lead", "telephony_supervisor")
        cls.site = cls.env["telephony.tracking.site"].create(
            {
                "name": "Shop",
                "company_id": cls.company.id,
                "domains": HOST,
                "consent_required": False,
            }
        )
        cls.pool = cls.env["telephony.tracking.pool"].create(
            {"site_id": cls.site.id, "stands_for_id": cls.did.id}
        )
        cls.pooled = cls.env["telephony.did"].create(
            [
                {"pbx_id": cls.pbx.id, "number": number, "pool_id": cls.pool.id}
                for number in POOL
            ]
        )

    @classmethod
    def _more_numbers(cls, count):
        """Have so many more numbers in the pool."""
        return cls.env["telephony.did"].create(
            [
                {
                    "pbx_id": cls.pbx.id,
                    "number": f"+44203769{2000 + one}",
                    "pool_id": cls.pool.id,
                }
                for one in range(count)
            ]
        )

    def _ask(self, network="net", at=None, **message):
        """Have a page say something; return what it is answered.

        :param at: when, a datetime; now if not given
        """
        self.env.flush_all()
        opening = self.env["telephony.tracking.site"]._openings()[self.site.token]
        asked = parse(json.dumps(message).encode())
        visits = self.env["telephony.tracking.visit"].sudo()
        _status, told = visits._receive(opening, asked, network, at)
        self.env.invalidate_all()
        return told

    def _page(self, path="/", numbers=(STATIC,), **message):
        """Have a page ask for numbers; see `_ask`."""
        return self._ask(u=path, h=HOST, n=list(numbers), **message)

    def _visit(self, told):
        """Return the visit of an answer."""
        visits = self.env["telephony.tracking.visit"].sudo()
        return visits.search([("key", "=", told["k"])])

    @staticmethod
    def _shown(told, static=STATIC):
        """Return the number that an answer shows in the place of the static one."""
        return told["n"].get(static, {}).get("e164")


class TrackingCase(TrackingMixin, TelephonyCase):
    """Pages that ask without the way through the web server."""


class TrackingHttpCase(TrackingMixin, TelephonyHttpCase):
    """Pages that ask over the web."""

    def _post(self, message, token=None, origin=f"https://{HOST}", **headers):
        """Post a message as a page does; return the response."""
        body = message if isinstance(message, bytes) else json.dumps(message).encode()
        self.env.flush_all()
        return self.url_open(
            f"/telephony/tracking/{token or self.site.token}/visit",
            data=body,
            headers={
                "Content-Type": "text/plain;charset=UTF-8",
                "User-Agent": BROWSER,
                "Origin": origin,
                **headers,
            },
        )
