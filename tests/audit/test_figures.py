"""The figures are those that a plain count of the events gives, at every block, however much was indexed since."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st
from reporting import block_of, fill, recount
from transfer_history import History, random_history

from gateway.audit.reports.figures import REASONS, Figures, balances, figures_of, median, total
from gateway.audit.reports.figures_rows import read_figures
from gateway.audit.reports.values import CATEGORY_NAMES, figures_json
from gateway.domain.transfer_words import Return

if TYPE_CHECKING:
    from gateway.store.engine import Database


def counted(database: Database, history: History, block: int) -> list[Figures]:
    with database.read() as connection:
        return read_figures(connection, block_of(history, block))


def plain(row: Figures) -> dict[str, Any]:
    """A row as the recount writes one: amounts in hundredths, no key."""
    told = figures_json(row)
    told["decidedInMonth"]["awarded"] = row.decided.awarded
    amounts = {name: getattr(row, name) for name in ("quoted", "awarded", "withdrawn")}
    return {name: value for name, value in {**told, **amounts}.items() if name not in {*KEY, "month"}}


KEY = ("source", "target", "category")


def with_other_ends(seed: int, history: History) -> History:
    """Some requests are cancelled, some expire."""
    chance = random.Random(seed)
    for _ in range(chance.randrange(6)):
        history.reject(history.request(hours=20), reason=chance.choice((6, 7)), hours=chance.choice((1, 900)))
    return history


@settings(max_examples=40)
@given(seed=st.integers(0, 2**32), share=st.floats(0, 1))
def test_the_figures_of_any_block_are_those_of_a_plain_count(database: Database, seed: int, share: float) -> None:
    history = with_other_ends(seed, random_history(seed))
    fill(database, history)
    first, last = history.rows[0]["block"], history.rows[-1]["block"]
    for block in {first - 1, first, first + round((last - first) * share), last, last + 1}:
        rows = counted(database, history, block)
        assert [(row.source, row.target, row.category, row.month) for row in rows] == sorted(
            (row.source, row.target, row.category, row.month) for row in rows
        )
        found = {(row.source, row.target, row.category, figures_json(row)["month"]): plain(row) for row in rows}
        assert found == recount(history, block_of(history, block))


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32), share=st.floats(0, 1))
def test_a_block_says_the_same_whether_or_not_more_was_indexed_since(
    database: Database, seed: int, share: float
) -> None:
    whole = random_history(seed)
    cut = round(len(whole.rows) * share)
    block = whole.rows[cut - 1]["block"] if cut else 0
    earlier = History()
    earlier.rows = [row for row in whole.rows if row["block"] <= block]
    fill(database, earlier)
    then = counted(database, whole, block)
    fill(database, whole)
    assert counted(database, whole, block) == then


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32))
def test_every_application_is_in_one_place_and_every_credit_out_is_one_in(database: Database, seed: int) -> None:
    history = with_other_ends(seed, random_history(seed))
    fill(database, history)
    rows = counted(database, history, history.rows[-1]["block"])
    for row in [*rows, total(rows)]:
        assert row.applied == row.pending + row.accepted + row.rejections + row.cancelled + row.expired
        assert row.reversed <= row.accepted
        assert row.overdue <= row.pending
        assert row.upheld + row.dismissed <= row.appeals <= row.rejections
    assert sum(one.out for one in balances(rows)) == sum(one.into for one in balances(rows)) == total(rows).awarded
    assert sum(row.decided.accepted for row in rows) == total(rows).accepted
    assert sum(row.decided.rejected for row in rows) == total(rows).rejections


@given(st.lists(st.integers(0, 200), max_size=60))
def test_the_median_of_a_histogram_is_the_median_of_its_values(values: list[int]) -> None:
    histogram = sorted({value: values.count(value) for value in values}.items())
    ordered = sorted(values)
    if not ordered:
        assert median(histogram) is None
    else:
        middle = (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
        assert median(histogram) == middle


def test_no_transfers_are_no_figures() -> None:
    assert figures_of([], []) == []
    assert total([]).median_days is None
    assert total([]).acceptance is None


def test_the_reasons_of_a_rejection_are_those_that_the_target_gives() -> None:
    assert [int(reason) for reason in REASONS] == [1, 2, 3, 4, 5]
    assert not Return.CANCELLED.rejects
    assert not Return.EXPIRED.rejects
    assert set(CATEGORY_NAMES) == {0, 1, 2, 3}
