"""Statements of institutions and centres: against a plain count of every transfer's life."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert
from stores import KINDS, Stores
from transfer_history import JIANGSU, SHANGHAI, SOURCE, TARGET, ZHEJIANG, History, random_history

from gateway.domain.civil_time import month_of, month_text
from gateway.domain.identifiers import UsccCheckCharacter
from gateway.domain.provinces import UnknownProvince
from gateway.domain.transfer_words import Return, Stage
from gateway.ledger import index_state, transfer_projection
from gateway.ledger.recognition_events import RECOGNITION
from gateway.ledger.transfer_projection import TRANSFERS
from gateway.ledger.transfer_rows import MonthMalformed, TransferFilter, TransferRow, TransferRows
from gateway.ledger.values import BlockRef
from gateway.statements.books import Books, NothingFollowed, Period, PeriodBackwards, Statement
from gateway.statements.figures import COLUMNS, Direction, Line, total

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gateway.store.engine import Database


@pytest.fixture(scope="module", params=KINDS)
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    """Both kinds of database; one for all examples, which index their own histories."""
    made = Stores(request.getfixturevalue("postgres") if request.param == "postgresql" else None)
    yield made
    made.close()


@pytest.fixture(scope="module")
def database(stores: Stores, tmp_path_factory: pytest.TempPathFactory) -> Database:
    return stores.open(tmp_path_factory.mktemp("books") / "huren.db")


def keep(database: Database, history: History) -> BlockRef:
    """Index a history; the index then stands at its last block."""
    last = history.rows[-1] if history.rows else {"block": 10, "happened_at": 1_767_225_600}
    block = BlockRef(last["block"], b"\7" * 32, last["happened_at"] + 1)
    with database.write(durable=False) as connection:
        connection.execute(delete(TRANSFERS))
        connection.execute(delete(RECOGNITION))
        if history.rows:
            connection.execute(insert(RECOGNITION), history.rows)
            transfer_projection.apply(connection, history.rows)
        index_state.move_cursor(connection, 1, block)
    return block


def recount(rows: list[TransferRow], block: BlockRef) -> Counter[str]:
    """The figures, transfer by transfer."""
    found: Counter[str] = Counter()
    for row in rows:
        found["requested"] += 1
        found["quoted"] += row.quoted
        found["open"] += row.stage == Stage.REQUESTED
        found["overdue"] += row.stage == Stage.REQUESTED and row.deadline <= block.time
        found["accepted"] += row.stage in {Stage.ACCEPTED, Stage.REVERSED}
        found["reversed"] += row.stage == Stage.REVERSED
        found["awarded"] += row.awarded or 0
        found["withdrawn"] += row.withdrawn or 0
        if row.stage == Stage.RETURNED:
            found[Return(row.reason).name] += 1
    return found


def figures(lines: list[Line]) -> Counter[str]:
    """The same of a statement's lines."""
    added = total(lines)
    names = ("requested", "quoted", "open", "overdue", "accepted", "reversed", "awarded", "withdrawn")
    found = Counter({name: getattr(added, name) for name in names})
    found.update({reason.name: many for reason, many in added.returned.items()})
    return found


def of(statement: Statement, direction: Direction) -> list[Line]:
    return [line for line in statement.lines if line.direction is direction]


@given(st.integers(0, 2**32))
@settings(max_examples=25)
def test_a_centres_lines_add_up_to_every_transfer_of_its_pairs(database: Database, seed: int) -> None:
    block = keep(database, random_history(seed))
    rows = TransferRows(database)
    for province in (SHANGHAI, ZHEJIANG, JIANGSU):
        statement = Books(database).centre(province)
        assert statement.block == block
        for direction, side in ((Direction.OUT, "source"), (Direction.IN, "target")):
            mine = list(rows.stream(TransferFilter(**{side: province})))
            assert +figures(of(statement, direction)) == +recount(mine, block)
            own = [line for line in statement.institutions if line.direction is direction]
            assert +figures(own) == +recount(mine, block)


@given(st.integers(0, 2**32), st.integers(0, 6), st.integers(0, 6))
@settings(max_examples=25)
def test_an_institutions_lines_are_its_own_by_month_of_request(
    database: Database, seed: int, first: int, more: int
) -> None:
    block = keep(database, random_history(seed))
    start = month_of(1_767_225_600)
    period = Period(month_text(start + first), month_text(start + first + more))
    statement = Books(database).institution(SOURCE, period)
    mine = list(
        TransferRows(database).stream(
            TransferFilter(institution=SOURCE, first_month=period.first, last_month=period.last)
        )
    )
    assert +figures(of(statement, Direction.OUT)) == +recount(mine, block)
    for line in of(statement, Direction.OUT):
        of_line = [
            row
            for row in mine
            if (row.source, row.target, month_of(row.requested_at)) == (line.source, line.target, line.month)
        ]
        assert +figures([line]) == +recount(of_line, block)
    into = Books(database).institution(TARGET)
    assert total(of(into, Direction.OUT)).requested == 0
    assert total(of(into, Direction.IN)).requested == TransferRows(database).count(TransferFilter())


def test_credits_are_those_awarded_less_those_withdrawn(database: Database) -> None:
    history = History()
    kept, undone = history.request(), history.request()
    history.accept(kept)
    history.accept(undone)
    history.reverse(undone)
    history.reject(history.request(), reason=2)
    history.request()
    keep(database, history)
    told = Books(database).institution(SOURCE).to_json()
    assert told["total"]["in"]["requested"] == 0
    out: dict[str, Any] = told["total"]["out"]
    assert (out["requested"], out["open"], out["accepted"], out["reversed"]) == (4, 1, 2, 1)
    assert out["returned"] == {"documents-missing": 1}
    assert (out["awarded"], out["withdrawn"], out["credits"]) == ("5.00", "2.50", "2.50")
    assert "institutions" not in told


def test_a_table_has_a_column_for_every_reason_and_a_row_a_line(database: Database) -> None:
    keep(database, random_history(7))
    statement = Books(database).centre(SHANGHAI)
    head, *rows = statement.table()
    assert head == list(COLUMNS)
    assert {"returned.expired", "returned.cancelled", "returned.not-equivalent"} < set(head)
    assert len(rows) == len(statement.lines) + len(statement.institutions)
    assert {len(row) for row in rows} == {len(head)}
    assert sum(int(row[5]) for row in rows if row[4]) == sum(int(row[5]) for row in rows if not row[4])


def test_what_makes_no_sense_is_refused_in_words(database: Database, stores: Stores, tmp_path: Path) -> None:
    with pytest.raises(PeriodBackwards):
        Period("2026-03", "2026-02")
    with pytest.raises(MonthMalformed):
        Period("March")
    with pytest.raises(UsccCheckCharacter):
        Books(database).institution("123100004250004561")
    with pytest.raises(UnknownProvince):
        Books(database).centre(123_456)
    with pytest.raises(NothingFollowed):
        Books(stores.open(tmp_path / "empty.db")).centre(SHANGHAI)
