"""What a centre keeps of applications, under keys that go with the learner.

    vault = ApplicationVault(folder, learners, master)
    sealed = vault.seal(learner, purpose, content)
    digest = vault.keep_evidence(learner, scan)

Contents lie under a key derived from the learner's own, which lies under the master key: whoever deletes the account
destroys them. Where the certificate was issued elsewhere, so that nobody here has an account, the key comes from the
master key. Every sealed value is bound to what it belongs to.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gateway.domain.hashing import sha256
from gateway.keys.secrets import Purpose
from gateway.recognition.transfers.errors import EvidenceTooLarge
from node.client.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from gateway.keys.secrets import MasterKey

MOST_EVIDENCE: Final = 16 << 20
"""Of one consent: a scan of some pages."""
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_MODE: Final = 0o600
_NOBODY: Final = "elsewhere"


class Unreadable(Exception):
    """It does not open: the learner's key is gone, or the bytes were altered or moved."""


class LearnerKeys(Protocol):
    """Learners' own keys."""

    def keys_of(self, learner_ids: Sequence[int]) -> dict[int, bytes]:
        """The keys (32 bytes) of those accounts that are not deleted."""


class ApplicationVault:
    """Seals and opens for one centre."""

    def __init__(self, folder: Path, learners: Callable[[], LearnerKeys], master: Callable[[], MasterKey]) -> None:
        """Keep evidence in ``folder``; both keys are asked for when they are first needed."""
        self._folder = folder
        self._learners = learners
        self._master = master
        self._ciphers: dict[int, AESGCM] = {}

    @contextmanager
    def prepared(self, learners: Sequence[int]) -> Iterator[None]:
        """Fetch many learners' keys at once, for as long as this lasts: no key outlives its account in memory."""
        self._ciphers = self._fetched(sorted(set(learners)))
        try:
            yield
        finally:
            self._ciphers = {}

    def seal(self, learner: int | None, bound: bytes, content: bytes) -> bytes:
        """``content`` under the key of a learner (None: of nobody here), bound to ``bound``.

        Raises:
            Unreadable: the learner's account is deleted.
        """
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._of(learner).encrypt(nonce, content, bound)

    def open(self, learner: int | None, bound: bytes, sealed: bytes) -> bytes:
        """What `seal` sealed.

        Raises:
            Unreadable: it does not open.
        """
        try:
            return self._of(learner).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound)
        except (InvalidTag, ValueError) as error:
            raise Unreadable(str(learner)) from error

    def keep_evidence(self, learner: int | None, evidence: bytes) -> bytes:
        """Keep what shows a consent, sealed; return its sha256. The same again changes nothing.

        Raises:
            EvidenceTooLarge: above MOST_EVIDENCE.
            Unreadable: the learner's account is deleted.
        """
        if len(evidence) > MOST_EVIDENCE:
            raise EvidenceTooLarge(len(evidence), most=MOST_EVIDENCE)
        digest = sha256(evidence)
        path = self._path(learner, digest)
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(path, self.seal(learner, digest, evidence), _MODE)
        return digest

    def evidence(self, learner: int | None, digest: bytes) -> bytes:
        """What was kept.

        Raises:
            Unreadable: it is not there, or does not open.
        """
        try:
            sealed = self._path(learner, digest).read_bytes()
        except OSError as error:
            raise Unreadable(digest.hex()) from error
        return self.open(learner, digest, sealed)

    def forget(self, learner: int) -> None:
        """Take a learner's evidence away; without the key it could not be opened any more."""
        folder = self._folder / str(learner)
        for path in folder.glob("*.sealed"):
            path.unlink(missing_ok=True)
        if folder.exists():
            folder.rmdir()

    def _path(self, learner: int | None, digest: bytes) -> Path:
        return self._folder / (_NOBODY if learner is None else str(learner)) / f"{digest.hex()}.sealed"

    def _of(self, learner: int | None) -> AESGCM:
        if learner is None:
            return AESGCM(self._master().derive(Purpose.APPLICATIONS))
        found = self._ciphers.get(learner) or self._fetched([learner]).get(learner)
        if found is None:
            raise Unreadable(str(learner))
        return found

    def _fetched(self, learners: Sequence[int]) -> dict[int, AESGCM]:
        return {one: _cipher(key) for one, key in self._learners().keys_of(learners).items()} if learners else {}


def _cipher(learner_key: bytes) -> AESGCM:
    info = Purpose.APPLICATIONS.value.encode()
    return AESGCM(HKDF(SHA256(), _KEY_BYTES, salt=None, info=info).derive(learner_key))
