"""From what was measured to the figures that are shown: which timings count, percentiles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

OURS = "xianli"
PERCENTS = (50, 95, 99)

Size = Mapping[str, Any]


def finished(measured: Mapping[str, Any] | None) -> bool:
    """Whether a stage was begun and came to its end."""
    return measured is not None and "stopped" not in measured


def merged(rounds: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The rounds that one engine was asked in, as one: the best time of each question counts.

    An answer that was not the same in every round is taken out, so that it never agrees.
    """
    together = dict(rounds[0])
    together["first"] = rounds[0]["wall"]
    for name, of in (("best", "wall"), ("cpu", "cpu")):
        together[name] = [_least(times) for times in zip(*(r[of] for r in rounds), strict=True)]
    together["memory"] = max(r["memory"] for r in rounds)
    together["opened"] = min(r["opened"] for r in rounds)
    every = zip(*(r["answers"] for r in rounds), strict=True)
    together["answers"] = [_same([a for a in given if a]) for given in every]
    return together


def _least(times: Sequence[float | None]) -> float | None:
    return min((t for t in times if t is not None), default=None)


def _same(given: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    if not given or all(answer == given[0] for answer in given):
        return given[0] if given else None
    return {**given[0], "facets": "different from round to round"}


def answers(size: Size, engine: str) -> Mapping[str, Any] | None:
    """What an engine answered; None where it did not."""
    asked: Mapping[str, Any] | None = size["answers"].get(engine)
    return asked if finished(asked) else None


def agreed(size: Size, engine: str) -> list[int]:
    """The questions to which an engine and ours gave the same total and facets."""
    ours, theirs = answers(size, OURS), answers(size, engine)
    if ours is None or theirs is None:
        return []
    pairs = zip(ours["answers"], theirs["answers"], strict=True)
    return [at for at, (a, b) in enumerate(pairs) if a and b and _said(a) == _said(b)]


def answered(size: Size, engine: str) -> list[int]:
    """The questions that an engine answered within its time."""
    theirs = answers(size, engine)
    return [at for at, a in enumerate(theirs["answers"]) if a] if theirs else []


def disagreements(size: Size, engine: str) -> list[str]:
    """The questions answered otherwise than by ours, with both totals."""
    ours, theirs = answers(size, OURS), answers(size, engine)
    if ours is None or theirs is None:
        return []
    same = set(agreed(size, engine))
    return [
        f"{ours['types'][at]}: {ours['texts'][at]}: {ours['answers'][at]['total']} / "
        f"{theirs['answers'][at]['total']}"
        for at in answered(size, engine)
        if at not in same and ours["answers"][at]
    ]


def of_type(size: Size, chosen: Iterable[int], type_: str | None) -> list[int]:
    """Those of the `chosen` questions that are of a type; None takes all."""
    ours = answers(size, OURS)
    return [at for at in chosen if ours and type_ in (None, ours["types"][at])]


def times(size: Size, engine: str, chosen: Sequence[int], name: str = "best") -> list[float]:
    """An engine's times in milliseconds for those of the chosen questions that it was asked.

    Where a round's time was up, not all that another round answered were.
    """
    theirs = answers(size, engine)
    known = [theirs[name][at] for at in chosen] if theirs else []
    return [time for time in known if time is not None]


def percentiles(values: Sequence[float]) -> list[float]:
    """The 50th, 95th and 99th percentile; nothing of nothing."""
    return [float(np.percentile(values, p)) for p in PERCENTS] if values else []


def ratio(size: Size, engine: str, type_: str | None = None) -> list[float]:
    """Our percentiles over an engine's, on the questions both answered alike."""
    chosen = of_type(size, agreed(size, engine), type_)
    ours = percentiles(times(size, OURS, chosen))
    theirs = percentiles(times(size, engine, chosen))
    return [a / b for a, b in zip(ours, theirs, strict=True)]


def _said(answer: Mapping[str, Any]) -> tuple[Any, ...]:
    return answer["total"], answer["facets"], answer["shown"]
