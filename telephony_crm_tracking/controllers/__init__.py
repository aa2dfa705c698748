from . import callback, script, visit
