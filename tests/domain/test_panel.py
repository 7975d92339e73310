from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.panel import Opinion, conclude, evaluation_id, lower_median, needed, share


def test_a_panel_of_five_has_two_seats_a_province_and_passes_with_four() -> None:
    assert [share(seats) for seats in (5, 6, 9, 10, 15)] == [2, 2, 3, 4, 6]
    assert [needed(seats) for seats in (5, 6, 7, 9, 15)] == [4, 4, 5, 6, 10]


def test_the_lower_middle_is_taken() -> None:
    assert lower_median([3]) == lower_median([3, 9]) == lower_median([9, 1, 3]) == 3
    assert lower_median([1, 2, 3, 4]) == 2
    with pytest.raises(ValueError, match="no median"):
        lower_median([])


def test_two_thirds_are_of_the_seats_and_silence_helps_nobody() -> None:
    good = Opinion(4, 800)
    assert conclude(5, [good] * 4) == conclude(5, [good] * 4 + [None]) == good
    assert conclude(5, [good] * 3) is None
    assert conclude(5, [good] * 3 + [None, None]) is None
    assert conclude(5, []) is None


def test_level_and_credits_are_medians_each_by_itself() -> None:
    opinions = [Opinion(3, 900), Opinion(5, 700), Opinion(4, 800), Opinion(4, 100), None]
    assert conclude(5, opinions) == Opinion(4, 700)


@given(st.lists(st.integers(1, 10), min_size=1, max_size=15))
def test_a_lower_median_has_as_many_below_as_above_or_one_less(values: list[int]) -> None:
    middle = lower_median(values)
    assert middle in values
    assert sum(value < middle for value in values) < (len(values) + 1) / 2
    assert sum(value > middle for value in values) <= len(values) / 2


@given(st.integers(5, 15))
def test_no_two_provinces_fill_a_panel_and_the_share_is_two_fifths(seats: int) -> None:
    assert share(seats) * 2 < seats
    assert share(seats) * 5 <= seats * 2 < (share(seats) + 1) * 5
    assert needed(seats) * 3 >= seats * 2 > (needed(seats) - 1) * 3


def test_an_evaluation_is_named_by_institution_outcome_and_number() -> None:
    names = {evaluation_id(a, b, n) for a in (bytes(32), b"1" * 32) for b in (bytes(32), b"2" * 32) for n in (1, 2)}
    assert len(names) == 8
    assert all(len(name) == 32 for name in names)
