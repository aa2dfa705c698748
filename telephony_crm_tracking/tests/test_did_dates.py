from datetime import date, datetime, timedelta

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import STATIC, TrackingCase


@tagged("post_install", "-at_install")
class TestDidDates(TrackingCase):
    """A leaflet's number has its source from when to when it is handed out."""

    def setUp(self):
        super().setUp()
        self.leaflet = self.env["utm.source"].create({"name": "Leaflet"})
        self.did.write(
            {
                "source_id": self.leaflet.id,
                "source_from": date(2026, 3, 1),
                "source_to": date(2026, 3, 31),
            }
        )

    def _source(self, started):
        told = {"started": started, "call_ref": str(started), "called_did": STATIC[1:]}
        self._tell("NOTIFY_START", after=0, **told)
        return self._call(str(started)).source_id

    def test_a_call_has_it_on_its_days_only(self):
        self.assertFalse(self._source(datetime(2026, 2, 28, 23, 59)))
        self.assertEqual(self._source(datetime(2026, 3, 1, 0, 0)), self.leaflet)
        self.assertEqual(self._source(datetime(2026, 3, 31, 23, 59)), self.leaflet)
        self.assertFalse(self._source(datetime(2026, 4, 1, 0, 0)))

    def test_a_number_of_its_pool_has_it_on_these_days_only(self):
        number = self.pooled[0]
        for day, source in ((31, self.leaflet), (32, self.leaflet.browse())):
            started = datetime(2026, 2, 28, 12, 0) + timedelta(days=day)
            told = {"started": started, "call_ref": f"pool_{day}"}
            self._tell("NOTIFY_START", after=0, called_did=number.e164[1:], **told)
            call = self._call(f"pool_{day}")
            self.assertEqual((call.did_id, call.source_id), (number, source))
            self.assertEqual(call._card()["did"]["source"], source.name or "")

    def test_its_days_are_those_of_the_pbx(self):
        self.pbx.tz = "Asia/Tokyo"
        self.did.source_from = date(2026, 3, 2)
        call = self.env["telephony.did"]._source_dates(self.pbx.id)
        self.assertEqual(call[self.did.id][0], date(2026, 3, 2))
        # 00:30 there is the day before in UTC.
        self.assertEqual(self._source(datetime(2026, 3, 2, 0, 30)), self.leaflet)

    def test_a_number_without_days_has_it_always(self):
        self.did.write({"source_from": False, "source_to": False})
        self.assertEqual(self._source(datetime(2020, 1, 1, 12, 0)), self.leaflet)

    def test_it_ends_after_it_has_begun(self):
        with self.assertRaises(ValidationError):
            self.did.source_to = date(2026, 2, 1)
