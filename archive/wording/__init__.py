"""Wording: how something has been put, how often, since when, and in whose texts.

wording(archive, query, options)  lines, groups, collocates, years and life of a wording
lines(archive, query)             every KWIC line, however many
compare(archive, queries)         two to five wordings side by side
batch(archive, lines, filters)    many wordings from a file, counted
"""

from archive.wording.compare import Answered, Compared, batch, batch_rows, compare
from archive.wording.lines import Line, csv_rows, lines
from archive.wording.options import LineSort, Options, Side, wording_args
from archive.wording.overview import Wording, wording

__all__ = [
    "Answered",
    "Compared",
    "Line",
    "LineSort",
    "Options",
    "Side",
    "Wording",
    "batch",
    "batch_rows",
    "compare",
    "csv_rows",
    "lines",
    "wording",
    "wording_args",
]
