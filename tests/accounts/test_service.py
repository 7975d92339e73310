"""Accounts are found, opened, deleted and opened again, and a database says nothing without its key."""

from __future__ import annotations

import sqlite3
import threading
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.accounts.errors import (
    AccountDeleted,
    AccountNotFound,
    AccountUnreadable,
    DocumentTaken,
    KeyOfAnotherDatabase,
)
from gateway.accounts.service import AccountBook
from gateway.accounts.values import Account, Person
from gateway.accounts.vault import plain_name
from gateway.domain import claims
from gateway.domain.identifiers import DocumentType
from gateway.domain.identifiers import LearnerDocument as IdentityDocument
from gateway.keys.secrets import MasterKey, PseudonymKey
from gateway.store.engine import Database, open_database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ZHANG = Person("ID", "11010519491231002X", "张伟")
LI = Person("ID", "320102199003079875", "李娜")
MASTER, PSEUDONYM = b"\x11" * 32, b"\x22" * 32


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(tmp_path / "huren.db")
    yield opened
    opened.close()


@pytest.fixture
def book(database: Database) -> AccountBook:
    return AccountBook(database, MasterKey(MASTER), PseudonymKey(PSEUDONYM))


def bytes_on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


def test_a_chunk_opens_accounts_in_order_and_finds_them_again(book: AccountBook) -> None:
    opened = book.register([ZHANG, LI, ZHANG], now=1)
    assert [account.known for account in opened] == [False, False, False]
    assert opened[0] == opened[2]
    assert opened[0].learner_id != opened[1].learner_id
    again = book.register([LI, ZHANG], now=2)
    assert [account.learner_id for account in again] == [opened[1].learner_id, opened[0].learner_id]
    assert [account.key for account in again] == [opened[1].key, opened[0].key]
    assert all(account.known and account.same_name for account in again)
    assert len({account.key for account in opened}) == 2


def test_the_claim_key_is_the_one_of_the_law(book: AccountBook) -> None:
    [account] = book.register([ZHANG], now=1)
    document = IdentityDocument(DocumentType.RESIDENT, ZHANG.number)
    assert account.claim_key == claims.claim_key(PSEUDONYM, document)
    assert book.register([ZHANG], now=2)[0].claim_key == account.claim_key


def test_the_same_number_of_another_document_type_is_another_account(book: AccountBook) -> None:
    one, other = book.register([Person("HK", "12345678", "a"), Person("TW", "12345678", "a")], now=1)
    assert one.learner_id != other.learner_id
    assert one.claim_key != other.claim_key


def test_another_name_for_a_known_number_is_pointed_out_and_changes_nothing(book: AccountBook) -> None:
    book.register([ZHANG], now=1)
    assert not book.register([ZHANG._replace(name="张玮")], now=2)[0].same_name
    assert [account.name for account in book.find_by_number(ZHANG.number)] == ["张伟"]
    first, second = book.register([LI, LI._replace(name="李挪")], now=3)
    assert first.same_name
    assert not second.same_name


def test_accounts_are_found_by_name_by_number_and_by_id(book: AccountBook) -> None:
    namesake = Person("PP", "E12345678", "张伟")
    zhang, li, other = (account.learner_id for account in book.register([ZHANG, LI, namesake], now=5))
    assert {found.id for found in book.find_by_name(" 张伟 ")} == {zhang, other}
    assert book.find_by_name("王芳") == []
    [found] = book.find_by_number(LI.number)
    assert (found.id, found.kind, found.number, found.name, found.opened_at) == (li, *LI, 5)
    assert book.find_by_number(LI.number, "PP") == []
    assert [found.number for found in book.find_by_number("E12345678", "PP")] == ["E12345678"]
    assert [found.id for found in book.open_many([other, zhang, zhang, 999])] == sorted([zhang, other])
    assert book.learner_key(zhang) == book.register([ZHANG], now=6)[0].key


def test_looking_up_many_opens_nothing(book: AccountBook) -> None:
    passport = Person("PP", "E12345678", "张伟")
    assert book.find_many([ZHANG, LI]) == [None, None]
    [zhang] = book.register([ZHANG], now=1)
    assert book.find_many([LI, ZHANG, passport]) == [None, zhang._replace(known=True), None]
    book.add_document(zhang.learner_id, passport.kind, passport.number, now=2)
    assert book.find_many([passport]) == [zhang._replace(known=True)]
    book.delete(zhang.learner_id, now=3)
    [deleted] = book.find_many([ZHANG])
    assert deleted is not None
    assert (deleted.learner_id, deleted.key, deleted.claim_key) == (zhang.learner_id, b"", zhang.claim_key)
    assert book.find_by_name("李娜") == []


