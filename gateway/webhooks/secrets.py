"""What a webhook's messages are signed with, and how that is kept.

    >>> secret = Secret.read("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")  # of the specification's own example
    >>> secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, b'{"test": 2432232314}')
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='

HMAC-SHA256 over ``id.timestamp.body``, as Standard Webhooks 1.0.0 has it ("Signature scheme"); a receiver checks it
with any of that specification's libraries. The secret is shown once. It must be read again at every message, so it is
kept sealed (AES-256-GCM) under a key in a file of its own, beside the key files and never in the database: decision
0227 says why that is not the master key.
"""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.domain.errors import Said
from gateway.domain.hashing import hmac_sha256
from gateway.webhooks.errors import SecretUnreadable
from node.client.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_MODE: Final = 0o600
_OTHERS: Final = 0o077
_BOUND: Final = b"huren.webhook.v1\0"
_MISSING: Final = Said("文件不存在", "the file is not there")
_EXPOSED: Final = Said("他人可读", "others can read it")
_MALFORMED: Final = Said("内容不是 64 位十六进制", "it is not 64 hexadecimal digits")
_ANOTHER: Final = Said("密钥不是封存时的那一把，或数据已被改动", "another key sealed it, or it was altered")


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """The secret that one webhook and its receiver share."""

    key: bytes

    @classmethod
    def new(cls) -> Secret:
        """A random one."""
        return cls(os.urandom(SECRET_BYTES))

    @classmethod
    def read(cls, text: str) -> Secret:
        """The secret of its text."""
        return cls(base64.b64decode(text.removeprefix(PREFIX), validate=True))

    @property
    def text(self) -> str:
        """As the receiver is given it."""
        return PREFIX + base64.b64encode(self.key).decode()

    def sign(self, message: str, timestamp: int, body: bytes) -> str:
        """The header webhook-signature."""
        signed = hmac_sha256(self.key, f"{message}.{timestamp}.".encode() + body)
        return "v1," + base64.b64encode(signed).decode()

    def __repr__(self) -> str:
        """Without the key."""
        return "Secret(***)"


class SecretBox:
    """Seals secrets under the key in a file, which is made when it is first needed."""

    def __init__(self, path: Path) -> None:
        """Use the key at ``path``: 64 hexadecimal digits, its owner's alone."""
        self._path = path

    def seal(self, secret: Secret, url: str) -> bytes:
        """A secret sealed for the webhook at ``url``: moved to another it does not open."""
        if not self._path.exists():
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(self._path, os.urandom(SECRET_BYTES).hex().encode() + b"\n", _MODE)
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + AESGCM(self._key()).encrypt(nonce, secret.key, _BOUND + url.encode())

    def open(self, sealed: bytes, url: str) -> Secret:
        """The secret that `seal` sealed.

        Raises:
            SecretUnreadable: no key, one that others can read, or another.
        """
        try:
            return Secret(
                AESGCM(self._key()).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _BOUND + url.encode())
            )
        except (InvalidTag, ValueError) as error:
            raise SecretUnreadable(str(self._path), why=_ANOTHER) from error

    def _key(self) -> bytes:
        try:
            content, mode = self._path.read_text(encoding="ascii", errors="replace"), self._path.stat().st_mode
        except FileNotFoundError:
            raise SecretUnreadable(str(self._path), why=_MISSING) from None
        if mode & _OTHERS:
            raise SecretUnreadable(str(self._path), why=_EXPOSED)
        try:
            key = bytes.fromhex(content)
        except ValueError:
            key = b""
        if len(key) != SECRET_BYTES:
            raise SecretUnreadable(str(self._path), why=_MALFORMED)
        return key
