r"""One secret of 32 bytes in one encrypted file.

scrypt (RFC 7914) makes a key of the passphrase, AES-256-GCM (NIST SP 800-38D) seals the secret under it; purpose,
identity and public part are authenticated with it, so that a file cannot be renamed into another role.

    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name) / "master.key.json"
    >>> create(path, "master", b"\x07" * 32, "correct horse", created=0, cost=2**4)
    >>> unlock(path, "master", "correct horse")[:2]
    b'\x07\x07'
    >>> folder.cleanup()
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Final, Literal

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.keys.errors import KeyFileExists, KeyFileExposed, KeyFileMalformed, KeyFileMissing, WrongPassphrase
from node.client.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

SCRYPT_COST: Final = 1 << 17
"""scrypt's N (r = 8, p = 1: 128 MiB, a third of a second); lowered by tests of throw-away keys only."""
SECRET_BYTES: Final = 32
_BLOCK: Final = 8
_MOST_COST: Final = 1 << 20
_MODE: Final = 0o600
_OTHERS: Final = 0o077
_NONCE_BYTES: Final = 12
_SALT_BYTES: Final = 32


class KeyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the file holds. Byte fields are base64 in JSON."""

    version: Literal[1]
    purpose: str
    """What the secret is for: master, pseudonym, or issuing and the institution's code."""
    created: int
    """Seconds since 1970 UTC."""
    public: bytes
    """The public key that belongs to the secret; empty where there is none."""
    cost: int
    """scrypt's N; r is 8 and p is 1."""
    salt: bytes
    nonce: bytes
    sealed: bytes


def create(
    path: Path,
    purpose: str,
    secret: bytes,
    passphrase: str,
    *,
    created: int,
    public: bytes = b"",
    cost: int = SCRYPT_COST,
) -> None:
    """Seals `secret` (32 bytes) into a new file at `path`, mode 0600, its folder for the owner alone.

    Raises:
        KeyFileExists: there is a file already.
        KeyFileMalformed: the secret is not 32 bytes.
    """
    if len(secret) != SECRET_BYTES:
        raise KeyFileMalformed(str(path), why=f"a secret of {len(secret)} bytes, not {SECRET_BYTES}")
    require_absent(path)
    salt, nonce = os.urandom(_SALT_BYTES), os.urandom(_NONCE_BYTES)
    sealed = AESGCM(_stretch(passphrase, salt, cost)).encrypt(nonce, secret, _bound(purpose, created, public))
    file = KeyFile(1, purpose, created, public, cost, salt, nonce, sealed)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(path, msgspec.json.format(msgspec.json.encode(file)) + b"\n", _MODE)


def require_absent(path: Path) -> None:
    """Makes sure that there is no file where a key is to go, before anybody is asked for its passphrase.

    Raises:
        KeyFileExists: there is one: a key is never overwritten.
    """
    if path.exists():
        raise KeyFileExists(str(path))


def read(path: Path, purpose: str) -> KeyFile:
    """The file at `path` without opening it: its public part and age need no passphrase.

    Raises:
        KeyFileMissing, KeyFileMalformed, KeyFileExposed: as they say.
    """
    try:
        content, mode = path.read_bytes(), path.stat().st_mode
    except FileNotFoundError:
        raise KeyFileMissing(str(path)) from None
    except OSError as error:
        raise KeyFileMalformed(str(path), why=error.strerror) from error
    if mode & _OTHERS:
        raise KeyFileExposed(str(path))
    try:
        file = msgspec.json.decode(content, type=KeyFile)
    except msgspec.MsgspecError as error:
        raise KeyFileMalformed(str(path), why=str(error)) from error
    if file.purpose != purpose:
        raise KeyFileMalformed(str(path), why=f"it holds a {file.purpose} key, not a {purpose} key")
    if not 1 < file.cost <= _MOST_COST or file.cost & (file.cost - 1):
        raise KeyFileMalformed(str(path), why=f"scrypt cost {file.cost}")
    return file


def unlock(path: Path, purpose: str, passphrase: str) -> bytes:
    """The secret of 32 bytes.

    Raises:
        KeyFileMissing, KeyFileMalformed, KeyFileExposed: as they say.
        WrongPassphrase: the passphrase is another one, or the file was altered.
    """
    file = read(path, purpose)
    try:
        return AESGCM(_stretch(passphrase, file.salt, file.cost)).decrypt(
            file.nonce, file.sealed, _bound(file.purpose, file.created, file.public)
        )
    except (InvalidTag, ValueError) as error:
        raise WrongPassphrase(str(path)) from error


def _stretch(passphrase: str, salt: bytes, cost: int) -> bytes:
    # OpenSSL refuses to use more than it was allowed: 128 · r · N bytes, and some for itself.
    room = 128 * _BLOCK * cost + (1 << 20)
    return hashlib.scrypt(passphrase.encode(), salt=salt, n=cost, r=_BLOCK, p=1, maxmem=room, dklen=32)


def _bound(purpose: str, created: int, public: bytes) -> bytes:
    return f"huren.key.v1\0{purpose}\0{created}\0".encode() + public
