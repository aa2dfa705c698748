from . import bridge, bridge_deliveries, lookup, phonebook, recording, webhook
