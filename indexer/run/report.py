"""Report: what a reindex run did, for its closing table."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from typing import Any

from archive.store.catalog import SourceRecord
from archive.store.stats import warning_lines

# A folder of pictures beside the pages would fill the screen; the count says the rest.
MAX_LISTED = 20


@dataclass(slots=True)
class Report:
    """What a run did. `seconds` by stage; `failed`, `held` and `skipped` with their reasons.

    `held_clips` counts the clips whose passages are held back.

    `reading` has the processor seconds that the stages of reading took in all processes.
    `warnings` counts the documents of each warning.
    `generation` is the one that answers now, `published` whether this run made it.
    """

    generation: str = ""
    published: bool = False
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    documents: int = 0
    paragraphs: int = 0
    warnings: dict[str, int] = field(default_factory=dict)
    skipped: list[SourceRecord] = field(default_factory=list)
    failed: list[SourceRecord] = field(default_factory=list)
    held: list[SourceRecord] = field(default_factory=list)
    held_clips: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    reading: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time spent inside to the stage `name`."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.add(name, time.perf_counter() - started)

    def add(self, name: str, took: float) -> None:
        """Add to the stage `name` what it took, in seconds."""
        self.seconds[name] = self.seconds.get(name, 0.0) + took

    def add_reading(self, seconds: Mapping[str, float]) -> None:
        """Add what the stages of reading took for some documents."""
        for name, took in seconds.items():
            self.reading[name] = self.reading.get(name, 0.0) + took

    def to_dict(self) -> dict[str, Any]:
        """The report in the words of `--json`."""
        return {
            **{field.name: getattr(self, field.name) for field in fields(self)},
            "skipped": [source.to_dict() for source in self.skipped],
            "failed": [source.to_dict() for source in self.failed],
            "held": [source.to_dict() for source in self.held],
            "seconds": {name: round(seconds, 3) for name, seconds in self.seconds.items()},
            "reading": {name: round(seconds, 3) for name, seconds in self.reading.items()},
        }

    def to_text(self) -> str:
        """The closing table."""
        rows = [
            ("新增 / new", self.new),
            ("改动 / changed", self.changed),
            ("未变 / unchanged", self.unchanged),
            ("移除 / removed", self.removed),
            ("跳过 / skipped", len(self.skipped)),
            ("失败 / failed", len(self.failed)),
            ("涉密 / held", len(self.held)),
            ("文档 / documents", self.documents),
            ("段落 / paragraphs", self.paragraphs),
        ]
        lines = [f"{label:<20}{count:>10}" for label, count in rows]
        lines += [f"{name + ' (s)':<22}{took:>10.2f}" for name, took in self.seconds.items()]
        lines += [f"{'  ' + name + ' (CPU s)':<22}{n:>10.2f}" for name, n in self.reading.items()]
        for label, sources in (
            ("跳过 / skipped", self.skipped),
            ("失败 / failed", self.failed),
            ("涉密 / held", self.held),
        ):
            lines += [f"{label}: {s.path}: {s.reason}" for s in sources[:MAX_LISTED]]
            if len(sources) > MAX_LISTED:
                lines.append(f"{label}: … +{len(sources) - MAX_LISTED}")
        if self.held_clips:
            lines.append(f"涉密文件的摘录 / clips of held files: {self.held_clips}  → xianli notes")
        lines += warning_lines(self.warnings.items())
        return "\n".join(lines)
