"""Where conversions are handed back to: one file is one kind of destination.

Each has a module-level ``DESTINATION``; see `destination.Destination`.
"""
