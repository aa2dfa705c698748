"""A real Asterisk on this machine, for tests and the demonstration.

It listens on 127.0.0.1 only, on ports that are free, with passwords of its own::

    with Lab("test") as lab:
        lab.cli("core show channels")

Who telephones with it is played by sipp (`setup.asterisk.phones`) or by channels of
its own; `setup.asterisk.scenes` has the calls.
"""

from .lab import Lab

__all__ = ["Lab"]
