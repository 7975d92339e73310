"""`huren-node status` on nodes that do not run, and on the document that says what its JSON is."""

from __future__ import annotations

import json
import re
import time
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from node.cli import status
from node.cli.main import run
from node.engines.problems import Problem
from node.engines.protocol import EngineStatus
from node.health.judging import CODES
from node.health.reading import Alarm, ChainReading, IpfsReading, ProgramReading, Reading, ValidatorReading
from node.layout import Layout
from node.setup import Trial, initialise
from node.supervisor.metrics import Metrics
from tests.node.engines.conftest import trial_folder
from tests.node.health.readings import HEALTHY

if TYPE_CHECKING:
    from collections.abc import Sequence

GUIDE = (Path(__file__).parents[3] / "docs" / "status.md").read_text(encoding="utf-8")


def named(*words: str) -> set[str]:
    """Return what the document names in backquotes in first columns, below the line that has `words`."""
    lines = GUIDE.splitlines()
    start = next(number for number, line in enumerate(lines) if all(word in line for word in words))
    rows: list[str] = []
    for line in lines[start + 1 :]:
        if line.startswith("| ") and "---" not in line:
            rows.append(line.split("|")[1])
        elif rows and not line.startswith("|"):
            break
    return {word for row in rows for word in re.findall(r"`([a-z_]+)`", row)}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Reading, ("## 一次观察",)),
        (ProgramReading, ("| `programs[]`",)),
        (ChainReading, ("| `chain` |",)),
        (ValidatorReading, ("| `chain.validators[]`",)),
        (IpfsReading, ("| `ipfs` |",)),
        (Alarm, ("| `alarms[]`",)),
    ],
)
def test_every_field_of_the_json_is_documented(value: Any, words: Sequence[str]) -> None:  # noqa: ANN401 - dataclasses
    assert named(*words) == {field.name for field in fields(value)}


def test_every_figure_and_every_alarm_of_prometheus_is_documented() -> None:
    metrics = Metrics()
    metrics.take(HEALTHY)
    told = set(re.findall(r"`(huren_[a-z_]+)", GUIDE))
    exposed = {sample.name for family in metrics.collect() for sample in family.samples}
    assert exposed <= told
    assert told <= exposed
    table = GUIDE.partition("| 告警 alarm |")[2]
    derived = {
        code
        for line in table.splitlines()
        for code in re.findall(r"`([a-z-]+)`", line.split("|")[1] if "|" in line else "")
    }
    assert set(CODES) <= derived


def test_of_a_network_of_one_process_every_field_is_documented(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    initialise(Layout(tmp_path), Trial("a", 20_260, 8_545, 0), None)
    assert run(["status", "--dir", str(tmp_path), "--json"]) == 2
    told = json.loads(capsys.readouterr().out)
    line = next(line for line in GUIDE.splitlines() if line.startswith("单进程试用"))
    assert set(told) == set(re.findall(r"`([a-z_]+)`", line))
    assert set(told) >= {field.name for field in fields(EngineStatus)}
    assert told["exit_code"] == 2


def test_a_node_that_does_not_run_is_down_and_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trial = trial_folder(tmp_path / "trial", "geth")
    own = trial.member(310_000)
    assert run(["status", "--dir", str(own.folder), "--json"]) == 2
    told = json.loads(capsys.readouterr().out)
    common = named("## 命令的 JSON") - {"compared"}
    assert set(told) == common | {field.name for field in fields(Reading)}
    assert (told["exit_code"], told["chain"], told["written_age"]) == (2, None, None)
    assert [alarm["code"] for alarm in told["alarms"]][:2] == ["chain-down", "supervisor-down"]
    assert run(["status", "--dir", str(own.folder), "--compare", "http://127.0.0.1:9", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["compared"] is None, "it does not answer itself"
    assert run(["status", "--dir", str(trial.folder), "--json"]) == 2
    told = json.loads(capsys.readouterr().out)
    assert set(told) == common | {"members"}
    assert set(told["members"]) == {"310000", "320000", "330000", "340000"}
    assert run(["status", "--dir", str(own.folder)]) == 2
    text = capsys.readouterr().out
    assert "[chain-down]" in text
    assert "huren-node up" in text


def test_a_problem_in_health_json_is_read_as_it_was_written() -> None:
    from node.health.observing import _program  # noqa: PLC0415 - the one that reads it

    told = ProgramReading("ipfs", None, None, 1, 2, failing=False, problem=Problem("磁", "disk", "清", "room"))
    whole = Reading(**{field.name: getattr(HEALTHY, field.name) for field in fields(Reading)} | {"programs": (told,)})
    assert _program(json.loads(json.dumps(whole.to_json()))["programs"][0]) == told


def test_down_makes_no_folder_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["down", "--dir", str(tmp_path / "misspelt"), "--json"]) == 2
    assert "network.toml" in capsys.readouterr().out
    assert not (tmp_path / "misspelt").exists()


@pytest.mark.parametrize("as_json", [True, False])
def test_watching_looks_again_and_ends_with_what_was_found_last(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    as_json: bool,
) -> None:
    initialise(Layout(tmp_path), Trial("a", 20_260, 8_545, 0), None)
    looks = 0

    def pause(_: float) -> None:
        nonlocal looks
        looks += 1
        if looks == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(status, "time", type("Clock", (), {"sleep": staticmethod(pause), "time": time.time}))
    assert run(["status", "--dir", str(tmp_path), "--watch", *(["--json"] if as_json else [])]) == 2
    out = capsys.readouterr().out
    if as_json:
        assert [json.loads(line)["exit_code"] for line in out.splitlines()] == [2, 2, 2], "one document a line"
    else:
        assert out.count("RPC") == 3
        assert "\x1b" not in out, "no control sequences into a pipe"
