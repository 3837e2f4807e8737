"""Makes `archive/text/simplified.txt` from OpenCC's tables.

Run as `python -m tests.measure.simplified_table`.

The archive folds Traditional to Simplified character by character. Loading OpenCC for that
takes longer than a search, so the pairs are kept as data; a test compares them with what the
installed OpenCC says.
"""

from __future__ import annotations

from pathlib import Path

from opencc import OpenCC

from archive import text

# Unified ideographs, their extensions A and B, and the compatibility block: where OpenCC's
# single-character table has entries.
IDEOGRAPHS = ((0x3400, 0xA000), (0xF900, 0xFB00), (0x20000, 0x2A6E0))
PER_LINE = 40


def pairs() -> dict[str, str]:
    """Each character that OpenCC simplifies, and what that leads to in the end."""
    convert = OpenCC("t2s").convert
    found = {}
    for first, end in IDEOGRAPHS:
        for character in map(chr, range(first, end)):
            # One entry leads on to another (薴 to 苧, 苧 to 苎); folding twice must change
            # nothing.
            simple = convert(convert(character))
            if simple != character:
                found[character] = simple
    return found


def main() -> None:
    """Write the table."""
    listed = [traditional + simple for traditional, simple in pairs().items()]
    lines = ["".join(listed[at : at + PER_LINE]) for at in range(0, len(listed), PER_LINE)]
    target = Path(text.__file__).with_name("simplified.txt")
    target.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
