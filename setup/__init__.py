"""Everything that is not the product: get Odoo, run, test, measure, simulate."""
