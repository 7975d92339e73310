"""A rule's quote: every refusal, in its order, and the amount; the equality with the ledger is in tests/recognition."""

from __future__ import annotations

import dataclasses
import datetime as dt
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain import civil_time
from gateway.domain.credits import UNGRADED
from gateway.domain.panel import Finding
from gateway.domain.quote import Circumstances, Quote, Refusal, Scope, quote
from gateway.domain.rule import ANY, CATEGORY, CLAIM, CREDITS, GRADE, LEVEL, MONTH, NO_CAP, OUTCOME, Rule

ISSUER, STRANGER, OUTCOME_WORD = b"\x01" * 32, b"\x02" * 32, b"\x03" * 32
NOW = civil_time.begin_of(dt.date(2026, 3, 15))
RULE = Rule(
    source_institution=ISSUER,
    outcome=OUTCOME_WORD,
    evaluation=ANY,
    source_province=320_000,
    category=2,
    lowest_level=3,
    highest_level=5,
    minimum_grade=12,
    accepts_ungraded=False,
    greatest_age=24,
    target_institution=ANY,
    programme=ANY,
    course=ANY,
    target_province=330_000,
    kind=2,
    numerator=3,
    denominator=4,
    most_credits=1_000,
    cap=NO_CAP,
    valid_from=NOW - 10,
    valid_until=NOW + 10,
)
FACTS = {OUTCOME: int.from_bytes(OUTCOME_WORD, "big"), CATEGORY: 2, LEVEL: 4, CREDITS: 800, GRADE: 12, MONTH: 674}
AT = Circumstances(
    active=True, institution=ISSUER, province=320_000, scope=Scope(0b100, 5, 800), finding=None, time=NOW
)
FINDING = Finding(category=2, level=4, credits=800, awarded_from=670, awarded_until=675)


def told(rule: dict[str, Any] | None = None, facts: dict[int, int] | None = None, **at: object) -> Quote:
    return quote(dataclasses.replace(RULE, **(rule or {})), {**FACTS, **(facts or {})}, dataclasses.replace(AT, **at))


def test_an_outcome_that_matches_gives_its_credits_at_the_ratio() -> None:
    assert told() == Quote(600, Refusal.NONE)


# The law: "it covers outcomes awarded in a period"; "outcome or any, category, level range"
@pytest.mark.parametrize(
    ("why", "quoted"),
    [
        (Refusal.UNKNOWN_RULE, quote(None, FACTS, AT)),
        (Refusal.AGREEMENT_NOT_ACTIVE, told(active=False)),
        (Refusal.RULE_NOT_IN_FORCE, told(time=NOW - 11)),
        (Refusal.RULE_NOT_IN_FORCE, told(time=NOW + 10)),
        (Refusal.OTHER_INSTITUTION, told(institution=STRANGER)),
        (Refusal.OTHER_PROVINCE, told(province=310_000)),
        (Refusal.OTHER_OUTCOME, told(facts={OUTCOME: 1})),
        (Refusal.OTHER_CATEGORY, told(facts={CATEGORY: 1})),
        (Refusal.LEVEL_OUTSIDE, told(facts={LEVEL: 2})),
        (Refusal.LEVEL_OUTSIDE, told(facts={LEVEL: 6})),
        (Refusal.UNGRADED, told(facts={GRADE: UNGRADED})),
        (Refusal.GRADE_TOO_LOW, told(facts={GRADE: 11})),
        (Refusal.TOO_OLD, told(facts={MONTH: 649})),
        (Refusal.ABOVE_SCOPE, told(facts={CREDITS: 801})),
        (Refusal.ABOVE_SCOPE, told(scope=Scope(0b010, 5, 800))),
        (Refusal.ABOVE_SCOPE, told(scope=Scope(0b100, 3, 800))),
        (Refusal.OUTSIDE_EVALUATION, told(finding=FINDING, facts={MONTH: 675})),
        (Refusal.OUTSIDE_EVALUATION, told(finding=FINDING, facts={MONTH: 669})),
        (Refusal.ABOVE_EVALUATION, told(finding=FINDING, facts={LEVEL: 5})),
        (Refusal.ABOVE_EVALUATION, told(finding=FINDING, facts={CREDITS: 801})),
        (Refusal.ROUNDS_TO_NOTHING, told(facts={CREDITS: 1})),
    ],
    ids=lambda value: value.name if isinstance(value, Refusal) else "",
)
def test_each_refusal_gives_nothing_and_says_why(why: Refusal, quoted: Quote) -> None:
    assert quoted == Quote(0, why)
    assert why.zh != why.en


