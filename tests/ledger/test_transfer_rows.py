"""One row a transfer: the same however its events arrive, and as it stood at every earlier block."""

from __future__ import annotations

import itertools
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select
from stores import Stores, both_kinds
from transfer_history import (
    JIANGSU,
    SHANGHAI,
    SOURCE,
    START,
    TARGET,
    ZHEJIANG,
    History,
    digest,
    hexed,
    random_history,
)

from gateway.ledger import index_state, transfer_projection
from gateway.ledger.recognition_events import RECOGNITION
from gateway.ledger.transfer_projection import TRANSFERS
from gateway.ledger.transfer_rows import MonthMalformed, TransferFilter, TransferRow, TransferRows, month_number

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.store.engine import Database

EVERYTHING = TransferFilter()
DAY = 86_400


store_kind = both_kinds


@pytest.fixture
def database(stores: Stores, tmp_path: Path) -> Database:
    return stores.open(tmp_path / "huren.db")


@pytest.fixture
def rows(database: Database) -> TransferRows:
    forget(database)
    return TransferRows(database)


def forget(database: Database) -> None:
    with database.write(durable=False) as connection:
        connection.execute(delete(TRANSFERS))
        connection.execute(delete(RECOGNITION))


def keep(database: Database, history: History, *cuts: int) -> None:
    """Index a history in stretches that end before ``cuts``."""
    bounds = [0, *sorted(cuts), len(history.rows)]
    for first, end in itertools.pairwise(bounds):
        with database.write(durable=False) as connection:
            if stretch := history.rows[first:end]:
                connection.execute(insert(RECOGNITION), stretch)
                transfer_projection.apply(connection, stretch)


def whole_table(database: Database) -> list[Any]:
    with database.read() as connection:
        return list(connection.execute(select(TRANSFERS).order_by(*TRANSFERS.primary_key.columns)))


def test_a_request_is_one_row_with_all_that_its_event_tells(rows: TransferRows, database: Database) -> None:
    history = History()
    ref = history.request(actor="operator")
    keep(database, history)
    row = rows.one(*ref)
    assert row is not None
    assert (row.key, row.agreement, row.rule) == (ref, digest("agreement"), 1)
    assert (row.institution, row.target_institution, row.canonical) == (SOURCE, TARGET, SOURCE)
    for name in ("root", "leaf", "outcome", "claim", "programme", "course", "consent"):
        assert getattr(row, name) == digest(name, ref)
    assert (row.mask, row.category, row.level, row.credits, row.grade, row.month) == (0b111111, 1, 5, 400, 16, None)
    assert (row.quoted, row.deadline) == (300, START + 90 * DAY)
    assert (row.requested_at, row.requested_block, row.requested_by) == (START + 3600, 11, digest("operator")[:20])
    assert (row.stage, row.reason, row.appeal) == (1, 0, 0)
    later = [field.name for field in fields(row)][28:]
    assert {getattr(row, name) for name in later} == {None, 0}


def test_what_a_request_did_not_open_is_none_and_what_it_opened_may_be_zero(
    rows: TransferRows, database: Database
) -> None:
    history = History()
    closed, opened = history.request(mask=0b0011111), history.request(mask=0b1111111)
    keep(database, history)
    first, second = rows.one(*closed), rows.one(*opened)
    assert first is not None
    assert second is not None
    assert (first.grade, first.month, second.grade, second.month) == (None, None, 16, 650)


