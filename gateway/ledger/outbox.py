"""The outbox: what must reach the chain exactly once, written in the same transaction as the work that wants it.

    with database.write() as connection:
        …                                                   # the batch's own rows
        [entry] = enqueue(connection, sender, [intent], now=clock())

An entry moves queued → sent → mined → final, or ends as failed. Only `gateway.ledger.sender.Sender` moves it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import orjson
from sqlalchemy import func, insert, select, update

from gateway.store.models import OutboxEntry, OutboxState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection, Table

OUTBOX = cast("Table", OutboxEntry.__table__)
OPEN = (OutboxState.QUEUED, OutboxState.SENT, OutboxState.MINED)
"""States in which something is still to be done."""
_CHUNK = 500  # bound parameters of one SQL statement


@dataclass(frozen=True, slots=True)
class Intent:
    """A transaction that is wanted.

    Attributes:
        kind: what it does: "anchor", "attest", "status" and so on; chooses who is told about its end.
        dedupe_key: what "the same transaction" means; at most one entry has it, for ever.
        target: the contract's address, 20 bytes.
        call: the calldata.
        payload: what whoever is told about the end needs, JSON without personal data. "gas" in it is the gas to offer,
            where it is planned; otherwise the node is asked for an estimate.
    """

    kind: str
    dedupe_key: str
    target: bytes
    call: bytes
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Submission:
    """An entry as its caller sees it. `block` and `tx_hash` are those of the transaction that did it."""

    id: int
    kind: str
    payload: Mapping[str, Any]
    state: OutboxState
    tx_hash: bytes | None
    block: int | None
    error: Mapping[str, Any] | None
    updated_at: int

    @property
    def settled(self) -> bool:
        """Tell whether nothing is left to be done by the sender."""
        return self.state not in OPEN


def enqueue(connection: Connection, sender: bytes, intents: Sequence[Intent], *, now: int) -> list[int]:
    """Write `intents` into the outbox of `sender` (20 bytes) and return the entries' ids, in order.

    An intent whose dedupe key is there already gets that entry's id: asking twice changes nothing. One that failed is
    queued once more, with the new calldata, since whoever asks again has mended the reason.
    """
    found = _by_dedupe_key(connection, [intent.dedupe_key for intent in intents])
    fresh: dict[str, Intent] = {}
    for intent in intents:
        entry = found.get(intent.dedupe_key)
        if entry is None:
            fresh.setdefault(intent.dedupe_key, intent)
        elif entry[1] is OutboxState.FAILED:
            _queue_again(connection, entry[0], intent, now)
    if fresh:
        connection.execute(insert(OUTBOX), [_row(intent, sender, now) for intent in fresh.values()])
        found.update(_by_dedupe_key(connection, list(fresh)))
    return [found[intent.dedupe_key][0] for intent in intents]


def submissions(connection: Connection, ids: Iterable[int]) -> list[Submission]:
    """Return the entries `ids`, in ascending order of id."""
    wanted = sorted(set(ids))
    found: list[Submission] = []
    for start in range(0, len(wanted), _CHUNK):
        query = select(OUTBOX).where(OUTBOX.c.id.in_(wanted[start : start + _CHUNK])).order_by(OUTBOX.c.id)
        found.extend(_submission(row) for row in connection.execute(query))
    return found


def unsettled(connection: Connection, ids: Sequence[int]) -> int:
    """Return of how many of the entries `ids` something is still to be done."""
    waiting = 0
    for start in range(0, len(ids), _CHUNK):
        some = OUTBOX.c.id.in_(ids[start : start + _CHUNK])
        waiting += connection.execute(select(func.count()).where(some, OUTBOX.c.state.in_(OPEN))).scalar_one()
    return waiting


def by_dedupe_keys(connection: Connection, keys: Sequence[str]) -> dict[str, Submission]:
    """Return by dedupe key the entries that there are."""
    found: dict[str, Submission] = {}
    for start in range(0, len(keys), _CHUNK):
        query = select(OUTBOX).where(OUTBOX.c.dedupe_key.in_(keys[start : start + _CHUNK]))
        found |= {row.dedupe_key: _submission(row) for row in connection.execute(query)}
    return found


def counts(connection: Connection) -> dict[str, int]:
    """Return how many entries are in each state; a state with none is 0."""
    query = select(OUTBOX.c.state, func.count().label("number")).group_by(OUTBOX.c.state)
    counted = {row.state: row.number for row in connection.execute(query)}
    return {state.value: counted.get(state, 0) for state in OutboxState}


def failures(connection: Connection, limit: int = 100) -> list[Submission]:
    """Return the newest entries that failed for good, and why."""
    query = select(OUTBOX).where(OUTBOX.c.state == OutboxState.FAILED).order_by(OUTBOX.c.id.desc()).limit(limit)
    return [_submission(row) for row in connection.execute(query)]


def open_of_kind(connection: Connection, kind: str) -> list[int]:
    """Return the entries of `kind` of which something is still to be done, oldest first."""
    query = select(OUTBOX.c.id).where(OUTBOX.c.kind == kind, OUTBOX.c.state.in_(OPEN)).order_by(OUTBOX.c.id)
    return list(connection.execute(query).scalars())


def of_kind(connection: Connection, kind: str, *, newer_than_block: int) -> list[Submission]:
    """Return the entries of `kind` that are open, failed, or became final after block `newer_than_block`."""
    query = select(OUTBOX).where(
        OUTBOX.c.kind == kind, (OUTBOX.c.state != OutboxState.FINAL) | (OUTBOX.c.block > newer_than_block)
    )
    return [_submission(row) for row in connection.execute(query)]


def _submission(row: Any) -> Submission:  # noqa: ANN401 - a row of the table
    return Submission(
        id=row.id,
        kind=row.kind,
        payload=orjson.loads(row.payload),
        state=row.state,
        tx_hash=row.tx_hash,
        block=row.block,
        error=None if row.error is None else orjson.loads(row.error),
        updated_at=row.updated_at,
    )


def _by_dedupe_key(connection: Connection, keys: Sequence[str]) -> dict[str, tuple[int, OutboxState]]:
    found: dict[str, tuple[int, OutboxState]] = {}
    for start in range(0, len(keys), _CHUNK):
        query = select(OUTBOX.c.dedupe_key, OUTBOX.c.id, OUTBOX.c.state).where(
            OUTBOX.c.dedupe_key.in_(keys[start : start + _CHUNK])
        )
        found.update((key, (number, state)) for key, number, state in connection.execute(query))
    return found


def _queue_again(connection: Connection, number: int, intent: Intent, now: int) -> None:
    connection.execute(
        update(OUTBOX)
        .where(OUTBOX.c.id == number)
        .values(
            state=OutboxState.QUEUED,
            target=intent.target,
            call=intent.call,
            payload=orjson.dumps(intent.payload),
            nonce=None,
            raw_tx=None,
            tx_hash=None,
            block=None,
            error=None,
            updated_at=now,
        )
    )


def _row(intent: Intent, sender: bytes, now: int) -> dict[str, Any]:
    return {
        "kind": intent.kind,
        "dedupe_key": intent.dedupe_key,
        "payload": orjson.dumps(intent.payload),
        "target": intent.target,
        "call": intent.call,
        "sender": sender,
        "state": OutboxState.QUEUED,
        "attempts": 0,
        "created_at": now,
        "updated_at": now,
    }
