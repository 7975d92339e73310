"""What becomes of a transaction whose contract was succeeded before it was mined: it goes to the successor, once.

A contract that was succeeded by motion refuses every write (`Superseded`), so a transaction that was built for it and
comes late did nothing. Most calldata says the same to the successor, which continues the records. Calldata that is
bound to one contract (an approval is signed for it, EIP-712) goes on only where it was made for the successor too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson
import structlog

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Row

    from gateway.ledger.calls import ChainCalls
    from gateway.ledger.refusals import Refusal

BOUND: Final = "calls"
"""In a payload: the calldata is bound to its target, and this is what it is for others (hex address → hex calldata)."""

log = structlog.get_logger(__name__)


def bound_to(calls: Mapping[bytes, bytes]) -> dict[str, dict[str, str]]:
    """Return what a payload says of bound calldata: `calls` is calldata by the other contracts (20 bytes)."""
    return {BOUND: {target.hex(): call.hex() for target, call in calls.items()}}


def redirected(calls: ChainCalls, refused: Sequence[tuple[Row[Any], Refusal]]) -> dict[int, dict[str, Any]]:
    """Return by entry the columns with which it goes to the successor of its contract; without those that cannot.

    The successor is the one that the contract's refusal names, if the Directory lists it after the entry's own target:
    so an entry only ever moves on, and at most as often as there are successions.

    Raises:
        ChainUnavailable: the Directory does not answer.
    """
    late = [(row, why.successor) for row, why in refused if why.successor is not None]
    if not late:
        return {}
    listing = calls.listing()
    moved = {}
    for row, successor in late:
        columns = _at_successor(row, successor) if listing.follows(successor, "0x" + row.target.hex()) else None
        if columns is not None:
            log.info("outbox.redirected", id=row.id, kind=row.kind, successor=successor)
            moved[row.id] = columns
    return moved


def _at_successor(row: Row[Any], successor: str) -> dict[str, Any] | None:
    target = bytes.fromhex(successor[2:])
    payload = orjson.loads(row.payload)
    call = row.call
    if BOUND in payload:
        bound = payload[BOUND].get(target.hex())
        if bound is None:
            return None
        call = bytes.fromhex(bound)
    payload.pop("gas", None)  # was planned for a contract that need not ask its predecessor
    return {"target": target, "call": call, "payload": orjson.dumps(payload)}
