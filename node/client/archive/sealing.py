"""A stream sealed to public keys: it opens whole and in order, or it does not open.

    huren.backup.v1 NL          16 bytes
    length                      4 bytes, big-endian, of the header
    header                      JSON: {"recipients": [{"key": 0x…, "sealed": base64}], "stream": base64}
    chunks                      1 MiB of content and 17 bytes each; the last one, which says so, may be shorter

A random key of 32 bytes is sealed to each recipient (X25519, `crypto_box_seal`); the chunks are libsodium's
secretstream (XChaCha20-Poly1305), which authenticates each chunk, their order and the last one. The digest of all that
stands before the chunks is authenticated with each. Source: libsodium documentation, "Sealed boxes", "Secret stream".
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Final

import orjson
from nacl import bindings, exceptions, utils
from nacl.public import PrivateKey, PublicKey, SealedBox

from node.client.archive.errors import DamagedArchiveError, NotAnArchiveError, NotARecipientError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import BinaryIO

MAGIC: Final = b"huren.backup.v1\n"
CHUNK: Final = 1 << 20
_OVERHEAD: Final = bindings.crypto_secretstream_xchacha20poly1305_ABYTES
_LENGTH_BYTES: Final = 4
_MOST_HEADER: Final = 1 << 16
_LAST: Final = bindings.crypto_secretstream_xchacha20poly1305_TAG_FINAL
_MORE: Final = bindings.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE


class SealedWriter:
    """Seals what is written to it. `finish` writes the end; without it the stream is worth nothing."""

    def __init__(self, file: BinaryIO, recipients: Sequence[bytes]) -> None:
        """Seal into `file` for `recipients`: X25519 public keys, 32 bytes each, one at least."""
        key = utils.random(bindings.crypto_secretstream_xchacha20poly1305_KEYBYTES)
        self._file = file
        self._waiting = bytearray()
        self._state = bindings.crypto_secretstream_xchacha20poly1305_state()
        start = bindings.crypto_secretstream_xchacha20poly1305_init_push(self._state, key)
        header = orjson.dumps(
            {
                "recipients": [
                    {"key": "0x" + one.hex(), "sealed": _text(SealedBox(PublicKey(one)).encrypt(key))}
                    for one in recipients
                ],
                "stream": _text(start),
            }
        )
        before = MAGIC + len(header).to_bytes(_LENGTH_BYTES, "big") + header
        self._bound = hashlib.sha256(before).digest()
        file.write(before)

    def write(self, content: bytes) -> int:
        """Seal `content` after what was written before."""
        self._waiting += content
        while len(self._waiting) > CHUNK:  # the last chunk is only known at the end
            self._push(bytes(self._waiting[:CHUNK]), _MORE)
            del self._waiting[:CHUNK]
        return len(content)

    def finish(self) -> None:
        """Seal the last chunk."""
        self._push(bytes(self._waiting), _LAST)
        self._waiting.clear()

    def _push(self, content: bytes, tag: int) -> None:
        sealed = bindings.crypto_secretstream_xchacha20poly1305_push(self._state, content, self._bound, tag)
        self._file.write(sealed)


class SealedReader:
    """Opens a sealed stream from its beginning; what it returns was authenticated."""

    def __init__(self, file: BinaryIO, secret: bytes, path: Path) -> None:
        """Read `file` with the X25519 secret key `secret` (32 bytes); errors name `path`.

        Raises:
            NotAnArchiveError: there is no such stream.
            NotARecipientError: it was sealed to others.
            DamagedArchiveError: what was sealed to this key does not open.
        """
        self._file = file
        self._path = path
        self._ready = bytearray()
        self._ended = False
        before = file.read(len(MAGIC) + _LENGTH_BYTES)
        length = int.from_bytes(before[len(MAGIC) :], "big")
        if not before.startswith(MAGIC) or len(before) < len(MAGIC) + _LENGTH_BYTES or length > _MOST_HEADER:
            raise NotAnArchiveError(path)
        header = file.read(length)
        self._bound = hashlib.sha256(before + header).digest()
        try:
            read = orjson.loads(header)
            sealed = {one["key"]: base64.b64decode(one["sealed"], validate=True) for one in read["recipients"]}
            start = base64.b64decode(read["stream"], validate=True)
        except (ValueError, KeyError, TypeError) as error:
            raise DamagedArchiveError(path, "文件头无法读取", "its header cannot be read") from error
        key = self._key(secret, sealed)
        self._state = bindings.crypto_secretstream_xchacha20poly1305_state()
        try:
            bindings.crypto_secretstream_xchacha20poly1305_init_pull(self._state, start, key)
        except (exceptions.CryptoError, ValueError) as error:
            raise DamagedArchiveError(path, "文件头无法读取", "its header cannot be read") from error

    def read(self, size: int) -> bytes:
        """Return up to `size` further bytes; none after the authenticated end.

        Raises:
            DamagedArchiveError: what comes next is altered, out of order, or lacking.
        """
        while len(self._ready) < size and not self._ended:
            self._pull()
        found = bytes(self._ready[:size])
        del self._ready[:size]
        return found

    def finish(self) -> None:
        """Read to the end.

        Raises:
            DamagedArchiveError: there is no end, or something follows it.
        """
        while not self._ended:
            self._ready.clear()
            self._pull()

    def _key(self, secret: bytes, sealed: dict[str, bytes]) -> bytes:
        private = PrivateKey(secret)
        mine = "0x" + bytes(private.public_key).hex()
        if mine not in sealed:
            raise NotARecipientError(self._path, mine, tuple(sealed))
        try:
            return bytes(SealedBox(private).decrypt(sealed[mine]))
        except (exceptions.CryptoError, ValueError, TypeError) as error:
            raise DamagedArchiveError(
                self._path, "密钥部分打不开", "the key that was sealed to you does not open"
            ) from error

    def _pull(self) -> None:
        sealed = self._file.read(CHUNK + _OVERHEAD)
        if not sealed:
            raise DamagedArchiveError(self._path, "文件不完整", "it was cut off")
        try:
            content, tag = bindings.crypto_secretstream_xchacha20poly1305_pull(self._state, sealed, self._bound)
        except (exceptions.CryptoError, ValueError) as error:
            raise DamagedArchiveError(self._path, "内容与认证码不符", "its content does not authenticate") from error
        self._ready += content
        self._ended = tag == _LAST
        if self._ended and self._file.read(1):
            raise DamagedArchiveError(self._path, "结尾之后还有内容", "something follows its end")


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
