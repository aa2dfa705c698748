from odoo import http
from odoo.http import request


class Insert(http.Controller):
    """What the visits of web sites are divided by."""

    @http.route(
        "/telephony_bench/insert",
        type="http",
        auth="none",
        methods=["POST"],
        csrf=False,
        save_session=False,
        readonly=False,
        cors="*",
    )
    def insert(self, **_params):
        """Do one SQL insert, and answer as a visit is answered that gets no number."""
        request.env.cr.execute(
            "INSERT INTO telephony_bench_row (name) VALUES (%s)",
            [request.httprequest.get_data().decode()[:60]],
        )
        return request.make_response('{"k":"","n":{},"beat":0}')
