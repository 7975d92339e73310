"""The end of an outbox entry, and who is told about it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson
import structlog
from sqlalchemy import update

from gateway.ledger.outbox import OUTBOX
from gateway.store.models import OutboxState

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from gateway.ledger.refusals import Refusal

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Settlement:
    """The end of an entry, told to the handler of its kind within the transaction that records it.

    A handler may be told the same end twice (a chain that lost blocks mines them again): it must not mind.
    `block` is None only where the entry failed before it was sent.
    """

    id: int
    kind: str
    payload: Mapping[str, Any]
    block: int | None
    tx_hash: bytes | None
    refusal: Refusal | None

    @property
    def succeeded(self) -> bool:
        """Tell whether the chain holds what was wanted."""
        return self.refusal is None


@dataclass(frozen=True, slots=True)
class Adoption:
    """Where the chain shows that what an entry wants was done already, by this province."""

    block: int
    tx_hash: bytes


Handler = Callable[["Connection", Settlement], None]
Adopter = Callable[[Mapping[str, Any]], Adoption | None]


@dataclass(frozen=True, slots=True)
class Endings:
    """Records ends. `handlers` hear of them, `adopters` look for what is done already; both by kind of entry."""

    handlers: Mapping[str, Handler] = field(default_factory=dict)
    adopters: Mapping[str, Adopter] = field(default_factory=dict)

    def adopt(self, row: Row[Any]) -> Adoption | None:
        """Return where the chain shows that what a refused entry wanted is done already, by us; it then succeeded."""
        adopter = self.adopters.get(row.kind)
        return None if adopter is None else adopter(orjson.loads(row.payload))

    def record(
        self, connection: Connection, row: Row[Any], block: int | None, why: Refusal | None, adopted: Adoption | None
    ) -> None:
        """Write the end of the entry `row` and tell its handler, in the transaction of `connection`."""
        tx_hash = row.tx_hash
        if adopted is not None:
            block, tx_hash, why = adopted.block, tx_hash or adopted.tx_hash, None
        change(
            connection,
            row.id,
            state=OutboxState.FINAL if why is None else OutboxState.FAILED,
            block=block,
            tx_hash=tx_hash,
            error=None if why is None else why.to_text(),
        )
        if why is not None:
            log.error("outbox.failed", id=row.id, kind=row.kind, error=why.name)
        handler = self.handlers.get(row.kind)
        if handler is not None:
            handler(connection, Settlement(row.id, row.kind, orjson.loads(row.payload), block, tx_hash, why))


def change(connection: Connection, number: int, **values: object) -> None:
    """Set columns of entry `number`."""
    connection.execute(update(OUTBOX).where(OUTBOX.c.id == number).values(updated_at=int(time.time()), **values))
