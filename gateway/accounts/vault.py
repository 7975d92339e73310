r"""What turns a person into a row that says nothing, and back.

    >>> vault = Vault(MasterKey(bytes(32)))
    >>> index = vault.number_index("ID", "11010519491231002X")
    >>> [(_, name_index, wrapped, sealed)], [key] = vault.seal_many([("ID", "11010519491231002X", "张伟")], [index])
    >>> vault.open_key(7, index, wrapped) == key
    True
    >>> vault.open_person(7, index, key, sealed).name
    '张伟'

Every value is bound to its row and column by associated data (the row's number index and the column's name), so that no
value can be moved to another row or column.
"""

from __future__ import annotations

import os
import unicodedata
from typing import TYPE_CHECKING, Final, TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.accounts.errors import AccountUnreadable
from gateway.accounts.values import Person
from gateway.keys.secrets import KeyedHash, MasterKey, Purpose

if TYPE_CHECKING:
    from collections.abc import Sequence

TAG_BYTES: Final = 16
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_RANDOM_BYTES: Final = _KEY_BYTES + 2 * _NONCE_BYTES
_KEY_COLUMN: Final = b"learners.wrapped_key"
_PERSON_COLUMN: Final = b"learners.sealed"
_SEPARATOR: Final = "\0"
# The middle dot of transliterated names is typed in many ways.
_DOTS: Final = dict.fromkeys(map(ord, "•‧∙・･⋅"), "·")


# number_index, name_index, wrapped_key, sealed: a plain tuple, since half a million are made in a second
SealedRow: TypeAlias = tuple[bytes, bytes, bytes, bytes]


class Vault:
    """The keyed indexes and the encryption of accounts, under keys derived from the master key."""

    def __init__(self, master: MasterKey) -> None:
        self._wrap = AESGCM(master.derive(Purpose.LEARNER_KEYS))
        self._numbers = KeyedHash(master.derive(Purpose.NUMBER_INDEX))
        self._names = KeyedHash(master.derive(Purpose.NAME_INDEX))

    def number_index(self, kind: str, number: str) -> bytes:
        """The keyed index of a document, 16 bytes."""
        return self._numbers((kind + number).encode())[:TAG_BYTES]

    def name_index(self, name: str) -> bytes:
        """The keyed index of a name, 16 bytes; spellings that differ in width, case, spaces or dots share it."""
        return self._names(plain_name(name).encode())[:TAG_BYTES]

    def seal_many(
        self, people: Sequence[tuple[str, str, str]], indexes: Sequence[bytes]
    ) -> tuple[list[SealedRow], list[bytes]]:
        """Sealed rows, and the learners' new keys, for `people` whose number indexes are `indexes`."""
        random = os.urandom(_RANDOM_BYTES * len(people))
        names, wrap, join = self._names, self._wrap.encrypt, _SEPARATOR.join
        rows: list[SealedRow] = []
        keys: list[bytes] = []
        starts = range(0, len(random), _RANDOM_BYTES)
        for at, person, index in zip(starts, people, indexes, strict=True):
            key = random[at : at + _KEY_BYTES]
            first = random[at + _KEY_BYTES : at + _KEY_BYTES + _NONCE_BYTES]
            second = random[at + _KEY_BYTES + _NONCE_BYTES : at + _RANDOM_BYTES]
            name_index = names(plain_name(person[2]).encode())[:TAG_BYTES]
            wrapped = first + wrap(first, key, index + _KEY_COLUMN)
            sealed = second + AESGCM(key).encrypt(second, join(person).encode(), index + _PERSON_COLUMN)
            rows.append((index, name_index, wrapped, sealed))
            keys.append(key)
        return rows, keys

    def seal_person(self, person: Person, key: bytes, row_index: bytes) -> bytes:
        """`person` sealed under a learner's existing key, for the row with `row_index`."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + AESGCM(key).encrypt(nonce, _SEPARATOR.join(person).encode(), row_index + _PERSON_COLUMN)

    def open_key(self, learner_id: int, number_index: bytes, wrapped: bytes) -> bytes:
        """A learner's key.

        Raises:
            AccountUnreadable: altered, moved, or wrapped under another master key.
        """
        try:
            return self._wrap.decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], number_index + _KEY_COLUMN)
        except InvalidTag:
            raise AccountUnreadable(learner_id, why="wrapped_key") from None

    def open_person(self, learner_id: int, row_index: bytes, key: bytes, sealed: bytes) -> Person:
        """The person of a row.

        Raises:
            AccountUnreadable: altered, moved, or sealed under another key.
        """
        try:
            text = AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], row_index + _PERSON_COLUMN)
        except InvalidTag:
            raise AccountUnreadable(learner_id, why="sealed") from None
        return Person(*text.decode().split(_SEPARATOR, 2))


def plain_name(name: str) -> str:
    """A name as the index reads it: NFKC, single spaces, one kind of middle dot, no difference of case."""
    plain = unicodedata.normalize("NFKC", name)
    if not plain.isalpha():  # most names are letters only and need no more
        plain = " ".join(plain.translate(_DOTS).split())
    return plain.casefold()
