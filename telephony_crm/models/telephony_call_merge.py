from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.text import as_id
from ..tools.transaction import lock
from .telephony_call_apply import DECIDED

# A call goes into one that went into one… no PBX passes a call on more often.
LONGEST_WAY = 10
CHOSEN = (*DECIDED, "chosen")
MERGED = "merged"


class MergedTooSoon(Exception):
    """The call that this one is part of is not known yet; the job tries again."""


class TelephonyCall(models.Model):
    """A call that turned out to be part of another: a consultation, then a transfer.

    It is not logged by itself. What people said of it, and what was recorded, is moved
    to the call that it went into.
    """

    _inherit = "telephony.call"

    merged_notes = fields.Json(
        help="The notes of calls that went into this one, by the id each had: a card "
        "may still be open in which somebody types."
    )

    _by_merged = models.Index("USING gin (merged_notes) WHERE merged_notes IS NOT NULL")

    @api.model
    def _apply_merged(self, pbx, call_ref, state):
        """Have no call of its own for one that is part of another.

        The caller holds the call's lock; the other's is taken here, so that nobody
        creates it meanwhile. Comes the other call's own news later, its record is the
        one which was this call's.

        :return: the call that it went into; empty when there is none to keep
        """
        parent_ref = self._merged_into(pbx, call_ref, state.merged_into)
        lock(self.env.cr, "call", pbx.id, parent_ref)
        parent = self._of_ref(pbx, parent_ref, lock=True)
        call = self._of_ref(pbx, call_ref, lock=True)
        refs = [ref for ref in state.recordings if ref]
        if not parent and not call and refs:
            raise MergedTooSoon(parent_ref)
        if not parent:
            call.call_ref = parent_ref
            parent = call
        elif call and call != parent:
            parent._take_over(call)
        if parent:
            known = self.env["telephony.call.recording"].search(
                [("call_id", "=", parent.id)]
            )
            known._expect(parent, sorted(set(refs) - set(known.mapped("ref"))))
        return parent

    @api.model
    def _merged_into(self, pbx, call_ref, parent_ref):
        """Return the last of the calls that went into each other."""
        way = [call_ref, parent_ref]
        adapter, account = pbx._adapter(), pbx._account()
        while len(way) < LONGEST_WAY:
            self.env.cr.execute(
                """
                SELECT payload, received_at FROM telephony_pbx_event
                 WHERE pbx_id = %s AND call_ref = %s AND kind = %s
                 ORDER BY id
                 LIMIT 1
                """,
                [pbx.id, way[-1], MERGED],
            )
            row = self.env.cr.fetchone()
            if not row:
                break
            (event,) = adapter.events(row[0], account, row[1])
            if event.parent_ref in way:
                break  # in a circle, whoever said so
            way.append(event.parent_ref)
        return way[-1]

    def _take_over(self, other):
        """Become what another call was, which is then gone."""
        self.ensure_one()
        vals = {
            "merged_notes": {
                **(self.merged_notes or {}),
                **(other.merged_notes or {}),
                str(other.id): other.note or "",
            }
        }
        if other.note and other.note not in (self.note or ""):
            vals["note"] = "\n".join(filter(None, (self.note, other.note)))
        if not self.outcome_id:
            vals["outcome_id"] = other.outcome_id.id
        if other.match_reason in CHOSEN and self.match_reason not in CHOSEN:
            names = ("match_reason", "partner_id", "lead_id", "owner_id", "chooser_id")
            vals |= other._convert_to_write({name: other[name] for name in names})
        self._take_over_records(other)
        other.version += 1
        other._notify_gone()
        other.message_id.unlink()
        other.unlink()
        self.write(vals)
        self._after_change()

    def _take_over_records(self, other):
        """Have what belongs to the other call belong to this one."""
        recordings = self.env["telephony.call.recording"].search(
            [("call_id", "=", other.id)]
        )
        known = self.env["telephony.call.recording"].search([("call_id", "=", self.id)])
        refs = set(known.mapped("ref"))
        moved = recordings.filtered(lambda recording: recording.ref not in refs)
        moved.call_id = self
        for model, name in (
            ("telephony.dial", "call_id"),
            ("telephony.call.control", "call_id"),
            ("telephony.call", "origin_call_id"),
            ("telephony.callback", "done_call_id"),
        ):
            found = self.env[model].sudo().search([(name, "=", other.id)])
            (found - self if model == self._name else found)[name] = self
        if other.callback_id and not self.callback_id:
            self.callback_id = other.callback_id
        self.env.flush_all()
        for query in (
            SQL(
                """UPDATE telephony_call_recording_listen SET call_id = %s
                    WHERE call_id = %s AND recording_id = ANY(%s)""",
                self.id,
                other.id,
                moved.ids,
            ),
            *(
                SQL(
                    "UPDATE %s SET call_id = %s WHERE call_id = %s",
                    SQL.identifier(table),
                    self.id,
                    other.id,
                )
                for table in ("telephony_pbx_event", "telephony_call_control")
            ),
        ):
            self.env.cr.execute(query)
        self.env.invalidate_all(flush=False)

    def _notify_gone(self):
        """Tell the screens of all who took part that this call is one no more."""
        message = {"id": self.id, "version": self.version, "state": "ended"}
        for user in self.leg_ids.user_id | self.owner_id | self.user_id:
            user._bus_send("telephony.call/update", {**message, "number": ""})

    @api.model
    def _merged_note(self, call_id, note):
        """Return the call whose note is typed, and what it is with these words.

        Of a call that went into another, the words take the place of what they were
        before in the note of that call.
        """
        self.env.cr.execute(
            "SELECT id FROM telephony_call WHERE merged_notes ? %s LIMIT 1",
            [str(as_id(call_id))],
        )
        row = self.env.cr.fetchone()
        if not row:
            return self._for_card(call_id), note
        call = self._for_card(row[0])
        notes = call.sudo().merged_notes
        before, whole = notes[str(call_id)], call.note or ""
        if before and before in whole:
            whole = whole.replace(before, note, 1)
        elif note not in whole:
            whole = "\n".join(filter(None, (whole, note)))
        call.sudo().merged_notes = {**notes, str(call_id): note}
        return call, whole.strip()
