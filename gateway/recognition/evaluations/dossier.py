"""The dossier of an evaluation: a digest of it on the chain, and the file itself for the eyes of the panel alone.

    salt = new_salt();  digest = dossier_digest(salt, file)                 # when the evaluation is opened
    sealed = seal(evaluation, file, salt, "dossier.zip", {address: key})    # when the panel is complete
    name, file = unseal(sealed, evaluation, digest, address, private_key)   # each expert

A sealed dossier (`gateway.recognition.sealed`) says the evaluation and the file's name in front; its content is
salt ‖ file, its readers are the experts' accounts. The salt is 32 random bytes in front of the file, so the digest of a
dossier that could be guessed betrays nothing.
"""

from __future__ import annotations

import secrets
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from nacl.public import PrivateKey

from gateway.domain.errors import AGAINST, USAGE, HurenError
from gateway.domain.hashing import hex0x, sha256
from gateway.recognition import sealed as sealing
from gateway.recognition.sealed import KEY_BYTES, KeyUnusable, NotAReader, SealBroken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.recognition.sealed import Box

MAGIC: Final = b"huren.dossier.v1\n"
SALT_BYTES: Final = 32
MOST_BYTES: Final = 256 << 20
"""The largest dossier: it is sealed and opened in memory."""
_EXPERT_KEY: Final = b"huren.expert.x25519.v1"


class DossierError(HurenError):
    """The family of everything that is wrong with a dossier."""

    code = "evaluation.dossier"


class DossierDiffers(DossierError):
    """A file that is not the dossier of the evaluation: the digest on the chain is another one."""

    code = "evaluation.dossier.differs"
    exit_code = AGAINST
    zh = "{value} 不是该评估的申报材料：链上摘要为 {expected}"
    en = "{value} is not the dossier of this evaluation: the digest on the chain is {expected}"
    hint_zh = "请使用发起评估时的同一文件，一个字节也不能改"
    hint_en = "use the very file that the evaluation was opened with, byte for byte"


class DossierTooLarge(DossierError):
    """More than is held in memory."""

    code = "evaluation.dossier.size"
    exit_code = USAGE
    zh = "申报材料有 {value} 字节，上限 {most}"
    en = "the dossier has {value} bytes, the limit is {most}"
    hint_zh = "请压缩，或只放入评审所需的材料"
    hint_en = "compress it, or leave out what the panel does not need"


class SealedMalformed(DossierError):
    """Not a sealed dossier, or a damaged one."""

    code = "evaluation.dossier.form"
    exit_code = USAGE
    zh = "{value} 不是加密的申报材料，或已损坏：{why}"
    en = "{value} is not a sealed dossier, or a damaged one: {why}"
    hint_zh = "请向发起省份重新索取"
    hint_en = "ask the province that opened the evaluation for it again"


class NotSealedToExpert(DossierError):
    """The dossier holds no content key for this account."""

    code = "evaluation.dossier.stranger"
    exit_code = AGAINST
    zh = "该材料没有加密给 {value}"
    en = "the dossier is not sealed to {value}"
    hint_zh = "请使用被提名的专家账户；材料在专家组满员后才加密"
    hint_en = "use the account that was nominated; a dossier is sealed once the panel is complete"


class ExpertKeyUnusable(DossierError):
    """A public key that nothing can be encrypted to: not 32 bytes, or of small order (RFC 7748, section 6.1)."""

    code = "evaluation.key"
    exit_code = USAGE
    zh = "专家公钥 {value} 无法用于加密"
    en = "nothing can be encrypted to the expert's key {value}"
    hint_zh = "请专家重新提供（huren evaluation expert）"
    hint_en = "ask the expert for it again (huren evaluation expert)"


def new_salt() -> bytes:
    """32 unpredictable bytes."""
    return secrets.token_bytes(SALT_BYTES)


def dossier_digest(salt: bytes, file: bytes) -> bytes:
    """What the chain holds: sha256(salt ‖ file).

    Raises:
        DossierTooLarge: above MOST_BYTES.
    """
    if len(file) > MOST_BYTES:
        raise DossierTooLarge(len(file), most=MOST_BYTES)
    return sha256(salt + file)


def expert_key(account_key: bytes) -> PrivateKey:
    """The X25519 key of an expert, derived from the account's own (HKDF-SHA256, RFC 5869): one file, one passphrase."""
    return PrivateKey(HKDF(SHA256(), KEY_BYTES, salt=None, info=_EXPERT_KEY).derive(account_key))


def usable_key(key: bytes) -> bytes:
    """Return ``key`` where something can be encrypted to it.

    Raises:
        ExpertKeyUnusable: it cannot.
    """
    try:
        return sealing.usable_key(key)
    except KeyUnusable as error:
        raise ExpertKeyUnusable(error.value) from error


def seal(evaluation: bytes, file: bytes, salt: bytes, name: str, keys: Mapping[str, bytes]) -> bytes:
    """The dossier, sealed to every expert.

    Args:
        evaluation: 32 bytes; the dossier is bound to it.
        file: the dossier.
        salt: the 32 bytes in front of it, of which the digest was made.
        name: what the file is called; only its last part is kept.
        keys: the experts' X25519 keys by account (0x-hex, lower case).

    Raises:
        ExpertKeyUnusable: one of the keys is none.
    """
    header = {"evaluation": hex0x(evaluation), "name": PurePath(name).name}
    usable = {account: usable_key(key) for account, key in keys.items()}
    return sealing.seal(MAGIC, header, usable, salt + file)


def unseal(sealed: bytes, evaluation: bytes, digest: bytes, account: str, key: PrivateKey) -> tuple[str, bytes]:
    """The file's name and the file, checked against the digest on the chain.

    Args:
        sealed: what `seal` made.
        evaluation: the one that it is read for.
        digest: the dossier's, from the chain.
        account: the expert's (0x-hex, lower case).
        key: the X25519 key that belongs to the account.

    Raises:
        SealedMalformed: no sealed dossier, altered, or of another evaluation.
        NotSealedToExpert: it holds nothing for this account, or for another key of it.
        DossierDiffers: what is inside is not what the evaluation was opened with.
    """
    box = _parted(sealed)
    name = str(box.header["name"])
    if box.header["evaluation"] != hex0x(evaluation):
        raise SealedMalformed(name, why=f"{box.header['evaluation']} ≠ {hex0x(evaluation)}")
    try:
        plain = sealing.unseal(box, account, key)
    except NotAReader as error:
        raise NotSealedToExpert(account) from error
    except SealBroken as error:
        raise SealedMalformed(name, why=error.value) from error
    if sha256(plain) != digest:
        raise DossierDiffers(name, expected=hex0x(digest))
    return name, plain[SALT_BYTES:]


def evaluation_of(sealed: bytes) -> bytes:
    """The evaluation that a sealed dossier says it is of; `unseal` checks it.

    Raises:
        SealedMalformed: it is none.
    """
    return bytes.fromhex(_parted(sealed).header["evaluation"][2:])


def _parted(sealed: bytes) -> Box:
    try:
        box = sealing.parted(MAGIC, sealed)
        name, evaluation = box.header["name"], bytes.fromhex(box.header["evaluation"][2:])
    except SealBroken as error:
        raise SealedMalformed("—", why=error.value) from error
    except (ValueError, KeyError, TypeError) as error:
        raise SealedMalformed("—", why=str(error)) from error
    if not isinstance(name, str) or len(evaluation) != KEY_BYTES or PurePath(name).name != name:
        raise SealedMalformed("—", why="name, keys, evaluation")
    return box
