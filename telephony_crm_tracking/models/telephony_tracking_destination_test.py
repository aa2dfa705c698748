from datetime import timedelta
from decimal import Decimal

from odoo import fields, models

from odoo.addons.telephony_crm.pbx import adapter as pbx_adapter

from ..attribution.conversion import Conversion, Event, State


class TelephonyTrackingDestination(models.Model):
    """Trying a destination with a made-up result, which counts nowhere."""

    _inherit = "telephony.tracking.destination"

    def action_test(self):
        """Hand over a made-up sale in test mode, and say what the receiver answers."""
        self.ensure_one()
        self.check_access("write")
        state, words = self.sudo()._test()
        kinds = {State.ACCEPTED: "success", State.SENT: "success"}
        kind = kinds.get(state, "danger")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "message": words,
                "sticky": kind == "danger",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _test(self):
        """Hand over a made-up result of the first event that is wanted.

        :return: state, sentence
        """
        pure, settings = self._pure(), self._settings()
        now = fields.Datetime.now()
        wanted = [
            own
            for own in self._made_up(now)
            if pure and not pure.refusal(own, settings, now)
        ]
        if not wanted:
            return State.REFUSED, self.env._(
                "Nothing is handed over so: enter for which results, and what else is "
                "needed, among the settings."
            )
        try:
            settings |= self._token({})
            asked = pure.request(wanted[:1], settings, True)
        except (ValueError, pbx_adapter.PbxError) as error:
            return State.REFUSED, self._words_of_problem(self._problem_of(error))
        result = self._exchange(asked, pure.read, True)
        words = self._words_of_problem(result.reason)
        if result.state == State.ACCEPTED:
            self._go_on()
            words = self.env._("The receiver takes it, and nothing counted.")
            if pure.blind:
                words = self.env._(
                    "The form is right, and nothing counted. Whether id and secret "
                    "are, this receiver never says: look at its own reports of the "
                    "last half hour once you hand over in earnest."
                )
        elif result.state == State.SENT:
            words = self.env._("It was sent; the receiver does not say more.")
        return result.state, words or self.env._("The receiver gave no reason.")

    def _made_up(self, now):
        """Return results of nobody, one for each event."""
        at = now - timedelta(hours=8)
        key = f"test-{self.id}-{now:%Y%m%d%H%M%S}"
        common = {
            "key": key,
            "at": at,
            "ads": "granted",
            "analytics": "granted",
            "click_at": at,
            "gclid": "test",
            "fbc": f"fb.1.{int(at.timestamp())}000.test",
            "ga_client_id": "1.1",
        }
        for event in (Event.WON, Event.LEAD, Event.QUALIFIED, Event.CALL):
            value = {}
            if event == Event.WON:
                value = {"amount": Decimal(1), "currency": self.currency_id.name}
            yield Conversion(event=event, **common, **value)

    def _words_of_problem(self, problem):
        """Say what a code means; what is none are the receiver's own words."""
        words = self.env["telephony.tracking.conversion"]._words_of_reasons()
        return words.get(problem, problem or "")
