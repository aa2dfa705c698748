from odoo import SUPERUSER_ID, http
from odoo.http import request

# As the webhook's route, so that only what is done in between differs.
LIKE_THE_WEBHOOK = {
    "type": "http",
    "auth": "none",
    "methods": ["POST"],
    "csrf": False,
    "save_session": False,
    "readonly": False,
}


class Floor(http.Controller):
    """What the figures of the telephony are divided by."""

    @http.route("/telephony_bench/floor", **LIKE_THE_WEBHOOK)
    def floor(self, user, name, **_params):
        """Do one ORM create and send one bus message to the user of that id."""
        env = request.env(user=SUPERUSER_ID)
        row = env["telephony.bench.row"].create({"name": name, "user_id": int(user)})
        row.user_id._bus_send("telephony_bench/message", {"id": row.id, "name": name})
        return request.make_response(b"", [("Content-Type", "text/plain")])

    @http.route("/telephony_bench/message", **LIKE_THE_WEBHOOK)
    def message(self, user, name, **_params):
        """Send one bus message to the user of that id, and do nothing else."""
        env = request.env(user=SUPERUSER_ID)
        user = env["res.users"].browse(int(user))
        user._bus_send("telephony_bench/message", {"name": name})
        return request.make_response(b"", [("Content-Type", "text/plain")])
