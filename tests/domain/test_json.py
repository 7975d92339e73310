from __future__ import annotations

import json
import struct
from decimal import Decimal

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain import strict_json as sj
from gateway.domain.jcs import NotCanonicalisable, canonicalise, number_text
from gateway.domain.strict_json import JsonLimits, parse_json_strict

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
SAFE_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]))
NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda children: st.lists(children, max_size=5) | st.dictionaries(TEXT, children, max_size=5),
    max_leaves=20,
)


@given(VALUES)
def test_canonical_json_equals_another_implementation(value: object) -> None:
    assert canonicalise(value) == rfc8785.dumps(value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_written_as_another_implementation_writes_them(value: float) -> None:
    assert number_text(value).encode() == rfc8785.dumps(value)
    assert float(number_text(value)) == value


# RFC 8785 appendix B, by the bits of the double.
@pytest.mark.parametrize(
    ("bits", "text"),
    [
        ("0000000000000000", "0"),
        ("8000000000000000", "0"),
        ("0000000000000001", "5e-324"),
        ("7fefffffffffffff", "1.7976931348623157e+308"),
        ("4340000000000000", "9007199254740992"),
        ("44b52d02c7e14af6", "1e+23"),
        ("444b1ae4d6e2ef50", "1e+21"),
        ("444b1ae4d6e2ef4f", "999999999999999900000"),
        ("3eb0c6f7a0b5ed8d", "0.000001"),
        ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"),
        ("41b3de4355555557", "333333333.33333343"),
    ],
)
def test_doubles_are_written_as_rfc_8785_appendix_b_says(bits: str, text: str) -> None:
    assert number_text(struct.unpack(">d", bytes.fromhex(bits))[0]) == text


@pytest.mark.parametrize(
    "value", [2**53, -(2**53), float("nan"), float("inf"), "\ud800", {1: 2}, {"\udfff": 1}, {"a": object()}, b"x"]
)
def test_what_i_json_cannot_carry_is_not_canonicalised(value: object) -> None:
    with pytest.raises(NotCanonicalisable):
        canonicalise(value)


@given(
    st.recursive(
        st.booleans() | NUMBERS | SAFE_TEXT,
        lambda children: st.lists(children, max_size=5) | st.dictionaries(SAFE_TEXT, children, max_size=5),
        max_leaves=20,
    )
)
def test_strict_parsing_gives_back_what_was_written(value: object) -> None:
    parsed = parse_json_strict(json.dumps(value, ensure_ascii=False).encode())
    assert canonicalise(parsed) == canonicalise(value)


def test_decimals_keep_their_exact_text() -> None:
    value = parse_json_strict(b'{"a": 0.10, "b": 1e2, "c": 7}')
    assert value == {"a": Decimal("0.10"), "b": Decimal("1E+2"), "c": 7}
    assert str(value["a"]) == "0.10"


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b'{"a":1,"a":2}', sj.JsonDuplicateKey),
        (b'{"a":1,"\\u0061":2}', sj.JsonDuplicateKey),
        (b'{"a":{"b":1,"b":1}}', sj.JsonDuplicateKey),
        (b"9007199254740992", sj.JsonNumber),
        (b"-9007199254740992", sj.JsonNumber),
        (b"9" * 5000, sj.JsonNumber),
        (b"[1e999]", sj.JsonNumber),
        (b"1.00000000000000000001", sj.JsonNumber),
        (b"0e-99999999999999999999", sj.JsonNumber),
        (b"0e99999999999999999999", sj.JsonNumber),
        (b"NaN", sj.JsonNumber),
        (b"[Infinity]", sj.JsonNumber),
        (b"-Infinity", sj.JsonNumber),
        (b'"a\nb"', sj.JsonMalformed),
        (b'"\x00"', sj.JsonMalformed),
        (b'"\\u0000"', sj.JsonText),
        (b'{"\\u0007":1}', sj.JsonText),
        (b'["\x7f"]', sj.JsonText),
        (b'"\\ud800"', sj.JsonText),
        (b'{"\\udc00\\ud800":1}', sj.JsonText),
        (b"null", sj.JsonNull),
        (b"[[null]]", sj.JsonNull),
        (b'{"a":null}', sj.JsonNull),
        (b"[" * 1000 + b"]" * 1000, sj.JsonTooDeep),
        (b'{"a":' * 1000 + b"1" + b"}" * 1000, sj.JsonTooDeep),
        (b"[" * 100_000, sj.JsonTooDeep),
        (b'"\xff"', sj.JsonMalformed),
        (b"\xef\xbb\xbf{}", sj.JsonMalformed),
        ('{"a":1}'.encode("utf-16"), sj.JsonMalformed),
        (b"", sj.JsonMalformed),
        (b"{} {}", sj.JsonMalformed),
        (b"[1,]", sj.JsonMalformed),
        (b"01", sj.JsonMalformed),
        (b"'a'", sj.JsonMalformed),
        (b'"' + b"a" * 262_144 + b'"', sj.JsonTooLarge),
    ],
)
def test_json_that_two_readers_could_understand_differently_is_refused(data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        parse_json_strict(data)


def test_brackets_within_strings_are_no_depth() -> None:
    assert parse_json_strict(b'["[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\"[[["]') == ["[" * 38 + '"[[[']


@pytest.mark.timeout(60)
@pytest.mark.parametrize("unit", [b'\\"', b'"', b"\\", b'\\"[', b'{"'], ids=repr)
def test_a_string_that_never_ends_is_refused_at_once_however_long(unit: bytes) -> None:
    """Read again from each quote within, half a million bytes of them would take a quarter of an hour."""
    for begin in (b'"', b"", b'["'):
        with pytest.raises(sj.JsonRefused):
            parse_json_strict(begin + unit * (260_000 // len(unit)))


@given(st.binary(max_size=200))
def test_any_bytes_are_either_read_or_refused_by_name(data: bytes) -> None:
    try:
        value = parse_json_strict(data, JsonLimits(max_depth=5))
    except sj.JsonRefused:
        return
    assert parse_json_strict(canonicalise(value)) is not None


def test_a_lenient_reader_takes_what_foreign_data_needs() -> None:
    assert parse_json_strict(b'[null, 333333333.33333329, "\\u000f"]', sj.LENIENT) == [
        None,
        Decimal("333333333.33333329"),
        "\x0f",
    ]
