"""What an outcome gives under a rule: the same examination, in the same order, as AgreementRegistry.quote.

    quote(rule, {CATEGORY: 2, LEVEL: 4, CREDITS: 800}, Circumstances(...))     # Quote(800, Refusal.NONE)

Pure: what the contract reads elsewhere (state of the agreement, accreditation, finding, clock) comes in as
`Circumstances`. Equality with the contract on random cases: tests/recognition/test_quote_on_chain.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from gateway.domain.civil_time import month_of
from gateway.domain.credits import UNGRADED
from gateway.domain.rule import ANY, CATEGORY, CREDITS, FACTS, GRADE, LEVEL, MONTH, OUTCOME

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gateway.domain.panel import Finding
    from gateway.domain.rule import Rule


class Refusal(IntEnum):
    """Why a rule gives nothing, in the order of examination: the first that holds is the answer."""

    NONE = 0
    UNKNOWN_RULE = 1
    AGREEMENT_NOT_ACTIVE = 2
    RULE_NOT_IN_FORCE = 3
    OTHER_INSTITUTION = 4
    OTHER_PROVINCE = 5
    FACT_CLOSED = 6
    OTHER_OUTCOME = 7
    OTHER_CATEGORY = 8
    LEVEL_OUTSIDE = 9
    UNGRADED = 10
    GRADE_TOO_LOW = 11
    TOO_OLD = 12
    ABOVE_SCOPE = 13
    OUTSIDE_EVALUATION = 14
    ABOVE_EVALUATION = 15
    ROUNDS_TO_NOTHING = 16

    @property
    def zh(self) -> str:
        """Why, in Chinese."""
        return _SENTENCES[self][0]

    @property
    def en(self) -> str:
        """Why, in English."""
        return _SENTENCES[self][1]


_SENTENCES: Final = {
    Refusal.NONE: ("可以转换", "it counts"),
    Refusal.UNKNOWN_RULE: ("没有这份协议，或协议中没有这条规则", "there is no such agreement, or no such rule in it"),
    Refusal.AGREEMENT_NOT_ACTIVE: ("该协议当时未生效", "the agreement is not in force at that time"),
    Refusal.RULE_NOT_IN_FORCE: ("该规则当时不在有效期内", "the rule is not in force at that time"),
    Refusal.OTHER_INSTITUTION: ("规则只适用于另一机构的成果", "the rule is about another institution's outcomes"),
    Refusal.OTHER_PROVINCE: (
        "发证机构当时不由规则的来源省份认证",
        "the institution is not accredited by the rule's source province at that time",
    ),
    Refusal.FACT_CLOSED: ("规则所需的某项事实未公开", "a fact that the rule reads was not opened"),
    Refusal.OTHER_OUTCOME: ("规则只适用于另一项成果", "the rule is about another outcome"),
    Refusal.OTHER_CATEGORY: ("规则只适用于另一类别的成果", "the rule is about another category of outcomes"),
    Refusal.LEVEL_OUTSIDE: ("成果等级不在规则的范围内", "the outcome's level lies outside the rule's"),
    Refusal.UNGRADED: ("成果没有成绩，而规则要求最低成绩", "the outcome has no grade, and the rule asks for one"),
    Refusal.GRADE_TOO_LOW: ("成绩低于规则的最低要求", "the grade is below the rule's minimum"),
    Refusal.TOO_OLD: ("成果取得时间过久", "the outcome was awarded too long ago"),
    Refusal.ABOVE_SCOPE: (
        "成果的类别、等级或学分超出发证机构的认证范围",
        "category, level or credits lie outside the scope of the institution's accreditation",
    ),
    Refusal.OUTSIDE_EVALUATION: (
        "成果不是在专家评审所覆盖的时段内取得的",
        "the outcome was awarded outside the period that the panel's finding covers",
    ),
    Refusal.ABOVE_EVALUATION: (
        "成果的等级或学分高于专家评审的结论",
        "level or credits lie above what the panel found",
    ),
    Refusal.ROUNDS_TO_NOTHING: ("换算后不足 0.01 学分", "converted, it is less than a hundredth of a credit"),
}


@dataclass(frozen=True, slots=True)
class Scope:
    """What an institution may award (one version of its accreditation)."""

    categories: int
    """Bit c for category c."""
    highest_level: int
    most_credits: int
    """Hundredths, of one outcome."""

    def covers(self, category: int, level: int, amount: int) -> bool:
        """Whether an outcome of this category, level and worth lies within."""
        return bool(self.categories >> category & 1) and level <= self.highest_level and amount <= self.most_credits


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What besides rule and facts decides: of one institution, at one time."""

    active: bool
    """Whether the agreement is in force at ``time``."""
    institution: bytes
    """The issuing institution, 32 bytes."""
    province: int
    """That accredits it at ``time``; 0 for none."""
    scope: Scope
    """Of the accreditation's version that the batch names."""
    finding: Finding | None
    """Of the rule's evaluation; None where the rule names none."""
    time: int


