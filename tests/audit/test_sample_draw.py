"""The draw: what a person can compute by hand, alike everywhere, every eligible transfer as likely as any other."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.audit.samples.announcements import Noted
from gateway.audit.samples.draw import draw, seed_of
from gateway.audit.samples.errors import NothingOfOurs, SampleFileMalformed, SampleOfThePast
from gateway.audit.samples.values import SampleRecord, SampleRequest
from gateway.cli.audit_open import OLDEST_DAYS, _examined
from gateway.domain.civil_time import DAY
from gateway.domain.hashing import hex0x, keccak256, word

SIZES = [((310_000, 330_000), 3), ((320_000, 330_000), 2)]
NAMES = [
    (310_000, 330_000, 1),
    (310_000, 330_000, 2),
    (310_000, 330_000, 3),
    (320_000, 330_000, 1),
    (320_000, 330_000, 2),
]
RECORD = SampleRecord(
    chain_id=31_337,
    genesis="0x" + "11" * 32,
    count=2,
    pairs=((310_000, 330_000), (320_000, 330_000)),
    accepted=False,
    through=40,
    through_hash=b"\x22" * 32,
    at_block=50,
    office_key=b"\x33" * 32,
    answer_days=14,
    nonce=b"\x44" * 32,
)


def everything(_name: object) -> bool:
    return True


def test_the_draw_is_what_the_algorithm_says_step_by_step() -> None:
    seed = seed_of(b"\xaa" * 32, b"\xbb" * 32)
    assert seed == keccak256(b"\xaa" * 32 + b"\xbb" * 32)
    expected: list[object] = []
    step = 0
    while len(expected) < 3:
        value = int.from_bytes(keccak256(seed + word(step)), "big")
        if value < 2**256 - 2**256 % 5 and NAMES[value % 5] not in expected:
            expected.append(NAMES[value % 5])
        step += 1
    assert draw(seed, SIZES, 3, everything, 5) == expected


def test_more_than_there_are_draws_all_of_them_once() -> None:
    assert sorted(draw(b"\x01" * 32, SIZES, 99, everything, 5)) == NAMES


def test_what_is_not_eligible_is_passed_over() -> None:
    odd = [name for name in NAMES if name[2] % 2]
    assert sorted(draw(b"\x02" * 32, SIZES, 99, lambda name: bool(name[2] % 2), len(odd))) == odd


def test_of_nothing_nothing_is_drawn() -> None:
    assert draw(b"\x03" * 32, [], 5, everything, 0) == []
    assert draw(b"\x03" * 32, [((310_000, 330_000), 0)], 5, everything, 0) == []


def test_every_transfer_is_drawn_about_as_often_as_any_other() -> None:
    drawn = Counter(
        name for number in range(3_000) for name in draw(keccak256(b"%d" % number), SIZES, 2, everything, 5)
    )
    # 1,200 expected each; the standard deviation is 27
    assert set(drawn) == set(NAMES)
    assert all(1_050 < times < 1_350 for times in drawn.values())


@given(
    st.binary(min_size=32, max_size=32),
    st.lists(st.integers(0, 30), min_size=1, max_size=5),
    st.integers(1, 40),
)
def test_each_is_drawn_once_from_what_there_is_and_a_longer_draw_begins_like_a_shorter_one(
    seed: bytes, sizes: list[int], count: int
) -> None:
    pairs = [((310_000, 320_000 + number), size) for number, size in enumerate(sizes)]
    total = sum(sizes)
    drawn = draw(seed, pairs, count, everything, total)
    assert len(drawn) == len(set(drawn)) == min(count, total)
    known = dict(pairs)
    assert all(1 <= number <= known[source, target] for source, target, number in drawn)
    assert draw(seed, pairs, count + 1, everything, total)[: len(drawn)] == drawn


def test_a_record_comes_back_from_its_json_and_its_announcement_binds_it() -> None:
    assert SampleRecord.of_json(RECORD.to_json()) == RECORD
    assert RECORD.announcement == keccak256(RECORD.digest)
    for change in ({"count": 3}, {"atBlock": 51}, {"nonce": "0x" + "45" * 32}, {"accepted": True}):
        changed = SampleRecord.of_json({**RECORD.to_json(), **change})
        assert changed.announcement != RECORD.announcement


@pytest.mark.parametrize(
    "change",
    [
        {"count": 0},
        {"count": 1_001},
        {"count": True},
        {"count": "2"},
        {"nonce": "0x12"},
        {"pairs": ["320000-330000", "310000-330000"]},
        {"pairs": ["310000"]},
        {"through": 40},
        {"more": 1},
        {"version": 2},
    ],
)
def test_a_record_of_another_shape_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(SampleFileMalformed):
        SampleRecord.of_json({**RECORD.to_json(), **change})


def test_a_request_comes_back_from_its_file_and_its_digest_is_its_records() -> None:
    import orjson  # noqa: PLC0415 - this test's alone

    request = SampleRequest(RECORD, b"\x55" * 32, 310_000, ((310_000, 330_000, 2),))
    assert SampleRequest.read(orjson.dumps(request.to_json())) == request
    for change in ({"digest": hex0x(b"\x66" * 32)}, {"type": "x"}, {"transfers": ["310000-330000"]}, {"source": -1}):
        with pytest.raises(SampleFileMalformed):
            SampleRequest.read(orjson.dumps({**request.to_json(), **change}))
    with pytest.raises(SampleFileMalformed):
        SampleRequest.read(b"[]")


@pytest.mark.parametrize(
    ("age", "refused"), [(OLDEST_DAYS * DAY + 1, SampleOfThePast), (OLDEST_DAYS * DAY, NothingOfOurs)]
)
def test_a_centre_refuses_a_sample_that_counts_up_to_a_block_long_before_its_announcement(
    age: int, refused: type[Exception]
) -> None:
    """Otherwise the office would choose a moment at which only whom it wants had applied."""
    now = 1_800_000_000
    audit = SimpleNamespace(
        announcements=SimpleNamespace(of=lambda value: Noted(value, RECORD.at_block - 1, now)),
        samples=SimpleNamespace(counted_at=lambda _: now - age),
    )
    gateway: Any = SimpleNamespace(audit=audit, settings=SimpleNamespace(province=320_000))
    request = SampleRequest(RECORD, b"\x55" * 32, 310_000, ((310_000, 330_000, 2),))
    with pytest.raises(refused):
        _examined(gateway, request, hex0x(RECORD.office_key))
