"""What is going on at a centre: rosters, the batches they became, and the transactions that carry those to the chain.

    work = Work(database)
    work.rosters(limit=20), work.batches(limit=20), work.entries(limit=20)
    work.find("batch-3")

No personal data: file names, counts, digests, states and refusals.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, cast

import orjson
from sqlalchemy import select

from gateway.domain.errors import AGAINST
from gateway.domain.hashing import hex0x
from gateway.issuance.errors import IssuanceError
from gateway.ledger.outbox import OPEN
from gateway.store.models import Batch, BatchState, OutboxEntry, Roster, RosterState

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Row, Table

    from gateway.store.engine import Database

_ROSTERS: Final = cast("Table", Roster.__table__)
_BATCHES: Final = cast("Table", Batch.__table__)
_ENTRIES: Final = cast("Table", OutboxEntry.__table__)
_REFERENCE: Final = re.compile(r"(roster|batch|outbox)-([1-9][0-9]{0,17})")


class UnknownWork(IssuanceError):
    """A reference that names nothing here."""

    code = "work.unknown"
    exit_code = AGAINST
    zh = "没有 {value}"
    en = "there is no {value}"
    hint_zh = "编号形如 roster-1、batch-1、outbox-1；huren job list --all 列出全部"
    hint_en = "references look like roster-1, batch-1, outbox-1; huren job list --all lists them all"


class Work:
    """Reads what is going on."""

    def __init__(self, database: Database) -> None:
        """Read from ``database``."""
        self._database = database

    def rosters(self, *, limit: int, everything: bool = False) -> list[dict[str, Any]]:
        """Rosters, newest first; without ``everything`` those that are not issued whole."""
        waiting = _ROSTERS.c.state == RosterState.READING
        return self._read(_ROSTERS, None if everything else waiting, limit, _roster)

    def batches(self, *, limit: int, everything: bool = False) -> list[dict[str, Any]]:
        """Batches, newest first; without ``everything`` those that are not anchored."""
        waiting = _BATCHES.c.state != BatchState.ANCHORED
        return self._read(_BATCHES, None if everything else waiting, limit, _batch)

    def entries(self, *, limit: int, everything: bool = False) -> list[dict[str, Any]]:
        """Transactions, newest first; without ``everything`` those that are on their way or failed."""
        return self._read(_ENTRIES, None if everything else _ENTRIES.c.state.in_((*OPEN, "failed")), limit, _entry)

    def find(self, reference: str) -> dict[str, Any]:
        """One roster (with its batches), batch or outbox entry.

        Raises:
            UnknownWork: the reference names nothing.
        """
        match = _REFERENCE.fullmatch(reference)
        if match is None:
            raise UnknownWork(reference)
        table, tell = {"roster": (_ROSTERS, _roster), "batch": (_BATCHES, _batch), "outbox": (_ENTRIES, _entry)}[
            match[1]
        ]
        number = int(match[2])
        found = self._read(table, table.c.id == number, 1, tell)
        if not found:
            raise UnknownWork(reference)
        [one] = found
        if table is _ROSTERS:
            one["batches"] = self._read(_BATCHES, _BATCHES.c.roster_id == number, 10_000, _batch)
        return one

    def _read(self, table: Table, chosen: ColumnElement[bool] | None, limit: int, tell: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - one of the three below
        query = select(table).order_by(table.c.id.desc()).limit(limit)
        if chosen is not None:
            query = query.where(chosen)
        with self._database.read() as connection:
            return [tell(row) for row in connection.execute(query)]


def _roster(row: Row[Any]) -> dict[str, Any]:
    return {
        "reference": f"roster-{row.id}",
        "file": row.filename,
        "sha256": row.digest.hex(),
        "rows": row.rows,
        "goodRows": row.good_rows,
        "state": row.state.value,
        "createdAt": row.created_at,
    }


def _batch(row: Row[Any]) -> dict[str, Any]:
    return {
        "reference": f"batch-{row.id}",
        "roster": f"roster-{row.roster_id}",
        "institution": row.institution,
        "root": hex0x(row.root),
        "leaves": row.leaf_count,
        "state": row.state.value,
        "block": row.anchored_block,
        "error": None if row.error is None else _refusal(row.error),
        "createdAt": row.sealed_at,
    }


def _entry(row: Row[Any]) -> dict[str, Any]:
    batch = orjson.loads(row.payload).get("batch")
    return {
        "reference": f"outbox-{row.id}",
        "kind": row.kind,
        "batch": f"batch-{batch}" if isinstance(batch, int) else None,
        "state": row.state.value,
        "nonce": row.nonce,
        "transaction": None if row.tx_hash is None else hex0x(row.tx_hash),
        "block": row.block,
        "attempts": row.attempts,
        "error": None if row.error is None else _refusal(row.error),
        "createdAt": row.created_at,
        "updatedAt": row.updated_at,
    }


def _refusal(text: str) -> dict[str, Any]:
    """A refusal as it was kept: JSON with zh and en; one that was cut is shown as it is."""
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        found = None
    return found if isinstance(found, dict) else {"zh": text, "en": text}
