"""What became of the transactions that were sent: mined, final, refused, lost with a block, or never to be mined."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import func, select, update

from gateway.ledger.code_book import Meanings
from gateway.ledger.outbox import OUTBOX
from gateway.ledger.receipts import receipts
from gateway.ledger.refusals import REVERTED_SILENTLY, refusal
from gateway.ledger.settlement import Endings, change
from gateway.ledger.succession import redirected
from gateway.ledger.transactions import replay
from gateway.store.models import OutboxState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row

    from gateway.ledger.calls import ChainCalls
    from gateway.ledger.receipts import Receipt
    from gateway.ledger.refusals import Refusal
    from gateway.ledger.transactions import ChainState
    from gateway.store.engine import Database

_ENDED = (OutboxState.MINED, OutboxState.FINAL, OutboxState.FAILED)
_TRIES = 3
"""How often an entry is signed again with a new estimate after it ran out of gas."""

NONCE_TAKEN_SECONDS = 10.0
"""How long a mined nonce may lack a receipt before it is believed to be another transaction's: nodes show an account's
new nonce a moment before the receipts, and to sign anew by mistake is to do a thing twice."""

log = structlog.get_logger(__name__)


class Follower:
    """Follows the transactions of one sender by their receipts."""

    def __init__(self, database: Database, calls: ChainCalls, sender: bytes, endings: Endings) -> None:
        """Follow what `sender` (20 bytes) sent."""
        self._database = database
        self._calls = calls
        self._sender = sender
        self._endings = endings
        self._meanings = Meanings(database)
        self._overtaken: dict[int, float] = {}  # entry → since when the final nonce lies beyond its own
        self._head = b""  # the newest block when everything that was mined was last looked at

    def reopen(self, state: ChainState) -> None:
        """Take back ends that the chain no longer knows: its next nonce lies before one that it had mined.

        A development chain that is killed loses its last second; the same transactions are then sent once more.
        """
        lost = (
            OUTBOX.c.sender == self._sender,
            OUTBOX.c.nonce >= state.next_nonce,
            OUTBOX.c.raw_tx.is_not(None),
            OUTBOX.c.state.in_(_ENDED),
        )
        with self._database.read() as connection:
            if not connection.execute(select(func.count()).where(*lost)).scalar_one():
                return
        with self._database.write() as connection:
            taken_back = connection.execute(
                update(OUTBOX).where(*lost).values(state=OutboxState.SENT, block=None, error=None)
            ).rowcount
        log.warning("outbox.chain_lost_blocks", transactions=taken_back, next_nonce=state.next_nonce)

    def follow(self, state: ChainState) -> int:
        """Read the receipts that may say something new, record what they say, and return how many were read.

        Raises:
            ChainUnavailable: no answer; nothing was changed.
        """
        rows = self._worth_asking(state)
        if not rows:
            self._head = state.head
            return 0
        found = list(zip(rows, receipts(self._calls, [row.tx_hash for row in rows]), strict=True))
        overtaken = {row.id for row, receipt in found if receipt is None and row.nonce < state.final_nonce}
        now = time.monotonic()
        self._overtaken = {number: self._overtaken.get(number, now) for number in overtaken}
        ended = [(row, receipt) for row, receipt in found if receipt is not None and receipt.block <= state.final]
        refused = {row.id: self._why(row, receipt) for row, receipt in ended if not receipt.succeeded}
        adopted = {row.id: self._endings.adopt(row) for row, _ in ended if row.id in refused}
        lost = [row for row, _ in ended if row.id in refused and adopted[row.id] is None]
        moved = redirected(self._calls, [(row, refused[row.id]) for row in lost])
        with self._database.write() as connection:
            for row, receipt in found:
                if receipt is None:
                    self._without_receipt(connection, row)
                elif receipt.block > state.final:
                    change(connection, row.id, state=OutboxState.MINED, block=receipt.block)
                elif (elsewhere := moved.get(row.id)) is not None:
                    # Its nonce is spent on a refusal, finally: nothing was done, so it is done at the successor.
                    self._queue_again(connection, row, **elsewhere)
                elif refused.get(row.id) is REVERTED_SILENTLY and row.attempts < _TRIES and adopted[row.id] is None:
                    # Most likely what it does grew since its gas was estimated: estimate again.
                    self._queue_again(connection, row)
                else:
                    self._endings.record(connection, row, receipt.block, refused.get(row.id), adopted.get(row.id))
        self._head = state.head
        return sum(receipt is not None for _, receipt in found)

    def _worth_asking(self, state: ChainState) -> Sequence[Row[Any]]:
        """What was sent and whose nonce the chain has used, what was mined and may be final, and what was moved.

        A block of a thousand transactions is not asked about transaction by transaction until it is final: meanwhile,
        at every new head, one of them stands for all.
        """
        asked = (OUTBOX.c.state == OutboxState.SENT) & (OUTBOX.c.nonce < state.next_nonce)
        asked |= (OUTBOX.c.state == OutboxState.MINED) & (OUTBOX.c.block <= state.final)
        if state.head != self._head:
            moved = self._moved_blocks(state)
            asked |= (OUTBOX.c.state == OutboxState.MINED) & OUTBOX.c.block.in_(moved)
        query = select(OUTBOX).where(OUTBOX.c.sender == self._sender, asked).order_by(OUTBOX.c.nonce)
        with self._database.read() as connection:
            return connection.execute(query).all()

    def _moved_blocks(self, state: ChainState) -> list[int]:
        """Blocks, not final yet, whose transactions the chain now has elsewhere or nowhere."""
        mined = (OUTBOX.c.sender == self._sender, OUTBOX.c.state == OutboxState.MINED, OUTBOX.c.block > state.final)
        last = select(func.max(OUTBOX.c.id)).where(*mined).group_by(OUTBOX.c.block)
        with self._database.read() as connection:
            rows = connection.execute(select(OUTBOX.c.block, OUTBOX.c.tx_hash).where(OUTBOX.c.id.in_(last))).all()
        found = receipts(self._calls, [row.tx_hash for row in rows]) if rows else []
        return [row.block for row, now in zip(rows, found, strict=True) if now is None or now.block != row.block]

    def _without_receipt(self, connection: Connection, row: Row[Any]) -> None:
        since = self._overtaken.get(row.id)
        if since is not None and time.monotonic() - since >= NONCE_TAKEN_SECONDS:
            # The final chain has used this nonce, and not for this transaction: it can never be mined. Sign anew.
            log.warning("outbox.nonce_taken", id=row.id, nonce=row.nonce)
            self._queue_again(connection, row)
        elif row.state is OutboxState.MINED and since is None:
            log.warning("outbox.reorganised", id=row.id, nonce=row.nonce)
            change(connection, row.id, state=OutboxState.SENT, block=None)

    def _queue_again(self, connection: Connection, row: Row[Any], **values: object) -> None:
        fresh = {"nonce": None, "raw_tx": None, "tx_hash": None, "block": None, "error": None}
        change(connection, row.id, state=OutboxState.QUEUED, **fresh, **values)

    def _why(self, row: Row[Any], receipt: Receipt) -> Refusal:
        revert = replay(self._calls, "0x" + self._sender.hex(), row.target, row.call, receipt.block)
        return REVERTED_SILENTLY if revert is None else refusal(revert, self._meanings)
