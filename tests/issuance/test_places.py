"""Places in status lists: each once, in no order that tells anything, moved only together with their batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.issuance import status_lists
from gateway.issuance.errors import StatusListChanged
from gateway.issuance.status_lists import CAPACITY, StatusLists, places

if TYPE_CHECKING:
    from collections.abc import Callable

INSTITUTION = "123100004250004560"
KNOWN = [678138, 980638, 778386, 180700, 953667]


# The law: "a random free index"
def test_a_list_hands_out_every_place_exactly_once() -> None:
    assert len(set(places(bytes(16), 0, CAPACITY))) == CAPACITY


@settings(max_examples=30, deadline=None)
@given(key=st.binary(min_size=16, max_size=16), first=st.integers(0, CAPACITY - 100))
def test_places_depend_on_the_key_and_the_number_alone(key: bytes, first: int) -> None:
    together = places(key, first, 100)
    assert together == places(key, first, 60) + places(key, first + 60, 40)
    assert all(0 <= place < CAPACITY for place in together)
    assert places(bytes(b ^ 1 for b in key), first, 100) != together


def test_a_known_answer_so_that_no_release_ever_gives_other_places() -> None:
    assert places(bytes(16), 0, 5) == KNOWN


def test_what_a_killed_run_took_is_free_again(centre: Callable[[int], Any]) -> None:
    database = centre(310000).database
    lost = StatusLists()
    with database.read() as connection:
        lost.room(connection, INSTITUTION)
    lost.take(INSTITUTION, 10)
    with database.write() as connection:
        kept = StatusLists()
        assert kept.room(connection, INSTITUTION) == CAPACITY
        given_places = kept.take(INSTITUTION, 10)
        kept.record(connection, given_places)
    with database.read() as connection:
        assert StatusLists().room(connection, INSTITUTION) == CAPACITY - 10


def test_batches_of_one_run_continue_each_other(centre: Callable[[int], Any]) -> None:
    database, lists = centre(310000).database, StatusLists()
    with database.read() as connection:
        lists.room(connection, INSTITUTION)
    taken = [lists.take(INSTITUTION, 100) for _ in range(3)]
    for each in taken:
        with database.write() as connection:
            lists.record(connection, each)
    assert len({index for each in taken for index in each.indexes}) == 300
    with database.read() as connection:
        assert StatusLists().room(connection, INSTITUTION) == CAPACITY - 300


def test_a_full_list_makes_way_for_the_next(centre: Callable[[int], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status_lists, "CAPACITY", 100)
    database, lists = centre(310000).database, StatusLists()
    numbers = []
    for _ in range(3):
        with database.write() as connection:
            assert lists.room(connection, INSTITUTION) == 100
            given_places = lists.take(INSTITUTION, 100)
            lists.record(connection, given_places)
            numbers.append(given_places.number)
    assert numbers == [0, 1, 2]


def test_another_process_that_took_places_is_noticed(centre: Callable[[int], Any]) -> None:
    database, one, other = centre(310000).database, StatusLists(), StatusLists()
    with database.write() as connection:
        one.room(connection, INSTITUTION)
        one.record(connection, one.take(INSTITUTION, 1))
    with database.read() as connection:
        other.room(connection, INSTITUTION)
    with database.write() as connection:
        one.record(connection, one.take(INSTITUTION, 1))
    with pytest.raises(StatusListChanged), database.write() as connection:
        other.record(connection, other.take(INSTITUTION, 1))
