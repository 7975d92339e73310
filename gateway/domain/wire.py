"""From bytes to a value of a closed shape, by a short way and a long way with one outcome.

Bytes that equal the canonical encoding of what was read from them cannot hold duplicate keys, odd numbers, odd escapes
or white space, so nothing more needs to be checked. All other bytes go through the strict parser first, which refuses
them by name or makes them canonical. (A number like ``8.0`` is left: whoever has a float member takes it through
:func:`plain_number`.)
"""

from __future__ import annotations

from binascii import unhexlify
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from gateway.domain.errors import DomainError
from gateway.domain.hashing import WORD, hex0x
from gateway.domain.jcs import canonicalise
from gateway.domain.strict_json import STRICT, JsonLimits, JsonTooLarge, parse_json_strict

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
V = TypeVar("V")

encode: Final = msgspec.json.Encoder().encode
"""RFC 8785 of any value whose members are declared in the order of RFC 8785 (``schema``)."""

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
    value: T = read_strict(data, decoder, _itself, encode, limits)
    return value


def _itself(value: T) -> T:
    return value


def read_strict(
    data: bytes,
    decoder: msgspec.json.Decoder[T],
    make: Callable[[T], V],
    written: Callable[[V], bytes],
    limits: JsonLimits = STRICT,
) -> V:
    """What ``make`` makes of the decoded value of JSON bytes.

    Args:
        data: JSON in UTF-8.
        decoder: knows the shape.
        make: takes the value further; what it raises of DomainError it raises for canonical bytes too.
        written: canonical JSON of what ``make`` made, so that parts it has encoded already need not be encoded again.
        limits: of size and depth.

    Raises:
        JsonRefused: malformed or ambiguous JSON (duplicate keys, null, depth, size …).
        MalformedDocument: another shape.
        DomainError: of ``make``.
    """
    if len(data) > limits.max_bytes:
        raise JsonTooLarge(len(data), limit=limits.max_bytes)
    # A backslash or DEL may be a control character within a string: the strict parser decides.
    if b"\\" not in data and b"\x7f" not in data:
        try:
            value = make(decoder.decode(data))
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError, DomainError):
            pass  # the long way finds out what is wrong first
        else:
            if written(value) == data:
                return value
    return make(convert(parse_json_strict(data, limits), decoder))


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


def plain_number(value: int | float) -> int | float:  # noqa: PYI041 (JSON knows both, and they are told apart)
    """A number as RFC 8785 writes it: ``8.0`` is ``8``, which the encoder would leave as it was read."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def read_hex(text: str, place: str, size: int = WORD) -> bytes:
    """The bytes of ``0x`` and so many bytes in lower-case hexadecimal.

    Raises:
        MalformedDocument: any other text; the message names ``place``.
    """
    try:
        data = unhexlify(text[2:])
    except ValueError:
        data = b""
    # Written again it must be the same text: that leaves no room for capitals, or for another beginning than 0x.
    if len(data) != size or hex0x(data) != text:
        raise MalformedDocument(f"{size} bytes in lower-case hexadecimal with 0x - at `{place}`")
    return data


def read_address(text: str, place: str) -> bytes:
    """The 20 bytes of an address in lower-case hexadecimal.

    Raises:
        MalformedDocument: any other text; the message names ``place``.
    """
    return read_hex(text, place, _ADDRESS_BYTES)
