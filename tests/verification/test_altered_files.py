"""Whatever is changed in a certificate file, it is called valid only where it still says the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.domain.partial import present
from gateway.domain.strict_json import JsonRefused, parse_json_strict
from gateway.domain.verdict import Kind

if TYPE_CHECKING:
    Case = Any

PLAIN = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def says(data: bytes) -> object:
    """What a JSON text says, however it is written."""
    try:
        return parse_json_strict(data)
    except JsonRefused:
        return None


def never_valid_unless_the_same(case: Case, good: bytes, altered: bytes) -> None:
    verdict = case.verifier.by_file(altered)
    if verdict.kind is Kind.VALID:
        assert says(altered) == says(good)
    else:
        assert verdict.kind in {Kind.INVALID, Kind.UNTRUSTED_ISSUER}
        assert verdict.failed_at is not None


@PLAIN
@given(at=st.integers(0, 10_000), mask=st.integers(1, 255))
def test_one_byte_flipped_is_never_valid(case: Case, at: int, mask: int) -> None:
    data = bytearray(case.data)
    data[at % len(data)] ^= mask
    never_valid_unless_the_same(case, case.data, bytes(data))


@PLAIN
@given(at=st.integers(0, 10_000), length=st.integers(0, 40), put=st.binary(max_size=8))
def test_bytes_cut_out_or_put_in_are_never_valid(case: Case, at: int, length: int, put: bytes) -> None:
    at %= len(case.data)
    never_valid_unless_the_same(case, case.data, case.data[:at] + put + case.data[at + length :])


def paths(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The places of all scalars of a document."""
    if isinstance(value, dict):
        return [place for key, inner in value.items() for place in paths(inner, (*path, key))]
    if isinstance(value, list):
        return [place for number, inner in enumerate(value) for place in paths(inner, (*path, number))]
    return [path]


def put(document: Any, path: tuple[str | int, ...], value: object) -> None:  # noqa: ANN401
    for step in path[:-1]:
        document = document[step]
    document[path[-1]] = value


SCALARS = st.none() | st.booleans() | st.integers(-10, 2**60) | st.floats() | st.text(max_size=70)


@PLAIN
@given(place=st.integers(0, 500), value=SCALARS)
def test_one_field_replaced_is_never_valid(case: Case, place: int, value: object) -> None:
    document = json.loads(case.data)
    places = paths(document)
    put(document, places[place % len(places)], value)
    never_valid_unless_the_same(case, case.data, json.dumps(document).encode())


def test_every_single_field_counts(case: Case) -> None:
    """Each scalar in turn: no field can be changed to a near neighbour of itself unnoticed."""
    for path in paths(json.loads(case.data)):
        document = json.loads(case.data)
        holder: Any = document
        for step in path[:-1]:
            holder = holder[step]
        old = holder[path[-1]]
        if isinstance(old, bool):
            new: object = not old
        elif isinstance(old, int):
            new = old + 1
        else:
            new = old[:-1] + ("a" if old[-1] != "a" else "b")
        holder[path[-1]] = new
        verdict = case.verifier.by_file(json.dumps(document, ensure_ascii=False).encode())
        assert verdict.kind in {Kind.INVALID, Kind.UNTRUSTED_ISSUER}, path


@PLAIN
@given(at=st.integers(0, 10_000), mask=st.integers(1, 255))
def test_one_byte_of_a_partial_certificate_flipped_is_never_valid(case: Case, at: int, mask: int) -> None:
    good = present(case.certificate, ["name", "achievement", "creditsEarned"]).to_json()
    data = bytearray(good)
    data[at % len(data)] ^= mask
    never_valid_unless_the_same(case, good, bytes(data))


@pytest.mark.parametrize("rewrite", [{"indent": 2}, {"ensure_ascii": True}, {"sort_keys": False}])
def test_a_file_written_in_another_way_that_says_the_same_stays_valid(case: Case, rewrite: dict[str, Any]) -> None:
    document = json.loads(case.data)
    if "sort_keys" in rewrite:
        document = {"receipt": document["receipt"], "credential": dict(reversed(document["credential"].items()))}
    assert case.verifier.by_file(json.dumps(document, **rewrite).encode()).kind is Kind.VALID


@PLAIN
@given(data=st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_anything_at_all_gets_a_verdict(case: Case, data: bytes) -> None:
    assert case.verifier.by_file(data).kind is Kind.INVALID