@pytest.mark.parametrize(
    ("one", "other"),
    [("古丽·阿不都", "古丽•阿不都"), ("Ａｎｎ  Lee", "ann lee"), ("　张伟", "张伟 ")],
)
def test_spellings_of_one_name_are_one_name(one: str, other: str) -> None:
    assert plain_name(one) == plain_name(other)


def test_neither_file_nor_log_of_the_database_shows_who_the_learners_are(book: AccountBook, tmp_path: Path) -> None:
    [account] = book.register([ZHANG], now=1)
    content = bytes_on_disk(tmp_path)
    for private in (ZHANG.number.encode(), ZHANG.name.encode(), account.key, account.claim_key):
        assert private not in content
    assert "张伟" not in repr(account) + repr(book.find_by_name("张伟"))
    assert ZHANG.number not in repr(book.find_by_number(ZHANG.number))


def test_a_further_document_finds_the_account_and_makes_the_same_claims(book: AccountBook) -> None:
    [first] = book.register([ZHANG], now=1)
    book.add_document(first.learner_id, "PP", "E12345678", now=2)
    book.add_document(first.learner_id, "PP", "E12345678", now=3)
    [by_passport] = book.register([Person("PP", "E12345678", "张伟")], now=4)
    assert by_passport == first._replace(known=True)
    assert [found.number for found in book.find_by_number("E12345678")] == [ZHANG.number]


def test_a_document_of_somebody_else_is_not_added(book: AccountBook) -> None:
    zhang, li = book.register([ZHANG, LI], now=1)
    with pytest.raises(DocumentTaken) as caught:
        book.add_document(zhang.learner_id, LI.kind, LI.number, now=2)
    assert caught.value.value == li.learner_id
    book.add_document(zhang.learner_id, "PP", "E12345678", now=2)
    with pytest.raises(DocumentTaken):
        book.add_document(li.learner_id, "PP", "E12345678", now=3)


def test_deleting_an_account_destroys_its_key_in_every_file(book: AccountBook, tmp_path: Path) -> None:
    [account] = book.register([ZHANG], now=1)
    with sqlite3.connect(tmp_path / "huren.db") as raw:
        wrapped, sealed, name = raw.execute("SELECT wrapped_key, sealed, name_index FROM learners").fetchone()
    raw.close()
    assert wrapped in bytes_on_disk(tmp_path)
    deletion = book.delete(account.learner_id, now=2)
    assert deletion.scrubbed
    content = bytes_on_disk(tmp_path)
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


@pytest.mark.parametrize("key", ["master", "pseudonym"])
def test_a_database_refuses_the_keys_of_another(book: AccountBook, database: Database, key: str) -> None:
    book.register([ZHANG], now=1)
    keys = {"master": MASTER, "pseudonym": PSEUDONYM} | {key: b"\x33" * 32}
    with pytest.raises(KeyOfAnotherDatabase) as caught:
        AccountBook(database, MasterKey(keys["master"]), PseudonymKey(keys["pseudonym"]))
    assert caught.value.value == key
    assert "33" * 4 not in str(caught.value)
    [again] = AccountBook(database, MasterKey(MASTER), PseudonymKey(PSEUDONYM)).find_many([ZHANG])
    assert again is not None
    assert again.known


def test_the_marks_say_nothing_of_the_keys(book: AccountBook, database: Database) -> None:
    assert book.find_by_name("nobody") == []
    with database.read() as connection:
        marks = dict(connection.exec_driver_sql("SELECT purpose, mark FROM key_marks").all())
    assert set(marks) == {"master", "pseudonym"}
    for mark in marks.values():
        assert len(mark) == 16
        assert mark not in (MASTER[:16], PSEUDONYM[:16])


@pytest.mark.parametrize("key", ["master", "pseudonym"])
def test_the_wrong_key_opens_nothing(book: AccountBook, database: Database, key: str) -> None:
    [account] = book.register([ZHANG], now=1)
    other = b"\x33" * 32
    with database.write() as connection:
        connection.exec_driver_sql("DELETE FROM key_marks")  # even where nothing gives the wrong key away
    wrong = AccountBook(
        database,
        MasterKey(other if key == "master" else MASTER),
        PseudonymKey(other if key == "pseudonym" else PSEUDONYM),
    )
    if key == "master":
        assert wrong.find_by_number(ZHANG.number) == []
        with pytest.raises(AccountUnreadable):
            wrong.learner_key(account.learner_id)
    else:
        book.delete(account.learner_id, now=2)
        with pytest.raises(AccountUnreadable, match="claim_key"):
            wrong.register([ZHANG], now=3)


