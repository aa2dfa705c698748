"""The buttons of a card, as somebody in an office presses them."""


def talking(office):
    """The card of Petra's call, as soon as she talks."""
    cards = office.rpc("petra", "telephony.call", "get_cards")
    return next((card for card in cards if card["my_leg"] == "in_progress"), None)


class Hand:
    """Petra's hand on her call."""

    def __init__(self, office, card):
        self.office, self.id = office, card["id"]

    def __call__(self, action, *details):
        """Press a button; the card as it is then."""
        card = self.office.rpc(
            "petra", "telephony.call", "control_call", self.id, action, *details
        )
        assert not card["problem"]
        return card["control"]

    def card(self):
        """What her card says of what can be done."""
        card = self.office.rpc("petra", "telephony.call", "get_card", self.id)
        return card["control"]

    def until(self, application, count=1):
        """Wait until so many channels are in an application of the dialplan."""
        self.office.wait(lambda: self._running(application) == count)

    def _running(self, application):
        lines = (self.office.lab.cli("core show channels concise") or "").splitlines()
        return sum(line.split("!")[5] == application for line in lines)


def supervise(office, login, extension):
    """Make somebody the supervisor of the team of an extension."""
    name = ("telephony_crm", "group_telephony_supervisor")
    group = office.admin("ir.model.data", "check_object_reference", *name)[1]
    [user] = office.admin("res.users", "search", [["login", "=", login]])
    office.admin("res.users", "write", [user], {"group_ids": [(4, group)]})
    [team] = office.admin("crm.team", "create", [{"name": "Desk", "user_id": user}])
    is_it = [["pbx_id", "=", office.pbx], ["number", "=", extension]]
    phone = office.admin("telephony.extension", "search", is_it)
    office.admin("telephony.extension", "write", phone, {"team_id": team})
