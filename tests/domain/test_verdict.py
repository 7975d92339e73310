from __future__ import annotations

import json

import pytest

from gateway.domain.identifiers import UsccMalformed
from gateway.domain.verdict import (
    BatchNote,
    Kind,
    Reason,
    Source,
    StatusNote,
    Step,
    StepReport,
    StepState,
    Verdict,
    report_steps,
)


def test_there_are_eight_steps_each_named_in_both_languages() -> None:
    assert [step.value for step in Step] == list(range(1, 9))
    assert all(step.zh and step.en for step in Step)


def test_every_verdict_is_named_in_both_languages_and_two_are_favourable() -> None:
    assert all(kind.zh and kind.en for kind in Kind)
    assert [kind for kind in Kind if kind.favourable] == [Kind.VALID, Kind.REGISTERED]


def test_registered_is_never_shown_as_valid() -> None:
    assert "未核对" in Kind.REGISTERED.zh
    assert "not checked" in Kind.REGISTERED.en


def test_a_verdict_tells_every_step_done_or_not_and_where_it_failed() -> None:
    reason = Reason.of(UsccMalformed("x"))
    verdict = Verdict(
        kind=Kind.INVALID,
        steps=report_steps(
            {
                Step.WELL_FORMED: StepReport(Step.WELL_FORMED, StepState.PASSED),
                Step.RECOMPUTED: StepReport(Step.RECOMPUTED, StepState.FAILED, reason),
            }
        ),
        source=Source.NONE,
        reason=reason,
    )
    assert verdict.failed_at is Step.RECOMPUTED
    answer = verdict.to_json()
    assert [step["state"] for step in answer["steps"]] == ["passed", "failed"] + ["not-done"] * 6
    assert answer["steps"][1]["note"]["code"] == "identifier.uscc.form"
    assert set(answer) == {"verdict", "zh", "en", "source", "steps", "reason"}


def test_a_verdict_about_the_ledger_names_block_batches_and_status() -> None:
    status = StatusNote(status="revoked", reason="superseded", since=2, set_by=320000, successor=b"\x02" * 32)
    verdict = Verdict(
        kind=Kind.REVOKED,
        steps=report_steps({}),
        source=Source.LIVE,
        leaf=b"\x01" * 32,
        block=7,
        block_time=1_700_000_000,
        batches=(BatchNote("123200004660001235", "示例大学", b"\x03" * 32, 320000, 1_600_000_000),),
        status=status,
        facts_compared=("credits",),
    )
    answer = json.loads(json.dumps(verdict.to_json()))
    assert answer["hash"] == "0x" + "01" * 32
    assert answer["block"] == {"number": 7, "time": 1_700_000_000}
    assert answer["batches"][0]["existedBy"] == 1_600_000_000
    assert answer["status"]["successor"] == "0x" + "02" * 32
    assert answer["factsCompared"] == ["credits"]
    assert verdict.failed_at is None
    assert "successor" not in StatusNote("suspended", "error", 1, 310000).to_json()


def test_a_verdict_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Verdict(Kind.VALID, report_steps({}), Source.INDEX).kind = Kind.INVALID  # type: ignore[misc]
