import logging
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import fields, models
from odoo.exceptions import ConcurrencyError

from ..pbx import adapter as pbx_adapter
from ..tools.transaction import begin, end, exclusive

_logger = logging.getLogger(__name__)

# For so long nobody else tries what somebody is trying; longer than it can take.
LEASE = timedelta(minutes=15)
# So often a worker may be killed while it is at it.
UNFINISHED = 6
MEGABYTE = 1024 * 1024
# A PBX that does not answer or refuses the key is left alone for a while.
NONE_COMES = (pbx_adapter.Unreachable, pbx_adapter.AuthError, pbx_adapter.RateLimited)


class TelephonyCallRecording(models.Model):
    """How the sound gets from the PBX to here, however often it takes.

    The PBX is asked while no transaction is open. Who tries takes the recording for
    a while before, so that nobody else does at the same time.
    """

    _inherit = "telephony.call.recording"

    def _fetch_now(self):
        """Fetch this recording; whatever goes wrong is kept in it.

        :return: whether its PBX may be asked for more
        """
        if not self._claim():
            return True
        if self.unfinished > UNFINISHED:
            _logger.warning("Recording %s: no attempt comes to an end", self.id)
            self._fail("error")
            return True
        try:
            self._ask()
        except NONE_COMES as error:
            self._pause(error)
            return False
        except pbx_adapter.PbxError as error:
            self._fail_with(error)
        except (OperationalError, ConcurrencyError):
            raise
        except Exception:  # noqa: BLE001 - it holds up none of the others
            _logger.warning("Recording %s cannot be fetched", self.id, exc_info=True)
            self._fail("error")
        return True

    def _claim(self):
        """Take this recording for a while; return whether nobody else has."""
        begin(self.env)
        self.flush_recordset()
        now = fields.Datetime.now()
        self.env.cr.execute(
            """
            UPDATE telephony_call_recording
               SET retry_at = %s, attempts = COALESCE(attempts, 0) + 1,
                   unfinished = COALESCE(unfinished, 0) + 1
             WHERE id = %s AND retry_at <= %s
         RETURNING id
            """,
            [now + LEASE, self.id, now],
        )
        taken = bool(self.env.cr.fetchone())
        self.invalidate_recordset()
        return taken

    def _ask(self):
        """Ask the PBX where the sounds are, and fetch one of them.

        One may take as long as a job has; the others are due at once.

        :raises pbx.adapter.PbxError: when the PBX tells no place
        """
        pbx = self.call_id.pbx_id._for_events()
        adapter = pbx._adapter(raise_if_unknown=False)
        if not adapter or "recording" not in adapter.capabilities:
            raise pbx_adapter.PbxError("unable", "")
        ref = self.ref if self._is_proven() else ""
        asked = pbx._credentials(), ref, self.call_id.call_ref
        home = adapter.recording_home(asked[0])
        parameters = self.env["ir.config_parameter"]
        limit = parameters._telephony_number("recording_max_megabytes") * MEGABYTE
        end(self.env)
        link = adapter.recording_link(*asked)
        answer = adapter.answer(pbx._send(link)) if link else {}
        found = adapter.recording_sounds(*asked, answer)
        if http_request := self._sound_of(found):
            self._fetch_sound(pbx, http_request, limit, home)

    def _sound_of(self, found):
        """Return the request for the sound of this row.

        A recording that was only known to exist becomes the first of those found that
        is not known yet; the others get rows of their own. Those to which the PBX
        gives no name are told apart by their place.

        :param found: list of names and requests, see `Adapter.recording_sounds`
        :return: `pbx.adapter.HttpRequest`; `None` where this row is gone
        :raises pbx.adapter.PbxError: when there is none of it
        """
        with self._alone():
            self.invalidate_recordset()
            if not self.exists():
                return None
            rows = {row.ref: row for row in self._siblings()}
            if self._is_proven():
                requests = {self.ref: found[0][1]} if found else {}
            else:
                requests = {
                    name or (f"#{place}" if place else ""): http_request
                    for place, (name, http_request) in enumerate(found)
                }
            new = [name for name in requests if rows.get(name, self) == self]
            if new and self.ref not in new:
                self.ref = new[0]
            vals = {"call_id": self.call_id.id, "retry_at": fields.Datetime.now()}
            self.create([{**vals, "ref": name} for name in new if name != self.ref])
        if not new:
            raise pbx_adapter.PbxError("missing", "")
        return requests[self.ref]

    def _fetch_sound(self, pbx, http_request, limit, home):
        """Fetch the sound of this row; whatever goes wrong is kept in it."""
        end(self.env)
        try:
            sound = pbx._fetch(http_request, limit, home)
            with sound.file:
                self._store(sound)
        except pbx_adapter.RateLimited as error:
            self._pause(error)
        except pbx_adapter.PbxError as error:
            self._fail_with(error)
        except (OperationalError, ConcurrencyError):
            raise
        except Exception:  # noqa: BLE001 - it holds up none of the others
            _logger.warning("Recording %s cannot be stored", self.id, exc_info=True)
            self._fail("error")

    def _alone(self):
        """Return a context in which nobody else changes the recordings of the call."""
        call = self.call_id
        return exclusive(self.env, "call", call.pbx_id.id, call.call_ref)

    def _siblings(self):
        """Return all recordings of the call, this one among them."""
        return self.search([("call_id", "=", self.call_id.id)])
