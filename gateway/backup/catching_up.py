"""After a restoring: what did this centre do on the chain since the backup? Found out before anything is sent.

The outbox of an old backup holds as "queued" what was sent an hour later. Sent once more, an anchor would be refused;
but a suspension that somebody lifted meanwhile would be done again. So first

1. everything that the accounts of this outbox have on its way is waited for;
2. the blocks since the backup are read: each transaction of these accounts that does what an open entry wants *is*
   that entry's, which gets its nonce, its bytes and its hash back; the sender then reads the receipt as ever;
3. what these accounts sent that this database knows nothing of is counted by function, and batches that this province
   anchored and this database lacks are listed: their personal data is lost here;
4. the status lists of institutions with such batches are closed: their next places may be taken already.

    CatchingUp(database, calls, province, data_dir).run()
"""

from __future__ import annotations

import secrets
import time
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, cast

import orjson
import structlog
from filelock import FileLock
from sqlalchemy import func, insert, select, update

from gateway.backup.errors import StillOnItsWay
from gateway.backup.restoring import NOTE, Note
from gateway.backup.since import LostBatch, OnChain, lost_batches, sent_since
from gateway.issuance.status_lists import CAPACITY
from gateway.ledger.outbox import OPEN, OUTBOX
from gateway.ledger.succession import BOUND
from gateway.store.models import OutboxState, StatusList
from node.client.files import write_whole
from node.client.keystores import address_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sqlalchemy import Connection, Row, Table

    from gateway.ledger.calls import ChainCalls
    from gateway.store.engine import Database

FOUND: Final = "caught-up.json"
"""In the data directory: what was found, for whoever asks later."""
_LISTS: Final = cast("Table", StatusList.__table__)
_PRIVATE: Final = 0o600

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """What was found on the chain after the backup.

    Attributes:
        created: when the backup was made, seconds; block: up to which the chain was read now.
        known_again: entries of the outbox that were sent after the backup and have their transactions back.
        unknown: transactions of this gateway's accounts that the database knows nothing of, by function.
        lost: batches that this province anchored and the database lacks.
        closed: institutions whose status list was closed.
    """

    created: int
    block: int
    known_again: int
    unknown: dict[str, int]
    lost: tuple[LostBatch, ...]
    closed: tuple[str, ...]

    @property
    def lost_credentials(self) -> int:
        """Credentials in the lost batches."""
        return sum(one.leaves for one in self.lost)

    def to_json(self) -> dict[str, Any]:
        """Return the form that surfaces show."""
        return {
            "created": self.created,
            "block": self.block,
            "knownAgain": self.known_again,
            "unknown": self.unknown,
            "lost": [{**asdict(one), "root": "0x" + one.root.hex()} for one in self.lost],
            "lostCredentials": self.lost_credentials,
            "statusListsClosed": list(self.closed),
        }


