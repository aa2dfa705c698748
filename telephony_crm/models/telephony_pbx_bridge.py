import json
from datetime import timedelta

from odoo import api, fields, models

from ..pbx import adapter as pbx_adapter
from ..pbx import bridge_sentences
from ..pbx.answers import plain
from ..tools.transaction import begin

# A bridge asks every 20 seconds or more often; this is what a restart of Odoo takes.
AWAY = timedelta(seconds=60)
# An active one asks anew whenever it was held for 20 seconds; when none has since,
# another one does what it can.
SURE = timedelta(seconds=25)
KEPT = timedelta(days=1)
# Of what a bridge tells of itself: figures, times in Unix seconds, words.
FIGURES = ("outbox", "oldest", "refused", "dropped", "clock_offset")
TIMES = ("connected_since", "last_event")
WORDS = {"version": 80, "asterisk": 80, "refusal": 300}
MOST = 20  # problems
# What is carried out by a bridge that is not active, as long as none is: to say what
# is wrong, above all why it cannot be; and while it hears the PBX, what goes over AMI,
# since ARI alone may be away. Not over ARI: of a call dialled there nobody would tell.
ALWAYS = ("/bridge/check", "/bridge/retry")
CONNECTED = (*ALWAYS, "/bridge/cdr", "/rawman")


class TelephonyPbxBridge(models.Model):
    """A bridge that runs for a PBX, and what it last told of itself.

    Not in the row of the PBX, which all events read: this one is written every time
    that the bridge asks.
    """

    _name = "telephony.pbx.bridge"
    _description = "Bridge of a PBX"
    _order = "is_active desc, seen_date desc"
    _rec_name = "instance"
    _log_access = False

    pbx_id = fields.Many2one("telephony.pbx", required=True, ondelete="cascade")
    instance = fields.Char(required=True)
    turn = fields.Integer(help="Of its latest request; an older one is a repeat.")
    is_active = fields.Boolean(help="It is the one that tells events.")
    is_held = fields.Boolean(
        help="Its requests wait where they keep no worker from its work."
    )
    seen_date = fields.Datetime()
    status = fields.Json()

    _instance_unique = models.UniqueIndex("(pbx_id, instance)")

    @api.autovacuum
    def _gc_bridges(self):
        old = [("seen_date", "<", fields.Datetime.now() - KEPT)]
        self.sudo().search(old, limit=10_000).unlink()

    # -- the bridge's side -----------------------------------------------------------

    @api.model
    def _note(self, pbx, instance, turn, is_active, status, is_held=True):
        """Keep what a bridge tells of itself.

        :param turn: counts the requests of this bridge since it was started
        :param is_held: its requests wait where they keep no worker from its work
        :return: whether this is news, and not a request that somebody sends again
        """
        self.env.cr.execute(
            """
            INSERT INTO telephony_pbx_bridge AS known
                        (pbx_id, instance, turn, is_active, is_held, seen_date,
                         status)
                 VALUES (%s, %s, %s, %s, %s, %s, %s)
            ON CONFLICT (pbx_id, instance) DO UPDATE
                    SET turn = excluded.turn, is_active = excluded.is_active,
                        is_held = excluded.is_held,
                        seen_date = excluded.seen_date, status = excluded.status
                  WHERE known.turn < excluded.turn
              RETURNING id
            """,
            [
                pbx.id,
                instance,
                turn,
                is_active,
                is_held,
                fields.Datetime.now(),
                json.dumps(_clean(status)),
            ],
        )
        is_news = bool(self.env.cr.fetchone())
        self.invalidate_model(flush=False)
        return is_news

    @api.model
    def _is_latest(self, pbx, instance, turn):
        """Tell whether a bridge listens still, as far as one knows.

        It has not asked anew since, nor has another one taken its place: who was
        killed cannot say so, and its request waits here to the end.
        """
        self.env.cr.execute(
            """
            SELECT 1 FROM telephony_pbx_bridge own
             WHERE pbx_id = %s AND instance = %s AND turn = %s
               AND NOT EXISTS (
                   SELECT 1 FROM telephony_pbx_bridge other
                    WHERE other.pbx_id = own.pbx_id AND other.is_active
                      AND other.instance != own.instance
                      AND other.seen_date > own.seen_date)
            """,
            [pbx.id, instance, turn],
        )
        return bool(self.env.cr.fetchone())

    # -- Odoo's side -----------------------------------------------------------------

    @api.model
    def _of(self, pbx):
        """Return the bridges of a PBX that were seen lately, the active one first."""
        since = fields.Datetime.now() - AWAY
        return self.sudo().search([("pbx_id", "=", pbx.id), ("seen_date", ">", since)])

    @api.model
    def _check_there(self, pbx, path):
        """Send nothing where nobody fetches it; return the bridge that does.

        :param path: of what is to be sent
        :raises pbx.adapter.NotConnected:
        """
        begin(self.env)
        bridges = self._of(pbx)
        able = bridges.filtered("is_active")[:1]
        if not able:
            able = bridges.filtered(lambda one: path in one._paths())[:1]
        if not able:
            raise pbx_adapter.NotConnected("bridge_away", "")
        return able

    def _paths(self):
        """Return what this bridge carries out without being active."""
        return CONNECTED if self.status["connected_since"] else ALWAYS

    @api.model
    def _paths_without_active(self, pbx, instance):
        """Return what a bridge carries out that stands by; nothing: another one does.

        :param instance: of the bridge
        """
        bridges = self._of(pbx)
        since = fields.Datetime.now() - SURE
        if bridges.filtered(lambda one: one.is_active and one.seen_date > since):
            return ()
        mine = bridges.filtered(lambda one: one.instance == instance)
        return mine._paths() if mine else ()


def _clean(status):
    """Return what a bridge tells of itself, as far as it is what it should be."""
    status = status if isinstance(status, dict) else {}
    kept = {name: plain(status.get(name), most) for name, most in WORDS.items()}
    for name in FIGURES + TIMES:
        value = status.get(name)
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        kept[name] = value if is_number and abs(value) < 1e11 else None
    found = bridge_sentences.read(status)[:MOST]
    kept["problems"] = [one.text for one in found]
    kept["said"] = [[one.code, one.values] for one in found]
    return kept
