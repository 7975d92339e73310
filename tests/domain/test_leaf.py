from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gateway.domain import leaf as lf
from gateway.domain.credential import Credential
from gateway.domain.leaf import Facts, make_leaf
from gateway.domain.receipt import FactMismatch, check_facts

if TYPE_CHECKING:
    from collections.abc import Iterable

KNOWN = json.loads((Path(__file__).parents[1] / "vectors" / "leaf.json").read_text(encoding="utf-8"))
CREDENTIALS = KNOWN["credentials"]
DISAGREEING = [case for case in KNOWN["refuse"] if "facts" in case]


def from_hex(text: str) -> bytes:
    return bytes.fromhex(text[2:])


def hexed(values: Iterable[bytes]) -> list[str]:
    return ["0x" + value.hex() for value in values]


# The law: "for the nine disclosable fields, in this order"
def test_tags_and_names_are_the_ledgers() -> None:
    assert hexed([lf.CREDENTIAL_TAG, lf.FACTS_TAG, lf.LEAF_TAG]) == list(KNOWN["tags"].values())
    assert list(lf.DISCLOSABLE) == KNOWN["disclosableFields"]
    assert list(lf.FACT_NAMES) == KNOWN["factNames"]


# The law: "field_i = sha256(s(i) ‖ JCS(value of field i, null where absent))", "body = the credential without …"
@pytest.mark.parametrize("known", CREDENTIALS, ids=lambda known: known["outcomeCode"])
def test_every_intermediate_value_of_a_known_leaf_is_the_known_one(known: dict[str, Any]) -> None:
    credential = Credential.from_document(known["document"])
    salt = from_hex(known["salt"])
    facts = Facts.of(credential.facts(), from_hex(known["claim"]))
    assert hexed(lf.field_digests(salt, credential.fields)) == known["fieldDigests"]
    assert hexed(lf.fact_salt(salt, k) for k in range(7)) == known["factSalts"]
    assert hexed(lf.fact_digests(salt, facts.words)) == known["factDigests"]
    assert "0x" + lf.sha256(credential.body).hex() == known["bodySha256"]
    made = make_leaf(credential.body, credential.fields, credential.facts().institution, facts.words, salt)
    assert hexed([made.leaf, made.commitment, made.facts]) == [known["leaf"], known["commitment"], known["facts"]]


@pytest.mark.parametrize("case", DISAGREEING, ids=lambda case: case["why"])
def test_a_registration_on_the_refuse_list_is_refused_at_step_2(case: dict[str, Any]) -> None:
    credential = Credential.from_document(case["document"])  # step 1 passes
    opened = case["openedFacts"]
    facts = Facts(
        from_hex(opened["outcome"]),
        from_hex(opened["claim"]),
        *(opened[name] for name in ("category", "level", "credits", "gradeStep", "awardedMonth")),
    )
    # The leaf hangs together and could be anchored: only the document tells that it lies.
    made = make_leaf(
        credential.body, credential.fields, from_hex(case["institution"]), facts.words, from_hex(case["salt"])
    )
    assert hexed([made.leaf, made.commitment, made.facts]) == [case["leaf"], case["commitment"], case["facts"]]
    with pytest.raises(FactMismatch):
        check_facts(credential.facts(), facts, from_hex(case["institution"]))


def test_a_receipt_of_another_institution_is_refused_at_step_2() -> None:
    facts = Credential.from_document(CREDENTIALS[0]["document"]).facts()
    with pytest.raises(FactMismatch, match="institution"):
        check_facts(facts, Facts.of(facts, bytes(32)), from_hex(CREDENTIALS[1]["institution"]))


@pytest.mark.parametrize("mask", range(128))
def test_every_opening_leads_to_the_leaf(mask: int) -> None:
    known = CREDENTIALS[3]
    facts = Facts.of(Credential.from_document(known["document"]).facts(), from_hex(known["claim"]))
    opening = lf.open_facts(
        from_hex(known["commitment"]), from_hex(known["institution"]), facts, from_hex(known["salt"]), mask
    )
    assert "0x" + lf.opened_leaf(opening).hex() == known["leaf"]
    words = [int.from_bytes(word, "big") for word in facts.words]
    assert list(opening.values) == [words[k] for k in range(7) if mask >> k & 1]
    assert hexed(opening.digests) == [known["factDigests"][k] for k in range(7) if not mask >> k & 1]
    assert hexed(opening.salts) == [known["factSalts"][k] for k in range(7) if mask >> k & 1]


@pytest.mark.parametrize("mask", [-1, 128, 255])
def test_a_mask_outside_its_range_is_refused(mask: int) -> None:
    facts = Facts.of(Credential.from_document(CREDENTIALS[0]["document"]).facts(), bytes(32))
    with pytest.raises(lf.BadMask):
        lf.open_facts(bytes(32), bytes(32), facts, bytes(32), mask)
    with pytest.raises(lf.BadMask):
        lf.opened_leaf(lf.Opening(bytes(32), bytes(32), mask, (), (), ()))


def test_an_opening_with_other_counts_than_its_mask_asks_for_is_refused() -> None:
    with pytest.raises(lf.BadMask):
        lf.opened_leaf(lf.Opening(bytes(32), bytes(32), 1, (), (bytes(32),), (bytes(32),) * 6))


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_salt_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(lf.BadSalt):
        make_leaf(b"{}", [b"null"] * 9, bytes(32), [bytes(32)] * 7, bytes(length))
