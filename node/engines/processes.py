"""Detached processes: they outlive us, are found again by their pid file, and never confused with a stranger."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

POLL = 0.02
_APPEARS_WITHIN = 10.0
_LOOKS = 100
_RECORD_AND_BECOME = 'umask 077; echo $$ > "$0.new" && mv "$0.new" "$0" && exec "$@"'
_DETACH = '/bin/sh -c "$0" "$@" & exit 0'


@dataclass(frozen=True, slots=True)
class Detached:
    """A process of ours that runs on its own.

    Attributes:
        pid_file: where its pid is kept.
        mark: an argument on its command line that no other process has (an absolute path of ours).
    """

    pid_file: Path
    mark: str

    def start(
        self, argv: Sequence[str], *, log: Path, folder: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        """Start `argv` in `folder`, its output appended to `log`; it is nobody's child and has no terminal.

        `environment` is the whole of it; None gives it ours.

        The process itself writes the pid file before it becomes the program: whenever we are killed, either there is no
        process, or it is found again.
        """
        self.pid_file.unlink(missing_ok=True)
        with log.open("ab") as output:
            log.chmod(0o600)
            subprocess.run(  # noqa: S603 - the words are ours, the shell sees them as arguments
                ["/bin/sh", "-c", _DETACH, _RECORD_AND_BECOME, str(self.pid_file), *argv],
                check=True,
                cwd=folder,
                env=None if environment is None else dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        deadline = time.monotonic() + _APPEARS_WITHIN
        while not self.pid_file.exists() and time.monotonic() < deadline:
            time.sleep(POLL / 10)

    def pid(self) -> int | None:
        """Return the pid of the living process, or None: no pid file, ended, a zombie, or another program's by now."""
        try:
            pid = int(self.pid_file.read_text(encoding="ascii"))
            words = _words(pid)
        except (OSError, ValueError):
            return None
        return pid if self.mark.encode() in words else None

    def kill(self) -> None:
        """End the process at once, without a chance to write anything (SIGKILL)."""
        pid = self.pid()
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def terminate(self, *, seconds: float) -> bool:
        """Ask the process to end (SIGTERM) and wait; False where it still lives after `seconds`."""
        pid = self.pid()
        if pid is not None:
            try:
                os.kill(pid, signal.SIGTERM)
            except ProcessLookupError:
                pid = None
        deadline = time.monotonic() + seconds
        while pid is not None and self.pid() == pid:
            if time.monotonic() >= deadline:
                return False
            time.sleep(POLL)
        self.pid_file.unlink(missing_ok=True)
        return True


def _words(pid: int) -> list[bytes]:
    """Return the command line of `pid`; a zombie has none, and a process that is just becoming a program none yet."""
    for _ in range(_LOOKS):
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0]
        if state == "Z":
            return []
        if words != [b""]:
            return words
        time.sleep(POLL / 10)
    return []


def tail(log: Path, lines: int = 5) -> str:
    """Return the last lines of `log`, joined, for an error message."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 4_096))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return " | ".join([line.strip() for line in text.splitlines() if line.strip()][-lines:])
