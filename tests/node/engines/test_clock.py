from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.engines.clock import (
    DAY,
    MARGIN,
    BackwardsError,
    BeyondWallClockError,
    Clock,
    ClockFile,
    Reading,
    WrongChainError,
    begin,
    resume,
)

if TYPE_CHECKING:
    from pathlib import Path

NOW = 1_800_000_000


def test_a_new_chain_starts_as_many_days_ago_as_described() -> None:
    assert begin(30, now=NOW) == Reading(30 * DAY, NOW - 30 * DAY)
    assert begin(0, now=NOW) == Reading(MARGIN, NOW - MARGIN)


def test_a_chain_goes_on_as_far_behind_as_it_was() -> None:
    assert resume(Reading(5 * DAY, 1), NOW - 30 * DAY, now=NOW) == NOW - 5 * DAY


@given(behind=st.integers(-100, 10_000), last=st.integers(NOW - 20_000, NOW + 100))
def test_the_next_block_is_never_ahead_of_the_wall_clock(behind: int, last: int) -> None:
    following = resume(Reading(behind, 1), last, now=NOW)
    assert following <= NOW
    assert following > last or following == NOW


def test_the_clock_is_kept_with_its_chain(tmp_path: Path) -> None:
    file = ClockFile(tmp_path / "clock.json", 860)
    assert file.read() is None
    file.write(Reading(77, 5))
    assert file.read() == Reading(77, 5)
    with pytest.raises(WrongChainError) as refused:
        ClockFile(tmp_path / "clock.json", 861).read()
    assert (refused.value.expected, refused.value.found) == (861, 860)


class FakeAnvil:
    """A clock that is `behind` the wall clock and makes blocks at once."""

    def __init__(self, behind: int) -> None:
        self.offset = -behind
        self.time = NOW - behind

    def call(self, method: str, *params: int | str | bool) -> object:
        if method == "evm_increaseTime":
            step = int(params[0])
            self.offset += step
            self.time += step
            return self.offset
        return {"timestamp": hex(self.time)}


@given(behind=st.integers(0, 1_000), seconds=st.integers(0, 1_100))
def test_the_clock_moves_exactly_as_far_as_asked_and_never_beyond_the_wall_clock(
    tmp_path_factory: pytest.TempPathFactory, behind: int, seconds: int
) -> None:
    anvil = FakeAnvil(behind)
    clock = Clock(anvil, ClockFile(tmp_path_factory.getbasetemp() / "clock.json", 860))  # type: ignore[arg-type]
    if seconds > max(0, behind - MARGIN):
        with pytest.raises(BeyondWallClockError) as refused:
            clock.advance(seconds)
        assert refused.value.most == max(0, behind - MARGIN)
        assert anvil.time == NOW - behind
    else:
        assert clock.advance(seconds) == NOW - behind + seconds <= NOW


def test_the_clock_does_not_go_backwards(tmp_path: Path) -> None:
    with pytest.raises(BackwardsError):
        Clock(FakeAnvil(100), ClockFile(tmp_path / "clock.json", 860)).advance(-1)  # type: ignore[arg-type]
