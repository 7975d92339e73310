"""The event stream: final events of recognition as they come, to a bounded number of listeners.

    stream = EventStream(feed)
    stream.end_when(lambda: server.should_exit)
    async for part in stream.listen(position, …): …     # bytes of text/event-stream

Server-sent events (WHATWG HTML, section 9.2). Each event's id is its place on the chain, so that a client which comes
back with Last-Event-ID goes on exactly after it. The index is looked at for all listeners together, twice a second; a
listener asks the database itself only when there is something newer than it has seen.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import TYPE_CHECKING, Final

import orjson
from starlette.concurrency import run_in_threadpool

from gateway.domain.errors import HurenError
from gateway.ledger.recognition_feed import BEGINNING
from gateway.store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from gateway.ledger.recognition_feed import FeedEvent, Part, Position, RecognitionFeed

MOST_LISTENERS: Final = 64
MOST_OF_ONE: Final = 8
"""Places that one token may take."""
PART: Final = 200
"""Events read at once."""
LOOK_SECONDS: Final = 0.5
BEAT_SECONDS: Final = 15.0
"""Silence that proxies between bear, and how long a revoked token is listened for at most."""
WRITE_SECONDS: Final = 60.0
"""How long a client may take to read a part before its place goes to somebody else."""
RETRY_MILLISECONDS: Final = 3_000


class TooManyListeners(HurenError):
    """As many listen as may."""

    code = "events.listeners"
    zh = "事件流的连接已满（{value} 个）"
    en = "as many listen to events as may: {value}"
    hint_zh = "请稍后重试，或改用 webhook（huren webhook add）"
    hint_en = "try again later, or have them sent (huren webhook add)"


class EventStream:
    """One for a server's life."""

    def __init__(
        self,
        feed: RecognitionFeed,
        *,
        most: int = MOST_LISTENERS,
        look_seconds: float = LOOK_SECONDS,
        beat_seconds: float = BEAT_SECONDS,
    ) -> None:
        """Read from ``feed``; the rest is for tests."""
        self._feed = feed
        self._stopping: Callable[[], bool] = lambda: False
        self._most = most
        self._look_seconds = look_seconds
        self._beat_seconds = beat_seconds
        self._listeners: Counter[int] = Counter()
        self._newest = BEGINNING
        self._looked = float("-inf")
        self._looking = asyncio.Lock()

    def end_when(self, stopping: Callable[[], bool]) -> None:
        """End every stream as soon as ``stopping`` says so."""
        self._stopping = stopping

    def take_place(self, token: int) -> None:
        """Take one of the places for a token, by its number; whoever does gives it back.

        Raises:
            TooManyListeners: there is none left, or the token has its share.
        """
        if self._listeners.total() >= self._most:
            raise TooManyListeners(self._most)
        if self._listeners[token] >= MOST_OF_ONE:
            raise TooManyListeners(MOST_OF_ONE)
        self._listeners[token] += 1

    def give_place(self, token: int) -> None:
        """Give it back."""
        self._listeners[token] -= 1
        if not self._listeners[token]:
            del self._listeners[token]

    async def newest(self) -> Position:
        """The place of the last event, as of half a second ago at most."""
        async with self._looking:
            if time.monotonic() - self._looked >= self._look_seconds:
                self._newest = await run_in_threadpool(self._feed.newest)
                self._looked = time.monotonic()
            return self._newest

    async def listen(
        self, position: Position, institution: str | None, allowed: Callable[[], bool]
    ) -> AsyncIterator[bytes]:
        """The stream after ``position``, until the server stops or ``allowed`` no longer says so.

        ``allowed`` is asked every ``beat_seconds``, however much there is to tell.

        An outage of the database ends it as well: the client comes back by itself, and goes on where it was.
        """
        yield f"retry: {RETRY_MILLISECONDS}\n\n".encode()
        asked = told = time.monotonic()
        try:
            while not self._stopping():
                if time.monotonic() - asked >= self._beat_seconds:
                    if not await run_in_threadpool(allowed):
                        return
                    asked = time.monotonic()
                if await self.newest() > position:
                    part = await run_in_threadpool(self._read, position, institution)
                    position = part.reached
                    if part.events:
                        yield b"".join(map(rendered, part.events))
                        told = time.monotonic()
                else:
                    await asyncio.sleep(self._look_seconds)
                if time.monotonic() - told >= self._beat_seconds:
                    yield b": beat\n\n"
                    told = time.monotonic()
        except StoreError:
            return
        yield b": the server ends\n\n"

    def _read(self, position: Position, institution: str | None) -> Part:
        return self._feed.after(position, limit=PART, institution=institution)


def rendered(event: FeedEvent) -> bytes:
    """One event of the stream."""
    return b"id: %s\nevent: %s\ndata: %s\n\n" % (
        str(event.position).encode(),
        event.type.encode(),
        orjson.dumps(event.to_json()),
    )
