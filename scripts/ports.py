"""Ports of 127.0.0.1 that nobody listens on, and that nobody will be given before they are used.

They lie below the range from which the kernel takes the ports of outgoing connections (Linux begins it at 32768): one
that is free when it is asked for would otherwise now and then be somebody's connection when a server comes to bind it.
Processes that run beside one another (the workers of a test run, a demo beside it) give different ones: each locks the
hundreds that it gives from, for as long as it lives. A gateway that is down for a test is not answered for by a
daemon of another test that was given its port meanwhile.
"""

from __future__ import annotations

import fcntl
import os
import random
import socket
import tempfile
from pathlib import Path

FIRST, END, HUNDRED = 20_000, 32_000, 100
LOCKS = Path(tempfile.gettempdir()) / f"huren-ports-{os.getuid()}"
"""One file for every hundred ports."""


class Ports:
    """What one process gives: ``locks`` is the folder in which processes see each other's hundreds."""

    def __init__(self, locks: Path = LOCKS) -> None:
        """Nothing is locked before something is asked for."""
        self._locks = locks
        self._held: list[int] = []
        self._next = self._end = FIRST

    def take(self, count: int) -> list[int]:
        """``count`` (at most a hundred) ports that follow one another, none of which was given before.

        Raises:
            ValueError: more than a hundred.
            OSError: every hundred is in the hands of some process.
        """
        if count > HUNDRED:
            raise ValueError(f"{count} ports: at most {HUNDRED} follow one another")
        while True:
            if self._next + count > self._end:
                self._next = self._another_hundred()
                self._end = self._next + HUNDRED
            ports = range(self._next, self._next + count)
            taken = next((port for port in ports if not _is_free(port)), None)
            if taken is None:
                self._next = ports.stop
                return list(ports)
            self._next = taken + 1

    def close(self) -> None:
        """Let others have the hundreds; the end of the process does the same."""
        while self._held:
            os.close(self._held.pop())
        self._next = self._end

    def _another_hundred(self) -> int:
        self._locks.mkdir(mode=0o700, exist_ok=True)
        hundreds = list(range(FIRST, END, HUNDRED))
        random.SystemRandom().shuffle(hundreds)
        for first in hundreds:
            held = os.open(self._locks / str(first), os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(held)
            else:
                self._held.append(held)
                return first
        raise OSError(f"every port from {FIRST} to {END - 1} is kept by some process: {self._locks}")


_ports = Ports()


def free_port() -> int:
    """One port."""
    return free_ports(1)[0]


def free_ports(count: int) -> list[int]:
    """``count`` ports that follow one another, none of which this process or another that runs was given before."""
    return _ports.take(count)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
