from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from node.client.errors import NodeError
from node.engines.processes import Detached
from node.engines.protocol import Command
from node.supervisor.keeping import FAILING, HUNG, LONGEST_PAUSE, SETTLED, Kept
from node.supervisor.programs import started_before

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LIVES = "import time; time.sleep(600)"
DIES = "print('INFO all is well\\nFatal: no space left on device\\nbye'); raise SystemExit(1)"


@dataclass
class Program:
    """A Python one-liner that is kept running."""

    folder: Path
    code: str = LIVES
    refused: Exception | None = None
    is_stale: bool = False
    silent: bool = False
    tended: list[int] = field(default_factory=list)

    @property
    def name(self) -> str:
        return "chain"

    @property
    def process(self) -> Detached:
        return Detached(self.folder / "chain.pid", f"--mark={self.folder}")

    @property
    def log(self) -> Path:
        return self.folder / "chain.log"

    def stale(self) -> bool:
        return self.is_stale

    def prepare(self) -> None:
        if self.refused is not None:
            raise self.refused

    def command(self) -> Command:
        return Command((sys.executable, "-c", self.code, self.process.mark), self.folder)

    def tend(self, pid: int) -> tuple[str, ...] | None:
        self.tended.append(pid)
        if self.silent:
            return None
        return ("tended",) if len(self.tended) == 1 else ()


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    made = Program(tmp_path)
    yield made
    assert made.process.terminate(seconds=30)


def until_ended(process: Detached) -> None:
    deadline = time.monotonic() + 60
    while process.pid() is not None:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def kill(process: Detached) -> None:
    pid = process.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    until_ended(process)


def test_a_program_is_started_tended_and_started_again_after_a_pause(program: Program) -> None:
    clock, said = Clock(), list[str]()
    kept = Kept(program, said.append, clock)
    kept.step()
    first = kept.pid
    assert first == program.process.pid()
    kept.step()
    kept.step()
    assert program.tended == [first, first]
    clock.now += SETTLED + 1
    kill(program.process)
    kept.step()
    assert (kept.pid, kept.ends) == (None, 1)
    kept.step()
    assert kept.pid is None, "not before its pause is over"
    clock.now += 1.1
    kept.step()
    assert kept.pid not in {None, first}
    assert (kept.restarts, kept.failing) == (1, False)
    clock.now += SETTLED + 1
    kept.step()
    assert (kept.ends, kept.problem) == (0, None)


def test_one_that_dies_at_once_is_reported_and_not_hammered(program: Program) -> None:
    program.code = DIES
    clock = Clock()
    kept = Kept(program, lambda _: None, clock)
    starts, pauses = 0, list[float]()
    while starts < 9:
        began = clock.now
        kept.step()
        starts += 1
        until_ended(program.process)
        while kept.pid is not None or kept.ends < starts:
            kept.step()
            clock.now += 0.01
        while clock.now < kept._not_before:
            kept.step()
            assert program.process.pid() is None
            clock.now += 0.5
        pauses.append(clock.now - began)
        assert kept.failing == (starts >= FAILING)
    assert pauses == sorted(pauses)
    assert LONGEST_PAUSE <= pauses[-1] < LONGEST_PAUSE + 2
    assert kept.problem is not None
    assert kept.problem.en.startswith("the disk is full")
    assert "make room" in kept.problem.hint_en
    assert program.tended == []


def test_a_process_that_answers_nobody_is_killed_and_started_again(program: Program) -> None:
    clock = Clock()
    kept = Kept(program, lambda _: None, clock)
    kept.step()
    first = kept.pid
    program.silent = True
    clock.now += HUNG - 1
    kept.step()
    assert program.process.pid() == first
    clock.now += 1
    kept.step()
    until_ended(program.process)
    kept.step()
    clock.now += 1.1
    program.silent = False
    kept.step()
    assert kept.pid not in {None, first}


