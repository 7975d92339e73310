"""Filters that make no sense: each names the field that is off (`shown`: as its surface writes it) and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.domain.errors import USAGE
from gateway.ledger.errors import LedgerError

if TYPE_CHECKING:
    from gateway.domain.errors import HurenError


class FilterRefused(LedgerError):
    """The family of filters that could only ever give a misleading answer."""

    code = "filter"
    exit_code = USAGE

    def to_json(self) -> dict[str, str]:
        """The form that surfaces show, with the field (of an option, without its dashes)."""
        return {**super().to_json(), "field": str(self.details.get("field", ""))}


class FieldRefused(FilterRefused):
    """A field whose value cannot be read, for the reason that `cause` gives."""

    code = "filter.field"
    zh = "{shown}：{cause}"
    en = "{shown}: {cause}"

    def __init__(self, cause: HurenError, field: str, shown: str) -> None:
        super().__init__(cause.value, cause=cause, field=field, shown=shown)
        self.cause = cause

    def __reduce__(self) -> tuple[Any, ...]:
        """Made again from its two parts."""
        return FieldRefused, (self.cause, str(self.details["field"]), str(self.details["shown"]))

    def hint(self, language: str = "en") -> str:
        """What to do about the cause."""
        return self.cause.hint(language)

    def to_json(self) -> dict[str, str]:
        """With the code of the cause."""
        return {**super().to_json(), "code": self.cause.code}


class SameProvince(FilterRefused):
    """From a province to itself: no agreement has such a rule."""

    code = "filter.same_province"
    zh = "来源省与目标省同为 {value}，不存在这样的转换"
    en = "from {value} to {value}: there are no transfers within a province"
    hint_zh = "请改 {shown}，或去掉其中一个"
    hint_en = "change {shown}, or leave one of the two out"


class TwoKindsOfMonth(FilterRefused):
    """A month and a range of months."""

    code = "filter.months"
    zh = "{shown} {value} 不能与起止月份同时使用"
    en = "{shown} {value} does not go with a first or last month"
    hint_zh = "二者择一"
    hint_en = "use one or the other"


class MonthsBackwards(FilterRefused):
    """A range that ends before it begins, or begins after the block."""

    code = "filter.months_backwards"
    zh = "月份范围 {value} 先止后起"
    en = "the months {value} end before they begin"
    hint_zh = "请对调起止月份；起始月份不得晚于区块时间"
    hint_en = "change them round; the first month lies no later than the block"


class NoSuchCategory(FilterRefused):
    """No category of that name."""

    code = "filter.category"
    zh = "没有类别“{value}”"
    en = "there is no category {value!r}"
    hint_zh = "可用：{known}"
    hint_en = "there are: {known}"


class NoSuchStage(FilterRefused):
    """No stage of that name."""

    code = "filter.stage"
    zh = "没有阶段“{value}”"
    en = "there is no stage {value!r}"
    hint_zh = "可用：{known}"
    hint_en = "there are: {known}"


class NoSuchReason(FilterRefused):
    """No reason of that name."""

    code = "filter.reason"
    zh = "没有退回原因“{value}”"
    en = "there is no reason {value!r}"
    hint_zh = "可用：{known}"
    hint_en = "there are: {known}"


class RuleWithoutAgreement(FilterRefused):
    """Rules have numbers within an agreement only."""

    code = "filter.rule_without_agreement"
    zh = "规则 {value} 须与协议一起给出：编号只在协议内有意义"
    en = "rule {value} of which agreement? Rules have numbers within an agreement only"
    hint_zh = "请加 {other}"
    hint_en = "add {other}"


class NoSuchRule(FilterRefused):
    """The agreement has no rule of that number."""

    code = "filter.rule"
    zh = "该协议没有第 {value} 条规则，共 {rules} 条"
    en = "the agreement has no rule {value}; it has {rules}"
    hint_zh = "规则从 1 数起（huren agreement show）"
    hint_en = "rules count from 1 (huren agreement show)"


class UnknownHere(FilterRefused):
    """An institution that no province ever accredited."""

    code = "filter.institution"
    zh = "没有任何省份认定过机构 {value}"
    en = "no province ever accredited the institution {value}"
    hint_zh = "请核对统一社会信用代码，并确认索引已跟上（huren index status）"
    hint_en = "check the unified social credit code, and that the index has caught up (huren index status)"
