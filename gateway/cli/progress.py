"""Progress on standard error: a bar with rate and time left for a person, a line of JSON a second for a program."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import orjson
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from gateway.cli import console
from gateway.issuance.report import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from enum import StrEnum

_NAMES: Final[Mapping[StrEnum, tuple[str, str]]] = {
    Stage.JUDGING: ("检查（字节）", "checking (bytes)"),
    Stage.ISSUING: ("签发（行）", "issuing (rows)"),
}
_EVERY_SECONDS: Final = 1.0


class Lines:
    """A line of JSON a second, and one at each end."""

    def __init__(self) -> None:
        self._last = 0.0
        self._began: dict[StrEnum, float] = {}

    def __call__(self, stage: StrEnum, done: int, total: int) -> None:
        """Tell how far ``stage`` is."""
        now = time.monotonic()
        began = self._began.setdefault(stage, now)
        if done < total and now - self._last < _EVERY_SECONDS:
            return
        self._last = now
        rate = done / (now - began) if now > began else 0.0
        line = {
            "event": "progress",
            "stage": stage.value,
            "done": done,
            "total": total,
            "perSecond": round(rate),
            "secondsLeft": round((total - done) / rate, 1) if rate else None,
        }
        print(orjson.dumps(line).decode(), file=sys.stderr, flush=True)  # noqa: T201 (a program reads it)


class Bars:
    """A bar a stage."""

    def __init__(self, names: Mapping[StrEnum, tuple[str, str]] = _NAMES) -> None:
        self._names = names
        self.display = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console.err,
        )
        self._tasks: dict[StrEnum, tuple[TaskID, float]] = {}

    def __call__(self, stage: StrEnum, done: int, total: int) -> None:
        """Show how far ``stage`` is."""
        now = time.monotonic()
        if stage not in self._tasks:
            self._tasks[stage] = (self.display.add_task(console.say(*self._names[stage]), total=total, rate=""), now)
        task, began = self._tasks[stage]
        rate = f"{done / (now - began):,.0f}/s" if now > began else ""
        self.display.update(task, completed=done, total=total, rate=rate)

    @contextmanager
    def hidden(self) -> Iterator[None]:
        """While somebody is asked a question."""
        self.display.stop()
        try:
            yield
        finally:
            self.display.start()
