from __future__ import annotations

import datetime as dt
import json
import pickle
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain import did_key as dk
from gateway.domain import proof as pf
from gateway.domain.credential import Credential
from gateway.domain.hashing import sha256
from gateway.domain.jcs import canonicalise
from gateway.domain.proof import ProofCheck, ProofState, Signer, check_proofs, signed_by_issuer
from gateway.domain.secured import sign_document, verify_document

if TYPE_CHECKING:
    from gateway.domain.receipt import Certificate

CREATED = "2024-02-01T08:00:00Z"


def with_proofs(certificate: Certificate, *proofs: dict[str, Any]) -> Credential:
    document = json.loads(certificate.credential.unsecured)
    return Credential.from_document({**document, "proof": list(proofs)})


def the_proof(certificate: Certificate) -> dict[str, Any]:
    proof: dict[str, Any] = json.loads(certificate.credential.canonical)["proof"][0]
    return proof


def test_a_signed_credential_has_one_good_proof(certificate: Certificate) -> None:
    assert check_proofs(certificate.credential) == (ProofCheck("eddsa-jcs-2022", ProofState.GOOD),)
    assert signed_by_issuer(check_proofs(certificate.credential))


def test_the_fast_proof_equals_the_general_one(certificate: Certificate, signer: Signer) -> None:
    document = json.loads(certificate.credential.unsecured)
    general = sign_document(document, signer, CREATED)
    assert general["proof"] == the_proof(certificate)
    assert canonicalise(general["proof"]) == signer.prove(certificate.credential.unsecured, CREATED)
    assert verify_document(general) == signer.public_key


def test_an_unsigned_credential_does_not_count_as_signed(certificate: Certificate) -> None:
    unsigned = Credential.parse(certificate.credential.unsecured)
    assert check_proofs(unsigned) == ()
    assert not signed_by_issuer(())


def test_a_changed_document_has_a_bad_proof(certificate: Certificate) -> None:
    changed = certificate.credential.canonical.replace("谢萱丽".encode(), "谢萱莉".encode())
    (check,) = check_proofs(Credential.parse(changed))
    assert check.state is ProofState.BAD
    assert "signature" in check.reason.en


@pytest.mark.parametrize(
    "change",
    [
        {"created": "2024-02-01T08:00:01Z"},
        {"verificationMethod": dk.verification_method(dk.did_of(bytes(31) + b"\x01"))},
        {"proofValue": "z" + dk.base58_encode(bytes(64))},
        {"proofValue": "z" + dk.base58_encode(bytes(63))},
        {"proofValue": "z0OIl"},
        {"proofValue": "uAAAA"},
        {"id": "urn:x"},
        {"@context": ["https://www.w3.org/ns/credentials/v2"]},
        {"@context": ["https://example.org"]},
    ],
    ids=str,
)
def test_a_changed_proof_is_bad(certificate: Certificate, change: dict[str, Any]) -> None:
    (check,) = check_proofs(with_proofs(certificate, {**the_proof(certificate), **change}))
    assert check.state is ProofState.BAD


def test_a_cryptosuite_that_is_not_known_is_neither_good_nor_bad(certificate: Certificate) -> None:
    other = {**the_proof(certificate), "cryptosuite": "eddsa-rdfc-2022"}
    del other["@context"]
    beside = check_proofs(with_proofs(certificate, the_proof(certificate), other))
    assert [check.state for check in beside] == [ProofState.GOOD, ProofState.UNKNOWN]
    assert signed_by_issuer(beside)
    assert not signed_by_issuer(check_proofs(with_proofs(certificate, other)))


def test_one_bad_proof_spoils_a_good_one(certificate: Certificate) -> None:
    bad = {**the_proof(certificate), "created": "2020-01-01T00:00:00Z"}
    assert not signed_by_issuer(check_proofs(with_proofs(certificate, the_proof(certificate), bad)))


def test_a_proof_made_under_fewer_contexts_still_holds(certificate: Certificate, signer: Signer) -> None:
    # Section 3.3.2 step 3: contexts may have been added behind those of the proof.
    document = json.loads(certificate.credential.unsecured)
    first_only = {**document, "@context": document["@context"][:1]}
    proof = sign_document(first_only, signer, CREATED)["proof"]
    assert signed_by_issuer(check_proofs(with_proofs(certificate, proof)))


def test_a_proof_without_its_context_is_checked_as_it_stands(certificate: Certificate, signer: Signer) -> None:
    proof = {key: value for key, value in the_proof(certificate).items() if key not in {"@context", "proofValue"}}
    message = sha256(canonicalise(proof)) + sha256(certificate.credential.unsecured)
    bare = {**proof, "proofValue": "z" + dk.base58_encode(signer.sign(message))}
    assert signed_by_issuer(check_proofs(with_proofs(certificate, bare)))


def test_an_issuer_that_is_no_did_key_has_no_good_proof(certificate: Certificate) -> None:
    document = json.loads(certificate.credential.canonical)
    document["issuer"]["id"] = "did:web:example.org"
    document["proof"][0]["verificationMethod"] = dk.verification_method("did:web:example.org")
    (check,) = check_proofs(Credential.from_document(document))
    assert check.state is ProofState.BAD


