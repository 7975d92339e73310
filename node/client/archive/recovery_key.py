r"""The key that opens backups: X25519, made where it will be kept, never on the machine that is backed up.

    public = create(path, passphrase)
    secret = unlock(path, passphrase)
    public = recipient("0x…")           # or the name of such a file: its public part needs no passphrase

Argon2id (RFC 9106) makes a key of the passphrase; XSalsa20-Poly1305 (libsodium, `secretbox`) seals the secret under it.
A member's `keys/exchange.key` (64 hexadecimal digits, its owner's alone) opens what was sealed to it as well: it is the
seed of an Ed25519 key, of which the exchange key is the X25519 form (decision 0251).
"""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson
from nacl import exceptions, pwhash, utils
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import SecretBox
from nacl.signing import SigningKey

from node.client.archive.errors import RecipientError, RecoveryKeyError
from node.client.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable

_PRIVATE: Final = 0o600
_OTHERS: Final = 0o077
_PUBLIC: Final = re.compile(r"0x[0-9a-f]{64}")
_PLAIN: Final = re.compile(r"(?:0x)?[0-9a-fA-F]{64}\s*")
_PURPOSE: Final = "huren.recovery.v1"
_MOST_MEMORY: Final = 1 << 30
_MOST_OPERATIONS: Final = 64
_LIMITS: Final = (pwhash.argon2id.OPSLIMIT_MODERATE, pwhash.argon2id.MEMLIMIT_MODERATE)


def create(path: Path, passphrase: str, *, limits: tuple[int, int] = _LIMITS) -> str:
    """Make a recovery key, keep it sealed at `path` (mode 0600), and return its public part (0x and 64 digits).

    Args:
        path: where it goes; a key is never overwritten.
        passphrase: what will open it.
        limits: Argon2id's operations and bytes of memory; lowered by tests of throw-away keys only.

    Raises:
        RecoveryKeyError: there is a file already.
    """
    require_absent(path)
    private = PrivateKey.generate()
    salt = utils.random(pwhash.argon2id.SALTBYTES)
    box = SecretBox(pwhash.argon2id.kdf(SecretBox.KEY_SIZE, passphrase.encode(), salt, *limits))
    public = "0x" + bytes(private.public_key).hex()
    kept = {
        "purpose": _PURPOSE,
        "public": public,
        "operations": limits[0],
        "memory": limits[1],
        "salt": base64.b64encode(salt).decode(),
        "sealed": base64.b64encode(bytes(box.encrypt(bytes(private)))).decode(),
    }
    write_whole(path, orjson.dumps(kept, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE), _PRIVATE)
    return public


def require_absent(path: Path) -> None:
    """Make sure that there is no file where the key is to go, before anybody is asked for its passphrase.

    Raises:
        RecoveryKeyError: there is one: a key is never overwritten.
    """
    if path.exists():
        raise RecoveryKeyError(path, "已存在，不会覆盖", "exists already and is never overwritten")


def unlock(path: Path, passphrase: Callable[[], str]) -> bytes:
    """Return the secret key at `path`, 32 bytes; `passphrase` is asked where the file is sealed by one.

    Raises:
        RecoveryKeyError: absent, damaged, readable by others, or the passphrase does not open it.
    """
    content = _content(path)
    if path.stat().st_mode & _OTHERS:
        raise RecoveryKeyError(path, "其他用户可读，请执行 chmod 600", "others can read it: chmod 600 it")
    if _PLAIN.fullmatch(content):
        seed = bytes.fromhex(content.strip().removeprefix("0x"))
        return bytes(SigningKey(seed).to_curve25519_private_key())
    kept = _kept(path, content)
    try:
        # A file from elsewhere must not ask for all of the machine's memory.
        operations, memory = min(int(kept["operations"]), _MOST_OPERATIONS), min(int(kept["memory"]), _MOST_MEMORY)
        salt, sealed = (base64.b64decode(kept[name], validate=True) for name in ("salt", "sealed"))
        key = pwhash.argon2id.kdf(SecretBox.KEY_SIZE, passphrase().encode(), salt, operations, memory)
        secret = bytes(SecretBox(key).decrypt(sealed))
    except (exceptions.CryptoError, ValueError, KeyError, TypeError) as error:
        raise RecoveryKeyError(
            path, "口令不正确或文件损坏", "the passphrase does not open it, or it is damaged"
        ) from error
    if "0x" + bytes(PrivateKey(secret).public_key).hex() != kept["public"]:
        raise RecoveryKeyError(path, "公钥与私钥不符", "its public part is not that of its secret")
    return secret


def recipient(given: str) -> bytes:
    """Return the public key (32 bytes) that a person names: by itself, or by a recovery key's file.

    Raises:
        RecipientError: it is neither.
    """
    text = given.lower()
    if not _PUBLIC.fullmatch(text):
        try:
            text = str(_kept(Path(given), _content(Path(given)))["public"])
        except (RecoveryKeyError, KeyError) as error:
            raise RecipientError(given) from error
        if not _PUBLIC.fullmatch(text):
            raise RecipientError(given)
    public = bytes.fromhex(text[2:])
    try:
        SealedBox(PublicKey(public)).encrypt(b"")
    except exceptions.CryptoError as error:  # a point of low order, which is nobody's: 0x00…00, say
        raise RecipientError(given) from error
    return public


def _content(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError as error:
        raise RecoveryKeyError(path, "不存在", "there is none") from error
    except (OSError, UnicodeDecodeError) as error:
        raise RecoveryKeyError(path, "无法读取", "cannot be read") from error


def _kept(path: Path, content: str) -> dict[str, Any]:
    try:
        kept = orjson.loads(content)
    except orjson.JSONDecodeError:
        kept = None
    if not isinstance(kept, dict) or kept.get("purpose") != _PURPOSE:
        raise RecoveryKeyError(path, "不是恢复密钥文件", "is not a recovery key's file")
    return kept
