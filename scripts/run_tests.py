"""Runs the stages of `make test` or `make check` one after another and adds up what really ran.

Each stage streams its output. A test stage is counted by its runner's own words (pytest's JUnit report, forge's and
mocha's closing lines); a stage that ran no test has failed, whatever it returned. A static check (lint, types, sizes …)
counts only when it fails. The last line is the sum, alone on its line; the exit code is 1 if anything failed.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parent.parent
REPORTS = ROOT / "build" / "tests"
# Markers of tests that take long or start whole processes: left out of the inner loop.
SLOW = "slow or network or kill or interop"
# Tests on four real nodes, raised once for all of them: a stage of their own, alone on the machine.
REAL = "consortium"
TWO = ("-n", "2", "--dist", "loadfile")


@dataclass(frozen=True, slots=True)
class Count:
    """How many tests passed, failed (errors included) and were skipped."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Count) -> Count:
        """Add two stages up."""
        return Count(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self) -> str:
        """Say it as the closing line does."""
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


@dataclass(frozen=True, slots=True)
class Stage:
    """One command. ``runner`` says how its tests are counted: pytest, forge, mocha, or check for a static one."""

    name: str
    runner: str
    command: tuple[str, ...]
    minutes: float = 10
    folder: str = "."


def make(target: str, minutes: float = 10) -> Stage:
    """Return a static check that the Makefile knows how to run."""
    return Stage(target, "check", ("make", "--no-print-directory", target), minutes)


def python(name: str, selection: str, *extra: str, minutes: float) -> Stage:
    """Return a pytest stage over the tests that ``selection`` (a marker expression) picks."""
    report = REPORTS / f"{name.replace(' ', '-')}.xml"
    command = (".venv/bin/python", "-m", "pytest", "-q", "-m", selection, f"--junitxml={report}", *extra)
    return Stage(name, "pytest", command, minutes)


FULL = (
    make("lint"),
    make("slither", 20),
    make("sizes"),
    Stage("contracts", "forge", ("make", "--no-print-directory", "forge-test"), 30),
    make("gas", 20),
    make("coverage-contracts", 25),
    Stage("contracts beside JavaScript", "mocha", ("make", "--no-print-directory", "hardhat-test"), 10),
    python("python", f"not ({SLOW} or {REAL})", *TWO, minutes=25),
    python("python whole processes", f"({SLOW}) and not {REAL}", *TWO, minutes=60),
    python("consortium", REAL, minutes=45),
)

INNER = (
    make("lint"),
    Stage("contracts", "forge", ("make", "--no-print-directory", "forge-test-fast"), 5),
    python("python", f"not ({SLOW} or {REAL})", *TWO, minutes=5),
)


def count_pytest(stage: Stage) -> Count:
    """Read the JUnit report that the stage was asked to write."""
    (option,) = (part for part in stage.command if part.startswith("--junitxml="))
    path = Path(option.removeprefix("--junitxml="))
    if not path.exists():
        return Count()
    total = Count()
    for suite in ET.parse(path).getroot().iter("testsuite"):  # noqa: S314 - written by our own pytest a moment ago
        tests, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        total += Count(max(tests - failed - skipped, 0), failed, skipped)
    return total


def count_forge(output: str) -> Count:
    """Read forge's "Ran 2 test suites in …: 9 tests passed, 0 failed, 0 skipped (9 total tests)"."""
    found = re.findall(r"(\d+) tests? passed, (\d+) failed, (\d+) skipped \(\d+ total tests?\)", output)
    return Count(*map(int, found[-1])) if found else Count()


def count_mocha(output: str) -> Count:
    """Read mocha's "12 passing", "1 failing", "1 pending", each alone at the start of its line."""

    def said(word: str) -> int:
        return sum(int(number) for number in re.findall(rf"^\s*(\d+) {word}\b", output, re.MULTILINE))

    return Count(said("passing"), said("failing"), said("pending"))


def stream(stage: Stage) -> tuple[int, str]:
    """Run the stage with its output shown as it comes; returns exit code (124 after its time limit) and the output."""
    with subprocess.Popen(
        stage.command,
        cwd=ROOT / stage.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
        env={**os.environ, "NO_COLOR": "1"},
    ) as process:
        lines: list[str] = []
        signal.signal(signal.SIGALRM, lambda *_: os.killpg(process.pid, signal.SIGKILL))
        signal.alarm(max(int(stage.minutes * 60), 1))
        try:
            for line in process.stdout or ():
                sys.stdout.write(line)
                sys.stdout.flush()
                lines.append(re.sub(r"\x1b\[[0-9;]*m", "", line))
            code = process.wait()
        finally:
            signal.alarm(0)
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
    return (124 if code == -signal.SIGKILL else code), "".join(lines)


def run(stage: Stage) -> tuple[Count, str]:
    """Run one stage; returns what it counted and, in a word, how it ended."""
    if stage.runner == "pytest":
        (option,) = (part for part in stage.command if part.startswith("--junitxml="))
        Path(option.removeprefix("--junitxml=")).unlink(missing_ok=True)
    code, output = stream(stage)
    if stage.runner == "check":
        return (Count(), "ok") if code == 0 else (Count(failed=1), f"failed (exit {code})")
    count = {
        "pytest": lambda: count_pytest(stage),
        "forge": lambda: count_forge(output),
        "mocha": lambda: count_mocha(output),
    }[stage.runner]()
    if count.passed + count.failed == 0:
        return replace(count, failed=1), f"failed: ran no test (exit {code})"
    if code != 0 and count.failed == 0:
        return replace(count, failed=1), f"failed (exit {code}, though no test did)"
    return count, "ok" if count.failed == 0 else "failed"


def main() -> int:
    """Run the chosen stages; print a table of them and the sum."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("test", "check"))
    stages = {"test": FULL, "check": INNER}[parser.parse_args().what]
    REPORTS.mkdir(parents=True, exist_ok=True)
    total, rows = Count(), []
    for stage in stages:
        print(f"\n=== {stage.name} ===", flush=True)
        started = time.monotonic()
        count, ended = run(stage)
        total += count
        rows.append(f"{stage.name:<30} {time.monotonic() - started:7.1f} s   {ended:<28} {count}")
    print("\n" + "\n".join(rows) + f"\n\n{total}", flush=True)
    return 1 if total.failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
