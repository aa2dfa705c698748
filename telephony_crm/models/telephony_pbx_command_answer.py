from datetime import timedelta

from odoo import api, fields, models

from ..pbx import sounds

# Whoever waited is gone by then, so nobody needs what was asked and answered.
FORGOTTEN = timedelta(seconds=30)


class TelephonyPbxCommand(models.Model):
    """The bridge's side of a request: taking it, and bringing the answer."""

    _inherit = "telephony.pbx.command"

    @api.model
    def _hand_out(self, pbx, paths=None):
        """Return what waits for the bridge of a PBX; nobody else will get it.

        :param paths: only what is sent there; `None`: all
        :return: list of dicts: ``id, method, path, params, data, headers, timeout``
            (seconds that are left for it), and for a sound ``sound, limit``
        """
        now = fields.Datetime.now()
        self.env.cr.execute(
            """
            SELECT id, method, path, request, expires_date FROM telephony_pbx_command
             WHERE pbx_id = %s AND state = 'waiting' AND expires_date > %s
               AND (%s OR path = ANY(%s))
             ORDER BY id FOR UPDATE SKIP LOCKED
            """,
            [pbx.id, now, paths is None, list(paths or ())],
        )
        rows = self.env.cr.fetchall()
        if rows:
            self.env.cr.execute(
                """
                UPDATE telephony_pbx_command SET state = 'taken', request = NULL
                 WHERE id = ANY(%s)
                """,
                [[row[0] for row in rows]],
            )
        return [
            {
                "id": id_,
                "method": method,
                "path": path,
                **(request or {}),
                "timeout": (expires - now).total_seconds(),
            }
            for id_, method, path, request, expires in rows
        ]

    @api.model
    def _take_in(self, pbx, answers):
        """Keep what the bridge says was answered, for those who wait for it.

        :param answers: list of dicts: ``id, status, headers, body`` in base64
        """
        for answer in answers:
            row = self._taken(pbx, answer.get("id"))
            if row:
                row._answer(answer)

    @api.model
    def _taken(self, pbx, id_):
        """Return what the bridge of a PBX has taken and not answered."""
        if not isinstance(id_, int):
            return self
        taken = [("id", "=", id_), ("pbx_id", "=", pbx.id), ("state", "=", "taken")]
        return self.sudo().search(taken)

    def _answer(self, answer, sound=None):
        """Keep one answer.

        :param sound: the bytes of a sound
        """
        status, headers = answer.get("status"), answer.get("headers")
        headers = headers if isinstance(headers, dict) else {}
        vals = {
            "state": "done",
            "status": status if isinstance(status, int) else 502,
            "answer": {
                "status": status if isinstance(status, int) else 502,
                "headers": {str(name).lower(): str(headers[name]) for name in headers},
                "body": answer.get("body") if sound is None else "",
            },
        }
        kind = sounds.kind_of(sound[: sounds.HEAD]) if sound else None
        if kind:
            # Of a model without a record, as other recordings: nobody has rights to it.
            attachment = self.env["ir.attachment"].create(
                {
                    "name": f"{self._name} {self.id}",
                    "raw": sound,
                    # Else Odoo guesses by the bytes, and these may be a mapped file.
                    "mimetype": kind.mimetype,
                    "res_model": self._name,
                    "res_id": 0,
                }
            )
            vals["attachment_id"] = attachment.id
        self.write(vals)
        self.flush_recordset()  # who waits looks into the database

    @api.model
    def _forget(self, pbx):
        """Keep nothing of what nobody waits for any more."""
        self.env.cr.execute(
            """
            UPDATE telephony_pbx_command
               SET request = NULL, answer = NULL,
                   state = CASE state WHEN 'waiting' THEN 'expired' ELSE state END
             WHERE pbx_id = %s AND expires_date < %s
               AND (request IS NOT NULL OR answer IS NOT NULL)
            """,
            [pbx.id, fields.Datetime.now() - FORGOTTEN],
        )
