"""What README has people write for nginx, as the tests and benchmarks run it."""

from setup.lib import paths
from setup.lib.console import Failure

#: Where Odoo listens in it.
ODOO = "127.0.0.1:8069"
_LOCATIONS = ("      # with call tracking:", "      location / {")
_LIMITS = ("  # beside the server, with call tracking:", "  ```")
_VISITOR = ("  # beside the locations, for pages that ask through", "  ```")


def limits():
    """What keeps floods of visits away, for `setup.lib.stack.Stack`.

    :return: ``locations`` (within the server) and ``limits`` (beside it)
    """
    return {"locations": _between(*_LOCATIONS), "limits": _between(*_LIMITS)}


def visitor():
    """How nginx learns whence visitors come that another web server passes on."""
    return _between(*_VISITOR)


def _between(first, last):
    readme = (paths.ROOT / "README.md").read_text()
    _before, begun, rest = readme.partition(first)
    text, ended, _after = rest.partition(last)
    if not (begun and ended):
        raise Failure("README says nothing of nginx", f"looked for {first.strip()!r}")
    return first + text
