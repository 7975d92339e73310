"""The webhooks of a gateway: added, listed, removed, taken up again after they were given up.

book = WebhookBook(database, feed, box, targets)
added, secret = book.add("https://xuefen.example/huren", ["transfer.requested"])
secret.text                     # whsec_…, shown this once
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import delete, func, insert, select, update

from gateway.domain.civil_time import moment_text
from gateway.domain.identifiers import Uscc
from gateway.ledger.recognition_feed import TYPES, Position
from gateway.store.models import Delivery, Webhook
from gateway.webhooks.errors import TypeUnknown, WebhookUnknown
from gateway.webhooks.secrets import Secret

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row, Table

    from gateway.ledger.recognition_feed import RecognitionFeed
    from gateway.store.engine import Database
    from gateway.webhooks.secrets import SecretBox
    from gateway.webhooks.targets import Targets

HOOKS: Final = cast("Table", Webhook.__table__)
DELIVERIES: Final = cast("Table", Delivery.__table__)


@dataclass(frozen=True, slots=True)
class Hook:
    """One webhook, as the table has it; its secret stays sealed."""

    id: int
    url: str
    secret: bytes
    events: tuple[str, ...]
    """The types that are sent; none: all."""
    institution: str | None
    created_at: int
    cursor: Position
    failing_since: int | None
    disabled_at: int | None
    disabled_why: str | None

    @property
    def state(self) -> str:
        """Active, failing, or disabled."""
        if self.disabled_at is not None:
            return "disabled"
        return "active" if self.failing_since is None else "failing"


@dataclass(frozen=True, slots=True)
class Listed:
    """A webhook, how many messages wait for it, and how its last attempt ended."""

    hook: Hook
    waiting: int
    outcome: str | None

    def to_json(self) -> dict[str, Any]:
        """As commands show it."""
        hook = self.hook
        return {
            "webhook": hook.id,
            "url": hook.url,
            "events": list(hook.events),
            "institution": hook.institution,
            "state": hook.state,
            "position": str(hook.cursor),
            "waiting": self.waiting,
            "lastOutcome": self.outcome,
            "createdAt": moment_text(hook.created_at),
            "failingSince": moment_text(hook.failing_since or 0),
            "disabledAt": moment_text(hook.disabled_at or 0),
            "disabledWhy": hook.disabled_why,
        }


class WebhookBook:
    """The webhooks of one gateway."""

    def __init__(self, database: Database, feed: RecognitionFeed, box: SecretBox, targets: Targets) -> None:
        """Keep them in ``database``, their secrets in ``box``."""
        self._database = database
        self._feed = feed
        self._box = box
        self._targets = targets

    def add(
        self,
        url: str,
        events: Sequence[str] = (),
        *,
        institution: str | None = None,
        after: Position | None = None,
    ) -> tuple[Hook, Secret]:
        """Tell ``url`` of events from now on, or of those after a place; of one institution's where one is named.

        Raises:
            WebhookError: the address cannot be used, or there is no such type.
            IdentifierError: no institution.
        """
        self._targets.of(url)
        for name in events:
            if name not in TYPES.values():
                raise TypeUnknown(name, known=", ".join(TYPES.values()))
        if institution is not None:
            institution = Uscc(institution).text
        secret = Secret.new()
        begin = self._feed.newest() if after is None else after
        values = {
            "url": url,
            "secret": self._box.seal(secret, url),
            "events": " ".join(sorted(set(events))),
            "institution": institution,
            "created_at": int(time.time()),
            "cursor_block": begin.block,
            "cursor_log": begin.log,
        }
        with self._database.write() as connection:
            number = connection.execute(insert(HOOKS).values(values).returning(HOOKS.c.id)).scalar_one()
        return self.one(number), secret

    def one(self, number: int) -> Hook:
        """One of them.

        Raises:
            WebhookUnknown: there is none with that number.
        """
        with self._database.read() as connection:
            row = connection.execute(select(HOOKS).where(HOOKS.c.id == number)).one_or_none()
        if row is None:
            raise WebhookUnknown(number)
        return hook_of(row)

    def stands(self, hook: Hook) -> bool:
        """Whether a webhook is still what it was, and not disabled; a number may come again after a removal."""
        with self._database.read() as connection:
            row = connection.execute(select(HOOKS).where(HOOKS.c.id == hook.id)).one_or_none()
        return row is not None and row.secret == hook.secret and row.disabled_at is None

    def every(self) -> list[Listed]:
        """All of them, oldest first."""
        waiting = func.count().filter(DELIVERIES.c.delivered_at.is_(None))
        counts = select(DELIVERIES.c.webhook_id, waiting).group_by(DELIVERIES.c.webhook_id)
        tried = select(func.max(DELIVERIES.c.id)).where(DELIVERIES.c.attempts > 0).group_by(DELIVERIES.c.webhook_id)
        last = select(DELIVERIES.c.webhook_id, DELIVERIES.c.outcome).where(DELIVERIES.c.id.in_(tried))
        with self._database.read() as connection:
            hooks = [hook_of(row) for row in connection.execute(select(HOOKS).order_by(HOOKS.c.id))]
            count = {row[0]: row[1] for row in connection.execute(counts)}
            outcome = {row[0]: row[1] for row in connection.execute(last)}
        return [Listed(hook, count.get(hook.id, 0), outcome.get(hook.id)) for hook in hooks]

    def remove(self, number: int) -> None:
        """Forget one, with what waits for it.

        Raises:
            WebhookUnknown: there is none with that number.
        """
        self.one(number)
        with self._database.write() as connection:
            connection.execute(delete(DELIVERIES).where(DELIVERIES.c.webhook_id == number))
            connection.execute(delete(HOOKS).where(HOOKS.c.id == number))

    def resume(self, number: int) -> Hook:
        """Take one up again where it was left, at once.

        Raises:
            WebhookUnknown: there is none with that number.
        """
        self.one(number)
        waits = (DELIVERIES.c.webhook_id == number, DELIVERIES.c.delivered_at.is_(None))
        with self._database.write() as connection:
            fresh = {"disabled_at": None, "disabled_why": None, "failing_since": None}
            connection.execute(update(HOOKS).where(HOOKS.c.id == number).values(fresh))
            connection.execute(update(DELIVERIES).where(*waits).values(next_at=0, attempts=0))
        return self.one(number)

    def secret_of(self, hook: Hook) -> Secret:
        """What a webhook's messages are signed with.

        Raises:
            SecretUnreadable: it does not open.
        """
        return self._box.open(hook.secret, hook.url)


def hook_of(row: Row[Any]) -> Hook:
    """A row as a value."""
    return Hook(
        id=row.id,
        url=row.url,
        secret=row.secret,
        events=tuple(row.events.split()),
        institution=row.institution,
        created_at=row.created_at,
        cursor=Position(row.cursor_block, row.cursor_log),
        failing_since=row.failing_since,
        disabled_at=row.disabled_at,
        disabled_why=row.disabled_why,
    )
