"""What the AgreementRegistry refuses in a rule, known before anyone proposes it.

    for flaw in rule_flaws(rule, parties, (valid_from, valid_until)):
        print(flaw.field, flaw)

Each flaw is an error with its value, the field of `Rule` that it is about, and what to do. Source:
docs/law-of-recognition.md and contracts/agreement; what only the chain knows (findings, members) is not asked here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from gateway.domain.credits import MAX_HUNDREDTHS, as_decimal
from gateway.domain.crosswalk import Category
from gateway.domain.errors import AGAINST, DomainError, Said
from gateway.domain.rule import ANY, HIGHEST_STEP

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gateway.domain.rule import Rule

LAST_LEVEL: Final = 10
MOST_RATIO: Final = 1_000_000
MOST_AGE: Final = 2**16 - 1


class Flaw(DomainError):
    """The family of what cannot stand in an agreement; ``field`` is the field of `Rule` or `Terms` to change."""

    code = "agreement"
    exit_code = AGAINST
    field: ClassVar[str] = ""


class NotAParty(Flaw):
    """A rule between provinces that are not both parties."""

    code = "agreement.rule.party"
    zh = "{value} 不是本协议的缔约方"
    en = "{value} is no party to this agreement"
    hint_zh = "请将其列入缔约方，或更正规则中的省份"
    hint_en = "add it to the parties, or correct the rule's province"


class SourceNotAParty(NotAParty):
    """The source province is no party."""

    field = "source_province"


class TargetNotAParty(NotAParty):
    """The target province is no party."""

    field = "target_province"


class OneProvince(Flaw):
    """A rule from a province to itself, which needs no agreement."""

    code = "agreement.rule.one_province"
    field = "target_province"
    zh = "规则的来源与目标同为 {value}"
    en = "the rule leads from {value} to itself"
    hint_zh = "互认发生在两个省份之间；省内转换无须本协议"
    hint_en = "recognition is between two provinces; within one, no agreement is needed"


class LevelsImpossible(Flaw):
    """Levels outside 1–10, or the lowest above the highest."""

    code = "agreement.rule.levels"
    field = "highest_level"
    zh = "等级范围“{value}”无效：应在 1 至 10 之间，且由低到高"
    en = "the levels {value} do not exist: from 1 to 10, the lower one first"
    hint_zh = "请按区域框架填写，例如 3-5"
    hint_en = "use the region's framework, for example 3-5"


class GradeImpossible(Flaw):
    """A minimum above 100 %."""

    code = "agreement.rule.grade"
    field = "minimum_grade"
    zh = "最低成绩“{value}”超过 100"
    en = "the minimum grade {value} is above 100"
    hint_zh = "请填写 5 至 100 之间 5 的倍数"
    hint_en = "give a multiple of 5 from 5 to 100"


class UngradedWithoutMinimum(Flaw):
    """Ungraded outcomes accepted where no grade is asked for."""

    code = "agreement.rule.ungraded"
    field = "accepts_ungraded"
    zh = "未设最低成绩，却写明接受无成绩的成果"
    en = "ungraded outcomes are accepted, but no minimum grade is asked for"
    hint_zh = "不设最低成绩时一律接受；请删去此项，或填写最低成绩"
    hint_en = "without a minimum everything is accepted: leave this out, or give a minimum"


class AgeImpossible(Flaw):
    """More months than the ledger counts."""

    code = "agreement.rule.age"
    field = "greatest_age"
    zh = "最长年限“{value}”个月过长"
    en = "a greatest age of {value} months is more than can be counted"
    hint_zh = "不限年限时请删去此项"
    hint_en = "leave it out where any age will do"


class OutcomeWithoutInstitution(Flaw):
    """An outcome's code means something only within its institution."""

    code = "agreement.rule.outcome"
    field = "outcome"
    zh = "指定了成果，却没有指定发证机构"
    en = "an outcome is named, and no institution"
    hint_zh = "成果编码只在其机构内唯一，请同时填写机构"
    hint_en = "an outcome's code is unique within its institution only: name that too"


