import logging
from collections import defaultdict
from datetime import datetime, timedelta, timezone

from psycopg2 import OperationalError
from psycopg2.extras import Json

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError
from odoo.fields import NO_ACCESS

from ..pbx import adapter as pbx_adapter
from ..pbx import call_state
from ..pbx.event import CallEvent, EventKind
from ..tools.transaction import begin, exclusive
from .telephony_pbx import ADMINISTRATOR

_logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
BATCH = 200
PURGE = 10_000
# Of an honest call there are a few dozen; a caught signature can make any number.
MAX_OF_CALL = 500
# So often an honest sender asks again what is to become of one call.
MAX_REPEATS = 20
# Rows of the PBX's statistics, and the end that Odoo itself notes for a call which
# they do not know. Adapters name their own events otherwise.
STATISTICS = "STATISTICS"
CLOSED = "CLOSED"


class TelephonyPbxEvent(models.Model):
    """The inbox: what PBXs said, stored before it is believed to make sense.

    A row is committed first and applied in a second transaction. Whatever happens
    in between, nothing is lost: what is not `done` is applied again.
    """

    _name = "telephony.pbx.event"
    _description = "PBX Event"
    _order = "id desc"
    _rec_name = "kind"
    _log_access = False

    pbx_id = fields.Many2one("telephony.pbx", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="pbx_id.company_id")
    key = fields.Char(required=True, help="The same for every repeat of the event.")
    call_ref = fields.Char(string="PBX Reference")
    kind = fields.Char(string="Event")
    payload = fields.Json()
    payload_text = fields.Text(compute="_compute_payload_text", string="Content")
    received_at = fields.Datetime(string="Received", required=True)
    state = fields.Selection(
        [
            ("new", "New"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("ignored", "Ignored"),
        ],
        required=True,
        default="new",
    )
    error = fields.Char()
    attempts = fields.Integer()
    retry_at = fields.Datetime(string="Next Attempt")
    nonces = fields.Json(
        groups=NO_ACCESS, help="Of the requests that were told what to do."
    )
    imported = fields.Boolean(help="Read by an import of history.")
    call_id = fields.Many2one(
        "telephony.call", index="btree_not_null", ondelete="set null"
    )

    _key_unique = models.Constraint("UNIQUE (pbx_id, key)", "An event is stored once.")
    _by_call = models.Index("(pbx_id, call_ref)")
    _open = models.Index("(state, retry_at) WHERE state IN ('new', 'failed')")
    # The last sign of life; rows that were asked for are none.
    _by_heard = models.Index(
        "(pbx_id, received_at) WHERE kind NOT IN ('STATISTICS', 'CLOSED')"
    )

    @api.depends("payload")
    def _compute_payload_text(self):
        for event in self:
            event.payload_text = "\n".join(
                f"{name} = {value}"
                for name, value in sorted((event.payload or {}).items())
            )

    # -- actions ---------------------------------------------------------------

    def action_replay(self):
        """Apply the events again, as an administrator asks for.

        What belongs to no call, or was ignored, has nothing to be applied to.
        """
        self._check_administrator()
        for event in self.sudo():
            if event.call_ref and event.state != "ignored":
                event._apply()

    def action_ignore(self):
        """Give events up that nothing can mend; they are removed in time like others.

        Why they failed stays with them.
        """
        self._check_administrator()
        failed = self.sudo().filtered(lambda event: event.state == "failed")
        failed.write({"state": "ignored", "retry_at": False})

    def _check_administrator(self):
        self.check_access("read")
        if not self.env.user.has_group(ADMINISTRATOR):
            raise AccessError(
                self.env._("Only an administrator decides what becomes of events.")
            )

    # -- the way of an event -----------------------------------------------------

    @api.model
    def _receive(self, pbx, notification):
        """Store a notification for good, then apply it.

        The row is written under READ COMMITTED, where a twin that arrives at the same
        moment waits for it and then sees it.

        :param pbx: the PBX, in the environment of `telephony.pbx._for_events`
        :param notification: `pbx.adapter.Notification`
        :return: `pbx.adapter.Decision` where the PBX waits for one, else `None`
        """
        begin(self.env)
        event, done, is_caught = self._store(pbx, notification)
        decision, decide = None, notification.wants_decision and not is_caught
        if not done:
            decision = event._apply(pbx.id, notification.call_ref, decide)
        if decide and decision is None:
            call = self.env["telephony.call"]._of_ref(pbx, notification.call_ref)
            decision = call._try_to_decide()
        return decision

    @api.model
    def _receive_late(self, pbx, notifications):
        """Store what was held up on its way, then apply it call by call.

        Nobody waits for a decision any more, so what is news of one call is applied at
        once: a backlog takes a fraction of the time.

        :param pbx: as for `_receive`
        :param notifications: list of `pbx.adapter.Notification`, in their order
        """
        begin(self.env)
        news = defaultdict(self.browse)
        for notification in notifications:
            event, done, _caught = self._store(pbx, notification)
            if not done:
                news[notification.call_ref] |= event
        for call_ref, events in news.items():
            events._apply(pbx.id, call_ref)

    @api.model
    def _store(self, pbx, notification):
        """Insert the row, or find the one that a repeat of it has left.

        :return: the event, whether it needs nothing more, and whether the request was
            answered before, so that somebody else may have caught and sent it again
        """
        # To the microsecond, since the order within a second tells who rang first.
        now = datetime.now(timezone.utc).replace(tzinfo=None)
        state = "new" if notification.known and notification.call_ref else "ignored"
        nonce = notification.wants_decision and notification.nonce
        nonces = Json([nonce]) if nonce else None
        self.env.cr.execute(
            """
            INSERT INTO telephony_pbx_event
                   (pbx_id, key, call_ref, kind, payload, received_at, state, nonces,
                    attempts)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 0)
            ON CONFLICT (pbx_id, key) DO NOTHING
         RETURNING id
            """,
            [
                pbx.id,
                notification.key,
                notification.call_ref or None,
                notification.event,
                Json(notification.payload),
                now,
                state,
                nonces,
            ],
        )
        if row := self.env.cr.fetchone():
            return self.browse(row[0]), state == "ignored", False
        self.env.cr.execute(
            "SELECT id, state FROM telephony_pbx_event WHERE pbx_id = %s AND key = %s",
            [pbx.id, notification.key],
        )
        event_id, state = self.env.cr.fetchone()
        is_caught = bool(nonce) and not self._note_nonce(event_id, nonces)
        return self.browse(event_id), state in ("done", "ignored"), is_caught

    @api.model
    def _note_nonce(self, event_id, nonces):
        """Remember the nonce of a repeat; return whether it is new."""
        self.env.cr.execute(
            """
            UPDATE telephony_pbx_event
               SET nonces = COALESCE(nonces, '[]') || %(new)s::jsonb
             WHERE id = %(id)s AND NOT COALESCE(nonces, '[]') @> %(new)s::jsonb
               AND jsonb_array_length(COALESCE(nonces, '[]')) < %(most)s
            """,
            {"id": event_id, "new": nonces, "most": MAX_REPEATS},
        )
        return bool(self.env.cr.rowcount)

    def _apply(self, pbx_id=None, call_ref=None, decide=False):
        """Fold the call of these events anew, alone, and commit.

        A failure stays in the row and is tried again by a job. A database that is
        away or busy is no failure of the event: it goes to the caller, who must not
        be told that all is well.

        :param self: one event, or several of the same call that are news together
        :param pbx_id: and ``call_ref`` are the event's; who knows them spares reading
        :param decide: the PBX waits for an answer. It is found before the commit, which
            forgets all that was read of the call.
        :return: that answer; `None` without one, or when it failed
        """
        pbx_id, call_ref = pbx_id or self.pbx_id.id, call_ref or self[0].call_ref
        try:
            # What a crash takes back is applied again: the row is safe on the disk.
            with exclusive(self.env, "call", pbx_id, call_ref, durable=False):
                call = self._apply_alone(pbx_id, call_ref)
                return call._try_to_decide() if decide else None
        except (OperationalError, ConcurrencyError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it was, the row keeps it
            if len(self) > 1:  # one that makes no sense does not hold up the others
                for event in self:
                    event._apply(pbx_id, call_ref)
                return None
            _logger.warning(
                "PBX %s: event %s cannot be applied", pbx_id, self.id, exc_info=True
            )
            self._fail(error)
            return None

    def _apply_alone(self, pbx_id, call_ref):
        """Apply these events within the caller's lock; return their call."""
        self.env.cr.execute(
            """
            SELECT id, payload, received_at, state, kind, imported
              FROM telephony_pbx_event
             WHERE pbx_id = %s AND call_ref = %s AND state != 'ignored'
             ORDER BY id
             LIMIT %s
            """,
            [pbx_id, call_ref, MAX_OF_CALL],
        )
        rows = self.env.cr.fetchall()
        news = set(self.ids)
        if len(rows) == MAX_OF_CALL and not news <= {row[0] for row in rows}:
            self._ignore("The call has far too many events.")
            return self.env["telephony.call"]._of_ref(self.pbx_id, call_ref)
        pbx = self.env["telephony.pbx"].browse(pbx_id)._for_events()
        adapter, account = pbx._adapter(), pbx._account()
        events, mine = [], []
        for row_id, payload, received_at, state, kind, _imported in rows:
            if kind == CLOSED:
                read = [CallEvent(EventKind.ENDED, call_ref, received_at)]
            else:
                try:
                    read = adapter.events(payload, account, received_at)
                except pbx_adapter.PayloadError:
                    if row_id in news:
                        raise
                    continue  # it failed by itself and says so in its own row
            events += read
            if row_id in news and state != "done":  # a replay has no side effect
                mine += read
        call = self.env["telephony.call"].browse()
        if events:
            of_past = all(row[-1] for row in rows if row[0] in news)
            calls = pbx.env["telephony.call"].with_context(telephony_of_past=of_past)
            call = calls._apply_state(
                pbx,
                call_ref,
                call_state.fold(events),
                mine,
                imported=all(row[-1] for row in rows),
            ).with_env(pbx.env)
        self.env.cr.execute(
            """
            UPDATE telephony_pbx_event
               SET state = 'done', error = NULL, call_id = %s, retry_at = NULL,
                   attempts = attempts + 1
             WHERE id = ANY(%s)
            """,
            [call.id or None, self.ids],
        )
        self.invalidate_recordset()
        return call

    def _ignore(self, reason):
        """Keep the event, and never look at it again."""
        self.invalidate_recordset()
        self.write({"state": "ignored", "error": reason})

    def _fail(self, error):
        """Keep what went wrong, and say when it is tried again."""
        self.invalidate_recordset()
        attempts = self.attempts + 1
        retry_at = fields.Datetime.now() + timedelta(minutes=2**attempts)
        self.write(
            {
                "state": "failed",
                "attempts": attempts,
                "retry_at": retry_at if attempts < MAX_ATTEMPTS else False,
                "error": f"{type(error).__name__}: {error}"[:500],
            }
        )

    # -- jobs ----------------------------------------------------------------------

    @api.model
    def _cron_apply(self):
        """Apply what a crash left behind and what failed before."""
        now = fields.Datetime.now()
        waiting = [
            "|",
            "&",
            ("state", "=", "new"),
            ("received_at", "<", now - timedelta(minutes=1)),
            "&",
            ("state", "=", "failed"),
            ("retry_at", "<=", now),
        ]
        events = self.search(waiting, order="id", limit=BATCH)
        # Odoo goes on at once with what is left when the time of a run is over.
        if events:
            self.env["ir.cron"]._commit_progress(remaining=len(events))
        for event in events:
            try:
                event._apply()
            except (OperationalError, ConcurrencyError) as error:
                # It waits for its turn like the others, and holds none of them up.
                self.env.cr.rollback()
                event._fail(error)
            if not self.env["ir.cron"]._commit_progress(1):
                break
        if len(events) == BATCH:
            self.env.ref("telephony_crm.ir_cron_event_apply")._trigger()

    @api.autovacuum
    def _gc_events(self):
        """Remove what was applied long ago; the calls keep what it said.

        The last sign of life of each PBX stays, so that its silence can be told.
        """
        self.flush_model()
        parameters = self.env["ir.config_parameter"]
        days = parameters._telephony_number("event_retention_days")
        self.env.cr.execute(
            """
            WITH gone AS (
                DELETE FROM telephony_pbx_event
                 WHERE id IN (
                    SELECT e.id
                      FROM telephony_pbx_event e
                      LEFT JOIN telephony_call c ON c.id = e.call_id
                     WHERE e.state IN ('done', 'ignored') AND e.received_at < %s
                       AND (c.id IS NULL OR c.state = 'ended')
                       AND e.id NOT IN (
                           SELECT last.id
                             FROM telephony_pbx
                            CROSS JOIN LATERAL (
                                  SELECT id FROM telephony_pbx_event
                                   WHERE pbx_id = telephony_pbx.id
                                     AND kind NOT IN ('STATISTICS', 'CLOSED')
                                   ORDER BY received_at DESC
                                   LIMIT 1) last)
                     LIMIT %s)
             RETURNING call_id),
            sealed AS (
                UPDATE telephony_call SET sealed = TRUE
                 WHERE id IN (SELECT call_id FROM gone)
                   AND NOT COALESCE(sealed, FALSE))
            SELECT count(*) FROM gone
            """,
            [fields.Datetime.now() - timedelta(days=days), PURGE],
        )
        [[purged]] = self.env.cr.fetchall()
        return purged, purged == PURGE
