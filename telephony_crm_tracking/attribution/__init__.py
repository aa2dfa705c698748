"""From a visit to the call it made and the money it earned, in plain Python.

========================  ===================================================
``visit``                 what a page says to us, bounded; ``clean`` its parts
``consent``               what a visitor allowed
``source``                why somebody came
``lease``                 whose number it is, and until when
``erlang``                how many numbers a pool needs
``match``                 which visit made the phone ring; ``candidates`` its part
``touch``, ``shares``     what led to a result, and who of it gets which share
``qualified``             which calls count
``foreign``               what other call tracking says; ``foreign_*`` one each
``cost_table``            the lines of a file of costs
``cost_sheet``            the same of a spreadsheet
``cost_rows``             what they come to; ``cost_reader``, ``cost_cells`` its parts
``destination``           what a receiver of conversions is; also has the names of
``conversion``            what is handed back and what is answered
``destinations/``         one file is one kind of receiver
``google_*``, ``answers``  parts of theirs; ``hashing`` of contacts
========================  ===================================================

Only relative imports inside: the tests run this package without Odoo. All times are
naive UTC datetimes, all lengths seconds, money is `Decimal`, unless a docstring says
otherwise.
"""
