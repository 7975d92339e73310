"""Terms: their encoding, and everything the ledger would refuse in them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest
from eth_abi.abi import encode
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain import rule_law as law
from gateway.domain import terms_law
from gateway.domain.civil_time import DAY, begin_of
from gateway.domain.hashing import keccak256
from gateway.domain.panel import Finding
from gateway.domain.rule import ANY, NO_CAP, Rule
from gateway.domain.terms import TYPE_TAG, Terms

A, B, C, D = (bytes([digit]) * 32 for digit in (0x0A, 0x0B, 0x0C, 0x0D))
BEGIN = begin_of(dt.date(2026, 1, 1))
END = begin_of(dt.date(2030, 1, 1))
RULE = Rule(A, B, C, 320_000, 2, 4, 4, 12, False, 60, A, B, C, 330_000, 2, 3, 4, 600, 1_200, BEGIN, END)  # noqa: FBT003
TERMS = Terms(
    chain_id=31_337,
    registry=bytes(range(20)),
    nonce=7,
    parties=(310_000, 320_000, 330_000),
    rules=(RULE,),
    valid_from=BEGIN,
    valid_until=END,
    approve_by=begin_of(dt.date(2026, 6, 1)),
    public_notice=10 * DAY,
    withdrawal_notice=90 * DAY,
    text=D,
)
FINDING = Finding(category=2, level=4, credits=800, awarded_from=600, awarded_until=720, institution=A, outcome=B)
WORDS = st.binary(min_size=32, max_size=32)
RULES = st.builds(
    Rule,
    *[WORDS] * 3,
    st.integers(0, 2**32 - 1),
    *[st.integers(0, 255)] * 4,
    st.booleans(),
    st.integers(0, 65_535),
    *[WORDS] * 3,
    st.integers(0, 2**32 - 1),
    st.integers(0, 255),
    *[st.integers(0, 2**32 - 1)] * 4,
    *[st.integers(0, 2**64 - 1)] * 2,
)
STRUCT_RULE = (
    "(bytes32,bytes32,bytes32,uint32,uint8,uint8,uint8,uint8,bool,uint16,bytes32,bytes32,bytes32,uint32,uint8,"
    "uint32,uint32,uint32,uint32,uint64,uint64)"
)
STRUCT = f"(bytes32,uint256,address,uint64,uint32[],{STRUCT_RULE}[],uint64,uint64,uint64,uint64,uint64,bytes32,bytes32)"


def wrong(**changed: object) -> set[type]:
    """The classes of flaws of the good rule with some fields changed."""
    return {type(flaw) for flaw in law.rule_flaws(dataclasses.replace(RULE, **changed), TERMS.parties, (BEGIN, END))}


def wrong_terms(now: int | None = None, **changed: object) -> set[type]:
    return {type(found.flaw) for found in terms_law.flaws(dataclasses.replace(TERMS, **changed), now=now)}


@given(st.lists(RULES, max_size=4), st.lists(st.integers(0, 2**32 - 1), max_size=5), WORDS, st.integers(0, 2**64 - 1))
def test_terms_are_encoded_as_solidity_encodes_them(
    rules: list[Rule], parties: list[int], digest: bytes, number: int
) -> None:
    terms = Terms(1, digest[:20], number, tuple(parties), tuple(rules), number, 2, 3, 4, 5, digest, digest)
    assert terms.encoded == encode([STRUCT], [terms.values])
    assert terms.agreement_id == keccak256(terms.encoded)


def test_terms_that_differ_in_one_field_have_another_name() -> None:
    changed: dict[str, Any] = {
        "chain_id": 1, "registry": bytes(20), "nonce": 8, "parties": (310_000, 320_000), "rules": (), "valid_from": 0,
        "valid_until": 0, "approve_by": 0, "public_notice": 0, "withdrawal_notice": 0, "text": A, "supersedes": A,
        "type_tag": A,
    }  # fmt: skip
    names = {dataclasses.replace(TERMS, **{field: value}).agreement_id for field, value in changed.items()}
    assert len({TERMS.agreement_id} | names) == len(changed) + 1
    assert TERMS.type_tag == TYPE_TAG


def test_good_terms_have_no_flaw() -> None:
    assert terms_law.flaws(TERMS, {C: FINDING}, BEGIN) == []
    assert wrong() == set()


@pytest.mark.parametrize(
    ("flaw", "changed"),
    [
        (law.SourceNotAParty, {"source_province": 340_000}),
        (law.TargetNotAParty, {"target_province": 340_000}),
        (law.OneProvince, {"target_province": 320_000}),
        (law.LevelsImpossible, {"lowest_level": 5}),
        (law.LevelsImpossible, {"lowest_level": 0}),
        (law.LevelsImpossible, {"highest_level": 11}),
        (law.GradeImpossible, {"minimum_grade": 21}),
        (law.UngradedWithoutMinimum, {"minimum_grade": 0, "accepts_ungraded": True}),
        (law.AgeImpossible, {"greatest_age": 65_536}),
        (law.ProgrammeWithoutInstitution, {"target_institution": ANY}),
        (law.CourseWithoutProgramme, {"programme": ANY}),
        (law.EvaluationWithoutOutcome, {"outcome": ANY}),
        (law.EvaluationNeeded, {"evaluation": ANY}),
        (law.UnknownKindOfCredit, {"kind": 0}),
        (law.UnknownKindOfCredit, {"category": 4}),
        (law.CultureToAcademic, {"category": 3, "kind": 1}),
        (law.RatioImpossible, {"numerator": 0}),
        (law.RatioImpossible, {"denominator": 1_000_001}),
        (law.MostCreditsImpossible, {"most_credits": 0}),
        (law.CapImpossible, {"cap": 599}),
        (law.RuleWindowEmpty, {"valid_until": BEGIN}),
        (law.RuleWindowOutside, {"valid_until": END + 1}),
        (law.RuleWindowOutside, {"valid_from": BEGIN - 1}),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_each_flaw_of_a_rule_is_found_alone_and_said_in_both_languages(
    flaw: type[law.Flaw], changed: dict[str, Any]
) -> None:
    assert wrong(**changed) == {flaw}
    [found] = law.rule_flaws(dataclasses.replace(RULE, **changed), TERMS.parties, (BEGIN, END))
    assert found.message("zh") != found.message("en")
    assert found.hint("zh")
    assert found.hint("en")
    assert found.field


def test_what_is_impossible_together_is_found_together() -> None:
    assert wrong(source_institution=ANY) == {law.OutcomeWithoutInstitution}
    assert wrong(most_credits=100_000, cap=NO_CAP) == {law.MostCreditsImpossible}
    assert wrong(outcome=ANY, evaluation=ANY, source_institution=ANY) == set()


def test_an_academic_outcome_needs_no_panel() -> None:
    assert wrong(category=1, kind=1, evaluation=ANY) == set()


@pytest.mark.parametrize(
    ("flaw", "changed"),
    [
        (terms_law.PartiesImpossible, {"parties": (320_000, 330_000, 330_000)}),
        (terms_law.RulesImpossible, {"rules": ()}),
        (terms_law.ApproveByImpossible, {"approve_by": END - 10 * DAY}),
        (terms_law.NoticeTooShort, {"public_notice": 7 * DAY - 1}),
        (terms_law.WithdrawalNoticeImpossible, {"withdrawal_notice": 30 * DAY - 1}),
        (terms_law.WithdrawalNoticeImpossible, {"withdrawal_notice": 3_651 * DAY}),
        (terms_law.ApproveByPast, {"now": TERMS.approve_by}),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_each_flaw_of_terms_is_found(flaw: type[law.Flaw], changed: dict[str, Any]) -> None:
    assert wrong_terms(**changed) == {flaw}


def test_validity_that_is_empty_is_found_with_the_rules_that_lie_outside_it() -> None:
    assert wrong_terms(valid_until=BEGIN) == {terms_law.AgreementWindowEmpty, law.RuleWindowOutside}


def test_the_last_moment_for_approvals_is_in_time_where_the_notice_still_fits() -> None:
    assert wrong_terms(approve_by=END - 10 * DAY - 1) == set()
    assert wrong_terms(now=TERMS.approve_by - 1) == set()


@pytest.mark.parametrize(
    ("flaw", "finding", "changed"),
    [
        (terms_law.FindingNotPassed, None, {}),
        (terms_law.FindingNotPassed, dataclasses.replace(FINDING, passed=False), {}),
        (terms_law.FindingOfAnother, dataclasses.replace(FINDING, institution=A, outcome=A), {}),
        (terms_law.FindingOfAnother, dataclasses.replace(FINDING, institution=B, outcome=B), {}),
        (terms_law.CategoryOfFinding, dataclasses.replace(FINDING, category=1), {}),
        (terms_law.LevelAboveFinding, FINDING, {"highest_level": 5}),
        (terms_law.AboveFinding, FINDING, {"most_credits": 601}),
    ],
)
def test_a_rule_never_goes_beyond_what_the_panel_found(
    flaw: type[law.Flaw], finding: Finding | None, changed: dict[str, Any]
) -> None:
    assert [type(one) for one in terms_law.finding_flaws(dataclasses.replace(RULE, **changed), finding)] == [flaw]


def test_two_rules_for_one_outcome_in_one_place_overlap() -> None:
    twin = dataclasses.replace(RULE, minimum_grade=16, numerator=1)
    found = terms_law.flaws(dataclasses.replace(TERMS, rules=(RULE, twin)))
    assert [(one.rule, type(one.flaw)) for one in found] == [(1, terms_law.RulesOverlap)]
    assert found[0].flaw.details["other"] == 1


@pytest.mark.parametrize(
    ("apart", "changed"),
    [
        (False, {"source_institution": ANY, "outcome": ANY, "evaluation": ANY}),
        (False, {"programme": ANY, "course": ANY}),
        (False, {"target_institution": ANY, "programme": ANY, "course": ANY}),
        (False, {"lowest_level": 1, "highest_level": 10}),
        (False, {"valid_until": BEGIN + 1}),
        (True, {"target_province": 310_000}),
        (True, {"source_province": 310_000}),
        (True, {"kind": 3}),
        (True, {"category": 3}),
        (True, {"source_institution": B}),
        (True, {"outcome": A}),
        (True, {"target_institution": B}),
        (True, {"programme": A}),
        (True, {"course": A}),
        (True, {"lowest_level": 5, "highest_level": 6}),
        (True, {"lowest_level": 1, "highest_level": 3}),
    ],
)
def test_rules_are_told_apart_by_what_they_are_about_not_by_grades(*, apart: bool, changed: dict[str, Any]) -> None:
    other = dataclasses.replace(RULE, **changed)
    assert terms_law.overlap(RULE, other, {}) is not apart
    assert terms_law.overlap(other, RULE, {}) is not apart


def test_rules_one_after_the_other_do_not_overlap() -> None:
    middle = BEGIN + DAY
    first, second = dataclasses.replace(RULE, valid_until=middle), dataclasses.replace(RULE, valid_from=middle)
    assert not terms_law.overlap(first, second, {})
    assert terms_law.overlap(first, dataclasses.replace(RULE, valid_from=middle - 1), {})


def test_rules_on_panels_of_different_periods_do_not_overlap_where_that_is_known() -> None:
    later = dataclasses.replace(RULE, evaluation=D)
    after = dataclasses.replace(FINDING, awarded_from=720, awarded_until=800)
    assert not terms_law.overlap(RULE, later, {C: FINDING, D: after})
    assert not terms_law.overlap(later, RULE, {C: FINDING, D: after})
    assert terms_law.overlap(RULE, later, {C: FINDING, D: dataclasses.replace(after, awarded_from=719)})
    assert terms_law.overlap(RULE, later, {C: FINDING})
