from odoo import http
from odoo.exceptions import AccessError
from odoo.http import request


class Recording(http.Controller):
    """Where a recording is listened to, by those who may see its call."""

    @http.route(
        "/telephony/recording/<int:recording_id>",
        type="http",
        auth="user",
        methods=["GET"],
        save_session=False,
        readonly=lambda controller, rule, args: controller._goes_on(),
    )
    def recording(self, recording_id, download="", play=""):
        """Hand out a recording, or the part of it that is asked for.

        :param download: whether it is to be saved and not played
        :param play: what the player calls this time; the same for all of its requests

        Answers 404 to whoever may not see the call, as if there were none; 206 and
        416 to requests for a part. It is noted who listened: once for each `play`.
        """
        recording = self._find(recording_id)
        if not recording:
            raise request.not_found()
        if request.httprequest.method != "HEAD":
            self._note(recording, bool(download), play[:64])
        response = self._stream(recording).get_response(as_attachment=bool(download))
        # Not even a redirect is kept: the next request is checked again.
        response.headers["Cache-Control"] = "no-store, private"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    def _goes_on(self):
        """Tell whether this request is hardly the first of a play.

        Then there is nothing to write, and a replica can answer. A player that seeks
        before it plays is noted all the same: Odoo repeats the request.
        """
        asked = request.httprequest
        begins = asked.headers.get("Range", "bytes=0-").startswith("bytes=0-")
        return not (begins or asked.args.get("download"))

    def _find(self, recording_id):
        """Return the recording, if there is one that the user may listen to."""
        recordings = request.env["telephony.call.recording"]
        try:
            recording = recordings.search([("id", "=", recording_id)])
        except AccessError:
            return recordings
        return recording.filtered(lambda row: row.sudo().attachment_id)

    def _note(self, recording, download, play):
        listen = request.env["telephony.call.recording.listen"]
        if download:
            listen._note(recording, "download")
        elif not listen._is_noted(recording, play):
            listen._note(recording, "play", play)

    def _stream(self, recording):
        """Return the stream of the sound, wherever Odoo keeps it."""
        stream = request.env["ir.binary"]._get_stream_from(
            recording.sudo().attachment_id, mimetype=recording.mimetype
        )
        stream.public = False
        return stream
