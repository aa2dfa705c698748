from . import bridge, lookup, phonebook, recording, webhook