class ProgrammeWithoutInstitution(Flaw):
    """A programme without the institution whose it is."""

    code = "agreement.rule.programme"
    field = "programme"
    zh = "指定了目标专业，却没有指定目标机构"
    en = "a programme is named, and no target institution"
    hint_zh = "请同时填写目标机构"
    hint_en = "name the target institution too"


class CourseWithoutProgramme(Flaw):
    """A course without the programme that it is part of."""

    code = "agreement.rule.course"
    field = "course"
    zh = "指定了目标课程，却没有指定专业"
    en = "a course is named, and no programme"
    hint_zh = "请同时填写目标专业"
    hint_en = "name the programme too"


class UnknownKindOfCredit(Flaw):
    """A category that does not exist."""

    code = "agreement.rule.category"
    field = "category"
    zh = "类别“{value}”不存在"
    en = "there is no category {value}"
    hint_zh = "可用：1 学历、2 职业、3 社区文化"
    hint_en = "known are 1 academic, 2 vocational, 3 community and culture"


class CultureToAcademic(Flaw):
    """Community and culture outcomes never become academic credit."""

    code = "agreement.rule.culture"
    field = "kind"
    zh = "社区文化类成果不得转换为学历学分"
    en = "community and culture outcomes never become academic credit"
    hint_zh = "请将目标学分类别改为职业或社区文化，或删去该规则"
    hint_en = "make it vocational or community credit, or leave the rule out"


class RatioImpossible(Flaw):
    """A ratio of terms outside 1–1,000,000."""

    code = "agreement.rule.ratio"
    field = "ratio"
    zh = "转换比例“{value}”无效：分子、分母应为 1 至 1,000,000 的整数"
    en = "the ratio {value} cannot be used: both terms are whole numbers from 1 to 1,000,000"
    hint_zh = "例如 1/2、0.75 或 80%"
    hint_en = "for example 1/2, 0.75 or 80%"


class MostCreditsImpossible(Flaw):
    """More, or less, than a credential can hold."""

    code = "agreement.rule.most_credits"
    field = "most_credits"
    zh = "单次学分上限“{value}”不在 0.01 至 999.99 之间"
    en = "the most credits of a transfer, {value}, are not between 0.01 and 999.99"
    hint_zh = "请核对学分"
    hint_en = "check the amount"


class CapImpossible(Flaw):
    """A cap that lets nothing through, or one below what a single transfer may bring."""

    code = "agreement.rule.cap"
    field = "cap"
    zh = "累计上限 {value} 学分低于单次上限 {most} 学分"
    en = "the cap of {value} credits is below the {most} credits of one transfer"
    hint_zh = "请提高累计上限，或降低单次上限"
    hint_en = "raise the cap, or lower the most credits of a transfer"


class RuleWindowEmpty(Flaw):
    """A rule whose validity ends before it begins."""

    code = "agreement.rule.window"
    field = "valid_until"
    zh = "规则的有效期为空：截止早于起始"
    en = "the rule's validity is empty: it ends before it begins"
    hint_zh = "请核对起止日期"
    hint_en = "check both dates"


class RuleWindowOutside(Flaw):
    """A rule that is valid when its agreement is not."""

    code = "agreement.rule.window_outside"
    field = "valid_from"
    zh = "规则的有效期超出了协议的有效期"
    en = "the rule's validity reaches beyond the agreement's"
    hint_zh = "请缩短规则的有效期，或不填写（与协议相同）"
    hint_en = "shorten it, or leave it out: then it is the agreement's"


class EvaluationWithoutOutcome(Flaw):
    """A panel's finding is about one outcome."""

    code = "agreement.rule.evaluation_outcome"
    field = "evaluation"
    zh = "引用了评审结论，却没有指定成果"
    en = "a panel's finding is named, and no outcome"
    hint_zh = "评审针对一项成果，请填写机构与成果"
    hint_en = "a finding is about one outcome: name institution and outcome"


