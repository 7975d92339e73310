"""A learner's statement: outcomes held, credits used where and under which transfer, credits left.

    statement = Learners(database, rows, events, holdings).statement(7)
    statement.to_json()["total"]["left"]

An outcome is the claim, not the certificate: a reissue is a further certificate of the same outcome. What an outcome is
used for is told from the index: by its newest transfer, and by a retirement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from gateway.domain.errors import AGAINST, HurenError
from gateway.domain.transfer_words import Stage
from gateway.ledger import index_state
from gateway.statements.books import NothingFollowed
from gateway.statements.learner_values import HeldCertificate, LearnerStatement, Outcome, Use

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.ledger.recognition_events import RecognitionEvents
    from gateway.ledger.transfer_rows import TransferRow, TransferRows
    from gateway.store.engine import Database

_RETIRED = "ClaimRetired"


class NoSuchAccount(HurenError):
    """An account that is not here, or was deleted."""

    code = "statement.account"
    exit_code = AGAINST
    zh = "没有账户 {value}，或已注销"
    en = "there is no account {value}, or it was deleted"
    hint_zh = "请用 huren find 核对编号"
    hint_en = "check the number with huren find"


class Person(Protocol):
    """Whom an account is about."""

    @property
    def kind(self) -> str:
        """The document's type: ID, PP, HK or TW."""

    @property
    def number(self) -> str:
        """The document's number."""

    @property
    def name(self) -> str:
        """The learner's name."""


class Holdings(Protocol):
    """What this centre has of its learners."""

    def person(self, account: int) -> Person | None:
        """Whom an account is about; None where there is none (any more)."""

    def certificates(self, account: int) -> Sequence[HeldCertificate]:
        """The certificates that this centre issued to the learner, in the order of issue."""


class Learners:
    """Makes learners' statements."""

    def __init__(self, database: Database, rows: TransferRows, events: RecognitionEvents, holdings: Holdings) -> None:
        """Read the index in `database`, which the caller has brought up to date, and this centre's own holdings."""
        self._database = database
        self._rows = rows
        self._events = events
        self._holdings = holdings

    def statement(self, account: int) -> LearnerStatement:
        """The statement of an account.

        Raises:
            NoSuchAccount: there is none, or it was deleted.
            NothingFollowed: the index is empty.
        """
        person = self._holdings.person(account)
        if person is None:
            raise NoSuchAccount(account)
        with self._database.read() as connection:
            block = index_state.cursor(connection)
        if block is None:
            raise NothingFollowed
        outcomes = [
            self._outcome(claim, held, block.number) for claim, held in _by_claim(self._holdings.certificates(account))
        ]
        return LearnerStatement(block, account, outcomes, person.kind, person.number, person.name)

    def transfers(self, claim: bytes, leaves: Sequence[bytes], block: int) -> tuple[TransferRow, ...]:
        """Every transfer of an outcome up to `block`, under whichever of its certificates it was asked for."""
        found = {row.key: row for leaf in leaves for row in self._rows.of_leaf(leaf)}
        for canonical in {row.canonical for row in found.values()}:
            found |= {row.key: row for row in self._rows.of_claim(canonical, claim)}
        told = (row.at(block) for row in found.values())
        return tuple(sorted((row for row in told if row is not None), key=lambda row: (row.requested_block, row.key)))

    def _outcome(self, claim: bytes, held: Sequence[HeldCertificate], block: int) -> Outcome:
        transfers = self.transfers(claim, [one.leaf for one in held], block)
        retired = any(event.block <= block for event in self._events.read(_RETIRED, about=claim))
        return Outcome(claim, tuple(held), transfers, Use.RETIRED if retired else use_of(transfers))


def use_of(transfers: Sequence[TransferRow]) -> Use:
    """What an outcome is used for, by its transfers: the ledger lets at most one of them be open or accepted."""
    for row in transfers:
        if row.stage == Stage.REVERSED and row.spent:
            return Use.SPENT
        if row.stage == Stage.ACCEPTED:
            return Use.USED
    return Use.REQUESTED if any(row.stage == Stage.REQUESTED for row in transfers) else Use.FREE


def _by_claim(certificates: Sequence[HeldCertificate]) -> list[tuple[bytes, list[HeldCertificate]]]:
    found: dict[bytes, list[HeldCertificate]] = {}
    for one in certificates:
        found.setdefault(one.claim, []).append(one)
    return list(found.items())
