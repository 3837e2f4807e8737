"""Everything that may happen to an archive and must not hurt it: `python -m tests.torture`."""
