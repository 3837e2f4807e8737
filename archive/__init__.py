"""What is kept, and how one asks for it.

>>> from archive import open_archive
>>> open_archive("no such folder")
Traceback (most recent call last):
...
archive.errors.HomeError: 找不到档案文件夹 no such folder，请检查 --home 或 XIANLI_HOME \
(there is no folder no such folder: check --home or XIANLI_HOME)
"""

from archive.store.library import Archive, open_archive
from archive.store.stats import Stats

__all__ = ["Archive", "Stats", "open_archive"]
