from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain import credits as cr
from gateway.domain.jcs import number_text
from gateway.domain.strict_json import parse_json_strict


# The law: "credits ← creditsEarned, exact decimal"
def test_all_100_000_amounts_round_trip_through_json() -> None:
    for amount in range(100_000):
        text = cr.credits_json(amount)
        exact = Decimal(amount) / 100
        assert parse_json_strict(text.encode()) == exact
        assert json.loads(text) == amount / 100
        assert text == number_text(exact) == number_text(amount / 100)
        assert cr.as_decimal(amount) == exact
        if amount:
            assert cr.hundredths(json.loads(text)) == cr.hundredths(exact) == cr.read_credits(text) == amount


@pytest.mark.parametrize("text", ["", "abc", "1e3", "NaN", "１", "1,5", "--1", "1 2"])
def test_text_that_is_no_plain_decimal_is_refused(text: str) -> None:
    with pytest.raises(cr.CreditsNotANumber):
        cr.read_credits(text)


@pytest.mark.parametrize("text", ["0", "-1", "-0.5", "1000", "0.00", "99999999999999999999"])
def test_credits_outside_their_range_are_refused(text: str) -> None:
    with pytest.raises(cr.CreditsOutOfRange):
        cr.read_credits(text)


# The law: "at most two places"
@pytest.mark.parametrize("amount", [8.005, 0.001, 1.234, Decimal("0.0100000000000000000001"), 999.999])
def test_more_than_two_decimals_are_refused(amount: float | Decimal) -> None:
    with pytest.raises(cr.CreditsTooFine):
        cr.hundredths(amount)


@pytest.mark.parametrize("amount", [float("nan"), float("inf"), Decimal("NaN"), Decimal("-Infinity")])
def test_amounts_that_are_not_finite_are_refused(amount: float | Decimal) -> None:
    with pytest.raises(cr.CreditsOutOfRange):
        cr.hundredths(amount)


def test_true_is_no_amount() -> None:
    with pytest.raises(cr.CreditsNotANumber):
        cr.hundredths(True)  # noqa: FBT003 (the point)


def test_trailing_zeros_do_not_change_an_amount() -> None:
    assert cr.read_credits("8.000") == 800


# The law: "grade step ← result[0].value", "in steps of 5 %, rounded down"
@pytest.mark.parametrize(
    ("result", "step"),
    [
        (None, 255),
        ("合格", 255),
        ("0", 0),
        ("4.99", 0),
        ("5", 1),
        ("59.99", 11),
        ("60", 12),
        ("74.7", 14),
        ("100", 20),
        ("100.0", 20),
    ],
)
def test_a_grade_becomes_a_step_of_five_per_cent_rounded_down(result: str | None, step: int) -> None:
    assert cr.grade_step(result) == step


@given(st.decimals(0, 100, places=3))
def test_the_step_of_any_grade_is_its_floor(grade: Decimal) -> None:
    assert cr.grade_step(f"{grade:f}") == int(grade // 5)


@pytest.mark.parametrize("result", ["", "100.01", "101", "-1", "1e2", "优秀", "07", " 7", "７"])
def test_a_malformed_grade_is_refused(result: str) -> None:
    with pytest.raises(cr.GradeMalformed):
        cr.grade_step(result)


# The law: "awarded month ← validFrom"
@given(st.dates(dt.date(1970, 1, 1), dt.date(2200, 12, 31)))
def test_an_award_comes_back_from_valid_from_and_has_its_month(award: dt.date) -> None:
    assert cr.award_date(cr.valid_from(award)) == award
    assert cr.awarded_month(award) == (award.year - 1970) * 12 + award.month - 1


# The law: "a civil date at T00:00:00+08:00"
@pytest.mark.parametrize(
    "text",
    [
        "2024-01-15T00:00:00Z",
        "2024-01-15",
        "2024-02-30T00:00:00+08:00",
        "2024-W01-1T00:00:00+08:00",
        "20240115T00:00:00+08:00",
        "2024-01-15T00:00:01+08:00",
    ],
)
def test_a_valid_from_that_is_no_midnight_of_utc_8_is_refused(text: str) -> None:
    with pytest.raises(cr.AwardDateMalformed):
        cr.award_date(text)


# The law: "awards before 1970 … are refused"
def test_an_award_before_1970_is_refused() -> None:
    with pytest.raises(cr.AwardedBefore1970):
        cr.awarded_month(dt.date(1969, 12, 31))
