"""The worker that sends: a thread of the server, an event loop in it, one webhook at a time in order, all at once."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

import structlog
from filelock import FileLock, Timeout

from gateway.domain.errors import HurenError
from gateway.webhooks.sending import Courier

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from threading import Event

    from gateway.webhooks.book import Hook, WebhookBook
    from gateway.webhooks.queue import Queue
    from gateway.webhooks.targets import Targets

LOOK_SECONDS: Final = 0.5
_LONGEST_PAUSE: Final = 30.0
_TIDY_SECONDS: Final = 3_600.0

log = structlog.get_logger(__name__)


class WebhookWorker:
    """Sends what waits. Of several processes on one data directory one does."""

    def __init__(
        self,
        book: WebhookBook,
        queue: Queue,
        targets: Targets,
        *,
        locks: Path,
        clock: Callable[[], float] = time.time,
        courier: Callable[[Targets], Courier] = Courier,
    ) -> None:
        """Send what ``queue`` has for the webhooks of ``book``, where ``targets`` allows."""
        self._book = book
        self._queue = queue
        self._targets = targets
        self._clock = clock
        self._courier = courier
        locks.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(locks / "webhooks.lock")

    def run(self, stop: Event) -> None:
        """Send until ``stop`` is set. Whatever goes wrong is said in the log and tried again."""
        pause = LOOK_SECONDS
        while not stop.is_set():
            try:
                with self._lock.acquire(timeout=0):
                    asyncio.run(self._work(stop))
            except Timeout:
                pause = LOOK_SECONDS  # another process sends
            except Exception:
                pause = min(pause * 2, _LONGEST_PAUSE)
                log.exception("webhooks.stumbled")
            stop.wait(pause)

    async def _work(self, stop: Event) -> None:
        running: dict[int, asyncio.Task[None]] = {}
        tidied = float("-inf")
        async with self._courier(self._targets) as courier:
            try:
                while not stop.is_set():
                    if time.monotonic() - tidied >= _TIDY_SECONDS:
                        self._queue.forget_old()
                        tidied = time.monotonic()
                    for hook in self._queue.due():
                        if hook.id not in running or running[hook.id].done():
                            _raised(running.pop(hook.id, None))
                            running[hook.id] = asyncio.create_task(self._send(courier, hook, stop))
                    await asyncio.sleep(LOOK_SECONDS)
            finally:
                # What was on its way is sent again by the next start, with the same id.
                for task in running.values():
                    task.cancel()
                await asyncio.gather(*running.values(), return_exceptions=True)

    async def _send(self, courier: Courier, hook: Hook, stop: Event) -> None:
        """Send one webhook's messages until none is due, or one was not taken."""
        try:
            secret = self._book.secret_of(hook)
        except HurenError as error:
            log.warning("webhooks.unreadable", webhook=hook.id, why=error.code)
            await asyncio.sleep(_LONGEST_PAUSE)
            return
        while not stop.is_set() and self._book.stands(hook) and (message := self._queue.next(hook.id)) is not None:
            now = int(self._clock())
            attempt = await courier.send(hook.url, secret, message.message, message.body, now=now)
            disabled = self._queue.settle(hook.id, message, attempt)
            if disabled is not None:
                log.error("webhooks.disabled", webhook=hook.id, why=disabled, outcome=attempt.said)
            if not attempt.taken:
                log.warning("webhooks.not_taken", webhook=hook.id, attempts=message.attempts + 1, outcome=attempt.said)
                return


def _raised(task: asyncio.Task[None] | None) -> None:
    """Let an error of a task that ended be seen."""
    if task is not None and not task.cancelled():
        task.result()
