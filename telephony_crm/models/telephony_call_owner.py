from odoo import api, models
from odoo.tools import SQL

from ..tools import pending

PENDING = "telephony_crm.owners"
RECORDS = {"res.partner": "partner_id", "crm.lead": "lead_id"}


class TelephonyCall(models.Model):
    """How calls follow their contact and lead: to other users, to other contacts.

    By SQL: a contact may have many thousands of calls, and nothing of this is for
    the calls' own logic.
    """

    _inherit = "telephony.call"

    @api.model
    def _move_owner(self, condition):
        """Give calls to who is responsible now: the user of lead, else of contact.

        The new owner takes part in the call; of those who cease to be owner only who
        talked, dialled, was rung or said whose call it is.

        :param SQL condition: which calls, as a condition on the row ``c``
        """
        self._flush_for_move()
        self.env.cr.execute(
            SQL(
                """
                WITH moved AS (
                    UPDATE telephony_call
                       SET owner_id = goal.owner_id,
                           write_uid = %(uid)s,
                           write_date = now() AT TIME ZONE 'UTC'
                      FROM (SELECT c.id, c.owner_id AS old_id,
                                   COALESCE(l.user_id, p.user_id) AS owner_id
                              FROM telephony_call c
                              LEFT JOIN crm_lead l ON l.id = c.lead_id
                              LEFT JOIN res_partner p ON p.id = c.partner_id
                             WHERE %(condition)s) goal
                     WHERE telephony_call.id = goal.id
                       AND goal.old_id IS DISTINCT FROM goal.owner_id
                 RETURNING goal.id, goal.old_id, goal.owner_id,
                           telephony_call.user_id, telephony_call.chooser_id),
                gone AS (
                    DELETE FROM telephony_call_user_rel rel
                     USING moved
                     WHERE rel.call_id = moved.id
                       AND rel.user_id = moved.old_id
                       AND moved.user_id IS DISTINCT FROM moved.old_id
                       AND moved.chooser_id IS DISTINCT FROM moved.old_id
                       AND NOT EXISTS (
                           SELECT FROM telephony_call_leg leg
                            WHERE leg.call_id = moved.id
                              AND leg.user_id = moved.old_id))
                INSERT INTO telephony_call_user_rel (call_id, user_id)
                SELECT id, owner_id FROM moved WHERE owner_id IS NOT NULL
                ON CONFLICT DO NOTHING
                """,
                condition=condition,
                uid=self.env.uid,
            )
        )
        self.invalidate_model(["owner_id", "participant_ids"], flush=False)

    @api.model
    def _move_owner_of(self, records):
        """Give the calls of contacts or leads to their responsible users."""
        if not records:
            return
        column = SQL.identifier("c", RECORDS[records._name])
        self._move_owner(SQL("%s = ANY(%s)", column, records.ids))
        pending.discard(records, PENDING)

    @api.model
    def _move_owner_later(self, records):
        """Have `_move_owner_of` run before the transaction ends."""
        pending.add(records, PENDING, self.sudo()._move_owner_pending)

    @api.model
    def _move_owner_pending(self):
        """Do what `_move_owner_later` was asked for."""
        for records in pending.take(self.env, PENDING):
            self._move_owner_of(records)

    @api.model
    def _move_partner(self, leads, old_partners):
        """Give the calls of leads the contact that the leads have now.

        Calls with a contact of their own choice keep it, and no call gets a contact
        of another company.

        :param old_partners: ``{lead_id: partner_id}`` before the change
        """
        if not leads:
            return
        self._flush_for_move()
        self.env.cr.execute(
            SQL(
                """
                UPDATE telephony_call c
                   SET partner_id = l.partner_id,
                       write_uid = %s,
                       write_date = now() AT TIME ZONE 'UTC'
                  FROM crm_lead l
                  JOIN res_partner p ON p.id = l.partner_id
                  JOIN unnest(%s::int[], %s::int[]) AS old (lead_id, partner_id)
                    ON old.lead_id = l.id
                 WHERE c.lead_id = l.id
                   AND c.partner_id IS DISTINCT FROM l.partner_id
                   AND (c.partner_id IS NULL OR c.partner_id = old.partner_id)
                   AND (p.company_id IS NULL OR p.company_id = c.company_id)
                """,
                self.env.uid,
                leads.ids,
                [old_partners.get(lead.id) or None for lead in leads],
            )
        )
        self.invalidate_model(["partner_id"], flush=False)
        self._move_owner_of(leads)

    @api.model
    def _flush_for_move(self):
        """Bring to the database what the statements above read."""
        self.flush_model()
        self.env["telephony.call.leg"].flush_model(["call_id", "user_id"])
        self.env["crm.lead"].flush_model(["partner_id", "user_id"])
        self.env["res.partner"].flush_model(["user_id", "company_id"])
