"""What the AgreementRegistry refuses in terms as a whole; rules that contradict one another or a panel's finding."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

from gateway.domain.civil_time import DAY, last_day
from gateway.domain.credits import as_decimal
from gateway.domain.errors import Said
from gateway.domain.rule import ANY
from gateway.domain.rule_law import Flaw, rule_flaws

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gateway.domain.panel import Finding
    from gateway.domain.rule import Rule
    from gateway.domain.terms import Terms

LEAST_PUBLIC_NOTICE: Final = 7 * DAY
LEAST_WITHDRAWAL_NOTICE: Final = 30 * DAY
LONGEST_WITHDRAWAL_NOTICE: Final = 3650 * DAY
FEWEST_PARTIES: Final = 2
MOST_PARTIES: Final = 16
MOST_RULES: Final = 64


class PartiesImpossible(Flaw):
    """Fewer than two parties, or more than sixteen."""

    code = "agreement.parties"
    field = "parties"
    zh = "缔约方有 {value} 个，应为 2 至 16 个不同的省份"
    en = "{value} parties; an agreement has 2 to 16 different ones"
    hint_zh = "请核对缔约方"
    hint_en = "check the parties"


class RulesImpossible(Flaw):
    """No rule, or more than sixty-four."""

    code = "agreement.rules"
    field = "rules"
    zh = "规则有 {value} 条，应为 1 至 64 条"
    en = "{value} rules; an agreement has 1 to 64"
    hint_zh = "请增删规则，或分为几份协议"
    hint_en = "add or remove rules, or make several agreements"


class AgreementWindowEmpty(Flaw):
    """Validity that ends before it begins."""

    code = "agreement.window"
    field = "valid_until"
    zh = "协议的有效期为空：截止早于起始"
    en = "the agreement's validity is empty: it ends before it begins"
    hint_zh = "请核对起止日期"
    hint_en = "check both dates"


class ApproveByImpossible(Flaw):
    """Approvals asked for so late that the public notice would outlast the validity."""

    code = "agreement.approve_by"
    field = "approve_by"
    zh = "若在最后一天（{value}）才全部批准，公示期满时协议已经到期"
    en = "were the last approval to come on the last day, {value}, the public notice would outlast the agreement"
    hint_zh = "请提前批准截止日期，或延长有效期"
    hint_en = "set an earlier day for approvals, or extend the validity"


class ApproveByPast(Flaw):
    """Approvals asked for in the past."""

    code = "agreement.approve_by_past"
    field = "approve_by"
    zh = "批准截止日期 {value} 已过"
    en = "the last day for approvals, {value}, is over"
    hint_zh = "请改为将来的日期"
    hint_en = "set a day to come"


class NoticeTooShort(Flaw):
    """A public notice below the least."""

    code = "agreement.public_notice"
    field = "public_notice"
    zh = "公示期 {value} 天过短，至少 {least} 天"
    en = "a public notice of {value} days is too short; the least is {least}"
    hint_zh = "请延长公示期"
    hint_en = "make it longer"


class WithdrawalNoticeImpossible(Flaw):
    """A withdrawal notice below the least, or of more than ten years."""

    code = "agreement.withdrawal_notice"
    field = "withdrawal_notice"
    zh = "退出通知期 {value} 天不在 {least} 至 {most} 天之间"
    en = "a withdrawal notice of {value} days is not between {least} and {most}"
    hint_zh = "请调整退出通知期"
    hint_en = "change it"


class RulesOverlap(Flaw):
    """Two rules that say what the same outcome gives in the same place."""

    code = "agreement.overlap"
    zh = "与第 {other} 条规则重叠：同一成果在同一处会有两个结果（{value}）"
    en = "overlaps with rule {other}: one outcome would give two things in one place ({value})"
    hint_zh = "请以等级、时间、机构或目标区分两条规则，或合并为一条"
    hint_en = "tell them apart by level, time, institution or target, or make them one"


class AboveFinding(Flaw):
    """A rule that gives more than the panel found."""

    code = "agreement.rule.above_finding"
    field = "most_credits"
    zh = "单次上限 {value} 学分超过评审结论按比例可得的 {most} 学分"
    en = "the {value} credits of a transfer are more than the {most} that the panel's finding gives at this ratio"
    hint_zh = "请降低单次上限"
    hint_en = "lower the most credits of a transfer"


class LevelAboveFinding(Flaw):
    """A rule for levels above the one that the panel found."""

    code = "agreement.rule.level_above_finding"
    field = "highest_level"
    zh = "最高等级 {value} 高于评审结论的 {most} 级"
    en = "level {value} is above the level {most} that the panel found"
    hint_zh = "请降低最高等级"
    hint_en = "lower the highest level"


class CategoryOfFinding(Flaw):
    """A rule of another category than the panel's."""

    code = "agreement.rule.category_of_finding"
    field = "category"
    zh = "规则的类别与评审的类别（{value}）不同"
    en = "the rule's category is not the one that was evaluated ({value})"
    hint_zh = "请按评审的类别填写"
    hint_en = "use the category that was evaluated"


class FindingOfAnother(Flaw):
    """An evaluation of another outcome, or of another institution's."""

    code = "agreement.rule.finding_of_another"
    field = "evaluation"
    zh = "所引用的评审针对的是另一项成果"
    en = "the evaluation is about another outcome"
    hint_zh = "请核对评审编号，或更正规则中的机构与成果"
    hint_en = "check the evaluation's number, or the rule's institution and outcome"


