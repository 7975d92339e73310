"""RLP: the yellow paper's examples, another implementation beside ours, and nothing read that has another encoding."""

from __future__ import annotations

import pytest
import rlp
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.rlp import Item, RlpInvalid, decode, encode, integer, to_integer

ITEMS = st.recursive(st.binary(max_size=80), lambda inner: st.lists(inner, max_size=6), max_leaves=20)
LOREM = b"Lorem ipsum dolor sit amet, consectetur adipisicing elit"


@pytest.mark.parametrize(
    ("item", "encoded"),
    [
        (b"dog", "83646f67"),
        ([b"cat", b"dog"], "c88363617483646f67"),
        (b"", "80"),
        ([], "c0"),
        (b"\x00", "00"),
        (b"\x0f", "0f"),
        (b"\x04\x00", "820400"),
        ([[], [[]], [[], [[]]]], "c7c0c1c0c3c0c1c0"),
        (LOREM, "b838" + LOREM.hex()),
    ],
)
def test_the_known_encodings(item: Item, encoded: str) -> None:
    assert encode(item).hex() == encoded
    assert decode(bytes.fromhex(encoded)) == item


@given(ITEMS)
def test_what_was_encoded_is_read_back_and_another_implementation_says_the_same(item: Item) -> None:
    encoded = encode(item)
    assert decode(encoded) == item
    assert encoded == rlp.encode(item)


@given(st.binary(max_size=120))
def test_any_bytes_are_refused_or_are_the_one_encoding_of_what_they_say(data: bytes) -> None:
    try:
        item = decode(data)
    except RlpInvalid:
        with pytest.raises(rlp.exceptions.DecodingError):
            rlp.decode(data)
    else:
        assert encode(item) == data


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("", "cut short"),
        ("83646f", "cut short"),
        ("b8", "cut short"),
        ("c3", "cut short"),
        ("c28363", "cut short"),
        ("8100", "a byte written as a string"),
        ("b801ff", "a length written longer than needed"),
        ("b90038" + "ff" * 56, "a length written longer than needed"),
        ("83646f6700", "1 bytes after the end"),
        ("c1" * 80, "cut short"),
    ],
)
def test_what_is_not_the_one_encoding_is_refused_with_the_reason(data: str, why: str) -> None:
    with pytest.raises(RlpInvalid) as caught:
        decode(bytes.fromhex(data))
    assert caught.value.details["why"].en == why
    assert why in caught.value.message("en")


def test_lists_nested_without_end_are_refused() -> None:
    nested: Item = []
    for _ in range(70):
        nested = [nested]
    with pytest.raises(RlpInvalid, match="too deeply nested"):
        decode(encode(nested))


@given(st.integers(min_value=0, max_value=1 << 300))
def test_integers_have_no_leading_zeros(value: int) -> None:
    assert to_integer(integer(value)) == value
    assert integer(value)[:1] != b"\0"


@pytest.mark.parametrize("item", [b"\0", b"\0\1", []])
def test_what_is_no_integer_is_refused(item: Item) -> None:
    with pytest.raises(RlpInvalid):
        to_integer(item)
