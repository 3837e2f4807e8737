"""What queries of the first version meant, in the words of today.

Its parameter `section` had both a contained heading and, behind "=", an exact section; values of
both kinds were alternatives. Saved searches and addresses of it are read here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

EXACT = "="


def of_today(args: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return URL parameters of the first version as they are written now.

    >>> of_today([("not_section", "=安全"), ("section", "校园")])
    [('not_exact_section', '安全'), ('section', '校园')]
    >>> of_today([("section", "校园"), ("q", "消防"), ("section", "=安全")])
    [('q', '(章节:"校园" | 一级标题:"安全") (消防)')]
    """
    given = [(name, value.strip()) for name, value in args]
    sections = [value for name, value in given if name == "section" and value]
    exact = [value.startswith(EXACT) for value in sections]
    if all(exact) or not any(exact):
        return [_one(name, value) for name, value in given]
    choice = " | ".join(
        f'一级标题:"{value.removeprefix(EXACT)}"' if value.startswith(EXACT) else f'章节:"{value}"'
        for value in sections
    )
    texts = (f"({value})" for name, value in given if name == "q" and value)
    rest = [_one(name, value) for name, value in given if name not in ("section", "q")]
    return [("q", " ".join(chain((f"({choice})",), texts))), *rest]


def _one(name: str, value: str) -> tuple[str, str]:
    if name in ("section", "not_section") and value.startswith(EXACT):
        return name.replace("section", "exact_section"), value.removeprefix(EXACT)
    return name, value
