"""What stands in the monthly report, as the template takes it: every number formatted, every sentence made.

    data = MonthlyData(report, month, Words("both")).to_json()

`report` is of all months, as of a block; the month is set apart, and the twelve months up to it give the trend.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gateway.audit.monthly.sections import NOTHING, appeals, appendix, credits_of, days_of, none_of, revocations, rules
from gateway.audit.monthly.words import CATEGORIES, Words
from gateway.audit.reports.figures import REASONS, Figures, balances, total, totals_by
from gateway.domain.civil_time import day_of, moment_text, month_text
from gateway.domain.hashing import hex0x

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.audit.reports.values import Report

TREND: Final = 12
"""Months of the charts."""


class MonthlyData:
    """One month of a report."""

    def __init__(self, report: Report, month: int, words: Words) -> None:
        """Take a report of all months and the month that it is about."""
        self.report = report
        self.month = month
        self.words = words
        self.rows = report.of_month(month).figures
        self.all = total(self.rows)
        self.before = total(row for row in report.figures if row.month == month - 1)
        self.months = range(month - TREND + 1, month + 1)
        by_month = totals_by((row for row in report.figures if row.month in self.months), lambda row: row.month)
        self.trend = [by_month.get(one, Figures()) for one in self.months]

    def to_json(self) -> dict[str, Any]:
        """Everything for the template, in plain JSON."""
        say, pair = self.words.say, self.words.pair
        block = self.report.block
        day = day_of(block.time)
        return {
            "language": self.words.language,
            "title": pair("学分互认月报", "Monthly Report on Mutual Recognition"),
            "month": self.words.month(self.month),
            "day": {"year": day.year, "month": day.month, "day": day.day},
            "provinces": " · ".join(self.words.province(code) for code in self.provinces()),
            "facts": [
                [*pair("区块", "block"), f"{block.number:,}"],
                [*pair("区块时间", "block time"), str(moment_text(block.time))],
                [*pair("区块哈希", "block hash"), hex0x(block.hash)],
                [*pair("报告哈希", "report hash"), hex0x(self.report.digest)],
                [*pair("链", "chain"), f"{self.report.chain_id} · {self.report.genesis}"],
            ],
            "summary": {
                "title": pair("概要", "Summary"),
                "cards": self._cards(),
                "note": say("▲▼ 与上月相比", "▲▼ against the month before"),
                "text": self._sentences(),
            },
            "flows": {
                "title": pair("省际流向", "Flows between provinces"),
                "chart": bool(self.flows()),
                **self._balances(),
            },
            "pairs": {"title": pair("各省对", "By pair of provinces"), **self._pairs()},
            "trend": {
                "title": pair("十二个月走势", "Twelve months"),
                "decisions": say("按决定月份：接受、退回与申请数", "By month: applications, and what was decided"),
                "days": say(
                    "决定用时中位数（天），按申请月份", "Median days to a decision, by the month of application"
                ),
            },
            "reasons": {
                "title": pair("退回原因", "Reasons of rejection"),
                "chart": bool(self.all.rejections),
                "none": self._none(),
            },
            "rules": {"title": pair("生效规则", "Rules in force"), **rules(self.report, self.words)},
            "appeals": {"title": pair("申诉", "Appeals"), **appeals(self.rows, self.words)},
            "revocations": {
                "title": pair("吊销", "Revocations"),
                **revocations(self.report.of_month(self.month), self.words),
            },
            "appendix": {
                "title": pair("附录：依据与核对", "Appendix: what this rests on"),
                **appendix(self.report, self.month, self.words),
            },
            "footer": say("报告", "report") + f" {hex0x(self.report.digest)[:18]}…",
        }

    def provinces(self) -> list[int]:
        """The provinces that the report knows of: subjects of heads are provinces, pairs, or 0."""
        return sorted({one.subject for one in self.report.heads if 0 < one.subject < 1 << 32} | self._in_figures())

    def flows(self) -> list[tuple[int, int, int]]:
        """Credits awarded in the month, by source and target; pairs without are left out."""
        pairs = totals_by(self.rows, lambda row: (row.source, row.target))
        return [(*key, row.decided.awarded) for key, row in pairs.items() if row.decided.awarded]

    def _in_figures(self) -> set[int]:
        return {province for row in self.report.figures for province in (row.source, row.target)}

    # --- parts

    def _cards(self) -> list[list[Any]]:
        pair, standing = self.words.pair, total(self.report.figures)
        now, then = self.all, self.before
        did, had = now.decided, then.decided
        return [
            [*pair("当月申请", "applications"), f"{now.applied:,}", _change(now.applied, then.applied)],
            [*pair("当月接受", "accepted"), f"{did.accepted:,}", _change(did.accepted, had.accepted)],
            [*pair("当月退回", "rejected"), f"{did.rejected:,}", _change(did.rejected, had.rejected)],
            [*pair("当月承认学分", "credits awarded"), credits_of(did.awarded), _change(did.awarded, had.awarded)],
            [*pair("待决定（全部）", "pending, all"), f"{standing.pending:,}", ""],
            [*pair("其中逾期", "of these overdue"), f"{standing.overdue:,}", ""],
        ]  # fmt: skip

    def _sentences(self) -> list[list[str]]:
        now, pair = self.all, self.words.pair
        decided = now.decided.accepted + now.decided.rejected
        share = f"{100 * now.decided.accepted / decided:.1f}%" if decided else NOTHING
        pairs = len({(row.source, row.target) for row in self.rows})
        median, zh_month = days_of(now.median_days), self.words.month(self.month)[0]
        en_month = Words("en").month(self.month)[0]
        if self.words.language == "en":
            zh_month = en_month
        return [
            pair(
                f"{zh_month}，{pairs} 个省对共提出 {now.applied:,} 项申请；"
                f"同月作出 {decided:,} 项决定，其中接受 {share}。",
                f"In {en_month} {now.applied:,} applications were made between {pairs} "
                f"{'pair' if pairs == 1 else 'pairs'} of provinces; "
                f"{decided:,} were decided in that month, {share} of them accepted.",
            ),
            pair(
                f"当月的申请中，至区块时间已接受 {now.accepted:,} 项、退回 {now.rejections:,} 项、"
                f"待决定 {now.pending:,} 项；决定用时中位数 {median} 天。",
                f"Of that month's applications {now.accepted:,} were accepted by the block's time, {now.rejections:,} "
                f"rejected, and {now.pending:,} are pending; the median decision took {median} days.",
            ),
        ]

    def _balances(self) -> dict[str, Any]:
        rows = [[self.words.province(one.province), *map(credits_of, one.amounts)] for one in balances(self.rows)]
        pair = self.words.pair
        head = [
            pair("省", "province"),
            pair("转出学分", "credits out"),
            pair("其中撤回", "withdrawn"),
            pair("转入学分", "credits in"),
            pair("其中撤回", "withdrawn"),
        ]
        say = self.words.say
        return {
            "caption": say("当月承认的学分，由来源省至目标省", "Credits awarded in the month, from source to target"),
            "note": say("当月申请所得学分，至区块时间", "Credits of the month's applications, at the block's time"),
            "head": head,
            "rows": rows,
            "none": self._none(),
        }

    def _pairs(self) -> dict[str, Any]:
        pair, word = self.words.pair, self.words.province
        head = [
            pair("来源 → 目标", "from → to"),
            pair("类别", "category"),
            pair("申请", "applied"),
            pair("接受", "accepted"),
            pair("退回", "rejected"),
            pair("其他", "returned"),
            pair("待决定", "pending"),
            pair("逾期", "overdue"),
            pair("中位天数", "median days"),
            pair("承认学分", "awarded"),
        ]
        rows: list[Any] = []
        for (source, target), together in totals_by(self.rows, lambda row: (row.source, row.target)).items():
            name = f"{word(source)} → {word(target)}"
            parts = [row for row in self.rows if (row.source, row.target) == (source, target)]
            rows.append({"bold": True, "cells": [name, "", *self._counts(together)]})
            rows += [
                {"bold": False, "cells": ["", self.words.short(*CATEGORIES[row.category]), *self._counts(row)]}
                for row in parts
            ]
        rows.append({"bold": True, "cells": [self.words.say("合计", "total"), "", *self._counts(self.all)]})
        return {
            "head": head,
            "rows": rows,
            "none": self._none() if not self.rows else "",
            "note": self.words.say(
                "当月提出的申请，至区块时间的结果；“其他”为来源方撤销与到期。",
                "Applications made in the month, as they stand at the block; returned: cancelled or expired.",
            ),
        }

    @staticmethod
    def _counts(row: Figures) -> list[str]:
        counts = (row.applied, row.accepted, row.rejections, row.cancelled + row.expired, row.pending, row.overdue)
        return [*(f"{many:,}" for many in counts), days_of(row.median_days), credits_of(row.awarded)]

    def reason_counts(self) -> tuple[list[str], list[int]]:
        """The words and numbers of the month's rejections by reason; empty where there are none."""
        if not self.all.rejections:
            return [], []
        return [self.words.say(reason.zh, reason.en) for reason in REASONS], list(self.all.rejected)

    def _none(self) -> str:
        return none_of(self.words)


def _change(now: int, before: int) -> str:
    """Against the month before, in per cent; nothing where there was none."""
    if not before:
        return ""
    change = round(100 * (now - before) / before)
    return f"{'▲' if change > 0 else '▼' if change < 0 else '＝'} {abs(change)}%"


def month_ticks(months: Sequence[int]) -> list[str]:
    """Months below a chart."""
    return [month_text(one)[2:] for one in months]
