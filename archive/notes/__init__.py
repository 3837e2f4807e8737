"""The readers' own work: clips, corrections, history and saved searches, in notes.sqlite.

What lies here cannot be made again from the sources. It outlives every reindex, keeps the
words it speaks of beside their ids, and lists what it can no longer place.
"""

from __future__ import annotations

from archive.notes.clips import Clips
from archive.notes.corrections import Corrections
from archive.notes.searches import Searches
from archive.notes.store import Store

__all__ = ["Clips", "Corrections", "Searches", "Store"]
