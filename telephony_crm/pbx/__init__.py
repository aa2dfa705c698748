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
``adapter``             what an adapter is; also has the names of its parts:
``messages``            what goes between Odoo, an adapter and a PBX
``errors``              what can go wrong
``answers``             reading what a PBX answers
``registry``            where adapters are found
``adapters/``           one file is one kind of PBX
``zadarma_*``           parts of Zadarma's: its events, statistics, requests, set-up
``event_format``        our own JSON, for any other PBX; ``event.schema.json``
======================  =====================================================

Only relative imports inside: the tests run this package without Odoo.
"""
