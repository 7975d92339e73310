"""What waits to be sent: events become rows of deliveries, one row a webhook and event, and go in their order.

A webhook's cursor moves in the transaction that writes the rows, and a row is done in the transaction that says so:
killed at any moment, the worker goes on with the message that it was at. So a message may come twice, with the same
webhook-id, and none is left out.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import orjson
from sqlalchemy import delete, func, insert, select, update

from gateway.webhooks.book import DELIVERIES, HOOKS, Hook, hook_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.ledger.recognition_feed import RecognitionFeed
    from gateway.store.engine import Database
    from gateway.webhooks.sending import Attempt

FIRST_SECONDS: Final = 5.0
LONGEST_SECONDS: Final = 6 * 3_600.0
GIVEN_UP_SECONDS: Final = 3 * 86_400
"""Without one message taken, and a webhook is disabled."""
KEPT_SECONDS: Final = 7 * 86_400
"""Messages that were taken are kept, for whoever has to explain one."""
PART: Final = 200
MOST_WAITING: Final = 1_000
"""Rows a webhook; beyond that its cursor waits, which keeps the place as well."""
_LAST_RAISED: Final = 20
_OUTCOME: Final = 200


@dataclass(frozen=True, slots=True)
class Message:
    """One row."""

    id: int
    message: str
    body: bytes
    attempts: int


class Queue:
    """The deliveries of one gateway; one worker at a time works on them."""

    def __init__(self, database: Database, feed: RecognitionFeed, *, clock: Callable[[], float]) -> None:
        """Read events from ``feed``; ``clock`` gives the seconds since 1970."""
        self._database = database
        self._feed = feed
        self._clock = clock

    def due(self) -> list[Hook]:
        """Take in what happened, and return the webhooks for which a message should go now."""
        with self._database.read() as connection:
            active = connection.execute(select(HOOKS).where(HOOKS.c.disabled_at.is_(None)).order_by(HOOKS.c.id))
            hooks = [hook_of(row) for row in active]
        newest = self._feed.newest() if hooks else None
        for hook in hooks:
            if newest is not None and newest > hook.cursor:
                self._take_in(hook)
        return [hook for hook in hooks if self.next(hook.id) is not None]

    def next(self, hook: int) -> Message | None:
        """The oldest message that was not taken, if it is time for it: nothing overtakes it."""
        oldest = select(func.min(DELIVERIES.c.id)).where(
            DELIVERIES.c.webhook_id == hook, DELIVERIES.c.delivered_at.is_(None)
        )
        now = int(self._clock())
        columns = (DELIVERIES.c.id, DELIVERIES.c.message, DELIVERIES.c.body, DELIVERIES.c.attempts)
        with self._database.read() as connection:
            query = select(*columns).where(DELIVERIES.c.id == oldest.scalar_subquery(), DELIVERIES.c.next_at <= now)
            row = connection.execute(query).one_or_none()
        return None if row is None else Message(*row)

    def settle(self, hook: int, message: Message, attempt: Attempt) -> str | None:
        """Write down how an attempt ended; return why the webhook is disabled now, None where it goes on."""
        now = int(self._clock())
        tried = message.attempts + 1
        row = update(DELIVERIES).where(DELIVERIES.c.id == message.id)
        this = HOOKS.c.id == hook
        said = attempt.said[:_OUTCOME]
        with self._database.write() as connection:
            if attempt.taken:
                connection.execute(row.values(attempts=tried, outcome=said, delivered_at=now))
                connection.execute(update(HOOKS).where(this).values(failing_since=None))
                return None
            connection.execute(row.values(attempts=tried, outcome=said, next_at=now + round(pause(tried))))
            since = connection.execute(select(HOOKS.c.failing_since).where(this)).scalar()
            since = now if since is None else since
            why = "gone" if attempt.gone else "failing" if now - since >= GIVEN_UP_SECONDS else None
            ended = {} if why is None else {"disabled_at": now, "disabled_why": f"{why}: {said}"[:_OUTCOME]}
            connection.execute(update(HOOKS).where(this).values(failing_since=since, **ended))
        return why

    def forget_old(self) -> None:
        """Remove the messages that were taken long ago."""
        before = int(self._clock()) - KEPT_SECONDS
        with self._database.write(durable=False) as connection:
            connection.execute(delete(DELIVERIES).where(DELIVERIES.c.delivered_at < before))

    def _take_in(self, hook: Hook) -> None:
        waits = select(func.count()).where(DELIVERIES.c.webhook_id == hook.id, DELIVERIES.c.delivered_at.is_(None))
        with self._database.read() as connection:
            if connection.execute(waits).scalar_one() >= MOST_WAITING:
                return
        part = self._feed.after(hook.cursor, limit=PART, institution=hook.institution, types=hook.events)
        now = int(self._clock())
        rows = [
            {
                "webhook_id": hook.id,
                "message": f"evt_{event.position.block}_{event.position.log}",
                "body": orjson.dumps(event.to_json()),
                "created_at": now,
                "attempts": 0,
                "next_at": 0,
            }
            for event in part.events
        ]
        here = (
            HOOKS.c.id == hook.id,
            HOOKS.c.cursor_block == hook.cursor.block,
            HOOKS.c.cursor_log == hook.cursor.log,
        )
        moved = {"cursor_block": part.reached.block, "cursor_log": part.reached.log}
        with self._database.write() as connection:
            if connection.execute(update(HOOKS).where(*here).values(moved)).rowcount and rows:
                connection.execute(insert(DELIVERIES), rows)


def pause(tried: int) -> float:
    """Seconds until the next attempt after ``tried`` that failed: doubling, with jitter, six hours at most."""
    whole = min(FIRST_SECONDS * 2.0 ** min(tried - 1, _LAST_RAISED), LONGEST_SECONDS)
    return whole * random.uniform(0.5, 1.0)  # noqa: S311 - spreads attempts, hides nothing
