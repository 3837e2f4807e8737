"""The tests; a package, so that they can share what they draw their archives from."""
