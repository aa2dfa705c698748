from decimal import Decimal

from odoo import api, fields, models

from ..attribution.consent import Signal
from ..attribution.conversion import Conversion, Event, Refusal
from .telephony_tracking_conversion import ADJUSTING, NO_MORE

#: Fields of a visit by those of a conversion.
VISIT = {
    "analytics": "consent_analytics",
    "gclid": "gclid",
    "gbraid": "gbraid",
    "wbraid": "wbraid",
    "dclid": "dclid",
    "fbclid": "fbclid",
    "fbc": "fbc",
    "fbp": "fbp",
    "ga_client_id": "ga_client_id",
    "ga_session_id": "ga_session_id",
}


class TelephonyTrackingConversion(models.Model):
    """What a destination is told of a result, read anew each time it is asked for."""

    _inherit = "telephony.tracking.conversion"

    def _to_pure(self, denials=None):
        """Return this as `attribution.conversion.Conversion`. For sudo only.

        :param denials: see `_denials_of`, where it is known for many
        """
        self.ensure_one()
        own = self.original_id or self
        more = {}
        if self.original_id:
            more = {
                "original": own.key,
                "original_at": own.date,
                "original_event": Event(own.event),
            }
        return self._pure_of(
            own.call_id or own.lead_id,
            own.visit_id,
            denials,
            key=self.key,
            event=Event(self.event),
            at=self.date,
            **self._pure_amount(self.amount, self.currency_id),
            **more,
        )

    @api.model
    def _pure_amount(self, amount, currency):
        """Return amount and currency; nothing where it is worth nothing."""
        if not amount or not currency:
            return {}
        digits = Decimal(1).scaleb(-currency.decimal_places)
        return {
            "amount": Decimal(repr(amount)).quantize(digits),
            "currency": currency.name,
        }

    @api.model
    def _pure_of(self, record, visit, denials=None, **values):
        """Return a conversion with what is known of a call or lead, and of its visit.

        :param record: call or lead
        :param denials: see `_denials_of`
        :param values: of the `Conversion`
        """
        known = {name: visit[field] or "" for name, field in VISIT.items()}
        known["analytics"] = known["analytics"] or Signal.UNKNOWN.value
        return Conversion(
            ads=self._ads_of(visit, denials),
            click_at=visit.click_date or None,
            channel=self._channel_of(record),
            **known,
            **self._contact_of(record),
            **values,
        )

    @api.model
    def _ads_of(self, visit, denials=None):
        """Return what holds of a visitor's consent to advertising, as of now.

        Who has said no on a later visit, has said it of what is still here, too.

        :param denials: see `_denials_of`, where it is known for many
        """
        if not visit:
            return Signal.UNKNOWN.value
        if visit.consent_ads != Signal.GRANTED:
            return visit.consent_ads
        denials = self._denials_of(visit) if denials is None else denials
        said = visit.consent_date or visit.start_date
        denied = denials.get(visit.visitor_key)
        is_denied = denied and denied > said
        return (Signal.DENIED if is_denied else Signal.GRANTED).value

    @api.model
    def _denials_of(self, visits):
        """Return when browsers have last said no: ``{visitor key: time}``."""
        keys = list(set(visits.mapped("visitor_key")))
        visits.flush_model(["consent_ads", "consent_date"])
        self.env.cr.execute(
            """
            SELECT visitor_key, max(COALESCE(consent_date, start_date))
              FROM telephony_tracking_visit
             WHERE consent_ads = 'denied'
               AND ((visitor_key = ANY(%(keys)s) AND visitor_key != key)
                    OR key = ANY(%(keys)s))
             GROUP BY visitor_key
            """,
            {"keys": keys},
        )
        return dict(self.env.cr.fetchall())

    @api.model
    def _channel_of(self, record):
        if record._name == "telephony.call":
            return "call" if record.direction == "inbound" else "callback"
        return record.tracking_channel or "other"

    @api.model
    def _contact_of(self, record):
        """Return e-mail and number; the pure part decides whether they go, hashed."""
        lead = record.lead_id if record._name == "telephony.call" else record
        partner = lead.partner_id
        if record._name == "telephony.call":
            partner = record.partner_id or partner
            number = record.number_e164
        else:
            number = (lead.telephony_number_ids or partner.telephony_number_ids)[
                :1
            ].e164
            number = number or lead.telephony_call_ids[:1].number_e164
        email = lead.email_normalized or partner.email_normalized
        return {"email": email or "", "phone": number or ""}

    # -- what a rule says --------------------------------------------------------

    def _refusal(self, settings=None, denials=None, own=None):
        """Return what the destination's rules say against it now; `None`: nothing.

        :param settings: of the destination, where they are at hand
        :param denials: see `_denials_of`
        :param own: what is about to be sent, where that was read already
        """
        destination = self.destination_id
        is_there = self.call_id or self.lead_id or self.original_id
        is_gone = self.cancelled_date or not is_there
        if self.event in ADJUSTING:
            is_over = bool(self.original_id.cancelled_date)
            is_gone = is_gone or is_over != (self.event == Event.RETRACT.value)
        if is_gone:
            return Refusal(NO_MORE)
        pure = destination._pure()
        settings = destination._settings() if settings is None else settings
        own = own or self._to_pure(denials)
        return pure.refusal(own, settings, fields.Datetime.now())

    def _write_refusal(self, refusal):
        """Note why it does not go, or not yet.

        :param refusal: `attribution.conversion.Refusal`
        """
        self.write(
            {
                "state": refusal.state.value,
                "reason": refusal.code,
                "due_date": refusal.until or False,
            }
        )
