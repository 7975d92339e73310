"""The benchmark's transfers are such as the ledger allows, and the same on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from stores import Stores, both_kinds
from synthetic_transfers import FIRST, MONTHS, PAIRS, block_at, fill, institutions, settle

from gateway.domain.civil_time import month_of
from gateway.ledger import index_state
from gateway.ledger.recognition_events import RecognitionEvents
from gateway.ledger.transfer_projection import TRANSFERS
from gateway.ledger.transfer_rows import TransferFilter, TransferRow, TransferRows
from gateway.recognition.agreements.values import terms_of

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.store.engine import Database

MANY = 4_000
EVERYTHING = TransferFilter()


store_kind = both_kinds


@pytest.fixture
def database(stores: Stores, tmp_path: Path) -> Database:
    opened = stores.open(tmp_path / "huren.db")
    with opened.write(durable=False) as connection:
        fill(connection, MANY, seed=5)
    settle(opened)
    return opened


def possible(row: TransferRow) -> bool:
    """What every transfer of the ledger fulfils."""
    decided, rejected = row.stage > 1, row.stage == 3 and row.reason <= 5
    blocks = [row.requested_block, row.decided_block, row.reversed_block]
    taken = [block for block in blocks if block is not None]
    return (
        (row.decided_block is not None) == decided
        and (row.awarded is not None) == (row.stage in {2, 4}) == (row.enrolment is not None)
        and (row.reason > 0) == (row.stage == 3) == (row.explanation is not None)
        and (row.withdrawn is not None) == (row.stage == 4)
        and (row.appeal == 0 or rejected)
        and (row.appealed_block is None) == (row.appeal == 0)
        and (row.appeal_decided_block is None) == (row.appeal <= 1)
        and taken == sorted(taken)
        and row.deadline > row.requested_at
        and row.institution in institutions()[row.source]
        and row.target_institution in institutions()[row.target]
    )


def test_rows_are_such_as_the_ledger_allows_and_spread_as_the_office_sees_them(database: Database) -> None:
    rows = list(TransferRows(database).stream(EVERYTHING))
    assert len(rows) == MANY
    assert all(map(possible, rows))
    assert {(row.source, row.target) for row in rows} == set(PAIRS)
    assert {row.category for row in rows} == {1, 2, 3}
    assert {row.stage for row in rows} == {1, 2, 3, 4}
    assert len({month_of(row.requested_at) for row in rows}) == MONTHS
    for source, target in PAIRS:
        numbers = [row.number for row in rows if (row.source, row.target) == (source, target)]
        assert numbers == list(range(1, len(numbers) + 1))
    with database.read() as connection:
        kept = connection.execute(select(TRANSFERS)).all()
        cursor = index_state.cursor(connection)
        assert cursor is not None
    assert all(row.requested_month == month_of(row.requested_at) for row in kept)
    assert all((row.decided_month is None) == (row.days is None) == (row.decided_block is None) for row in kept)
    steps = ("requested_block", "decided_block", "reversed_block", "appealed_block", "appeal_decided_block")
    assert all(row.last_block == max(filter(None, (getattr(row, step) for step in steps))) for row in kept)
    assert max(row.last_block for row in kept) <= cursor.number
    assert min(row.requested_block for row in kept) >= block_at(FIRST)


def test_the_agreements_are_whole_and_every_transfer_is_under_a_rule_of_one(database: Database) -> None:
    proposed = {event.about: event for event in RecognitionEvents(database).read("AgreementProposed")}
    terms = {about: terms_of(event.fields["terms"], about) for about, event in proposed.items() if about}
    for row in TransferRows(database).stream(EVERYTHING):
        rule = terms[row.agreement].rules[row.rule - 1]
        assert (rule.source_province, rule.target_province, rule.category) == (row.source, row.target, row.category)


def test_the_same_seed_gives_the_same_rows_again_and_another_one_others(
    database: Database, stores: Stores, tmp_path: Path
) -> None:
    rows = TransferRows(database)
    again, other = stores.open(tmp_path / "again.db"), stores.open(tmp_path / "other.db")
    for made, seed in ((again, 5), (other, 6)):
        with made.write(durable=False) as connection:
            fill(connection, MANY, seed=seed)
    expected = list(rows.stream(EVERYTHING))
    assert list(TransferRows(again).stream(EVERYTHING)) == expected
    assert list(TransferRows(other).stream(EVERYTHING)) != expected
