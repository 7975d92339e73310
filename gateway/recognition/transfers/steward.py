"""What a serving gateway does for transfers by itself: fetch the letters that have come, expire what nobody decided.

    Expiry(...).queue()                 # one round; also `huren transfer expire`
    Steward(inbox_letters, expiry).run(stop)

Several gateways may sweep one pair: the contract lets the first through, and to the others it is done (`DoneAlready`).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import structlog

from gateway.domain.errors import HurenError
from gateway.ledger.outbox import enqueue
from gateway.recognition.transfers.chain import request_of
from gateway.recognition.transfers.request import expiry as expiry_intent
from gateway.recognition.transfers.values import TransferStanding
from node.client.errors import NodeError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from threading import Event

    from gateway.ledger.transfer_rows import TransferRow, TransferRows
    from gateway.recognition.letters.box import LetterBox
    from gateway.recognition.transfers.chain import TransferBook
    from gateway.recognition.transfers.values import Ref, Request
    from gateway.store.engine import Database

FETCH_SECONDS: Final = 5.0
SWEEP_SECONDS: Final = 60.0
_LONGEST_REST: Final = 600.0
"""How long a letter that nobody gives is not asked for again, at most."""

log = structlog.get_logger(__name__)


class Expiry:
    """Sends back requests of a province's own pairs that nobody decided in time."""

    def __init__(
        self,
        database: Database,
        province: int,
        book: Callable[[], TransferBook],
        rows: TransferRows,
        operator: Callable[[], bytes],
        ledger: Callable[[], bytes],
    ) -> None:
        """Queue for ``operator`` (20 bytes), at the TransferLedger ``ledger`` (20 bytes)."""
        self._database = database
        self._province = province
        self._book = book
        self._rows = rows
        self._operator = operator
        self._ledger = ledger

    def due(self) -> list[Request]:
        """What is overdue now, the longest first.

        Raises:
            ChainUnavailable: no answer.
        """
        book = self._book()
        late = [request_of(row) for row in self._late(book.block.time)]
        states = book.states(late) if late else []
        return [one for one, state in zip(late, states, strict=True) if state.standing is TransferStanding.OVERDUE]

    def queue(self, refs: Sequence[Ref] | None = None) -> dict[str, int]:
        """Queue the expiry of what is due, or of those among ``refs``; return the outbox's entries by transfer.

        Raises:
            ChainUnavailable: no answer.
        """
        due = [one for one in self.due() if refs is None or one.ref in refs]
        if not due:
            return {}
        target = self._ledger()
        intents = [expiry_intent(one, target) for one in due]
        with self._database.write() as connection:
            entries = enqueue(connection, self._operator(), intents, now=int(time.time()))
        return {str(one.ref): entry for one, entry in zip(due, entries, strict=True)}

    def _late(self, now: int) -> list[TransferRow]:
        return [row for row in self._rows.undecided() if row.deadline <= now and self._province in row.key[:2]]


class Steward:
    """The rounds of a server; whatever goes wrong is said in the log and tried again."""

    def __init__(self, province: int, rows: TransferRows, letters: LetterBox, expiry: Expiry | None) -> None:
        """Fetch letters to ``province``; sweep by ``expiry``, None: never."""
        self._province = province
        self._rows = rows
        self._letters = letters
        self._expiry = expiry
        self._rests: dict[bytes, tuple[float, float]] = {}
        """By letter, until when it is not asked for, and how long it rested."""

    def run(self, stop: Event) -> None:
        """Work until ``stop`` is set."""
        swept = -SWEEP_SECONDS
        while not stop.is_set():
            try:
                self.fetch()
                if self._expiry is not None and time.monotonic() - swept >= SWEEP_SECONDS:
                    swept = time.monotonic()
                    queued = self._expiry.queue()
                    if queued:
                        log.info("transfers.expiring", transfers=len(queued))
            except (HurenError, NodeError) as error:
                log.warning("transfers.round", why=str(error))
            except Exception:
                log.exception("transfers.stumbled")
            stop.wait(FETCH_SECONDS)

    def fetch(self) -> int:
        """Fetch letters of requests that wait here; return how many came."""
        now = time.monotonic()
        waiting = [row.consent for row in self._rows.undecided() if row.target == self._province]
        wanted = [one for one in self._letters.lacking(waiting) if self._rests.get(one, (now, 0.0))[0] <= now]
        if not wanted:
            return 0
        failed = self._letters.fetch(wanted)
        for digest in failed:
            rest = min(max(FETCH_SECONDS, self._rests.get(digest, (now, 0.0))[1] * 2), _LONGEST_REST)
            self._rests[digest] = (time.monotonic() + rest, rest)
        came = len(wanted) - len(failed)
        log.info("transfers.letters", came=came, lacking=len(failed))
        return came
