from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gateway.domain.credential import MAX_DOCUMENT_BYTES, Credential
from gateway.domain.errors import DomainError
from gateway.domain.jcs import canonicalise
from gateway.domain.strict_json import JsonDuplicateKey, JsonNull, JsonText, JsonTooDeep, JsonTooLarge
from gateway.domain.wire import MalformedDocument, encode

if TYPE_CHECKING:
    from collections.abc import Callable

KNOWN = json.loads((Path(__file__).parents[1] / "vectors" / "leaf.json").read_text(encoding="utf-8"))
CREDENTIALS = KNOWN["credentials"]
ILL_FORMED = [case for case in KNOWN["refuse"] if "facts" not in case]


def as_bytes(document: object, indent: int | None = None) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=indent).encode()


@pytest.mark.parametrize("known", CREDENTIALS, ids=lambda known: known["outcomeCode"])
def test_a_known_credential_is_read_and_written_canonically(known: dict[str, Any]) -> None:
    credential = Credential.parse(as_bytes(known["document"], indent=2))
    assert credential.canonical == credential.unsecured == canonicalise(known["document"])
    assert Credential.parse(credential.canonical) == credential
    assert credential.body.decode() == known["bodyJcs"]
    assert credential.body == encode(credential.body_document)


# The law: "Facts come from the document by one rule each", "outcome ← achievement.humanCode"
@pytest.mark.parametrize("known", CREDENTIALS, ids=lambda known: known["outcomeCode"])
def test_the_facts_of_a_known_credential_are_the_known_ones(known: dict[str, Any]) -> None:
    facts = Credential.from_document(known["document"]).facts()
    assert "0x" + facts.institution.hex() == known["institution"]
    assert "0x" + facts.outcome.hex() == known["outcome"]
    assert [facts.category, facts.level, facts.credits, facts.grade_step, facts.awarded_month] == [
        known[name] for name in ("category", "level", "credits", "gradeStep", "awardedMonth")
    ]


# The law: "institution ← issuer.otherIdentifier", "targetUrl the crosswalk's version"
def test_a_credential_tells_its_institution_award_and_crosswalk() -> None:
    credential = Credential.from_document(CREDENTIALS[0]["document"])
    assert (credential.uscc.text, credential.awarded.isoformat()) == ("123200004660001235", "2024-01-15")
    assert credential.crosswalk_version == KNOWN["credentials"][0]["document"]["credentialSubject"]["achievement"][
        "alignment"
    ][0]["targetUrl"].removeprefix("urn:huren:crosswalk:")


# The law: "Refused: null anywhere, credentialSubject as an array"
@pytest.mark.parametrize("case", ILL_FORMED, ids=lambda case: case["why"])
def test_a_document_on_the_refuse_list_is_refused_at_step_1(case: dict[str, Any]) -> None:
    error = JsonNull if case["why"] == "null value" else MalformedDocument
    with pytest.raises(error):
        Credential.parse(as_bytes(case["document"]))


def test_the_refuse_list_is_split_between_the_steps() -> None:
    assert (len(ILL_FORMED), len(KNOWN["refuse"])) == (8, 14)


def change(path: str, value: object) -> Callable[[dict[str, Any]], None]:
    def apply(document: dict[str, Any]) -> None:
        *parents, last = [int(part) if part.isdigit() else part for part in path.split("/")]
        at: Any = document
        for part in parents:
            at = at[part]
        if value is KeyError:
            del at[last]
        else:
            at[last] = value

    return apply


ALIGNMENT = "credentialSubject/achievement/alignment"


