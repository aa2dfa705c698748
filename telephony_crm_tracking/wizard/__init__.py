from . import (
    telephony_tracking_cost_column,
    telephony_tracking_cost_entry,
    telephony_tracking_cost_import,
    telephony_tracking_cost_import_again,
    telephony_tracking_cost_import_read,
    telephony_tracking_cost_line,
    telephony_tracking_file,
    telephony_tracking_password,
)