def test_a_seed_is_32_bytes_and_a_signer_neither_prints_nor_travels(signer: Signer) -> None:
    with pytest.raises(pf.BadSeed):
        Signer(bytes(31))
    assert repr(signer) == f"Signer({signer.did})"
    with pytest.raises(TypeError):
        pickle.dumps(signer)


def test_a_proof_is_dated_in_utc_whole_seconds() -> None:
    shanghai = dt.timezone(dt.timedelta(hours=8))
    assert pf.proof_time(dt.datetime(2024, 2, 1, 16, 0, 0, 999, shanghai)) == CREATED
    with pytest.raises(pf.ProofError):
        pf.proof_time(dt.datetime(2024, 2, 1))  # noqa: DTZ001 (the point)


@pytest.mark.parametrize(("key", "signature"), [(bytes(32), bytes(63)), (bytes(31), bytes(64)), (bytes(32), bytes(64))])
def test_keys_and_signatures_of_other_lengths_or_small_order_are_refused(key: bytes, signature: bytes) -> None:
    assert not pf.verify_ed25519(key, b"", signature)


@pytest.mark.parametrize(
    "change",
    [
        {"proof": []},
        {"proof": None},
        {"proof": {"type": "Ed25519Signature2020"}},
        {"proof": {"type": "DataIntegrityProof", "cryptosuite": "ecdsa-jcs-2019"}},
        {"proof": {"type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022", "proofPurpose": "authentication"}},
        {"proof": {"type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022", "proofPurpose": "assertionMethod"}},
        {"@context": ["https://example.org"]},
        {"a": 2},
    ],
    ids=str,
)
def test_any_other_document_than_the_signed_one_is_refused(signer: Signer, change: dict[str, Any]) -> None:
    signed = sign_document({"@context": ["https://www.w3.org/ns/credentials/v2"], "a": 1}, signer, CREATED)
    with pytest.raises(pf.ProofError):
        verify_document({**signed, **change})


def test_a_document_without_context_is_signed_and_verified(signer: Signer) -> None:
    assert verify_document(sign_document({"a": 1, "proof": "replaced"}, signer, CREATED)) == signer.public_key


@given(st.binary(max_size=100))
def test_base58_gives_back_the_bytes(data: bytes) -> None:
    assert dk.base58_decode(dk.base58_encode(data)) == data


@pytest.mark.parametrize(
    ("data", "text"), [(b"Hello World!", "2NEpo7TZRRrLZSi2U"), (b"\0\0\x28\x7f\xb4\xcd", "11233QC4"), (b"", "")]
)
def test_base58_equals_the_known_answers_of_its_draft(data: bytes, text: str) -> None:
    assert dk.base58_encode(data) == text


def slow_base58(text: str) -> bytes:
    """The definition, digit by digit."""
    number = 0
    for digit in text:
        number = number * 58 + "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".index(digit)
    zeros = len(text) - len(text.lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


@given(st.text("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", max_size=300))
def test_base58_is_read_as_it_is_defined(text: str) -> None:
    assert dk.base58_decode(text) == slow_base58(text)


@pytest.mark.parametrize("length", [1, 127, 128, 129, 256, 1024])
def test_the_greatest_base58_of_a_length_is_read_as_it_is_defined(length: int) -> None:
    assert dk.base58_decode("z" * length) == slow_base58("z" * length)


@pytest.mark.parametrize("text", ["0", "O", "I", "l", "é", "1" * 1025])
def test_what_is_no_base58_is_refused(text: str) -> None:
    with pytest.raises(dk.MalformedBase58):
        dk.base58_decode(text)


@given(st.binary(min_size=32, max_size=32))
def test_a_did_key_names_its_key(key: bytes) -> None:
    assert dk.public_key_of(dk.did_of(key)) == key
    assert dk.key_of_method(dk.verification_method(dk.did_of(key))) == key


@pytest.mark.parametrize(
    "did",
    [
        "",
        "did:web:example.org",
        "did:key:",
        "did:key:z",
        "did:key:z0",
        "did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme",
        "did:key:z1" + dk.multibase_key(bytes(32))[1:],
        "did:key:u7QE",
    ],
)
def test_another_did_is_refused(did: str) -> None:
    with pytest.raises(dk.MalformedKey):
        dk.public_key_of(did)


def test_a_method_whose_fragment_is_not_the_key_is_refused(signer: Signer) -> None:
    with pytest.raises(dk.MalformedKey):
        dk.key_of_method(signer.did + "#key-1")


# The law: "issuer.id is the did:key that signs"
def test_a_proof_is_checked_only_as_the_issuers_own(certificate: Certificate) -> None:
    """Another institution's key signs well, and is not the issuer's."""
    stranger = Signer(bytes(range(32)))
    proof = json.loads(stranger.prove(certificate.credential.unsecured, CREATED))
    (check,) = check_proofs(with_proofs(certificate, proof))
    assert "issuer's key" in check.reason.en
    assert msgspec.json.decode(certificate.credential.unsecured)["issuer"]["id"] != stranger.did
