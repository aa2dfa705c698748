from . import test_call, test_dial, test_dialer, test_session, test_webhook
