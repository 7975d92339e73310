"""Who opens the same account at the same moment ends with the same one."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from people import LI, MASTER, PSEUDONYM, ZHANG

from gateway.accounts.service import AccountBook
from gateway.accounts.values import Account, Person
from gateway.keys.secrets import MasterKey, PseudonymKey

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.store.engine import Database


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
