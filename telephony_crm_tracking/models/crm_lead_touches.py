import logging

from psycopg2 import OperationalError

from odoo import models
from odoo.exceptions import ConcurrencyError

_logger = logging.getLogger(__name__)

#: With these a lead is won, or another person's.
WATCHED = frozenset({"stage_id", "probability", "active", "partner_id", "phone"})


class CrmLead(models.Model):
    """When the touches of leads are found anew."""

    _inherit = "crm.lead"

    def write(self, vals):
        """Override since a sale ends them, and another person has other ones."""
        if not WATCHED & vals.keys():
            return super().write(vals)
        before = {lead: lead._whose_touches() for lead in self}
        done = super().write(vals)
        self.filtered(
            lambda lead: before[lead] != lead._whose_touches()
        )._sync_touches()
        return done

    def _whose_touches(self):
        return (self.tracking_won_date, self.partner_id, self.phone or "")

    def _tracking_sold(self):
        """Return when the lead was sold, after which nothing led to it; or `None`.

        An order earns before somebody marks the lead as won.
        """
        self.ensure_one()
        dates = (self.tracking_won_date, self.tracking_sold_date)
        return min(filter(None, dates), default=None)

    def _tracking_revenue_changed(self, before):
        """Override since a confirmed order is a sale, and a cancelled one is none."""
        done = super()._tracking_revenue_changed(before)
        self._touches_synced(self._sync_touches())
        return done

    def _touches_synced(self, found):
        """Do what follows once revenues are others and touches found; nothing here.

        :param found: those of these whose touches were found, each by itself
        """

    def _one_at_a_time(self):
        """Have who else changes what is kept of these leads wait, or begin anew.

        As with any record; but what is kept of a lead has rows of its own, and all of
        the lead may stay as it is. So to lock it is not enough: only what was written
        makes others begin anew whose snapshot is older. In SQL, since it happens while
        leads are computed: nothing else must be computed, or written, on the way.
        """
        self.env.cr.execute(
            """
            UPDATE crm_lead SET active = crm_lead.active
              FROM (SELECT id FROM crm_lead
                     WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE) its
             WHERE its.id = crm_lead.id
            """,
            [self.ids],
        )

    def _sync_touches(self):
        """Find the touches anew; a lead does not depend on them.

        :return: the leads that something may have led to; none where it failed
        """
        if not self:
            return self
        try:
            with self.env.cr.savepoint():
                return self.env["telephony.tracking.touch"].sudo()._sync_leads(self)
        except (OperationalError, ConcurrencyError):
            raise
        except Exception:
            _logger.exception("Leads %s: touches not found", self.ids)
        return self.browse()