def test_each_step_writes_its_own_columns_and_leaves_the_others(rows: TransferRows, database: Database) -> None:
    history = History()
    accepted, rejected, cancelled = history.request(), history.request(), history.request()
    history.accept(accepted, hours=49, actor="officer")
    history.reject(rejected, reason=2, hours=24 * 30)
    history.reject(cancelled, reason=6)
    history.reverse(accepted, hours=2)
    history.appeal(rejected)
    history.answer(rejected, upheld=False)
    keep(database, history)
    one, two, three = (rows.one(*ref) for ref in (accepted, rejected, cancelled))
    assert one is not None
    assert (one.stage, one.reason, one.awarded, one.withdrawn, one.spent) == (4, 0, 250, 250, False)
    assert (one.enrolment, one.decided_by) == (digest("enrolment", accepted), digest("officer")[:20])
    assert (one.decided_block, one.reversed_block, one.days) == (14, 17, 2)
    assert two is not None
    assert (two.stage, two.reason, two.appeal, two.awarded) == (3, 2, 3, None)
    assert (two.explanation, two.statement) == (digest("explanation", rejected), digest("statement", rejected))
    assert (two.appeal_answer, two.appealed_block, two.appeal_decided_block) == (digest("answer", rejected), 18, 19)
    assert two.days == 32
    assert three is not None
    assert (three.stage, three.reason, three.appeal) == (3, 6, 0)
    with database.read() as connection:
        query = select(TRANSFERS.c.number, TRANSFERS.c.days, TRANSFERS.c.decided_month, TRANSFERS.c.last_block)
        assert connection.execute(query.order_by(TRANSFERS.c.number)).all() == [
            (1, 2, 672, 17), (2, 32, 673, 19), (3, 32, 673, 16),
        ]  # fmt: skip


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), cuts=st.sets(st.integers(1, 79), max_size=6))
def test_the_table_is_the_same_however_the_events_were_cut_and_when_it_is_made_again(
    database: Database, seed: int, cuts: set[int]
) -> None:
    history = random_history(seed)
    forget(database)
    keep(database, history, *range(1, len(history.rows)))
    one_by_one = whole_table(database)
    forget(database)
    keep(database, history, *(cut for cut in cuts if cut < len(history.rows)))
    assert whole_table(database) == one_by_one
    with database.write(durable=False) as connection:
        transfer_projection.refill(connection)
    assert whole_table(database) == one_by_one


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), back=st.integers(0, 40))
def test_as_of_a_block_everything_is_as_if_nothing_had_happened_since(database: Database, seed: int, back: int) -> None:
    history, past = random_history(seed), History()
    block = history.rows[-1]["block"] - back
    past.rows = [row for row in history.rows if row["block"] <= block]
    forget(database)
    keep(database, past)
    rows = TransferRows(database)
    then = list(rows.stream(EVERYTHING))
    by_stage = {stage: rows.page(TransferFilter(stage=stage), limit=1000) for stage in range(1, 5)}
    by_reason = {reason: rows.page(TransferFilter(reason=reason), limit=1000) for reason in range(6)}
    forget(database)
    keep(database, history)
    assert list(rows.stream(TransferFilter(block=block))) == then
    assert rows.count(TransferFilter(block=block)) == len(then)
    for stage, expected in by_stage.items():
        assert rows.page(TransferFilter(stage=stage, block=block), limit=1000) == expected
        assert rows.count(TransferFilter(stage=stage, block=block)) == len(expected)
    for reason, expected in by_reason.items():
        assert rows.page(TransferFilter(reason=reason, block=block), limit=1000) == expected
    now = {row.key: row for row in rows.stream(EVERYTHING)}
    assert [row for row in (one.at(block) for one in now.values()) if row is not None] == then


def test_pages_follow_one_another_without_gap_or_repetition(rows: TransferRows, database: Database) -> None:
    keep(database, random_history(7, steps=200))
    expected = list(rows.stream(EVERYTHING))
    assert [row.key for row in expected] == sorted(row.key for row in expected)
    found: list[TransferRow] = []
    while page := rows.page(EVERYTHING, after=found[-1].key if found else None, limit=7):
        assert len(page) <= 7
        found += page
    assert found == expected
    assert rows.count(EVERYTHING) == len(expected)


FILTERS: tuple[dict[str, Any], ...] = (
    {"source": SHANGHAI}, {"target": ZHEJIANG}, {"source": JIANGSU, "target": ZHEJIANG}, {"category": 1},
    {"category": 2}, {"institution": SOURCE}, {"target_institution": TARGET}, {"institution": TARGET},
    {"agreement": digest("agreement")}, {"rule": 1}, {"rule": 2}, {"stage": 1}, {"stage": 4}, {"reason": 0},
    {"reason": 2},
    {"requested_by": digest("")[:20]}, {"requested_by": bytes(20)}, {"source": SHANGHAI, "stage": 2, "rule": 1},
)  # fmt: skip


