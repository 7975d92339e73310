"""The dossier of an evaluation: a digest of it on the chain, and the file itself for the eyes of the panel alone.

    salt = new_salt();  digest = dossier_digest(salt, file)                 # when the evaluation is opened
    sealed = seal(evaluation, file, salt, "dossier.zip", {address: key})    # when the panel is complete
    name, file = unseal(sealed, evaluation, digest, address, private_key)   # each expert

A sealed dossier is one line of text, one line of JSON (the evaluation, the file's name, and for each expert the content
key, sealed to the expert's X25519 key: libsodium's crypto_box_seal) and the ciphertext: salt ‖ file under
XChaCha20-Poly1305 with the content key, both lines authenticated with it. The salt is 32 random bytes in front of the
file, so the digest of a dossier that could be guessed betrays nothing.
"""

from __future__ import annotations

import secrets
from base64 import b64decode, b64encode
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

import orjson
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from nacl.bindings import crypto_scalarmult
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import Aead

from gateway.domain.errors import HurenError
from gateway.domain.hashing import hex0x, sha256

if TYPE_CHECKING:
    from collections.abc import Mapping

MAGIC: Final = b"huren.dossier.v1\n"
SALT_BYTES: Final = 32
KEY_BYTES: Final = 32
MOST_BYTES: Final = 256 << 20
"""The largest dossier: it is sealed and opened in memory."""
_EXPERT_KEY: Final = b"huren.expert.x25519.v1"


class DossierError(HurenError):
    """The family of everything that is wrong with a dossier."""

    code = "evaluation.dossier"


class DossierDiffers(DossierError):
    """A file that is not the dossier of the evaluation: the digest on the chain is another one."""

    code = "evaluation.dossier.differs"
    zh = "{value} 不是该评估的申报材料：链上摘要为 {expected}"
    en = "{value} is not the dossier of this evaluation: the digest on the chain is {expected}"
    hint_zh = "请使用发起评估时的同一文件，一个字节也不能改"
    hint_en = "use the very file that the evaluation was opened with, byte for byte"


class DossierTooLarge(DossierError):
    """More than is held in memory."""

    code = "evaluation.dossier.size"
    zh = "申报材料有 {value} 字节，上限 {most}"
    en = "the dossier has {value} bytes, the limit is {most}"
    hint_zh = "请压缩，或只放入评审所需的材料"
    hint_en = "compress it, or leave out what the panel does not need"


class SealedMalformed(DossierError):
    """Not a sealed dossier, or a damaged one."""

    code = "evaluation.dossier.form"
    zh = "{value} 不是加密的申报材料，或已损坏：{why}"
    en = "{value} is not a sealed dossier, or a damaged one: {why}"
    hint_zh = "请向发起省份重新索取"
    hint_en = "ask the province that opened the evaluation for it again"


class NotSealedToExpert(DossierError):
    """The dossier holds no content key for this account."""

    code = "evaluation.dossier.stranger"
    zh = "该材料没有加密给 {value}"
    en = "the dossier is not sealed to {value}"
    hint_zh = "请使用被提名的专家账户；材料在专家组满员后才加密"
    hint_en = "use the account that was nominated; a dossier is sealed once the panel is complete"


class ExpertKeyUnusable(DossierError):
    """A public key that nothing can be encrypted to: not 32 bytes, or of small order (RFC 7748, section 6.1)."""

    code = "evaluation.key"
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
        if len(key) != KEY_BYTES:
            raise ExpertKeyUnusable(hex0x(key))
        crypto_scalarmult(secrets.token_bytes(KEY_BYTES), key)  # refuses the shared secret zero
    except (CryptoError, RuntimeError) as error:
        raise ExpertKeyUnusable(hex0x(key)) from error
    return key


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
    content_key = secrets.token_bytes(Aead.KEY_SIZE)
    header = {
        "evaluation": hex0x(evaluation),
        "name": PurePath(name).name,
        "keys": {
            account: b64encode(SealedBox(PublicKey(usable_key(key))).encrypt(content_key)).decode()
            for account, key in sorted(keys.items())
        },
    }
    front = MAGIC + orjson.dumps(header) + b"\n"
    return front + bytes(Aead(content_key).encrypt(salt + file, front))


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
    header, front, ciphertext = _parted(sealed)
    if header["evaluation"] != hex0x(evaluation):
        raise SealedMalformed(header["name"], why=f"{header['evaluation']} ≠ {hex0x(evaluation)}")
    if account not in header["keys"]:
        raise NotSealedToExpert(account)
    try:
        content_key = SealedBox(key).decrypt(b64decode(header["keys"][account], validate=True))
    except (CryptoError, ValueError) as error:
        raise NotSealedToExpert(account) from error
    try:
        plain = bytes(Aead(content_key).decrypt(ciphertext, front))
    except (CryptoError, ValueError) as error:
        raise SealedMalformed(header["name"], why=str(error)) from error
    if sha256(plain) != digest:
        raise DossierDiffers(header["name"], expected=hex0x(digest))
    return header["name"], plain[SALT_BYTES:]


def evaluation_of(sealed: bytes) -> bytes:
    """The evaluation that a sealed dossier says it is of; `unseal` checks it.

    Raises:
        SealedMalformed: it is none.
    """
    return bytes.fromhex(_parted(sealed)[0]["evaluation"][2:])


def _parted(sealed: bytes) -> tuple[dict[str, Any], bytes, bytes]:
    """Header, the two lines that are authenticated, and the ciphertext."""
    end = sealed.find(b"\n", len(MAGIC)) + 1
    if not sealed.startswith(MAGIC) or end == 0:
        raise SealedMalformed("—", why="huren.dossier.v1")
    try:
        header = orjson.loads(sealed[len(MAGIC) : end])
        name, keys, evaluation = header["name"], header["keys"], bytes.fromhex(header["evaluation"][2:])
    except (ValueError, KeyError, TypeError) as error:
        raise SealedMalformed("—", why=str(error)) from error
    texts = isinstance(name, str) and isinstance(keys, dict) and all(isinstance(key, str) for key in keys.values())
    if not texts or len(evaluation) != KEY_BYTES or PurePath(name).name != name:
        raise SealedMalformed("—", why="name, keys, evaluation")
    return header, sealed[:end], sealed[end:]