@pytest.mark.parametrize("closed", [OUTCOME, CATEGORY, LEVEL, CREDITS, GRADE, MONTH])
def test_a_fact_that_the_rule_reads_must_be_opened(closed: int) -> None:
    facts = {index: value for index, value in FACTS.items() if index != closed}
    assert quote(RULE, facts, AT) == Quote(0, Refusal.FACT_CLOSED)


def test_a_rule_that_asks_for_little_reads_little() -> None:
    plain = dataclasses.replace(RULE, outcome=ANY, minimum_grade=0, greatest_age=0)
    assert plain.reads == 1 << CATEGORY | 1 << LEVEL | 1 << CREDITS
    assert plain.opens == plain.reads | 1 << OUTCOME | 1 << CLAIM
    assert dataclasses.replace(plain, evaluation=STRANGER).reads == plain.reads | 1 << MONTH
    assert quote(plain, {CATEGORY: 2, LEVEL: 4, CREDITS: 800}, AT).credits == 600


def test_the_bounds_themselves_are_within() -> None:
    assert told(time=NOW - 10).credits == 600
    assert told(facts={MONTH: 650}).credits == 600
    assert told(facts={LEVEL: 3}).credits == told(facts={LEVEL: 5}).credits == 600
    assert told(finding=FINDING).credits == 600
    assert told(finding=FINDING, facts={MONTH: 670}).credits == 600
    assert told({"accepts_ungraded": True}, {GRADE: UNGRADED}).credits == 600


def test_an_award_of_the_future_is_not_too_old() -> None:
    assert told(facts={MONTH: 700}).refusal is Refusal.NONE


def test_a_finding_takes_the_place_of_the_scope() -> None:
    assert told(scope=Scope(0, 0, 0), finding=FINDING).credits == 600


@given(st.integers(1, 99_999), st.integers(1, 1_000_000), st.integers(1, 1_000_000), st.integers(1, 99_999))
def test_the_amount_is_rounded_down_and_never_above_the_most(earned: int, top: int, bottom: int, most: int) -> None:
    rule = {"numerator": top, "denominator": bottom, "most_credits": most}
    found = told(rule, {CREDITS: earned}, scope=Scope(0b100, 5, 99_999))
    exact = Fraction(earned * top, bottom)
    assert found.credits == min(int(exact), most)
    assert (found.refusal is Refusal.ROUNDS_TO_NOTHING) == (exact < 1)


@given(st.integers(0, 4_000_000_000))
def test_civil_time_is_that_of_utc_plus_eight(time: int) -> None:
    day = dt.datetime.fromtimestamp(time, civil_time.CHINA).date()
    assert civil_time.day_of(time) == day
    assert civil_time.month_of(time) == (day.year - 1970) * 12 + day.month - 1
    assert civil_time.begin_of(day) <= time < civil_time.end_of(day)
    assert civil_time.last_day(civil_time.end_of(day)) == day


def test_times_beyond_the_calendar_are_shown_at_its_end_and_counted_on() -> None:
    far = 2**40 - 1
    assert civil_time.day_of(far) == dt.date.max
    assert str(civil_time.moment_text(far)).startswith("9999-12-31T")
    assert civil_time.moment_text(0) is None
    assert civil_time.month_of(far) == 418_105  # as contracts/libraries/Calendar.sol counts
