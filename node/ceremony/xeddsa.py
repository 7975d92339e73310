"""Signatures with an X25519 key, so that a card can prove possession of a key that is made for agreement only.

XEdDSA (Perrin, "The XEdDSA and VXEdDSA Signature Schemes", revision 1, sections 2.2 to 2.6): the Montgomery key is
taken to the twisted Edwards form of the same curve, and what is signed there is an ordinary Ed25519 signature.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

from nacl.bindings import crypto_scalarmult_ed25519_base_noclamp
from nacl.exceptions import BadSignatureError, CryptoError
from nacl.signing import VerifyKey

_P: Final = 2**255 - 19
_ORDER: Final = 2**252 + 27742317777372353535851937790883648493
_SIGN: Final = 0x80
_HASH_1: Final = (2**256 - 2).to_bytes(32, "little")
"""What is put before the input of hash_1, so that it is another function than the one that signatures use."""


def sign(key: bytes, message: bytes) -> bytes:
    """Return a signature (64 bytes) of `message` by the X25519 private key `key` (32 bytes)."""
    scalar = bytearray(key)
    scalar[0] &= 248
    scalar[31] = scalar[31] & 127 | 64
    point = bytearray(crypto_scalarmult_ed25519_base_noclamp(bytes(scalar)))
    secret = int.from_bytes(scalar, "little") % _ORDER
    if point[31] & _SIGN:  # the public key says nothing of the sign: the one of the two keys is meant whose sign is 0
        secret = _ORDER - secret
        point[31] &= 0x7F
    nonce = _digest(_HASH_1, secret.to_bytes(32, "little"), message, secrets.token_bytes(64))
    commitment = crypto_scalarmult_ed25519_base_noclamp(nonce.to_bytes(32, "little"))
    challenge = _digest(commitment, bytes(point), message)
    return commitment + ((nonce + challenge * secret) % _ORDER).to_bytes(32, "little")


def verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether the holder of the X25519 key `public_key` (32 bytes) made `signature` of `message`."""
    u = int.from_bytes(public_key, "little")
    if u >= _P - 1:  # a second spelling of another key, or the point that has no y
        return False
    y = (u - 1) * pow(u + 1, -1, _P) % _P
    try:
        VerifyKey(y.to_bytes(32, "little")).verify(message, signature)
    except (BadSignatureError, CryptoError, ValueError):
        return False
    return True


def _digest(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % _ORDER
