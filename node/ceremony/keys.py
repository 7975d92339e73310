"""A member's node keys, made where they will live: files of 64 hexadecimal digits, readable by their owner alone.

Made once and never overwritten: whoever is killed while they are made finds each of them whole, or not there.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from eth_keys.datatypes import PrivateKey as NodePrivateKey
from nacl.signing import SigningKey

from node.client.errors import NodeError
from node.client.files import write_whole
from node.libp2p import peer_id_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from nacl.public import PrivateKey

    from node.layout import Layout

_PRIVATE: Final = 0o600
_OTHERS: Final = 0o077
_BYTES: Final = 32
_ORDER: Final = 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141
"""Of secp256k1's group (SEC 2, section 2.4.1)."""


class KeyFileError(NodeError):
    """The key file at `path` cannot be used."""

    def __init__(self, path: Path, zh: str, en: str) -> None:
        super().__init__(f"密钥文件 {path}：{zh}", f"key file {path}: {en}")
        self.path = path


@dataclass(frozen=True, slots=True, repr=False)
class NodeKeys:
    """The three keys of a member's machine. Never printed.

    Attributes:
        node: secp256k1, 32 bytes: who the chain client is, and the validator.
        exchange: the seed of an Ed25519 key, 32 bytes. Secrets for this member are sealed to its X25519 form
            (libsodium's conversion), which only agrees; its Edwards form signs the card's proof (decision 0251).
        ipfs: the seed of an Ed25519 key, 32 bytes: who the Kubo daemon is.
    """

    node: bytes
    exchange: bytes
    ipfs: bytes

    @property
    def public_key(self) -> str:
        """The chain client's public key, 0x and 128 hexadecimal digits."""
        return "0x" + NodePrivateKey(self.node).public_key.to_bytes().hex()

    @property
    def exchange_public(self) -> str:
        """The exchange key's public half, 0x and 64 hexadecimal digits."""
        return "0x" + bytes(agreement_key(self.exchange).public_key).hex()

    @property
    def peer_id(self) -> str:
        """The Kubo daemon's name."""
        return peer_id_of(self.ipfs)


def agreement_key(seed: bytes) -> PrivateKey:
    """Return the X25519 key that a member's exchange.key stands for."""
    return SigningKey(seed).to_curve25519_private_key()


def made(layout: Layout) -> NodeKeys:
    """Return the keys below `layout`, each made where it is not there yet. One process at a time (its caller's lock).

    Raises:
        KeyFileError: one is there and is no key, or others can read it.
    """
    layout.keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path, usable in _files(layout):
        for left in path.parent.glob(f".*{path.name}.*"):  # of a run that was killed before it was a key
            left.unlink()
        if not path.exists():
            _make(path, usable)
    return read(layout)


def read(layout: Layout) -> NodeKeys:
    """Return the keys below `layout`.

    Raises:
        KeyFileError: one is absent, is no key, or others can read it.
    """
    return NodeKeys(*(read_key(path, usable) for path, usable in _files(layout)))


def read_key(path: Path, usable: Callable[[bytes], bool] = lambda _: True) -> bytes:
    """Return the 32 bytes of the key file at `path`.

    Raises:
        KeyFileError: absent, no key, or others can read it.
    """
    try:
        text = path.read_text(encoding="ascii")
        mode = path.stat().st_mode
    except FileNotFoundError as error:
        raise KeyFileError(
            path, "不存在，请运行 huren-node member new", "there is none: run huren-node member new"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise KeyFileError(path, "无法读取", "cannot be read") from error
    if mode & _OTHERS:
        raise KeyFileError(path, "其他用户可读，请执行 chmod 600", "others can read it: chmod 600 it")
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != _BYTES or not usable(key):
        raise KeyFileError(
            path,
            "不是密钥（64 位十六进制）；请从备份恢复，或移走后重新生成",
            "is no key (64 hexadecimal digits): restore it from a backup, or move it away to make a new one",
        )
    return key


def _files(layout: Layout) -> tuple[tuple[Path, Callable[[bytes], bool]], ...]:
    return (
        (layout.node_key, lambda key: 0 < int.from_bytes(key, "big") < _ORDER),
        (layout.exchange_key, lambda _: True),
        (layout.ipfs_key, lambda _: True),
    )


def _make(path: Path, usable: Callable[[bytes], bool]) -> None:
    """Put a new random key at `path` unless another process has put one there meanwhile: theirs stays."""
    key = secrets.token_bytes(_BYTES)
    while not usable(key):
        key = secrets.token_bytes(_BYTES)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    write_whole(fresh, f"{key.hex()}\n".encode(), _PRIVATE)
    try:
        os.link(fresh, path)
    except FileExistsError:
        return
    finally:
        fresh.unlink()