class CatchingUp:
    """Finds out once, after a restoring; afterwards, and for a gateway that never was restored, it is nothing."""

    def __init__(
        self, database: Database, calls: ChainCalls, province: int, data_dir: Path, operator: Path | None = None
    ) -> None:
        """Of the gateway in `data_dir`, which acts for `province`, with the key file of its operator.

        The file says the account, without a passphrase: a copy whose outbox was still empty does not know it.
        """
        self._operator = operator
        self._database = database
        self._calls = calls
        self._province = province
        self._note = data_dir / NOTE
        self._found = data_dir / FOUND
        self._lock = FileLock(data_dir / "locks" / "catching-up.lock")
        self._done = False

    @property
    def due(self) -> bool:
        """Whether it has still to be found out; read anew, since another process may do it."""
        return self._note.exists()

    def run(self) -> Found | None:
        """Find out what is due; None where nothing is. Killed anywhere, it is done again from its beginning.

        Raises:
            ChainUnavailable: no answer.
            StillOnItsWay: transactions wait to be mined, of a gateway that was just killed, or still runs.
        node.client.keystores.KeystoreError: the operator's key file is none.
        """
        if self._done or not self.due:
            self._done = True
            return None
        self._lock_folder()
        with self._lock:
            note = Note.load(self._note)
            if note is None:
                return None  # another process was faster
            found = self._find(note)
            write_whole(self._found, _text(found), _PRIVATE)
            self._note.unlink()
        self._done = True
        log.warning(
            "backup.caught_up",
            block=found.block,
            known_again=found.known_again,
            unknown=sum(found.unknown.values()),
            lost_batches=len(found.lost),
        )
        return found

    def told(self) -> dict[str, Any] | None:
        """What was found when this gateway caught up, None where it never did."""
        try:
            told: dict[str, Any] = orjson.loads(self._found.read_bytes())
        except FileNotFoundError:
            return None
        return told

    def _lock_folder(self) -> None:
        self._note.parent.joinpath("locks").mkdir(parents=True, exist_ok=True)

    def _find(self, note: Note) -> Found:
        with self._database.read() as connection:
            given = connection.execute(
                select(OUTBOX.c.sender, func.max(OUTBOX.c.nonce)).group_by(OUTBOX.c.sender)
            ).all()
        known = {bytes(sender): 0 if highest is None else highest + 1 for sender, highest in given}
        if self._operator is not None:
            known.setdefault(bytes.fromhex(address_of(self._operator)[2:]), 0)
        final = self._calls.final_block()
        self._require_still(known, final.number)
        first = self._calls.deployment.block if note.block is None else note.block + 1
        sent = sent_since(self._calls, known, first, final.number)
        lost = lost_batches(self._calls, self._database, self._province, first, final)
        with self._database.write() as connection:
            again = self._know_again(connection, sent)
            mine = _hashes(connection)
            unknown = Counter(one.function for one in sent if one.hash not in mine)
            closed = tuple(sorted({one.institution for one in lost}))
            for institution in closed:
                _close(connection, institution, sum(one.leaves for one in lost if one.institution == institution))
        return Found(note.created, final.number, again, dict(unknown), lost, closed)

    def _require_still(self, senders: Iterable[bytes], final: int) -> None:
        for sender in senders:
            account = "0x" + sender.hex()
            at_final = int(self._calls.request("eth_getTransactionCount", account, hex(final)), 16)
            in_all = int(self._calls.request("eth_getTransactionCount", account, "pending"), 16)
            if in_all > at_final:
                raise StillOnItsWay(account, waiting=in_all - at_final)

    def _know_again(self, connection: Connection, sent: Iterable[OnChain]) -> int:
        """Give open entries the transactions back that did what they want; the oldest entry and transaction first."""
        rows = connection.execute(select(OUTBOX).where(OUTBOX.c.state.in_(OPEN)).order_by(OUTBOX.c.id)).all()
        mine = _hashes(connection)
        waiting = {(bytes(row.sender), *one): row for row in reversed(rows) for one in _wanted(row)}
        known = 0
        for one in sent:
            if one.raw is None or one.hash in mine:
                continue
            row = waiting.pop((one.sender, one.target, one.call), None)
            if row is None:
                continue
            for wanted in _wanted(row):
                waiting.pop((bytes(row.sender), *wanted), None)
            # The nonce may stand with an entry that never had it: what it was signed for was signed anew later.
            connection.execute(
                update(OUTBOX)
                .where(OUTBOX.c.sender == one.sender, OUTBOX.c.nonce == one.nonce, OUTBOX.c.id != row.id)
                .values(nonce=None, raw_tx=None, tx_hash=None, block=None, state=OutboxState.QUEUED)
            )
            connection.execute(
                update(OUTBOX)
                .where(OUTBOX.c.id == row.id)
                .values(
                    state=OutboxState.SENT,
                    nonce=one.nonce,
                    raw_tx=one.raw,
                    tx_hash=one.hash,
                    target=one.target,
                    call=one.call,
                    block=None,
                    error=None,
                    updated_at=int(time.time()),
                )
            )
            known += 1
        return known


def _wanted(row: Row[Any]) -> list[tuple[bytes, bytes]]:
    """What an entry's transaction may have been: its own target and calldata, or those for a successor of it."""
    bound = orjson.loads(row.payload).get(BOUND, {})
    later = [(bytes.fromhex(target), bytes.fromhex(call)) for target, call in bound.items()]
    return [(bytes(row.target), bytes(row.call)), *later]


def _hashes(connection: Connection) -> set[bytes]:
    found = connection.execute(select(OUTBOX.c.tx_hash).where(OUTBOX.c.tx_hash.is_not(None))).scalars()
    return {bytes(one) for one in found}


def _close(connection: Connection, institution: str, lost: int) -> None:
    """Give no more places of the lists that the lost credentials stand in: the next list is one that none of them can.

    How many lists were begun after the backup is not known: at most as many as the lost credentials fill.
    """
    query = select(func.max(_LISTS.c.number)).where(_LISTS.c.institution == institution)
    newest = connection.execute(query).scalar_one()
    number = (-1 if newest is None else newest) + 2 + lost // CAPACITY
    connection.execute(
        insert(_LISTS).values(
            institution=institution,
            number=number,
            capacity=CAPACITY,
            taken=0,
            permutation_key=secrets.token_bytes(16),
        )
    )


def _text(found: Found) -> bytes:
    return orjson.dumps(found.to_json(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
