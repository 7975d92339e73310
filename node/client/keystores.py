"""Encrypted key files and the passphrases that open them.

Ethereum's Web3 Secret Storage, version 3 (scrypt and AES-128-CTR), written by `eth_account`, readable by its owner
alone. A passphrase comes from a file, from an open file descriptor, or from a person at a prompt: never from an
argument, which any process on the machine could read.
"""

from __future__ import annotations

import getpass
import json
import os
from typing import TYPE_CHECKING, Any, cast

from node.client.attended import attended
from node.client.errors import NodeError
from node.client.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from eth_account.signers.local import LocalAccount

SCRYPT_COST = 1 << 18
"""scrypt's N of every key that guards anything (RFC 7914; r = 8, p = 1: 256 MB and about a second)."""
PRIVATE = 0o600
_OTHERS = 0o077


class KeystoreError(NodeError):
    """The key file at `path` cannot be used or made."""

    def __init__(self, path: Path, zh: str, en: str) -> None:
        super().__init__(f"密钥文件 {path}：{zh}", f"key file {path}: {en}")
        self.path = path


class PassphraseError(NodeError):
    """No usable passphrase could be read from `source`."""

    def __init__(self, source: str, zh: str, en: str) -> None:
        super().__init__(f"口令（{source}）：{zh}", f"passphrase ({source}): {en}")
        self.source = source


def create(path: Path, passphrase: str, *, scrypt_cost: int = SCRYPT_COST) -> str:
    """Make a new random key, keep it encrypted at `path` (mode 0600), and return its address (lower-case hex).

    Args:
        path: where the file goes; its folder is made, for its owner alone.
        passphrase: what will open it.
        scrypt_cost: scrypt's N, a power of two; lowered by tests of throw-away keys only.

    Raises:
        KeystoreError: there is a file already: a key is never overwritten.
    """
    require_absent(path)
    from eth_account import Account  # noqa: PLC0415 - see _decrypted

    account = cast("LocalAccount", Account.create())
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    document = Account.encrypt(account.key, passphrase, kdf="scrypt", iterations=scrypt_cost)
    write_whole(path, json.dumps(document).encode() + b"\n", PRIVATE)
    return account.address.lower()


def require_absent(path: Path) -> None:
    """Make sure that there is no file where a key is to go, before anybody is asked for its passphrase.

    Raises:
        KeystoreError: there is one: a key is never overwritten.
    """
    if path.exists():
        raise KeystoreError(path, "已存在，不会覆盖", "exists already and is never overwritten")


def require_usable(path: Path) -> dict[str, object]:
    """Return the key file, which can be opened but for its passphrase: for whoever looks before asking for that.

    Raises:
        KeystoreError: absent, damaged, or readable by others.
    """
    document = _read(path)
    if path.stat().st_mode & _OTHERS:
        raise KeystoreError(path, "其他用户可读，请执行 chmod 600", "others can read it: chmod 600 it")
    return document


def address_of(path: Path) -> str:
    """Return the address (lower-case hex) that the key file at `path` says it is for; no passphrase is needed.

    Raises:
        KeystoreError: absent or damaged.
    """
    return "0x" + str(_read(path)["address"]).lower().removeprefix("0x")


def unlock(path: Path, passphrase: str) -> LocalAccount:
    """Return the account whose key is kept at `path`.

    Raises:
        KeystoreError: absent, damaged, readable by others, or the passphrase does not open it.
    """
    document = require_usable(path)
    try:
        account = _decrypted(document, passphrase)
    except (ValueError, KeyError, TypeError) as error:
        raise KeystoreError(
            path, "口令不正确或文件损坏", "the passphrase does not open it, or it is damaged"
        ) from error
    return account


def _decrypted(document: dict[str, Any], passphrase: str) -> LocalAccount:
    # Imported where it is needed: it takes a second, and most commands open no such key.
    from eth_account import Account  # noqa: PLC0415

    return cast("LocalAccount", Account.from_key(Account.decrypt(document, passphrase)))


def _read(path: Path) -> dict[str, object]:
    try:
        document = json.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise KeystoreError(path, "不存在", "there is none") from error
    except (OSError, ValueError) as error:
        raise KeystoreError(path, "无法读取", "cannot be read") from error
    if not isinstance(document, dict) or "address" not in document:
        raise KeystoreError(path, "不是密钥文件", "is not a key file (Web3 Secret Storage, version 3)")
    return document


def _at_the_terminal(prompt: str) -> str:
    """Ask the person there; nobody is asked where a program stands at the other end, which getpass would warn about."""
    if not attended():
        raise _nobody()
    return getpass.getpass(prompt)


def _nobody() -> PassphraseError:
    return PassphraseError(
        "none",
        "此处无人可问，请用 --passphrase-file 给出口令文件，或写入配置",
        "nobody can be asked here: name a file with --passphrase-file, or in the settings",
    )


def passphrase_of(key: Path, file: Path | None) -> str:
    """Return the passphrase of the key file `key`: out of `file`, or from a person who is told which key is meant.

    Raises:
        PassphraseError: as `read_passphrase`.
    """
    return read_passphrase(file=file, prompt=f"口令 / passphrase ({key.name}): ")


def read_passphrase(
    file: Path | None = None,
    fd: int | None = None,
    prompt: str | None = None,
    *,
    ask: Callable[[str], str] = _at_the_terminal,
) -> str:
    """Return a passphrase from the first source given: `file`, the open descriptor `fd`, or a person asked `prompt`.

    From a file or a descriptor it is the first line, without its end. A file must be its owner's alone.

    Raises:
        PassphraseError: no source, nobody to be asked, an empty passphrase, or a source that cannot be read.
    """
    if file is not None:
        source, text = str(file), _from_file(file)
    elif fd is not None:
        source, text = f"fd {fd}", _from_descriptor(fd)
    elif prompt is not None:
        source, text = "prompt", _from_person(prompt, ask)
    else:
        raise _nobody()
    passphrase = text.split("\n", 1)[0].removesuffix("\r")
    if not passphrase:
        raise PassphraseError(source, "为空", "is empty")
    return passphrase


def _from_file(file: Path) -> str:
    try:
        mode = file.stat().st_mode
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PassphraseError(str(file), "无法读取", "cannot be read") from error
    if mode & _OTHERS:
        raise PassphraseError(str(file), "其他用户可读，请执行 chmod 600", "others can read it: chmod 600 it")
    return text


def _from_descriptor(fd: int) -> str:
    try:
        with os.fdopen(os.dup(fd), encoding="utf-8") as stream:
            return stream.readline()
    except (OSError, UnicodeDecodeError) as error:
        raise PassphraseError(f"fd {fd}", "无法读取", "cannot be read") from error


def _from_person(prompt: str, ask: Callable[[str], str]) -> str:
    try:
        return ask(prompt)
    except EOFError as error:
        raise PassphraseError("prompt", "没有输入", "nobody answered") from error
