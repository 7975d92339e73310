from __future__ import annotations

import base64
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.statuslist import (
    MAX_BITS,
    MIN_BITS,
    StatusListError,
    decode_status_list,
    encode_status_list,
    status_bit,
)


def packed(data: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(data).decode().rstrip("=")


@given(st.sets(st.integers(0, MIN_BITS - 1), max_size=50))
def test_the_places_that_were_set_come_back_and_no_others(places: set[int]) -> None:
    bits = decode_status_list(encode_status_list(places))
    assert len(bits) * 8 == MIN_BITS
    assert all(status_bit(bits, place) for place in places)
    assert sum(byte.bit_count() for byte in bits) == len(places)


def test_place_zero_is_the_leftmost_bit() -> None:
    assert decode_status_list(encode_status_list([0]))[0] == 0x80


def test_the_empty_list_of_the_recommendation_is_read() -> None:
    # The example of section 2.2 of Bitstring Status List 1.0: 131,072 zeros.
    example = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"
    assert decode_status_list(example) == bytes(MIN_BITS // 8)


def test_the_same_places_give_the_same_bytes() -> None:
    assert encode_status_list([3, 1]) == encode_status_list([1, 3])


@pytest.mark.parametrize(
    ("places", "length"), [([], 8), ([], MIN_BITS + 1), ([], MAX_BITS + 8), ([-1], MIN_BITS), ([MIN_BITS], MIN_BITS)]
)
def test_short_lists_and_places_outside_are_refused(places: list[int], length: int) -> None:
    with pytest.raises(StatusListError):
        encode_status_list(places, length)


@pytest.mark.parametrize(
    "encoded",
    [
        "",
        "zabc",
        "u!",
        "uAAAA",
        packed(gzip.compress(b"\0" * 100)),
        packed(gzip.compress(b"\0" * (MAX_BITS // 8 + 1))),
        packed(gzip.compress(b"\0" * (MIN_BITS // 8))[:-4]),
        packed(gzip.compress(b"\0" * (MIN_BITS // 8)) + b"more"),
    ],
    ids=["empty", "base58", "alphabet", "no gzip", "short", "bomb", "cut off", "continued"],
)
def test_a_malformed_list_is_refused(encoded: str) -> None:
    with pytest.raises(StatusListError):
        decode_status_list(encoded)


def test_a_place_outside_a_decoded_list_is_refused() -> None:
    with pytest.raises(StatusListError):
        status_bit(bytes(2), 16)
