"""Sentences with a number in them: English has another word for one than for many."""

from __future__ import annotations

from string import Formatter


class _Formatter(Formatter):
    def format_field(self, value: object, format_spec: str) -> str:
        one, bar, many = format_spec.partition("|")
        if not bar:
            return str(super().format_field(value, format_spec))
        return one if str(value) == "1" else many


_FORMATTER = _Formatter()


def filled(words: str, /, **values: object) -> str:
    """Return `words` with each `{name}` replaced, and `{name:one|many}` by what fits the number.

    >>> [filled("{n} {n:file was|files were} read", n=n) for n in (1, 2, "1,001")]
    ['1 file was read', '2 files were read', '1,001 files were read']
    """
    # The formatter takes ten times as long as the method, and few sentences need it.
    return _FORMATTER.vformat(words, (), values) if "|" in words else words.format(**values)
