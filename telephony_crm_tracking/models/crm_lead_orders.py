from odoo import models

from ..tools.rates import Rates


class CrmLead(models.Model):
    """What a lead's orders are worth, where Odoo's sales are installed."""

    _inherit = "crm.lead"

    def _tracking_orders(self):
        """Return the confirmed orders of a lead, a list; an empty one without sales."""
        self.ensure_one()
        if "order_ids" not in self._fields:
            return []
        orders = self.sudo().order_ids
        return list(orders.filtered_domain(self._get_lead_sale_order_domain()))

    def _order_revenue(self, order, currency):
        """Return what an order has earned, untaxed and without what was credited.

        :param currency: in which it is asked
        :return: `None` when the order's currency had no rate on its day
        """
        company, day = order.company_id, order.date_order.date()
        rates, own = Rates(company), company.currency_id
        amount = order.amount_untaxed - self._credited(order)
        if order.currency_id != own:
            if not rates.is_known(order.currency_id, day):
                return None
            # An order keeps the rate of its confirmation, so later ones do not move
            # it; but it keeps 1.0 as well when there was none.
            rate = order.currency_rate
            if not rate or rate == 1:
                rate = rates.get(own, order.currency_id, day)
            amount /= rate
        worth = rates.get(own, currency, day)
        return None if worth is None else amount * worth

    def _credited(self, order):
        """Return what was credited of an order and not invoiced again.

        An invoice that was credited to be written anew takes nothing from the order,
        nor does one of more than was ordered. Drafts of invoices count, as the new one
        is one at first; drafts of credit notes do not.

        :return: in the currency of the order
        """
        invoiced, credited, parts = 0, 0, {}
        for line in order.order_line.invoice_lines:
            kind, state = line.move_id.move_type, line.parent_state
            amount = self._in_order_currency(line, order)
            if kind == "out_refund" and state == "posted":
                credited += amount
            elif kind == "out_invoice" and state != "cancel":
                invoiced += amount
                parts[line.move_id] = parts.get(line.move_id, 0) + amount
        for invoice, part in parts.items():
            credited += self._credited_beside(order, invoice, part)
        return max(0, credited - max(0, invoiced - order.amount_untaxed))

    def _credited_beside(self, order, invoice, part):
        """Return what credit notes of an invoice say in lines that name no order.

        :param part: what the invoice has of the order
        """
        refunds = invoice.reversal_move_ids.filtered(
            lambda move: move.state == "posted" and move.move_type == "out_refund"
        )
        lines = refunds.invoice_line_ids.filtered(lambda line: not line.sale_line_ids)
        whole = sum(
            self._in_order_currency(line, order) for line in invoice.invoice_line_ids
        )
        said = sum(self._in_order_currency(line, order) for line in lines)
        return said * part / whole if whole else 0

    @staticmethod
    def _in_order_currency(line, order):
        """Return what a line of an invoice or a credit note says, untaxed."""
        if line.currency_id == order.currency_id:
            return line.price_subtotal
        sign = 1 if line.move_id.move_type == "out_refund" else -1
        return sign * line.balance * (order.currency_rate or 1)
