from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from gateway.domain import partial as pt
from gateway.domain.errors import DomainError
from gateway.domain.jcs import canonicalise
from gateway.domain.leaf import DISCLOSABLE, FACT_NAMES
from gateway.domain.partial import Presentation, present
from gateway.domain.receipt import Certificate, FactMismatch
from gateway.domain.strict_json import JsonDuplicateKey, JsonNull, JsonTooLarge
from gateway.domain.tree import root_of
from gateway.domain.wire import MalformedDocument

SHOWABLE = [name for name in pt.SHORT_NAMES if name != "evidence"]  # the certificate of the tests has none


def altered(data: bytes, path: str, value: object) -> bytes:
    document = json.loads(data)
    *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    at: Any = document
    for part in parents:
        at = at[part]
    if value is KeyError:
        del at[last]
    else:
        at[last] = value
    return json.dumps(document).encode()


def test_a_certificate_file_is_canonical_and_reads_back(certificate: Certificate) -> None:
    data = certificate.to_json()
    assert data == canonicalise(json.loads(data))
    assert Certificate.parse(data) == certificate
    assert Certificate.parse(json.dumps(json.loads(data), indent=1).encode()) == certificate


# The law: "The credential hash" … is the leaf; "Who has salt and credential recomputes all."
def test_a_certificate_leads_to_its_known_leaf_and_root(certificate: Certificate, leaf_vectors: dict[str, Any]) -> None:
    leaf = certificate.leaf()
    assert "0x" + leaf.leaf.hex() == leaf_vectors["credentials"][0]["leaf"]
    assert root_of(leaf.leaf, certificate.receipt.anchoring.proof) == certificate.receipt.anchoring.root


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("receipt", KeyError),
        ("receipt.version", 2),
        ("receipt.chainId", 0),
        ("receipt.chainId", "31337"),
        ("receipt.registry", "0x" + "AA" * 20),
        ("receipt.registry", "0x" + "aa" * 19 + " a"),
        ("receipt.institution", "0x" + "zz" * 32),
        ("receipt.root", "0X" + "00" * 32),
        ("receipt.root", "0x" + "AB" * 32),
        ("receipt.root", "0x" + "ab" * 31),
        ("receipt.proof", ["0x" + "00" * 32] * 16),
        ("receipt.proof.0", "0x"),
        ("receipt.proof.0", "0x" + "AB" * 32),
        ("receipt.proof.0", "0x" + "zz" * 32),
        ("receipt.proof.0", "0x" + "ab" * 31 + "  "),
        ("receipt.proof.0", "  " + "ab" * 32),
        ("receipt.manifest", "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKdgeG"),
        ("receipt.facts.salt", KeyError),
        ("receipt.facts.level", 11),
        ("receipt.facts.credits", 0),
        ("receipt.facts.credits", 800.0),
        ("receipt.extra", 1),
        ("extra", 1),
        ("credential.name", 1),
    ],
)
def test_a_certificate_file_of_another_shape_is_refused(certificate: Certificate, path: str, value: object) -> None:
    data = altered(certificate.to_json(), path, value)
    if value == 800.0:  # the same number, and the same certificate
        assert Certificate.parse(data) == certificate
        return
    with pytest.raises(DomainError):
        Certificate.parse(data)


def test_ambiguous_certificate_files_are_refused(certificate: Certificate) -> None:
    data = certificate.to_json()
    with pytest.raises(JsonDuplicateKey):
        Certificate.parse(data[:-1] + b',"receipt":' + json.dumps(json.loads(data)["receipt"]).encode() + b"}")
    with pytest.raises(JsonNull):
        Certificate.parse(altered(data, "receipt.facts.salt", None))
    with pytest.raises(JsonTooLarge):
        Certificate.parse(data + b" " * 131_072)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("receipt.facts.outcome", "0x" + "11" * 32),
        ("receipt.facts.category", 1),
        ("receipt.facts.level", 5),
        ("receipt.facts.credits", 801),
        ("receipt.facts.gradeStep", 15),
        ("receipt.facts.awardedMonth", 647),
        ("receipt.institution", "0x" + b"123100004250004560".hex() + "00" * 14),
    ],
)
def test_a_receipt_that_says_otherwise_than_the_document_fails_step_2(
    certificate: Certificate, path: str, value: object
) -> None:
    with pytest.raises(FactMismatch) as refused:
        Certificate.parse(altered(certificate.to_json(), path, value)).leaf()
    assert refused.value.details["fact"] == path.rpartition(".")[2]


