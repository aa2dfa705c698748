from datetime import timedelta

from odoo import models

from ..tools.rates import Rates
from .telephony_tracking_day import midnight


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

    def _order_money(self, order, currency):
        """Return what an order has brought, untaxed, and what was credited of it.

        :param currency: in which it is asked
        :return: list of ``(moment, amount, record)``; `None` when the order's currency
            had no rate on its day
        """
        worth = self._order_worth(order, currency)
        if worth is None:
            return None
        money = [(order.date_order, order.amount_untaxed, order)]
        credits = self._credits(order)
        if credits:
            zone = self.env["telephony.tracking.day"]._zones(order.company_id)
            # At noon, so that it stays that day if the company's time zone changes.
            zone = zone[order.company_id.id]
            money += [
                (midnight(day, zone) + timedelta(hours=12), -amount, move)
                for day, amount, move in credits
            ]
        return [
            (moment, amount, record)
            for moment, value, record in money
            if (amount := currency.round(value * worth))
        ]

    def _order_worth(self, order, currency):
        """Return what the currency of an order is worth in another; `None`: unknown."""
        company, day = order.company_id, order.date_order.date()
        rates, own = Rates(company), company.currency_id
        worth = rates.get(own, currency, day)
        if order.currency_id == own or worth is None:
            return worth
        if not rates.is_known(order.currency_id, day):
            return None
        # An order keeps the rate of its confirmation, so later ones do not move
        # it; but it keeps 1.0 as well when there was none.
        rate = order.currency_rate
        if not rate or rate == 1:
            rate = rates.get(own, order.currency_id, day)
        return worth / rate

    def _credits(self, order):
        """Return what was credited of an order and not invoiced again, day by day.

        An invoice that was credited to be written anew takes nothing from the order,
        nor does one of more than was ordered; one that is written later gives back on
        its own day. Drafts of invoices count, as the new one is one at first; drafts of
        credit notes do not.

        :return: list of ``(day, amount, move)``, in the currency of the order
        """
        invoices, refunds = {}, {}
        for line in order.order_line.invoice_lines:
            move, kind = line.move_id, line.move_id.move_type
            amount = self._in_order_currency(line, order)
            if kind == "out_refund" and line.parent_state == "posted":
                refunds[move] = refunds.get(move, 0) + amount
            elif kind == "out_invoice" and line.parent_state != "cancel":
                invoices[move] = invoices.get(move, 0) + amount
        for invoice, part in invoices.items():
            for refund, amount in self._credited_beside(order, invoice, part):
                refunds[refund] = refunds.get(refund, 0) + amount
        # Of one day the invoices come first: what is written anew was never credited.
        moves = sorted(
            (*invoices, *refunds),
            key=lambda move: (move.invoice_date or move.date, move in refunds, move.id),
        )
        invoiced = credited = before = 0
        credits = []
        for move in moves:
            invoiced += invoices.get(move, 0)
            credited += refunds.get(move, 0)
            now = max(0, credited - max(0, invoiced - order.amount_untaxed))
            if order.currency_id.compare_amounts(now, before):
                credits.append((move.invoice_date or move.date, now - before, move))
                before = now
        return credits

    def _credited_beside(self, order, invoice, part):
        """Return what credit notes of an invoice say in lines that name no order.

        :param part: what the invoice has of the order
        :return: list of ``(credit note, amount)``
        """
        whole = sum(
            self._in_order_currency(line, order) for line in invoice.invoice_line_ids
        )
        said = []
        for refund in invoice.reversal_move_ids:
            if whole and refund.state == "posted" and refund.move_type == "out_refund":
                lines = refund.invoice_line_ids.filtered(
                    lambda line: not line.sale_line_ids
                )
                amount = sum(self._in_order_currency(line, order) for line in lines)
                said.append((refund, amount * part / whole))
        return said

    @staticmethod
    def _in_order_currency(line, order):
        """Return what a line of an invoice or a credit note says, untaxed."""
        if line.currency_id == order.currency_id:
            return line.price_subtotal
        sign = 1 if line.move_id.move_type == "out_refund" else -1
        return sign * line.balance * (order.currency_rate or 1)
