"""When a page was published, as it states it itself."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress

from indexer.features import Mark
from indexer.page import Page

# What a page says of itself stands at the beginning of a line.
STATEMENT = 300
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})")
_STATED_DATE = r"\s*[:：]?\s*(\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2})"
# What a page calls the day it was put there, the surest first. 成文日期 and the like are the
# document's own dates.
_PUBLISHED = re.compile(rf"(?:上传|发布|发表|投稿|录入|添加|收录)(?:日期|时间){_STATED_DATE}")
# A site's stamp under the headline: its name, the day, often the time; nothing behind it.
_STAMP = re.compile(
    r"(?<!\d)(\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2})\s*日?\s*(?:\d{1,2}:\d{2}(?::\d{2})?)?\s*$"
)
_STAMP_LINE = 40
_UPDATED = re.compile(rf"(?:更新(?:日期|时间)|(?<![\u4e00-\u9fff])(?:日期|时间)){_STATED_DATE}")
_DATE_METAS = (
    "pubdate",
    "publishdate",
    "publish_date",
    "article:published_time",
    "og:release_date",
    "datepublished",
    "firstpublishedtime",
    "publication_date",
    "apub:time",
    "weibo:article:create_at",
)


def published(page: Page, marks: Sequence[Mark]) -> str | None:
    """The date of upload or publishing, `YYYY-MM-DD`, as the boilerplate or the head states it."""
    return next(filter(None, map(_iso, _stated_dates(page, marks))), None)


def _stated_dates(page: Page, marks: Sequence[Mark]) -> Iterator[str]:
    """The texts that state when the page was published, the surest first."""
    if page.profile:
        yield page.profile.published or ""
    dropped = [mark.block.text for mark in marks if not mark.kept]
    openings = [text[:STATEMENT] for text in dropped]
    yield from (match[1] for text in openings if (match := _PUBLISHED.search(text)))
    yield from (page.meta.get(name, "") for name in _DATE_METAS)
    yield from (match[1] for text in openings if (match := _UPDATED.search(text)))
    # Unlabelled, it counts where nothing else stands in front of it.
    yield from filter(_DATE.match, dropped)
    if stamp := _stamped(marks):
        yield stamp


def _stamped(marks: Sequence[Mark]) -> str | None:
    """The day of a short line above the text that ends with a date: 汇文台 2022-01-05 09:00."""
    for mark in marks:
        if mark.kept:
            break
        block = mark.block
        short = len(block.text) <= _STAMP_LINE and not block.link_density
        if short and (match := _STAMP.search(block.text)):
            return match[1]
    return None


def _iso(text: str) -> str | None:
    if match := _DATE.search(text):
        with suppress(ValueError):
            day = datetime.date(*map(int, match.groups()))
            return day.isoformat() if 1949 <= day.year <= 2100 else None
    return None