def test_a_shown_achievement_keeps_the_rules_of_the_whole_one(certificate: Certificate) -> None:
    data = present(certificate, ["achievement"]).to_json()
    path = "partial.shown./credentialSubject/achievement.value.alignment.1.targetCode"
    with pytest.raises(MalformedDocument, match="level 1–10"):
        Presentation.parse(altered(data, path, "11"))


def test_a_shown_number_written_otherwise_is_the_same_number(certificate: Certificate) -> None:
    partial = present(certificate, ["creditsEarned"])
    written = partial.to_json().replace(b'"value":8}', b'"value":8.0}')
    assert written != partial.to_json()
    assert Presentation.parse(written) == partial


def test_one_changed_character_leads_to_another_leaf(certificate: Certificate) -> None:
    changed = Certificate.parse(certificate.to_json().replace("谢萱丽".encode(), "谢萱莉".encode()))
    assert changed.leaf().leaf != certificate.leaf().leaf


# The law: "the same leaf, so selective disclosure needs no issuer and no second signature"
@pytest.mark.parametrize(
    "show", [s for r in range(len(SHOWABLE) + 1) for s in itertools.combinations(SHOWABLE, r)], ids="+".join
)
def test_every_choice_of_fields_leads_to_the_same_leaf(certificate: Certificate, show: tuple[str, ...]) -> None:
    data = present(certificate, show).to_json()
    assert data == canonicalise(json.loads(data))
    partial = Presentation.parse(data)
    assert partial.leaf() == certificate.leaf()
    assert set(partial.shown) == {pt.SHORT_NAMES[name] for name in show}
    assert partial.anchoring == certificate.receipt.anchoring
    assert partial.uscc_text == certificate.credential.uscc_text


def test_what_is_not_shown_is_not_in_the_file(certificate: Certificate) -> None:
    data = present(certificate, ["name", "creditsEarned"]).to_json().decode()
    for secret in (
        certificate.receipt.salt.hex(),
        certificate.receipt.facts.claim.hex(),
        "谢萱丽",
        "S100032000000244000100",
        "JS-ASC-4",
        "74.7",
        "2024-01-15",
    ):
        assert secret not in data
    assert "行政服务办事员" in data


def test_facts_are_compared_where_their_field_is_shown(certificate: Certificate) -> None:
    assert present(certificate, ["creditsEarned", "validFrom"]).facts_compared() == ("credits", "awardedMonth")
    assert present(certificate, SHOWABLE).facts_compared() == tuple(f for f in FACT_NAMES if f != "claim")
    assert present(certificate, []).facts_compared() == ()


def test_a_field_may_be_named_by_its_pointer(certificate: Certificate) -> None:
    assert present(certificate, DISCLOSABLE[:2]).shown == DISCLOSABLE[:2]


def test_fields_that_cannot_be_shown_are_refused(certificate: Certificate) -> None:
    with pytest.raises(pt.UnknownField, match="creditsEarned"):
        present(certificate, ["salary"])
    with pytest.raises(pt.AbsentField):
        present(certificate, ["evidence"])


