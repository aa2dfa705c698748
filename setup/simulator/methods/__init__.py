"""The REST methods, a file for each subject. Shapes: the vendor's OpenAPI file.

A group of methods names them in ``ROUTES``: verb, path as a regular expression, and
the function that is given the request and what the path's brackets hold.
"""

from .account import Account
from .calls import Calls
from .messages import Messages
from .webhooks import Webhooks

GROUPS = (Account, Calls, Messages, Webhooks)
