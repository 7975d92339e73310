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
_PAIR_VALUES: Final = {pair: value for value, pair in enumerate(_PAIRS)}
_PAIR: Final = 58**2
_FOUR: Final = 58**4
_CHUNK: Final = 58**8
"""Eight digits fit a machine word, so that few divisions are long ones."""
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
    number = 0
    padded = "1" * (-len(text) % 8) + text  # leading ones are leading zeros
    value = _PAIR_VALUES
    try:
        for at in range(0, len(padded), 8):  # four pairs at a time: small numbers are quicker than the whole
            first, second = value[padded[at : at + 2]], value[padded[at + 2 : at + 4]]
            third, fourth = value[padded[at + 4 : at + 6]], value[padded[at + 6 : at + 8]]
            number = number * _CHUNK + (first * _PAIR + second) * _FOUR + third * _PAIR + fourth
    except KeyError:
        raise MalformedBase58(text) from None
    zeros = len(text) - len(text.lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


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
