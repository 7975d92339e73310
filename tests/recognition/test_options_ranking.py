"""The order of options and of near misses, and the reasons' words: properties of the pure part."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.credits import UNGRADED
from gateway.domain.panel import Finding
from gateway.domain.quote import Circumstances, Refusal, Scope, quote, refusals
from gateway.domain.rule import ANY, CATEGORY, CREDITS, FACTS, GRADE, LEVEL, MONTH, NO_CAP, OUTCOME, Rule
from gateway.recognition.agreements.sentences import Speaker
from gateway.recognition.agreements.values import AgreementState
from gateway.recognition.options.rank import distance, explained, nearest, ranked
from gateway.recognition.options.values import Miss, Option, RuleRef

OURS, OTHER = b"123100004250004560".ljust(32, b"\0"), b"123300004700007891".ljust(32, b"\0")
NOW = 1_780_000_000
MONTH_NOW = 677

RULE = Rule(
    source_institution=ANY,
    outcome=ANY,
    evaluation=ANY,
    source_province=310_000,
    category=1,
    lowest_level=1,
    highest_level=10,
    minimum_grade=0,
    accepts_ungraded=False,
    greatest_age=0,
    target_institution=OTHER,
    programme=ANY,
    course=ANY,
    target_province=330_000,
    kind=1,
    numerator=1,
    denominator=2,
    most_credits=300,
    cap=NO_CAP,
    valid_from=NOW - 10,
    valid_until=NOW + 1_000,
)

amounts = st.integers(1, 2_000)
rules = st.builds(
    Rule,
    source_institution=st.sampled_from([ANY, OURS, OTHER]),
    outcome=st.sampled_from([ANY, b"\1" * 32, b"\2" * 32]),
    evaluation=st.sampled_from([ANY, b"\3" * 32]),
    source_province=st.sampled_from([310_000, 330_000]),
    category=st.integers(1, 3),
    lowest_level=st.integers(1, 5),
    highest_level=st.integers(5, 10),
    minimum_grade=st.sampled_from([0, 12, 20]),
    accepts_ungraded=st.booleans(),
    greatest_age=st.sampled_from([0, 12, 60]),
    target_institution=st.just(OTHER),
    programme=st.just(ANY),
    course=st.just(ANY),
    target_province=st.just(330_000),
    kind=st.just(1),
    numerator=st.integers(1, 4),
    denominator=st.integers(1, 4),
    most_credits=amounts,
    cap=st.one_of(st.just(NO_CAP), amounts),
    valid_from=st.sampled_from([NOW - 10, NOW + 10]),
    valid_until=st.sampled_from([NOW + 5, NOW + 1_000]),
)
facts_of = st.fixed_dictionaries(
    {
        OUTCOME: st.sampled_from([int.from_bytes(b"\1" * 32, "big"), 7]),
        CATEGORY: st.integers(1, 3),
        LEVEL: st.integers(1, 10),
        CREDITS: amounts,
    },
    optional={
        GRADE: st.sampled_from([UNGRADED, 10, 19]),
        MONTH: st.sampled_from([MONTH_NOW, MONTH_NOW - 30, MONTH_NOW - 100]),
    },
)
circumstances = st.builds(
    Circumstances,
    active=st.booleans(),
    institution=st.just(OURS),
    province=st.sampled_from([310_000, 0]),
    scope=st.sampled_from([Scope(0b1110, 10, 99_999), Scope(0b0010, 4, 300)]),
    finding=st.sampled_from([None, Finding(1, 5, 400, MONTH_NOW - 60, MONTH_NOW + 1)]),
    time=st.just(NOW),
)
states = st.sampled_from(AgreementState)


def told(rule: Rule, at: Circumstances) -> Circumstances:
    """A finding is known of a rule that rests on an evaluation, and of no other."""
    return at if rule.evaluation != ANY else replace(at, finding=None)


def ref_of(rule: Rule, state: AgreementState = AgreementState.ACTIVE, number: int = 0) -> RuleRef:
    return RuleRef(b"\5" * 32, number, rule, state, rule.valid_from, rule.valid_until, Speaker().rule(rule))


refs = st.builds(ref_of, rules, states, st.integers(0, 500))
options = st.builds(Option, refs, amounts)
reasons = st.lists(st.sampled_from([one for one in Refusal if one is not Refusal.NONE]), min_size=1, unique=True)
misses = st.builds(lambda ref, why: Miss(ref, tuple(why), ()), refs, reasons)


@given(st.lists(options))
def test_more_credits_come_first_and_of_equal_credits_that_which_ends_first(found: list[Option]) -> None:
    order = ranked(found)
    assert sorted(map(id, order)) == sorted(map(id, found))
    for one, following in itertools.pairwise(order):
        assert (-one.credits, one.ref.ends) <= (-following.credits, following.ref.ends)


@given(st.permutations([Option(ref_of(RULE, number=m), m) for m in range(5, 0, -1)]))
def test_the_order_does_not_depend_on_the_order_that_came_in(found: list[Option]) -> None:
    assert [one.ref.number for one in ranked(found)] == [5, 4, 3, 2, 1]


@given(rules, amounts)
def test_the_most_of_one_transfer_is_named_where_it_kept_an_outcome_from_giving_more(rule: Rule, earned: int) -> None:
    one = Option(ref_of(rule), rule.converted(earned))
    without = replace(rule, most_credits=2**31).converted(earned)
    assert one.bounded(earned) == (one.credits < without)
    assert one.to_json(earned)["cap"] == (None if rule.cap == NO_CAP else f"{rule.cap / 100:.2f}")


@given(misses, st.sampled_from(Refusal))
def test_one_more_reason_never_brings_a_rule_nearer(miss: Miss, more: Refusal) -> None:
    if more is not Refusal.NONE:
        assert distance(replace(miss, reasons=(*miss.reasons, more))) >= distance(miss)


@given(misses)
def test_a_rule_about_another_province_is_farther_than_any_of_our_own(miss: Miss) -> None:
    ours = replace(miss, reasons=tuple(one for one in miss.reasons if one < Refusal.OTHER_INSTITUTION or one > 6))
    others = replace(ours, reasons=(Refusal.OTHER_PROVINCE,))
    if Refusal.UNKNOWN_RULE not in ours.reasons:
        assert distance(ours) < distance(others)
        assert nearest([others, ours]) == [ours, others]


@given(reasons)
def test_what_is_over_for_good_is_farther_than_all_that_may_come(why: list[Refusal]) -> None:
    over = Miss(ref_of(RULE, AgreementState.LAPSED), (Refusal.AGREEMENT_NOT_ACTIVE,), ())
    proposed = Miss(ref_of(RULE, AgreementState.PROPOSED), tuple(why), ())
    assert distance(proposed) < distance(over)


@given(rules, facts_of, circumstances)
def test_the_first_reason_is_the_quotes_own_and_none_means_that_it_gives_something(
    rule: Rule, facts: dict[int, int], at: Circumstances
) -> None:
    at = told(rule, at)
    found, quoted = refusals(rule, facts, at), quote(rule, facts, at)
    assert (found[0] if found else Refusal.NONE) is quoted.refusal
    assert bool(found) == (quoted.credits == 0)
    if all(index in facts for index in range(FACTS) if rule.reads >> index & 1):
        assert Refusal.FACT_CLOSED not in found
    else:
        assert Refusal.FACT_CLOSED in found


@given(rules, facts_of, circumstances)
def test_every_reason_is_said_in_both_languages_with_no_gap(
    rule: Rule, facts: dict[int, int], at: Circumstances
) -> None:
    at = told(rule, at)
    for reason in refusals(rule, facts, at):
        said = explained(ref_of(rule), reason, facts, at)
        assert re.search(r"[\u4e00-\u9fff]", said.zh)
        assert not re.search(r"[\u4e00-\u9fff]", said.en)
        assert "None" not in said.zh + said.en


def test_a_reason_names_what_is_asked_for_and_what_is_there() -> None:
    rule = replace(RULE, minimum_grade=16, lowest_level=4, highest_level=6)
    facts = {OUTCOME: 7, CATEGORY: 1, LEVEL: 3, CREDITS: 400, GRADE: 12, MONTH: MONTH_NOW}
    at = Circumstances(True, OURS, 310_000, Scope(0b1110, 10, 99_999), None, NOW)  # noqa: FBT003 - one of six
    found = refusals(rule, facts, at)
    assert found == (Refusal.LEVEL_OUTSIDE, Refusal.GRADE_TOO_LOW)
    level, grade = (explained(ref_of(rule), reason, facts, at) for reason in found)
    assert level.zh.endswith("须为 4–6 级，现为 3 级")
    assert grade.en.endswith("80 is asked for, the ledger keeps it as 60 or more")
    closed = explained(ref_of(rule), Refusal.FACT_CLOSED, {LEVEL: 3, CATEGORY: 1, CREDITS: 1}, at)
    assert "--grade" in closed.zh
    nobody = explained(ref_of(rule), Refusal.OTHER_PROVINCE, facts, replace(at, province=0))
    assert nobody.en.endswith("Shanghai is asked for, no province accredits it")
