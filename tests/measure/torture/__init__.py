"""Everything that may happen to an archive and must not hurt it: run `make torture`."""
