"""What a rule gives for outcomes that show where its bounds lie: quoted by the same function as everywhere.

    for example in examples(rule, finding):
        print(example.said.en, example.quote)

Where the panel's finding is not known (no chain was asked), one is assumed that is just wide enough for the rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gateway.domain.civil_time import month_of
from gateway.domain.credits import MAX_HUNDREDTHS, UNGRADED
from gateway.domain.panel import Finding
from gateway.domain.quote import Circumstances, Quote, Scope, quote
from gateway.domain.rule import ANY, CATEGORY, CREDITS, GRADE, HIGHEST_STEP, LEVEL, MONTH, OUTCOME
from gateway.domain.rule_law import LAST_LEVEL
from gateway.recognition.agreements.sentences import Sentence, credit_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.domain.rule import Rule

_ALL: Final = Scope(categories=0b1110, highest_level=LAST_LEVEL, most_credits=MAX_HUNDREDTHS)
_GOOD_GRADE: Final = 17
_FOR_EVER: Final = 65_535


@dataclass(frozen=True, slots=True)
class Example:
    """An outcome, in words, and what it gives."""

    said: Sentence
    quote: Quote


def examples(rule: Rule, finding: Finding | None = None) -> list[Example]:
    """A few outcomes on both sides of the rule's bounds, at its first moment; without repetitions."""
    at = Circumstances(
        active=True,
        institution=rule.source_institution,
        province=rule.source_province,
        scope=_ALL,
        finding=finding or _assumed(rule),
        time=rule.valid_from,
    )
    shown: dict[Sentence, Example] = {}
    for facts in _outcomes(rule, at):
        said = _said(facts, rule, at)
        shown.setdefault(said, Example(said, quote(rule, facts, at)))
    return list(shown.values())


def _assumed(rule: Rule) -> Finding | None:
    if rule.evaluation == ANY:
        return None
    return Finding(rule.category, rule.highest_level, _full(rule), 0, _FOR_EVER)


def _full(rule: Rule) -> int:
    """The least credits (hundredths) that give the most of one transfer, as far as a credential can hold them."""
    return min(-(-rule.most_credits * rule.denominator // rule.numerator), MAX_HUNDREDTHS)


def _outcomes(rule: Rule, at: Circumstances) -> Iterator[dict[int, int]]:
    full = _full(rule)
    if at.finding is not None:
        full = min(full, at.finding.credits)
    level = min(rule.highest_level, at.finding.level if at.finding is not None else rule.highest_level)
    good = {
        OUTCOME: int.from_bytes(rule.outcome, "big"),
        CATEGORY: rule.category,
        LEVEL: level,
        CREDITS: full,
        GRADE: max(rule.minimum_grade, _GOOD_GRADE),
        MONTH: _month(at),
    }
    yield good
    yield {**good, CREDITS: max(full // 2, 1)}
    yield {**good, CREDITS: min(full + 500, MAX_HUNDREDTHS)}
    if rule.highest_level < LAST_LEVEL:
        yield {**good, LEVEL: rule.highest_level + 1}
    if rule.minimum_grade:
        yield {**good, GRADE: rule.minimum_grade - 1}
        yield {**good, GRADE: UNGRADED}
    if rule.greatest_age and good[MONTH] > rule.greatest_age:
        yield {**good, MONTH: month_of(at.time) - rule.greatest_age - 1}
    if rule.numerator < rule.denominator:
        yield {**good, CREDITS: 1}


def _month(at: Circumstances) -> int:
    """The month of an award that counts: this one, or the last that the finding covers."""
    month = month_of(at.time)
    return month if at.finding is None else max(min(month, at.finding.awarded_until - 1), at.finding.awarded_from)


def _said(facts: dict[int, int], rule: Rule, at: Circumstances) -> Sentence:
    credit, level = credit_text(facts[CREDITS]), facts[LEVEL]
    zh, en = f"{credit} 学分、{level} 级", f"{credit} credits, level {level}"
    if rule.minimum_grade:
        step = facts[GRADE]
        zh += "、仅有“合格”" if step == UNGRADED else f"、{min(step, HIGHEST_STEP) * 5} 分"
        en += ", ungraded" if step == UNGRADED else f", grade {min(step, HIGHEST_STEP) * 5}"
    if rule.greatest_age:
        age = max(month_of(at.time) - facts[MONTH], 0)
        zh += f"、{age} 个月前取得"
        en += f", awarded {age} months before"
    return Sentence(zh, en)
