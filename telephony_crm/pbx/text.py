"""What text from outside cannot be stored as it is."""

from __future__ import annotations

import re

#: What no database takes: NUL, and halves of characters.
UNSTORABLE = re.compile("[\0\ud800-\udfff]")
