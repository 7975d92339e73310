"""By hash: what is registered, by whom, and how sure that is. The paper is never called valid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gateway.domain.verdict import Kind, Source, Step, StepState
from gateway.ledger.values import LeafState, Reason, Status
from gateway.verification.errors import MalformedHash
from gateway.verification.service import parse_hash
from gateway.verification.views import Look

if TYPE_CHECKING:
    Case = Any

STRANGER = "123300004700007891"
UNKNOWN = b"\x77" * 32


def test_a_registered_hash_is_registered_and_never_valid(case: Case) -> None:
    verdict = case.verifier.by_hash(case.leaf)
    assert verdict.kind is Kind.REGISTERED
    passed = {report.step for report in verdict.steps if report.state is StepState.PASSED}
    assert passed == {Step.INCLUDED, Step.ANCHORED, Step.STATUS}
    [batch] = verdict.batches
    assert batch.institution_name == "江苏开放大学"
    assert (verdict.source, verdict.block) == (Source.INDEX, case.index.block.number)


def test_an_unknown_hash_is_not_found_where_every_manifest_is_held(case: Case) -> None:
    verdict = case.verifier.by_hash(UNKNOWN)
    assert (verdict.kind, verdict.reason.code) == (Kind.NOT_FOUND, "verify.not_found")
    assert verdict.block == case.index.block.number


def test_an_unknown_hash_is_cannot_check_while_a_manifest_is_lacking(case: Case) -> None:
    case.holdings.missing = 2
    verdict = case.verifier.by_hash(UNKNOWN)
    assert (verdict.kind, verdict.failed_at) == (Kind.CANNOT_CHECK, None)
    assert verdict.reason.code == "verify.manifests_lacking"
    assert "2" in verdict.reason.zh
    assert case.verifier.by_hash(case.leaf).kind is Kind.REGISTERED


def test_a_manifest_that_comes_in_while_it_is_looked_for_is_found_or_said_to_be_lacking(case: Case) -> None:
    """Counting what is lacking after looking would call a hash unknown whose manifest came in between."""
    found = case.holdings.places.pop(case.leaf)
    case.holdings.missing = 1
    count = case.holdings.lacking

    def lacking() -> int:
        before = count()
        case.holdings.missing = 0
        case.holdings.places[case.leaf] = found
        return before

    case.holdings.lacking = lacking
    assert case.verifier.by_hash(case.leaf).kind is Kind.REGISTERED


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (Status.REVOKED, Kind.REVOKED, "verify.revoked"),
        (Status.SUSPENDED, Kind.SUSPENDED, "verify.suspended"),
    ],
)
def test_a_hash_tells_its_status(case: Case, status: Status, kind: Kind, code: str) -> None:
    case.set_leaf(LeafState(status, Reason.WITHDRAWN, 320_000, 1_720_000_000))
    verdict = case.verifier.by_hash(case.leaf)
    assert (verdict.kind, verdict.failed_at, verdict.reason.code) == (kind, Step.STATUS, code)
    assert (verdict.status.since, verdict.status.reason) == (1_720_000_000, "withdrawn")


def test_every_batch_that_anchors_a_leaf_is_named(case: Case) -> None:
    case.also_anchored(b"\x0b" * 32, anchored_at=1_709_280_001)
    case.also_anchored(b"\x0c" * 32, anchored_at=1_709_270_000)
    verdict = case.verifier.by_hash(case.leaf)
    assert verdict.kind is Kind.REGISTERED
    assert [batch.root for batch in verdict.batches] == [b"\x0c" * 32, case.root, b"\x0b" * 32]


def test_nobody_covers_a_revocation_by_anchoring_the_hash_in_a_batch_of_their_own(case: Case) -> None:
    case.set_leaf(LeafState(Status.REVOKED, Reason.FRAUD, 320_000, 1_720_000_000))
    case.also_anchored(b"\x0c" * 32, institution=STRANGER, province=330_000)
    verdict = case.verifier.by_hash(case.leaf)
    assert verdict.kind is Kind.REVOKED
    assert {batch.institution for batch in verdict.batches} == {STRANGER, verdict.batches[0].institution}
    assert len(verdict.batches) == 2


def test_nobody_covers_a_revoked_batch_either(case: Case) -> None:
    case.change_anchor(status=Status.REVOKED, reason=Reason.FRAUD, since=1_720_000_000)
    case.also_anchored(b"\x0c" * 32, institution=STRANGER, province=330_000, status=Status.VALID)
    assert case.verifier.by_hash(case.leaf).kind is Kind.REVOKED


def test_of_one_institution_a_batch_in_force_is_enough(case: Case) -> None:
    case.change_anchor(status=Status.REVOKED, reason=Reason.ERROR, since=1_720_000_000)
    case.also_anchored(b"\x0b" * 32, status=Status.VALID)
    assert case.verifier.by_hash(case.leaf).kind is Kind.REGISTERED


def test_a_suspended_batch_is_told_before_a_revoked_one_of_the_same_institution(case: Case) -> None:
    case.change_anchor(status=Status.REVOKED, reason=Reason.ERROR, since=1_720_000_000)
    case.also_anchored(b"\x0b" * 32, status=Status.SUSPENDED)
    assert case.verifier.by_hash(case.leaf).kind is Kind.SUSPENDED


def test_a_manifest_of_a_batch_that_is_not_final_yet_is_not_enough(case: Case) -> None:
    for ledger in case.both():
        ledger.anchored.clear()
    assert case.verifier.by_hash(case.leaf).kind is Kind.NOT_FOUND


def test_a_hash_is_read_from_the_node_where_the_index_is_stale(case: Case) -> None:
    case.index.confirmed = int(case.now) - 61
    verdict = case.verifier.by_hash(case.leaf)
    assert (verdict.kind, verdict.source) == (Kind.REGISTERED, Source.LIVE)
    verdict = case.verifier.by_hash(case.leaf, Look.INDEX)
    assert (verdict.kind, verdict.reason.code) == (Kind.CANNOT_CHECK, "verify.index_stale")
    assert "61" in verdict.reason.en


def test_a_hash_cannot_be_checked_while_neither_node_nor_index_answers(case: Case) -> None:
    case.chain_away()
    verdict = case.verifier.by_hash(case.leaf)
    assert (verdict.kind, verdict.failed_at, verdict.reason.code) == (Kind.CANNOT_CHECK, None, "ledger.unavailable")
    assert verdict.source is Source.NONE


def test_an_index_that_follows_a_stale_node_is_unmasked_by_reading_live(case: Case) -> None:
    case.live.states[next(iter(case.live.anchored))[0], case.leaf] = LeafState(
        Status.REVOKED, Reason.ERROR, 320_000, 1_772_323_190
    )
    assert case.verifier.by_hash(case.leaf, Look.LIVE).kind is Kind.REVOKED
    assert case.verifier.by_hash(case.leaf, Look.INDEX).kind is Kind.REGISTERED


@pytest.mark.parametrize(
    "text", ["", "0x", "0x" + "g" * 64, "0x" + "0" * 63, "0x" + "0" * 65, "0" * 64, "0X" + "0" * 64, "0x" + "٠" * 64]
)
def test_other_text_is_no_hash(text: str) -> None:
    with pytest.raises(MalformedHash):
        parse_hash(text)


def test_a_hash_may_be_copied_with_space_around_it_and_in_capitals() -> None:
    assert parse_hash("  0x" + "AB" * 32 + "\n") == b"\xab" * 32
