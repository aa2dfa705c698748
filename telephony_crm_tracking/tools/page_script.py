"""The scripts of web pages, as they are served: each one file, of parts.

The parts lie in ``static/script`` and are written as modules, which linters and readers
know. Pages get them bundled, behind the site's config, and minified by what Odoo itself
minifies with; the core, which every page loads, with shorter names as well.

The config of the core::

    {
        "url": "https://odoo.example/telephony/tracking/<token>",  # before "/visit"
        "numbers": [{"e164": "+442037691881", "cc": "44", "trunk": "0"}],
        "consentRequired": true,
        "domains": ["shop.example", "www.shop.example"],
        "callback": true,
        "callbackButton": true
    }

``numbers`` are the static numbers that pools stand for; ``cc`` is the country calling
code, ``trunk`` what is dialled before a national number ("" where nothing is). A page
may name another ``url``, of a path of its own that is passed on, in an attribute
``data-telephony-url`` of a script element, usually the script's own. There the widget
is as well, at ``/callback.js``, where ``callback`` says that there is one; with
``callbackButton`` it is loaded once the page is and shows its button, else by the first
press on an element with ``data-telephony-callback``. The site's rule is not here: who
gets no number gets an answer without one.

The config of the callback widget::

    {
        "button": true, "color": "#714b67", "seconds": 30,
        "lang": "en-GB", "dir": "ltr",
        "hours": [[1795424400, 1795456800]],  # when somebody is there, as Unix times
        "words": {name: text}
    }

``hours`` are those of the next days, the present included. ``words`` are those named in
``WORDS``, in the language of the site; ``{seconds}`` in ``now`` is filled in. The
widget posts ``{"k", "number", "at", "name", "hp"}`` to ``callback``, beside its file:
the visit's key, what was typed, the time chosen as ISO 8601 with its distance from UTC
(null: as soon as possible), and what was written into the field that people do not see.
It takes ``{"ok": true, "words"}`` or, with status 400 or 429, ``{"error": words}``.
"""

import json
from functools import lru_cache
from pathlib import Path

from rjsmin import jsmin

from .bundle import bundle
from .shorten import shorten

FOLDER = Path(__file__).resolve().parents[1] / "static" / "script"
WORDS = (
    "button",
    "title",
    "number",
    "name",
    "when",
    "now",
    "later",
    "day",
    "time",
    "send",
    "close",
    "away",
    "closed",
    "failed",
    "wrong_number",
)


def core(config):
    """The script that shows visitors their numbers.

    Whatever goes wrong in it, the page neither stops nor complains.

    :param dict config: see the module
    :return: JavaScript
    """
    text = f"const config={_as_script(config)};\n{_shortened('tracking.js')}"
    return f"(()=>{{try{{{text}}}catch(e){{}}}})();\n"


def callback(config):
    """The callback widget, a JavaScript module whose ``open()`` opens the dialog.

    :param dict config: see the module
    :return: JavaScript
    """
    return f"const config={_as_script(config)};\n{_minified('callback.js')}\n"


@lru_cache
def _minified(entry):
    return jsmin(bundle(FOLDER, entry))


@lru_cache
def _shortened(entry):
    return shorten(_minified(entry))


def _as_script(config):
    """A config as a script has it; nothing in its texts can end that."""
    text = json.dumps(config, separators=(",", ":"), sort_keys=True)
    return text.replace("<", "\\u003c")
