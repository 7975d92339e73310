"""Whoever is refused by the contracts of recognition is told what to do next."""

from __future__ import annotations

import pytest

from gateway.ledger.refusals import refusal
from gateway.ledger.remedies import REMEDIES, UNKNOWN
from gateway.ledger.remedies_recognition import RECOGNITION
from node.client.abi import ContractRevert
from node.client.artifact import load

OWN = (
    "Agreement", "Rule", "Terms", "Successor", "Claim", "Cap", "Programme", "Transfer", "Retire", "Evaluation", "Panel",
    "Expert", "Opinion",
)  # fmt: skip
ERRORS = {
    entry["name"]
    for contract in ("EvaluationRegistry", "AgreementRegistry", "ClaimBook", "TransferLedger")
    for entry in load(contract).abi
    if entry["type"] == "error" and entry["name"].startswith(OWN)
}


def test_every_refusal_of_the_four_contracts_has_a_next_step_and_none_is_invented() -> None:
    assert ERRORS - set(REMEDIES) == set()
    assert set(RECOGNITION) - ERRORS == set()


def test_no_refusal_of_an_evaluation_says_the_same_as_another() -> None:
    steps = [REMEDIES[name] for name in ERRORS if name.startswith(("Evaluation", "Panel", "Expert", "Opinion"))]
    assert len(steps) == len({step.en for step in steps}) == len({step.zh for step in steps}) == 25


@pytest.mark.parametrize("name", sorted(RECOGNITION))
def test_the_step_is_said_in_both_languages(name: str) -> None:
    remedy = REMEDIES[name]
    assert remedy != UNKNOWN
    assert remedy.zh != remedy.en
    assert all("\u4e00" <= letter <= "\u9fff" for letter in remedy.zh[:1])


def test_a_refusal_names_the_codes_that_are_known_and_keeps_the_digests_that_are_not() -> None:
    known = {b"\x0c" * 32: "SOU-ACC-101", b"\x0d" * 32: "ZJ-ACC-2026"}
    place = {"institution": b"123300004700007891".ljust(32, b"\0")}
    taken = {**place, "claim": b"\x0c" * 32, "use": 2, "source": 320_000, "target": 330_000, "number": 1}
    told = refusal(ContractRevert("ClaimTaken", taken, b""), known)
    full = {**place, "programme": b"\x0d" * 32, "enrolment": b"\x0e" * 32, "total": 700, "cap": 600}
    capped = refusal(ContractRevert("CapExceeded", full, b""), known)
    for zh, en in ((told.zh, told.en), (capped.zh, capped.en)):
        assert "0d0d" not in zh + en
        assert "0c0c" not in zh + en
    assert "成果主张 SOU-ACC-101" in told.zh
    assert "in the programme ZJ-ACC-2026" in capped.en
    assert "0x" + "0e" * 32 in capped.en  # a pseudonym is nobody's code
    assert "0x" + "0c" * 32 in refusal(ContractRevert("ClaimTaken", taken, b"")).en


def test_an_unattested_batch_is_waited_for_and_a_taken_claim_is_not() -> None:
    assert (
        refusal(
            ContractRevert("TransferUnattested", {"institution": bytes(32), "root": bytes(32)}, b"")
        ).disposition.value
        == "wait"
    )
    taken = {"institution": bytes(32), "claim": bytes(32), "use": 2, "source": 320_000, "target": 330_000, "number": 1}
    assert refusal(ContractRevert("ClaimTaken", taken, b"")).disposition.value == "fail"
