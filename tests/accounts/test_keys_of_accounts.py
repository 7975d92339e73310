"""A database says nothing without its key, and takes no other database's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from people import LI, MASTER, PSEUDONYM, ZHANG, bytes_on_disk
from sqlalchemy import select, update

from gateway.accounts.errors import (
    AccountUnreadable,
    KeyOfAnotherDatabase,
)
from gateway.accounts.service import AccountBook
from gateway.keys.secrets import MasterKey, PseudonymKey
from gateway.store.models import Learner

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.store.engine import Database


def test_neither_file_nor_log_of_the_database_shows_who_the_learners_are(book: AccountBook, tmp_path: Path) -> None:
    [account] = book.register([ZHANG], now=1)
    content = bytes_on_disk(tmp_path)
    for private in (ZHANG.number.encode(), ZHANG.name.encode(), account.key, account.claim_key):
        assert private not in content
    assert "张伟" not in repr(account) + repr(book.find_by_name("张伟"))
    assert ZHANG.number not in repr(book.find_by_number(ZHANG.number))


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
        value = connection.execute(select(getattr(Learner, column)).where(Learner.id == li.learner_id)).scalar_one()
        connection.execute(update(Learner).where(Learner.id == zhang.learner_id).values({column: value}))
    with pytest.raises(AccountUnreadable):
        book.open_many([zhang.learner_id])
