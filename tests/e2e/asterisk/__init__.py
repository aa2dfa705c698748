"""Calls of a real Asterisk, and its bridge, until they are in a real Odoo."""
