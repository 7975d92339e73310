"""Accepted transfers on credentials that are no longer good: flagged, as the ledger's `standingOf` says, as of a block.

Suspended or revoked: the credential, its batch, or, where it was superseded, the last credential that took its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson
from sqlalchemy import select

from gateway.audit.findings.transfers import name_of
from gateway.audit.findings.values import Finding, Severity
from gateway.audit.traces.event_words import reason_words, status_words
from gateway.domain.credits import credits_json
from gateway.domain.hashing import hex0x
from gateway.domain.transfer_words import Stage
from gateway.ledger.reader import institution_text
from gateway.ledger.registry_events import REGISTRY
from gateway.ledger.transfer_projection import TRANSFERS
from gateway.ledger.transfer_rows import stage_at
from gateway.ledger.values import Reason, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import ColumnElement, Connection, Row

    from gateway.ledger.values import BlockRef

_T: Final = TRANSFERS.c
_MANY: Final = 500


class _Set(NamedTuple):
    """The last status that was set."""

    status: Status
    reason: Reason
    since: int
    successor: bytes | None


def of_flagged(connection: Connection, block: BlockRef) -> Iterator[Finding]:
    """One finding a transfer that was accepted and is flagged."""
    accepted = (_T.requested_block <= block.number, stage_at(block.number) == int(Stage.ACCEPTED))
    changed = select(REGISTRY.c.about).where(REGISTRY.c.name == "LeafStatusSet", REGISTRY.c.block <= block.number)
    query = select(TRANSFERS).where(*accepted, _T.leaf.in_(changed))
    rows = connection.execute(query).all()
    statuses = _statuses(connection, block, {row.leaf for row in rows})
    for row in rows:
        found = _of_leaf(row, statuses)
        if found is not None:
            yield found
    yield from _of_batches(connection, block, accepted)


def _of_leaf(row: Row[Any], statuses: dict[bytes, _Set]) -> Finding | None:
    own = statuses[row.leaf]
    if own.reason is not Reason.SUPERSEDED:
        return _finding("transfer.flagged.credential", row, own) if own.status is not Status.VALID else None
    seen, leaf = {row.leaf}, own.successor
    while leaf is not None and leaf not in seen:
        seen.add(leaf)
        last = statuses.get(leaf)
        if last is None or last.status is Status.VALID:
            return None
        if last.reason is not Reason.SUPERSEDED:
            return _finding("transfer.flagged.successor", row, last, ("credential", hex0x(leaf)))
        leaf = last.successor
    return None


def _of_batches(
    connection: Connection, block: BlockRef, accepted: tuple[ColumnElement[bool], ...]
) -> Iterator[Finding]:
    query = (
        select(REGISTRY)
        .where(REGISTRY.c.name == "BatchStatusSet", REGISTRY.c.block <= block.number)
        .order_by(REGISTRY.c.block, REGISTRY.c.log_index)
    )
    last: dict[tuple[str, bytes], _Set] = {}
    for event in connection.execute(query):
        told = orjson.loads(event.fields)
        institution = institution_text(bytes.fromhex(told["institution"][2:]))
        last[institution, event.about] = _set(told, event.happened_at, None)
    for (institution, root), own in sorted(last.items()):
        if own.status is Status.VALID:
            continue
        mine = select(TRANSFERS).where(_T.institution == institution, _T.root == root, *accepted)
        for row in connection.execute(mine):
            yield _finding("transfer.flagged.batch", row, own, ("batch", hex0x(root)))


def _statuses(connection: Connection, block: BlockRef, leaves: Iterable[bytes]) -> dict[bytes, _Set]:
    """The last status of leaves, and of those that took their places, to the end."""
    found: dict[bytes, _Set] = {}
    todo = sorted(leaves)
    while todo:
        part, todo = todo[:_MANY], todo[_MANY:]
        query = (
            select(REGISTRY)
            .where(REGISTRY.c.about.in_(part), REGISTRY.c.name == "LeafStatusSet", REGISTRY.c.block <= block.number)
            .order_by(REGISTRY.c.block, REGISTRY.c.log_index)
        )
        for event in connection.execute(query):
            found[event.about] = _set(orjson.loads(event.fields), event.happened_at, event.successor)
        further = {found[leaf].successor for leaf in part if leaf in found} - {None} - set(found) - set(todo)
        todo += sorted(leaf for leaf in further if leaf is not None)
    return found


def _set(told: dict[str, Any], since: int, successor: bytes | None) -> _Set:
    return _Set(Status(told["status"]), Reason(told["reason"]), since, successor)


def _finding(code: str, row: Row[Any], own: _Set, *more: tuple[str, str]) -> Finding:
    status_zh, status = status_words(own.status)
    reason_zh, reason = reason_words(own.reason)
    said = {
        "transfer": name_of(row),
        "awarded": credits_json(row.awarded),
        "status": status,
        "status_zh": status_zh,
        "reason": reason,
        "reason_zh": reason_zh,
    }
    severity = Severity.ALARM if own.status is Status.REVOKED else Severity.WARNING
    refs = (("transfer", name_of(row)), ("credential", hex0x(row.leaf)), ("institution", row.target_institution), *more)
    return Finding(code, severity, said, refs, own.since)
