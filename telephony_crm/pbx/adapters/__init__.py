"""One file is one kind of PBX; it is found by its module-level ``ADAPTER``."""
