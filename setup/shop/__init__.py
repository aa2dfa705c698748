"""A small shop of plain pages, no Odoo's, that has the line of a tracked web site.

``server`` serves it to the demonstration and to the end-to-end tests; ``visitor`` is
somebody who comes to it without a browser, for the simulated PBX.
"""

from .server import NUMBER, Shop, line
from .visitor import Visitor

__all__ = ["NUMBER", "Shop", "Visitor", "line"]
