"""In which order options and misses are shown, and a miss's reasons with the values that make it one. Pure.

ranked(options)      # most credits first, of equal ones that which ends first
nearest(misses)      # by the gravest reason first: what a learner could mend stands above what nobody can
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.domain.civil_time import moment_text, month_text
from gateway.domain.credits import as_decimal
from gateway.domain.crosswalk import Category
from gateway.domain.errors import Said
from gateway.domain.quote import Refusal
from gateway.domain.rule import CATEGORY, CREDITS, FACTS, GRADE, LEVEL, MONTH
from gateway.ledger.reader import institution_text
from gateway.recognition.agreements.sentences import province_names, span_text
from gateway.recognition.options.values import GRADE_STEP, Miss, Option, RuleRef

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from gateway.domain.quote import Circumstances

_REMOTENESS: Final = (
    Refusal.FACT_CLOSED,
    Refusal.RULE_NOT_IN_FORCE,
    Refusal.AGREEMENT_NOT_ACTIVE,
    Refusal.ROUNDS_TO_NOTHING,
    Refusal.UNGRADED,
    Refusal.GRADE_TOO_LOW,
    Refusal.TOO_OLD,
    Refusal.OUTSIDE_EVALUATION,
    Refusal.ABOVE_EVALUATION,
    Refusal.ABOVE_SCOPE,
    Refusal.LEVEL_OUTSIDE,
    Refusal.OTHER_CATEGORY,
    Refusal.OTHER_OUTCOME,
    Refusal.OTHER_INSTITUTION,
    Refusal.OTHER_PROVINCE,
    Refusal.UNKNOWN_RULE,
)
"""From what time or one more paper mends to what is about somebody else."""
_WEIGHT: Final = {refusal: 1 << place for place, refusal in enumerate(_REMOTENESS)}
_OVER: Final = 1 << len(_REMOTENESS)
"""Of an agreement that is over for good."""
_FACT_NAMES: Final = (
    Said("成果编码", "outcome"),
    Said("成果标识", "claim"),
    Said("类别", "category"),
    Said("等级", "level"),
    Said("学分", "credits"),
    Said("成绩（--grade）", "grade (--grade)"),
    Said("取得时间（--awarded）", "when it was awarded (--awarded)"),
)


def ranked(options: Iterable[Option]) -> list[Option]:
    """By credits given, then by the earlier end; of equal ones in an order that is the same everywhere."""
    return sorted(options, key=lambda one: (-one.credits, one.ref.ends, one.ref.agreement, one.ref.number))


def distance(miss: Miss) -> int:
    """How far a rule is from fitting: its gravest reason decides, then the next; each further reason adds to it."""
    over = _OVER if miss.ref.state.final else 0
    return over + sum(_WEIGHT[reason] for reason in set(miss.reasons))


def nearest(misses: Iterable[Miss]) -> list[Miss]:
    """The nearest first; of equal ones in an order that is the same everywhere."""
    return sorted(misses, key=lambda one: (distance(one), one.ref.agreement, one.ref.number))


def explained(ref: RuleRef, reason: Refusal, facts: Mapping[int, int], at: Circumstances) -> Said:
    """One reason with its values, in words."""
    values = _VALUES.get(reason)
    more = None if values is None else values(ref, facts, at)
    if more is None:
        return Said(reason.zh, reason.en)
    return Said(f"{reason.zh}：{more.zh}", f"{reason.en}: {more.en}")


def _inactive(ref: RuleRef, facts: Mapping[int, int], at: Circumstances) -> Said:  # noqa: ARG001 - one of a table
    if ref.begins > at.time:
        return Said(
            f"{ref.state.zh}，自 {moment_text(ref.begins)} 起", f"{ref.state.en}, from {moment_text(ref.begins)}"
        )
    return Said(ref.state.zh, ref.state.en)


def _span(ref: RuleRef, facts: Mapping[int, int], at: Circumstances) -> Said:  # noqa: ARG001 - one of a table
    return Said(*span_text(ref.rule.valid_from, ref.rule.valid_until))


def _institution(ref: RuleRef, facts: Mapping[int, int], at: Circumstances) -> Said:  # noqa: ARG001 - one of a table
    code = institution_text(ref.rule.source_institution)
    return Said(code, code)


def _province(ref: RuleRef, facts: Mapping[int, int], at: Circumstances) -> Said:  # noqa: ARG001 - one of a table
    wanted, found = province_names(ref.rule.source_province), province_names(at.province)
    if not at.province:
        return Said(f"须为{wanted.zh}，现不由任何省份认证", f"{wanted.en} is asked for, no province accredits it")
    return Said(f"须为{wanted.zh}，现为{found.zh}", f"{wanted.en} is asked for, it is {found.en}")


def _closed(ref: RuleRef, facts: Mapping[int, int], at: Circumstances) -> Said:  # noqa: ARG001 - one of a table
    lacking = [_FACT_NAMES[index] for index in range(FACTS) if ref.rule.reads >> index & 1 and index not in facts]
    return Said("、".join(one.zh for one in lacking), ", ".join(one.en for one in lacking))


def _category(ref: RuleRef, facts: Mapping[int, int], at: Circumstances) -> Said:  # noqa: ARG001 - one of a table
    wanted, found = Category(ref.rule.category), facts[CATEGORY]
    known = Category(found) if found in set(Category) else None
    zh, en = (str(found), str(found)) if known is None else (known.zh, known.en)
    return Said(f"须为{wanted.zh}，现为{zh}", f"{wanted.en} is asked for, it is {en}")


def _level(ref: RuleRef, facts: Mapping[int, int], at: Circumstances) -> Said:  # noqa: ARG001 - one of a table
    low, high = ref.rule.lowest_level, ref.rule.highest_level
    return Said(f"须为 {low}–{high} 级，现为 {facts[LEVEL]} 级", f"{low}-{high} is asked for, it is {facts[LEVEL]}")


def _grade(ref: RuleRef, facts: Mapping[int, int], at: Circumstances) -> Said:  # noqa: ARG001 - one of a table
    wanted, found = ref.rule.minimum_grade * GRADE_STEP, facts[GRADE] * GRADE_STEP
    return Said(
        f"须 {wanted} 分，链上所记为 {found} 分一档", f"{wanted} is asked for, the ledger keeps it as {found} or more"
    )


def _age(ref: RuleRef, facts: Mapping[int, int], at: Circumstances) -> Said:  # noqa: ARG001 - one of a table
    most, month = ref.rule.greatest_age, month_text(facts[MONTH])
    return Said(f"{month} 取得，至多 {most} 个月", f"awarded {month}, at most {most} months ago")


def _scope(ref: RuleRef, facts: Mapping[int, int], at: Circumstances) -> Said:  # noqa: ARG001 - one of a table
    level, most = at.scope.highest_level, as_decimal(at.scope.most_credits)
    return Said(f"至多 {level} 级、{most} 学分", f"level {level} and {most} credits at most")


def _period(ref: RuleRef, facts: Mapping[int, int], at: Circumstances) -> Said | None:  # noqa: ARG001 - one of a table
    if at.finding is None:
        return None
    first, last = month_text(at.finding.awarded_from), month_text(at.finding.awarded_until - 1)
    month = month_text(facts[MONTH])
    return Said(f"{month} 取得，所覆盖的是 {first} 至 {last}", f"awarded {month}, it covers {first} to {last}")


def _finding(ref: RuleRef, facts: Mapping[int, int], at: Circumstances) -> Said | None:  # noqa: ARG001 - one of a table
    if at.finding is None:
        return None
    level, most = at.finding.level, as_decimal(at.finding.credits)
    have, worth = facts[LEVEL], as_decimal(facts[CREDITS])
    return Said(
        f"结论为 {level} 级、{most} 学分，现为 {have} 级、{worth} 学分",
        f"it found level {level} and {most} credits, this is level {have} and {worth}",
    )


_VALUES: Final[Mapping[Refusal, Callable[[RuleRef, Mapping[int, int], Circumstances], Said | None]]] = {
    Refusal.AGREEMENT_NOT_ACTIVE: _inactive,
    Refusal.RULE_NOT_IN_FORCE: _span,
    Refusal.OTHER_INSTITUTION: _institution,
    Refusal.OTHER_PROVINCE: _province,
    Refusal.FACT_CLOSED: _closed,
    Refusal.OTHER_CATEGORY: _category,
    Refusal.LEVEL_OUTSIDE: _level,
    Refusal.GRADE_TOO_LOW: _grade,
    Refusal.TOO_OLD: _age,
    Refusal.ABOVE_SCOPE: _scope,
    Refusal.OUTSIDE_EVALUATION: _period,
    Refusal.ABOVE_EVALUATION: _finding,
}
