"""Accounts are found and opened: a person is one account, whatever document and spelling."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from people import LI, PSEUDONYM, ZHANG

from gateway.accounts.errors import (
    DocumentTaken,
)
from gateway.accounts.values import Person
from gateway.accounts.vault import plain_name
from gateway.domain import claims
from gateway.domain.identifiers import DocumentType
from gateway.domain.identifiers import LearnerDocument as IdentityDocument

if TYPE_CHECKING:
    from gateway.accounts.service import AccountBook


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


# The law: "an account's first document stays its claim document"
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
