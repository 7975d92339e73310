"""Parameters and bodies: what is wrong with one is said with its name, why, and what to write instead.

    with field("institution"):
        Uscc(query.institution)          # an IdentifierError leaves with the field's name on it

Shapes are pydantic's, an unknown parameter is refused: a filter that is misspelt would otherwise filter nothing.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from gateway.domain.errors import USAGE, HurenError, Said

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

V = TypeVar("V")
_HASH: Final = re.compile(r"0x[0-9a-fA-F]{64}", re.ASCII)


class BadParameter(HurenError):
    """A parameter, or a member of a body, that is not allowed."""

    code = "api.parameter"
    exit_code = USAGE
    zh = "参数 {field} 的值“{value}”不可用：{why}"
    en = "the value {value!r} of {field} cannot be used: {why}"
    hint_zh = "可用的值见 docs/api.md"
    hint_en = "docs/api.md lists what is allowed"


class Filter(BaseModel):
    """The base of queries and bodies: names as JSON writes them, nothing unknown, no values guessed."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel, str_max_length=2_000)


_ZH: Final = {
    "missing": "缺少",
    "extra_forbidden": "没有这个参数",
    "int_parsing": "须为整数",
    "int_type": "须为整数",
    "int_from_float": "须为整数",
    "bool_parsing": "须为 true 或 false",
    "bool_type": "须为 true 或 false",
    "string_type": "须为文字",
    "string_too_long": "过长",
    "string_too_short": "过短",
    "string_pattern_mismatch": "写法不对",
    "list_type": "须为列表",
    "too_long": "太多",
    "too_short": "太少",
    "dict_type": "须为 JSON 对象",
    "model_attributes_type": "须为 JSON 对象，并以 Content-Type: application/json 发送",
    "json_invalid": "不是 JSON",
    "greater_than_equal": "须不小于 {ge}",
    "less_than_equal": "须不大于 {le}",
    "enum": "须为 {expected} 之一",
    "literal_error": "须为 {expected} 之一",
}
"""By pydantic's type of error."""
_EN: Final = {
    "missing": "it is missing",
    "extra_forbidden": "there is no such parameter",
    "json_invalid": "it is no JSON",
    "model_attributes_type": "it must be a JSON object, sent with Content-Type: application/json",
}
"""Where pydantic's own words say too little to somebody who never heard of it."""


def parameter_problem(found: Mapping[str, Any]) -> BadParameter:
    """The problem of the first thing that pydantic found."""
    said, kind = str(found.get("msg", "")), str(found.get("type", ""))
    # A body that is no object has no member to blame, and the place of a JSON error is an offset: it is the body's.
    whole = kind == "json_invalid" or len(found.get("loc", ())) == 1
    place = str(found["loc"][0]) if whole else ".".join(str(part) for part in found.get("loc", ())[1:])
    zh = _ZH[kind].format(**found.get("ctx", {})) if kind in _ZH else f"不符合要求（{said}）"
    said = _EN.get(kind, said)
    given = found.get("input")
    # What stands in a body may be a person's (a student's number under a misspelt name): it is not given back, since
    # problems end in other people's logs. Parameters of an address stand in those anyway.
    told = isinstance(given, str | int | float | bool | None) and found.get("loc", ("",))[0] != "body"
    value = given if told else "…" if isinstance(given, str) else type(given).__name__
    return BadParameter(value, field=place, why=Said(zh, said))


@contextmanager
def field(name: str) -> Iterator[None]:
    """Put a field's name on whatever is found wrong inside."""
    try:
        yield
    except HurenError as error:
        error.details.setdefault("field", name)
        raise


def hash_of(name: str, text: str | None) -> bytes | None:
    """The 32 bytes of a hash, None where nothing was given.

    Raises:
        BadParameter: it is none.
    """
    if text is None:
        return None
    if _HASH.fullmatch(text) is None:
        raise BadParameter(text, field=name, why=Said("须为 0x 加 64 位十六进制", "0x and 64 hexadecimal digits"))
    return bytes.fromhex(text[2:])


def one_of(name: str, text: str | None, known: Mapping[str, V]) -> V | None:
    """What a word stands for, None where nothing was given.

    Raises:
        BadParameter: it stands for nothing.
    """
    return None if text is None else wanted_of(name, text, known)


def wanted_of(name: str, text: str | None, known: Mapping[str, V]) -> V:
    """What a word stands for that has to be given.

    Raises:
        BadParameter: it was not, or stands for nothing.
    """
    if text is None or text not in known:
        why = Said(f"须为 {'、'.join(known)} 之一", f"one of {', '.join(known)}")
        raise BadParameter(text, field=name, why=why)
    return known[text]
