from . import callback, conversions, events, script, visit
