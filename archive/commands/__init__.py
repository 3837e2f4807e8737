"""One file a command. `archive.cli` loads each when it is called, and no other."""
