"""A fixed-size signature of a paragraph: what two copies of one text still have in common.

Sites mask names and figures, drop words, swap quotes and replace words by others. So a
text is reduced to its ideographs and letters (masks, figures, punctuation and spaces
leave), cut into overlapping runs of three characters (shingles), and the set of shingles
is sketched by MinHash (Broder 1997): two sketches agree in about the share of shingles
that the texts have in common. Figures are kept beside the sketch, because two reports may
use the same words for different facts. A signature depends on its own text alone, so it
can be computed in any process, at any time, and kept.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources

import numpy as np
import numpy.typing as npt

from archive.text.fold import fold
from archive.text.masks import MASK
from indexer.duplicates.grouping import run_places, run_starts

# Raised whenever the code below would give the same text another signature.
_VERSION = 1

# Hashes in a sketch. The estimate's standard error is sqrt(s(1-s)/128), 0.044 at most;
# the gap between copies and independent texts (see indexer/duplicates/clustering.py) is 0.14 wide.
SKETCH = 128

# Characters in a shingle. Three keep independent texts below 0.17 where two give them 0.25.
SHINGLE = 3

# Bytes of the set of figures: 256 bits keep two sets of twenty from meeting by chance.
FIGURES = 32

# `exact`: hash of ideographs, letters and figures in order, masks and punctuation aside.
# `figures`: a Bloom set of the figures, years aside (sites rewrite those for freshness).
# `length`: ideographs and letters. `noise`: masks, debris and spun words. `sketch`: MinHash
# of the shingles, one byte a hash; a shared byte by chance adds 1/256 to the estimate.
SIGNATURE = np.dtype(
    [
        ("exact", np.uint64),
        ("figures", np.uint8, (FIGURES,)),
        ("length", np.uint32),
        ("noise", np.uint16),
        ("sketch", np.uint8, (SKETCH,)),
    ],
    align=True,
)

Signatures = npt.NDArray[np.void]
_Codes = npt.NDArray[np.uint32]

# The number that a paragraph opens with says where it stood, not what it says: copies are
# renumbered, or lose it. On folded text; the levels are those of GB/T 9704.
_NUMBERING = re.compile(
    r"\s*(?:第[一二三四五六七八九十百千〇零0-9]{1,7}[编章节条][ 、:]?"
    r"|\([一二三四五六七八九十0-9x]{1,4}\)"
    r"|[一二三四五六七八九十]{1,3}[、.]"
    r"|[0-9x]{1,2}[、.)](?![0-9]))\s*"
)

# What stands for a mask after the marks are counted: neither ideograph, letter nor figure.
_MASK = "\x01"

# Shingles hashed at a time: 128 passes over arrays that stay in the processor's cache.
_BLOCK = 1 << 15

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_SPREAD = np.uint32(0x9E3779B1)

# Marks beyond this many are not counted.
MAX_NOISE = 60_000


def signature_stamp() -> str:
    """A digest of all that decides a signature; kept ones with another stamp are stale."""
    decides = f"{_VERSION}\n{SIGNATURE}\n{MASK.pattern}\n{_NUMBERING.pattern}\n{_rules()}"
    return hashlib.blake2b(decides.encode(), digest_size=8).hexdigest()


@lru_cache(maxsize=1)
def _rules() -> str:
    return resources.files("indexer.duplicates").joinpath("duplicates.toml").read_text("utf-8")


@lru_cache(maxsize=1)
def _debris() -> re.Pattern[str]:
    """The traces of mangling listed in duplicates.toml."""
    rules = tomllib.loads(_rules())
    spun = [re.escape(word) for word in rules["spun"]["words"]]
    return re.compile("|".join([*rules["debris"]["signs"], *spun]))


@lru_cache(maxsize=1)
def _bank() -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """The multipliers and offsets of the sketch's hashes: fixed, or no sketch could be kept."""
    step = (np.arange(1, 2 * SKETCH + 1, dtype=np.uint64)) * _GOLDEN
    mixed = (_mix(step) >> np.uint64(32)).astype(np.uint32)
    return mixed[:SKETCH] | np.uint32(1), mixed[SKETCH:]


