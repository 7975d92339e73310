"""Where an engine's program is found: named by a person, built by set-up into the checkout, or on the path."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final

from node.engines.errors import BinaryMissingError, ProgramUnusableError

if TYPE_CHECKING:
    from collections.abc import Sequence

_INHERITED: Final = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "TMPDIR",
    "JAVA_HOME",
    "JAVA_OPTS",
    "BESU_OPTS",
)


def program(name: str, named: str | None) -> Path:
    """Return the program `name`: the path `named` where given, else the one of the checkout, else the one on PATH.

    Raises:
        BinaryMissingError: there is none.
    """
    built = Path(__file__).resolve().parents[2] / ".tools" / "bin" / name
    on_path = shutil.which(name)
    looked = [Path(named)] if named else [built, *([Path(on_path)] if on_path else [])]
    for candidate in looked:
        if candidate.is_file():
            return candidate.absolute()
    raise BinaryMissingError(name, tuple(str(candidate) for candidate in looked))


def environment() -> dict[str, str]:
    """Return what a chain client sees of our environment: where things are, and how much memory Java may take.

    Both clients read every option from variables too (GETH_*, BESU_*), and Besu prefers them to its file: one that a
    person's shell happens to have must not open a port. Where nothing says in which alphabet paths are, Java would take
    ASCII.
    """
    return {"LANG": "C.UTF-8"} | {name: os.environ[name] for name in _INHERITED if name in os.environ}


def run_briefly(argv: Sequence[str], folder: Path, *, seconds: float) -> subprocess.CompletedProcess[str]:
    """Run a program for a short task in `folder`, and return what it said.

    Raises:
        ProgramUnusableError: it is no program for this machine, or did not end within `seconds`.
    """
    try:
        return subprocess.run(  # noqa: S603 - an engine's program, named by the operator or built by set-up
            list(argv),
            cwd=folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        words = " ".join(argv[1:2])
        raise ProgramUnusableError(
            Path(argv[0]), f"{words} 在 {seconds:.0f} 秒内没有结束", f"{words} did not end within {seconds:.0f} s"
        ) from error
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise ProgramUnusableError(Path(argv[0]), why, why) from error
