"""The office's key, to which centres seal what they open: X25519 (RFC 7748), in a file of its own.

It belongs to the person at the office who checks, not to the gateway: an observer's gateway holds no key.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from nacl.public import PrivateKey

from gateway.keys import keyfile
from gateway.keys.errors import KeyFileMalformed

if TYPE_CHECKING:
    from pathlib import Path

PURPOSE: Final = "sample"
"""What the key file says the key is for: it opens as nothing else."""


def create_office_key(path: Path, passphrase: str, *, now: int, cost: int = keyfile.SCRYPT_COST) -> bytes:
    """Make the key in a file of its own; return its public part (32 bytes).

    Raises:
        KeyFileExists: there is a file already.
    """
    secret = secrets.token_bytes(keyfile.SECRET_BYTES)
    public = bytes(PrivateKey(secret).public_key)
    keyfile.create(path, PURPOSE, secret, passphrase, created=now, public=public, cost=cost)
    return public


def office_key_of(path: Path) -> bytes:
    """The public part, as the file tells it; the file is not opened.

    Raises:
        KeyringError: no such file, or of another purpose.
    """
    public = keyfile.read(path, PURPOSE).public
    if public is None:
        raise KeyFileMalformed(str(path), why="no public key")
    return public


def open_office_key(path: Path, passphrase: str) -> bytes:
    """The private part (32 bytes).

    Raises:
        KeyringError: the file is missing, of another purpose, exposed, or the passphrase is another one.
    """
    secret = keyfile.unlock(path, PURPOSE, passphrase)
    if bytes(PrivateKey(secret).public_key) != office_key_of(path):
        raise KeyFileMalformed(str(path), why="the secret is not that of its public key")
    return secret
