"""What the script of web pages does there: real pages, a real browser, no Odoo."""
