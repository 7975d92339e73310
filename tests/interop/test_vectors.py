"""The documents of tests/vectors/leaf.json, signed by them and by us, in both cryptosuites."""

from __future__ import annotations

import copy
import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gateway.domain.credential import Credential
from gateway.domain.proof import Signer, check_proofs, proof_time, signed_by_issuer
from gateway.domain.secured import sign_document
from gateway.domain.statuslist import encode_status_list

if TYPE_CHECKING:
    from tests.interop.conftest import DigitalBazaar

pytestmark = pytest.mark.interop
KNOWN = json.loads((Path(__file__).parents[1] / "vectors" / "leaf.json").read_text(encoding="utf-8"))
CREATED = proof_time(dt.datetime(2026, 3, 1, 8, tzinfo=dt.UTC))
CASES = [pytest.param(case["document"], id=str(number)) for number, case in enumerate(KNOWN["credentials"])]
JCS, RDFC = "eddsa-jcs-2022", "eddsa-rdfc-2022"


def seed_of(document: dict[str, Any]) -> str:
    [identifier] = document["issuer"]["otherIdentifier"]
    seed: str = KNOWN["issuingSeeds"][identifier["identifier"]]
    return seed


def signer_of(document: dict[str, Any]) -> Signer:
    return Signer(bytes.fromhex(seed_of(document)[2:]))


def list_of(document: dict[str, Any], *revoked: int) -> dict[str, Any]:
    """The status list that a document points to, signed by its issuer."""
    address = document["credentialStatus"]["statusListCredential"]
    signer = signer_of(document)
    plain = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": signer.did,
        "validFrom": CREATED,
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encode_status_list(set(revoked), 131_072),
        },
    }
    return {address: sign_document(plain, signer, CREATED)}


@pytest.mark.parametrize("suite", [JCS, RDFC])
@pytest.mark.parametrize("document", CASES)
def test_they_verify_what_they_signed_and_our_status_list(
    digital_bazaar: DigitalBazaar, document: dict[str, Any], suite: str
) -> None:
    signed = digital_bazaar.sign(document, seed_of(document), suite, CREATED)
    answer = digital_bazaar.verify(signed, list_of(document))
    assert answer == {"verified": True, "status": True, "error": None}


@pytest.mark.parametrize("document", CASES)
def test_our_proof_is_theirs_byte_for_byte(digital_bazaar: DigitalBazaar, document: dict[str, Any]) -> None:
    theirs = digital_bazaar.sign(document, seed_of(document), JCS, CREATED)
    ours = sign_document(document, signer_of(document), CREATED)
    assert ours["proof"]["proofValue"] == theirs["proof"]["proofValue"]
    assert ours == theirs
    issued = signer_of(document).prove(Credential.from_document(document).unsecured, CREATED)
    assert json.loads(issued) == theirs["proof"]


@pytest.mark.parametrize("document", CASES)
def test_both_verify_what_either_signed(digital_bazaar: DigitalBazaar, document: dict[str, Any]) -> None:
    ours = sign_document(document, signer_of(document), CREATED)
    theirs = digital_bazaar.sign(document, seed_of(document), JCS, CREATED)
    assert digital_bazaar.verify(ours, list_of(document))["verified"]
    # One proof or a list of them is the same to Data Integrity; our files always have a list.
    listed = Credential.parse(json.dumps({**theirs, "proof": [theirs["proof"]]}).encode())
    assert signed_by_issuer(check_proofs(listed))


@pytest.mark.parametrize("suite", [JCS, RDFC])
def test_they_see_a_revocation_in_our_list(digital_bazaar: DigitalBazaar, suite: str) -> None:
    document = KNOWN["credentials"][0]["document"]
    signed = digital_bazaar.sign(document, seed_of(document), suite, CREATED)
    place = int(document["credentialStatus"]["statusListIndex"])
    assert digital_bazaar.verify(signed, list_of(document, place))["status"] is False
    assert digital_bazaar.verify(signed, list_of(document, place + 1))["status"] is True


@pytest.mark.parametrize("suite", [JCS, RDFC])
def test_they_refuse_another_credit_value(digital_bazaar: DigitalBazaar, suite: str) -> None:
    document = KNOWN["credentials"][0]["document"]
    signed = copy.deepcopy(digital_bazaar.sign(document, seed_of(document), suite, CREATED))
    signed["credentialSubject"]["creditsEarned"] += 1
    assert not digital_bazaar.verify(signed, list_of(document))["verified"]
