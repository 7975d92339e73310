"""Progress has a rate and the time left: for a person as a bar, for a program as lines of JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from rich.progress import TimeRemainingColumn

from gateway.cli import progress
from gateway.issuance.report import Stage


@dataclass
class Clock:
    """The module's clock, which stands until it is moved."""

    now: float = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    stopped = Clock()
    monkeypatch.setattr(progress, "time", stopped)
    return stopped


def told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_program_reads_rate_and_seconds_left_once_a_second_and_at_each_end(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = progress.Lines()
    lines(Stage.ISSUING, 0, 3_000)
    clock.now += 2
    lines(Stage.ISSUING, 1_000, 3_000)
    clock.now += 0.5
    lines(Stage.ISSUING, 1_200, 3_000)  # within the second: not told
    clock.now += 1
    lines(Stage.ISSUING, 1_750, 3_000)
    clock.now += 0.1
    lines(Stage.ISSUING, 3_000, 3_000)  # the end: told at once
    found = [(line["done"], line["perSecond"], line["secondsLeft"]) for line in told(capsys)]
    assert found == [(0, 0, None), (1_000, 500, 4.0), (1_750, 500, 2.5), (3_000, 833, 0.0)]


def test_each_stage_has_a_rate_of_its_own(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    lines = progress.Lines()
    lines(Stage.JUDGING, 0, 10)
    clock.now += 10
    lines(Stage.JUDGING, 10, 10)
    lines(Stage.ISSUING, 0, 10)
    clock.now += 2
    lines(Stage.ISSUING, 4, 10)
    last = told(capsys)[-1]
    assert (last["stage"], last["perSecond"], last["secondsLeft"]) == ("issuing", 2, 3.0)


def test_a_person_sees_a_bar_a_stage_with_its_rate_and_the_time_left(clock: Clock) -> None:
    bars = progress.Bars()
    bars(Stage.ISSUING, 0, 5_000)
    clock.now += 2
    bars(Stage.ISSUING, 2_000, 5_000)
    [task] = bars.display.tasks
    assert "签发（行）" in task.description
    assert "issuing (rows)" in task.description
    assert (task.completed, task.total, task.fields["rate"]) == (2_000, 5_000, "1,000/s")
    assert any(isinstance(column, TimeRemainingColumn) for column in bars.display.columns)
