"""Which rules were in force, from the agreements' events alone: every way into force, and every way out of it."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.audit.reports.figures_law import rules_in_force
from gateway.ledger.recognition_events import Happened
from gateway.ledger.values import BlockRef

ONE, TWO = b"\x01" * 32, b"\x02" * 32
NONE = "0x" + "00" * 32
DAY = 86_400
RULE = {
    "sourceInstitution": NONE, "outcome": NONE, "evaluation": NONE, "sourceProvince": 310_000, "category": 1,
    "lowestLevel": 1, "highestLevel": 10, "minimumGrade": 0, "acceptsUngraded": False, "greatestAge": 0,
    "targetInstitution": NONE, "programme": NONE, "course": NONE, "targetProvince": 330_000, "kind": 1,
    "numerator": 3, "denominator": 4, "mostCredits": 400, "cap": 600, "from_": 20 * DAY, "until": 80 * DAY,
}  # fmt: skip


class Course:
    """Events, a day each."""

    def __init__(self) -> None:
        self.events: list[Happened] = []

    def then(self, name: str, agreement: bytes, day: int, **told: Any) -> Course:  # noqa: ANN401
        self.events.append(Happened(name, agreement, told, 0, len(self.events) + 1, "0x", day, day * DAY))
        return self

    def proposed(self, agreement: bytes, day: int, supersedes: bytes = bytes(32), *rules: dict[str, Any]) -> Course:
        terms = {"rules": list(rules or (RULE,)), "until": 100 * DAY, "supersedes": "0x" + supersedes.hex()}
        return self.then("AgreementProposed", agreement, day, terms=terms)

    def approved(self, agreement: bytes, day: int, active_from: int = 0) -> Course:
        return self.then("AgreementApproved", agreement, day, activeFrom=active_from * DAY)

    def days(self, agreement: bytes, until: int = 110) -> list[tuple[int, int]]:
        """The stretches [from, until) of days on which the agreement's first rule was in force."""
        found: list[list[int]] = []
        for day in range(until):
            rules = rules_in_force(self.events, BlockRef(day, bytes(32), day * DAY))
            if any((rule.agreement, rule.number) == (agreement, 1) for rule in rules):
                if found and found[-1][1] == day:
                    found[-1][1] += 1
                else:
                    found.append([day, day + 1])
        return [(first, last) for first, last in found]


def agreed(active_from: int = 10) -> Course:
    return Course().proposed(ONE, 1).approved(ONE, 2).approved(ONE, 3, active_from)


def test_a_rule_is_in_force_while_both_it_and_its_agreement_are() -> None:
    assert agreed().days(ONE) == [(20, 80)]
    assert agreed(30).days(ONE) == [(30, 80)]
    longer = {**RULE, "until": 200 * DAY}
    course = Course().proposed(ONE, 1, bytes(32), longer).approved(ONE, 2, 10)
    assert course.days(ONE) == [(20, 100)]


def test_what_was_not_approved_by_all_never_is() -> None:
    assert Course().proposed(ONE, 1).approved(ONE, 2).days(ONE) == []


def test_an_approval_taken_back_during_the_notice_keeps_it_out_until_all_have_approved_again() -> None:
    course = agreed(30).then("ApprovalRevoked", ONE, 5, round=1)
    assert course.days(ONE) == []
    assert course.approved(ONE, 40, 47).days(ONE) == [(47, 80)]


def test_an_approval_taken_back_before_all_had_approved_changes_nothing() -> None:
    course = Course().proposed(ONE, 1).approved(ONE, 2).then("ApprovalRevoked", ONE, 3, round=1)
    assert course.approved(ONE, 4).approved(ONE, 5, 25).days(ONE) == [(25, 80)]


def test_an_objection_suspends_and_approvals_or_a_motion_let_it_go_on() -> None:
    course = agreed().then("AgreementObjected", ONE, 30, round=2)
    assert course.days(ONE) == [(20, 30)]
    again = agreed().then("AgreementObjected", ONE, 30, round=2).approved(ONE, 40).approved(ONE, 41, 41)
    assert again.days(ONE) == [(20, 30), (41, 80)]
    goes_on = agreed().then("AgreementObjected", ONE, 30, round=2)
    goes_on.then("ObjectionSettled", ONE, 50, goesOn=True, activeFrom=50 * DAY)
    assert goes_on.days(ONE) == [(20, 30), (50, 80)]
    is_over = agreed().then("AgreementObjected", ONE, 30, round=2)
    is_over.then("ObjectionSettled", ONE, 50, goesOn=False, activeFrom=0)
    assert is_over.days(ONE) == [(20, 30)]


def test_a_withdrawal_ends_it_when_its_notice_has_run_out() -> None:
    assert agreed().then("AgreementWithdrawn", ONE, 30, until=60 * DAY).days(ONE) == [(20, 60)]


def test_a_successor_takes_its_place_in_the_second_in_which_it_comes_into_force() -> None:
    course = agreed().proposed(TWO, 30, ONE).approved(TWO, 31).approved(TWO, 32, 40)
    assert course.days(ONE) == [(20, 40)]
    assert course.days(TWO) == [(40, 80)]


def test_a_successor_that_never_comes_into_force_leaves_it_where_it_was() -> None:
    course = agreed().proposed(TWO, 30, ONE).approved(TWO, 32, 40).then("AgreementObjected", TWO, 35, round=2)
    assert course.days(ONE) == [(20, 80)]
    assert course.days(TWO) == []
    withdrawn = (
        agreed().proposed(TWO, 30, ONE).approved(TWO, 32, 40).then("AgreementWithdrawn", TWO, 35, until=35 * DAY)
    )
    assert withdrawn.days(ONE) == [(20, 80)]


def test_what_had_been_superseded_stays_so_whatever_becomes_of_its_successor() -> None:
    course = agreed().proposed(TWO, 30, ONE).approved(TWO, 32, 40).then("AgreementObjected", TWO, 50, round=2)
    assert course.days(ONE) == [(20, 40)]
    assert course.days(TWO) == [(40, 50)]


@pytest.mark.parametrize("block", [0, 1, 2])
def test_events_after_the_block_are_not_there_yet(block: int) -> None:
    assert rules_in_force(agreed().events, BlockRef(block, bytes(32), 30 * DAY)) == []
