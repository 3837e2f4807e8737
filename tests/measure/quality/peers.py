"""Public extractors in the same run, where they are installed (extra `quality`)."""

from __future__ import annotations

import importlib.metadata
import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from indexer.readers.encoding import decode
from tests.measure.quality.gold import GoldPage, GoldSet
from tests.measure.quality.measures import MARKUP, cpu_ms
from tests.measure.quality.scores import Likeness, likeness, mean, squeeze


@dataclass(frozen=True)
class Peer:
    """An extractor: its distribution's name, and text from decoded HTML."""

    name: str
    extract: Callable[[str], str]

    @property
    def version(self) -> str:
        """The version installed."""
        return importlib.metadata.version(self.name)


@dataclass(frozen=True)
class PeerCounts:
    """What a peer reached: each page's text, boilerplate left of how much, CPU ms a page."""

    likeness: tuple[Likeness, ...]
    boilerplate_left: int
    boilerplate: int
    ms: float


def _readability(html: str) -> str:
    from lxml.html import fromstring
    from readability import Document

    return str(fromstring(Document(html).summary()).text_content())


def _trafilatura(html: str) -> str:
    import trafilatura

    return trafilatura.extract(html, favor_precision=True, include_comments=False) or ""


def _justext(html: str) -> str:
    import justext

    # It has no list of Chinese stop words: it is left with the lengths and the links.
    options = {"stopwords_low": 0, "stopwords_high": 0, "length_low": 10, "length_high": 40}
    found = justext.justext(html.encode(), frozenset(), encoding="utf-8", **options)
    return "\n".join(paragraph.text for paragraph in found if not paragraph.is_boilerplate)


def peers() -> Iterator[Peer]:
    """The peers that are installed."""
    for name, module, extract in (
        ("readability-lxml", "readability", _readability),
        ("trafilatura", "trafilatura", _trafilatura),
        ("justext", "justext", _justext),
    ):
        if importlib.util.find_spec(module):
            yield Peer(name, extract)


def measure(peer: Peer, gold: GoldSet) -> PeerCounts | None:
    """What `peer` reaches on the HTML pages of a set; None where there are none."""
    pages = [page for page in gold.pages if page.text is not None and page.path.suffix in MARKUP]
    if not pages:
        return None
    read, times, left, boilerplate = [], [], 0, 0
    for page in pages:
        html = decode(page.path.read_bytes())[0]
        text = _attempt(peer, html)
        read.append(likeness(page.counted(text), page.text or ""))
        times.append(cpu_ms(lambda html=html: _attempt(peer, html)))
        left += _left(page, text)
        boilerplate += len(page.fragments)
    return PeerCounts(tuple(read), left, boilerplate, mean(times))


def _left(page: GoldPage, text: str) -> int:
    whole = squeeze(text)
    return sum(squeeze(fragment) in whole for fragment in page.fragments)


def _attempt(peer: Peer, html: str) -> str:
    try:
        return peer.extract(html)
    except Exception:
        # What a peer cannot read counts as nothing found; its errors are its own.
        return ""
