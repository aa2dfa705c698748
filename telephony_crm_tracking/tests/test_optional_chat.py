from odoo.tests import tagged

from .common import TrackingCase


@tagged("post_install", "-at_install")
class TestOptionalChat(TrackingCase):
    """A lead that an operator of Odoo's live chat makes of a talk.

    Chosen by its name for the second database of the tests, which has the chat.
    """

    def setUp(self):
        super().setUp()
        if "origin_channel_id" not in self.env["crm.lead"]._fields:
            self.skipTest("leads of the live chat are not installed in this database")
        self.operator = self._user("tracking_chat", "telephony_agent")
        self.operator.group_ids |= self.env.ref("im_livechat.im_livechat_group_user")
        self.operator.group_ids |= self.env.ref("sales_team.group_sale_salesman")

    def _talk_in_chat(self):
        """Have the operator type ``/lead`` to a visitor; return the lead."""
        channel = self.env["im_livechat.channel"].create(
            {"name": "Shop", "user_ids": [(6, 0, self.operator.ids)]}
        )
        talk = self.env["discuss.channel"].create(
            {
                "name": "Visitor",
                "channel_type": "livechat",
                "livechat_channel_id": channel.id,
                "livechat_operator_id": self.operator.partner_id.id,
                "channel_member_ids": [
                    (0, 0, {"partner_id": self.operator.partner_id.id})
                ],
            }
        )
        talk = talk.with_user(self.operator)
        talk.execute_command_lead(body="/lead A sofa")
        return self.env["crm.lead"].search([("origin_channel_id", "=", talk.id)])

    def test_the_channel_is_the_chat_and_why_they_came_is_not_known(self):
        lead = self._talk_in_chat()
        self.assertEqual(len(lead), 1)
        self.assertEqual(lead.tracking_channel, "chat")
        source = self.env.ref("crm_livechat.utm_source_livechat")
        self.assertEqual(lead.source_id, source, "Odoo says so")
        self.assertFalse(lead._has_source())

    def test_a_source_that_is_known_takes_the_place_of_the_chat(self):
        lead = self._talk_in_chat()
        source = self.env["utm.source"].create({"name": "Leaflet of the chat"})
        lead._give_source({"source_id": source.id})
        self.assertEqual(lead.source_id, source)
        self.assertEqual(lead.tracking_channel, "chat")