def _mix(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Spread `values` over 64 bits (the finalizer of SplitMix64, Steele and others 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def signatures(texts: Sequence[str]) -> Signatures:
    """Return the signatures of `texts`: shape (len(texts),), dtype SIGNATURE.

    >>> masked, clean, other = signatures([
    ...     "20xx年全县教育工作以提高质量为中心,评出一等奖xx人,圆满完成各项任务。",
    ...     "2010年全县教育工作以提高质量为中心，评出一等奖18人，圆满完成各项任务。",
    ...     "加强校园安全管理，排查整治各类隐患，组织应急疏散演练，健全值班制度。",
    ... ])
    >>> float((masked["sketch"] == clean["sketch"]).mean())
    1.0
    >>> bool((masked["sketch"] == other["sketch"]).mean() < 0.1)
    True
    >>> int(masked["noise"]), int(clean["noise"])
    (2, 0)
    """
    found = np.zeros(len(texts), dtype=SIGNATURE)
    if not len(texts):
        return found
    debris = _debris()
    cleaned: list[str] = []
    noise = np.zeros(len(texts), dtype=np.uint32)
    for i, text in enumerate(texts):
        folded = fold(text)
        number = _NUMBERING.match(folded)
        bare, masks = MASK.subn(_MASK, folded[number.end() :] if number else folded)
        cleaned.append(bare)
        noise[i] = masks + sum(1 for _ in debris.finditer(bare))
    found["noise"] = np.minimum(noise, MAX_NOISE)

    joined = "".join(cleaned).encode("utf-32-le", "surrogatepass")
    codes = np.frombuffer(joined, dtype=np.uint32)
    owner = np.repeat(np.arange(len(texts)), [len(text) for text in cleaned])
    figure = (codes >= ord("0")) & (codes <= ord("9"))
    letter = _letters(codes)
    found["exact"] = _ordered_hash(codes, owner, letter | figure, len(texts))
    found["figures"] = _figure_sets(codes, owner, figure, len(texts))
    lengths = np.bincount(owner[letter], minlength=len(texts))
    found["length"] = lengths
    found["sketch"] = _sketches(codes[letter], lengths)
    return found


def _letters(codes: _Codes) -> npt.NDArray[np.bool_]:
    """Which of `codes` carry wording: ideographs and ASCII letters (folded)."""
    found: npt.NDArray[np.bool_] = (
        ((codes >= 0x3400) & (codes <= 0x9FFF))
        | ((codes >= ord("a")) & (codes <= ord("z")))
        | ((codes >= 0x20000) & (codes <= 0x3FFFF))
        | ((codes >= 0xF900) & (codes <= 0xFAFF))
        | (codes == 0x3007)
    )
    return found


def _ordered_hash(
    codes: _Codes, owner: npt.NDArray[np.int64], kept: npt.NDArray[np.bool_], count: int
) -> npt.NDArray[np.uint64]:
    """A 64-bit hash of the kept characters of each text, in their order."""
    codes, owner = codes[kept], owner[kept]
    lengths = np.bincount(owner, minlength=count)
    place = run_places(run_starts(owner), len(codes)).astype(np.uint64)
    # Each (place, character) becomes its own random number; their sum is the text's.
    terms = _mix((place << np.uint64(32) | codes.astype(np.uint64)) + _GOLDEN)
    return _mix(_sums(terms, lengths) + lengths.astype(np.uint64))


def _sums(values: npt.NDArray[np.uint64], lengths: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
    """The sum modulo 2**64 of each run of `values`; 0 for an empty run."""
    total = np.concatenate([np.zeros(1, np.uint64), np.cumsum(values, dtype=np.uint64)])
    ends = np.cumsum(lengths)
    found: npt.NDArray[np.uint64] = total[ends] - total[ends - lengths]
    return found


def _figure_sets(
    codes: _Codes, owner: npt.NDArray[np.int64], figure: npt.NDArray[np.bool_], count: int
) -> npt.NDArray[np.uint8]:
    """For each text the set of its figures, one bit for each by its hash; years left out."""
    sets = np.zeros((count, FIGURES), dtype=np.uint8)
    at = np.flatnonzero(figure)
    if not len(at):
        return sets
    # Digits side by side are one figure: their places less their rank stay the same.
    first = run_starts(at - np.arange(len(at)), owner[at])
    lengths = np.diff(np.append(first, len(at)))
    place = run_places(first, len(at))
    digits = codes[at].astype(np.uint64)
    hashes = _mix(
        _sums(_mix((place.astype(np.uint64) << np.uint64(8) | digits) + _GOLDEN), lengths)
    )
    century = digits[first] * np.uint64(10) + digits[np.minimum(first + 1, len(at) - 1)]
    years = (lengths == 4) & np.isin(century, [ord(a) * 10 + ord(b) for a, b in ("19", "20")])
    bits = (hashes[~years] >> np.uint64(56)).astype(np.int64)
    np.bitwise_or.at(
        sets, (owner[at[first[~years]]], bits >> 3), (1 << (bits & 7)).astype(np.uint8)
    )
    return sets


def _sketches(letters: _Codes, lengths: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
    """The sketch of each text; zeros where it is shorter than one shingle."""
    sketches = np.zeros((len(lengths), SKETCH), dtype=np.uint8)
    shingled = np.flatnonzero(lengths >= SHINGLE)
    if not len(shingled):
        return sketches
    wide = letters.astype(np.uint64)
    packed = wide[:-2] << np.uint64(42) | wide[1:-1] << np.uint64(21) | wide[2:]
    hashes = (_mix(packed + _GOLDEN) >> np.uint64(32)).astype(np.uint32)
    starts = np.cumsum(lengths) - lengths
    multipliers, offsets = _bank()
    # Whole texts at a time, as many as fit a block.
    blocks = np.cumsum(lengths[shingled]) // _BLOCK
    for members in np.split(shingled, np.flatnonzero(np.diff(blocks)) + 1):
        sizes = lengths[members] - (SHINGLE - 1)
        bounds = np.cumsum(sizes) - sizes
        at = np.repeat(starts[members] - bounds, sizes) + np.arange(int(sizes.sum()))
        block = hashes[at]
        least = np.empty((SKETCH, len(members)), dtype=np.uint32)
        for k in range(SKETCH):
            np.minimum.reduceat(block * multipliers[k] + offsets[k], bounds, out=least[k])
        # A minimum is a small number: its entropy is in the low bits, so spread it.
        sketches[members] = ((least * _SPREAD) >> np.uint32(24)).astype(np.uint8).T
    return sketches
