"""The makes of phones that are known."""

from .cisco import Cisco
from .fanvil import Fanvil
from .grandstream import Grandstream
from .snom import Snom, SnomDirectory
from .yealink import Yealink

#: By what stands in the address.
VENDORS = {
    vendor.code: vendor
    for vendor in (
        Yealink(),
        Grandstream(),
        Snom(),
        SnomDirectory(),
        Cisco(),
        Fanvil(),
    )
}
