"""RFC 8785, the JSON Canonicalization Scheme, over what :mod:`gateway.domain.strict_json` parses.

This is the general path, for documents of any shape. Credentials of the known shape take the short one in
:mod:`gateway.domain.credential`, which a test holds equal to this.
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any, Final

import orjson

from gateway.domain.errors import DomainError

MAX_SAFE_INTEGER: Final = 2**53 - 1
"""The greatest integer of I-JSON (RFC 7493 section 2.2) in either direction."""
_EXPONENT_FROM: Final = 21
_EXPONENT_BELOW: Final = -6
_LITERALS: Final = {None: b"null", True: b"true", False: b"false"}


class NotCanonicalisable(DomainError):
    """A value that JSON, or I-JSON, cannot carry."""

    code = "jcs.value"
    zh = "值“{value}”无法写成规范 JSON"
    en = "{value!r} cannot be written as canonical JSON"
    hint_zh = "仅限 JSON 类型；整数不超过 2^53，数字须有限"
    hint_en = "use JSON's own types, integers within 2^53 and finite numbers"


def number_text(value: float | Decimal) -> str:
    """A number as ECMAScript writes it (RFC 8785 section 3.2.2.3; ECMA-262 Number::toString).

    A Decimal is written as the double nearest to it, since that is the number that JCS knows.

    Raises:
        NotCanonicalisable: an integer beyond 2**53 - 1, NaN or an infinity.
    """
    if isinstance(value, int):
        if not -MAX_SAFE_INTEGER <= value <= MAX_SAFE_INTEGER:
            raise NotCanonicalisable(value)
        return str(value)
    number = float(value)
    if not math.isfinite(number):
        raise NotCanonicalisable(value)
    if number == 0:
        return "0"
    sign, digits, exponent = Decimal(repr(number)).normalize().as_tuple()
    text = "".join(map(str, digits))
    point = len(text) + int(exponent)  # decimal places before the point
    if _EXPONENT_BELOW < point <= _EXPONENT_FROM:
        if point <= 0:
            text = "0." + "0" * -point + text
        elif point < len(text):
            text = text[:point] + "." + text[point:]
        else:
            text += "0" * (point - len(text))
    else:
        mantissa = text[0] + ("." + text[1:] if len(text) > 1 else "")
        text = f"{mantissa}e{point - 1:+d}"
    return "-" + text if sign else text


def _string(value: str) -> bytes:
    try:
        return orjson.dumps(value)  # escapes exactly what RFC 8785 section 3.2.2.2 escapes
    except orjson.JSONEncodeError:
        raise NotCanonicalisable(value) from None  # a lone surrogate


def _utf16(key: str) -> bytes:
    try:
        return key.encode("utf-16-be")
    except UnicodeEncodeError:
        raise NotCanonicalisable(key) from None


def canonicalise(value: object) -> bytes:
    """The canonical JSON of a value: dict, list, tuple, str, int, float, Decimal, bool or None.

    Raises:
        NotCanonicalisable: another type, a key that is no string, a lone surrogate, an integer beyond
            2**53 - 1, or a number that is not finite.
    """
    out: list[bytes] = []
    _write(value, out)
    return b"".join(out)


def _write(value: object, out: list[bytes]) -> None:
    if isinstance(value, str):
        out.append(_string(value))
    elif isinstance(value, dict):
        _write_object(value, out)
    elif isinstance(value, list | tuple):
        _write_array(value, out)
    elif value is None or isinstance(value, bool):
        out.append(_LITERALS[value])
    elif isinstance(value, int | float | Decimal):
        out.append(number_text(value).encode("ascii"))
    else:
        raise NotCanonicalisable(value)


def _write_object(value: dict[Any, object], out: list[bytes]) -> None:
    if not all(isinstance(key, str) for key in value):
        raise NotCanonicalisable(value)
    separator = b"{"
    for key in sorted(value, key=_utf16):
        out += (separator, _string(key), b":")
        _write(value[key], out)
        separator = b","
    out.append(b"}" if value else b"{}")


def _write_array(value: list[object] | tuple[object, ...], out: list[bytes]) -> None:
    separator = b"["
    for item in value:
        out.append(separator)
        _write(item, out)
        separator = b","
    out.append(b"]" if value else b"[]")
