from odoo import api, fields, models


class TelephonyDid(models.Model):
    """Which of the company's numbers a customer is shown who is called."""

    _inherit = "telephony.did"

    is_presented = fields.Boolean(
        string="Shown to Customers",
        help="Calls that its user or its team places show this number, so that who "
        "rings back reaches them. Without user and team: all calls that have no number "
        "of their own. Whoever is called back is shown the number they had dialled.",
    )
    can_present = fields.Boolean(compute="_compute_can_present")

    @api.depends("pbx_id.adapter")
    def _compute_can_present(self):
        for did in self:
            did.can_present = bool(did.pbx_id and did.pbx_id.sudo()._can("caller_id"))

    @api.model
    def _presented(self, pbx, extension, record):
        """Return the number that a call is to show; none: the PBX's own choice.

        The one that the customer had dialled, when a call is called back; else the
        user's, the team's, everybody's.

        :param extension: the `telephony.extension` that calls
        :param record: what was clicked on
        """
        dids = self.sudo().search(
            [
                ("pbx_id", "=", pbx.id),
                ("is_presented", "=", True),
                ("e164", "like", "+"),
            ]
        )
        called = self._called(record.sudo())
        user = extension.sudo().user_id
        team = extension.sudo().team_id or user.sale_team_id
        return (
            dids & called
            or dids.filtered(lambda did: did.user_id and did.user_id == user)
            or dids.filtered(
                lambda did: not did.user_id and team and did.team_id == team
            )
            or dids.filtered(lambda did: not did.user_id and not did.team_id)
        )[:1]

    @api.model
    def _called(self, record):
        """Return the number that a customer had dialled who is called back, if any.

        :param record: what was clicked on
        """
        if record._name not in ("telephony.call", "telephony.callback"):
            return self.browse()
        calls = record if record._name == "telephony.call" else record.call_ids
        return calls.sorted("id").did_id[-1:] or record.did_id
