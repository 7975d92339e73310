"""Keeping one program running: started, found again, started anew after ever longer pauses, never hammered."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from node.client.files import write_whole
from node.engines.problems import Problem, problem_of_error, problem_of_log
from node.engines.processes import Detached, since

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from node.engines.protocol import Command

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
SETTLED = 60.0
"""A program that lived so many seconds had started well: its next end counts as the first one."""
HUNG = 300.0
"""A process that has not answered for so many seconds is killed, and started again."""
FAILING = 4
"""So many ends in a row without settling are reported, until it has lived long enough to have settled."""


class Program(Protocol):
    """A program that is kept running."""

    @property
    def name(self) -> str:
        """What it is called: chain, ipfs."""
        ...

    @property
    def process(self) -> Detached:
        """Its process."""
        ...

    @property
    def log(self) -> Path:
        """Where its output goes."""
        ...

    def stale(self) -> bool:
        """Write its configuration; say whether the running process was started with another one."""
        ...

    def prepare(self) -> None:
        """Do what each start needs; may raise NodeError or OSError where it cannot be started."""
        ...

    def command(self) -> Command:
        """Return how it is started."""
        ...

    def tend(self, pid: int) -> tuple[str, ...] | None:
        """Do what the running process `pid` needs by now; return it in words, or None where it does not answer."""
        ...


def words_file(process: Detached) -> Path:
    """Return where the words are kept that a process was started with."""
    return process.pid_file.with_suffix(".words")


def joined(argv: tuple[str, ...]) -> bytes:
    """Write words down."""
    return "\n".join(argv).encode()


@dataclass(slots=True)
class Kept:
    """One program and how it has been.

    Attributes:
        pid, since: its process and since when it is known to run (wall clock), or None.
        restarts: how often it was started again after it had ended by itself.
        ends: how often in a row it ended before it had settled; problem: why it last ended, until it settled.
    """

    program: Program
    say: Callable[[str], None]
    clock: Callable[[], float] = time.monotonic
    pid: int | None = None
    since: float | None = None
    restarts: int = 0
    ends: int = 0
    problem: Problem | None = None
    _started: float = field(default=0.0, init=False)
    _answered: float = field(default=0.0, init=False)
    _not_before: float = field(default=0.0, init=False)
    _said_from: int = field(default=0, init=False)

    @property
    def failing(self) -> bool:
        """Whether it does not stay alive."""
        return self.ends >= FAILING

    def step(self) -> None:
        """Look at it once: adopt it, note its end, start it when its pause is over, or tend it."""
        found = self.program.process.pid() or self._lost()
        now = self.clock()
        if found is None and self.pid is not None:
            self._ended(now)
        if found is not None and found != self.pid:
            self._said_from = _size(self.program.log)
            self._runs(found, now)
            self.say(f"{self.program.name}: process {found} found running")
        if found is None and now >= self._not_before:
            self._start(now)
        elif found is not None:
            if self.ends and now - self._started >= SETTLED:
                self.ends, self.problem = 0, None
            self._tend(found, now)

    def refresh(self, *, seconds: float) -> None:
        """Write its configuration anew, and end it where it runs with another one: the next step starts it."""
        if self.program.stale() and self.program.process.pid() is not None:
            self.say(f"{self.program.name}: its configuration changed, it is started anew")
            self.end(seconds=seconds)
        self.ends, self._not_before = 0, 0.0

    def end(self, *, seconds: float) -> bool:
        """End it, by force where it does not end in time; whether it ended in time."""
        ended = self.program.process.terminate(seconds=seconds)
        if not ended:  # as the machine's own supervisor does; a data base that a power cut leaves whole survives it
            self.program.process.kill()
            self.program.process.terminate(seconds=seconds)
        self.say(f"{self.program.name}: {'ended' if ended else f'did not end within {seconds:.0f} s and was killed'}")
        self.pid = self.since = None
        return ended

    def _lost(self) -> int | None:
        """Return the process whose pid file was lost: looked for among all processes, only before a start."""
        due = self.pid is not None or self.clock() >= self._not_before
        return self.program.process.found() if due else None

    def _tend(self, pid: int, now: float) -> None:
        told = self.program.tend(pid)
        if told is not None:
            self._answered = now
        elif now - self._answered >= HUNG:
            self.say(f"{self.program.name}: process {pid} has not answered for {HUNG:.0f} s and is killed")
            self.program.process.kill()
        for done in told or ():
            self.say(f"{self.program.name}: {done}")

    def _start(self, now: float) -> None:
        again = self.ends > 0
        self._said_from = _size(self.program.log)
        try:
            self.program.prepare()
            command = self.program.command()
            write_whole(words_file(self.program.process), joined(command.argv), 0o600)
            self.program.process.start(
                command.argv, log=self.program.log, folder=command.folder, environment=command.environment
            )
        except Exception as error:  # noqa: BLE001 - whatever it is: it is said, and tried again after a pause
            self._pause(now, problem_of_error(error))
            return
        found = self.program.process.pid()
        if found is None:
            self._pause(now, self._last_words())
            return
        self.restarts += again
        self._runs(found, now)
        self.say(f"{self.program.name}: started, process {found}")

    def _runs(self, pid: int, now: float) -> None:
        self.pid, self.since, self._started, self._answered = pid, time.time(), now, now

    def _ended(self, now: float) -> None:
        if now - self._started >= SETTLED:
            self.ends = 0
        self.pid = self.since = None
        self._pause(now, self._last_words())

    def _last_words(self) -> Problem:
        return problem_of_log(since(self.program.log, self._said_from), self.program.name)

    def _pause(self, now: float, problem: Problem) -> None:
        self.ends += 1
        self.problem = problem
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (self.ends - 1))
        self._not_before = now + pause
        self.say(f"{self.program.name}: ended ({self.ends} in a row), next start in {pause:.0f} s: {problem.en}")


def _size(log: Path) -> int:
    try:
        return log.stat().st_size
    except OSError:
        return 0
