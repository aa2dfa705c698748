"""Phone books for desk phones, in plain Python without Odoo.

One file in ``vendors/`` is one make of phone; `serve` says what each address answers.
"""
