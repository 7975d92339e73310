"""How a story is told: numbered steps in two languages, each checked, and what was measured on the way."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

sys.path.insert(0, str(Path(__file__).resolve().parent))
from stage import HUREN, Centre, fetch

if TYPE_CHECKING:
    from collections.abc import Iterator

out = Console(highlight=False, soft_wrap=True, emoji=False)


class StoryError(Exception):
    """Something else happened than the story tells."""


def expect(what: str, found: object, wanted: object) -> None:
    """Stop the demo where a step did not do what it says.

    Raises:
        StoryError: it did not.
    """
    if found != wanted:
        raise StoryError(f"{what}: expected {wanted}, found {found}")


@dataclass
class Story:
    """What is told, and what was measured on the way."""

    measured: list[tuple[str, str]] = field(default_factory=list)
    step: int = 0

    def tell(self, zh: str, en: str) -> None:
        """A step begins."""
        self.step += 1
        out.print(f"\n[bold cyan]{self.step:2d}[/] {zh} / {en}")

    def result(self, zh: str, en: str) -> None:
        """What came of it."""
        out.print("   → ", end="")
        out.print(f"{zh} / {en}", style="green", markup=False)

    @contextlib.contextmanager
    def timed(self, what: str, count: int | None = None) -> Iterator[None]:
        """Measure a step; with ``count`` its rate too."""
        began = time.perf_counter()
        yield
        seconds = time.perf_counter() - began
        rate = "" if count is None else f"  ({count / seconds:,.0f}/s)"
        self.measured.append((what, f"{seconds:.2f} s{rate}"))


def verify(centre: Centre, what: Path | str, *words: str) -> dict[str, Any]:
    """A verdict by ``huren verify`` at a centre's gateway."""
    verdict: dict[str, Any] = centre.run("verify", str(what), "--json", *words, ok=(0, 1, 2)).json
    return verdict


def ask(centre: Centre, leaf: str) -> dict[str, Any]:
    """A verdict as an employer gets it, over HTTP."""
    verdict: dict[str, Any] = fetch(f"{centre.url}/v1/credentials/{leaf}")[1]
    return verdict


def told(verdict: dict[str, Any]) -> tuple[str, str]:
    """A verdict in both languages, with the step that decided."""
    step = next((step["step"] for step in verdict["steps"] if step["state"] == "failed"), None)
    reason = verdict.get("reason", {})
    at_zh, at_en = ("", "") if step is None else (f"，第 {step} 步", f", step {step}")
    return (
        f"{verdict['zh']}{at_zh}" + (f"：{reason['zh']}" if reason else ""),
        f"{verdict['en']}{at_en}" + (f": {reason['en']}" if reason else ""),
    )


def visibly(centre: Centre, *words: str, ok: tuple[int, ...] = (0,)) -> None:
    """Run a command with its output on this terminal, progress included."""
    code = subprocess.run([HUREN, *words, "--config", str(centre.config)], check=False).returncode
    if code not in ok:
        raise StoryError(f"huren {' '.join(words)} ended with {code}")
