"""What an institution may award: its province, its standing, its categories, its highest level, its most credits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gateway.issuance.ports import InstitutionScope

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Book = Any
    Judge = Callable[..., tuple[list[Any], list[Any]]]

JIANGSU = "123200004660001235"
ROSTER = "jiangsu-administrative-service-clerks-2024.csv"
WIDE = {
    "province": 320000,
    "claims_by": 320000,
    "in_force": True,
    "categories": frozenset({1, 2, 3}),
    "highest_level": 10,
    "most_credits": 99_999,
}


def codes(judge: Judge, rosters: Path, book: Book, **changes: object) -> set[str]:
    book.scopes[JIANGSU] = InstitutionScope(**{**WIDE, **changes})
    return {finding.code for finding in judge(rosters / ROSTER, 320000, book)[1]} - {"grade.form"}


def test_within_its_scope_there_is_no_finding(judge: Judge, rosters: Path, book: Book) -> None:
    assert codes(judge, rosters, book) == set()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"province": 310000}, "row.institution.province"),
        ({"claims_by": 310000}, "row.institution.moved"),
        ({"in_force": False}, "row.institution.standing"),
        ({"categories": frozenset({1})}, "row.scope.category"),
        ({"highest_level": 5}, "row.scope.level"),
        ({"most_credits": 1199}, "row.scope.credits"),
    ],
)
def test_outside_of_it_there_is(
    judge: Judge,
    rosters: Path,
    book: Book,
    change: dict[str, Any],
    code: str,
) -> None:
    assert codes(judge, rosters, book, **change) == {code}


def test_level_and_credits_at_the_limit_are_within_it(judge: Judge, rosters: Path, book: Book) -> None:
    assert codes(judge, rosters, book, highest_level=6, most_credits=1200) == set()


def test_an_institution_of_another_province_is_refused_even_where_the_ledger_is_not_known(
    judge: Judge, rosters: Path
) -> None:
    rows, findings = judge(rosters / ROSTER, 310000)
    assert rows == []
    assert {finding.code for finding in findings} == {"row.institution.province", "grade.form"}


def test_an_institution_without_a_key_here_is_refused(judge: Judge, rosters: Path, book: Book) -> None:
    book.without_key = frozenset({JIANGSU})
    rows, findings = judge(rosters / ROSTER, 320000, book)
    assert rows == []
    assert "row.institution.key" in {finding.code for finding in findings}
