"""The indexer: follows the events of all provinces, takes in their manifests, attests what it checked. Resumable.

    indexer = Indexer(database, calls, ManifestIngest(database, library, leaves), leaves, attester)
    indexer.advance()       # one round: up to the newest final block
    indexer.run(stop)       # a server's thread

A stretch of events is written only after the heads that the contracts store at its last block agree with it, in the one
transaction that moves the cursor: whatever the moment of a kill, the next round goes on from there. Only final blocks
are read. Should the engine break that promise (a development chain that is killed loses its last second), the cache is
made again from its beginning: decision 0060.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from filelock import FileLock

from gateway.domain.errors import Said
from gateway.ledger import index_state
from gateway.ledger.errors import ChainUnavailable, HeadMismatch
from gateway.ledger.events import SPAN, EventSource, TimedEvent
from gateway.ledger.projection import project

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from threading import Event

    from gateway.ledger.attesting import Attester
    from gateway.ledger.calls import ChainCalls
    from gateway.ledger.manifests import Ingested, ManifestIngest
    from gateway.ledger.values import BlockRef
    from gateway.store.engine import Database
    from gateway.store.leaves import LeafIndex

STRETCH = 50_000
"""Events held in memory at most before they are checked and written."""
_LONGEST_PAUSE = 30.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Advance:
    """What one round did: the block it reached, events read, manifests taken in, batches queued for attestation."""

    block: BlockRef | None
    events: int
    manifests: Ingested
    attesting: int
    rebuilt: bool = False

    @property
    def idle(self) -> bool:
        """Tell whether nothing new was found."""
        return not (self.events or self.manifests.held or self.attesting or self.rebuilt)


class Indexer:
    """Keeps one gateway's index. One at a time works on it; a file lock makes others wait."""

    def __init__(
        self,
        database: Database,
        calls: ChainCalls,
        manifests: ManifestIngest,
        leaves: LeafIndex,
        *,
        locks: Path,
        attester: Attester | None = None,
        after: Callable[[], object] | None = None,
    ) -> None:
        """Index into `database` and `leaves`. Without an `attester` nothing is attested.

        A server calls `after` once a round is through: for work that waits until something is indexed.
        """
        self._after = after
        self._database = database
        self._calls = calls
        self._manifests = manifests
        self._leaves = leaves
        self._attester = attester
        self._source = EventSource(calls)
        self._agreed = False
        locks.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(locks / "indexer.lock")

    def advance(self) -> Advance:
        """Read up to the newest final block, take in the manifests that can be had, and queue attestations.

        Raises:
            ChainUnavailable: no answer; the index stays as it was.
            HeadMismatch: the node left out or altered events; the index stays at the last block that agreed.
        """
        with self._lock:
            if not self._agreed:
                index_state.complete_transfers(self._database)
                self._agreed = index_state.reconcile(self._database, self._leaves) or True
            rebuilt = self._leave_dead_branch()
            events = self._follow()
            taken_in = self._manifests.run()
            with self._database.read() as connection:
                block = index_state.cursor(connection)
            attesting = self._attester.run(block.number) if self._attester is not None and block is not None else 0
        return Advance(block, events, taken_in, attesting, rebuilt)

    def rebuild(self) -> Advance:
        """Empty the index and make it again from the chain and the manifests; the answers are the same.

        Raises:
            ChainUnavailable: no answer; the index is then incomplete and says so.
            HeadMismatch: as `advance`.
        """
        with self._lock:
            self._calls.final_block()  # a chain that does not answer must not cost the index
            index_state.empty(self._database, self._leaves)
            self._manifests.hurry()
            return self.advance()

    def run(self, stop: Event, poll: float = 0.5) -> None:
        """Advance until `stop` is set; outlasts an unreachable chain and a lying node, and says so in the log.

        Whatever else goes wrong (a full disk, say) is said as well and tried again: a gateway that serves an index
        which nobody follows any more would answer "cannot check" for ever.
        """
        pause = poll
        while not stop.is_set():
            try:
                done = self.advance()
                if self._after is not None:
                    self._after()
                pause = poll
                if not done.idle:
                    log.info("index.advanced", block=done.block and done.block.number, events=done.events)
            except (ChainUnavailable, HeadMismatch) as error:
                pause = min(pause * 2, _LONGEST_PAUSE)
                log.warning("index.cannot_advance", why=str(error), code=error.code)
            except Exception:
                pause = min(pause * 2, _LONGEST_PAUSE)
                log.exception("index.stumbled")
            stop.wait(pause)

    def _leave_dead_branch(self) -> bool:
        """Start again where the chain no longer holds the block that the index stands at."""
        with self._database.read() as connection:
            at = index_state.cursor(connection)
        if at is None:
            return False
        found = self._calls.block(at.number)
        if found is None or found.hash == at.hash:
            return False  # a node that lags behind is waited for
        log.warning("index.reorganised", block=at.number)
        index_state.empty(self._database, self._leaves)
        return True

    def _follow(self) -> int:
        final = self._calls.final_block()
        read = 0
        while True:
            with self._database.read() as connection:
                at = index_state.cursor(connection)
            first = self._calls.deployment.block if at is None else at.number + 1
            if first > final.number:
                if at is not None and at.number == final.number:
                    index_state.confirm(self._database, int(time.time()))
                return read
            read += self._stretch(first, final)

    def _stretch(self, first: int, final: BlockRef) -> int:
        """Read, check and write from block `first` to the final one, or as far as memory should hold."""
        contracts = self._source.contracts(final)
        events: list[TimedEvent] = []
        last = first - 1
        while last < final.number and len(events) < STRETCH:
            start, last = last + 1, min(last + SPAN, final.number)
            events += self._source.read(contracts, start, last)
        end = final if last == final.number else self._calls.block(last)
        if end is None:
            raise ChainUnavailable(Said(f"区块 {last} 已不存在", f"block {last} is gone"))
        with self._database.read() as connection:
            heads = index_state.load_heads(connection, self._calls.deployment.chain_id, contracts)
        heads.fold(events)
        heads.check(self._calls, self._calls.deployment.provinces, end)
        began = time.monotonic()
        with self._database.write(durable=False) as connection:
            project(connection, events)
            index_state.save_heads(connection, heads)
            index_state.move_cursor(connection, self._calls.deployment.chain_id, end)
        log.debug("index.stretch", first=first, last=last, events=len(events), seconds=time.monotonic() - began)
        return len(events)
