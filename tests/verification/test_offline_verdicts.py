"""With no network: the same verdicts as with one, from words proven under a header that was sealed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from offline_paper import QBFT, Paper, told

from gateway.domain.evidence import joined
from gateway.domain.partial import present
from gateway.domain.verdict import Kind, Source, Step, StepState
from gateway.ledger.values import KeyKind, LeafState, Reason, Standing, Status


def test_a_certificate_with_evidence_is_valid_at_the_blocks_time(either: Paper) -> None:
    verdict = either.verdict()
    assert (verdict.kind, verdict.source, verdict.reason) == (Kind.VALID, Source.EVIDENCE, None)
    assert (verdict.block, verdict.block_time) == (90, either.time)
    assert all(step.state is StepState.PASSED for step in verdict.steps)
    assert [(batch.root, batch.anchored_at) for batch in verdict.batches] == [
        (either.pair[1], either.case.live.anchored[either.pair].anchored_at)
    ]
    assert verdict.to_json()["source"] == "evidence"


def test_a_part_carries_the_evidence_of_the_whole(either: Paper) -> None:
    part = present(either.case.certificate, ["name", "creditsEarned"]).to_json()
    verdict = either.verdict(joined(part, either.evidence()))
    assert (verdict.kind, verdict.steps[5].state) == (Kind.VALID, StepState.NOT_APPLICABLE)
    assert verdict.facts_compared == ("credits",)


def test_with_a_network_the_same_file_is_verified_and_its_evidence_left(paper: Paper) -> None:
    verdict = paper.case.verifier.by_file(paper.file())
    assert (verdict.kind, verdict.source) == (Kind.VALID, Source.INDEX)


def test_more_seals_and_more_descendants_than_needed_do_no_harm(case: Any) -> None:  # noqa: ANN401
    clique, qbft = Paper(case), Paper(case, QBFT)
    assert clique.verdict(clique.file(by="012301230")).kind is Kind.VALID
    assert qbft.verdict(qbft.file(by="120")).kind is Kind.VALID


@pytest.mark.parametrize(
    ("status", "reason", "kind", "code"),
    [
        (Status.REVOKED, Reason.FRAUD, Kind.REVOKED, "verify.revoked"),
        (Status.SUSPENDED, Reason.ERROR, Kind.SUSPENDED, "verify.suspended"),
    ],
)
def test_a_status_of_the_leaf_is_told_with_whose_when_and_successor(
    case: Any,  # noqa: ANN401
    status: Status,
    reason: Reason,
    kind: Kind,
    code: str,
) -> None:
    case.set_leaf(LeafState(status, reason, 320_000, case.now - 1_000, b"\x07" * 32))
    verdict = Paper(case).verdict()
    assert told(verdict) == (kind, Step.STATUS, code)
    assert verdict.status is not None
    assert (verdict.status.since, verdict.status.set_by, verdict.status.successor) == (
        case.now - 1_000, 320_000, b"\x07" * 32,
    )  # fmt: skip


def test_a_revoked_batch_an_unaccredited_issuer_and_a_key_out_of_force_are_told_at_their_steps(
    case_of: Any,  # noqa: ANN401
) -> None:
    case = case_of()
    case.change_anchor(status=Status.REVOKED, reason=Reason.WITHDRAWN, set_by=320_000, since=case.now - 9)
    assert told(Paper(case).verdict()) == (Kind.REVOKED, Step.STATUS, "verify.batch_revoked")

    case = case_of()
    [(pair, version)] = case.live.versions.items()
    for changed, code in (
        (replace(version, standing=Standing.SUSPENDED), "verify.not_accredited"),
        (replace(version, categories=0b10), "verify.out_of_scope"),
        (replace(version, highest_level=3), "verify.out_of_scope"),
        (replace(version, most_credits=799), "verify.out_of_scope"),
    ):
        case.live.versions[pair] = changed
        assert told(Paper(case).verdict()) == (Kind.UNTRUSTED_ISSUER, Step.ISSUER, code)
    del case.live.versions[pair]
    assert told(Paper(case).verdict()) == (Kind.UNTRUSTED_ISSUER, Step.ISSUER, "verify.not_accredited")

    case = case_of()
    [(pair, key)] = case.live.issuing.items()
    at = case.live.anchored[Paper(case).pair].anchored_at
    for changed_key, code in (
        (replace(key, tenure=replace(key.tenure, compromised_since=at)), "verify.key_not_in_force"),
        (replace(key, tenure=replace(key.tenure, retired_at=at)), "verify.key_not_in_force"),
        (replace(key, tenure=replace(key.tenure, valid_from=at + 1)), "verify.key_not_in_force"),
        (replace(key, kind=KeyKind.AGREEMENT), "verify.key_unknown"),
    ):
        case.live.issuing[pair] = changed_key
        assert told(Paper(case).verdict()) == (Kind.UNTRUSTED_ISSUER, Step.ISSUER, code)
    case.live.issuing[pair] = replace(key, tenure=replace(key.tenure, retired_at=at + 1, compromised_since=at + 1))
    assert Paper(case).verdict().kind is Kind.VALID


def test_a_batch_that_is_proven_not_to_be_there_and_a_receipt_of_another_registry_are_invalid(case: Any) -> None:  # noqa: ANN401
    paper = Paper(case)
    other = case.with_receipt(registry=b"\x01" * 20)
    assert told(paper.verdict(joined(other, paper.evidence()))) == (
        Kind.INVALID, Step.ANCHORED, "verify.other_registry",
    )  # fmt: skip
    later = case.with_receipt(sequence=6)
    assert told(paper.verdict(joined(later, paper.evidence()))) == (
        Kind.INVALID, Step.ANCHORED, "verify.receipt_disagrees",
    )  # fmt: skip
    case.live.anchored.clear()
    assert told(Paper(case).verdict()) == (Kind.INVALID, Step.ANCHORED, "verify.not_anchored")
