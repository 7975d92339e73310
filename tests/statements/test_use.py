"""What an outcome is used for, by its transfers; a reissue is the same outcome once more."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert
from stores import both_kinds
from transfer_history import History, digest, hexed, random_history

from gateway.domain.credential import DocumentFacts
from gateway.domain.transfer_words import Stage
from gateway.ledger import index_state, transfer_projection
from gateway.ledger.recognition_events import RECOGNITION, RecognitionEvents
from gateway.ledger.transfer_rows import TransferFilter, TransferRows
from gateway.ledger.values import BlockRef
from gateway.statements.books import NothingFollowed
from gateway.statements.learner import Learners, NoSuchAccount, use_of
from gateway.statements.learner_values import HeldCertificate, Use

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from stores import Stores

    from gateway.store.engine import Database

INSTITUTION = "123100004250004560"
CLAIM = b"\5" * 32
FACTS = DocumentFacts(INSTITUTION.encode().ljust(32, b"\0"), b"\1" * 32, 1, 5, 400, 16, 650)


@dataclass
class Person:
    kind: str = "ID"
    number: str = "11010519491231002X"
    name: str = "张伟"


@dataclass
class Held:
    """One learner, with these certificates."""

    found: Sequence[HeldCertificate]

    def person(self, account: int) -> Person | None:
        return Person() if account == 1 else None

    def certificates(self, account: int) -> Sequence[HeldCertificate]:
        return self.found if account == 1 else []


store_kind = both_kinds


@pytest.fixture
def database(stores: Stores, tmp_path: Path) -> Database:
    return stores.open(tmp_path / "use.db")


def follow(database: Database, history: History) -> None:
    with database.write(durable=False) as connection:
        if history.rows:
            connection.execute(insert(RECOGNITION), history.rows)
            transfer_projection.apply(connection, history.rows)
        index_state.move_cursor(connection, 1, BlockRef(1_000_000, b"\7" * 32, 1_790_000_000))


def learners(database: Database, *held: HeldCertificate) -> Learners:
    return Learners(database, TransferRows(database), RecognitionEvents(database), Held(held))


def certificate(leaf: bytes, state: str = "anchored", **more: object) -> HeldCertificate:
    made = HeldCertificate(leaf, CLAIM, INSTITUTION, state, FACTS, "SOU-ACC-101", "会计", "NO-1")
    return replace(made, **more)  # type: ignore[arg-type]


def test_a_reissue_is_one_more_certificate_of_the_same_outcome(database: Database) -> None:
    follow(database, History())
    reissued = certificate(digest("new"), facts=replace_credits(500))
    found = learners(database, certificate(digest("old"), "revoked"), reissued).statement(1)
    [outcome] = found.outcomes
    assert (len(outcome.certificates), outcome.credits, outcome.left) == (2, 500, 500)
    assert found.to_json()["total"] == {
        "outcomes": 1,
        "held": "5.00",
        "used": "0.00",
        "awarded": "0.00",
        "left": "5.00",
    }


def replace_credits(amount: int) -> DocumentFacts:
    return DocumentFacts(FACTS.institution, FACTS.outcome, FACTS.category, FACTS.level, amount, 16, 650)


def test_of_what_is_revoked_or_waits_for_its_anchor_nothing_is_left(database: Database) -> None:
    follow(database, History())
    for state in ("revoked", "suspended", "queued", "failed"):
        [outcome] = learners(database, certificate(digest("one"), state)).statement(1).outcomes
        assert (outcome.credits, outcome.left) == (None, 0)
    [outcome] = learners(database, certificate(digest("one"), facts=None, code=None)).statement(1).outcomes
    assert outcome.to_json(personal=True)["credits"] is None
    assert learners(database, certificate(digest("one"), facts=None)).statement(1).table()[1][5] == ""


def test_a_transfer_of_an_earlier_certificate_uses_the_outcome_of_its_reissue(database: Database) -> None:
    history = History()
    ref = history.request()
    history.accept(ref)
    follow(database, history)
    [row] = TransferRows(database).stream(TransferFilter())
    old = replace(certificate(row.leaf, "revoked"), claim=row.claim)
    new = replace(certificate(digest("new")), claim=row.claim)
    [outcome] = learners(database, old, new).statement(1).outcomes
    assert (outcome.use, outcome.left, outcome.awarded) == (Use.USED, 0, 250)
    [outcome] = learners(database, new, old).statement(1).outcomes
    assert outcome.use is Use.USED


def test_what_was_reversed_for_good_stays_used_and_what_came_back_is_free(database: Database) -> None:
    follow(database, random_history(11))
    rows = list(TransferRows(database).stream(TransferFilter()))
    assert {row.stage for row in rows} == {Stage.REQUESTED, Stage.ACCEPTED, Stage.RETURNED, Stage.REVERSED}
    for row in rows:
        expected = {Stage.REQUESTED: Use.REQUESTED, Stage.ACCEPTED: Use.USED}.get(Stage(row.stage), Use.FREE)
        assert use_of([row]) is expected
        assert use_of([replace(row, stage=int(Stage.REVERSED), spent=True)]) is Use.SPENT
    assert use_of([]) is Use.FREE
    returned = replace(rows[0], stage=int(Stage.RETURNED))
    assert use_of([returned, replace(rows[0], stage=int(Stage.ACCEPTED))]) is Use.USED


def test_of_nobody_and_before_anything_was_followed_there_is_no_statement(database: Database) -> None:
    with pytest.raises(NoSuchAccount):
        learners(database).statement(2)
    with pytest.raises(NothingFollowed):
        learners(database).statement(1)


def test_a_value_shows_no_number_of_a_document_in_its_representation(database: Database) -> None:
    follow(database, History())
    found = learners(database, certificate(digest("one"))).statement(1)
    assert "NO-1" not in repr(found)
    assert "张伟" not in repr(found)
    assert hexed(digest("one"))[2:10] in found.to_json()["outcomes"][0]["certificates"][0]["hash"]
