from . import script, visit
