"""GET /v1/events over a real connection: in order, from any place on, to those who may, and it ends with the server."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import orjson
import pytest
import uvicorn
from housing import SOURCE, bearer
from transfer_history import History

from gateway.api.app import create_app
from gateway.api.services import Services
from gateway.api.streaming import MOST_OF_ONE, EventStream, TooManyListeners
from gateway.cli.serve import server_config
from gateway.ledger.recognition_feed import Part, Position, RecognitionFeed
from gateway.store.errors import DatabaseBusy
from gateway.store.models import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    House = Any

HEADERS = {"Accept": "text/event-stream"}


class Served:
    """The house's application behind a real server, whose stream looks and beats often."""

    def __init__(self, house: House, most: int = 64) -> None:
        stream = EventStream(house.books.feed, most=most, look_seconds=0.02, beat_seconds=0.2)
        old = house.services
        services = Services(
            old.verifier,
            old.blobs,
            old.packs,
            old.status_lists,
            old.readiness,
            old.tokens,
            old.recognised,
            old.work,
            stream,
        )
        self.stream = stream
        config = server_config(create_app(services, body_bytes=4_096))
        config.port = 0
        self.server = uvicorn.Server(config)
        stream.end_when(lambda: self.server.should_exit)
        self.thread = threading.Thread(target=self.server.run)
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)
        port = self.server.servers[0].sockets[0].getsockname()[1]
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10)

    @contextmanager
    def listening(self, token: str, path: str = "/v1/events", **headers: str) -> Iterator[Iterator[str]]:
        with self.client.stream("GET", path, headers={**HEADERS, **bearer(token), **headers}) as answer:
            assert answer.status_code == 200, answer.read()
            assert answer.headers["content-type"].startswith("text/event-stream")
            assert answer.headers["cache-control"] == "no-store"
            yield answer.iter_lines()

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(20)
        assert not self.thread.is_alive()
        self.client.close()


@pytest.fixture
def served(house: House) -> Iterator[Served]:
    running = Served(house)
    yield running
    running.stop()


def events(lines: Iterator[str], count: int) -> list[dict[str, Any]]:
    """So many events of a stream: id, event and data."""
    found: list[dict[str, Any]] = []
    now: dict[str, Any] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        if name in {"id", "event", "data"}:
            now[name] = orjson.loads(value) if name == "data" else value
        elif line == "" and now:
            found.append(now)
            now = {}
        if len(found) == count:
            return found
    return found


def told(history: History) -> list[str]:
    return [f"{row['block']}-{row['log_index']}" for row in history.rows]


def test_events_come_in_the_order_of_the_chain_and_then_as_they_happen(house: House, served: Served) -> None:
    history = History()
    ref = history.request()
    history.request()
    house.keep(history)
    with served.listening(house.token(Role.AUDITOR), "/v1/events?after=0-0") as lines:
        first = events(lines, 2)
        later = History()
        later.rows, later.numbers = history.rows, history.numbers
        later.accept(ref)
        fresh = History()
        fresh.rows = later.rows[2:]
        house.keep(fresh)
        [last] = events(lines, 1)
    assert [one["id"] for one in [*first, last]] == told(later)
    assert (last["event"], last["data"]["type"]) == ("transfer.accepted", "transfer.accepted")
    assert last["data"]["data"]["transfer"] == "310000-330000-1"


def test_a_client_that_comes_back_goes_on_exactly_after_what_it_had(house: House, served: Served) -> None:
    history = History()
    for hours in (1, 0, 0, 1):  # three of them in one block
        history.request(hours=hours)
    house.keep(history)
    token = house.token(Role.OPERATOR)
    for seen, place in enumerate(told(history)[:-1]):
        with served.listening(token, **{"Last-Event-ID": place}) as lines:
            assert [one["id"] for one in events(lines, 3 - seen)] == told(history)[seen + 1 :]


def test_without_a_place_it_begins_now(house: House, served: Served) -> None:
    history = History()
    history.request()
    house.keep(history)
    with served.listening(house.token(Role.OPERATOR)) as lines:
        assert next(lines).startswith("retry: ")
        history.request()
        fresh = History()
        fresh.rows = history.rows[1:]
        house.keep(fresh)
        assert [one["id"] for one in events(lines, 1)] == told(history)[1:]