class EvaluationNeeded(Flaw):
    """A named vocational or cultural outcome without a panel's finding."""

    code = "agreement.rule.evaluation"
    field = "evaluation"
    zh = "指定的成果属于{value}类，须有专家评审结论"
    en = "the outcome that is named is {value}: a panel has to have evaluated it"
    hint_zh = "请先完成评审（huren evaluation），再填写其编号"
    hint_en = "have it evaluated (huren evaluation) and give the evaluation's number"


def rule_flaws(rule: Rule, parties: Sequence[int], window: tuple[int, int]) -> Iterator[Flaw]:
    """Everything that is wrong with a rule of an agreement of ``parties`` that is valid in ``window`` (seconds)."""
    for examine in (_provinces, _matching, _places, _amounts):
        yield from examine(rule, parties)
    yield from _window(rule, window)


def _provinces(rule: Rule, parties: Sequence[int]) -> Iterator[Flaw]:
    if rule.source_province not in parties:
        yield SourceNotAParty(rule.source_province)
    if rule.target_province not in parties:
        yield TargetNotAParty(rule.target_province)
    if rule.source_province == rule.target_province:
        yield OneProvince(rule.source_province)


def _matching(rule: Rule, _: Sequence[int]) -> Iterator[Flaw]:
    if not 1 <= rule.lowest_level <= rule.highest_level <= LAST_LEVEL:
        yield LevelsImpossible(f"{rule.lowest_level}-{rule.highest_level}")
    if rule.minimum_grade > HIGHEST_STEP:
        yield GradeImpossible(rule.minimum_grade * 5)
    if rule.accepts_ungraded and not rule.minimum_grade:
        yield UngradedWithoutMinimum(True)  # noqa: FBT003 - the offending value
    if rule.greatest_age > MOST_AGE:
        yield AgeImpossible(rule.greatest_age)
    for category in (rule.category, rule.kind):
        if category not in set(Category):
            yield UnknownKindOfCredit(category)


def _places(rule: Rule, _: Sequence[int]) -> Iterator[Flaw]:
    demands: tuple[tuple[bytes, bytes, Callable[[], Flaw]], ...] = (
        (rule.outcome, rule.source_institution, OutcomeWithoutInstitution),
        (rule.programme, rule.target_institution, ProgrammeWithoutInstitution),
        (rule.course, rule.programme, CourseWithoutProgramme),
        (rule.evaluation, rule.outcome, EvaluationWithoutOutcome),
    )
    for given, needed, flaw in demands:
        if given != ANY and needed == ANY:
            yield flaw()
    if rule.category == Category.COMMUNITY and rule.kind == Category.ACADEMIC:
        yield CultureToAcademic(rule.kind)
    named = rule.outcome != ANY and rule.evaluation == ANY
    if named and rule.category in {Category.VOCATIONAL, Category.COMMUNITY}:
        category = Category(rule.category)
        yield EvaluationNeeded(Said(category.zh, category.en))


def _amounts(rule: Rule, _: Sequence[int]) -> Iterator[Flaw]:
    if not (1 <= rule.numerator <= MOST_RATIO and 1 <= rule.denominator <= MOST_RATIO):
        yield RatioImpossible(f"{rule.numerator}/{rule.denominator}")
    if not 1 <= rule.most_credits <= MAX_HUNDREDTHS:
        yield MostCreditsImpossible(as_decimal(rule.most_credits))
    if rule.cap < max(rule.most_credits, 1):
        yield CapImpossible(as_decimal(rule.cap), most=as_decimal(rule.most_credits))


def _window(rule: Rule, window: tuple[int, int]) -> Iterator[Flaw]:
    if rule.valid_from >= rule.valid_until:
        yield RuleWindowEmpty(rule.valid_until)
    elif rule.valid_from < window[0] or rule.valid_until > window[1]:
        yield RuleWindowOutside(rule.valid_from)
