"""Institutions' keys for being written to: X25519 (RFC 7748), to which other centres seal letters about transfers.

    <keys>/agreement/<USCC>/<public key>.key.json      under the passphrase of the master key

    keys.create("123100004250004560", now=now)         # its public part goes to the InstitutionRegistry
    keys.private("123100004250004560", public_key)     # a letter names the key that it is sealed to

Rotation: make the next one, register it, retire the old one there. No file is ever taken away: it opens what was sealed
to it. The name is the standard's word for such keys (key agreement); it has nothing to do with agreements of provinces.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from nacl.public import PrivateKey

from gateway.domain.identifiers import Uscc
from gateway.keys import keyfile
from gateway.keys.errors import KeyFileMalformed, NoAgreementKey

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_SUFFIX: Final = ".key.json"


@dataclass(frozen=True, slots=True)
class AgreementKeyFile:
    """An agreement key that this centre holds."""

    institution: str
    public_key: bytes
    """X25519, 32 bytes."""
    created: int


class AgreementKeys:
    """The agreement keys in ``folder``; each file is opened once."""

    def __init__(self, folder: Path, passphrase: Callable[[], str], *, cost: int = keyfile.SCRYPT_COST) -> None:
        self._folder = folder
        self._passphrase = passphrase
        self._cost = cost
        self._opened: dict[tuple[str, bytes], PrivateKey] = {}

    def create(self, institution: str, *, now: int) -> AgreementKeyFile:
        """Makes a key for ``institution``; nobody seals to it before it is registered."""
        secret = secrets.token_bytes(keyfile.SECRET_BYTES)
        public = bytes(PrivateKey(secret).public_key)
        path = self._path(institution, public)
        purpose, passphrase = _purpose(institution), self._passphrase()
        keyfile.create(path, purpose, secret, passphrase, created=now, public=public, cost=self._cost)
        return AgreementKeyFile(institution, public, now)

    def of(self, institution: str) -> list[AgreementKeyFile]:
        """Every key held of ``institution``, oldest first; none is opened."""
        found = []
        for path in (self._folder / Uscc(institution).text).glob(f"*{_SUFFIX}"):
            file = keyfile.read(path, _purpose(institution))
            if path.name != f"{file.public.hex()}{_SUFFIX}":
                raise KeyFileMalformed(str(path), why="its name is not its public key")
            found.append(AgreementKeyFile(institution, file.public, file.created))
        return sorted(found, key=lambda key: (key.created, key.public_key))

    def institutions(self) -> list[str]:
        """The institutions of which this centre holds such a key, ascending."""
        return sorted(path.name for path in self._folder.glob("*") if any(path.glob(f"*{_SUFFIX}")))

    def private(self, institution: str, public_key: bytes) -> PrivateKey:
        """The private key that belongs to ``public_key`` (32 bytes).

        Raises:
            NoAgreementKey: it is not held.
            KeyringError: it cannot be opened.
        """
        known = self._opened.get((institution, public_key))
        if known is not None:
            return known
        path = self._path(institution, public_key)
        if not path.exists():
            raise NoAgreementKey(institution)
        key = PrivateKey(keyfile.unlock(path, _purpose(institution), self._passphrase()))
        if bytes(key.public_key) != public_key:
            raise KeyFileMalformed(str(path), why="the secret is not that of its public key")
        self._opened[institution, public_key] = key
        return key

    def _path(self, institution: str, public_key: bytes) -> Path:
        return self._folder / Uscc(institution).text / f"{public_key.hex()}{_SUFFIX}"


def _purpose(institution: str) -> str:
    """What a key file of ``institution`` is sealed for: moved into another's folder it does not open."""
    return f"agreement {institution}"
