from . import (
    telephony_pbx_import_wizard,
    telephony_pbx_setup_line,
    telephony_pbx_setup_wizard,
)
