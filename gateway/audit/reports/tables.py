"""A report as tables: the figures first, which is all that CSV and Parquet hold; in XLSX the rest, sheet by sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.audit.lists.tables import Column, Kind, Table
from gateway.audit.reports.figures import REASONS, balances
from gateway.audit.reports.values import CATEGORY_NAMES, institution_or_any, subject_text
from gateway.domain.civil_time import moment_text, month_text
from gateway.domain.hashing import hex0x
from gateway.domain.rule import ANY, NO_CAP
from gateway.ledger.values import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gateway.audit.lists.tables import Value
    from gateway.audit.reports.figures import Figures
    from gateway.audit.reports.values import Report

_WHOLE, _CREDITS, _TIME = Kind.WHOLE, Kind.CREDITS, Kind.TIME

FIGURES: Final = (
    Column("source", "来源省", "source province", _WHOLE),
    Column("target", "目标省", "target province", _WHOLE),
    Column("category", "类别", "category"),
    Column("month", "月份", "month"),
    Column("applied", "申请", "applied", _WHOLE),
    Column("pending", "待决定", "pending", _WHOLE),
    Column("overdue", "其中逾期", "of these overdue", _WHOLE),
    Column("accepted", "接受", "accepted", _WHOLE),
    Column("reversed", "其中已撤回", "of these reversed", _WHOLE),
    Column("rejected", "退回", "rejected", _WHOLE),
    *(Column(f"rejected.{reason.word}", f"退回：{reason.zh}", f"rejected: {reason.en}", _WHOLE) for reason in REASONS),
    Column("cancelled", "来源方撤销", "cancelled", _WHOLE),
    Column("expired", "到期", "expired", _WHOLE),
    Column("medianDays", "决定用时中位数（天）", "median days to a decision", Kind.NUMBER),
    Column("quoted", "报价学分", "credits quoted", _CREDITS),
    Column("awarded", "承认学分", "credits awarded", _CREDITS),
    Column("withdrawn", "撤回学分", "credits withdrawn", _CREDITS),
    Column("appeals", "申诉", "appeals", _WHOLE),
    Column("upheld", "申诉成立", "appeals upheld", _WHOLE),
    Column("dismissed", "申诉驳回", "appeals dismissed", _WHOLE),
    Column("decidedInMonth.accepted", "当月接受", "accepted in the month", _WHOLE),
    Column("decidedInMonth.rejected", "当月退回", "rejected in the month", _WHOLE),
    Column("decidedInMonth.awarded", "当月承认学分", "credits awarded in the month", _CREDITS),
    Column("block", "区块", "block", _WHOLE),
    Column("report", "报告哈希", "the report's hash"),
)
_BALANCES: Final = (
    Column("province", "省", "province", _WHOLE),
    Column("out", "转出学分", "credits out", _CREDITS),
    Column("outWithdrawn", "其中撤回", "of these withdrawn", _CREDITS),
    Column("in", "转入学分", "credits in", _CREDITS),
    Column("inWithdrawn", "其中撤回", "of these withdrawn", _CREDITS),
)
_RULES: Final = (
    Column("agreement", "协议", "agreement"),
    Column("rule", "规则", "rule", _WHOLE),
    Column("source", "来源省", "source province", _WHOLE),
    Column("sourceInstitution", "来源机构", "source institution"),
    Column("outcome", "成果", "outcome"),
    Column("category", "类别", "category"),
    Column("target", "目标省", "target province", _WHOLE),
    Column("targetInstitution", "目标机构", "target institution"),
    Column("programme", "专业", "programme"),
    Column("kind", "转为", "becomes"),
    Column("ratio", "折算", "ratio"),
    Column("mostCredits", "单次上限", "most at once", _CREDITS),
    Column("cap", "累计上限", "cap", _CREDITS),
    Column("from", "起", "from", _TIME),
    Column("until", "止", "until", _TIME),
)
_REVOCATIONS: Final = (
    Column("province", "省", "province", _WHOLE),
    Column("month", "月份", "month"),
    Column("reason", "原因", "reason"),
    Column("credentials", "凭证", "credentials", _WHOLE),
    Column("batches", "批次", "batches", _WHOLE),
    Column("credentialsOfBatches", "批次内凭证", "credentials of these batches", _WHOLE),
)
_HEADS: Final = (
    Column("contract", "合约", "contract"),
    Column("address", "地址", "address"),
    Column("subject", "主体", "subject"),
    Column("sequence", "序号", "sequence", _WHOLE),
    Column("head", "链头", "head"),
)
_ABOUT: Final = (Column("name", "项目", "item"), Column("value", "内容", "value"))


def tables_of(report: Report) -> list[Table]:
    """The tables of a report, in the order of the sheets."""
    balance = [
        (one.province, one.out, one.out_withdrawn, one.into, one.into_withdrawn) for one in balances(report.figures)
    ]
    revoked = [
        (
            *(one.province, month_text(one.month), Reason(one.reason).name.lower()),
            *(one.credentials, one.batches, one.in_batches),
        )
        for one in report.revocations
    ]
    heads = [
        (one.contract, hex0x(one.address), subject_text(one.subject), one.sequence, hex0x(one.head))
        for one in report.heads
    ]
    return [
        Table("figures", ("各项数字", "figures"), FIGURES, _figures(report)),
        Table("credits", ("学分转入转出", "credits"), _BALANCES, balance),
        Table("rules", ("生效规则", "rules in force"), _RULES, _rules(report)),
        Table("revocations", ("吊销", "revocations"), _REVOCATIONS, revoked),
        Table("heads", ("链头", "heads"), _HEADS, heads),
        Table("about", ("说明", "about"), _ABOUT, list(about(report).items())),
    ]


def about(report: Report) -> dict[str, str]:
    """What a file says of itself."""
    return {
        "report": hex0x(report.digest),
        "chainId": str(report.chain_id),
        "genesis": report.genesis,
        "block": str(report.block.number),
        "blockHash": hex0x(report.block.hash),
        "blockTime": str(moment_text(report.block.time)),
        "month": "" if report.month is None else month_text(report.month),
    }


def _figures(report: Report) -> Iterator[Sequence[Value]]:
    for row in report.figures:
        yield (
            *(row.source, row.target, CATEGORY_NAMES[row.category], month_text(row.month)),
            *_counts(row),
            *(report.block.number, hex0x(report.digest)),
        )


def _counts(row: Figures) -> tuple[Value, ...]:
    return (
        *(row.applied, row.pending, row.overdue, row.accepted, row.reversed, row.rejections, *row.rejected),
        *(row.cancelled, row.expired, row.median_days, row.quoted, row.awarded, row.withdrawn),
        *(row.appeals, row.upheld, row.dismissed),
        *(row.decided.accepted, row.decided.rejected, row.decided.awarded),
    )


def _rules(report: Report) -> Iterator[Sequence[Value]]:
    for rule in report.rules:
        yield (
            *(hex0x(rule.agreement), rule.number, rule.source_province, institution_or_any(rule.source_institution)),
            *(_digest(rule.outcome), CATEGORY_NAMES[rule.category], rule.target_province),
            *(institution_or_any(rule.target_institution), _digest(rule.programme), CATEGORY_NAMES[rule.kind]),
            *(f"{rule.numerator}/{rule.denominator}", rule.most_credits, None if rule.cap == NO_CAP else rule.cap),
            *(rule.begins, rule.ends),
        )


def _digest(digest: bytes) -> str | None:
    return None if digest == ANY else hex0x(digest)
