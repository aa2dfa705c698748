"""Visitors of a web site who call the number that they are shown; some of them buy.

For the call tracking of Odoo: the visitor comes to the shop that has the site's line,
reads the page's number, and rings it from a telephone nobody knows. Who answers writes
a lead in Odoo by themselves, or Odoo does; ``sale`` is what they sell to it.
"""

from __future__ import annotations

import logging
import random
import threading

from setup.shop.visitor import Visitor

from .salesperson import Salesperson

_logger = logging.getLogger(__name__)
STRANGERS = "+447700900"  # of a thousand mobiles that belong to nobody


class Visitors:
    """Plays scenes that begin on a page of the shop."""

    def __init__(self, simulator):
        self.simulator = simulator
        self._threads: list[threading.Thread] = []

    def play(self, scenario: str, visit: str, *, tap=False, sale=0, wait=True, **how):
        """Have somebody come, and call; the call.

        :param visit: path of a page with the parameters of an advertisement
        :param tap: whether the number is pressed, as on a telephone, and not dialled
        :param sale: for how much the lead is won once the call is over; 0: not at all
        :param how: as for ``Player.play``; the DID is the number shown, the caller
            somebody new unless named
        """
        settings = self.simulator.settings
        if not settings.shop_url:
            raise ValueError("there is no shop to visit: give --shop")
        visitor = Visitor(settings.shop_url)
        how["did"] = visitor.come(visit)
        how["number"] = how.get("number") or self._stranger()
        if tap:
            visitor.tap()
        call = self.simulator.player.play(scenario, wait=wait, **how)
        rest = threading.Thread(target=self._rest, args=(visitor, call, sale))
        rest.daemon = True
        rest.start()
        if wait:
            rest.join()
        else:
            self._threads = [one for one in self._threads if one.is_alive()] + [rest]
        return call

    def join(self):
        """Wait until nobody is there any more."""
        for thread in list(self._threads):
            thread.join()

    def _rest(self, visitor, call, sale):
        """What comes after the call has begun."""
        try:
            call.over.wait()
            visitor.leave()
            settings = self.simulator.settings
            if sale and call.talk_seconds and settings.odoo_url:
                login = settings.extension(call.extension).login
                seller = Salesperson(settings.odoo_url, login, self.simulator.stopping)
                seller.win(call.ref, sale)
        except (ValueError, OSError):
            _logger.exception("the visitor of the shop was lost")

    def _stranger(self):
        taken = {call.number for call in self.simulator.book.all()}
        numbers = [f"{STRANGERS}{tail:03}" for tail in range(1000)]
        free = [number for number in numbers if number not in taken]
        return random.choice(free or numbers)
