from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.telephony_crm.tests.common import CUSTOMER
from odoo.addons.telephony_crm.tools import transaction

from ..attribution.shares import WHOLE
from .call_common import RingingCase


@tagged("post_install", "-at_install")
class TestLeadPerson(RingingCase):
    """Visits and calls of one person become touches of their lead, when it is made."""

    def _called(self, source="google", at=0, call_ref="in_1", **caller):
        number = self._shown(self._visitor(source, at=at))
        self._ring(number, at + 30, call_ref, **caller)
        return self._end(number, at + 30, call_ref, **caller)

    def _lead(self, **vals):
        vals = {"company_id": self.company.id, **vals}
        return self.env["crm.lead"].create({"name": "L", **vals})

    def test_a_known_contact_s_new_lead_has_what_had_made_the_contact_call(self):
        contact = self.env["res.partner"].create({"name": "C", "phone": CUSTOMER})
        call = self._called()
        self.assertEqual((call.partner_id, call.lead_id.id), (contact, False))
        lead = self._lead(partner_id=contact.id)
        self.assertEqual(lead.touch_ids.call_id, call)
        self.assertEqual(lead.touch_ids.share_last, WHOLE)
        loose = [("call_id", "=", call.id), ("lead_id", "=", False)]
        self.assertFalse(self.env["telephony.tracking.touch"].search(loose))

    def test_a_lead_with_a_caller_s_phone_has_what_had_made_the_caller_call(self):
        call = self._called()
        self.assertEqual(self._lead(phone=CUSTOMER).touch_ids.call_id, call)

    def test_another_phone_is_another_caller(self):
        call = self._called()
        lead = self._lead(phone="+442037691877")
        self.assertFalse(lead.touch_ids)
        lead.phone = CUSTOMER
        self.assertEqual(lead.touch_ids.call_id, call)
        lead.phone = "+442037691877"
        self.assertFalse(lead.touch_ids)

    def test_thousands_of_strangers_are_looked_for_at_once(self):
        self._called()
        fair = self.env["utm.source"].create({"name": "Fair"})
        leads = self.env["crm.lead"].create(
            [
                {"name": "L", "phone": f"+4420376920{place}"}
                | ({"source_id": fair.id} if place % 2 else {})
                for place in range(10, 40)
            ]
        )
        self.assertEqual(len(leads.touch_ids), 15)
        leads.touch_ids.sudo().unlink()
        self.env.flush_all()
        with self.assertQueryCount(12):  # not one for each
            leads._sync_touches()
        self.assertEqual(leads.touch_ids.source_id, fair)
        self.assertEqual(set(leads.touch_ids.mapped("share_first")), {WHOLE})

    def test_a_shared_lead_has_calls_of_the_company_in_which_it_earns(self):
        ours = self._called()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        theirs = ours.copy(
            {
                "pbx_id": self.pbx.copy({"company_id": other.id}).id,
                "company_id": other.id,
                "call_ref": "theirs",
                "did_id": False,
                "tracking_state": "static",
                "source_id": self.env["utm.source"].create({"name": "Theirs"}).id,
            }
        )
        self.agent.company_ids |= other
        for company, call in ((self.company, ours), (other, theirs)):
            lead = self._lead(company_id=False, phone=CUSTOMER, user_id=False)
            self.agent.company_id = company
            lead.user_id = self.agent
            lead.touch_ids.sudo().unlink()
            lead._sync_touches()
            self.assertEqual(lead.touch_ids.call_id, call)

    def test_a_confirmed_order_is_led_to_by_nothing_that_came_after_it(self):
        lead = self._lead(phone=CUSTOMER)
        self._called()
        self.env.flush_all()
        lead.tracking_sold_date = self._in(300)  # as orders say, before it is won
        self._called("bing", 400, "in_2")
        self.assertEqual(lead.touch_ids.source_id.name, "google")

    @mute_logger("odoo.sql_db")
    def test_a_lead_of_which_two_find_the_touches_at_once_has_them_once(self):
        """Else it would be two leads, and two sales."""
        connection = db_connect(self.env.cr.dbname)

        def leads(cr):
            return api.Environment(cr, SUPERUSER_ID, {})["crm.lead"].browse(lead.id)

        def sync(cr, is_led_to):
            """Find them, while another does before the first of them is stored."""
            touches = leads(cr).env["telephony.tracking.touch"]

            def meanwhile(self, asked):
                self.env.flush_all()
                if self.env.cr is cr:
                    with connection.cursor() as other:
                        leads(other).env[self._name]._sync_leads(leads(other))
                nobody = asked.browse()
                return (asked, nobody) if is_led_to else (nobody, asked)

            with patch.object(type(touches), "_with_touches", meanwhile):
                touches._sync_leads(leads(cr))

        with connection.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            source = env.ref("utm.utm_source_search_engine").id
            lead = env["crm.lead"].create({"name": "At once", "source_id": source})
        try:
            for is_led_to in (True, False):
                with connection.cursor() as cr:
                    leads(cr).touch_ids.unlink()
                with connection.cursor() as cr:
                    cr.execute("SELECT 1")
                    with self.assertRaises(SerializationFailure):
                        sync(cr, is_led_to)
                    cr.rollback()
                with connection.cursor() as cr:
                    leads(cr).touch_ids.unlink()
                with connection.cursor() as cr:
                    transaction._read_committed(cr)  # as the job does it
                    sync(cr, is_led_to)
                    self.assertEqual(len(leads(cr).touch_ids), 1)
        finally:
            with connection.cursor() as cr:
                leads(cr).unlink()
