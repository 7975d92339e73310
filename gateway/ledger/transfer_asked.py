"""Which transfers somebody asks for, in a person's words: the one reader of such filters, for commands and for the API.

    where = filter_of(Asked(source="320000", month="2026-10"), knows, now=block.time, block=block.number)
    rows.page(where)

A filter that makes no sense is refused before anything is read: an empty list would look like an answer. Surfaces call
the same field by names of their own (`--from-province`, `source`): a `Spelling` says which, so that what is refused is
named as it was given.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from gateway.domain.civil_time import month_of, month_text
from gateway.domain.crosswalk import CATEGORIES
from gateway.domain.errors import HurenError
from gateway.domain.identifiers import Uscc
from gateway.domain.provinces import UnknownProvince, province_of
from gateway.domain.transfer_words import REASONS, STAGES
from gateway.ledger.transfer_asked_errors import (
    FieldRefused,
    FilterRefused,
    MonthsBackwards,
    NoSuchCategory,
    NoSuchReason,
    NoSuchRule,
    NoSuchStage,
    RuleWithoutAgreement,
    SameProvince,
    TwoKindsOfMonth,
    UnknownHere,
)
from gateway.ledger.transfer_rows import TransferFilter, month_number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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
    reason: str | None = None


class Knows(Protocol):
    """What there is to ask for."""

    def knows_institution(self, institution: str) -> bool:
        """Whether a province ever accredited it."""

    def rules_of(self, name: str) -> tuple[bytes, int]:
        """An agreement by its id or its beginning, and how many rules it has.

        Raises:
            HurenError: there is none, or several.
        """


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a surface calls the members of `Asked`; those that it does not name are called as they are here."""

    prefix: str = ""
    names: Mapping[str, str] = field(default_factory=dict)

    def of(self, member: str) -> dict[str, str]:
        """The details of an error about a member: its name, and how the surface writes it."""
        name = self.names.get(member, member)
        return {"field": name, "shown": self.prefix + name}


OPTIONS: Final = Spelling(
    "--",
    {
        "source": "from-province",
        "target": "to-province",
        "first_month": "first-month",
        "last_month": "last-month",
        "target_institution": "target-institution",
    },
)
"""Of `huren audit transfers`."""
PARAMETERS: Final = Spelling("", {"first_month": "from", "last_month": "to", "target_institution": "targetInstitution"})
"""Of GET /v1/transfers."""


def filter_of(
    asked: Asked, knows: Knows, *, now: int | None, block: int | None, spelling: Spelling = OPTIONS
) -> TransferFilter:
    """The filter that a person asked for, as of ``block`` (None: as it stands).

    Args:
        asked: what they said.
        knows: what there is to ask for.
        now: the time of the newest block that is looked at, seconds; None: nothing was followed yet.
        block: as of which.
        spelling: how the surface calls the members.

    Raises:
        FilterRefused: one class a reason, with the field that is off.
    """
    return _Reading(asked, knows, spelling).filter(now, block)


class _Reading:
    """One filter being read."""

    def __init__(self, asked: Asked, knows: Knows, spelling: Spelling) -> None:
        self._asked = asked
        self._knows = knows
        self._spelling = spelling

    def filter(self, now: int | None, block: int | None) -> TransferFilter:
        asked = self._asked
        source = self._read("source", _province, asked.source)
        target = self._read("target", _province, asked.target)
        if source is not None and source == target:
            raise SameProvince(source, **self._spelling.of("target"))
        first, last = self._months(now)
        agreement, rule = self._rule()
        return TransferFilter(
            source=source,
            target=target,
            category=self._word("category", asked.category, CATEGORIES, NoSuchCategory),
            first_month=first,
            last_month=last,
            institution=self._institution("institution", asked.institution),
            target_institution=self._institution("target_institution", asked.target_institution),
            agreement=agreement,
            rule=rule,
            stage=self._word("stage", asked.stage, STAGES, NoSuchStage),
            reason=self._word("reason", asked.reason, REASONS, NoSuchReason),
            block=block,
        )

    def _read(self, member: str, read: Callable[[str], T], text: str | None) -> T | None:
        """What a member says; None where it is left open."""
        if text is None:
            return None
        try:
            return read(text)
        except HurenError as error:
            raise FieldRefused(error, **self._spelling.of(member)) from error

    def _rule(self) -> tuple[bytes | None, int | None]:
        asked = self._asked
        if asked.agreement is None:
            if asked.rule is not None:
                other = self._spelling.of("agreement")["shown"]
                raise RuleWithoutAgreement(asked.rule, other=other, **self._spelling.of("rule"))
            return None, None
        agreement, rules = self._read("agreement", self._knows.rules_of, asked.agreement) or (b"", 0)
        if asked.rule is not None and not 1 <= asked.rule <= rules:
            raise NoSuchRule(asked.rule, rules=rules, **self._spelling.of("rule"))
        return agreement, None if asked.rule is None else asked.rule - 1

    def _months(self, now: int | None) -> tuple[str | None, str | None]:
        asked = self._asked
        if asked.month is not None and (asked.first_month is not None or asked.last_month is not None):
            raise TwoKindsOfMonth(asked.month, **self._spelling.of("month"))
        first, last = asked.first_month or asked.month, asked.last_month or asked.month
        begin = self._read("month" if asked.month else "first_month", month_number, first)
        end = self._read("month" if asked.month else "last_month", month_number, last)
        if begin is not None and end is not None and begin > end:
            raise MonthsBackwards(f"{first} – {last}", **self._spelling.of("first_month"))
        if begin is not None and now is not None and begin > month_of(now):
            raise MonthsBackwards(f"{first} – {month_text(month_of(now))}", **self._spelling.of("first_month"))
        return first, last

    def _word(
        self, member: str, text: str | None, known: Mapping[str, int], refused: type[FilterRefused]
    ) -> int | None:
        if text is None:
            return None
        if text not in known:
            raise refused(text, known="、".join(known), **self._spelling.of(member))
        return int(known[text])

    def _institution(self, member: str, text: str | None) -> str | None:
        if text is None:
            return None
        institution = self._read(member, _uscc, text)
        if institution is None or not self._knows.knows_institution(institution):
            raise UnknownHere(institution, **self._spelling.of(member))
        return institution


def _province(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise UnknownProvince(text)
    return province_of(int(text)).code


def _uscc(text: str) -> str:
    return Uscc(text).text
