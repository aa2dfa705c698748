from . import floor, insert
