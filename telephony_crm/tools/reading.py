"""Reading what a web server answers, with any urllib3 that Odoo runs on.

Odoo is packaged with releases from 1.26 on. They differ in what they offer, in whether
an answer that was cut is an error, and in when they have nothing to say yet.
"""

from ..pbx import adapter as pbx_adapter

# What is unpacked comes a thousand times larger at worst, all of it at once.
PIECE = 16 * 1024


def pieces(response, deadline, unpack=False):
    """Yield what a server answers, piece by piece, so that an endless one has its end.

    :param response: of `requests`, not yet read
    :param deadline: `tools.deadline.Deadline` that watches its connection
    :param unpack: whether gzip and the like are undone
    :raises pbx.adapter.Unreachable: when it is too slow, or ends too early
    :raises urllib3.exceptions.HTTPError: when it cannot be read
    """
    raw = response.raw
    while True:
        piece = raw.read(PIECE, decode_content=unpack)
        if piece:
            yield piece
        elif raw.closed:  # else what is unpacked has only begun
            break
    deadline.check()
    if raw.length_remaining:
        raise pbx_adapter.Unreachable("unreachable", "", "closed")
