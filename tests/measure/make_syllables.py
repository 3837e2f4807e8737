"""Make archive/suggest/syllables.toml: the characters of GB 2312 under their readings.

Run as `python -m tests.measure.make_syllables` when pypinyin's table has changed.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from pathlib import Path

from pypinyin.pinyin_dict import pinyin_dict

TARGET = Path(__file__).resolve().parent.parent.parent / "archive/suggest/syllables.toml"
HEAD = (
    "# Made by tests/measure/make_syllables.py: characters of GB 2312 by reading, tones left out, "
    "ü as v.\n"
)

# A third reading is of old books or of one phrase.
_READINGS = 2

# GB 2312 has its ideographs in rows 16 to 87, 94 to a row.
_ROWS = range(0xB0, 0xF8)
_CELLS = range(0xA1, 0xFF)


def plain(reading: str) -> str:
    """A reading without its tone.

    >>> plain("lǜ"), plain("chuò")
    ('lv', 'chuo')
    """
    letters = unicodedata.normalize("NFD", reading.replace("ü", "v"))
    umlaut = letters.replace("u\u0308", "v")
    return "".join(c for c in umlaut if c.isascii() and c.isalpha())


def table() -> str:
    """The file's whole text."""
    listed: defaultdict[str, list[str]] = defaultdict(list)
    for row in _ROWS:
        for cell in _CELLS:
            character = bytes((row, cell)).decode("gb2312", "ignore")
            if character:
                for reading in pinyin_dict.get(ord(character), "").split(",")[:_READINGS]:
                    syllable = plain(reading)
                    if syllable and character not in listed[syllable]:
                        listed[syllable].append(character)
    lines = (f'{syllable} = "{"".join(listed[syllable])}"\n' for syllable in sorted(listed))
    return HEAD + "".join(lines)


if __name__ == "__main__":
    TARGET.write_text(table(), "utf-8")
