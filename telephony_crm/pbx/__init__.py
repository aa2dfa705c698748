"""What a PBX says and takes, in plain Python: nothing here imports Odoo.

======================  =====================================================
``event``               one notification of a PBX, normalised
``call_state``          the call and its legs, as the fold of their events
``call_*``              its parts: who is who, legs, result, times
``numbers``             telephone numbers, extensions, hidden callers
``transliteration``     names in ASCII
``dialling``            which numbers are never dialled
``signing``             keyed hashes, constant-time comparison, freshness
``zones``               a PBX's local times as UTC
``forms``, ``php``      bodies that come in, queries that go out
``adapter``             what an adapter is; the registry; the errors
``adapters/``           one file is one kind of PBX
======================  =====================================================

Only relative imports inside: the tests run this package without Odoo.
"""
