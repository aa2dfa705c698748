"""The version of the bridge, as Odoo's page of the PBX shows it."""

VERSION = "1.0"
