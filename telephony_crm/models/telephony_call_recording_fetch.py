import logging
import mmap
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError

from ..pbx import adapter as pbx_adapter
from ..pbx import sounds
from ..pbx.answers import plain
from ..tools.transaction import begin, end, exclusive

_logger = logging.getLogger(__name__)

# When it is asked for after the call: 15 s, 40 s, 2 min, 10 min, then every day.
WAITS = tuple(timedelta(seconds=seconds) for seconds in (15, 25, 80, 480))
SWEEP = timedelta(days=1)
# A call of which no sound has come by then will get none within minutes.
RECENT = timedelta(days=1)
# For so long nobody else tries what somebody is trying; longer than it can take.
LEASE = timedelta(minutes=15)
# So often a worker may be killed while it is at it.
UNFINISHED = 6
# Of one run, which is about a minute: a PBX takes no more, and calls come first.
BATCH = 40
MEGABYTE = 1024 * 1024
# A PBX that does not answer or refuses the key is left alone for that long.
NONE_COMES = (pbx_adapter.Unreachable, pbx_adapter.AuthError, pbx_adapter.RateLimited)
PAUSE = timedelta(minutes=5)
# What does not get better by itself.
HOPELESS = ("large", "unable")


class TelephonyCallRecording(models.Model):
    """How the sound gets from the PBX to here, however often it takes.

    The PBX is asked while no transaction is open. Who tries takes the recording for
    a while before, so that nobody else does at the same time.
    """

    _inherit = "telephony.call.recording"

    # -- the job -----------------------------------------------------------------------

    @api.model
    def _expect(self, call, refs):
        """Have the recordings of a call fetched that are new.

        Within the request of a PBX: nothing is written twice.
        """
        if refs:
            due = fields.Datetime.now() + WAITS[0]
            vals = {"call_id": call.id, "retry_at": due}
            self.create([{**vals, "ref": ref} for ref in refs])
            self._wake(due)

    def _restart(self):
        """Have the job try these from the beginning."""
        if not self:
            return
        due = fields.Datetime.now() + WAITS[0]
        self.write(
            {
                "state": "waiting",
                "attempts": 0,
                "retry_at": due,
                "error": False,
                "error_detail": False,
            }
        )
        self._wake(due)

    @api.model
    def _wake(self, at):
        """Have the job run at that time; it runs every hour by itself."""
        if at < fields.Datetime.now() + timedelta(hours=1):
            self.env.ref("telephony_crm.ir_cron_recording_fetch").sudo()._trigger(at)

    @api.model
    def _cron_fetch(self):
        """Fetch what is due, the latest first, and of no PBX more than it takes."""
        silent = set()  # PBXs that are not asked again in this run
        due = self._due()
        # Odoo goes on at once with what is left when the time of a run is over.
        self.env["ir.cron"]._commit_progress(remaining=len(due))
        for recording in due:
            pbx_id = recording.call_id.pbx_id.id
            try:
                if pbx_id not in silent and not recording._fetch_now():
                    silent.add(pbx_id)
            except (OperationalError, ConcurrencyError):
                # It waits for the end of its lease, and holds none of the others up.
                self.env.cr.rollback()
            if not self.env["ir.cron"]._commit_progress(1):
                return
        if self._due():
            self._wake(fields.Datetime.now() + timedelta(minutes=1))

    @api.model
    def _due(self):
        """Return the recordings to be fetched now, of PBXs that may be asked."""
        self.flush_model()
        self.env["telephony.pbx"].flush_model(["active", "recordings_after"])
        self.env.cr.execute(
            """
            SELECT r.id
              FROM telephony_call_recording r
              JOIN telephony_call c ON c.id = r.call_id
              JOIN telephony_pbx p ON p.id = c.pbx_id
             WHERE r.retry_at <= %(now)s AND p.active
               AND (p.recordings_after IS NULL OR p.recordings_after <= %(now)s)
             ORDER BY r.retry_at DESC
             LIMIT %(limit)s
            """,
            {"now": fields.Datetime.now(), "limit": BATCH},
        )
        return self.browse(row[0] for row in self.env.cr.fetchall())

    @api.model
    def _kept_since(self):
        """Return from when on the PBX is taken to have its recordings still."""
        days = self.env["ir.config_parameter"]._telephony_number("recording_days")
        return fields.Datetime.now() - timedelta(days=days)

    # -- one recording -----------------------------------------------------------------

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

    # -- storing -----------------------------------------------------------------------

    def _store(self, sound):
        """Keep a sound; once only, under however many names the PBX gives it.

        :param sound: `tools.fetch.Sound`
        """
        with self._alone():
            self.invalidate_recordset()
            if not self.exists() or self.state == "stored":
                return
            vals = {"state": "stored", "error": False, "error_detail": False}
            vals.update(retry_at=False, unfinished=0)
            if sounds.is_empty(sound.file):
                self.write({**vals, "state": "empty"})
                return
            twin = self._siblings().filtered(
                lambda row: row.checksum == sound.checksum and not row.original_id
            )
            if twin and self._is_proven() and not twin._is_proven():
                self._take_over(twin)
            elif twin:
                self.write({**vals, "original_id": twin[0].id})
            else:
                self.write({**vals, **self._vals_of_sound(sound)})

    def _is_proven(self):
        """Tell whether the PBX has given it a name, and not we."""
        return bool(self.ref) and not self.ref.startswith("#")

    def _take_over(self, twin):
        """Give this row's name to the one that has the sound already."""
        ref = self.ref
        self.unlink()
        twin.ref = ref

    def _vals_of_sound(self, sound):
        """Store the file; return what is known of it."""
        call = self.call_id
        name = f"{call.start_date:%Y-%m-%d %H-%M} {call.number or self.id}"
        data = self._content(sound.file)
        attachment = self.env["ir.attachment"].create(
            {
                "name": f"{name}.{sound.kind.extension}",
                "raw": data,
                "mimetype": sound.kind.mimetype,
                "company_id": call.company_id.id,
                # A model without a record: nobody has rights to it. Zero and not
                # NULL, or Odoo would never move it to object storage.
                "res_model": self._name,
                "res_id": 0,
            }
        )
        only = len(self._siblings()) == 1
        return {
            "attachment_id": attachment.id,
            "mimetype": sound.kind.mimetype,
            "file_size": sound.size,
            "checksum": sound.checksum,
            "seconds": sounds.seconds_of(sound.file) or (only and call.talk_seconds),
        }

    def _content(self, file):
        """Return the bytes of a file; where Odoo writes a file of them, not in memory.

        A map of the file can be hashed, measured and written like bytes.
        """
        if self.env["ir.attachment"]._storage() == "file":
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        file.seek(0)
        return file.read()

    # -- failing -----------------------------------------------------------------------

    def _fail_with(self, error):
        """Keep what the PBX said, and when it is asked again.

        :param error: `pbx.adapter.PbxError`
        """
        refused = isinstance(error, pbx_adapter.Refused)
        self._fail(self._code_of(error), error.message if refused else "")

    def _code_of(self, error):
        """Return by which of the known reasons an error is told."""
        if isinstance(error, pbx_adapter.Refused):
            return "refused"
        codes = [code for code, _words in self._fields["error"].selection]
        return error.code if error.code in codes else "nonsense"

    def _fail(self, code, detail=""):
        """Keep why there is no sound, and say when it is tried again."""
        begin(self.env)
        self.invalidate_recordset()
        if not self.exists():
            return
        now = fields.Datetime.now()
        state, retry_at = "expired", False
        if code in HOPELESS:
            state = "failed"
        elif self.attempts < len(WAITS) and self.date > now - RECENT:
            state, retry_at = "waiting", now + WAITS[self.attempts]
        elif self.date > self._kept_since():
            state, retry_at = "failed", now + SWEEP
        self.write(
            {
                "state": state,
                "error": code,
                "error_detail": plain(detail),
                "retry_at": retry_at,
                "unfinished": 0,
            }
        )
        if retry_at:
            self._wake(retry_at)

    def _pause(self, error):
        """Ask this PBX for no recording for a while: it is not to be talked to.

        That is no fault of the recording, and none of its attempts; unless it goes on
        for days, or until the PBX has the recording no longer.

        :param error: one of `NONE_COMES`
        """
        begin(self.env)
        limited = isinstance(error, pbx_adapter.RateLimited)
        wait = timedelta(seconds=error.retry_after) if limited else PAUSE
        until = fields.Datetime.now() + wait
        self.env.cr.execute(
            "UPDATE telephony_pbx SET recordings_after = %s WHERE id = %s",
            [until, self.call_id.pbx_id.id],
        )
        self._wake(until)
        self.invalidate_recordset()
        is_old = self.date < fields.Datetime.now() - RECENT
        if self.date < self._kept_since() or (is_old and not limited):
            self._fail(self._code_of(error))
        else:
            code = False if limited else self._code_of(error)
            attempts = max(0, self.attempts - 1)
            vals = {"retry_at": until, "attempts": attempts, "error": code}
            self.write({**vals, "unfinished": 0})