def test_an_officer_gets_what_concerns_their_institution_and_what_concerns_all(house: House, served: Served) -> None:
    history = History()
    ref = history.request()
    history.accept(ref)
    history.log("AgreementWithdrawn", (0, 0, 0), agreement="0x" + "ab" * 32, until=1)
    house.keep(history)
    path = "/v1/events?after=0-0"
    with served.listening(house.token(Role.OFFICER, institution=SOURCE), path) as lines:
        assert [one["id"] for one in events(lines, 3)] == told(history)
    with served.listening(house.token(Role.OFFICER, institution="123200004660001235"), path) as lines:
        assert [one["id"] for one in events(lines, 1)] == told(history)[2:]


def test_silence_is_broken_by_beats(house: House, served: Served) -> None:
    with served.listening(house.token(Role.OPERATOR)) as lines:
        assert [line for line in (next(lines) for _ in range(6)) if line == ": beat"]


def test_a_token_that_is_revoked_is_listened_for_no_longer(house: House, served: Served) -> None:
    made = house.tokens.create(Role.OPERATOR, days=1)
    with served.listening(made.text) as lines:
        next(lines)
        house.tokens.revoke(made.token.id)
        assert ": the server ends" not in list(lines)


def test_it_ends_cleanly_with_the_server(house: House) -> None:
    served = Served(house)
    with served.listening(house.token(Role.OPERATOR)) as lines:
        next(lines)
        stopping = threading.Thread(target=served.stop)
        began = time.monotonic()
        stopping.start()
        rest = list(lines)
        stopping.join(20)
    assert rest[-2:] == [": the server ends", ""]
    assert time.monotonic() - began < 5


def test_as_many_listen_as_may_and_a_place_is_free_again_when_one_leaves(house: House) -> None:
    served = Served(house, most=2)
    token = house.token(Role.OPERATOR)
    try:
        with served.listening(token) as first, served.listening(token) as second:
            next(first)
            next(second)
            answer = served.client.get("/v1/events", headers=bearer(token))
            assert (answer.status_code, answer.json()["code"]) == (503, "events.listeners")
            assert answer.headers["retry-after"]
        until = time.monotonic() + 10
        while served.stream._listeners:
            assert time.monotonic() < until
            time.sleep(0.02)
        with served.listening(token) as lines:
            next(lines)
    finally:
        served.stop()


@pytest.mark.parametrize(("name", "place"), [("after", "x"), ("after", "-1-0"), ("Last-Event-ID", "4711")])
def test_a_place_that_is_none_is_named(house: House, name: str, place: str) -> None:
    headers = bearer(house.token(Role.OPERATOR)) | ({name: place} if name != "after" else {})
    query = f"?after={place}" if name == "after" else ""
    answer = house.client.get(f"/v1/events{query}", headers=headers)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (400, "events.position", name)


def test_an_outage_of_the_database_ends_the_stream_and_not_the_server(house: House) -> None:
    house.database.close()
    broken = RecognitionFeed(house.database)

    async def all_of_it() -> list[bytes]:
        def raising() -> Position:
            raise DatabaseBusy("huren.db", why="")

        broken.newest = raising  # type: ignore[method-assign]
        stream = EventStream(broken, look_seconds=0.01)
        return [part async for part in stream.listen(Position(0, 0), None, lambda: True)]

    assert asyncio.run(all_of_it()) == [b"retry: 3000\n\n"]


def test_a_stream_that_never_rests_ends_with_its_token_too(house: House) -> None:
    endless = RecognitionFeed(house.database)
    endless.newest = lambda: Position(1 << 40, 0)  # type: ignore[method-assign]
    endless.after = lambda position, **_: Part([], Position(position.block + 1, 0))  # type: ignore[method-assign]

    async def all_of_it() -> list[bytes]:
        stream = EventStream(endless, look_seconds=0.01, beat_seconds=0.2)
        return [part async for part in stream.listen(Position(0, 0), None, lambda: False)]

    parts = asyncio.run(asyncio.wait_for(all_of_it(), timeout=30))
    assert set(parts) <= {b"retry: 3000\n\n", b": beat\n\n"}


def test_one_token_does_not_take_all_places(house: House) -> None:
    stream = EventStream(RecognitionFeed(house.database))
    for _ in range(MOST_OF_ONE):
        stream.take_place(1)
    with pytest.raises(TooManyListeners):
        stream.take_place(1)
    stream.take_place(2)
    stream.give_place(1)
    stream.take_place(1)
