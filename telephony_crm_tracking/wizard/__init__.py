from . import telephony_tracking_file, telephony_tracking_password
