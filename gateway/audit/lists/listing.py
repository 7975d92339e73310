"""Lists of transfers: their columns in a file, and one as JSON.

where = filter_of(Asked(source="320000", month="2026-10"), knows, now=block.time, block=block.number)
write_tables(path, [listing_table(rows.stream(where))], about)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.audit.lists.tables import Column, Kind, Table, shown
from gateway.audit.reports.values import CATEGORY_NAMES
from gateway.domain.civil_time import month_of, month_text
from gateway.domain.hashing import hex0x
from gateway.domain.transfer_words import Appeal, Return, Stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gateway.audit.lists.tables import Value
    from gateway.ledger.transfer_rows import TransferRow

_WHOLE, _CREDITS, _TIME = Kind.WHOLE, Kind.CREDITS, Kind.TIME
COLUMNS: Final = (
    Column("transfer", "转换编号", "transfer"),
    Column("source", "来源省", "source province", _WHOLE),
    Column("target", "目标省", "target province", _WHOLE),
    Column("institution", "来源机构", "source institution"),
    Column("targetInstitution", "目标机构", "target institution"),
    Column("category", "类别", "category"),
    Column("level", "等级", "level", _WHOLE),
    Column("credits", "成果学分", "credits of the outcome", _CREDITS),
    Column("month", "申请月份", "month of the request"),
    Column("stage", "阶段", "stage"),
    Column("reason", "退回原因", "reason of the return"),
    Column("quoted", "报价", "quoted", _CREDITS),
    Column("awarded", "承认学分", "awarded", _CREDITS),
    Column("withdrawn", "撤回学分", "withdrawn", _CREDITS),
    Column("requestedAt", "申请时间", "requested at", _TIME),
    Column("deadline", "决定期限", "deadline", _TIME),
    Column("decidedAt", "决定时间", "decided at", _TIME),
    Column("days", "用时（天）", "days to the decision", _WHOLE),
    Column("reversedAt", "撤回时间", "reversed at", _TIME),
    Column("appeal", "申诉", "appeal"),
    Column("agreement", "协议", "agreement"),
    Column("rule", "规则", "rule", _WHOLE),
    Column("hash", "凭证哈希", "credential"),
    Column("requestedBlock", "申请区块", "block of the request", _WHOLE),
    Column("decidedBlock", "决定区块", "block of the decision", _WHOLE),
)


def listing_table(rows: Iterable[TransferRow]) -> Table:
    """The transfers as a table; rows are read once."""
    return Table("transfers", ("转换", "transfers"), COLUMNS, _values(rows))


def entry_of(row: TransferRow) -> dict[str, Value]:
    """A transfer as JSON, by the names of the columns: amounts as decimal text, times as RFC 3339 writes them."""
    cells = zip(COLUMNS, values_of(row), strict=True)
    return {column.name: shown(value, column.kind) for column, value in cells}


def _values(rows: Iterable[TransferRow]) -> Iterator[Sequence[Value]]:
    return map(values_of, rows)


def values_of(row: TransferRow) -> tuple[Value, ...]:
    """The cells of a transfer."""
    return (
        f"{row.source}-{row.target}-{row.number}",
        row.source,
        row.target,
        row.institution,
        row.target_institution,
        CATEGORY_NAMES[row.category],
        row.level,
        row.credits,
        month_text(month_of(row.requested_at)),
        _STAGE_WORDS[row.stage],
        _RETURN_WORDS[row.reason],
        row.quoted,
        row.awarded,
        row.withdrawn,
        row.requested_at,
        row.deadline,
        row.decided_at,
        row.days,
        row.reversed_at,
        _APPEAL_WORDS[row.appeal],
        hex0x(row.agreement),
        row.rule + 1,
        hex0x(row.leaf),
        row.requested_block,
        row.decided_block,
    )


_STAGE_WORDS: Final = {int(stage): stage.word for stage in Stage}
_RETURN_WORDS: Final = {int(one): None if one is Return.NONE else one.word for one in Return}
_APPEAL_WORDS: Final = {int(one): None if one is Appeal.NONE else one.word for one in Appeal}
