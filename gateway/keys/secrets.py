r"""The two secrets of a centre, and what is derived from each.

    >>> master = MasterKey(bytes(32))
    >>> master.derive(Purpose.NUMBER_INDEX) != master.derive(Purpose.NAME_INDEX)
    True
    >>> pseudonym = PseudonymKey(bytes(32))
    >>> len(pseudonym.claim_key("ID", "11010519491231002X"))
    32

Neither can be printed or pickled. What a thief gains from each stands in docs/threat-model.md.
"""

from __future__ import annotations

import os
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gateway.keys.errors import KeyFileMalformed
from gateway.keys.keyfile import SECRET_BYTES

if TYPE_CHECKING:
    from typing import NoReturn

_NONCE_BYTES: Final = 12
_MARK_BYTES: Final = 16


class Purpose(StrEnum):
    """What a key derived from the master key does; the text enters the derivation and never changes."""

    LEARNER_KEYS = "huren.learner-keys.v1"
    """Wraps each learner's own key."""
    NUMBER_INDEX = "huren.number-index.v1"
    """Keys the index of document numbers."""
    NAME_INDEX = "huren.name-index.v1"
    """Keys the index of names."""
    ROW_INDEX = "huren.row-index.v1"
    """Keys the index of certificate numbers and of rows without one."""
    ENROLMENTS = "huren.enrolments.v1"
    """Makes the pseudonyms of students in programmes, a key of its own for each institution."""
    APPLICATIONS = "huren.applications.v1"
    """Seals applications and their evidence where the certificate was issued elsewhere, so that no learner has a key
    here."""
    LETTERS = "huren.letters.v1"
    """Keys the digests of letters' texts, by which the same letter is known again."""


class KeyedHash:
    """HMAC-SHA256 (RFC 2104, section 2) under one key, for many messages: the key's two blocks are hashed once.

    The same bytes as hmac.digest(key, message, "sha256") at a third of its time: a row of a roster pays it three times.
    Keys of 32 bytes only.
    """

    __slots__ = ("_inner", "_outer")

    def __init__(self, key: bytes) -> None:
        if len(key) != SECRET_BYTES:
            raise KeyFileMalformed(type(self).__name__, why=f"{len(key)} bytes, not {SECRET_BYTES}")
        block = key.ljust(sha256().block_size, b"\0")
        self._inner = sha256(bytes(byte ^ 0x36 for byte in block))
        self._outer = sha256(bytes(byte ^ 0x5C for byte in block))

    def __call__(self, message: bytes) -> bytes:
        """The 32 bytes of the code of `message`."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(message)
        outer.update(inner.digest())
        return outer.digest()

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not pickled")


class _Secret:
    """32 bytes that are not to be seen."""

    __slots__ = ("_bytes",)

    def __init__(self, secret: bytes) -> None:
        if len(secret) != SECRET_BYTES:
            raise KeyFileMalformed(type(self).__name__, why=f"{len(secret)} bytes, not {SECRET_BYTES}")
        self._bytes = secret

    def __repr__(self) -> str:
        return f"{type(self).__name__}(***)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not pickled")

    def mark(self) -> bytes:
        """16 bytes by which this key is known again, and from which nothing follows about it."""
        return self._derive("huren.mark.v1")[:_MARK_BYTES]

    def _derive(self, info: str) -> bytes:
        return HKDF(SHA256(), SECRET_BYTES, salt=None, info=info.encode()).derive(self._bytes)


class MasterKey(_Secret):
    """Guards the personal data at rest. Everything it does is done by keys derived from it (HKDF, RFC 5869)."""

    __slots__ = ()

    def derive(self, purpose: Purpose) -> bytes:
        """The key of 32 bytes for one purpose; the same for ever."""
        return self._derive(purpose.value)


class PseudonymKey(_Secret):
    """The province's pseudonym key: makes claims out of people. Never rotated, apart from all other keys."""

    __slots__ = ("_hash", "_seal")

    def __init__(self, secret: bytes) -> None:
        super().__init__(secret)
        self._hash = KeyedHash(secret)
        self._seal = AESGCM(self._derive("huren.tombstones.v1"))

    def claim_key(self, kind: str, number: str) -> bytes:
        """A person's claim key: HMAC(pseudonym key, document type ‖ number), as `gateway.domain.claims.claim_key`.

        `kind` is the document type's two letters, `number` the valid number.
        """
        return self._hash((kind + number).encode())

    def seal(self, claim_key: bytes, bound: bytes) -> bytes:
        """A claim key sealed for a tombstone; `bound` (associated data) is needed again to open it."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._seal.encrypt(nonce, claim_key, bound)

    def open(self, sealed: bytes, bound: bytes) -> bytes:
        """The claim key that `seal` sealed.

        Raises:
            cryptography.exceptions.InvalidTag: altered, moved to another row, or sealed under another key.
        """
        return self._seal.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound)
