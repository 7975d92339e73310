"""Digests of the ledger's law, over bytes, in native code.

    keccak256(data)     # Ethereum's original Keccak (padding 0x01), not FIPS 202 SHA3-256
    sha256(data)        # FIPS 180-4

A credential takes some forty digests of 33 to 1,000 bytes, so what a call costs besides counts: decision 0110.
"""

from __future__ import annotations

import hashlib
from hmac import digest as _hmac
from typing import TYPE_CHECKING, Final

from tiny_keccak import keccak256

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["WORD", "hex0x", "hmac_sha256", "keccak256", "sha256", "sha256_each", "word"]

WORD: Final = 32
"""Bytes of one ABI word, of a digest, of a salt."""

_BEGUN: Final = hashlib.sha256()
"""Never fed. OpenSSL 3 looks an algorithm up whenever a hash begins, which takes as long as the hash; copies do not."""


def sha256(data: bytes) -> bytes:
    """SHA-256 (FIPS 180-4) of ``data``: 32 bytes."""
    state = _BEGUN.copy()
    state.update(data)
    return state.digest()


def sha256_each(prefix: bytes, endings: Iterable[bytes]) -> list[bytes]:
    """SHA-256 of ``prefix`` with each of ``endings`` after it: 32 bytes each."""
    begun = _BEGUN.copy()
    begun.update(prefix)
    digests = []
    for ending in endings:
        state = begun.copy()
        state.update(ending)
        digests.append(state.digest())
    return digests


def hmac_sha256(key: bytes, message: bytes) -> bytes:
    """HMAC-SHA256 (RFC 2104, FIPS 198-1): 32 bytes."""
    return _hmac(key, message, "sha256")


def word(value: int) -> bytes:
    """A non-negative integer below 2**256 as one ABI word (big endian)."""
    return value.to_bytes(WORD, "big")


def hex0x(data: bytes) -> str:
    """Bytes as ``0x`` and lower-case hexadecimal, as the chain's tools write them."""
    return "0x" + data.hex()
