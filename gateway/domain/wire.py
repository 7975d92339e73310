"""From bytes to a value of a closed shape, by a short way and a long way with one outcome.

Bytes that equal the canonical encoding of what was decoded from them cannot hold duplicate keys, odd numbers, odd
escapes or white space, so nothing more needs to be checked. All other bytes go through the strict parser first, which
refuses them by name or makes them canonical. (A number like ``8.0`` is left: whoever has a float member takes it
through :func:`plain_number`.)
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

_ADDRESS_BYTES: Final = 20
_WORD_TEXT: Final = 2 + 2 * WORD


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
    # A backslash or DEL may be a control character within a string: the strict parser decides.
    if b"\\" not in data and b"\x7f" not in data:
        try:
            value = decoder.decode(data)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
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


def plain_number(value: int | float) -> int | float:  # noqa: PYI041 (JSON knows both, and they are told apart)
    """A number as RFC 8785 writes it: ``8.0`` is ``8``, which the encoder would leave as it was read."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def read_hex(text: str, place: str, size: int = WORD) -> bytes:
    """The bytes of ``0x`` and so many bytes in lower-case hexadecimal.

    Raises:
        MalformedDocument: any other text; the message names ``place``.
    """
    try:
        data = bytes.fromhex(text[2:])
    except ValueError:
        data = b""
    # fromhex passes over white space and capitals: the lengths leave no room for the one, islower none for the other.
    if len(data) != size or len(text) != 2 + 2 * size or text[:2] != "0x" or not text.islower():
        raise MalformedDocument(f"{size} bytes in lower-case hexadecimal with 0x - at `{place}`")
    return data


def read_words(texts: tuple[str, ...], place: str) -> tuple[bytes, ...]:
    """The 32 bytes of each of several words, as :func:`read_hex` reads one.

    Raises:
        MalformedDocument: any other text; the message names ``place``.
    """
    if not texts:
        return ()
    count, joined = len(texts), "".join(texts)
    try:
        data = bytes.fromhex(joined.replace("0x", ""))
    except ValueError:
        data = b""
    begun = joined[::_WORD_TEXT] == "0" * count and joined[1::_WORD_TEXT] == "x" * count
    # As in read_hex; a further 0x within a word, or white space, leaves too few bytes.
    if not begun or set(map(len, texts)) != {_WORD_TEXT} or len(data) != WORD * count or not joined.islower():
        raise MalformedDocument(f"{WORD} bytes each in lower-case hexadecimal with 0x - at `{place}`")
    return tuple([data[at : at + WORD] for at in range(0, len(data), WORD)])


def read_address(text: str, place: str) -> bytes:
    """The 20 bytes of an address in lower-case hexadecimal.

    Raises:
        MalformedDocument: any other text; the message names ``place``.
    """
    return read_hex(text, place, _ADDRESS_BYTES)
