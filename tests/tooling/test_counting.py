"""`make test` adds up what really ran, and a gap anywhere is a failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import contract_coverage
import pytest
import run_tests
from run_tests import Count, Stage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def shell(runner: str, script: str, *more: str, minutes: float = 1) -> Stage:
    return Stage("a stage", runner, ("bash", "-c", script, *more), minutes)


def test_forge_is_counted_by_its_closing_line() -> None:
    output = (
        "Suite result: ok. 8 passed; 0 failed\n"
        "Ran 2 test suites in 65ms: 9 tests passed, 1 failed, 2 skipped (12 total tests)\n"
    )
    assert run_tests.count_forge(output) == Count(9, 1, 2)
    assert run_tests.count_forge("Error: Compilation failed") == Count()


def test_mocha_is_counted_by_its_three_lines() -> None:
    assert run_tests.count_mocha(
        "  ✔ 3 passing tests in a title\n\n  12 passing (3s)\n  1 pending\n  2 failing\n"
    ) == Count(12, 2, 1)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("echo 4 passing", Count(4, 0, 0)),
        ("echo 4 passing; echo 1 failing; exit 1", Count(4, 1, 0)),
        ("echo 4 passing; exit 3", Count(4, 1, 0)),
        ("echo nothing here", Count(0, 1, 0)),
        ("echo 3 pending", Count(0, 1, 3)),
    ],
)
def test_a_stage_that_ran_nothing_or_ended_badly_has_failed(
    script: str, expected: Count, capsys: pytest.CaptureFixture[str]
) -> None:
    count, ended = run_tests.run(shell("mocha", script))
    assert count == expected
    assert ended.startswith("failed") is (expected.failed > 0)
    assert capsys.readouterr().out


def test_a_static_check_counts_only_when_it_fails() -> None:
    assert run_tests.run(shell("check", "exit 0")) == (Count(), "ok")
    assert run_tests.run(shell("check", "exit 2"))[0] == Count(failed=1)


def test_a_stage_beyond_its_time_is_ended_and_has_failed() -> None:
    count, ended = run_tests.run(shell("check", "echo started; sleep 60", minutes=1 / 60))
    assert count == Count(failed=1)
    assert "124" in ended


def test_pytest_is_counted_from_its_report(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(
        '<testsuites><testsuite tests="7" failures="1" errors="1" skipped="2"/></testsuites>', encoding="utf-8"
    )
    stage = Stage("python", "pytest", ("pytest", f"--junitxml={report}"))
    assert run_tests.count_pytest(stage) == Count(3, 2, 2)
    report.unlink()
    assert run_tests.count_pytest(stage) == Count()


def coverage_of(lines: Sequence[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    report = tmp_path / "coverage.lcov"
    report.write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["contract_coverage.py", str(report)])
    return contract_coverage.main()


def test_coverage_demands_every_line_and_branch_of_contracts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = ["SF:contracts/A.sol", "DA:3,1", "BRDA:3,0,0,2", "BRDA:3,0,1,1", "FNDA:1,f", "end_of_record"]
    assert coverage_of(whole, tmp_path, monkeypatch) == 0
    assert coverage_of([*whole, "SF:contracts/B.sol", "DA:9,0"], tmp_path, monkeypatch) == 1
    assert coverage_of([*whole, "SF:contracts/B.sol", "DA:9,1", "BRDA:9,0,1,-"], tmp_path, monkeypatch) == 1
    assert coverage_of([], tmp_path, monkeypatch) == 1
