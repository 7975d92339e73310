"""What the tests of routes stand on: a house of services, verifier and chain as a test says, the rest real."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from eth_account import Account
from sqlalchemy import insert
from transfer_history import digest

from gateway.api.access import AccessTokens
from gateway.api.services import Services
from gateway.documents.blobs import FolderStore
from gateway.domain.verdict import Kind, Reason, Source, Verdict, report_steps
from gateway.issuance.errors import NoStatusList
from gateway.ledger.errors import ChainUnavailable
from gateway.ledger.recognition_events import RECOGNITION
from gateway.ledger.recognition_feed import RecognitionFeed
from gateway.ledger.transfer_projection import apply
from gateway.ledger.transfer_rows import TransferRows
from gateway.recognition.agreements.values import UnknownAgreement
from gateway.store.models import Accreditation, Role
from gateway.verification.views import Look

if TYPE_CHECKING:
    from starlette.testclient import TestClient
    from transfer_history import History

    from gateway.store.engine import Database

REGISTERED = Verdict(Kind.REGISTERED, report_steps({}), Source.INDEX, leaf=b"\x01" * 32, block=7, block_time=8)
CANNOT = Verdict(
    Kind.CANNOT_CHECK, report_steps({}), Source.NONE, Reason("ledger.unavailable", "链暂时无法读取", "cannot be read")
)
BODY_BYTES = 4_096
INSTITUTION = "123200004660001235"
SOURCE, TARGET, ELSEWHERE = "123100004250004560", "123300004700007891", INSTITUTION


@dataclass
class Answers:
    """A verifier that says what a test wants, and remembers what it was asked."""

    verdict: Verdict = REGISTERED
    live: Verdict | None = None
    error: Exception | None = None
    asked: list[tuple[bytes, Look]] = field(default_factory=list)

    def by_hash(self, leaf: bytes, look: Look) -> Verdict:
        return self._answer(leaf, look)

    def by_file(self, data: bytes, look: Look) -> Verdict:
        return self._answer(data, look)

    def _answer(self, what: bytes, look: Look) -> Verdict:
        self.asked.append((what, look))
        if self.error is not None:
            raise self.error
        return self.verdict if look is Look.INDEX or self.live is None else self.live


@dataclass(frozen=True)
class Published:
    document: dict[str, Any]
    block: int


CHAIN_ID = 1_337
MEMBER = Account.from_key(b"\x07" * 32)
"""The operator of Zhejiang."""


class OneMember:
    """A consortium of which only Zhejiang has an operator."""

    def provinces(self) -> tuple[int, ...]:
        return (320000, 330000)

    def operates(self, account: str, province: int) -> bool:
        return (account, province) == (MEMBER.address, 330000)


class Lists:
    def credential(self, institution: str, number: int) -> Published:
        if (institution, number) != (INSTITUTION, 0):
            raise NoStatusList(f"{institution}/{number}")
        return Published({"id": f"https://bank.example/v1/status/{institution}/{number}"}, 7)


class Known:
    """The institutions and the one agreement that tests ask for; nothing was followed, so no month is too late."""

    def reached(self) -> int | None:
        return None

    def knows_institution(self, institution: str) -> bool:
        return institution in {SOURCE, TARGET, ELSEWHERE}

    def rules_of(self, name: str) -> tuple[bytes, int]:
        agreement = digest("agreement")
        if len(name) < 10 or not ("0x" + agreement.hex()).startswith(name):
            raise UnknownAgreement(name, shortest=8)
        return agreement, 2


@dataclass
class Books:
    """Recognition as the index has it; what only the chain tells is out of reach."""

    transfers: TransferRows
    feed: RecognitionFeed
    owned: dict[int, list[bytes]] = field(default_factory=dict)
    codes: dict[bytes, str] = field(default_factory=dict)
    known: Any = field(default_factory=Known)

    def agreements(self, *_: object) -> Any:  # noqa: ANN401
        raise ChainUnavailable("a test's")

    evaluations = learner_statement = agreements
    options = pending = statements = property(agreements)
    province = 330_000

    def outcome_code(self, dossier: bytes) -> str | None:  # noqa: ARG002
        return None

    def leaves_of(self, account: int) -> list[bytes]:
        return self.owned.get(account, [])


class NoWork:
    """Nobody works on transfers here: the chain is out of reach."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        raise ChainUnavailable(name)


class Clock:
    """Seconds, which a test moves."""

    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


@dataclass
class House:
    """The services, and a client of the application over them."""

    verifier: Answers
    blobs: FolderStore
    client: TestClient
    ready: dict[str, Any]
    database: Database
    tokens: AccessTokens
    books: Books
    clock: Clock
    services: Services

    def token(self, role: Role, *, institution: str = TARGET, account: int = 1, days: int = 1) -> str:
        """A token of a role; officers' and learners' are bound."""
        scope: dict[str, Any] = {}
        if role is Role.OFFICER:
            scope = {"institution": institution}
        if role is Role.LEARNER:
            scope = {"account": account}
        return self.tokens.create(role, days=days, **scope).text

    def keep(self, history: History) -> None:
        """Have the index hold the events of a history."""
        with self.database.write() as connection:
            connection.execute(insert(RECOGNITION), history.rows)
            apply(connection, history.rows)

    def get(self, path: str, role: Role | None = None, **scope: Any) -> Any:  # noqa: ANN401
        headers = {} if role is None else bearer(self.token(role, **scope))
        return self.client.get(path, headers=headers)


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def accreditation(institution: str, province: int) -> Accreditation:
    return Accreditation(
        institution=institution, version=1, province=province, standing=1, categories=2, highest_level=7,
        most_credits=1000, valid_from=1, block=1,
    )  # fmt: skip
