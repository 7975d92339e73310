"""Sending: queued entries are tried, signed, kept and sent; what got lost on the way is sent again, byte for byte."""

from __future__ import annotations

import time
from itertools import count
from typing import TYPE_CHECKING, Any

import orjson
import structlog
from sqlalchemy import bindparam, func, select, update

from gateway.ledger import checkpoints
from gateway.ledger.code_book import Meanings
from gateway.ledger.estimating import Estimator, Wanted
from gateway.ledger.outbox import OUTBOX
from gateway.ledger.refusals import NODE_OBJECTS, TOO_LARGE, Disposition, refusal
from gateway.ledger.settlement import Endings, change
from gateway.ledger.succession import redirected
from gateway.ledger.transactions import send, sign
from gateway.store.models import OutboxState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eth_account.signers.local import LocalAccount
    from sqlalchemy import Column, Connection, Row

    from gateway.ledger.calls import ChainCalls
    from gateway.ledger.code_book import Labels
    from gateway.ledger.estimating import Estimate
    from gateway.ledger.refusals import Refusal
    from gateway.ledger.transactions import ChainState
    from gateway.store.engine import Database

WINDOW = 4_096
"""Transactions on their way at a time: two blocks of anchors, one being sealed while the next one fills, and what the
pools of nodes are told to take of one sender (node/engines). A node that objects gets the rest later."""
TOGETHER = 128
"""Transactions that are tried, signed, kept and sent at a time: the chain has work while the next ones are tried."""
RESEND_SECONDS = 5.0
"""How long nothing of ours may be mined before the same bytes are sent again: what only waits its turn is not lost."""
WAIT_SECONDS = 30
"""How long a refusal that time mends (a daily quota, a pause) rests before it is tried again."""

log = structlog.get_logger(__name__)


