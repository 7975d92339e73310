"""Digests of the ledger's law, over bytes, in C.

keccak256 is the original Keccak of Ethereum (padding 0x01), not FIPS 202 SHA3-256.
"""

from __future__ import annotations

import hashlib
from hmac import digest as _hmac
from typing import Final

import sha3

WORD: Final = 32
"""Bytes of one ABI word, of a digest, of a salt."""

_keccak = sha3.keccak_256
_sha256 = hashlib.sha256


def keccak256(data: bytes) -> bytes:
    """Ethereum's keccak-256 of ``data``: 32 bytes."""
    digest: bytes = _keccak(data).digest()
    return digest


def sha256(data: bytes) -> bytes:
    """SHA-256 (FIPS 180-4) of ``data``: 32 bytes."""
    return _sha256(data).digest()


def hmac_sha256(key: bytes, message: bytes) -> bytes:
    """HMAC-SHA256 (RFC 2104, FIPS 198-1): 32 bytes."""
    return _hmac(key, message, "sha256")


def word(value: int) -> bytes:
    """A non-negative integer below 2**256 as one ABI word (big endian)."""
    return value.to_bytes(WORD, "big")


def hex0x(data: bytes) -> str:
    """Bytes as ``0x`` and lower-case hexadecimal, as the chain's tools write them."""
    return "0x" + data.hex()
