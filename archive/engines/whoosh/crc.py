"""The CRC-32 of blocks one after another, from the CRC-32 of each.

A remainder modulo a polynomial is linear: followed by n more bits a message's remainder is
multiplied by x^n, and what those bits are is added. To multiply by x^n is a matrix of 32 x 32
bits, as in zlib's `crc32_combine` (Mark Adler); here it is put to many remainders at once.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Remainders = NDArray[np.uint32]

# The polynomial of CRC-32 (ISO 3309, RFC 1952), its lowest power in the highest bit.
_POLYNOMIAL = 0xEDB88320
_BITS = 32


def combined(sums: Remainders, size: int) -> Remainders:
    """Return for each row of `sums` (rows, blocks) the CRC-32 of its blocks as one message.

    Each block has `size` bytes. Both `size` and the number of blocks are powers of two.

    >>> import zlib
    >>> parts = [b"abcd", b"efgh"]
    >>> sums = np.array([[zlib.crc32(part) for part in parts]], dtype=np.uint32)
    >>> combined(sums, 4).tolist() == [zlib.crc32(b"abcdefgh")]
    True
    """
    bits = size * 8
    while sums.shape[1] > 1:
        sums = _times(_followed_by(bits), sums[:, 0::2]) ^ sums[:, 1::2]
        bits *= 2
    return sums[:, 0]


@cache
def _followed_by(bits: int) -> Remainders:
    """What `bits` more bits, a power of two, make of a remainder of one bit, for each bit."""
    if bits == 1:
        one = [_POLYNOMIAL, *(1 << bit for bit in range(_BITS - 1))]
        return np.array(one, dtype=np.uint32)
    half = _followed_by(bits // 2)
    return _times(half, half)


def _times(matrix: Remainders, remainders: Remainders) -> Remainders:
    found = np.zeros_like(remainders)
    for bit in range(_BITS):
        found ^= (remainders >> np.uint32(bit) & np.uint32(1)) * matrix[bit]
    return found
