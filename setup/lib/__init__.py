"""The ground under ``setup/``: standard library only, it runs before any install."""
