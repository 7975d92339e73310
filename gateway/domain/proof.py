"""Data Integrity proofs of the cryptosuite eddsa-jcs-2022.

Sources: W3C Verifiable Credential Data Integrity 1.0; W3C Data Integrity EdDSA Cryptosuites 1.0 section 3.3. What is
signed is sha256(JCS(proof without proofValue)) ‖ sha256(JCS(document without proof)), by Ed25519 (RFC 8032), which
libsodium verifies strictly: canonical S and R, no keys of small order. Other cryptosuites are neither trusted nor
held against a document: they are reported as unknown, and at least one known proof has to be good.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import UNSET
from nacl.bindings import crypto_sign, crypto_sign_open, crypto_sign_seed_keypair
from nacl.exceptions import CryptoError

from gateway.domain import schema
from gateway.domain.did_key import (
    MalformedBase58,
    MalformedKey,
    base58_decode,
    base58_encode,
    did_of,
    public_key_of,
    verification_method,
)
from gateway.domain.errors import AGAINST, DomainError, Said, cause_of
from gateway.domain.hashing import sha256
from gateway.domain.jcs import canonicalise
from gateway.domain.wire import encode

if TYPE_CHECKING:
    import datetime as dt

    from gateway.domain.credential import Credential

CRYPTOSUITE: Final = "eddsa-jcs-2022"
SIGNATURE_BYTES: Final = 64
SEED_BYTES: Final = 32
_PLACEHOLDER: Final = "z"


class ProofError(DomainError):
    """The family of proofs that are not good (verification step 6)."""

    code = "proof"
    exit_code = AGAINST
    zh = "签名无效：{value}"
    en = "the proof is not good: {value}"
    hint_zh = "请使用发证机构提供的原始文件"
    hint_en = "use the file as the institution issued it"


class BadSeed(DomainError):
    """An Ed25519 seed that is not 32 bytes; the seed itself is never told."""

    code = "proof.seed"
    zh = "Ed25519 种子应为 32 字节，实为 {value} 字节"
    en = "an Ed25519 seed has 32 bytes, not {value}"


class ProofState(StrEnum):
    """What became of one proof."""

    GOOD = "good"
    BAD = "bad"
    UNKNOWN = "unknown"
    """A cryptosuite that this software does not check."""


class ProofCheck(msgspec.Struct, frozen=True, gc=False):
    """One proof of a document and what became of it."""

    cryptosuite: str
    state: ProofState
    reason: Said | None = None
    """Why it is bad; None otherwise."""


def verify_ed25519(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether a signature of 64 bytes is that of the message under a key of 32 bytes (RFC 8032, strict)."""
    if len(signature) != SIGNATURE_BYTES or len(public_key) != SEED_BYTES:
        return False
    try:
        crypto_sign_open(signature + message, public_key)
    except CryptoError:
        return False
    return True


def proof_time(created: dt.datetime) -> str:
    """``created`` of a proof: an aware time as XML Schema writes it, in UTC and whole seconds."""
    offset = created.utcoffset()
    if offset is None:
        raise ProofError(Said("时间没有时区", "a time without its zone"))
    return (created - offset).strftime("%Y-%m-%dT%H:%M:%SZ")


class Signer:
    """Signs with one institution's issuing key. Not printable: the seed stays inside."""

    __slots__ = ("_secret", "did", "method", "public_key")

    def __init__(self, seed: bytes) -> None:
        """Take an Ed25519 seed (RFC 8032 private key) of 32 bytes.

        Raises:
            BadSeed: other than 32 bytes.
        """
        if len(seed) != SEED_BYTES:
            raise BadSeed(len(seed))
        self.public_key, self._secret = crypto_sign_seed_keypair(seed)
        self.did = did_of(self.public_key)
        self.method = verification_method(self.did)

    def __repr__(self) -> str:
        return f"Signer({self.did})"

    def __reduce__(self) -> str:
        """A signer never travels: a worker unlocks its own."""
        raise TypeError("a Signer holds a private key and is not pickled")

    def sign(self, message: bytes) -> bytes:
        """The 64 bytes of the Ed25519 signature."""
        return crypto_sign(message, self._secret)[:SIGNATURE_BYTES]

    def prove(self, unsecured: bytes, created: str) -> bytes:
        """The proof (canonical JSON of one object) of a credential.

        Args:
            unsecured: canonical JSON of the document without proofs, whose contexts are ``schema.CONTEXTS``.
            created: of :func:`proof_time`.
        """
        config_hash, before, after = _config(self.method, created)
        signature = self.sign(config_hash + sha256(unsecured))
        return before + base58_encode(signature).encode("ascii") + after


