"""One module is one command a person types."""
