from __future__ import annotations

import datetime as dt
import json
import uuid
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain import schema
from gateway.domain.claims import OutcomeCode
from gateway.domain.credential import Credential
from gateway.domain.crosswalk import Category, crosswalk
from gateway.domain.identifiers import USCC_ALPHABET, DocumentType, LearnerDocument, Uscc, uscc_check_character
from gateway.domain.issue import Award, Outcome, OutcomeTemplate, Template, number_commitment
from gateway.domain.jcs import canonicalise
from gateway.domain.leaf import Facts, make_leaf
from gateway.domain.proof import Signer, check_proofs, signed_by_issuer
from gateway.domain.provinces import PROVINCE_DIGITS
from gateway.domain.strict_json import parse_json_strict

KNOWN = json.loads((Path(__file__).parents[1] / "vectors" / "leaf.json").read_text(encoding="utf-8"))

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40)
WORD = st.binary(min_size=32, max_size=32)


@st.composite
def usccs(draw: st.DrawFn) -> Uscc:
    region = draw(st.sampled_from(sorted(PROVINCE_DIGITS)))
    first = "12" + region + draw(st.text(USCC_ALPHABET, min_size=13, max_size=13))
    return Uscc(first + uscc_check_character(first))


@st.composite
def outcomes(draw: st.DrawFn) -> Outcome:
    framework = draw(st.sampled_from(sorted(crosswalk().frameworks)))
    level, regional = draw(st.sampled_from(sorted(crosswalk().frameworks[framework].items())))
    return Outcome(
        code=OutcomeCode(draw(st.from_regex(r"[A-Z0-9.-]{1,32}", fullmatch=True))),
        name=draw(TEXT),
        category=draw(st.sampled_from(Category)),
        level=regional,
        framework=framework,
        framework_level=level,
        hours=f"{draw(st.decimals(0, 9999, places=1)).normalize():f}",
        narrative=draw(TEXT),
    )


def grades() -> st.SearchStrategy[str | None]:
    numbers = st.decimals(0, 100, places=2).map(lambda grade: f"{grade:f}")
    return st.none() | st.just("合格") | numbers


AWARDS = st.builds(
    Award,
    credential_id=st.uuids().map(lambda value: f"urn:uuid:{value}"),
    learner_name=TEXT,
    number_commitment=WORD.map(lambda digest: "sha256$" + digest.hex()),
    document_type=st.sampled_from(DocumentType),
    license_number=TEXT,
    credits=st.integers(1, 99_999),
    awarded=st.dates(dt.date(1970, 1, 1), dt.date(2100, 1, 1)),
    status_index=st.integers(0, 131_071),
    result=grades(),
    evidence=st.lists(st.builds(schema.Evidence, id=TEXT, name=TEXT, type=st.just(("Evidence",))), max_size=2).map(
        tuple
    ),
    until=st.none() | st.dates(dt.date(2100, 1, 1)),
)


@given(usccs(), TEXT, outcomes(), AWARDS, WORD, WORD, WORD)
def test_the_fast_way_to_issue_equals_the_general_one(
    uscc: Uscc, issuer: str, outcome: Outcome, award: Award, claim: bytes, salt: bytes, seed: bytes
) -> None:
    signer = Signer(seed)
    template = Template(uscc, issuer, signer.did, f"https://bank.example/status/{uscc}/0")
    sealed = template.seal(OutcomeTemplate.of(outcome, uscc), award, claim, salt)
    general = parse_json_strict(sealed.document)
    assert canonicalise(general) == sealed.document
    credential = Credential.parse(sealed.document)
    assert credential == Credential.from_document(general)
    assert (credential.valid_until is None) == (award.until is None)
    facts = Facts.of(credential.facts(), claim)
    made = make_leaf(credential.body, credential.fields, uscc.word, facts.words, salt)
    assert (made.leaf, made.commitment, made.facts) == (sealed.leaf, sealed.commitment, sealed.facts)
    assert (facts.credits, facts.level, facts.category) == (award.credits, outcome.level, outcome.category)
    assert credential.document.credential_subject.credits_earned == float(Decimal(award.credits) / 100)
    disclosable = {"name", "proof", "validFrom", "evidence"}
    frame = {key: value for key, value in general.items() if key not in disclosable}
    frame["credentialSubject"] = {"type": general["credentialSubject"]["type"]}
    assert credential.body == canonicalise(frame)
    signed = Credential.parse(sealed.signed(signer.prove(sealed.document, "2024-01-01T00:00:00Z")))
    assert signed.canonical == canonicalise(json.loads(signed.canonical))
    assert signed.unsecured == sealed.document
    assert signed_by_issuer(check_proofs(signed))


# The law: "Hours and the original framework's level are further alignments"
@pytest.mark.parametrize("known", KNOWN["credentials"], ids=lambda known: known["outcomeCode"])
def test_the_fast_way_gives_the_known_documents_and_leaves(known: dict[str, Any]) -> None:
    document = known["document"]
    subject, status = document["credentialSubject"], document["credentialStatus"]
    achievement = subject["achievement"]
    hours, original = achievement["alignment"][2:]
    learner = LearnerDocument(DocumentType.RESIDENT, known["number"])
    uscc = Uscc(known["institutionCode"])
    outcome = Outcome(
        code=OutcomeCode(known["outcomeCode"]),
        name=achievement["name"],
        category=Category(known["category"]),
        level=known["level"],
        framework=original["targetFramework"],
        framework_level=original["targetCode"],
        hours=hours["targetCode"],
    )
    evidence = tuple(
        schema.Evidence(id=item["id"], name=item["name"], type=("Evidence",)) for item in document.get("evidence", ())
    )
    award = Award(
        credential_id=document["id"],
        learner_name=subject["identifier"][0]["identityHash"],
        number_commitment=number_commitment(learner, bytes.fromhex(known["opening"][2:])),
        document_type=learner.kind,
        license_number=subject["licenseNumber"],
        credits=known["credits"],
        awarded=dt.date.fromisoformat(document["validFrom"][:10]),
        status_index=int(status["statusListIndex"]),
        result=subject["result"][0]["value"] if "result" in subject else None,
        evidence=evidence,
    )
    template = Template(uscc, document["issuer"]["name"], document["issuer"]["id"], status["statusListCredential"])
    sealed = template.seal(
        OutcomeTemplate.of(outcome, uscc),
        award,
        bytes.fromhex(known["claim"][2:]),
        bytes.fromhex(known["salt"][2:]),
    )
    assert json.loads(sealed.document) == document
    assert "0x" + sealed.leaf.hex() == known["leaf"]


# The law: "only the learner (or the centre for them) shows it to prove that the number is theirs"
def test_a_number_is_proven_by_its_opening_alone() -> None:
    learner = LearnerDocument(DocumentType.RESIDENT, KNOWN["credentials"][0]["number"])
    one, other = number_commitment(learner, uuid.UUID(int=1).bytes * 2), number_commitment(learner, bytes(32))
    assert one != other
