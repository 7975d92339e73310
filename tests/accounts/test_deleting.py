"""Deleted and opened again: the key is destroyed, the claim stays the person's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from people import LI, MASTER, PSEUDONYM, ZHANG, bytes_on_disk
from sqlalchemy import delete

from gateway.accounts.errors import (
    AccountDeleted,
    AccountNotFound,
)
from gateway.accounts.service import AccountBook
from gateway.accounts.values import Person
from gateway.keys.secrets import MasterKey, PseudonymKey
from gateway.store.models import Learner, LearnerDocument

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from stores import Stores

    from gateway.store.engine import Database


@pytest.fixture
def files(stores: Stores, database: Database, tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[], bytes]:
    """All that the files of the database hold."""
    if stores.kind == "sqlite":
        return lambda: bytes_on_disk(tmp_path)
    server = request.getfixturevalue("postgres")
    with database.read() as connection:
        query = "SELECT oid FROM pg_database WHERE datname = current_database()"
        folder = server.data / "base" / str(connection.exec_driver_sql(query).scalar_one())

    def written() -> bytes:
        server.run("CHECKPOINT")
        return bytes_on_disk(folder)

    return written


def test_deleting_an_account_destroys_its_key_in_every_file(
    book: AccountBook, database: Database, files: Callable[[], bytes]
) -> None:
    [account] = book.register([ZHANG], now=1)
    with database.read() as connection:
        query = "SELECT wrapped_key, sealed, name_index FROM learners"
        wrapped, sealed, name = connection.exec_driver_sql(query).one()
    assert wrapped in files()
    deletion = book.delete(account.learner_id, now=2)
    assert deletion.scrubbed
    content = files()
    for gone in (wrapped, sealed, name):
        assert gone not in content
    assert book.find_by_name("张伟") == []
    assert book.find_by_number(ZHANG.number) == []
    with pytest.raises(AccountDeleted):
        book.learner_key(account.learner_id)
    with pytest.raises(AccountDeleted):
        book.delete(account.learner_id, now=3)
    with pytest.raises(AccountDeleted):
        book.add_document(account.learner_id, "PP", "E12345678", now=3)


# The law: "The same person's same outcome has one claim for ever, deleted accounts included"
def test_an_account_opened_again_has_its_old_claims_and_a_new_key(book: AccountBook) -> None:
    [before] = book.register([ZHANG], now=1)
    book.delete(before.learner_id, now=2)
    [after] = book.register([ZHANG], now=3)
    assert after.learner_id == before.learner_id
    assert after.claim_key == before.claim_key
    assert after.key != before.key
    assert not after.known
    assert [(found.name, found.opened_at) for found in book.find_by_number(ZHANG.number)] == [("张伟", 3)]
    book.delete(after.learner_id, now=4)
    assert book.register([ZHANG], now=5)[0].claim_key == before.claim_key


def test_an_account_opened_again_by_another_document_has_its_old_claims(book: AccountBook) -> None:
    passport = Person("PP", "E12345678", "张伟")
    [before] = book.register([ZHANG], now=1)
    book.add_document(before.learner_id, passport.kind, passport.number, now=2)
    book.delete(before.learner_id, now=3)
    by_passport, by_card = book.register([passport, ZHANG], now=4)
    assert by_passport == by_card
    assert by_passport.learner_id == before.learner_id
    assert by_passport.claim_key == before.claim_key
    assert book.register([ZHANG], now=5)[0].claim_key == before.claim_key
    book.delete(before.learner_id, now=6)
    assert book.register([passport], now=7)[0].claim_key == before.claim_key


def test_deletion_says_when_a_long_read_keeps_the_old_state_in_the_log(book: AccountBook, database: Database) -> None:
    [account] = book.register([ZHANG], now=1)
    with database.read() as reader:
        assert reader.exec_driver_sql("SELECT count(*) FROM learners").scalar() == 1
        assert not book.delete(account.learner_id, now=2).scrubbed
    assert database.scrub()


def test_an_unknown_account_is_named(book: AccountBook) -> None:
    with pytest.raises(AccountNotFound) as caught:
        book.delete(41, now=1)
    assert caught.value.value == 41


def test_the_keys_of_many_leave_out_who_is_gone(book: AccountBook) -> None:
    zhang, li = book.register([ZHANG, LI], now=1)
    book.delete(li.learner_id, now=2)
    assert book.keys_of([zhang.learner_id, li.learner_id, 99]) == {zhang.learner_id: zhang.key}


ACTIONS = st.lists(
    st.tuples(st.sampled_from(["card", "passport", "add", "delete"]), st.integers(0, 2)), min_size=1, max_size=12
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actions=ACTIONS)
def test_whatever_happens_a_person_keeps_their_claim_key(database: Database, actions: list[tuple[str, int]]) -> None:
    with database.write(durable=False) as connection:
        for table in (LearnerDocument, Learner):
            connection.execute(delete(table))
    book = AccountBook(database, MasterKey(MASTER), PseudonymKey(PSEUDONYM))
    people = [(Person("TW", f"1000000{n}", f"n{n}"), Person("PP", f"E1000000{n}", f"n{n}")) for n in range(3)]
    keys: dict[int, bytes] = {}
    ids: dict[int, int] = {}
    linked: set[int] = set()
    deleted: set[int] = set()
    for action, who in actions:
        card, passport = people[who]
        if action == "card" or (action == "passport" and who in linked):
            [account] = book.register([card if action == "card" else passport], now=1)
            assert keys.setdefault(who, account.claim_key) == account.claim_key
            assert ids.setdefault(who, account.learner_id) == account.learner_id
            deleted.discard(who)
        elif action == "add" and who in ids and who not in deleted:
            book.add_document(ids[who], passport.kind, passport.number, now=1)
            linked.add(who)
        elif action == "delete" and who in ids and who not in deleted:
            book.delete(ids[who], now=1)
            deleted.add(who)
    assert len(set(keys.values())) == len(keys)
