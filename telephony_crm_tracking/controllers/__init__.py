from . import callback, events, script, visit
