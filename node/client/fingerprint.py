"""Fingerprints that two people read to each other over the telephone.

    >>> spoken(b"")
    '02953 52123 22581 32278 97999 00648 19803 49933 79397 00111 56650 86549'

Digits, because they are the same in every language and cannot be misheard for each other in one.
"""

from __future__ import annotations

import hashlib
from typing import Final

GROUPS: Final = 12
_DIGITS: Final = 5


def spoken(content: bytes) -> str:
    """Return the fingerprint of `content`: 12 groups of 5 decimal digits of its SHA-256 (199 bits of it).

    Finding another content with the same fingerprint takes 2^199 attempts, and two contents of one's own choice 2^99.
    """
    number = int.from_bytes(hashlib.sha256(content).digest(), "big") % 10 ** (GROUPS * _DIGITS)
    digits = f"{number:0{GROUPS * _DIGITS}d}"
    return " ".join(digits[at : at + _DIGITS] for at in range(0, len(digits), _DIGITS))
