from __future__ import annotations

import pytest
from bench_rows import BenchError, Row, expect, less, measured, more
from hypothesis import given
from hypothesis import strategies as st

figures = st.floats(min_value=0.1, max_value=1e6)


def test_a_rate_three_times_as_high_has_the_ratio_three() -> None:
    assert more("issue", 30, 10, 6, "/s").to_json() == {
        "row": "issue", "ours": 30, "beside": 10, "ratio": 3.0, "at_least": 6, "unit": "/s",
    }  # fmt: skip


def test_half_the_memory_allowed_has_the_ratio_two() -> None:
    assert less("memory", 700, 1400, 1, "MB").ratio == 2


@given(figures, figures)
def test_a_ratio_below_the_aim_is_missed_and_one_above_is_not(ours: float, beside: float) -> None:
    row = more("r", ours, beside, 1, "/s")
    assert row.missed == (row.ratio < 1)
    assert less("r", ours, beside, 1, "MB").missed == (round(beside / ours, 3) < 1)


def test_a_row_that_reaches_its_aim_exactly_is_not_missed() -> None:
    assert not Row("r", 6, 1, 6.0, 6, "/s").missed


def test_work_that_did_something_else_has_no_figure() -> None:
    with pytest.raises(BenchError, match="rows issued: expected 10, found 9"):
        expect("rows issued", 9, 10)


def test_what_is_measured_counts_the_processor_time_of_this_process() -> None:
    with measured() as spent:
        sum(range(200_000))
    assert spent.cpu > 0
    assert spent.wall > 0
