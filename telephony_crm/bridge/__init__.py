"""The process beside a PBX that speaks sockets: it listens there and posts to Odoo.

Nothing here imports Odoo, so that the same code runs beside the PBX alone.
"""
