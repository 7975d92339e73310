"""Who a libp2p peer is: an Ed25519 key, and the name that follows from it. No daemon is asked.

    >>> peer_id_of(bytes(32))
    '12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN'

Source: libp2p specifications, peer-ids (keys, peer ids): protobuf {1: key type, 2: data}; a key of at most 42 bytes is
its own multihash (identity), written in base58-btc.
"""

from __future__ import annotations

import base64
from typing import Final

_ALPHABET: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_PUBLIC_KEY: Final = bytes.fromhex("08011220")
"""Field 1: Ed25519; field 2: the 32 bytes of the public key."""
_PRIVATE_KEY: Final = bytes.fromhex("08011240")
"""Field 1: Ed25519; field 2: 64 bytes, the seed and the public key."""
_BYTES: Final = 32
_IDENTITY: Final = bytes.fromhex("0024")
"""Multihash: nothing is hashed, 36 bytes follow."""


def peer_id_of(seed: bytes) -> str:
    """Return the peer id (52 characters) of the Ed25519 key whose seed is `seed` (32 bytes).

    Raises:
        ValueError: not 32 bytes.
    """
    return _base58(_IDENTITY + _PUBLIC_KEY + _public(seed))


def private_key_of(seed: bytes) -> str:
    """Return the key as Kubo's configuration holds it (Identity.PrivKey), base64: a secret.

    Raises:
        ValueError: not 32 bytes.
    """
    return base64.b64encode(_PRIVATE_KEY + seed + _public(seed)).decode("ascii")


def public_key_of(peer_id: str) -> bytes | None:
    """Return the Ed25519 public key (32 bytes) that `peer_id` is the name of, or None where it names no such key."""
    number = 0
    for letter in peer_id:
        digit = _ALPHABET.find(letter)
        if digit < 0:
            return None
        number = number * 58 + digit
    prefix = _IDENTITY + _PUBLIC_KEY
    data = number.to_bytes((number.bit_length() + 7) // 8, "big")
    data = bytes(len(peer_id) - len(peer_id.lstrip("1"))) + data
    return data[len(prefix) :] if data.startswith(prefix) and len(data) == len(prefix) + _BYTES else None


def _public(seed: bytes) -> bytes:
    # Imported where it is needed: who only reads peer ids does not wait for it.
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415

    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def _base58(data: bytes) -> str:
    number, digits = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        digits = _ALPHABET[digit] + digits
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + digits
