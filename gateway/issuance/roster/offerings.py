"""Judging what is awarded: outcome, category, level, credits, hours, institution and its scope.

Rosters repeat the same few outcomes over thousands of rows, so each is judged once and remembered
together with what was found wrong with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gateway.domain.claims import OutcomeCode
from gateway.domain.credits import as_decimal, credits_json, read_credits
from gateway.domain.crosswalk import Category, Crosswalk
from gateway.domain.errors import HurenError
from gateway.domain.identifiers import Uscc
from gateway.domain.provinces import PROVINCES
from gateway.domain.spreadsheet import is_formula
from gateway.issuance.roster import reasons
from gateway.issuance.roster.columns import Column
from gateway.issuance.roster.findings import Severity
from gateway.issuance.roster.normalise import (
    LONGEST_TEXT,
    category_name,
    code_text,
    framework_name,
    hours,
    plain_text,
)
from gateway.issuance.roster.rows import Offering

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.issuance.ports import InstitutionBook

_MOST_REMEMBERED: Final = 50_000
"""A file with more different outcomes than this judges some of them again."""


class Remark(NamedTuple):
    """A finding before it is known on which lines it stands."""

    columns: tuple[Column, ...]
    value: str
    severity: Severity
    reason: HurenError


@dataclass(frozen=True, slots=True)
class Judged:
    """An offering, None where it is not good, and what there is to say."""

    offering: Offering | None
    remarks: tuple[Remark, ...]
    key: int = 0
    """A hash of the offering, so that it is computed once."""


def error(column: Column, value: str, reason: HurenError) -> Remark:
    """A remark that stands in the way; a formula is named as such, whatever else it is not."""
    if is_formula(value):
        reason = reasons.FormulaInCell(value)
    return Remark((column,), value, Severity.ERROR, reason)


def converted(column: Column, cell: str, read: str) -> tuple[Remark, ...]:
    """What to say where a cell was read as something else than it shows: outer spaces don't count."""
    shown = cell.strip()
    if shown == read:
        return ()
    return (Remark((column,), cell, Severity.NOTICE, reasons.Normalised(shown, read=read)),)


class OfferingJudge:
    """Judges the shared cells of rows."""

    def __init__(self, crosswalk: Crosswalk, province: int, book: InstitutionBook) -> None:
        self._crosswalk = crosswalk
        self._province = province
        self._book = book
        self._remembered: dict[tuple[str, ...], Judged] = {}

    def judge(self, cells: tuple[str, ...]) -> Judged:
        """Judge ``cells``: outcome code to hours in the columns' order, then the institution."""
        known = self._remembered.get(cells)
        if known is None:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            known = self._remembered[cells] = self._judge(cells)
        return known

    def _judge(self, cells: tuple[str, ...]) -> Judged:
        code, name, category, framework, level, amount, taught, institution = cells
        remarks: list[Remark] = []
        outcome = self._read(remarks, Column.OUTCOME_CODE, code, code_text, OutcomeCode)
        title = self._read(remarks, Column.OUTCOME_NAME, name, plain_text, _title)
        kind = self._read(remarks, Column.CATEGORY, category, category_name, self._crosswalk.category, say=False)
        regional = self._level(remarks, framework, level)
        hundredths = self._read(remarks, Column.CREDITS, amount, code_text, read_credits)
        hour = self._read(remarks, Column.HOURS, taught, code_text, hours)
        uscc = self._read(remarks, Column.INSTITUTION, institution, code_text, Uscc)
        if uscc is not None:
            remarks += self._standing(uscc, kind, (framework, level, regional), (amount, hundredths))
        if any(remark.severity is Severity.ERROR for remark in remarks):
            return Judged(None, tuple(remarks))
        offering = Offering(
            institution=str(uscc),
            outcome_code=str(outcome),
            outcome_name=str(title),
            category=Category(kind),
            framework=framework_name(framework),
            framework_level=code_text(level),
            level=regional or 0,
            credits=hundredths or 0,
            hours=str(hour),
        )
        return Judged(offering, tuple(remarks), hash(offering))

    def _read(
        self,
        remarks: list[Remark],
        column: Column,
        cell: str,
        clean: Callable[[str], str],
        value_of: Callable[[str], Any],
        *,
        say: bool = True,
    ) -> Any:  # noqa: ANN401 (whatever value_of makes)
        """The value of a cell, or None and a remark."""
        text = clean(cell)
        if not text:
            remarks.append(error(column, cell, reasons.CellEmpty(column=column.zh, column_en=column.en)))
            return None
        try:
            value = value_of(text)
        except HurenError as reason:
            remarks.append(error(column, cell, reason))
            return None
        if say:
            remarks += converted(column, cell, text)
        return value

    def _level(self, remarks: list[Remark], framework: str, level: str) -> int | None:
        """The region's level; a framework that is unknown is one finding, not two."""
        name = framework_name(framework)
        known = name in self._crosswalk.frameworks
        if not known:
            # Asking for any level makes the crosswalk say what it knows.
            self._read(remarks, Column.FRAMEWORK, framework, framework_name, self._any_level, say=False)
        of_framework = self._crosswalk.regional_level if known else None
        value = self._read(
            remarks, Column.LEVEL, level, code_text, lambda text: of_framework(name, text) if of_framework else 0
        )
        return value if known else None

    def _any_level(self, framework: str) -> int:
        return self._crosswalk.regional_level(framework, "1")

    def _standing(
        self, uscc: Uscc, kind: Category | None, level: tuple[str, str, int | None], amount: tuple[str, int | None]
    ) -> list[Remark]:
        """Whether the institution is this province's, in force, and accredited for what it awards."""
        scope = self._book.scope(uscc.text)
        at = Column.INSTITUTION
        home = uscc.province.code if scope is None and uscc.province else self._province
        accredited_by = scope.province if scope else home
        if accredited_by != self._province:
            province = PROVINCES[accredited_by]
            return [
                error(
                    at,
                    uscc.text,
                    reasons.InstitutionElsewhere(uscc.text, province=province.zh, province_en=province.en),
                )
            ]
        if scope and scope.claims_by != self._province:
            first = PROVINCES[scope.claims_by]
            return [error(at, uscc.text, reasons.InstitutionMoved(uscc.text, province=first.zh, province_en=first.en))]
        if scope and not scope.in_force:
            return [error(at, uscc.text, reasons.InstitutionNotInForce(uscc.text))]
        remarks = []
        if not self._book.issues_for(uscc.text):
            remarks.append(error(at, uscc.text, reasons.InstitutionWithoutKey(uscc.text)))
        if scope is None:
            return remarks
        if kind is not None and kind not in scope.categories:
            remarks.append(error(Column.CATEGORY, kind.zh, reasons.CategoryOutsideScope(kind.zh)))
        _, shown, regional = level
        if regional is not None and regional > scope.highest_level:
            too_high = reasons.LevelOutsideScope(shown, level=regional, highest=scope.highest_level)
            remarks.append(error(Column.LEVEL, shown, too_high))
        cell, hundredths = amount
        if hundredths is not None and hundredths > scope.most_credits:
            too_many = reasons.CreditsOutsideScope(credits_json(hundredths), most=as_decimal(scope.most_credits))
            remarks.append(error(Column.CREDITS, cell, too_many))
        return remarks


def _title(text: str) -> str:
    if is_formula(text):
        raise reasons.FormulaInCell(text)
    if len(text) > LONGEST_TEXT:
        raise reasons.CellTooLong(text, length=len(text), limit=LONGEST_TEXT)
    return text
