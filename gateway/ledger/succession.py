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
    from collections.abc import Mapping

    from sqlalchemy import Row

    from gateway.ledger.calls import ChainCalls
    from gateway.ledger.refusals import Refusal

BOUND: Final = "calls"
"""In a payload: the calldata is bound to its target, and this is what it is for others (hex address → hex calldata)."""

log = structlog.get_logger(__name__)


def bound_to(calls: Mapping[bytes, bytes]) -> dict[str, dict[str, str]]:
    """Return what a payload says of bound calldata: `calls` is calldata by the other contracts (20 bytes)."""
    return {BOUND: {target.hex(): call.hex() for target, call in calls.items()}}


def redirected(calls: ChainCalls, row: Row[Any], why: Refusal) -> dict[str, Any] | None:
    """Return the columns with which an entry goes to the successor of its contract; None where it cannot.

    The successor is the one that the contract's refusal names, if the Directory lists it after the entry's own target:
    so an entry only ever moves on, and at most as often as there are successions.

    Raises:
        ChainUnavailable: the Directory does not answer.
    """
    if why.successor is None or row.target is None:
        return None
    successor = bytes.fromhex(why.successor[2:])
    if not calls.listing().follows(why.successor, "0x" + row.target.hex()):
        return None
    payload = orjson.loads(row.payload)
    call = row.call
    if BOUND in payload:
        bound = payload[BOUND].get(successor.hex())
        if bound is None:
            return None
        call = bytes.fromhex(bound)
    payload.pop("gas", None)  # was planned for a contract that need not ask its predecessor
    log.info("outbox.redirected", id=row.id, kind=row.kind, successor=why.successor)
    return {"target": successor, "call": call, "payload": orjson.dumps(payload)}
