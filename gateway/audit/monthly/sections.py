"""The parts of the monthly report that are lists: rules, appeals, revocations, and what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gateway.audit.monthly.words import CATEGORIES, REVOKED_FOR
from gateway.audit.reports.figures import totals_by
from gateway.audit.reports.values import institution_or_any, subject_text
from gateway.domain.civil_time import day_of, last_day, month_text
from gateway.domain.credits import credits_text
from gateway.domain.hashing import hex0x
from gateway.domain.jcs import number_text
from gateway.domain.rule import NO_CAP
from gateway.ledger.values import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.audit.monthly.words import Words
    from gateway.audit.reports.figures import Figures
    from gateway.audit.reports.figures_law import RuleInForce
    from gateway.audit.reports.values import Report

MOST_RULES: Final = 60
"""Rules that are printed; all of them stand in the report that is attached to the PDF."""
NOTHING: Final = "—"


def none_of(words: Words) -> str:
    """What stands where there is nothing to list."""
    return words.say("本月没有。", "None in this month.")


def credits_of(hundredths: int) -> str:
    """Credits as a person reads them."""
    text = credits_text(hundredths)
    whole, _, rest = text.partition(".")
    return f"{int(whole):,}.{rest}" if hundredths else "0"


def days_of(median: float | None) -> str:
    """A median of days as a person reads it."""
    return NOTHING if median is None else number_text(median)


def rules(report: Report, words: Words) -> dict[str, Any]:
    """Rules in force: the first ones, and how many there are."""
    pair = words.pair
    head = [
        pair("来源", "source"),
        pair("目标", "target"),
        pair("类别", "category"),
        pair("折算", "ratio"),
        pair("单次上限", "most"),
        pair("累计上限", "cap"),
        pair("有效期", "in force"),
        pair("协议", "agreement"),
    ]
    shown = report.rules[:MOST_RULES]
    left = len(report.rules) - len(shown)
    say = words.say
    return {
        "head": head,
        "rows": [_rule(rule, words) for rule in shown],
        "none": none_of(words) if not shown else "",
        "note": say(
            f"区块时间共有 {len(report.rules):,} 条规则生效。",
            f"{len(report.rules):,} rules are in force.",
        )
        + (say(f"另有 {left:,} 条见附件。", f"{left:,} more: see the attached report.") if left else ""),
    }


def _rule(rule: RuleInForce, words: Words) -> list[str]:
    word, short = words.province, words.short
    anyone = short("任一机构", "any institution")
    becomes = "" if rule.kind == rule.category else f" → {short(*CATEGORIES[rule.kind])}"
    return [
        f"{word(rule.source_province)}\n{institution_or_any(rule.source_institution) or anyone}",
        f"{word(rule.target_province)}\n{institution_or_any(rule.target_institution) or anyone}",
        short(*CATEGORIES[rule.category]) + becomes,
        f"{rule.numerator} : {rule.denominator}",
        credits_of(rule.most_credits),
        NOTHING if rule.cap == NO_CAP else credits_of(rule.cap),
        f"{day_of(rule.begins)}\n{last_day(rule.ends)}",
        f"{hex0x(rule.agreement)[:10]}\n{short('第', 'no.')} {rule.number}",
    ]


def appeals(figures: Sequence[Figures], words: Words) -> dict[str, Any]:
    """Appeals by pair."""
    pair, word = words.pair, words.province
    found = totals_by((row for row in figures if row.appeals), lambda row: (row.source, row.target))
    rows = [
        [f"{word(source)} → {word(target)}", *(f"{many:,}" for many in _appeal_counts(row))]
        for (source, target), row in found.items()
    ]
    head = [
        pair("来源 → 目标", "from → to"),
        pair("申诉", "filed"),
        pair("成立", "upheld"),
        pair("驳回", "dismissed"),
        pair("待答复", "waiting"),
    ]
    note = words.say("就当月申请之退回提出的申诉。", "Appeals against rejections of the month's applications.")
    return {"head": head, "rows": rows, "none": none_of(words) if not rows else "", "note": note}


def _appeal_counts(row: Figures) -> tuple[int, int, int, int]:
    """Filed, upheld, dismissed, waiting for an answer."""
    return row.appeals, row.upheld, row.dismissed, row.appeals - row.upheld - row.dismissed


def revocations(report: Report, words: Words) -> dict[str, Any]:
    """Revocations of the report's month by province and reason."""
    pair = words.pair
    rows = [
        [
            words.province(one.province),
            words.short(*REVOKED_FOR[Reason(one.reason)]),
            *(f"{many:,}" for many in (one.credentials, one.batches, one.in_batches)),
        ]
        for one in report.revocations
    ]
    head = [
        pair("省", "province"),
        pair("原因", "reason"),
        pair("凭证", "credentials"),
        pair("批次", "batches"),
        pair("批次内凭证", "in these batches"),
    ]
    return {"head": head, "rows": rows, "none": none_of(words) if not rows else ""}


def appendix(report: Report, month: int, words: Words) -> dict[str, Any]:
    """What the report rests on, and how to check it."""
    pair = words.pair
    heads = [[one.contract, subject_text(one.subject), f"{one.sequence:,}", hex0x(one.head)] for one in report.heads]
    number, name = report.block.number, month_text(month)
    return {
        "text": [
            pair(
                "本报告所有数字仅由链上事件得出，不取自任何一省的数据库。下列链头是各合约、各主体在该区块的最后一个事件；"
                "凭区块头下的存储证明，即可证明所依据的事件无缺、无改。",
                "Every number comes from events of the chain alone, not from any province's own records. The heads "
                "below are the last event of each contract and subject at the block; proofs of storage under the "
                "block's header show that no event is missing or altered.",
            ),
            pair(
                "任何一省的网关对同一区块写出逐字节相同的文件；完整报告（JSON）附于本 PDF 之内。",
                "Any province's gateway writes the same bytes for the same block; the whole report (JSON) is "
                "attached to this PDF.",
            ),
        ],
        "commands": [
            f"huren audit reports --block {number} --month {name} --out {name}.pdf",
            f"huren audit check-report {name}.pdf",
            "huren audit completeness",
        ],
        "head": [
            pair("合约", "contract"),
            pair("主体", "subject"),
            pair("序号", "sequence"),
            pair("链头", "head"),
        ],
        "rows": heads,
    }
