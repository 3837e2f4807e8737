"""`python -m archive`: the command line, where the script xianli is not on the path."""

from archive.cli import main

main()
