"""Lists of transfers: which, as a person asks for them, and their columns in a file.

    where = filter_of(Asked(source="320000", month="2026-10"), knows, block)
    write_tables(path, [listing_table(rows.stream(where))], about)

A filter that makes no sense is refused before anything is read: an empty list would look like an answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from gateway.audit.lists.errors import (
    FieldRefused,
    MonthsBackwards,
    NoSuchCategory,
    NoSuchRule,
    NoSuchStage,
    RuleWithoutAgreement,
    SameProvince,
    TwoKindsOfMonth,
    UnknownHere,
)
from gateway.audit.lists.tables import Column, Kind, Table, shown
from gateway.audit.reports.values import CATEGORY_NAMES
from gateway.domain.civil_time import month_of, month_text
from gateway.domain.crosswalk import CATEGORIES
from gateway.domain.errors import HurenError
from gateway.domain.hashing import hex0x
from gateway.domain.identifiers import Uscc
from gateway.domain.provinces import UnknownProvince, province_of
from gateway.domain.transfer_words import STAGES, Appeal, Return, Stage
from gateway.ledger.transfer_rows import TransferFilter, TransferRow, month_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from gateway.audit.lists.tables import Value
    from gateway.ledger.values import BlockRef

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked:
    """A filter in a person's words; None leaves open."""

    source: str | None = None
    target: str | None = None
    category: str | None = None
    month: str | None = None
    first_month: str | None = None
    last_month: str | None = None
    institution: str | None = None
    target_institution: str | None = None
    agreement: str | None = None
    rule: int | None = None
    stage: str | None = None


class Knows(Protocol):
    """What there is to ask for."""

    def knows_institution(self, institution: str) -> bool:
        """Whether a province ever accredited it."""

    def rules_of(self, name: str) -> tuple[bytes, int]:
        """An agreement by its id or its beginning, and how many rules it has.

        Raises:
            HurenError: there is none, or several.
        """


def filter_of(asked: Asked, knows: Knows, block: BlockRef) -> TransferFilter:
    """The filter that a person asked for, as of `block`.

    Raises:
        FilterRefused: one class a reason, with the field that is off.
    """
    source = _read("from-province", _province, asked.source)
    target = _read("to-province", _province, asked.target)
    if source is not None and source == target:
        raise SameProvince(source)
    first, last = _months(asked, month_of(block.time))
    agreement = None
    if asked.rule is not None and asked.agreement is None:
        raise RuleWithoutAgreement(asked.rule)
    if asked.agreement is not None:
        agreement, rules = _read("agreement", knows.rules_of, asked.agreement) or (b"", 0)
        if asked.rule is not None and not 1 <= asked.rule <= rules:
            raise NoSuchRule(asked.rule, rules=rules)
    return TransferFilter(
        source=source,
        target=target,
        category=_category(asked.category),
        first_month=first,
        last_month=last,
        institution=_institution(asked.institution, "institution", knows),
        target_institution=_institution(asked.target_institution, "target-institution", knows),
        agreement=agreement,
        rule=None if asked.rule is None else asked.rule - 1,
        stage=_stage(asked.stage),
        block=block.number,
    )


def _read(field: str, read: Callable[[str], T], text: str | None) -> T | None:
    """What a field says; None where it is left open."""
    if text is None:
        return None
    try:
        return read(text)
    except HurenError as error:
        raise FieldRefused(error, field) from error


def _province(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise UnknownProvince(text)
    return province_of(int(text)).code


def _months(asked: Asked, now: int) -> tuple[str | None, str | None]:
    if asked.month is not None and (asked.first_month is not None or asked.last_month is not None):
        raise TwoKindsOfMonth(asked.month)
    first, last = asked.first_month or asked.month, asked.last_month or asked.month
    begin = _read("month" if asked.month else "first-month", month_number, first)
    end = _read("month" if asked.month else "last-month", month_number, last)
    if begin is not None and end is not None and begin > end:
        raise MonthsBackwards(f"{first} – {last}")
    if begin is not None and begin > now:
        raise MonthsBackwards(f"{first} – {month_text(now)}")
    return first, last


def _category(text: str | None) -> int | None:
    if text is None:
        return None
    if text not in CATEGORIES:
        raise NoSuchCategory(text, known="、".join(CATEGORIES))
    return int(CATEGORIES[text])


def _stage(text: str | None) -> int | None:
    if text is None:
        return None
    if text not in STAGES:
        raise NoSuchStage(text, known="、".join(STAGES))
    return int(STAGES[text])


def _institution(text: str | None, field: str, knows: Knows) -> str | None:
    if text is None:
        return None
    institution = _read(field, _uscc, text)
    if institution is None or not knows.knows_institution(institution):
        raise UnknownHere(institution, field=field)
    return institution


def _uscc(text: str) -> str:
    return Uscc(text).text


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