# The law: "a disclosable path left in the body of a partial certificate"
@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("partial.body.name", "行政服务办事员（四级）"),
        ("partial.body.validFrom", "2024-01-15T00:00:00+08:00"),
        ("partial.body.evidence", []),
        ("partial.body.proof", []),
        ("partial.body.credentialSubject.creditsEarned", 8),
        ("partial.body.credentialSubject.identifier", []),
        ("partial.body.credentialSubject.licenseNumber", "S1"),
        ("partial.body.credentialSubject.achievement", {}),
        ("partial.body.credentialSubject.result", []),
    ],
)
def test_a_disclosable_path_left_in_the_body_is_refused(certificate: Certificate, path: str, value: object) -> None:
    data = altered(present(certificate, ["name"]).to_json(), path, value)
    with pytest.raises(MalformedDocument, match="unknown field"):
        Presentation.parse(data)


WORD = "0x" + "11" * 32


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("partial.type", "Other"),
        ("partial.version", 2),
        ("partial.hidden./name", WORD),
        ("partial.hidden./validFrom", KeyError),
        ("partial.shown./name", KeyError),
        ("partial.shown./name.value", ""),
        ("partial.shown./credentialSubject/creditsEarned.value", 8.005),
        ("partial.shown./credentialSubject/creditsEarned.value", "8"),
        ("partial.shown./credentialSubject/creditsEarned.value", 1000),
        ("partial.facts.opened.credits", KeyError),
        ("partial.facts.closed.credits", WORD),
        ("partial.facts.closed.claim", KeyError),
        ("partial.facts.opened.claim", {"salt": WORD, "value": WORD}),
        ("partial.facts.opened.level", {"salt": WORD, "value": 4}),
        ("partial.facts.closed.level", KeyError),
        ("partial.body.credentialStatus.statusListIndex", "1"),
        ("partial.body.issuer.otherIdentifier.0.identifier", "123200004660001234"),
        ("partial.body.type", ["VerifiableCredential"]),
        ("receipt.facts", {}),
        ("receipt.root", None),
        ("receipt.manifest", "b"),
    ],
)
def test_a_partial_certificate_of_another_shape_is_refused(certificate: Certificate, path: str, value: object) -> None:
    data = altered(present(certificate, ["name", "creditsEarned"]).to_json(), path, value)
    with pytest.raises(DomainError):
        Presentation.parse(data)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("partial.facts.opened.credits.value", 801),
        ("partial.shown./credentialSubject/creditsEarned.value", 9),
        ("partial.facts.opened.outcome.value", WORD),
        ("partial.facts.opened.gradeStep.value", 15),
        ("partial.shown./validFrom.value", "2024-02-15T00:00:00+08:00"),
        ("receipt.institution", "0x" + b"123100004250004560".hex() + "00" * 14),
    ],
)
def test_an_opened_fact_that_its_shown_field_does_not_say_fails_step_2(
    certificate: Certificate, path: str, value: object
) -> None:
    data = altered(present(certificate, SHOWABLE).to_json(), path, value)
    with pytest.raises(FactMismatch):
        Presentation.parse(data).leaf()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("partial.shown./name.value", "别的课程"),
        ("partial.shown./name.salt", WORD),
        ("partial.hidden./validFrom", WORD),
        ("partial.facts.closed.claim", WORD),
        ("partial.body.issuer.name", "别的大学"),
    ],
)
def test_anything_else_changed_leads_to_another_leaf(certificate: Certificate, path: str, value: object) -> None:
    data = altered(present(certificate, ["name", "creditsEarned"]).to_json(), path, value)
    assert Presentation.parse(data).leaf().leaf != certificate.leaf().leaf


@pytest.mark.parametrize(
    "path", ["partial.shown./name.salt", "partial.hidden./validFrom", "partial.facts.closed.claim"]
)
def test_a_word_written_otherwise_is_refused(certificate: Certificate, path: str) -> None:
    data = altered(present(certificate, ["name"]).to_json(), path, "0x" + "AB" * 32)
    with pytest.raises(MalformedDocument):
        Presentation.parse(data).leaf()
