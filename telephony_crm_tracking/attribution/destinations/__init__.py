"""Where conversions are handed back to: one file is one kind of destination."""