def test_what_keeps_a_program_from_starting_is_its_problem(program: Program) -> None:
    clock = Clock()
    program.refused = NodeError("创世块不符", "the genesis is another one")
    kept = Kept(program, lambda _: None, clock)
    for _ in range(FAILING):
        kept.step()
        clock.now += 100
    assert kept.failing
    assert kept.problem is not None
    assert (kept.problem.zh, kept.problem.en) == ("创世块不符", "the genesis is another one")
    program.refused = None
    kept.step()
    assert kept.pid is not None
    assert kept.failing, "it is said until it has lived long enough: one that ends every half minute never does"
    clock.now += SETTLED + 1
    kept.step()
    assert (kept.failing, kept.problem) == (False, None)


@pytest.mark.parametrize(
    "error", [subprocess.TimeoutExpired("geth", 3), OSError(28, "No space left on device"), ValueError()]
)
def test_nothing_that_goes_wrong_at_a_start_ends_the_supervisor(program: Program, error: Exception) -> None:
    clock, said = Clock(), list[str]()
    program.refused = error
    kept = Kept(program, said.append, clock)
    kept.step()
    assert kept.ends == 1
    assert kept.problem is not None
    assert type(error).__name__ in kept.problem.en or kept.problem.en == "the disk is full"
    program.refused = None
    clock.now += 1.1
    kept.step()
    assert kept.pid is not None


def test_the_reason_is_of_this_life_and_not_of_an_earlier_one(program: Program) -> None:
    program.log.write_text("Fatal: no space left on device\n", encoding="ascii")
    clock = Clock()
    kept = Kept(program, lambda _: None, clock)
    kept.step()
    kill(program.process)
    kept.step()
    assert kept.problem is not None
    assert "killed" in kept.problem.en, "a person who kills it finds no old reason in the alarm"


def test_a_process_whose_pid_file_is_lost_is_found_again_and_not_started_twice(program: Program) -> None:
    clock = Clock()
    kept = Kept(program, lambda _: None, clock)
    kept.step()
    first = kept.pid
    program.process.pid_file.unlink()
    kept.step()
    assert (kept.pid, kept.ends) == (first, 0)
    program.process.pid_file.unlink()
    another = Kept(program, lambda _: None, clock)
    another.step()
    assert another.pid == first == program.process.pid()


def test_one_that_does_not_end_when_told_is_killed(program: Program) -> None:
    program.code = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
    )
    said = list[str]()
    kept = Kept(program, said.append)
    kept.step()
    while "deaf" not in program.log.read_text(encoding="ascii"):
        time.sleep(0.01)
    assert not kept.end(seconds=0.2)
    until_ended(program.process)
    assert "killed" in said[-1]


def test_a_process_that_a_killed_supervisor_left_is_taken_over(program: Program) -> None:
    Kept(program, lambda _: None).step()
    pid = program.process.pid()
    said = list[str]()
    another = Kept(program, said.append)
    another.step()
    assert another.pid == pid
    assert another.restarts == 0
    assert any("found running" in one for one in said)


def test_changed_configuration_starts_it_anew_and_unchanged_leaves_it(program: Program) -> None:
    kept = Kept(program, lambda _: None)
    kept.step()
    first = kept.pid
    kept.refresh(seconds=30)
    kept.step()
    assert kept.pid == first
    program.is_stale = True
    kept.refresh(seconds=30)
    program.is_stale = False
    kept.step()
    assert kept.pid not in {None, first}


def test_a_process_is_older_than_a_file_written_since_or_than_other_words(program: Program, tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text("a", encoding="ascii")
    argv = program.command().argv
    assert not started_before(program.process, (config,), argv), "it does not run at all"
    time.sleep(0.05)
    Kept(program, lambda _: None).step()
    assert not started_before(program.process, (config, tmp_path / "absent"), argv)
    assert started_before(program.process, (config,), (*argv, "--more"))
    time.sleep(0.05)
    config.write_text("b", encoding="ascii")
    assert started_before(program.process, (config,), argv)
