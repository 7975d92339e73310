"""Ed25519 keys as text: base58-btc, multibase, did:key.

Sources: draft-msporny-base58 (alphabet of Bitcoin), W3C Controlled Identifiers 1.0 section 2.2.2 (Multikey),
The did:key Method v0.9. Only Ed25519 keys (multicodec 0xed01) are read.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from gateway.domain.errors import DomainError

_ALPHABET: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_PAIRS: Final = tuple(a + b for a in _ALPHABET for b in _ALPHABET)
_PAIR: Final = 58**2
_FOUR: Final = 58**4
_FOREIGN: Final = 0xFF
_VALUES: Final = bytes(_ALPHABET.find(chr(code)) & _FOREIGN for code in range(256))
"""The value of each ASCII character; ``_FOREIGN`` of those that are no digits."""
_BLOCK: Final = 128
"""Digits that are added up at once."""
_ROUNDS: Final = tuple(
    (8 * digits, sum(((1 << 8 * digits) - 1) << 8 * place for place in range(0, _BLOCK, 2 * digits)), 58**digits)
    for digits in (1, 2, 4, 8, 16, 32, 64)
)
"""How neighbours are joined, one round after the other: bits of a field, every second field, weight of the higher."""
_MULTICODEC: Final = b"\xed\x01"
_KEY_BYTES: Final = 32
_MAX_TEXT: Final = 1024
_PREFIX: Final = "did:key:"


class MalformedKey(DomainError):
    """Text that is no did:key, or no multibase value, of an Ed25519 public key."""

    code = "key.form"
    zh = "“{value}”不是 Ed25519 公钥的 did:key"
    en = "{value!r} is no did:key of an Ed25519 public key"
    hint_zh = "应为 did:key:z6Mk…"
    hint_en = "it looks like did:key:z6Mk…"


class MalformedBase58(DomainError):
    """Text with a character outside base58-btc, or far too long."""

    code = "key.base58"
    zh = "“{value}”不是 base58 编码"
    en = "{value!r} is not base58"


def base58_encode(data: bytes) -> str:
    """base58-btc of bytes; each leading zero byte becomes a ``1``."""
    number = int.from_bytes(data, "big")
    pairs: list[str] = []
    while number:
        # Four digits of 58 fit one digit of a Python integer, by which division is quickest.
        number, four = divmod(number, _FOUR)
        high, low = divmod(four, _PAIR)
        pairs += (_PAIRS[low], _PAIRS[high])
    pairs.reverse()
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "1" * zeros + "".join(pairs).lstrip("1")


def base58_decode(text: str) -> bytes:
    """The bytes of a base58-btc text.

    Raises:
        MalformedBase58: a character outside the alphabet, or more than 1,024 of them.
    """
    if len(text) > _MAX_TEXT:
        raise MalformedBase58(text)
    values = text.encode("ascii", "replace").translate(_VALUES)  # what is not ASCII becomes a question mark
    if _FOREIGN in values:
        raise MalformedBase58(text)
    number = 0
    values = bytes(-len(values) % _BLOCK) + values
    for at in range(0, len(values), _BLOCK):
        number = number * 58**_BLOCK + _sum_of(values[at : at + _BLOCK])
    zeros = len(text) - len(text.lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def _sum_of(values: bytes) -> int:
    """The number of 128 digits, a byte each: all neighbours are joined at once, so seven rounds on one integer do."""
    number = int.from_bytes(values, "big")
    for bits, lower, weight in _ROUNDS:
        number = (number >> bits & lower) * weight + (number & lower)
    return number


def multibase_key(public_key: bytes) -> str:
    """``z6Mk…`` of an Ed25519 public key of 32 bytes."""
    return "z" + base58_encode(_MULTICODEC + public_key)


def did_of(public_key: bytes) -> str:
    """``did:key:z6Mk…`` of an Ed25519 public key of 32 bytes."""
    return _PREFIX + multibase_key(public_key)


def verification_method(did: str) -> str:
    """The DID URL of a did:key's only key: the DID, ``#`` and its multibase value again."""
    return f"{did}#{did[len(_PREFIX) :]}"


@lru_cache(maxsize=4096)
def public_key_of(did: str) -> bytes:
    """The 32 bytes of a did:key; a few hundred keys come back millions of times.

    Raises:
        MalformedKey: no did:key of an Ed25519 key, or not written canonically.
    """
    try:
        data = base58_decode(did[len(_PREFIX) + 1 :]) if did.startswith(_PREFIX + "z") else b""
    except MalformedBase58:
        data = b""
    key = data[len(_MULTICODEC) :]
    if not data.startswith(_MULTICODEC) or len(key) != _KEY_BYTES or did_of(key) != did:
        raise MalformedKey(did)
    return key


def key_of_method(method: str) -> bytes:
    """The public key that a proof's ``verificationMethod`` names.

    Raises:
        MalformedKey: another DID method, or a fragment that is not the key itself.
    """
    did, _, fragment = method.partition("#")
    if f"{did}#{fragment}" != verification_method(did):
        raise MalformedKey(method)
    return public_key_of(did)