# The law: "identifier is an array of exactly two elements, name then number; any other shape is refused"
@pytest.mark.parametrize(
    "path_and_value",
    [
        ("@context", ["https://www.w3.org/ns/credentials/v2"]),
        ("@context/1", "https://evil.example/context.json"),
        ("type", ["VerifiableCredential"]),
        ("unknown", 1),
        ("id", "urn:uuid:not-a-uuid"),
        ("name", KeyError),
        ("name", ""),
        ("name", "x" * 201),
        ("name", 5),
        ("validFrom", KeyError),
        ("validFrom", "1969-12-31T00:00:00+08:00"),
        ("issuer", "did:key:z6Mk"),
        ("issuer/otherIdentifier/0/identifier", "123200004660001234"),
        ("issuer/otherIdentifier/0/identifierType", "ext:OTHER"),
        ("credentialSubject/id", "did:example:1"),
        ("credentialSubject/identifier/0/hashed", True),
        ("credentialSubject/identifier/1/hashed", False),
        ("credentialSubject/identifier/1/identityHash", "sha256$" + "A" * 64),
        ("credentialSubject/identifier", []),
        ("credentialSubject/creditsEarned", 0),
        ("credentialSubject/creditsEarned", 1000),
        ("credentialSubject/creditsEarned", -1),
        ("credentialSubject/creditsEarned", True),
        ("credentialSubject/creditsEarned", 1e300),
        ("credentialSubject/result/0/value", "优秀"),
        ("credentialSubject/result", []),
        ("credentialSubject/achievement/id", "urn:huren:outcome:123200004660001235:OTHER"),
        ("credentialSubject/achievement/humanCode", "js-asc-4"),
        ("credentialSubject/achievement/achievementType", "Degree"),
        (f"{ALIGNMENT}/0/targetCode", "4"),
        (f"{ALIGNMENT}/1/targetCode", "11"),
        (f"{ALIGNMENT}/1/targetCode", "04"),
        (f"{ALIGNMENT}/1/targetUrl", "urn:huren:crosswalk:2027-1"),
        (f"{ALIGNMENT}/0/targetFramework", "huren:level"),
        (f"{ALIGNMENT}/2/targetCode", "many"),
        (f"{ALIGNMENT}/3/targetFramework", "huren:level"),
        (ALIGNMENT, []),
        ("credentialStatus", KeyError),
        ("credentialStatus/statusListIndex", "7"),
        ("credentialStatus/statusListIndex", 0),
        ("credentialStatus/statusPurpose", "suspension"),
        ("evidence", []),
        ("proof", []),
        ("proof", {"type": "DataIntegrityProof"}),
    ],
    ids=lambda pair: f"{pair[0]}={str(pair[1])[:20]}",
)
def test_any_other_shape_is_refused(path_and_value: tuple[str, object]) -> None:
    document = copy.deepcopy(CREDENTIALS[0]["document"])
    change(*path_and_value)(document)
    with pytest.raises(DomainError) as refused:
        Credential.parse(as_bytes(document))
    assert isinstance(refused.value, MalformedDocument)


def test_a_version_of_the_crosswalk_that_is_no_version_is_refused() -> None:
    document = copy.deepcopy(CREDENTIALS[0]["document"])
    for alignment in document["credentialSubject"]["achievement"]["alignment"]:
        alignment["targetUrl"] = "https://example.org/2026-1"
    with pytest.raises(MalformedDocument, match="crosswalk"):
        Credential.parse(as_bytes(document))


def test_canonical_bytes_with_a_flaw_are_refused_like_any_others() -> None:
    good = Credential.from_document(CREDENTIALS[0]["document"]).canonical
    with pytest.raises(JsonDuplicateKey):
        Credential.parse(good.replace(b'"name":', b'"name":"x","name":', 1))
    with pytest.raises(JsonText):
        Credential.parse(good.replace("谢萱丽".encode(), b"\x7f", 1))
    with pytest.raises(JsonText):
        Credential.parse(good.replace("谢萱丽".encode(), b"\\u0000", 1))
    with pytest.raises(JsonTooDeep):
        Credential.parse(good.replace(b'"result":', b'"r":' + b"[" * 1000 + b"]" * 1000 + b',"result":', 1))
    with pytest.raises(JsonTooLarge):
        Credential.parse(good + b" " * MAX_DOCUMENT_BYTES)


def test_canonical_bytes_that_break_a_rule_are_refused_for_it_and_others_for_their_form_first() -> None:
    good = Credential.from_document(CREDENTIALS[0]["document"]).canonical
    unlisted = good.replace(b'"statusListIndex":"', b'"statusListIndex":"1')
    with pytest.raises(MalformedDocument, match="credentialStatus"):
        Credential.parse(unlisted)
    with pytest.raises(JsonDuplicateKey):
        Credential.parse(unlisted.replace(b'"name":', b'"name":"x","name":', 1))


@pytest.mark.parametrize("written", [b"8.0", b"8.00", b"80e-1", b"0.8E1"])
def test_a_number_written_otherwise_is_the_same_number(written: bytes) -> None:
    good = Credential.from_document(CREDENTIALS[0]["document"]).canonical
    credential = Credential.parse(good.replace(b'"creditsEarned":8,', b'"creditsEarned":' + written + b","))
    assert credential.canonical == good


def test_a_quoted_name_survives_both_ways_of_reading() -> None:
    document = copy.deepcopy(CREDENTIALS[0]["document"])
    document["name"] = document["credentialSubject"]["achievement"]["name"] = 'The "best" \\ course'
    credential = Credential.parse(as_bytes(document))
    assert Credential.parse(credential.canonical) == credential
    assert credential.canonical == canonicalise(document)
