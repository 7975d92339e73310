"""The events of institutions and credentials, kept whole by the indexer: writing them down, and reading them.

    RegistryEvents(database).about(leaf)             # every change of a leaf's status
    RegistryEvents(database).predecessors([leaf])    # the events by which it took another's place

`anchors`, `leaf_status` and their like tell how things stand; these tell what happened, who did it and when.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import insert, select

from gateway.ledger.kept_events import KeptEvent, event_row, kept_event
from gateway.store.models import RegistryEvent

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement, Connection, Table

    from gateway.ledger.events import TimedEvent
    from gateway.store.engine import Database

REGISTRY: Final = cast("Table", RegistryEvent.__table__)
CONTRACTS: Final = frozenset({"InstitutionRegistry", "CredentialRegistry"})
_ABOUT: Final = ("leaf", "root", "institution")
_NO_SUCCESSOR: Final = bytes(32)
_MANY: Final = 500


class RegistryEvents:
    """What the index holds of the two registries' events."""

    def __init__(self, database: Database) -> None:
        """Read from `database`."""
        self._database = database

    def about(self, *subjects: bytes, names: Iterable[str] = ()) -> list[KeptEvent]:
        """Return the events about leaves, roots or institutions' words (32 bytes), in the order of the chain."""
        wanted = tuple(names)
        found = self._read(REGISTRY.c.about, subjects)
        return [event for event in found if not wanted or event.name in wanted]

    def predecessors(self, leaves: Sequence[bytes]) -> list[KeptEvent]:
        """Return the events by which any of `leaves` took another leaf's place."""
        return self._read(REGISTRY.c.successor, leaves)

    def _read(self, column: ColumnElement[bytes], values: Sequence[bytes]) -> list[KeptEvent]:
        found: list[KeptEvent] = []
        with self._database.read() as connection:
            for first in range(0, len(values), _MANY):
                query = select(REGISTRY).where(column.in_(values[first : first + _MANY]))
                found += map(kept_event, connection.execute(query))
        return sorted(found, key=lambda event: event.place)


def keep(connection: Connection, events: Iterable[TimedEvent]) -> None:
    """Write down those of `events` that are of the two registries."""
    rows = [_row(timed) for timed in events if timed.event.contract in CONTRACTS]
    if rows:
        connection.execute(insert(REGISTRY), rows)


def _row(timed: TimedEvent) -> dict[str, Any]:
    successor = timed.event.args.get("successor")
    return {
        **event_row(timed, _ABOUT),
        "successor": None if successor == _NO_SUCCESSOR else successor,
    }
