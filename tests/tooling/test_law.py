"""docs/law.md holds: each sentence has tests, each test is there and quotes it. And two sentences of the law."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import artifacts
import law
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.claims import claim, claim_key
from gateway.domain.identifiers import DocumentType, LearnerDocument

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT = law.LAW.read_text(encoding="utf-8")
SECTIONS = list(dict.fromkeys(row.section for row in law.rows_of(TEXT)))
LEARNER = LearnerDocument(DocumentType.RESIDENT, "11010519491231002X")
ROOM_FOR_BYTES = {"signature", "canonicalSignature", "call", "data"}  # of 65 bytes; of a call that is itself looked at
ROW = "## S\n\n| sentence | tests |\n| --- | --- |\n| {} | {} |\n"


@pytest.mark.parametrize("section", SECTIONS)
def test_every_sentence_is_quoted_by_its_tests(section: str) -> None:
    assert [finding for finding in law.findings(TEXT) if finding.startswith(f"{section}: ")] == []


def test_the_law_has_every_part_of_the_design() -> None:
    for part in ("Rules for all contracts", "Identifiers", "The credential leaf", "Directory", "Consortium"):
        assert part in SECTIONS
    assert len(law.rows_of(TEXT)) > 150


def test_a_sentence_without_a_test_is_named() -> None:
    assert law.findings(ROW.format("Nobody shows this", "")) == ["S: Nobody shows this\n    no test"]


def test_a_test_that_is_not_there_is_named() -> None:
    for test in (
        "Directory.t.sol::test_nobodyWrote",
        "Nobody.t.sol::test_x",
        "tests/tooling/test_law.py::test_no",
        "x",
    ):
        (finding,) = law.findings(ROW.format("Something", test))
        assert finding.endswith(f"there is no test {test}")


# The comment above a test counts, and this one says: "a sentence that is quoted, … in two pieces"
def test_a_test_that_does_not_quote_its_sentence_is_named() -> None:
    here = "tests/tooling/test_law.py::test_a_test_that_does_not_quote_its_sentence_is_named"
    assert law.findings(ROW.format("A sentence that is quoted, somewhere and in two pieces, too.", here)) == []
    assert law.findings(ROW.format("A sentence that nobody quotes", here)) != []


@pytest.mark.parametrize(
    ("comment", "sentence", "expected"),
    [
        ('/// "no proxies here": none', "No proxies here.", True),
        ("/// no proxies here: none", "No proxies here.", False),
        ('/// "expires"', "expires.", True),
        ('/// "expires"', "A motion expires.", False),  # one word says nothing of a longer sentence
        ('/// "here … proxies"', "No proxies here.", False),  # in another order
        ('/// "a = keccak256("tag") of it"', 'a = keccak256("tag") of it and more', True),
        ('/// "far more than the row" stands here', "more than the row", True),
    ],
)
def test_words_between_double_quotes_are_a_quotation(comment: str, sentence: str, *, expected: bool) -> None:
    assert law.quotes(comment, sentence) is expected


def test_a_pipe_in_a_sentence_is_escaped() -> None:
    (row,) = law.rows_of(ROW.format("source<<32 \\| target", "`A.t.sol::test_a`, B.t.sol::test_b"))
    assert row == law.Row("S", "source<<32 | target", ("A.t.sol::test_a", "B.t.sol::test_b"))


# --- two sentences that no contract's test can show -------------------------------------------------------------------


def parameters(entry: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every parameter of a function or event, those within structs too."""
    for parameter in entry.get("inputs", entry.get("components", [])):
        yield parameter
        yield from parameters(parameter)


# The law: "No name, number, ciphertext of them or unsalted hash of them is ever on the chain."
def test_no_call_and_no_event_has_room_for_a_name_or_a_number() -> None:
    seen = 0
    for source in sorted(artifacts.CONTRACTS.glob("*.sol")):
        abi = json.loads((artifacts.TARGET / f"{source.stem}.json").read_text(encoding="utf-8"))["abi"]
        for entry in abi:
            written = entry["type"] == "event" or entry.get("stateMutability") in {"nonpayable", "payable"}
            for parameter in parameters(entry) if written else ():
                seen += 1
                where = f"{source.stem}.{entry.get('name')}.{parameter['name']}"
                assert not parameter["type"].startswith("string"), where
                if parameter["type"] in {"bytes", "bytes[]"}:
                    assert parameter["name"] in ROOM_FOR_BYTES, where
    assert seen > 200


# The law: "without the province's key nobody can compute or link it", whoever knows the person and the outcome.
@given(one=st.binary(min_size=32, max_size=32), other=st.binary(min_size=32, max_size=32), places=st.integers(1, 9))
def test_a_claim_says_nothing_without_the_key_of_the_province(one: bytes, other: bytes, places: int) -> None:
    institution, outcome = b"1" * 18 + bytes(14), places.to_bytes(32, "big")
    ours = claim(claim_key(one, LEARNER), institution, outcome)
    assert (claim(claim_key(other, LEARNER), institution, outcome) == ours) == (one == other)
    assert claim(claim_key(one, LEARNER), institution, (places + 1).to_bytes(32, "big")) != ours
    assert claim(claim_key(one, LEARNER), bytes(32), outcome) != ours
