"""The account book: one row a learner, opened and looked up a chunk at a time.

    >>> import pathlib, tempfile
    >>> from gateway.keys.secrets import MasterKey, PseudonymKey
    >>> from gateway.store.engine import open_database
    >>> folder = tempfile.TemporaryDirectory()
    >>> database = open_database(pathlib.Path(folder.name) / "huren.db")
    >>> book = AccountBook(database, MasterKey(b"m" * 32), PseudonymKey(b"p" * 32))
    >>> [account] = book.register([Person("ID", "11010519491231002X", "张伟")], now=1)
    >>> account.known, len(account.key), len(account.claim_key)
    (False, 32, 32)
    >>> [found.id for found in book.find_by_name("张伟")]
    [1]
    >>> book.delete(1, now=2)
    Deletion(learner_id=1, scrubbed=True)
    >>> [again] = book.register([Person("ID", "11010519491231002X", "张伟")], now=3)
    >>> again.claim_key == account.claim_key, again.key == account.key
    (True, False)
    >>> database.close()
    >>> folder.cleanup()

A person is their first document for ever: a further document finds the same account and the same claims. Deleting an
account destroys the learner's key, and with it the row's content and every document in every copy of every pack; the
keyed number index stays behind, so that an account opened again has the same claims.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from cryptography.exceptions import InvalidTag
from sqlalchemy import func, insert, select, update

from gateway.accounts.errors import AccountDeleted, AccountNotFound, AccountUnreadable, DocumentTaken
from gateway.accounts.marks import bind
from gateway.accounts.values import Account, Deletion, OpenedAccount, Person
from gateway.accounts.vault import Vault, plain_name
from gateway.store.bulk import insert_rows, select_by_keys
from gateway.store.models import Learner, LearnerDocument

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from gateway.keys.secrets import MasterKey, PseudonymKey
    from gateway.store.engine import Database

_INSERTED: Final = ("id", "number_index", "name_index", "wrapped_key", "sealed", "opened_at")
_READ: Final = ("id", "number_index", "name_index", "wrapped_key", "sealed", "claim_key", "opened_at")
KINDS: Final = ("ID", "PP", "HK", "TW")


class _Changed(Exception):
    """Another process opened or reopened accounts between reading and writing."""


class _Row(NamedTuple):
    """The columns `_READ` of a learner; `wrapped_key` and `sealed` are empty (None) in a tombstone."""

    id: int
    number_index: bytes
    name_index: bytes | None
    wrapped_key: bytes | None
    sealed: bytes | None
    claim_key: bytes | None
    opened_at: int


class AccountBook:
    """The accounts of one centre. Thread-safe. Raises KeyOfAnotherDatabase where they were made with other keys."""

    def __init__(self, database: Database, master: MasterKey, pseudonym: PseudonymKey) -> None:
        bind(database, master, pseudonym)
        self._database = database
        self._vault = Vault(master)
        self._pseudonym = pseudonym

    # --- opening

    def register(self, people: Sequence[tuple[str, str, str]], *, now: int) -> list[Account]:
        """Finds or opens the accounts of `people` ((kind, number, name) triples), in their order; durable on return.

        The same person twice is one account. A deleted account is opened again under a new key, with its old claims.
        Numbers must be valid: they are not checked again here.

        Raises:
            AccountUnreadable: a known row does not open under these keys.
        """
        vault = self._vault
        indexes = [vault.number_index(kind, number) for kind, number, _ in people]
        first: dict[bytes, tuple[str, str, str]] = {}
        for index, person in zip(indexes, people, strict=True):
            first.setdefault(index, person)
        while True:
            try:
                accounts = self._find_or_open(first, now)
            except _Changed:
                continue
            if len(first) == len(people):
                return [accounts[index] for index in indexes]
            return [
                accounts[index] if _same_name(person, first[index]) else accounts[index]._replace(same_name=False)
                for index, person in zip(indexes, people, strict=True)
            ]

    def add_document(self, learner_id: int, kind: str, number: str, *, now: int) -> None:
        """Lets a further document of the same person find the account; its claims stay those of the first document.

        Raises:
            DocumentTaken: the document names another account.
            AccountNotFound, AccountDeleted, AccountUnreadable: as they say.
        """
        index = self._vault.number_index(kind, number)
        with self._database.write() as connection:
            row = self._live_row(connection, learner_id)
            owner = _owner(connection, index)
            if owner == learner_id:
                return
            if owner is not None:
                raise DocumentTaken(owner)
            person = Person(kind, number, self._person(row).name)
            sealed = self._vault.seal_person(person, self._key(row), index)
            connection.execute(
                insert(LearnerDocument).values(number_index=index, learner_id=learner_id, sealed=sealed, added_at=now)
            )

    # --- finding

    def find_many(self, people: Sequence[tuple[str, str, str]]) -> list[Account | None]:
        """As `register`, but opens nothing: None where there is no account; the key of a deleted one is empty.

        Raises:
            AccountUnreadable: a known row does not open under these keys.
        """
        indexes = [self._vault.number_index(kind, number) for kind, number, _ in people]
        with self._database.read() as connection:
            found = _look_up(connection, indexes) if _newest(connection) else {}
        return [
            self._as_found(found[index], index, person) if index in found else None
            for index, person in zip(indexes, people, strict=True)
        ]

    def find_by_number(self, number: str, kind: str | None = None) -> list[OpenedAccount]:
        """The accounts that a document finds: none or one; of any type where `kind` is not given."""
        indexes = [self._vault.number_index(each, number) for each in ([kind] if kind else KINDS)]
        with self._database.read() as connection:
            rows = select_by_keys(connection, Learner, "number_index", ("id",), indexes)
            rows += select_by_keys(connection, LearnerDocument, "number_index", ("learner_id",), indexes)
            return self._open_many(connection, [number for (number,) in rows])

    def find_by_name(self, name: str) -> list[OpenedAccount]:
        """The accounts under that name, by id."""
        with self._database.read() as connection:
            index = self._vault.name_index(name)
            rows = select_by_keys(connection, Learner, "name_index", ("id",), [index])
            return self._open_many(connection, [number for (number,) in rows])

    def open_many(self, learner_ids: Sequence[int]) -> list[OpenedAccount]:
        """The accounts with these ids, ascending; deleted and unknown ones are left out."""
        with self._database.read() as connection:
            return self._open_many(connection, learner_ids)

    def learner_key(self, learner_id: int) -> bytes:
        """A learner's key, which opens their documents.

        Raises:
            AccountNotFound, AccountDeleted, AccountUnreadable: as they say.
        """
        with self._database.read() as connection:
            return self._key(self._live_row(connection, learner_id))

    def claim_key(self, learner_id: int) -> bytes:
        """The person's claim key, as secret as the number: for the office that drew one of their transfers.

        Raises:
            AccountNotFound, AccountDeleted, AccountUnreadable: as they say.
        """
        with self._database.read() as connection:
            return self._claim_key(self._live_row(connection, learner_id))

    def keys_of(self, learner_ids: Sequence[int]) -> dict[int, bytes]:
        """The keys of many learners; deleted and unknown ones are left out.

        Raises:
            AccountUnreadable: a row does not open under these keys.
        """
        columns = ("id", "number_index", "wrapped_key")
        with self._database.read() as connection:
            rows = select_by_keys(connection, Learner, "id", columns, learner_ids)
        return {row[0]: self._vault.open_key(*row) for row in rows if row[2] is not None}

    # --- closing

    def delete(self, learner_id: int, *, now: int) -> Deletion:
        """Destroys the learner's key and whatever names them; leaves the tombstone that keeps their claims theirs.

        Raises:
            AccountNotFound, AccountDeleted, AccountUnreadable: as they say.
        """
        with self._database.write() as connection:
            row = self._live_row(connection, learner_id)
            claim_key = self._claim_key(row)
            connection.execute(
                update(Learner)
                .where(Learner.id == learner_id)
                .values(
                    name_index=None,
                    wrapped_key=None,
                    sealed=None,
                    claim_key=self._pseudonym.seal(claim_key, row.number_index),
                    deleted_at=now,
                )
            )
            connection.execute(
                update(LearnerDocument).where(LearnerDocument.learner_id == learner_id).values(sealed=None)
            )
        return Deletion(learner_id, scrubbed=self._database.scrub())

    # --- inside

    def _find_or_open(self, wanted: dict[bytes, tuple[str, str, str]], now: int) -> dict[bytes, Account]:
        indexes = list(wanted)
        with self._database.read() as connection:
            newest = _newest(connection)
            found = _look_up(connection, indexes)
        # Sorted, because neighbours in the unique index are then written together.
        lacking = sorted(index for index in indexes if index not in found)
        gone = [index for index, row in found.items() if row.wrapped_key is None]
        new_rows, new_keys = self._vault.seal_many([wanted[index] for index in lacking], lacking)
        accounts = {
            index: self._known(row, index, wanted[index]) for index, row in found.items() if row.wrapped_key is not None
        }
        if lacking or gone:
            with self._database.write() as connection:
                if lacking:
                    if _newest(connection) != newest or _by_further_document(connection, lacking):
                        raise _Changed
                    insert_rows(
                        connection,
                        Learner,
                        _INSERTED,
                        [(number, *row, now) for number, row in enumerate(new_rows, newest + 1)],
                    )
                reopened: dict[int, Account] = {}  # two documents of one person may both be in the chunk
                for index in gone:
                    row = found[index]
                    if row.id not in reopened:
                        reopened[row.id] = self._reopen(connection, row, wanted[index], now)
                    accounts[index] = reopened[row.id]
        claim_key = self._pseudonym.claim_key
        for number, (index, key) in enumerate(zip(lacking, new_keys, strict=True), newest + 1):
            kind, document, _ = wanted[index]
            accounts[index] = Account(number, key, claim_key(kind, document), known=False, same_name=True)
        return accounts

    def _as_found(self, row: _Row, index: bytes, person: tuple[str, str, str]) -> Account:
        if row.wrapped_key is not None:
            return self._known(row, index, person)
        return Account(row.id, b"", self._claim_key(row), known=True, same_name=False)

    def _known(self, row: _Row, index: bytes, person: tuple[str, str, str]) -> Account:
        kind, number, name = person
        key = self._key(row)
        if row.claim_key is None and index == row.number_index:
            claim_key = self._pseudonym.claim_key(kind, number)  # without opening the row
        else:
            claim_key = self._claim_key(row)
        return Account(row.id, key, claim_key, known=True, same_name=self._vault.name_index(name) == row.name_index)

    def _reopen(self, connection: Connection, row: _Row, person: tuple[str, str, str], now: int) -> Account:
        [(_, name_index, wrapped_key, sealed)], [key] = self._vault.seal_many([person], [row.number_index])
        done = connection.execute(
            update(Learner)
            .where(Learner.id == row.id, Learner.wrapped_key.is_(None))
            .values(name_index=name_index, wrapped_key=wrapped_key, sealed=sealed, opened_at=now, deleted_at=None)
        )
        if done.rowcount != 1:
            raise _Changed
        return Account(row.id, key, self._claim_key(row), known=False, same_name=True)

    def _claim_key(self, row: _Row) -> bytes:
        if row.claim_key is not None:  # was deleted once: the first document may never have been shown again
            try:
                return self._pseudonym.open(row.claim_key, row.number_index)
            except InvalidTag:
                raise AccountUnreadable(row.id, why="claim_key") from None
        person = self._person(row)
        return self._pseudonym.claim_key(person.kind, person.number)

    def _person(self, row: _Row) -> Person:
        if row.sealed is None:
            raise AccountDeleted(row.id)
        return self._vault.open_person(row.id, row.number_index, self._key(row), row.sealed)

    def _key(self, row: _Row) -> bytes:
        if row.wrapped_key is None:
            raise AccountDeleted(row.id)
        return self._vault.open_key(row.id, row.number_index, row.wrapped_key)

    def _open_many(self, connection: Connection, learner_ids: Sequence[int]) -> list[OpenedAccount]:
        rows = select_by_keys(connection, Learner, "id", _READ, sorted(set(learner_ids)))
        return sorted((self._open(_Row(*row)) for row in rows if row[3] is not None), key=lambda learner: learner.id)

    def _open(self, row: _Row) -> OpenedAccount:
        person = self._person(row)
        return OpenedAccount(row.id, person.kind, person.number, person.name, row.opened_at)

    def _live_row(self, connection: Connection, learner_id: int) -> _Row:
        rows = select_by_keys(connection, Learner, "id", _READ, [learner_id])
        if not rows:
            raise AccountNotFound(learner_id)
        row = _Row(*rows[0])
        if row.wrapped_key is None:
            raise AccountDeleted(learner_id)
        return row


def _newest(connection: Connection) -> int:
    # Rows are never deleted, so nobody opened an account in between if the highest id is still the same.
    return connection.execute(select(func.max(Learner.id))).scalar() or 0


def _owner(connection: Connection, index: bytes) -> int | None:
    rows = select_by_keys(connection, Learner, "number_index", ("id",), [index])
    rows += select_by_keys(connection, LearnerDocument, "number_index", ("learner_id",), [index])
    return rows[0][0] if rows else None


def _look_up(connection: Connection, indexes: Sequence[bytes]) -> dict[bytes, _Row]:
    rows = select_by_keys(connection, Learner, "number_index", _READ, indexes)
    found = {row[1]: _Row(*row) for row in rows}
    if len(found) < len(indexes):
        found |= _by_further_document(connection, [index for index in indexes if index not in found])
    return found


def _by_further_document(connection: Connection, indexes: Sequence[bytes]) -> dict[bytes, _Row]:
    if connection.execute(select(LearnerDocument.learner_id).limit(1)).first() is None:
        return {}  # few centres have any: spares a look-up a row
    pairs = select_by_keys(connection, LearnerDocument, "number_index", ("number_index", "learner_id"), indexes)
    rows = select_by_keys(connection, Learner, "id", _READ, [learner_id for _, learner_id in pairs])
    by_id = {row[0]: _Row(*row) for row in rows}
    return {index: by_id[learner_id] for index, learner_id in pairs}


def _same_name(one: tuple[str, str, str], other: tuple[str, str, str]) -> bool:
    return one[2] == other[2] or plain_name(one[2]) == plain_name(other[2])
