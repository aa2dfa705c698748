"""From a visit to the call it made and the money it earned, in plain Python.

Nothing here imports Odoo, and only relative imports are made: the tests run this
package without Odoo. All times are naive UTC datetimes, all lengths seconds, money is
`Decimal`, unless a docstring says otherwise.
"""
