"""The one that sends: it owns the nonces of one key and moves the outbox's entries to their end, exactly once.

    sender = Sender(database, calls, account, locks=folder, endings=Endings({"anchor": anchored}))
    sender.settle(ids, seconds=60)          # a command that waits
    sender.run(stop)                        # a server's thread

Why exactly once survives a kill at any point: an entry gets its nonce and its signed bytes in one commit BEFORE
anything is sent, so after a restart the very same transaction is sent again, and a chain mines a nonce once. An entry
is signed anew only where the final chain shows that its nonce went to another transaction. And what was done already,
by a transaction this outbox does not know (a restored backup), is recognised by what the contract says, not repeated.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog
from filelock import FileLock, Timeout

from gateway.ledger import checkpoints
from gateway.ledger.dispatch import Dispatcher
from gateway.ledger.errors import ChainUnavailable, NotSettled, SenderBusy
from gateway.ledger.following import Follower
from gateway.ledger.outbox import submissions, unsettled
from gateway.ledger.settlement import Endings
from gateway.ledger.transactions import chain_state

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from threading import Event

    from eth_account.signers.local import LocalAccount

    from gateway.ledger.calls import ChainCalls
    from gateway.ledger.outbox import Submission
    from gateway.store.engine import Database

_TURN_SECONDS = 1.0  # between looks whether another process has stopped sending
_LONGEST_PAUSE = 30.0  # between tries of an unreachable chain

log = structlog.get_logger(__name__)


class Sender:
    """Sends what the outbox holds for one account. One per key: a file lock keeps other processes out."""

    def __init__(
        self,
        database: Database,
        calls: ChainCalls,
        account: LocalAccount,
        *,
        locks: Path,
        endings: Endings | None = None,
        before: Callable[[], object] = lambda: None,
        reached: checkpoints.Reached = checkpoints.nothing,
    ) -> None:
        """Send as `account`. `locks` is a folder that all processes of this gateway share.

        `before` is called at the beginning of each round; what it raises puts the round off.
        """
        self.address = bytes.fromhex(account.address[2:])
        self._database = database
        self._calls = calls
        self._before = before
        self._reached = reached
        ends = endings or Endings()
        self._follower = Follower(database, calls, self.address, ends)
        self._dispatcher = Dispatcher(database, calls, account, ends, reached)
        locks.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(locks / f"sender-{self.address.hex()}.lock")

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the right to send with this key.

        Raises:
            SenderBusy: another process holds it.
        """
        try:
            with self._lock.acquire(timeout=0):
                yield
        except Timeout as error:
            raise SenderBusy("0x" + self.address.hex()) from error

    def step(self) -> None:
        """Do one round: read what became of what was sent, send again what got lost, send what is queued.

        Raises:
            ChainUnavailable: no answer; nothing was lost, the next round goes on.
        """
        self._before()
        state = chain_state(self._calls, "0x" + self.address.hex())
        self._follower.reopen(state)
        if self._follower.follow(state):
            self._reached(checkpoints.OUTBOX_MINED)
        self._dispatcher.resend(state)
        self._dispatcher.dispatch(state)

    def run(self, stop: Event, poll: float = 0.25) -> None:
        """Send until `stop` is set. Waits for its turn where another process sends, outlasts an unreachable chain.

        Whatever else goes wrong (a full disk, say) is logged and tried again: the outbox keeps what was not sent.
        That another process sends is said once: the operator may have started a second gateway unawares.
        """
        pause = poll
        told = False
        while not stop.is_set():
            try:
                with self.alone():
                    while not stop.is_set():
                        self.step()
                        pause = poll
                        stop.wait(poll)
            except SenderBusy as error:
                if not told:
                    log.warning("outbox.another_sends", why=str(error))
                told = True
                stop.wait(_TURN_SECONDS)
            except ChainUnavailable as error:
                log.warning("outbox.chain_unavailable", why=str(error))
                pause = min(pause * 2, _LONGEST_PAUSE)
                stop.wait(pause)
            except Exception:
                log.exception("outbox.stumbled")
                pause = min(pause * 2, _LONGEST_PAUSE)
                stop.wait(pause)

    def settle(self, ids: Iterable[int], seconds: float, poll: float = 0.1) -> list[Submission]:
        """Send until the entries `ids` are final or failed, and return them; where another process sends, watch it.

        Raises:
            NotSettled: they were not within `seconds`; they stay in the outbox.
            ChainUnavailable: no answer within `seconds`.
        """
        wanted = list(ids)
        deadline = time.monotonic() + seconds
        while True:
            try:
                with self.alone():
                    self.step()
            except SenderBusy:
                pass  # the other process sends what is ours too
            except ChainUnavailable:
                if time.monotonic() >= deadline:
                    raise
            with self._database.read() as connection:
                waiting = unsettled(connection, wanted)
                if not waiting:
                    return submissions(connection, wanted)
            if time.monotonic() >= deadline:
                raise NotSettled(waiting, seconds=seconds)
            time.sleep(poll)
