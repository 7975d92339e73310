"""A learner's export reads the tables as they are, on both databases: rows, amounts and bytes come out alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest
from sqlalchemy import insert
from stores import both_kinds
from transfer_history import History, digest, hexed

from gateway.domain.credential import DocumentFacts
from gateway.ledger import index_state, transfer_projection
from gateway.ledger.recognition_events import RECOGNITION, RecognitionEvents
from gateway.ledger.transfer_rows import TransferRows
from gateway.ledger.values import BlockRef
from gateway.statements.export import COLLECTORS, INDEX, LearnerExport
from gateway.statements.learner import Learners, NoSuchAccount
from gateway.statements.learner_values import HeldCertificate
from gateway.store.models import AccessToken, Application, ApplicationState, KeyedRequest, LeafStatus, Learner, Role
from gateway.store.personal import ABOUT_LEARNERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from stores import Stores

    from gateway.store.engine import Database

INSTITUTION, TARGET = "123100004250004560", "123300004700007891"
KEY = (310_000, 330_000, 1)
LEAF, CLAIM = digest("leaf", KEY), digest("claim", KEY)
FACTS = DocumentFacts(INSTITUTION.encode().ljust(32, b"\0"), b"\1" * 32, 1, 5, 400, 16, 650)
store_kind = both_kinds


class Sources:
    """What other capabilities have of learner 7: one certificate, one application."""

    def person(self, account: int) -> Any:  # noqa: ANN401
        return Person() if account == 7 else None

    def certificates(self, account: int) -> Sequence[HeldCertificate]:
        held = HeldCertificate(LEAF, CLAIM, INSTITUTION, "anchored", FACTS, "SOU-ACC-101", "会计", "NO-1")
        return [held] if account == 7 else []

    def account(self, account: int) -> Mapping[str, Any]:
        return {"account": account, "name": "张伟", "furtherDocuments": []}

    def certificate_files(self, account: int) -> Iterable[tuple[str, bytes | None, bytes]]:  # noqa: ARG002
        return [("NO-1.huren.json", b"{}", LEAF)]

    def application_files(self, account: int) -> Iterable[tuple[str, bytes | None]]:  # noqa: ARG002
        return [("application-1.json", b"{}")]

    def letter(self, digest: bytes, transfer: str, institutions: tuple[str, str]) -> Mapping[str, Any]:  # noqa: ARG002
        return {"type": "huren.letter.application.v1", "note": "请审核"}


class Person:
    """Whom the account is about."""

    kind, number, name = "ID", "11010519491231002X", "张伟"


@pytest.fixture
def database(stores: Stores, tmp_path: Path) -> Database:
    made = stores.open(tmp_path / "export.db")
    history = History()
    history.accept(history.request())
    with made.write(durable=False) as connection:
        connection.execute(insert(RECOGNITION), history.rows)
        transfer_projection.apply(connection, history.rows)
        index_state.move_cursor(connection, 1, BlockRef(1_000_000, b"\7" * 32, 1_790_000_000))
    with made.session() as session:
        session.add_all([Learner(id=number, number_index=bytes([number]) * 16, opened_at=1) for number in (7, 8)])
        session.flush()
        session.add_all(
            [
                token(1, account=7),
                token(2, account=8),
                application(1, learner=7),
                application(2, learner=8),
                LeafStatus(
                    institution=INSTITUTION, leaf=LEAF, status=2, reason=1, set_by=310_000, since=1_780_000_000,
                    block=9,
                ),
            ]
        )  # fmt: skip
        session.flush()
        session.add_all(
            [
                KeyedRequest(
                    token_id=number, key=f"order-{number}", fingerprint=b"\1" * 32, created_at=5, status=201,
                    answer='{"zh":"已受理"}'.encode(),
                )
                for number in (1, 2)
            ]
        )  # fmt: skip
    return made


def token(number: int, account: int) -> AccessToken:
    return AccessToken(
        id=number, digest=bytes([number]) * 32, role=Role.LEARNER, account=account, label="portal", created_at=1,
        expires_at=2_000_000_000,
    )  # fmt: skip


def application(number: int, learner: int) -> Application:
    return Application(
        id=number, purpose=bytes([number]) * 32, round=1, learner_id=learner, leaf=LEAF if learner == 7 else b"\5" * 32,
        agreement=digest("agreement"), rule=0, source_institution=INSTITUTION, target_institution=TARGET,
        programme=b"\2" * 32, course=bytes(32), quoted=300, deadline=1_790_000_000, how="paper", given_at=1,
        evidence=None, sealed=b"secret", state=ApplicationState.WAITING, consent=None, entered_by="cli", created_at=1,
        updated_at=1,
    )  # fmt: skip


def exported(database: Database, account: int = 7) -> dict[str, Any]:
    learners = Learners(database, TransferRows(database), RecognitionEvents(database), Sources())
    files = dict(LearnerExport(database, learners, Sources()).files(account))
    assert not any(b"secret" in content for content in files.values())
    return {name: orjson.loads(content) for name, content in files.items()}


def test_every_table_about_a_learner_is_in_the_export_with_their_rows_alone(database: Database) -> None:
    told = exported(database)
    assert told[INDEX]["holds"].keys() == ABOUT_LEARNERS.keys() == COLLECTORS.keys()
    [mine] = told["tokens.json"]["access_tokens"]
    assert (mine["id"], mine["account"], "digest" in mine) == (1, 7, False)
    [request] = told["requests.json"]["keyed_requests"]
    assert (request["key"], request["status"]) == ("order-1", 201)
    [status] = told["statuses.json"]["leaf_status"]
    assert (status["leaf"], status["since"]) == (hexed(LEAF), 1_780_000_000)


def test_whole_numbers_digests_and_events_come_out_alike(database: Database) -> None:
    told = exported(database)
    [transfer] = told["transfers.json"]["transfers"]
    assert (transfer["transfer"], transfer["awarded"], transfer["stage"]) == ("310000-330000-1", "2.50", "accepted")
    names = [event["name"] for event in told["events-transfers.json"]["recognition_events"]]
    assert sorted(names) == ["TransferAccepted", "TransferRequested"]


def test_of_an_account_that_is_not_there_nothing_is_written(database: Database) -> None:
    with pytest.raises(NoSuchAccount):
        exported(database, 99)