class Dispatcher:
    """Sends the entries of one account."""

    def __init__(
        self,
        database: Database,
        calls: ChainCalls,
        account: LocalAccount,
        endings: Endings,
        reached: checkpoints.Reached,
    ) -> None:
        """Send as `account`; `reached` hears of the moments at which a kill would hurt most."""
        self._database = database
        self._calls = calls
        self._account = account
        self._sender = bytes.fromhex(account.address[2:])
        self._endings = endings
        self._meanings = Meanings(database)
        self._reached = reached
        self._estimate = Estimator(calls, account.address)
        self._sent_at: dict[int, float] = {}
        self._next = -1  # the chain's next nonce as last seen, and since when it is that
        self._moved_at = 0.0

    def resend(self, state: ChainState) -> None:
        """Send again what has had no receipt for a while; after a start, everything that is on its way.

        Raises:
            ChainUnavailable: no answer.
        """
        now = time.monotonic()
        if state.next_nonce != self._next:
            self._next, self._moved_at = state.next_nonce, now
        on_their_way = [row.id for row in self._on_their_way(OUTBOX.c.id)]
        self._sent_at = {number: self._sent_at[number] for number in on_their_way if number in self._sent_at}
        late = {number for number in on_their_way if number not in self._sent_at}
        if now - self._moved_at >= RESEND_SECONDS:
            late.update(number for number, sent_at in self._sent_at.items() if now - sent_at >= RESEND_SECONDS)
        if late:
            rows = self._on_their_way(OUTBOX.c.id, OUTBOX.c.raw_tx)
            self._send([(row.id, row.raw_tx) for row in rows if row.id in late])

    def dispatch(self, state: ChainState) -> None:
        """Send queued entries, as many as there is room for.

        Raises:
            ChainUnavailable: no answer; what was signed is kept and will be sent by `resend`.
        """
        room = WINDOW - len(self._on_their_way(OUTBOX.c.id))
        rows = self._due(room) if room > 0 else []
        for start in range(0, len(rows), TOGETHER):
            self._dispatch(rows[start : start + TOGETHER], state)

    def _dispatch(self, rows: Sequence[Row[Any]], state: ChainState) -> None:
        tried = self._estimate(
            [Wanted(row.target, row.call, orjson.loads(row.payload).get("gas"), row.attempts > 0) for row in rows]
        )
        verdicts = [_refusal_of(found, self._meanings) for found in tried]
        self._refuse([(row, why) for row, why in zip(rows, verdicts, strict=True) if why is not None])
        ready = [
            (row, min(found.gas, state.gas_limit))
            for row, found, why in zip(rows, tried, verdicts, strict=True)
            if why is None
        ]
        self._send(self._store(ready, state))

    def _on_their_way(self, *columns: Column[Any]) -> Sequence[Row[Any]]:
        """What was sent and is not known to be mined, in ascending order of nonce."""
        query = select(*columns).where(OUTBOX.c.sender == self._sender, OUTBOX.c.state == OutboxState.SENT)
        with self._database.read() as connection:
            return connection.execute(query.order_by(OUTBOX.c.nonce)).all()

    def _due(self, room: int) -> Sequence[Row[Any]]:
        """Queued entries, oldest first, but for those that were told to wait a moment ago."""
        rested = int(time.time()) - WAIT_SECONDS
        query = select(OUTBOX).where(
            OUTBOX.c.sender == self._sender,
            OUTBOX.c.state == OutboxState.QUEUED,
            OUTBOX.c.error.is_(None) | (OUTBOX.c.updated_at <= rested),
        )
        with self._database.read() as connection:
            return connection.execute(query.order_by(OUTBOX.c.id).limit(room)).all()

    def _refuse(self, refused: Sequence[tuple[Row[Any], Refusal]]) -> None:
        if not refused:
            return
        adopted = {row.id: self._endings.adopt(row) for row, _ in refused}
        moved = redirected(self._calls, [(row, why) for row, why in refused if adopted[row.id] is None])
        with self._database.write() as connection:
            still = _still_queued(connection, [row for row, _ in refused])
            for row, why in refused:
                if row.id not in still:
                    continue
                elsewhere = moved.get(row.id)
                if elsewhere is not None:
                    change(connection, row.id, error=None, **elsewhere)  # still queued: the next round tries it there
                elif why.disposition is Disposition.WAIT and adopted[row.id] is None:
                    change(connection, row.id, error=why.to_text())
                else:
                    self._endings.record(connection, row, None, why, adopted[row.id])

    def _store(self, ready: Sequence[tuple[Row[Any], int]], state: ChainState) -> list[tuple[int, bytes]]:
        """Sign, and commit nonce and bytes: from here on the transaction exists, sent or not.

        Under the database's write lock, and only what is still queued: should somebody else have sent it meanwhile (a
        copy of this gateway on another machine, over the same database), it is not signed a second time.
        """
        if not ready:
            return []
        chain_id = self._calls.deployment.chain_id
        statement = (
            update(OUTBOX)
            .where(OUTBOX.c.id == bindparam("entry"))
            .values(
                state=OutboxState.SENT,
                attempts=OUTBOX.c.attempts + 1,
                error=None,
                nonce=bindparam("new_nonce"),
                raw_tx=bindparam("raw"),
                tx_hash=bindparam("digest"),
                updated_at=int(time.time()),
            )
        )
        with self._database.write() as connection:
            still = _still_queued(connection, [row for row, _ in ready])
            nonces = count(self._next_nonce(connection, state))
            signed = [
                (row.id, sign(self._account, chain_id, next(nonces), row.target, row.call, gas))
                for row, gas in ready
                if row.id in still
            ]
            if not signed:
                return []
            connection.execute(
                statement,
                [{"entry": number, "new_nonce": tx.nonce, "raw": tx.raw, "digest": tx.hash} for number, tx in signed],
            )
        self._reached(checkpoints.OUTBOX_STORED)
        return [(number, tx.raw) for number, tx in signed]

    def _next_nonce(self, connection: Connection, state: ChainState) -> int:
        """The chain's, or the one after the highest that is on its way."""
        query = select(func.max(OUTBOX.c.nonce)).where(OUTBOX.c.sender == self._sender)
        highest = connection.execute(query).scalar_one()
        return state.next_nonce if highest is None else max(state.next_nonce, highest + 1)

    def _send(self, transactions: Sequence[tuple[int, bytes]]) -> None:
        if not transactions:
            return
        objections = send(self._calls, [raw for _, raw in transactions])
        now = time.monotonic()
        self._sent_at.update((number, now) for number, _ in transactions)
        objected = [(number, why) for (number, _), why in zip(transactions, objections, strict=True) if why]
        if objected:
            log.warning("outbox.objected", transactions=len(objected), first=objected[0][1])
            with self._database.write() as connection:
                for number, why in objected:
                    change(connection, number, error=NODE_OBJECTS.because(why).to_text())
        self._reached(checkpoints.OUTBOX_SENT)


def _still_queued(connection: Connection, rows: Sequence[Row[Any]]) -> set[int]:
    """Those that nobody else has sent, or refused, since they were read; nobody does while the caller writes."""
    ids = [row.id for row in rows]
    query = select(OUTBOX.c.id).where(OUTBOX.c.id.in_(ids), OUTBOX.c.state == OutboxState.QUEUED)
    return set(connection.execute(query).scalars())


def _refusal_of(found: Estimate, meanings: Labels) -> Refusal | None:
    if found.too_large:
        return TOO_LARGE
    if found.revert is not None:
        return refusal(found.revert, meanings)
    return NODE_OBJECTS.because(found.trouble) if found.trouble else None