@dataclass(frozen=True, slots=True)
class Quote:
    """Hundredths, zero where refused; and why."""

    credits: int
    refusal: Refusal


def quote(rule: Rule | None, facts: Mapping[int, int], at: Circumstances) -> Quote:
    """What an outcome gives.

    Args:
        rule: None for one that does not exist.
        facts: index → value, the opened ones alone.
        at: everything else that decides.
    """
    if rule is None:
        return Quote(0, Refusal.UNKNOWN_RULE)
    refusal = next(_refusals(rule, facts, at), Refusal.NONE)
    if refusal is not Refusal.NONE:
        return Quote(0, refusal)
    amount = rule.converted(facts[CREDITS])
    return Quote(amount, Refusal.NONE) if amount else Quote(0, Refusal.ROUNDS_TO_NOTHING)


def refusals(rule: Rule, facts: Mapping[int, int], at: Circumstances) -> tuple[Refusal, ...]:
    """Everything that stands in the way, in the order of examination: the first is the quote's own answer.

    Where a fact that the rule reads is closed nothing more can be said, so that is the last.
    """
    found: list[Refusal] = []
    for refusal in _refusals(rule, facts, at):
        found.append(refusal)
        if refusal is Refusal.FACT_CLOSED:
            return tuple(found)
    if not found and not rule.converted(facts[CREDITS]):
        found.append(Refusal.ROUNDS_TO_NOTHING)
    return tuple(found)


def _refusals(rule: Rule, facts: Mapping[int, int], at: Circumstances) -> Iterator[Refusal]:
    """The refusals that hold, in the order of examination; whoever takes the first never reads a closed fact."""
    if not at.active:
        yield Refusal.AGREEMENT_NOT_ACTIVE
    if not rule.valid_from <= at.time < rule.valid_until:
        yield Refusal.RULE_NOT_IN_FORCE
    if rule.source_institution not in {ANY, at.institution}:
        yield Refusal.OTHER_INSTITUTION
    if rule.source_province != at.province:
        yield Refusal.OTHER_PROVINCE
    if any(rule.reads >> index & 1 and index not in facts for index in range(FACTS)):
        yield Refusal.FACT_CLOSED
    yield from _of_facts(rule, facts, at)
    yield from _of_bounds(facts, at)


def _of_facts(rule: Rule, facts: Mapping[int, int], at: Circumstances) -> Iterator[Refusal]:
    if rule.outcome != ANY and facts[OUTCOME] != int.from_bytes(rule.outcome, "big"):
        yield Refusal.OTHER_OUTCOME
    if facts[CATEGORY] != rule.category:
        yield Refusal.OTHER_CATEGORY
    if not rule.lowest_level <= facts[LEVEL] <= rule.highest_level:
        yield Refusal.LEVEL_OUTSIDE
    ungraded = rule.minimum_grade and facts[GRADE] == UNGRADED
    if ungraded and not rule.accepts_ungraded:
        yield Refusal.UNGRADED
    if rule.minimum_grade and not ungraded and facts[GRADE] < rule.minimum_grade:
        yield Refusal.GRADE_TOO_LOW
    if rule.greatest_age and month_of(at.time) > facts[MONTH] + rule.greatest_age:
        yield Refusal.TOO_OLD


def _of_bounds(facts: Mapping[int, int], at: Circumstances) -> Iterator[Refusal]:
    """A finding replaces the scope: the panel has looked at this very outcome."""
    finding = at.finding
    if finding is None:
        if not at.scope.covers(facts[CATEGORY], facts[LEVEL], facts[CREDITS]):
            yield Refusal.ABOVE_SCOPE
        return
    if not finding.awarded_from <= facts[MONTH] < finding.awarded_until:
        yield Refusal.OUTSIDE_EVALUATION
    if facts[LEVEL] > finding.level or facts[CREDITS] > finding.credits:
        yield Refusal.ABOVE_EVALUATION
