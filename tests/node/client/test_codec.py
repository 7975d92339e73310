from __future__ import annotations

from typing import Any

import pytest
from eth_abi.abi import decode as reference_decode
from eth_abi.abi import encode as reference_encode
from hypothesis import given
from hypothesis import strategies as st

from node.client.codec import AbiError, Codec

STATIC = [
    "uint8",
    "uint32",
    "uint64",
    "uint256",
    "int16",
    "int256",
    "bool",
    "bytes1",
    "bytes32",
    "address",
    "uint64[3]",
]
DYNAMIC = ["bytes", "string", "bytes32[]", "uint64[]", "bool[]", "address[]", "string[2]"]


WORDS: dict[str, st.SearchStrategy[Any]] = {
    "bool": st.booleans(),
    "address": st.binary(min_size=20, max_size=20).map(lambda raw: "0x" + raw.hex()),
    "string": st.text(max_size=40),
    "bytes": st.binary(max_size=70),
}


def values_of(kind: str) -> st.SearchStrategy[Any]:
    if kind.endswith("]"):
        inner, _, length = kind[:-1].rpartition("[")
        least, most = (int(length), int(length)) if length else (0, 4)
        return st.lists(values_of(inner), min_size=least, max_size=most).map(tuple)
    if kind.startswith("uint"):
        return st.integers(0, (1 << int(kind[4:])) - 1)
    if kind.startswith("int"):
        half = 1 << (int(kind[3:]) - 1)
        return st.integers(-half, half - 1)
    return WORDS[kind] if kind in WORDS else st.binary(min_size=int(kind[5:]), max_size=int(kind[5:]))


def arguments(kinds: list[str]) -> st.SearchStrategy[tuple[list[str], list[Any]]]:
    lists = st.lists(st.sampled_from(kinds), min_size=1, max_size=6)
    return lists.flatmap(lambda chosen: st.tuples(st.just(chosen), st.tuples(*map(values_of, chosen)).map(list)))


def codec_of(kinds: list[str]) -> Codec:
    return Codec([{"name": f"field{i}", "type": kind} for i, kind in enumerate(kinds)])


@given(arguments(STATIC))
def test_words_are_encoded_as_the_reference_library_encodes_them(case: tuple[list[str], list[Any]]) -> None:
    kinds, values = case
    codec = codec_of(kinds)
    assert codec.static
    assert codec.encode(values) == reference_encode(kinds, values)
    assert codec.decode(reference_encode(kinds, values)) == tuple(values)


@given(arguments(STATIC + DYNAMIC))
def test_anything_is_encoded_as_the_reference_library_encodes_it(case: tuple[list[str], list[Any]]) -> None:
    kinds, values = case
    encoded = codec_of(kinds).encode(values)
    assert encoded == reference_encode(kinds, values)
    assert codec_of(kinds).decode(encoded) == tuple(values) == tuple(reference_decode(kinds, encoded))


GRANT = {
    "name": "grant",
    "type": "tuple",
    "internalType": "struct IConsortium.OperatorGrant",
    "components": [
        {"name": "account", "type": "address"},
        {"name": "roles", "type": "uint8"},
        {"name": "from", "type": "uint64"},
    ],
}
ADDRESS = "0x" + "ab" * 20


def test_a_struct_comes_as_a_named_tuple_and_is_given_as_a_sequence_or_a_mapping() -> None:
    codec = Codec([GRANT])
    encoded = codec.encode([(ADDRESS.upper().replace("0X", "0x"), 39, 7)])
    assert encoded == codec.encode([{"from": 7, "roles": 39, "account": ADDRESS}])
    (grant,) = codec.decode(encoded)
    assert (grant.account, grant.roles, grant.from_) == (ADDRESS, 39, 7)
    assert type(grant).__name__ == "OperatorGrant"


def test_structs_in_lists_are_named_tuples_too() -> None:
    codec = Codec([{**GRANT, "type": "tuple[]", "internalType": "struct IConsortium.OperatorGrant[]"}])
    assert not codec.static
    ((first, second),) = codec.decode(codec.encode([[(ADDRESS, 1, 2), {"account": ADDRESS, "roles": 3, "from": 4}]]))
    assert (first.roles, second.roles, second.from_) == (1, 3, 4)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("uint8", 256),
        ("uint8", -1),
        ("int16", 1 << 15),
        ("bytes4", b"abc"),
        ("address", "0x1234"),
        ("address", "not hex"),
        ("uint64[3]", (1, 2)),
        ("uint256", "7"),
        ("bytes32[]", [b"short", 3]),
    ],
)
def test_a_value_that_does_not_fit_is_refused_and_named(kind: str, value: object) -> None:
    with pytest.raises(AbiError) as refused:
        codec_of([kind]).encode([value])
    assert kind in refused.value.what


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("uint8", (256).to_bytes(32, "big")),
        ("bool", (2).to_bytes(32, "big")),
        ("address", b"\x01" * 32),
        ("bytes4", b"abcdX" + bytes(27)),
        ("uint256", b"short"),
        ("bytes", b"\xff" * 32),
    ],
)
def test_bytes_that_are_no_encoding_are_refused(kind: str, data: bytes) -> None:
    with pytest.raises(AbiError):
        codec_of([kind]).decode(data)


def test_the_wrong_number_of_values_and_unknown_types_are_refused() -> None:
    with pytest.raises(AbiError, match="2 values"):
        codec_of(["uint8"]).encode([1, 2])
    with pytest.raises(AbiError, match="fixed128x18"):
        codec_of(["fixed128x18"])
    with pytest.raises(AbiError, match="OperatorGrant has"):
        Codec([GRANT]).encode([{"account": ADDRESS}])
