"""Step 8, the end of validity: expired by the verifier's clock, live, from the index and while the chain is away."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pytest

from gateway.domain.partial import present
from gateway.domain.verdict import Kind, Source
from gateway.ledger.values import LeafState, Reason, Status
from gateway.verification.views import Look

if TYPE_CHECKING:
    from collections.abc import Callable

    Case = Any

LAST_DAY = dt.date(2026, 6, 30)
LAST_SECOND = 1_782_835_199  # 2026-06-30 23:59:59 in UTC+8


@pytest.fixture
def ending(case_of: Callable[..., Case]) -> Case:
    """A certificate that ends with 30 June 2026, looked at one second later."""
    case = case_of(until=LAST_DAY)
    at(case, LAST_SECOND + 1)
    return case


def at(case: Case, now: float) -> None:
    case.now = now
    for ledger in case.both():
        ledger.confirmed = now


def states(verdict: Any) -> dict[int, str]:  # noqa: ANN401
    return {report.step.value: report.state.value for report in verdict.steps}


def told(verdict: Any) -> tuple[Kind, int, str]:  # noqa: ANN401
    return verdict.kind, verdict.failed_at.value, verdict.reason.code


@pytest.mark.parametrize("look", [Look.LIVE, Look.INDEX])
def test_after_its_last_second_a_certificate_is_expired_at_step_8(ending: Case, look: Look) -> None:
    verdict = ending.verifier.by_file(ending.data, look)
    assert told(verdict) == (Kind.EXPIRED, 8, "verify.expired")
    assert states(verdict) == dict.fromkeys(range(1, 8), "passed") | {8: "failed"}
    assert "2026-06-30T23:59:59+08:00" in verdict.reason.zh
    assert "2026-06-30T23:59:59+08:00" in verdict.reason.en
    assert verdict.source is (Source.LIVE if look is Look.LIVE else Source.INDEX)


@pytest.mark.parametrize("look", [Look.LIVE, Look.INDEX])
def test_in_its_last_second_it_is_valid(ending: Case, look: Look) -> None:
    at(ending, LAST_SECOND)
    assert ending.verifier.by_file(ending.data, look).kind is Kind.VALID


def test_while_the_chain_is_away_expired_is_said_all_the_same_and_what_was_not_done(ending: Case) -> None:
    ending.chain_away()
    verdict = ending.verifier.by_file(ending.data)
    assert told(verdict) == (Kind.EXPIRED, 8, "verify.expired")
    assert [states(verdict)[step] for step in (4, 5, 7)] == ["not-done"] * 3
    at(ending, LAST_SECOND)
    ending.index.confirmed = None
    assert ending.verifier.by_file(ending.data).kind is Kind.CANNOT_CHECK


def test_a_part_cannot_hide_that_it_has_expired(ending: Case) -> None:
    data = present(ending.certificate, ["name"]).to_json()
    assert told(ending.verifier.by_file(data)) == (Kind.EXPIRED, 8, "verify.expired")
    without = json.loads(data)
    del without["partial"]["body"]["validUntil"]
    assert told(ending.verifier.by_file(json.dumps(without).encode()))[:2] == (Kind.INVALID, 3)


@pytest.mark.parametrize("year", ["2099", "2025"])
def test_another_end_written_in_is_another_certificate(ending: Case, year: str) -> None:
    changed = ending.data.replace(b'"validUntil":"2026', f'"validUntil":"{year}'.encode())
    assert told(ending.verifier.by_file(changed))[:2] == (Kind.INVALID, 3)


def test_revoked_counts_before_expired(ending: Case) -> None:
    ending.set_leaf(LeafState(Status.REVOKED, Reason.FRAUD, 320_000, 1_720_000_000))
    assert ending.verifier.by_file(ending.data).kind is Kind.REVOKED