@pytest.mark.parametrize("asked", FILTERS, ids="-".join)
def test_a_filter_gives_what_has_the_value_and_nothing_else(
    rows: TransferRows, database: Database, asked: dict[str, Any]
) -> None:
    keep(database, random_history(11, steps=120))
    expected = [row for row in rows.stream(EVERYTHING) if all(getattr(row, k) == v for k, v in asked.items())]
    where = TransferFilter(**asked)
    assert list(rows.stream(where)) == rows.page(where, limit=1000) == expected
    assert rows.count(where) == len(expected)


def test_months_are_those_of_the_request_in_the_civil_time_of_the_provinces(
    rows: TransferRows, database: Database
) -> None:
    history = History()
    midnight = 31 * 24 - 8  # hours from the start to 1 February in UTC+8
    january, february = history.request(hours=midnight - 1), history.request(hours=1)
    march = history.request(hours=28 * 24)
    keep(database, history)

    def within(first: str | None, last: str | None) -> list[tuple[int, int, int]]:
        return [row.key for row in rows.page(TransferFilter(first_month=first, last_month=last))]

    assert within("2026-01", "2026-01") == [january]
    assert within("2026-02", "2026-02") == [february]
    assert within("2026-02", None) == [february, march]
    assert within(None, "2026-02") == [january, february]
    assert within("2026-04", None) == []


@pytest.mark.parametrize(
    "text", ["2026", "2026-13", "2026-00", "2026-1", "1969-12", " 2026-01", "2026-01\n", "２０２６-01"]
)
def test_what_is_no_month_is_named(rows: TransferRows, text: str) -> None:
    with pytest.raises(MonthMalformed) as caught:
        rows.page(TransferFilter(first_month=text))
    assert caught.value.value == text
    assert (month_number("1970-01"), month_number("2026-03")) == (0, 674)


def test_a_credential_and_a_claim_have_their_transfers_oldest_first(rows: TransferRows, database: Database) -> None:
    history = History()
    first = history.request(JIANGSU)
    leaf, claim = digest("leaf", first), digest("claim", first)
    history.reject(first)
    again = history.request(SHANGHAI)
    history.rows[-1]["fields"] = (
        history.rows[-1]["fields"]
        .replace(hexed(digest("leaf", again)), hexed(leaf))
        .replace(hexed(digest("claim", again)), hexed(claim))
    )
    history.request()
    keep(database, history)
    assert [row.key for row in rows.of_leaf(leaf)] == [first, again]
    assert [row.key for row in rows.of_claim(SOURCE, claim)] == [first, again]
    assert rows.of_claim(TARGET, claim) == rows.of_leaf(claim) == []


def test_what_an_institution_has_to_decide_comes_by_its_deadline(rows: TransferRows, database: Database) -> None:
    history = History()
    refs = [history.request(source) for source in (ZHEJIANG, SHANGHAI, JIANGSU)]
    for row, deadline in zip(history.rows, (3, 1, 2), strict=True):
        row["fields"] = row["fields"].replace(f'"deadline":{START + 90 * DAY}', f'"deadline":{START + deadline * DAY}')
    history.accept(history.request())
    keep(database, history)
    assert [row.key for row in rows.waiting(TARGET)] == [refs[1], refs[2], refs[0]]
    assert [row.key for row in rows.waiting(TARGET, limit=1)] == [refs[1]]
    assert rows.waiting(SOURCE) == []


def test_a_database_that_an_earlier_release_filled_gets_its_rows(rows: TransferRows, database: Database) -> None:
    history = random_history(3, steps=100)
    keep(database, history)
    expected = whole_table(database)
    with database.write() as connection:
        connection.execute(delete(TRANSFERS))
    assert rows.count(EVERYTHING) == 0
    index_state.complete_transfers(database)
    assert whole_table(database) == expected
    index_state.complete_transfers(database)
    assert whole_table(database) == expected


def test_a_row_that_stood_so_already_is_given_as_it_is(rows: TransferRows, database: Database) -> None:
    history = History()
    ref = history.request()
    keep(database, history)
    row = rows.one(*ref)
    assert row is not None
    assert row.at(11) is row
    assert row.at(10) is None
    assert rows.one(SHANGHAI, ZHEJIANG, 2) is None
    assert replace(row, decided_at=row.requested_at + 2 * DAY - 1).days == 1
