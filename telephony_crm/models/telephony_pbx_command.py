import base64
import binascii
import logging
import math
import time
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import odoo
from odoo import api, fields, models
from odoo.fields import NO_ACCESS
from odoo.http import request
from odoo.tools import config

from ..pbx import adapter as pbx_adapter
from ..tools.transaction import begin, end, lock

_logger = logging.getLogger(__name__)

SCHEME = "bridge:"
# What a bridge fetches no sooner than that has gone somewhere else.
LONGEST_FETCH = 5.0
# How often is looked whether there is an answer: a person waits for it.
LOOK = 0.1
KEPT = timedelta(days=1)


class TelephonyPbxCommand(models.Model):
    """Something that Odoo wants of a PBX and its bridge carries out.

    It is handed out once and never again: a call that is dialled twice is worse than
    one that is not. What was asked and answered may hold a number, or more; it is
    here only until the other side has it. What remains for a day is that something
    was asked, and what came of it.
    """

    _name = "telephony.pbx.command"
    _description = "Request to a PBX by Its Bridge"
    _order = "id desc"
    _rec_name = "path"

    # Not a `telephony.pbx.part`: nothing that is kept in memory depends on these.
    pbx_id = fields.Many2one(
        "telephony.pbx", required=True, index=True, ondelete="cascade"
    )
    method = fields.Char(required=True)
    path = fields.Char(required=True)
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("taken", "Taken by the bridge"),
            ("done", "Answered"),
            ("expired", "Expired"),
        ],
        required=True,
        default="waiting",
    )
    expires_date = fields.Datetime(required=True)
    holds_worker = fields.Boolean(help="Whoever waits for it keeps a worker from work.")
    status = fields.Integer(help="HTTP status of the answer.")
    request = fields.Json(groups=NO_ACCESS)
    answer = fields.Json(groups=NO_ACCESS)
    attachment_id = fields.Many2one("ir.attachment", groups=NO_ACCESS)

    _waiting_idx = models.Index("(pbx_id, id) WHERE state = 'waiting'")
    _holding_idx = models.Index("(expires_date) WHERE holds_worker")
    _contents_idx = models.Index(
        "(pbx_id, expires_date) WHERE request IS NOT NULL OR answer IS NOT NULL"
    )

    def unlink(self):
        """Override to take the sounds along."""
        self.sudo().attachment_id.unlink()
        return super().unlink()

    @api.autovacuum
    def _gc_commands(self):
        old = [("expires_date", "<", fields.Datetime.now() - KEPT)]
        self.sudo().search(old, limit=10_000).unlink()

    @api.model
    def _carry_out(self, pbx, http_request, seconds):
        """Have a bridge send a request, and wait for what the PBX answers.

        What the caller has written is committed: no transaction is open meanwhile.

        :param http_request: `pbx.adapter.HttpRequest` with a ``bridge:`` address
        :param seconds: for all of it
        :rtype: pbx.adapter.HttpResponse
        :raises pbx.adapter.NotConnected: no bridge has fetched it, so nothing was done
        :raises pbx.adapter.Unreachable: nobody knows what became of it
        """
        answer = self._ask(pbx, http_request, seconds)._take_answer()
        try:
            body = base64.b64decode(answer.get("body") or "", validate=True)
        except binascii.Error as error:
            raise pbx_adapter.PbxError("nonsense", pbx_adapter.NONSENSE) from error
        return pbx_adapter.HttpResponse(answer["status"], answer["headers"], body)

    @api.model
    def _ask(self, pbx, http_request, seconds, more=None):
        """Put a request where the bridge finds it; return it when it is answered."""
        path = urlsplit(http_request.url.removeprefix(SCHEME)).path
        bridge = pbx.env["telephony.pbx.bridge"]._check_there(pbx, path)
        self._check_room(bridge)
        row = self.sudo()._put(pbx, http_request, seconds, more or {})
        begun = time.monotonic()
        fetched_by = begun + min(seconds, max(LONGEST_FETCH, http_request.timeout[0]))
        while True:
            end(self.env)
            pause(LOOK)
            state, now = row._look(), time.monotonic()
            if state == "done":
                return row
            late = now > (fetched_by if state == "waiting" else begun + seconds)
            if late or state == "expired":
                state = row._give_up()
            if state == "expired":
                raise pbx_adapter.NotConnected("bridge_away", "")
            if late and state == "taken":
                raise pbx_adapter.Unreachable("unreachable", "")

    def _check_room(self, bridge):
        """Leave workers to the bridge, which asks them for what others wait for here.

        Where its requests reach the evented process, or nobody here is a worker who
        serves requests, there is nothing to take care of.

        :raises pbx.adapter.NotConnected: half of the workers wait already
        """
        if not _is_worker() or bridge.is_held:
            return
        lock(self.env.cr, "workers that wait for a bridge")
        self.env.cr.execute(
            """
            SELECT count(*) FROM telephony_pbx_command
             WHERE holds_worker AND state IN ('waiting', 'taken') AND expires_date > %s
            """,
            [fields.Datetime.now()],
        )
        [[waiting]] = self.env.cr.fetchall()
        if waiting >= config["workers"] // 2:
            raise pbx_adapter.NotConnected("bridge_busy", "")

    def _put(self, pbx, http_request, seconds, more):
        address = urlsplit(http_request.url.removeprefix(SCHEME))
        params = dict(parse_qsl(address.query, keep_blank_values=True))
        row = self.create(
            {
                "pbx_id": pbx.id,
                "method": http_request.method,
                "path": address.path,
                "expires_date": fields.Datetime.now()
                + timedelta(seconds=math.ceil(seconds)),
                "holds_worker": _is_worker(),
                "request": {
                    "params": {**params, **http_request.params},
                    "data": http_request.data,
                    "headers": dict(http_request.headers),
                    "timeout": seconds,
                    **more,
                },
            }
        )
        row.flush_recordset()
        return row

    def _look(self):
        """Return how far this is, by the database and not from memory."""
        self.env.cr.execute(
            "SELECT state FROM telephony_pbx_command WHERE id = %s", [self.id]
        )
        [[state]] = self.env.cr.fetchall() or [["expired"]]
        return state

    def _give_up(self):
        """Have it not be fetched any more; return how far it had come."""
        begin(self.env)
        self.env.cr.execute(
            """
            UPDATE telephony_pbx_command SET state = 'expired', request = NULL
             WHERE id = %s AND state = 'waiting'
            """,
            [self.id],
        )
        state = self._look()
        end(self.env)
        return state

    def _take_answer(self):
        """Return the answer, and keep it no longer."""
        begin(self.env)
        self.invalidate_recordset()
        answer = self.answer or {"status": 502, "headers": {}}
        self.answer = False
        self.flush_recordset()
        end(self.env)
        return answer


def _is_worker():
    """Tell whether this is a worker that serves requests, of which there are few."""
    return bool(config["workers"] and not odoo.evented and request)


def pause(seconds):
    """Wait; a name of its own for tests, in which the other side acts here."""
    time.sleep(seconds)