@pytest.mark.parametrize("column", ["wrapped_key", "sealed"])
def test_a_value_moved_to_another_row_does_not_open(book: AccountBook, database: Database, column: str) -> None:
    zhang, li = book.register([ZHANG, LI], now=1)
    with database.write() as connection:
        connection.exec_driver_sql(
            f"UPDATE learners SET {column} = (SELECT {column} FROM learners WHERE id = ?) WHERE id = ?",  # noqa: S608
            (li.learner_id, zhang.learner_id),
        )
    with pytest.raises(AccountUnreadable):
        book.open_many([zhang.learner_id])


class Rival:
    """Does something between a book's reading and its writing, once."""

    def __init__(self, book: AccountBook, action: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> None:
        self._seal_many, self._action = book._vault.seal_many, action
        self.acted = False
        monkeypatch.setattr(book._vault, "seal_many", self)

    def __call__(self, *arguments: object) -> object:
        if not self.acted:
            self.acted = True
            self._action()
        return self._seal_many(*arguments)


@pytest.fixture
def rival_book(database: Database) -> AccountBook:
    return AccountBook(database, MasterKey(MASTER), PseudonymKey(PSEUDONYM))


def test_whoever_opens_the_same_account_first_wins(
    book: AccountBook, rival_book: AccountBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs: list[Account] = []
    rival = Rival(book, lambda: theirs.extend(rival_book.register([LI, ZHANG], now=1)), monkeypatch)
    [ours] = book.register([ZHANG], now=2)
    assert rival.acted
    assert ours == theirs[1]._replace(known=True)


def test_whoever_reopens_the_same_account_first_wins(
    book: AccountBook, rival_book: AccountBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    [before] = book.register([ZHANG], now=1)
    book.delete(before.learner_id, now=2)
    theirs: list[Account] = []
    rival = Rival(book, lambda: theirs.extend(rival_book.register([ZHANG], now=3)), monkeypatch)
    [ours] = book.register([ZHANG], now=4)
    assert rival.acted
    assert ours == theirs[0]._replace(known=True)
    assert ours.claim_key == before.claim_key


def test_a_document_added_meanwhile_leads_to_its_account_and_not_to_a_second_one(
    book: AccountBook, rival_book: AccountBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    [zhang] = book.register([ZHANG], now=1)
    rival = Rival(book, lambda: rival_book.add_document(zhang.learner_id, "PP", "E12345678", now=2), monkeypatch)
    [by_passport] = book.register([Person("PP", "E12345678", "张伟")], now=3)
    assert rival.acted
    assert by_passport == zhang._replace(known=True)


def test_the_keys_of_many_leave_out_who_is_gone(book: AccountBook) -> None:
    zhang, li = book.register([ZHANG, LI], now=1)
    book.delete(li.learner_id, now=2)
    assert book.keys_of([zhang.learner_id, li.learner_id, 99]) == {zhang.learner_id: zhang.key}


def test_threads_that_open_the_same_people_end_with_one_account_each(book: AccountBook) -> None:
    people = [Person("PP", f"E{number:08d}", f"n{number}") for number in range(300)]
    results: list[list[int]] = []

    def work(shift: int) -> None:
        chunk = people[shift:] + people[:shift]
        by_number = dict(zip(chunk, book.register(chunk, now=1), strict=True))
        results.append([by_number[person].learner_id for person in people])

    threads = [threading.Thread(target=work, args=(50 * shift,)) for shift in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 5
    assert all(ids == results[0] for ids in results)
    assert len(set(results[0])) == 300


ACTIONS = st.lists(
    st.tuples(st.sampled_from(["card", "passport", "add", "delete"]), st.integers(0, 2)), min_size=1, max_size=12
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actions=ACTIONS)
def test_whatever_happens_a_person_keeps_their_claim_key(
    tmp_path_factory: pytest.TempPathFactory, actions: list[tuple[str, int]]
) -> None:
    database = open_database(tmp_path_factory.mktemp("accounts") / "huren.db")
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
    database.close()
