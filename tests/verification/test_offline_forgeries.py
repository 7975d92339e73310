"""With no network: files cut, doubled, mixed and spoilt at random are never valid, and never stop the verifier."""

from __future__ import annotations

import itertools
import json
import random
from typing import TYPE_CHECKING, Any

import pytest
from offline_paper import Paper

from gateway.domain.evidence import joined, split
from gateway.domain.partial import present
from gateway.domain.verdict import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

JUNK = [
    b'"', b"\\", b"{", b"}", b"[", b",", b":", b"0x", b"null", b"NaN", b"1e999", b"0e-99999999999999999999",
    b"\xff", b"\xef\xbb\xbf", b"\0", b"\\u0000", b"9" * 5_000, b"[" * 5_000, b'{"a":' * 5_000,
]  # fmt: skip


def cut(data: bytes, chance: random.Random) -> bytes:
    at, size = chance.randrange(len(data)), chance.choice([1, 2, 7, 64, 1_000])
    return data[:at] + data[at + size :]


def doubled(data: bytes, chance: random.Random) -> bytes:
    at, size = chance.randrange(len(data)), chance.choice([1, 2, 64, 66, 1_000])
    return data[: at + size] + data[at:]


def moved(data: bytes, chance: random.Random) -> bytes:
    one, other = sorted(chance.sample(range(len(data)), 2))
    size = min(chance.choice([1, 2, 64]), other - one)
    first, second = data[one : one + size], data[other : other + size]
    return data[:one] + second + data[one + size : other] + first + data[other + size :]


def spoilt(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + chance.choice(JUNK) + data[at + chance.choice([0, 1, 64]) :]


def ended(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def recoded(data: bytes, chance: random.Random) -> bytes:
    return data.decode().encode(chance.choice(["utf-16", "utf-16-le", "utf-32", "utf-8-sig", "gb18030"]))


WAYS: list[Callable[[bytes, random.Random], bytes]] = [cut, doubled, moved, spoilt, ended, recoded]


def same(data: bytes, other: bytes) -> bool:
    """Whether two files say the same to whoever reads JSON."""
    try:
        return bool(json.loads(data) == json.loads(other))
    except (ValueError, RecursionError):
        return False


@pytest.mark.parametrize("rounds", [150, pytest.param(2_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_file_that_says_anything_else_is_never_valid(
    either: Paper, way: Callable[[bytes, random.Random], bytes], rounds: int
) -> None:
    data, chance = either.file(), random.Random(f"{way.__name__} {rounds}")
    for _ in range(rounds):
        other = way(data, chance)
        verdict = either.verdict(other)
        assert verdict.kind is not Kind.VALID or same(data, other)
        assert verdict.kind is Kind.VALID or verdict.reason is not None


def test_of_two_files_no_mixture_is_valid(case_of: Any) -> None:  # noqa: ANN401
    """Credential, receipt, headers and nodes of one certificate or of another, each in its own state."""
    pair = [Paper(case_of()), Paper(case_of(name="王芳"))]
    files = [json.loads(paper.file()) for paper in pair]
    valid = set()
    for choice in itertools.product((0, 1), repeat=4):
        one, two, three, four = (files[at] for at in choice)
        mixed = {
            "credential": one["credential"],
            "receipt": two["receipt"],
            "finality": {"headers": three["finality"]["headers"], "nodes": four["finality"]["nodes"], "version": 1},
        }
        data = json.dumps(mixed, ensure_ascii=False).encode()
        if any(paper.verdict(data).kind is Kind.VALID for paper in pair):
            valid.add(choice)
    assert valid == {(0, 0, 0, 0), (1, 1, 1, 1)}


@pytest.mark.parametrize("stride", [7, pytest.param(1, marks=pytest.mark.slow)])
def test_one_bit_of_a_part_turned_anywhere_is_refused(either: Paper, stride: int) -> None:
    """A part has no signature: the anchor alone stands for it."""
    own = present(either.case.certificate, ["name", "creditsEarned"]).to_json()
    data = joined(own, either.evidence())
    assert either.verdict(data).kind is Kind.VALID
    for at in range(0, len(data), stride):
        if not data.index(b'"finality"') < at < data.index(b'"partial"'):  # what lies between is the whole's as well
            bent = data[:at] + bytes((data[at] ^ 1 << (at % 8),)) + data[at + 1 :]
            verdict = either.verdict(bent)
            assert not verdict.kind.favourable, (at, data[at - 20 : at + 20])
            assert verdict.reason is not None
    assert split(data)[0] == own
