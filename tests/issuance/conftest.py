"""What the tests of issuance share: the rosters, and a book of institutions that says what a test wants."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gateway.issuance.roster.findings import Finding
from gateway.issuance.roster.judge import RowJudge, Rules
from gateway.issuance.roster.reader import open_roster
from gateway.issuance.roster.rows import Row

if TYPE_CHECKING:
    from gateway.issuance.ports import InstitutionScope

ROSTERS = Path(__file__).parent.parent / "rosters"
TODAY = dt.date(2026, 3, 1)


@dataclass
class Book:
    """A book of institutions; an institution it does not name is unknown to the ledger and has a key."""

    scopes: dict[str, InstitutionScope] = field(default_factory=dict)
    without_key: frozenset[str] = frozenset()

    def scope(self, institution: str) -> InstitutionScope | None:
        return self.scopes.get(institution)

    def issues_for(self, institution: str) -> bool:
        return institution not in self.without_key


def judge_file(path: Path, province: int, book: Book | None = None) -> tuple[list[Row], list[Finding]]:
    roster = open_roster(path)
    judge = RowJudge(roster.header, Rules(province, TODAY, book or Book()))
    rows = [row for raw in roster.rows() if (row := judge.judge(raw))]
    return rows, judge.findings


Judge = Callable[..., tuple[list[Row], list[Finding]]]


@pytest.fixture(scope="session")
def rosters() -> Path:
    return ROSTERS


@pytest.fixture(scope="session")
def judge() -> Judge:
    return judge_file


@pytest.fixture
def book() -> Book:
    return Book()