class FindingNotPassed(Flaw):
    """An evaluation that did not pass, is still open, or does not exist."""

    code = "agreement.rule.not_passed"
    field = "evaluation"
    zh = "所引用的评审不存在、尚未结束，或未通过"
    en = "the evaluation does not exist, is open, or did not pass"
    hint_zh = "请核对评审编号（huren evaluation list）"
    hint_en = "check the evaluation's number (huren evaluation list)"


@dataclass(frozen=True, slots=True)
class Found:
    """A flaw, and in which rule it is (counted from 0; None: in the agreement as a whole)."""

    rule: int | None
    flaw: Flaw


def flaws(terms: Terms, findings: Mapping[bytes, Finding] | None = None, now: int | None = None) -> list[Found]:
    """Everything that is wrong with terms, rule by rule.

    Args:
        terms: as they would be proposed.
        findings: by evaluation, where the chain was asked; None: what panels found is not examined.
        now: the chain's clock; None: nothing is held against it.
    """
    found = [Found(None, flaw) for flaw in _whole(terms, now)]
    window = (terms.valid_from, terms.valid_until)
    for number, rule in enumerate(terms.rules):
        found += [Found(number, flaw) for flaw in rule_flaws(rule, terms.parties, window)]
        if findings is not None and rule.evaluation != ANY:
            found += [Found(number, flaw) for flaw in finding_flaws(rule, findings.get(rule.evaluation))]
    for (first, one), (second, other) in combinations(enumerate(terms.rules), 2):
        if overlap(one, other, findings or {}):
            zh, en = _common(one, other)
            found.append(Found(second, RulesOverlap(Said(zh, en), other=first + 1)))
    return found


def finding_flaws(rule: Rule, finding: Finding | None) -> list[Flaw]:
    """Where a rule goes beyond the finding that it names; None: there is no such evaluation."""
    if finding is None or not finding.passed:
        return [FindingNotPassed(rule.evaluation)]
    wrong: list[Flaw] = []
    if finding.institution and (finding.institution, finding.outcome) != (rule.source_institution, rule.outcome):
        wrong.append(FindingOfAnother(rule.evaluation))
    if rule.category != finding.category:
        wrong.append(CategoryOfFinding(finding.category))
    if rule.highest_level > finding.level:
        wrong.append(LevelAboveFinding(rule.highest_level, most=finding.level))
    most = finding.credits * rule.numerator // max(rule.denominator, 1)
    if rule.most_credits > most:
        wrong.append(AboveFinding(as_decimal(rule.most_credits), most=as_decimal(most)))
    return wrong


def overlap(one: Rule, other: Rule, findings: Mapping[bytes, Finding]) -> bool:
    """Whether some outcome could be quoted under both rules for the same use.

    Two rules for one outcome that rest on different evaluations do not overlap where the panels covered different
    periods; where ``findings`` does not know both, they are taken to.
    """
    alike = (
        one.source_province == other.source_province
        and one.target_province == other.target_province
        and one.category == other.category
        and one.kind == other.kind
    )
    return (
        alike
        and all(_meet(getattr(one, field), getattr(other, field)) for field in _WILD)
        and one.lowest_level <= other.highest_level
        and other.lowest_level <= one.highest_level
        and one.valid_from < other.valid_until
        and other.valid_from < one.valid_until
        and not _apart(findings.get(one.evaluation), findings.get(other.evaluation))
    )


_WILD: Final = ("source_institution", "outcome", "target_institution", "programme", "course")


def _meet(one: bytes, other: bytes) -> bool:
    return ANY in {one, other} or one == other


def _apart(one: Finding | None, other: Finding | None) -> bool:
    if one is None or other is None:
        return False
    return one.awarded_until <= other.awarded_from or other.awarded_until <= one.awarded_from


def _common(one: Rule, other: Rule) -> tuple[str, str]:
    """What the two have in common, for the sentence: levels and days."""
    low, high = max(one.lowest_level, other.lowest_level), min(one.highest_level, other.highest_level)
    until = last_day(min(one.valid_until, other.valid_until))
    return f"等级 {low}–{high}，至 {until}", f"levels {low}–{high}, until {until}"


def _whole(terms: Terms, now: int | None) -> Iterator[Flaw]:
    if not FEWEST_PARTIES <= len(set(terms.parties)) == len(terms.parties) <= MOST_PARTIES:
        yield PartiesImpossible(len(set(terms.parties)))
    if not 1 <= len(terms.rules) <= MOST_RULES:
        yield RulesImpossible(len(terms.rules))
    if terms.valid_from >= terms.valid_until:
        yield AgreementWindowEmpty(terms.valid_until)
    elif terms.approve_by + terms.public_notice >= terms.valid_until:
        yield ApproveByImpossible(last_day(terms.approve_by))
    if terms.public_notice < LEAST_PUBLIC_NOTICE:
        yield NoticeTooShort(terms.public_notice // DAY, least=LEAST_PUBLIC_NOTICE // DAY)
    if not LEAST_WITHDRAWAL_NOTICE <= terms.withdrawal_notice <= LONGEST_WITHDRAWAL_NOTICE:
        least, most = LEAST_WITHDRAWAL_NOTICE // DAY, LONGEST_WITHDRAWAL_NOTICE // DAY
        yield WithdrawalNoticeImpossible(terms.withdrawal_notice // DAY, least=least, most=most)
    if now is not None and terms.approve_by <= now:
        yield ApproveByPast(last_day(terms.approve_by))
