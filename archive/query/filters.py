"""Filters: the values selected in each field, as one immutable mapping."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from archive.fields import FIELDS, Wanted, named

Given = Mapping[str, Iterable[Wanted]]


class Filters(Mapping[str, tuple[Wanted, ...]]):
    """The values selected by the name of their field, in the order of the table.

    A field without a selection is absent. Raises QueryError where a name is no field's, or a
    value none of its field's own.

    >>> Filters({"topic": ["a", "a"], "year": ["2021"], "part": []})
    Filters({'year': (Range(first=2021, last=2021, unknown=False),), 'topic': ('a',)})
    """

    __slots__ = ("_hash", "_selected")

    def __init__(self, given: Given | None = None) -> None:
        read = {name: _read(name, values) for name, values in (given or {}).items()}
        self._selected = {f.name: read[f.name] for f in FIELDS if read.get(f.name)}
        self._hash = hash(tuple(self._selected.items()))

    def selecting(self, field: str, values: Iterable[Wanted]) -> Filters:
        """Return the filters with `values`, and nothing else, selected in a field."""
        return Filters({**self._selected, field: values})

    def __getitem__(self, field: str) -> tuple[Wanted, ...]:
        return self._selected[field]

    def __iter__(self) -> Iterator[str]:
        return iter(self._selected)

    def __len__(self) -> int:
        return len(self._selected)

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[type[Filters], tuple[Given]]:
        # The hash of a text is another in another process.
        return Filters, (self._selected,)

    def __repr__(self) -> str:
        return f"Filters({self._selected})"


def _read(name: str, values: Iterable[Wanted]) -> tuple[Wanted, ...]:
    read = named(name).read
    return tuple(dict.fromkeys(read(v) if isinstance(v, str) else v for v in values))


NO_FILTERS = Filters()
