"""The signs that a document site puts in the place of a name or a figure.

One definition for all that must find a mask: signatures leave masks out, differences say
what they hide. Signs as they occur on real sites: `^v^` (a name), `xx`, `×`, `_`, `*`,
`○`, `[]`.
"""

from __future__ import annotations

import re

# On folded text (archive.text.fold). An x between other Latin letters is a letter.
_SIGN = r"(?:\^v\^|(?<![a-wyz])x+(?![a-wyz])|[×_*○□●◯]+|\[\])"

# One mask: signs in a row, with the figures that touch them (20xx, 201x, 20__).
MASK = re.compile(rf"[0-9]*{_SIGN}(?:[0-9]|{_SIGN})*")


def is_mask(folded: str) -> bool:
    """Whether `folded` is a mask and nothing else.

    >>> [is_mask(text) for text in ("20xx", "^v^", "2010", "excel", "")]
    [True, True, False, False, False]
    """
    return MASK.fullmatch(folded) is not None
