"""A gateway as far as webhooks go: its database, its webhooks, its worker on a clock that a test moves."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from gateway.ledger.recognition_events import RECOGNITION
from gateway.ledger.recognition_feed import BEGINNING, RecognitionFeed
from gateway.ledger.transfer_projection import apply
from gateway.store.engine import open_database
from gateway.webhooks.book import WebhookBook
from gateway.webhooks.queue import Queue
from gateway.webhooks.secrets import SecretBox
from gateway.webhooks.sending import Courier
from gateway.webhooks.targets import Targets
from gateway.webhooks.worker import WebhookWorker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from transfer_history import History

    from gateway.store.engine import Database

LOOPBACK = ("127.0.0.0/8", "::1/128")


class Office:
    """Real but for its clock; messages are waited for half a second at most."""

    def __init__(self, folder: Path, patience: float = 0.5, database: Database | None = None) -> None:
        self.folder = folder
        self.database = database or open_database(folder / "huren.db")
        self.feed = RecognitionFeed(self.database)
        self.box = SecretBox(folder / "keys" / "webhooks.key")
        self.targets = Targets(LOOPBACK)
        self.book = WebhookBook(self.database, self.feed, self.box, self.targets)
        self.ahead = 0.0
        self.patience = patience

    def clock(self) -> float:
        return time.time() + self.ahead

    @property
    def queue(self) -> Queue:
        return Queue(self.database, self.feed, clock=self.clock)

    def keep(self, history: History) -> None:
        """Have the index hold the events of a history."""
        with self.database.write() as connection:
            connection.execute(insert(RECOGNITION), history.rows)
            apply(connection, history.rows)

    def add(self, url: str, *events: str, **more: Any) -> tuple[int, str]:  # noqa: ANN401
        """A webhook that is told of everything there ever was."""
        hook, secret = self.book.add(url, events, after=more.pop("after", BEGINNING), **more)
        return hook.id, secret.text

    def worker(self) -> WebhookWorker:
        return WebhookWorker(
            self.book, self.queue, self.targets, locks=self.folder / "locks", clock=self.clock,
            courier=lambda targets: Courier(targets, patience=self.patience),
        )  # fmt: skip

    @contextmanager
    def working(self) -> Iterator[None]:
        """A block in which the worker runs."""
        stop = threading.Event()
        thread = threading.Thread(target=self.worker().run, args=(stop,))
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(20)
            assert not thread.is_alive()

    def until(self, state: str, hook: int = 1, seconds: float = 20.0) -> None:
        """Wait until a webhook stands so and nothing is on its way."""
        end = time.monotonic() + seconds
        while self.book.one(hook).state != state:
            assert time.monotonic() < end, self.book.every()
            time.sleep(0.02)

    def emptied(self, seconds: float = 20.0) -> None:
        """Wait until nothing waits."""
        end = time.monotonic() + seconds
        while any(one.waiting for one in self.book.every()) or not self.book.every():
            assert time.monotonic() < end, self.book.every()
            time.sleep(0.02)

    def close(self) -> None:
        self.database.close()
