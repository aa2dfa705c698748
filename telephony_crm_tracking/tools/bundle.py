"""One plain script out of JavaScript modules, as web sites load it.

The modules are put one behind the other, each after those that it needs, so their names
at the top differ from each other. Only what our own modules use is understood:
``import … from "./file.js";`` and ``export`` before what is declared.
"""

import re
from pathlib import Path

_import = re.compile(r'^import [^;]*?"\./([\w-]+\.js)";\n', re.MULTILINE)
_export = re.compile(r"^export ", re.MULTILINE)


def bundle(folder, entry):
    """Return the modules that ``entry`` needs, each once, as one script.

    :param folder: of the modules
    :param entry: name of the file to begin with; what it exports stays exported
    :raises OSError: when one is missing
    """
    parts = {}
    _add(Path(folder), entry, parts)
    last = parts.pop(entry)
    return "".join((*(_export.sub("", part) for part in parts.values()), last))


def _add(folder, name, parts):
    text = (folder / name).read_text(encoding="utf-8")
    for needed in _import.findall(text):
        if needed not in parts:
            _add(folder, needed, parts)
    parts[name] = _import.sub("", text)
