"""What is measured of a set: text, structure, boilerplate, years, and the CPU time that it took."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from archive.model import Paragraph
from indexer.extract import kept_text, label
from indexer.page import Reading
from indexer.pipeline import read_source
from indexer.readers import read_page
from tests.measure.quality.gold import GoldPage, GoldParagraph, GoldSet
from tests.measure.quality.scores import Likeness, f1, likeness, mean, nearest, squeeze

# A gold paragraph is known by so many of its first characters, an element of a path by so
# many: long run-in headings are cut differently by gold and reading.
_KNOWN_BY = 20
_ELEMENT = 12
# The suffixes of pages that public extractors can read.
MARKUP = (".html", ".htm")
# CPU time is the best of so many readings.
REPEATS = 3


@dataclass
class Counts:
    """Sums over the pages of a set; a share is a pair of counts."""

    likeness: list[Likeness] = field(default_factory=list)
    f1_untitled: list[float] = field(default_factory=list)
    paragraphs: int = 0
    starts: int = 0
    articles: int = 0
    paths: int = 0
    boilerplate: int = 0
    boilerplate_left: int = 0
    dated: int = 0
    years_right: int = 0
    years_false: int = 0
    runs: int = 0
    runs_right: int = 0
    runs_false: int = 0
    extract_ms: list[float] = field(default_factory=list)
    whole_ms: list[float] = field(default_factory=list)

    def figures(self) -> dict[str, float]:
        """The figures that floors are kept of. `…_left` and `…_false` are better when lower."""
        found: dict[str, float] = {}
        if self.likeness:
            found["f1"] = mean([one.f1 for one in self.likeness])
        if self.paragraphs:
            found["starts"] = self.starts / self.paragraphs
            found["articles"] = self.articles / self.paragraphs
            found["paths"] = self.paths / self.paragraphs
            found["years_right"] = self.years_right / self.dated
            found["years_false"] = self.years_false
            found["runs_right"] = self.runs_right / self.runs
            found["runs_false"] = self.runs_false
        if self.boilerplate:
            found["boilerplate_left"] = self.boilerplate_left
        return found


def measure(gold: GoldSet) -> Counts:
    """Read every page of a set and compare it with its gold."""
    counts = Counts()
    for page in gold.pages:
        (reading,) = read_source(page.path, page.path.name)
        if page.path.suffix in MARKUP:
            # The pages that the peers see.
            counts.extract_ms.append(
                cpu_ms(lambda path=page.path: label(read_page(path, path.name)))
            )
        counts.whole_ms.append(cpu_ms(lambda path=page.path: list(read_source(path, path.name))))
        _text(counts, page, reading)
        _boilerplate(counts, page, reading)
        if page.paragraphs:
            _structure(counts, page, reading)
    return counts


def cpu_ms(work: Callable[[], object]) -> float:
    """The CPU time that `work` takes here, in milliseconds: the best of `REPEATS`."""
    best = float("inf")
    for _ in range(REPEATS):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return 1000 * best


def _text(counts: Counts, page: GoldPage, reading: Reading) -> None:
    if page.text is None:
        return
    text = page.counted(kept_text(label(read_page(page.path, page.path.name))))
    counts.f1_untitled.append(f1(text, page.text))
    title = reading.document.title
    # The title is kept once, apart from the text.
    headed = page.headline or squeeze(page.text).startswith(squeeze(title))
    titled = f"{title}\n{text}" if headed and text else text
    counts.likeness.append(likeness(titled, page.text))


def _boilerplate(counts: Counts, page: GoldPage, reading: Reading) -> None:
    kept = [squeeze(paragraph.text) for paragraph in reading.paragraphs]
    whole = "\n".join(kept)
    lines = {squeeze(line) for line in page.lines}
    fragments = {squeeze(fragment) for fragment in page.fragments}
    counts.boilerplate += len(lines) + len(fragments)
    counts.boilerplate_left += len(lines & set(kept)) + sum(text in whole for text in fragments)


def _structure(counts: Counts, page: GoldPage, reading: Reading) -> None:
    texts = [squeeze(paragraph.text) for paragraph in reading.paragraphs]
    at = 0
    found: dict[int, Paragraph] = {}
    for number, gold in enumerate(page.paragraphs):
        known = squeeze(gold.start)[:_KNOWN_BY]
        begins = [i for i, text in enumerate(texts) if text.startswith(known)]
        places = begins or [i for i, text in enumerate(texts) if known in text]
        counts.paragraphs += 1
        if not places:
            continue
        at = nearest(places, at)
        found[number] = reading.paragraphs[at]
        counts.starts += bool(begins)
        article = squeeze(found[number].article)
        single = not article and len(reading.document.articles) == 1
        counts.articles += single or article == squeeze(gold.article)
        counts.paths += _short(found[number].heading_path) in map(_short, gold.paths)
    _years(counts, page.paragraphs, found)


def _years(counts: Counts, golds: Sequence[GoldParagraph], found: Mapping[int, Paragraph]) -> None:
    runs: dict[str, list[tuple[int | None, int | None]]] = defaultdict(list)
    for number, gold in enumerate(golds):
        if gold.run is None:
            continue
        year = found[number].dating.year if number in found else None
        counts.dated += 1
        counts.years_right += year == gold.year
        counts.years_false += year not in (None, gold.year)
        runs[gold.run].append((year, gold.year))
    counts.runs += len(runs)
    counts.runs_right += sum(all(a == b for a, b in run) for run in runs.values())
    counts.runs_false += sum(any(a not in (None, b) for a, b in run) for run in runs.values())


def _short(path: Sequence[str]) -> list[str]:
    return [squeeze(element)[:_ELEMENT] for element in path]
