from . import lookup, phonebook, recording, webhook
