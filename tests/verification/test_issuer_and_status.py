"""By file, the steps that ask the ledger about issuer and status, the signature and the dates: 5 to 8."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from gateway.domain.proof import Signer
from gateway.domain.verdict import Kind, Step
from gateway.ledger.values import InstitutionKey, KeyKind, LeafState, Reason, Standing, Status, Tenure

if TYPE_CHECKING:
    from collections.abc import Callable

    Case = Any

DAY = 86_400


def states(verdict: Any) -> dict[int, str]:  # noqa: ANN401
    return {report.step.value: report.state.value for report in verdict.steps}


def failed(verdict: Any) -> tuple[Kind, int | None, str]:  # noqa: ANN401
    return verdict.kind, verdict.failed_at and verdict.failed_at.value, verdict.reason.code


# --- step 5


@pytest.mark.parametrize("standing", [Standing.NONE, Standing.SUSPENDED, Standing.WITHDRAWN])
def test_an_institution_not_accredited_when_it_anchored_is_untrusted(case: Case, standing: Standing) -> None:
    for ledger in case.both():
        [(key, version)] = ledger.versions.items()
        ledger.versions[key] = replace(version, standing=standing)
    assert failed(case.verifier.by_file(case.data)) == (Kind.UNTRUSTED_ISSUER, 5, "verify.not_accredited")


def test_an_institution_without_that_accreditation_is_untrusted(case: Case) -> None:
    for ledger in case.both():
        ledger.versions.clear()
    assert failed(case.verifier.by_file(case.data)) == (Kind.UNTRUSTED_ISSUER, 5, "verify.not_accredited")


@pytest.mark.parametrize(
    "scope", [{"categories": 0b1010}, {"highest_level": 3}, {"most_credits": 799}], ids=["category", "level", "credits"]
)
def test_a_scope_that_does_not_cover_the_outcome_makes_the_issuer_untrusted(case: Case, scope: dict[str, int]) -> None:
    for ledger in case.both():
        [(key, version)] = ledger.versions.items()
        ledger.versions[key] = replace(version, **scope)
    assert failed(case.verifier.by_file(case.data)) == (Kind.UNTRUSTED_ISSUER, 5, "verify.out_of_scope")


def _with_key(case: Case, change: Callable[[InstitutionKey], InstitutionKey]) -> None:
    for ledger in case.both():
        [(pair, key)] = ledger.issuing.items()
        ledger.issuing[pair] = change(key)


def test_a_key_that_is_not_the_institutions_makes_the_issuer_untrusted(case: Case) -> None:
    for ledger in case.both():
        ledger.issuing.clear()
    assert failed(case.verifier.by_file(case.data)) == (Kind.UNTRUSTED_ISSUER, 5, "verify.key_unknown")


def test_a_key_for_agreements_signs_no_certificates(case: Case) -> None:
    _with_key(case, lambda key: replace(key, kind=KeyKind.AGREEMENT))
    assert failed(case.verifier.by_file(case.data)) == (Kind.UNTRUSTED_ISSUER, 5, "verify.key_unknown")


@pytest.mark.parametrize("end", ["valid_from", "retired_at", "compromised_since"])
def test_a_key_counts_in_the_half_open_interval_of_its_force_at_the_anchors_time(case: Case, end: str) -> None:
    at = case.live.anchored[next(iter(case.live.anchored))].anchored_at
    first, after = (at, at + 1) if end == "valid_from" else (at + 1, at)

    def tenure(time: int) -> Tenure:
        return replace(Tenure(at - DAY), **{end: time})

    _with_key(case, lambda key: replace(key, tenure=tenure(first)))
    assert case.verifier.by_file(case.data).kind is Kind.VALID
    _with_key(case, lambda key: replace(key, tenure=tenure(after)))
    assert failed(case.verifier.by_file(case.data)) == (Kind.UNTRUSTED_ISSUER, 5, "verify.key_not_in_force")


# --- step 6


def _document(case: Case) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(case.data)
    return loaded


def test_a_certificate_whose_signature_is_another_documents_is_invalid_at_step_6(case: Case) -> None:
    file = _document(case)
    file["credential"]["proof"][0]["created"] = "2024-02-01T08:00:01Z"
    verdict = case.verifier.by_file(json.dumps(file).encode())
    assert failed(verdict) == (Kind.INVALID, 6, "verify.bad_signature")
    assert [states(verdict)[step] for step in range(1, 6)] == ["passed"] * 5


def test_a_whole_certificate_without_any_signature_is_invalid_at_step_6(case: Case) -> None:
    file = _document(case)
    del file["credential"]["proof"]
    assert failed(case.verifier.by_file(json.dumps(file).encode())) == (Kind.INVALID, 6, "verify.not_signed")


def test_a_signature_of_a_kind_that_is_not_checked_does_not_count(case: Case) -> None:
    file = _document(case)
    file["credential"]["proof"][0]["cryptosuite"] = "ecdsa-rdfc-2019"
    assert failed(case.verifier.by_file(json.dumps(file).encode())) == (Kind.INVALID, 6, "verify.not_signed")


def test_the_signature_of_a_stranger_who_names_their_own_key_is_invalid_at_step_6(case: Case) -> None:
    stranger = Signer(hashlib.sha256(b"stranger").digest())
    file = _document(case)
    bare = {name: value for name, value in file["credential"].items() if name != "proof"}
    forged = json.loads(
        stranger.prove(
            json.dumps(bare, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode(), "2024-02-01T08:00:00Z"
        )
    )
    file["credential"]["proof"] = [forged]
    assert failed(case.verifier.by_file(json.dumps(file).encode())) == (Kind.INVALID, 6, "verify.bad_signature")


# --- step 7


def test_a_revoked_certificate_names_date_reason_province_and_successor(case: Case) -> None:
    case.set_leaf(LeafState(Status.REVOKED, Reason.SUPERSEDED, 320_000, 1_720_000_000, b"\x05" * 32))
    verdict = case.verifier.by_file(case.data)
    assert failed(verdict) == (Kind.REVOKED, 7, "verify.revoked")
    note = verdict.status
    assert (note.since, note.reason, note.set_by, note.successor) == (
        1_720_000_000, "superseded", 320_000, b"\x05" * 32,
    )  # fmt: skip
    assert verdict.reason.zh.endswith("已由新证书取代")
    assert verdict.reason.en.endswith("superseded")


def test_a_suspended_certificate_is_suspended_until_that_is_lifted(case: Case) -> None:
    case.set_leaf(LeafState(Status.SUSPENDED, Reason.ERROR, 320_000, 1_720_000_000))
    assert failed(case.verifier.by_file(case.data)) == (Kind.SUSPENDED, 7, "verify.suspended")
    case.set_leaf(LeafState(Status.VALID, Reason.NONE, 320_000, 1_720_000_001))
    assert case.verifier.by_file(case.data).kind is Kind.VALID


@pytest.mark.parametrize(("status", "kind"), [(Status.REVOKED, Kind.REVOKED), (Status.SUSPENDED, Kind.SUSPENDED)])
def test_a_batch_that_is_not_in_force_takes_its_certificates_along(case: Case, status: Status, kind: Kind) -> None:
    case.change_anchor(status=status, reason=Reason.FRAUD, set_by=320_000, since=1_720_000_000)
    verdict = case.verifier.by_file(case.data)
    assert (verdict.kind, verdict.failed_at) == (kind, Step.STATUS)
    assert verdict.reason.code == f"verify.batch_{status.name.lower()}"
    assert (verdict.status.reason, verdict.status.since) == ("fraud", 1_720_000_000)


def test_anchored_again_by_its_institution_a_good_leaf_leaves_its_revoked_batch(case: Case) -> None:
    case.change_anchor(status=Status.REVOKED, reason=Reason.ERROR, since=1_720_000_000)
    case.also_anchored(b"\x0b" * 32, status=Status.VALID, sequence=9)
    verdict = case.verifier.by_file(case.data)
    assert verdict.kind is Kind.VALID
    assert {(batch.root, batch.status) for batch in verdict.batches} == {
        (case.root, "revoked"), (b"\x0b" * 32, "valid"),
    }  # fmt: skip


def test_anchored_again_a_revoked_leaf_stays_revoked(case: Case) -> None:
    case.set_leaf(LeafState(Status.REVOKED, Reason.FRAUD, 320_000, 1_720_000_000))
    case.also_anchored(b"\x0b" * 32)
    assert case.verifier.by_file(case.data).kind is Kind.REVOKED


def test_anothers_batch_does_not_save_a_leaf_from_its_revoked_batch(case: Case) -> None:
    case.change_anchor(status=Status.REVOKED, reason=Reason.ERROR, since=1_720_000_000)
    other = "123300004700007891"
    case.also_anchored(b"\x0c" * 32, institution=other, status=Status.VALID)
    assert case.verifier.by_file(case.data).kind is Kind.REVOKED


# --- step 8


def test_an_award_in_the_future_is_invalid_at_step_8(case_of: Callable[..., Case]) -> None:
    case = case_of(awarded=dt.date(2026, 3, 2))
    case.change_anchor(anchored_at=int(case.now) - 1)
    _with_key(case, lambda key: replace(key, tenure=Tenure(1)))
    assert failed(case.verifier.by_file(case.data)) == (Kind.INVALID, 8, "verify.not_yet_valid")


def test_an_award_after_the_anchoring_is_invalid_at_step_8(case_of: Callable[..., Case]) -> None:
    # 16:00 UTC is midnight of the next day in UTC+8
    for awarded, kind in ((dt.date(2024, 3, 1), Kind.VALID), (dt.date(2024, 3, 2), Kind.INVALID)):
        case = case_of(awarded=awarded)
        assert case.verifier.by_file(case.data).kind is kind
    assert failed(case.verifier.by_file(case.data)) == (Kind.INVALID, 8, "verify.awarded_after_anchor")
