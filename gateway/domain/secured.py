"""eddsa-jcs-2022 on any JSON document: the general path, for status lists and for documents of others.

Source: W3C Data Integrity EdDSA Cryptosuites 1.0 section 3.3. Credentials take the short path in
:mod:`gateway.domain.proof`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.domain.did_key import base58_encode, key_of_method
from gateway.domain.hashing import sha256
from gateway.domain.jcs import canonicalise
from gateway.domain.proof import CRYPTOSUITE, ProofError, Signer, signature_of, verify_ed25519

if TYPE_CHECKING:
    from collections.abc import Mapping


def sign_document(document: Mapping[str, Any], signer: Signer, created: str) -> dict[str, Any]:
    """Any JSON document (a status list, say) with one eddsa-jcs-2022 proof added; the general path.

    Raises:
        NotCanonicalisable: a value that JSON cannot carry.
    """
    unsecured = {key: value for key, value in document.items() if key != "proof"}
    config: dict[str, Any] = {
        "type": "DataIntegrityProof",
        "cryptosuite": CRYPTOSUITE,
        "created": created,
        "verificationMethod": signer.method,
        "proofPurpose": "assertionMethod",
    }
    if "@context" in unsecured:
        config["@context"] = unsecured["@context"]
    signature = signer.sign(sha256(canonicalise(config)) + sha256(canonicalise(unsecured)))
    return {**unsecured, "proof": {**config, "proofValue": "z" + base58_encode(signature)}}


def verify_document(document: Mapping[str, Any]) -> bytes:
    """The public key that signed any JSON document (of ``parse_json_strict``) with one eddsa-jcs-2022 proof.

    Whether that key may speak for the issuer is for the caller to decide.

    Raises:
        ProofError: no such proof, another cryptosuite, contexts that differ, or a signature that does not hold.
        MalformedKey: ``verificationMethod`` is no did:key of an Ed25519 key.
    """
    proof = document.get("proof")
    if not isinstance(proof, dict) or proof.get("type") != "DataIntegrityProof":
        raise ProofError("no single DataIntegrityProof")
    if proof.get("cryptosuite") != CRYPTOSUITE or proof.get("proofPurpose") != "assertionMethod":
        raise ProofError(f"cryptosuite {proof.get('cryptosuite')!r}, purpose {proof.get('proofPurpose')!r}")
    method, value = proof.get("verificationMethod"), proof.get("proofValue")
    if not isinstance(method, str) or not isinstance(value, str):
        raise ProofError("verificationMethod or proofValue is no text")
    unsecured = {key: item for key, item in document.items() if key != "proof"}
    if "@context" in proof:
        signed_under, present = _as_list(proof["@context"]), _as_list(unsecured.get("@context"))
        if present[: len(signed_under)] != signed_under:
            raise ProofError("@context does not start with the proof's")
        unsecured["@context"] = proof["@context"]
    config = {key: item for key, item in proof.items() if key != "proofValue"}
    public_key = key_of_method(method)
    message = sha256(canonicalise(config)) + sha256(canonicalise(unsecured))
    if not verify_ed25519(public_key, message, signature_of(value)):
        raise ProofError("the signature does not hold for this document")
    return public_key


def _as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]