@lru_cache(maxsize=64)
def _config(method: str, created: str) -> tuple[bytes, bytes, bytes]:
    """The hash of a proof configuration and the proof's JSON around its value: constant for a key and a second."""
    proof = schema.Proof(
        context=schema.CONTEXTS,
        created=created,
        cryptosuite=CRYPTOSUITE,
        proof_purpose="assertionMethod",
        proof_value=_PLACEHOLDER,
        type="DataIntegrityProof",
        verification_method=method,
    )
    before, value, after = encode(proof).partition(b'"proofValue":"z')
    return sha256(config_of(proof)), before + value, after


class _ProofConfig(schema._Closed, frozen=True, kw_only=True):  # noqa: SLF001 (the same package's base of every shape)
    """A proof without its value."""

    context: tuple[str, ...] | msgspec.UnsetType = msgspec.field(name="@context", default=UNSET)
    created: str
    cryptosuite: str
    id: str | msgspec.UnsetType = UNSET
    proof_purpose: str
    type: str
    verification_method: str


def config_of(proof: schema.Proof) -> bytes:
    """The proof configuration: canonical JSON of the proof without ``proofValue``."""
    return encode(
        _ProofConfig(
            context=proof.context,
            created=proof.created,
            cryptosuite=proof.cryptosuite,
            id=proof.id,
            proof_purpose=proof.proof_purpose,
            type=proof.type,
            verification_method=proof.verification_method,
        )
    )


def signature_of(value: str) -> bytes:
    """The 64 bytes of a ``proofValue``.

    Raises:
        ProofError: another base than base58-btc, or another length.
    """
    try:
        signature = base58_decode(value[1:]) if value.startswith("z") else b""
    except MalformedBase58:
        signature = b""
    if len(signature) != SIGNATURE_BYTES:
        raise ProofError(Said("proofValue 不是 base58-btc 的 64 字节", "proofValue is not 64 bytes in base58-btc"))
    return signature


def check_proofs(credential: Credential) -> tuple[ProofCheck, ...]:
    """What became of every proof of a credential; of none, an empty tuple.

    A proof is good if it is of eddsa-jcs-2022, names the issuer's own key, and its signature holds.
    """
    document = credential.document
    if document.proof is UNSET:
        return ()
    return tuple(_check(credential, document, proof) for proof in document.proof)


def _check(credential: Credential, document: schema.CredentialDocument, proof: schema.Proof) -> ProofCheck:
    if proof.cryptosuite != CRYPTOSUITE:
        return ProofCheck(proof.cryptosuite, ProofState.UNKNOWN)
    try:
        if proof.verification_method != verification_method(document.issuer.id):
            other = Said("verificationMethod 不是发证机构的密钥", "verificationMethod is not the issuer's key")
            raise ProofError(other)  # noqa: TRY301 (one place catches)
        unsecured = credential.unsecured
        if proof.context is not UNSET and proof.context != document.context:
            unsecured = _under_context(unsecured, proof.context)
        signed = sha256(config_of(proof)) + sha256(unsecured)
        if not verify_ed25519(public_key_of(document.issuer.id), signed, signature_of(proof.proof_value)):
            not_theirs = Said("不是发证机构对此文件的签名", "the signature is not the issuer's for this document")
            raise ProofError(not_theirs)  # noqa: TRY301
    except (ProofError, MalformedKey) as error:
        return ProofCheck(proof.cryptosuite, ProofState.BAD, cause_of(error))
    return ProofCheck(proof.cryptosuite, ProofState.GOOD)


def _under_context(unsecured: bytes, context: tuple[str, ...]) -> bytes:
    """The document as it was when it was signed: later contexts taken off (section 3.3.2, step 3).

    Raises:
        ProofError: the document's contexts do not start with those of the proof.
    """
    document = msgspec.json.decode(unsecured)
    if tuple(document["@context"][: len(context)]) != context:
        raise ProofError(Said("@context 与签名的不符", "@context does not start with the proof's"))
    return canonicalise({**document, "@context": list(context)})


def signed_by_issuer(checks: tuple[ProofCheck, ...]) -> bool:
    """Whether the document counts as signed: at least one proof is good and none is bad."""
    states = {check.state for check in checks}
    return ProofState.GOOD in states and ProofState.BAD not in states
