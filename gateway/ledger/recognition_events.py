"""The events of the registries of recognition, kept whole by the indexer: writing them down, and reading them.

    for opened in RecognitionEvents(database).read("EvaluationOpened"):
        opened.about, opened.fields["subject"]["seats"], opened.time

The chain's storage answers how something stands; these tell how it came to stand so, and what there is at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

import orjson
from sqlalchemy import insert, select

from gateway.ledger import transfer_projection
from gateway.ledger.kept_events import event_row
from gateway.store.models import RecognitionEvent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection, Table

    from gateway.ledger.events import TimedEvent
    from gateway.store.engine import Database

RECOGNITION: Final = cast("Table", RecognitionEvent.__table__)
CONTRACTS: Final = frozenset({"EvaluationRegistry", "AgreementRegistry", "ClaimBook", "TransferLedger"})
_ABOUT: Final = ("evaluation", "agreement", "programme", "claim")


@dataclass(frozen=True, slots=True)
class Happened:
    """One event.

    Attributes:
        name: the event's; fields: its declared fields by name, as JSON holds them: bytes are 0x-hex, structs objects.
        about: the evaluation, agreement, programme or claim; None for a transfer.
        subject, sequence: whose head it extends, as the how manieth; actor: the account (0x-hex) that acted.
        block, time: where and when (seconds) it was logged.
    """

    name: str
    about: bytes | None
    fields: Mapping[str, Any]
    subject: int
    sequence: int
    actor: str
    block: int
    time: int


class RecognitionEvents:
    """What the index holds of recognition."""

    def __init__(self, database: Database) -> None:
        """Read from `database`."""
        self._database = database

    def read(self, *names: str, about: bytes | None = None, subject: int | None = None) -> list[Happened]:
        """Return events in the order of the chain; `names`, `about` and `subject` narrow it down."""
        query = select(RECOGNITION).order_by(RECOGNITION.c.block, RECOGNITION.c.log_index)
        if names:
            query = query.where(RECOGNITION.c.name.in_(names))
        if about is not None:
            query = query.where(RECOGNITION.c.about == about)
        if subject is not None:
            query = query.where(RECOGNITION.c.subject == subject)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [
            Happened(
                row.name,
                row.about,
                orjson.loads(row.fields),
                row.subject,
                row.sequence,
                "0x" + row.actor.hex(),
                row.block,
                row.happened_at,
            )
            for row in rows
        ]


def keep(connection: Connection, events: Iterable[TimedEvent]) -> None:
    """Write down those of `events` that are about recognition, and what they make of transfers."""
    rows = [event_row(timed, _ABOUT) for timed in events if timed.event.contract in CONTRACTS]
    if rows:
        connection.execute(insert(RECOGNITION), rows)
        transfer_projection.apply(connection, rows)
