"""By file: every step decides, every verdict is reached, and nothing is called what it is not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from gateway.domain.manifest import cid_of
from gateway.domain.partial import present
from gateway.domain.verdict import Kind, Source, Step, StepState
from gateway.ledger.values import LeafState, Reason, Status
from gateway.verification.views import Look

if TYPE_CHECKING:
    from collections.abc import Callable

    Case = Any

DAY = 86_400


def states(verdict: Any) -> dict[int, str]:  # noqa: ANN401
    return {report.step.value: report.state.value for report in verdict.steps}


def failed(verdict: Any) -> tuple[Kind, int | None, str]:  # noqa: ANN401
    return verdict.kind, verdict.failed_at and verdict.failed_at.value, verdict.reason.code


def test_a_good_certificate_is_valid_after_all_eight_steps(case: Case) -> None:
    verdict = case.verifier.by_file(case.data)
    assert verdict.kind is Kind.VALID
    assert states(verdict) == dict.fromkeys(range(1, 9), "passed")
    assert verdict.leaf == case.leaf
    assert verdict.reason is None
    [batch] = verdict.batches
    assert (batch.institution, batch.institution_name, batch.root) == (
        case.live.anchored[next(iter(case.live.anchored))].institution,
        "江苏开放大学",
        case.root,
    )


def test_an_answer_names_the_source_and_the_block_it_holds_for(case: Case) -> None:
    for look, source, ledger in (
        (Look.AUTO, Source.INDEX, case.index),
        (Look.INDEX, Source.INDEX, case.index),
        (Look.LIVE, Source.LIVE, case.live),
    ):
        verdict = case.verifier.by_file(case.data, look)
        assert (verdict.source, verdict.block, verdict.block_time) == (source, ledger.block.number, ledger.block.time)


# --- step 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda data: data[:0], "json.syntax"),
        (lambda data: b"\xff\xfe" + data, "json.syntax"),
        (lambda data: data[:-1], "json.syntax"),
        (lambda data: b"[" * 1000 + data + b"]" * 1000, "json.depth"),
        (lambda data: b" " * 200_000 + data, "json.size"),
        (lambda data: data.replace(b'"receipt":{', b'"receipt":{"version":1,', 1), "json.duplicate"),
        (lambda data: data.replace(b'"creditsEarned":8', b'"creditsEarned":null'), "json.null"),
        (lambda data: data.replace(b'"creditsEarned":8', b'"creditsEarned":NaN'), "json.number"),
        (lambda data: data.replace(b'"creditsEarned":8', b'"creditsEarned":9007199254740993'), "json.number"),
        (lambda data: data.replace("张伟".encode(), b"\\u0000"), "json.text"),
        (lambda data: data.replace(b'"version":1', b'"version":2'), "document.shape"),
        (lambda data: data.replace(b'"version":1', b'"version":1,"more":true'), "document.shape"),
        (lambda data: data.replace(b'"creditsEarned":8', b'"creditsEarned":8.125'), "document.shape"),
    ],
)
def test_what_is_not_well_formed_is_invalid_at_step_1(case: Case, change: Callable[[bytes], bytes], code: str) -> None:
    verdict = case.verifier.by_file(change(case.data))
    assert failed(verdict) == (Kind.INVALID, 1, code)
    assert verdict.source is Source.NONE
    assert states(verdict) == {1: "failed"} | dict.fromkeys(range(2, 9), "not-done")


# --- steps 2 and 3


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"credits":800', b'"credits":900'),
        (b'"level":4', b'"level":5'),
        (b'"category":2', b'"category":1'),
        (b'"gradeStep":17', b'"gradeStep":18'),
        (b'"creditsEarned":8', b'"creditsEarned":9'),
        (b'"value":"86.5"', b'"value":"99"'),
        (b'"validFrom":"2024-02-01', b'"validFrom":"2024-03-01'),
    ],
)
def test_facts_that_the_document_does_not_say_are_invalid_at_step_2(case: Case, old: bytes, new: bytes) -> None:
    assert old in case.data
    assert failed(case.verifier.by_file(case.data.replace(old, new))) == (Kind.INVALID, 2, "facts.mismatch")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("张伟".encode(), "张三".encode()),
        (b"S666232942200244000001", b"S666232942200244000002"),
        (b"sha256$", b"sha256$0"),
        ("考核合格".encode(), "免试".encode()),
    ],
)
def test_one_word_changed_leads_to_another_leaf_and_is_invalid_at_step_3(case: Case, old: bytes, new: bytes) -> None:
    if old == b"sha256$":  # another number of the same length
        at = case.data.index(old) + len(old)
        old = case.data[at : at + 8]
        new = b"00000000"
    verdict = case.verifier.by_file(case.data.replace(old, new))
    assert failed(verdict) == (Kind.INVALID, 3, "verify.not_included")
    assert states(verdict)[2] == "passed"


def test_a_path_of_siblings_that_is_cut_or_longer_is_invalid_at_step_3(case: Case) -> None:
    proof = case.certificate.receipt.anchoring.proof
    for other in (proof[:-1], (*proof, proof[0]), proof[::-1], ()):
        assert failed(case.verifier.by_file(case.with_receipt(proof=other)))[:2] == (Kind.INVALID, 3)


# --- step 4


def test_a_receipt_altered_in_any_one_place_is_invalid_at_step_4(case: Case) -> None:
    for changes, code in (
        ({"chain_id": 1}, "verify.other_registry"),
        ({"registry": b"\x07" * 20}, "verify.other_registry"),
        ({"manifest": cid_of(b"\x01" * 32)}, "verify.receipt_disagrees"),
        ({"province": 330_000}, "verify.receipt_disagrees"),
        ({"sequence": 6}, "verify.receipt_disagrees"),
    ):
        assert failed(case.verifier.by_file(case.with_receipt(**changes))) == (Kind.INVALID, 4, code), changes


def test_another_institution_in_the_receipt_is_invalid_at_step_2(case: Case) -> None:
    data = case.with_receipt(institution=b"1".ljust(32, b"\0"))
    assert failed(case.verifier.by_file(data)) == (Kind.INVALID, 2, "facts.mismatch")


def test_a_root_that_nobody_anchored_is_invalid_at_step_4(case: Case) -> None:
    for ledger in case.both():
        ledger.anchored.clear()
    verdict = case.verifier.by_file(case.data)
    assert failed(verdict) == (Kind.INVALID, 4, "verify.not_anchored")
    assert verdict.source is Source.LIVE  # the index may only be behind: the node was asked before saying so


def test_what_the_index_does_not_know_yet_is_asked_of_the_node(case: Case) -> None:
    case.index.anchored.clear()
    verdict = case.verifier.by_file(case.data)
    assert (verdict.kind, verdict.source, verdict.block) == (Kind.VALID, Source.LIVE, case.live.block.number)


def test_the_index_alone_never_says_not_anchored_of_what_the_node_could_not_be_asked(case: Case) -> None:
    case.index.anchored.clear()
    case.live.down = None
    case.chain_away()
    case.index.confirmed = int(case.now)
    assert failed(case.verifier.by_file(case.data)) == (Kind.CANNOT_CHECK, None, "ledger.unavailable")


def test_a_proof_deeper_than_its_batch_is_invalid_at_step_4(case: Case) -> None:
    case.change_anchor(leaf_count=2)
    assert failed(case.verifier.by_file(case.data)) == (Kind.INVALID, 4, "verify.receipt_disagrees")


def _document(case: Case) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(case.data)
    return loaded


# --- cannot check


def test_a_chain_out_of_reach_is_cannot_check_and_never_invalid(case: Case) -> None:
    case.chain_away()
    for look in Look:
        verdict = case.verifier.by_file(case.data, look)
        assert verdict.kind is Kind.CANNOT_CHECK
        assert verdict.failed_at is None
        assert states(verdict)[3] == "passed"
        assert states(verdict)[4] == "not-done"


def test_what_the_file_alone_shows_is_wrong_even_while_the_chain_is_away(case: Case) -> None:
    case.chain_away()
    file = _document(case)
    file["credential"]["proof"][0]["created"] = "2024-02-01T08:00:01Z"
    assert failed(case.verifier.by_file(json.dumps(file).encode())) == (Kind.INVALID, 6, "verify.bad_signature")
    changed = case.data.replace("张伟".encode(), "张三".encode())
    assert failed(case.verifier.by_file(changed))[:2] == (Kind.INVALID, 3)


def test_an_index_staler_than_its_bound_is_not_read(case: Case) -> None:
    case.index.confirmed = int(case.now) - 60
    assert case.verifier.by_file(case.data, Look.INDEX).kind is Kind.VALID
    case.index.confirmed -= 1
    verdict = case.verifier.by_file(case.data, Look.INDEX)
    assert failed(verdict) == (Kind.CANNOT_CHECK, None, "verify.index_stale")
    assert case.verifier.by_file(case.data, Look.AUTO).source is Source.LIVE


def test_a_clock_set_back_makes_no_index_fresh(case: Case) -> None:
    case.index.confirmed = int(case.now) + 61
    verdict = case.verifier.by_file(case.data, Look.INDEX)
    assert failed(verdict) == (Kind.CANNOT_CHECK, None, "verify.index_stale")
    assert case.verifier.by_file(case.data, Look.AUTO).source is Source.LIVE


def test_an_empty_index_is_cannot_check(case: Case) -> None:
    case.index.confirmed = None
    assert failed(case.verifier.by_file(case.data, Look.INDEX)) == (Kind.CANNOT_CHECK, None, "verify.index_empty")


# --- partial certificates


def test_a_partial_certificate_is_valid_by_its_anchor_and_says_what_was_not_compared(case: Case) -> None:
    data = present(case.certificate, ["name", "creditsEarned"]).to_json()
    verdict = case.verifier.by_file(data)
    assert verdict.kind is Kind.VALID
    assert verdict.leaf == case.leaf
    assert verdict.facts_compared == ("credits",)
    steps = {report.step: report for report in verdict.steps}
    assert steps[Step.SIGNED].state is StepState.NOT_APPLICABLE
    assert steps[Step.ISSUER].note.code == "verify.not_compared"
    assert steps[Step.DATES].note.code == "verify.not_compared"


def test_a_partial_certificate_that_shows_all_that_is_compared_says_so(case: Case) -> None:
    names = ["name", "validFrom", "achievement", "creditsEarned", "result"]
    verdict = case.verifier.by_file(present(case.certificate, names).to_json())
    assert verdict.kind is Kind.VALID
    assert set(verdict.facts_compared) == {"outcome", "category", "level", "credits", "gradeStep", "awardedMonth"}
    assert all(report.note is None for report in verdict.steps if report.step is not Step.SIGNED)


@pytest.mark.parametrize(
    ("old", "new", "step"),
    [
        (b'"value":8}', b'"value":9}', 2),
        ("行政办事员职业技能证书".encode(), "律师".encode(), 3),
        (b'"sequence":5', b'"sequence":6', 4),
    ],
)
def test_an_altered_partial_certificate_is_invalid(case: Case, old: bytes, new: bytes, step: int) -> None:
    data = present(case.certificate, ["name", "creditsEarned"]).to_json()
    assert old in data
    assert failed(case.verifier.by_file(data.replace(old, new)))[:2] == (Kind.INVALID, step)


def test_a_revoked_certificate_is_revoked_in_part_too(case: Case) -> None:
    case.set_leaf(LeafState(Status.REVOKED, Reason.FRAUD, 320_000, 1_720_000_000))
    assert case.verifier.by_file(present(case.certificate, ["name"]).to_json()).kind is Kind.REVOKED


def test_every_verdict_can_be_told_in_json(case: Case) -> None:
    case.set_leaf(LeafState(Status.REVOKED, Reason.SUPERSEDED, 320_000, 1_720_000_000, b"\x05" * 32))
    told = json.loads(json.dumps(case.verifier.by_file(case.data).to_json()))
    assert told["verdict"] == "revoked"
    assert told["status"]["successor"] == "0x" + "05" * 32
    assert [step["step"] for step in told["steps"]] == list(range(1, 9))
    assert told["reason"]["zh"]
    assert told["reason"]["en"]
