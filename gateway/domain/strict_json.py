"""JSON read without mercy: what two readers could understand differently is refused.

Refused by name: more bytes or depth than the limits say, other encodings than UTF-8, duplicate keys, null (unless
allowed), integers beyond 2**53 - 1, numbers that a double cannot hold or would change, NaN and Infinity, control
characters within strings, lone surrogates. Numbers with a fraction or an exponent come back as Decimal, exactly as
written: I-JSON (RFC 7493) in full, and a little more.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from gateway.domain.errors import DomainError, Said
from gateway.domain.jcs import MAX_SAFE_INTEGER

# Possessive, and content with a string that never ends: where a match may be given up and tried again from each quote
# within, a file of nothing but \" keeps a processor busy for minutes.
_STRINGS: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_BRACKETS: Final = re.compile(r"[\[\]{}]")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_SAFE_DIGITS: Final = len(str(MAX_SAFE_INTEGER)) + 1


class JsonRefused(DomainError):
    """The family of JSON that is not read."""

    code = "json"
    zh = "JSON 有误：{value}"
    en = "malformed JSON: {value}"
    hint_zh = "请使用发出方提供的原始文件，不要手工改动"
    hint_en = "use the file as it was given to you, unedited"


class JsonTooLarge(JsonRefused):
    """More bytes than the limit."""

    code = "json.size"
    zh = "文件过大：{value} 字节，上限 {limit}"
    en = "too large: {value} bytes, the limit is {limit}"


class JsonTooDeep(JsonRefused):
    """Nested deeper than the limit."""

    code = "json.depth"
    zh = "嵌套过深，上限 {limit} 层"
    en = "nested deeper than {limit}"


class JsonMalformed(JsonRefused):
    """No JSON at all, or not in UTF-8."""

    code = "json.syntax"


class JsonDuplicateKey(JsonRefused):
    """The same key twice in one object."""

    code = "json.duplicate"
    zh = "同一对象中键“{value}”重复出现"
    en = "the key {value!r} stands twice in one object"


class JsonNull(JsonRefused):
    """A null."""

    code = "json.null"
    zh = "不允许 null"
    en = "null is not allowed"
    hint_zh = "没有值的字段应省略"
    hint_en = "leave out a field that has no value"


class JsonNumber(JsonRefused):
    """A number that readers would understand differently, or no number of JSON."""

    code = "json.number"
    zh = "数字“{value}”无法精确表示"
    en = "the number {value} cannot be represented exactly"


class JsonText(JsonRefused):
    """A string with a control character or a lone surrogate."""

    code = "json.text"
    sensitive = True
    zh = "字符串 {value!r} 含有控制字符或不成对的代理码"
    en = "the string {value!r} holds a control character or a lone surrogate"


@dataclass(frozen=True, slots=True)
class JsonLimits:
    """What a reader accepts. The defaults fit a certificate file."""

    max_bytes: int = 262_144
    max_depth: int = 32
    allow_null: bool = False
    allow_inexact: bool = False
    """Accept decimals that a double rounds (1.00000000000000000001), as RFC 8785's own data has them."""
    allow_control: bool = False
    """Accept escaped control characters within strings."""


STRICT: Final = JsonLimits()
"""The limits of documents that Huren itself defines."""
LENIENT: Final = JsonLimits(allow_null=True, allow_inexact=True, allow_control=True)
"""The limits of foreign JSON that has to be canonicalised whatever it says."""


def parse_json_strict(data: bytes, limits: JsonLimits = STRICT) -> Any:  # noqa: ANN401 (JSON is any of six types)
    """The value of a JSON text: dict, list, str, int, Decimal, bool (or None).

    Raises:
        JsonRefused: one class a reason, see the module.
    """
    if len(data) > limits.max_bytes:
        raise JsonTooLarge(len(data), limit=limits.max_bytes)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        why = Said(f"第 {error.start} 字节处不是 UTF-8", f"not UTF-8 at byte {error.start}")
        raise JsonMalformed(why) from None
    _check_depth(text, limits.max_depth)
    reader = _Reader(limits)
    try:
        value = json.loads(
            text,
            parse_float=reader.decimal,
            parse_int=reader.integer,
            parse_constant=reader.constant,
            object_pairs_hook=reader.object,
        )
    except json.JSONDecodeError as error:
        why = Said(f"第 {error.lineno} 行第 {error.colno} 个字符处不成 JSON", str(error))
        raise JsonMalformed(why) from None
    reader.item(value)
    return value


def _check_depth(text: str, limit: int) -> None:
    """Count brackets outside strings before anything recurses over them."""
    depth = 0
    for bracket in _BRACKETS.findall(_STRINGS.sub("", text)):
        if bracket in "[{":
            depth += 1
            if depth > limit:
                raise JsonTooDeep(depth, limit=limit)
        else:
            depth -= 1


class _Reader:
    """Judges every scalar and every object as the parser finishes it."""

    def __init__(self, limits: JsonLimits) -> None:
        self._limits = limits

    def integer(self, text: str) -> int:
        # The length comes first: int() of millions of digits is quadratic.
        if len(text) > _SAFE_DIGITS or abs(int(text)) > MAX_SAFE_INTEGER:
            raise JsonNumber(text)
        return int(text)

    def decimal(self, text: str) -> Decimal:
        number = float(text)
        if not math.isfinite(number):
            raise JsonNumber(text)
        try:
            exact = Decimal(text)
        except ArithmeticError:  # an exponent beyond those of Decimal: 0e-99999999999999999999
            raise JsonNumber(text) from None
        if not self._limits.allow_inexact and exact != Decimal(repr(number)):
            raise JsonNumber(text)
        return exact

    def constant(self, text: str) -> Any:  # noqa: ANN401 (never returns)
        raise JsonNumber(text)

    def text(self, value: str) -> None:
        if not self._limits.allow_control and _CONTROL.search(value):
            raise JsonText(value)
        if not value.isascii():
            try:
                value.encode("utf-8")
            except UnicodeEncodeError:
                raise JsonText(value) from None

    def item(self, value: object) -> None:
        if isinstance(value, str):
            self.text(value)
        elif value is None:
            if not self._limits.allow_null:
                raise JsonNull
        elif isinstance(value, list):
            for entry in value:
                self.item(entry)

    def object(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        result: dict[str, object] = {}
        for key, value in pairs:
            self.text(key)
            if key in result:
                raise JsonDuplicateKey(key)
            self.item(value)
            result[key] = value
        return result
