"""One content for several readers: sealed once under a content key, and that key sealed to each reader.

    sealed = seal(MAGIC, {"evaluation": "0x…"}, {reader: public_key}, content)
    box = parted(MAGIC, sealed);  box.header["evaluation"]      # said in front, authenticated with the content
    content = unseal(box, reader, private_key)

What is made is one line of text (the magic), one line of JSON (the header, with the content key sealed to every
reader's X25519 key: libsodium's crypto_box_seal) and the content under XChaCha20-Poly1305 with both lines as associated
data. The content key is random: the same content sealed twice has nothing in common.
"""

from __future__ import annotations

import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import orjson
from nacl.bindings import crypto_scalarmult
from nacl.exceptions import CryptoError
from nacl.public import PublicKey, SealedBox
from nacl.secret import Aead

from gateway.domain.errors import USAGE, HurenError
from gateway.domain.hashing import hex0x

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nacl.public import PrivateKey

KEY_BYTES: Final = 32


class SealedError(HurenError):
    """The family of everything that is wrong with something sealed."""

    code = "sealed"


class SealBroken(SealedError):
    """Not sealed in this form, or altered since."""

    code = "sealed.form"
    zh = "不是 {expected} 格式的加密内容，或已损坏：{value}"
    en = "this is nothing sealed as {expected}, or it was altered: {value}"
    hint_zh = "请向发送方重新索取"
    hint_en = "ask whoever sent it for it again"


class NotAReader(SealedError):
    """It is sealed to others."""

    code = "sealed.reader"
    zh = "该内容没有加密给 {value}"
    en = "this is not sealed to {value}"


class KeyUnusable(SealedError):
    """A public key that nothing can be encrypted to: not 32 bytes, or of small order (RFC 7748, section 6.1)."""

    code = "sealed.key"
    exit_code = USAGE
    zh = "公钥 {value} 无法用于加密"
    en = "nothing can be encrypted to the key {value}"
    hint_zh = "请密钥所有者重新提供"
    hint_en = "ask its owner for it again"


@dataclass(frozen=True, slots=True)
class Box:
    """Something sealed, taken apart and not yet opened."""

    magic: bytes
    header: dict[str, Any]
    """What the sealer said in front; true once it was opened."""
    front: bytes
    ciphertext: bytes

    @property
    def readers(self) -> tuple[str, ...]:
        """Those that it is sealed to."""
        return tuple(self.header["keys"])


def usable_key(key: bytes) -> bytes:
    """Return ``key`` where something can be encrypted to it.

    Raises:
        KeyUnusable: it cannot.
    """
    try:
        if len(key) != KEY_BYTES:
            raise KeyUnusable(hex0x(key))
        crypto_scalarmult(secrets.token_bytes(KEY_BYTES), key)  # refuses the shared secret zero
    except (CryptoError, RuntimeError) as error:
        raise KeyUnusable(hex0x(key)) from error
    return key


def seal(magic: bytes, header: Mapping[str, Any], keys: Mapping[str, bytes], content: bytes) -> bytes:
    """``content`` sealed to every reader.

    Args:
        magic: the first line, with its end.
        header: what anybody may read; without "keys".
        keys: the readers' X25519 keys.
        content: the bytes.

    Raises:
        KeyUnusable: one of the keys is none.
    """
    content_key = secrets.token_bytes(Aead.KEY_SIZE)
    sealed_to = {
        reader: b64encode(SealedBox(PublicKey(usable_key(key))).encrypt(content_key)).decode()
        for reader, key in sorted(keys.items())
    }
    front = magic + orjson.dumps({**header, "keys": sealed_to}) + b"\n"
    return front + bytes(Aead(content_key).encrypt(content, front))


def parted(magic: bytes, sealed: bytes) -> Box:
    """Take apart; nothing is opened, and of the header only its form is checked.

    Raises:
        SealBroken: another first line, or no header.
    """
    name = magic.decode().strip()
    end = sealed.find(b"\n", len(magic)) + 1
    if not sealed.startswith(magic) or end == 0:
        raise SealBroken(name, expected=name)
    try:
        header = orjson.loads(sealed[len(magic) : end])
    except ValueError as error:
        raise SealBroken(str(error), expected=name) from error
    keys = header.get("keys") if isinstance(header, dict) else None
    if not isinstance(keys, dict) or not all(isinstance(key, str) for key in keys.values()):
        raise SealBroken("keys", expected=name)
    return Box(magic, header, sealed[:end], sealed[end:])


def unseal(box: Box, reader: str, key: PrivateKey) -> bytes:
    """The content.

    Args:
        box: of `parted`.
        reader: under which name the content key is looked for.
        key: the reader's X25519 key.

    Raises:
        NotAReader: it holds nothing for this reader, or for another key of theirs.
        SealBroken: header or content were altered.
    """
    if reader not in box.header["keys"]:
        raise NotAReader(reader)
    try:
        content_key = SealedBox(key).decrypt(b64decode(box.header["keys"][reader], validate=True))
    except (CryptoError, ValueError) as error:
        raise NotAReader(reader) from error
    try:
        return bytes(Aead(content_key).decrypt(box.ciphertext, box.front))
    except (CryptoError, ValueError) as error:
        raise SealBroken(str(error), expected=box.magic.decode().strip()) from error
