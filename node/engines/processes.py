"""Detached processes: they outlive us, are found again by their pid file, and never confused with a stranger."""

from __future__ import annotations

import errno
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
_DETACH = 'trap "" HUP; /bin/sh -c "$0" "$@" & exit 0'
"""SIGHUP asks a supervisor to read its files again: one that is only just starting must not die of it."""


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

        Raises:
            OSError: there is no room for the pid file, or for one more process.
        """
        self._require_room()
        self.pid_file.unlink(missing_ok=True)
        with log.open("ab") as output:
            log.chmod(0o600)
            done = subprocess.run(  # noqa: S603 - the words are ours, the shell sees them as arguments
                ["/bin/sh", "-c", _DETACH, _RECORD_AND_BECOME, str(self.pid_file), *argv],
                check=False,
                cwd=folder,
                env=None if environment is None else dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        if done.returncode:  # the shell could not fork: too many processes, or no memory
            raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN), argv[0])
        deadline = time.monotonic() + _APPEARS_WITHIN
        while not self.pid_file.exists() and time.monotonic() < deadline:
            time.sleep(POLL / 10)

    def pid(self) -> int | None:
        """Return the pid of the living process, or None: no pid file, ended, a zombie, or another program's by now.

        Raises:
            PermissionError: the folder is another user's: nothing is known of what runs there.
        """
        try:
            text = self.pid_file.read_text(encoding="ascii")
        except PermissionError:
            raise
        except (OSError, ValueError):
            return None
        try:
            pid = int(text)
            words = _words(pid)
        except (OSError, ValueError):
            return None
        return pid if self.mark.encode() in words else None

    def found(self) -> int | None:
        """Return the pid as `pid` does; where the file is lost or not its own, look among all processes of ours.

        What is found is written down again: a file removed by hand must not leave a process that nobody ends.
        """
        pid = self.pid()
        if pid is None and (pid := self._searched()) is not None:
            self.record(pid)
        return pid

    def record(self, pid: int) -> None:
        """Write the pid file, for `pid`."""
        fresh = self.pid_file.with_name(f"{self.pid_file.name}.new")
        fresh.write_text(f"{pid}\n", encoding="ascii")
        fresh.chmod(0o600)
        fresh.replace(self.pid_file)

    def kill(self) -> None:
        """End the process at once, without a chance to write anything (SIGKILL)."""
        pid = self.pid()
        if pid is not None:
            self._send(pid, signal.SIGKILL)

    def hang_up(self) -> bool:
        """Ask the process to read its files again (SIGHUP); False where there is none."""
        pid = self.pid()
        return pid is not None and self._send(pid, signal.SIGHUP)

    def terminate(self, *, seconds: float) -> bool:
        """Ask the process to end (SIGTERM) and wait; False where it still lives after `seconds`."""
        pid = self.found()
        if pid is not None and not self._send(pid, signal.SIGTERM):
            pid = None
        deadline = time.monotonic() + seconds
        while pid is not None and self.pid() == pid:
            if time.monotonic() >= deadline:
                return False
            time.sleep(POLL)
        self.pid_file.unlink(missing_ok=True)
        return True

    def _send(self, pid: int, number: signal.Signals) -> bool:
        """Send a signal to `pid` if it still is this process; return whether it was.

        Through a descriptor of the process: its number may be another program's in the next moment (pidfd_open(2)).
        """
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            return False
        try:
            if self.mark.encode() not in _words(pid):
                return False
            signal.pidfd_send_signal(descriptor, number)
        except (FileNotFoundError, ProcessLookupError):
            return False
        finally:
            os.close(descriptor)
        return True

    def _searched(self) -> int | None:
        """Return the process of our own user that has the mark among its words, where there is just one."""
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdecimal() or int(entry.name) == os.getpid():
                continue
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
                ours = entry.stat().st_uid == os.getuid() and self.mark.encode() in words
            except OSError:
                continue
            if ours:
                found.append(int(entry.name))
        return found[0] if len(found) == 1 else None

    def _require_room(self) -> None:
        """Write as much as the process will: on a full disk it could not say who it is, and would not start.

        Raises:
            OSError: the disk is full, or the folder cannot be written to.
        """
        fresh = self.pid_file.with_name(f"{self.pid_file.name}.new")
        with fresh.open("wb") as file:
            file.write(b"0" * 16)
            file.flush()
            os.fsync(file.fileno())


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


def since(log: Path, start: int, most: int = 65_536) -> str:
    """Return what was appended to `log` from byte `start` on, at most its last `most` bytes; all, where it is shorter.

    A log that is shorter than `start` was rotated meanwhile.
    """
    try:
        with log.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            file.seek(max(start if size >= start else 0, size - most))
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""


def tail(log: Path, lines: int = 5) -> str:
    """Return the last lines of `log`, joined, for an error message."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 4_096))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return " | ".join([line.strip() for line in text.splitlines() if line.strip()][-lines:])
