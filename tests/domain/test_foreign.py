"""Published test data of others, read from beside the checkout (see conftest: left out where it is absent)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.domain.did_key import base58_decode, did_of, multibase_key
from gateway.domain.hashing import sha256
from gateway.domain.jcs import canonicalise
from gateway.domain.proof import ProofError, Signer, verify_ed25519
from gateway.domain.secured import sign_document, verify_document
from gateway.domain.strict_json import LENIENT, parse_json_strict

FOREIGN = Path(__file__).parents[3] / "shared" / "vectors" / "foreign"
EDDSA = FOREIGN / "eddsa-jcs-2022"
WYCHEPROOF = json.loads((FOREIGN / "wycheproof" / "ed25519_test.json").read_text(encoding="utf-8"))
CASES = [
    pytest.param(group["publicKey"]["pk"], case, id=f"{case['tcId']} {case['comment']}")
    for group in WYCHEPROOF["testGroups"]
    for case in group["tests"]
]


@pytest.mark.parametrize("source", sorted((FOREIGN / "jcs").glob("*.input.json")), ids=lambda path: path.name)
def test_the_data_of_rfc_8785_is_canonicalised(source: Path) -> None:
    expected = source.with_name(source.name.replace(".input.", ".output.")).read_bytes()
    assert canonicalise(parse_json_strict(source.read_bytes(), LENIENT)) == expected


@pytest.mark.parametrize(("public_key", "case"), CASES)
def test_wycheproof_agrees_on_every_ed25519_signature(public_key: str, case: dict[str, Any]) -> None:
    verdict = verify_ed25519(bytes.fromhex(public_key), bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"]))
    assert verdict == (case["result"] == "valid")


def test_wycheproof_was_read_in_full() -> None:
    assert len(CASES) == WYCHEPROOF["numberOfTests"]


def test_the_signed_document_of_the_eddsa_cryptosuites_is_verified() -> None:
    signed = parse_json_strict((EDDSA / "signedJCS.json").read_bytes())
    keys = json.loads((FOREIGN / "keyPair.json").read_text(encoding="utf-8"))
    assert multibase_key(verify_document(signed)) == keys["publicKeyMultibase"]


def test_every_intermediate_value_of_the_eddsa_cryptosuites_is_the_published_one() -> None:
    signed = parse_json_strict((EDDSA / "signedJCS.json").read_bytes())
    config = parse_json_strict((EDDSA / "proofConfigJCS.json").read_bytes())
    unsecured = {key: value for key, value in signed.items() if key != "proof"}
    assert canonicalise(unsecured) == (EDDSA / "canonDocJCS.txt").read_bytes()
    assert canonicalise(config) == (EDDSA / "proofCanonJCS.txt").read_bytes()
    assert sha256(canonicalise(unsecured)).hex() == (EDDSA / "docHashJCS.txt").read_text(encoding="ascii")
    assert sha256(canonicalise(config)).hex() == (EDDSA / "proofHashJCS.txt").read_text(encoding="ascii")
    assert base58_decode(signed["proof"]["proofValue"][1:]).hex() == (EDDSA / "sigHexJCS.txt").read_text("ascii")


def test_signing_the_published_document_gives_the_published_proof() -> None:
    signed = parse_json_strict((EDDSA / "signedJCS.json").read_bytes())
    keys = json.loads((FOREIGN / "keyPair.json").read_text(encoding="utf-8"))
    signer = Signer(base58_decode(keys["privateKeyMultibase"][1:])[2:])  # after the multicodec of a private key
    assert signer.did == did_of(signer.public_key) == signed["proof"]["verificationMethod"].partition("#")[0]
    unsecured = parse_json_strict((FOREIGN / "unsigned.json").read_bytes())
    assert sign_document(unsecured, signer, signed["proof"]["created"]) == signed


def test_the_published_document_with_one_letter_changed_is_refused() -> None:
    altered = (EDDSA / "signedJCS.json").read_bytes().replace(b"School of Examples", b"School of Example5")
    with pytest.raises(ProofError):
        verify_document(parse_json_strict(altered))


def test_a_proof_of_the_other_cryptosuite_is_not_taken_for_ours() -> None:
    signed = parse_json_strict((FOREIGN / "eddsa-rdfc-2022" / "signedDataInt.json").read_bytes())
    with pytest.raises(ProofError, match="eddsa-rdfc-2022"):
        verify_document(signed)
