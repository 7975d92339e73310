"""The key that geth seals with: the member's node.key, once more as a keystore entry, since geth seals with no other.

The entry's passphrase is random and lies beside it, its owner's alone, as node.key does: it hides nothing from whoever
reads this folder, and nothing of it is on a command line (decision 0255).
"""

from __future__ import annotations

import json
import re
import secrets
from typing import TYPE_CHECKING

from node.client.errors import NodeError
from node.client.files import write_whole
from node.client.keystores import PRIVATE, KeystoreError, address_of, create

if TYPE_CHECKING:
    from pathlib import Path

_COST = 1 << 12
"""scrypt's N: stretching adds nothing to 256 random bits (decision 0031)."""
_KEY = re.compile(r"[0-9a-f]{64}", re.ASCII)


class NodeKeyError(NodeError):
    """keys/node.key cannot be used: `why`."""

    def __init__(self, path: Path, zh: str, en: str) -> None:
        super().__init__(
            f"节点密钥 {path} 无法使用：{zh}。请从备份恢复，或换一把新密钥（huren-node member rotate）",
            f"the node's key {path} cannot be used: {en}. Restore it from a backup, or rotate it",
        )
        self.path = path


def read_node_key(path: Path, validator: str) -> bytes:
    """Return the private key at `path`, which is that of the address `validator`.

    Raises:
        NodeKeyError: absent, malformed, readable by others, or another node's.
    """
    from eth_account import Account  # noqa: PLC0415 - takes a second to import, and is needed once in a folder's life

    try:
        text, mode = path.read_text(encoding="ascii").strip(), path.stat().st_mode
    except (OSError, UnicodeDecodeError) as error:
        raise NodeKeyError(path, "无法读取", "it cannot be read") from error
    if not _KEY.fullmatch(text):
        raise NodeKeyError(path, "不是 64 位十六进制数", "it is not 64 hexadecimal digits")
    if mode & 0o077:
        raise NodeKeyError(path, "其他用户可读，请执行 chmod 600", "others can read it: chmod 600 it")
    key = bytes.fromhex(text)
    found = str(Account.from_key(key).address).lower()
    if found != validator:
        raise NodeKeyError(
            path,
            f"它属于 {found}，而 network.toml 写的是 {validator}",
            f"it is {found}'s, network.toml says {validator}",
        )
    return key


def write_sealer(folder: Path, node_key: Path, validator: str) -> tuple[Path, ...]:
    """Make the keystore entry of `validator` in `folder` where it is not there; return the files written.

    Raises:
        NodeKeyError: node.key cannot be used.
    """
    entry, password = entry_of(folder), password_of(folder)
    bystander = bystander_of(folder)
    if not bystander.exists():
        create(bystander, secrets.token_urlsafe(32), scrypt_cost=_COST)
    try:
        if password.exists() and address_of(entry) == validator:
            return ()
    except KeystoreError:
        pass
    from eth_account import Account  # noqa: PLC0415 - see read_node_key

    key, secret = read_node_key(node_key, validator), secrets.token_urlsafe(32)
    entry.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    entry.unlink(missing_ok=True)  # never a new password beside an old entry
    write_whole(password, secret.encode() + b"\n", PRIVATE)
    document = Account.encrypt(key, secret, kdf="scrypt", iterations=_COST)
    write_whole(entry, json.dumps(document).encode() + b"\n", PRIVATE)
    return (password, entry)


def entry_of(folder: Path) -> Path:
    """Return where the entry is, below the client's `folder`."""
    return folder / "keystore" / "sealer.json"


def bystander_of(folder: Path) -> Path:
    """Return where the entry of an account lies that is nobody's: its key is thrown away (see `geth_attendant`)."""
    return folder / "keystore" / "bystander.json"


def password_of(folder: Path) -> Path:
    """Return where its passphrase is."""
    return folder / "sealer-password"
