"""From bytes to a value of a closed shape, by a short way and a long way with one outcome.

Bytes that equal the canonical encoding of what was decoded from them cannot hold duplicate keys, odd numbers, odd
escapes or white space, so nothing more needs to be checked. All other bytes go through the strict parser first, which
refuses them by name or makes them canonical.
"""

from __future__ import annotations

from typing import Final, TypeVar

import msgspec

from gateway.domain.errors import DomainError
from gateway.domain.hashing import WORD
from gateway.domain.jcs import canonicalise
from gateway.domain.strict_json import STRICT, JsonLimits, JsonTooLarge, parse_json_strict

T = TypeVar("T")

encode: Final = msgspec.json.Encoder().encode
"""RFC 8785 of any value whose members are declared in the order of RFC 8785 (``schema``)."""

_FOR_THE_STRICT: Final = (b"\\", b"\x7f", b".0,", b".0}", b".0]")
"""What only the strict parser judges: a backslash or DEL may be a control character within a string, and ``8.0``
encodes as it was read, though not as RFC 8785 writes it. Where these are innocent, the long way says so too."""
_ADDRESS_BYTES: Final = 20


class MalformedDocument(DomainError):
    """A document of another shape than the one expected (verification step 1); the message names the place."""

    code = "document.shape"
    zh = "文件结构有误：{value}"
    en = "not shaped as it should be: {value}"
    hint_zh = "请使用发证机构提供的原始文件"
    hint_en = "use the file as the institution issued it"


def decode_strict(data: bytes, decoder: msgspec.json.Decoder[T], limits: JsonLimits = STRICT) -> T:
    """The value of JSON bytes, of the decoder's shape.

    Raises:
        JsonRefused: malformed or ambiguous JSON (duplicate keys, null, depth, size …).
        MalformedDocument: another shape.
    """
    if len(data) > limits.max_bytes:
        raise JsonTooLarge(len(data), limit=limits.max_bytes)
    if not any(mark in data for mark in _FOR_THE_STRICT):
        try:
            value = decoder.decode(data)
        except (msgspec.MsgspecError, RecursionError):
            pass  # the long way finds out what is wrong
        else:
            if encode(value) == data:
                return value
    return convert(parse_json_strict(data, limits), decoder)


def convert(document: object, decoder: msgspec.json.Decoder[T]) -> T:
    """The value of a parsed JSON document (of ``parse_json_strict``, so that no key was lost on the way).

    Raises:
        NotCanonicalisable: a value that JSON cannot carry.
        MalformedDocument: another shape.
    """
    try:
        return decoder.decode(canonicalise(document))
    except msgspec.MsgspecError as error:
        raise MalformedDocument(str(error)) from None


def read_hex(text: str, place: str, size: int = WORD) -> bytes:
    """The bytes of ``0x`` and so many bytes in lower-case hexadecimal.

    Raises:
        MalformedDocument: any other text; the message names ``place``.
    """
    try:
        data = bytes.fromhex(text[2:])
    except ValueError:
        data = b""
    if len(data) != size or text != "0x" + data.hex():
        raise MalformedDocument(f"{size} bytes in lower-case hexadecimal with 0x - at `{place}`")
    return data


def read_address(text: str, place: str) -> bytes:
    """The 20 bytes of an address in lower-case hexadecimal.

    Raises:
        MalformedDocument: any other text; the message names ``place``.
    """
    return read_hex(text, place, _ADDRESS_BYTES)
