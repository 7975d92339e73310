"""The loop: look at each program once a second, write down how the node is, end all in order when told to."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import orjson
from filelock import FileLock, Timeout

from node.client.errors import NodeError
from node.engines.factory import client_at
from node.health.observing import Observer
from node.health.reading import ProgramReading
from node.ipfs import kubo_of
from node.supervisor.keeping import Kept
from node.supervisor.metrics import Metrics
from node.supervisor.programs import Chain, Daemon
from node.supervisor.rotation import rotate

if TYPE_CHECKING:
    from collections.abc import Callable

    from node.health.reading import Reading
    from node.layout import Layout

_STEP = 1.0
_WATCH = 2.0
_ENDS_WITHIN = 60.0
_LOCK_WAIT = 5.0


class Supervisor:
    """The supervisor of the folder `layout`, whose path is absolute."""

    def __init__(self, layout: Layout) -> None:
        """Read the folder's files; nothing is started yet.

        Raises:
            NodeError: they do not describe a member's node.
        """
        self._layout = layout
        layout.run.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._end = threading.Event()
        self._read_again = threading.Event()
        self._metrics = Metrics()
        self._kept: tuple[Kept, ...] = ()
        self._read()

    def run(self) -> int:
        """Run until SIGTERM or SIGINT; return 0, or 1 where another supervisor has the folder already."""
        try:
            lock = FileLock(self._layout.run / "supervisor.lock", timeout=_LOCK_WAIT)
            with lock:
                self._listen()
                self._watch()
                return 0
        except Timeout:
            self._say("another supervisor has this folder")
            return 1

    def _listen(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._end.set())
        signal.signal(signal.SIGHUP, lambda *_: self._read_again.set())

    def _watch(self) -> None:
        observer = threading.Thread(target=self._observe, name="observer", daemon=True)
        observer.start()
        while not self._end.is_set():
            self._surely(self._be_found)
            if self._read_again.is_set():
                self._read_again.clear()
                self._surely(self._read_and_refresh)
            self._surely(self._serve)
            for kept in self._kept:
                self._surely(kept.step)
                self._surely(partial(rotate, kept.program.log))
            self._surely(partial(rotate, self._place.supervisor_log))
            self._reap()
            self._end.wait(_STEP)
        for kept in reversed(self._kept):  # the daemon first: what depends on the chain goes before it
            self._surely(partial(kept.end, seconds=_ENDS_WITHIN))
        observer.join(timeout=_ENDS_WITHIN)
        self._metrics.close()
        self._place.health.unlink(missing_ok=True)

    def _surely(self, action: Callable[[], object]) -> None:
        """Do something; what goes wrong (a full disk, no memory) is said: if we ended, nothing was started again."""
        try:
            action()
        except Exception as error:  # noqa: BLE001 - see above
            self._say(f"{type(error).__name__}: {error}")

    def _be_found(self) -> None:
        """Write down who we are, also where another wrote over it or a person removed it: `down` looks for it there."""
        supervisor = self._place.supervisor
        if supervisor.pid() != os.getpid():
            supervisor.record(os.getpid())

    def _serve(self) -> None:
        """Answer Prometheus where local.toml says; a port that is taken is tried again until it is free."""
        local = self._place.local
        self._metrics.serve(local.rpc_host, local.metrics_port)

    def _observe(self) -> None:
        """Look every other second, in a thread of its own: a client that hangs must not keep others from starting."""
        while not self._end.is_set():
            self._surely(self._look)
            self._end.wait(_WATCH)

    def _look(self) -> None:
        programs = tuple(_reading(kept) for kept in self._kept)
        self._write(self._observer.observe(programs, metrics_problem=self._metrics.problem))

    def _write(self, found: Reading) -> None:
        """Write health.json as a whole; not synced, since it is of no use after the machine has gone down."""
        self._metrics.take(found)
        if self._end.is_set():
            return
        fresh = self._place.health.with_name("health.json.new")
        fresh.write_bytes(orjson.dumps(found.to_json(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        fresh.chmod(0o600)
        fresh.replace(self._place.health)

    def _read(self) -> None:
        """Read network.toml and local.toml and take the programs they describe; what is known of each is kept."""
        client = client_at(self._layout)
        self._place = client.place
        kubo = kubo_of(self._place.description, self._place.local, self._layout)
        chain = Chain(client, client.attendant())
        daemon = Daemon(kubo, self._place.daemon, self._layout.run / "ipfs.log")
        if self._kept:
            self._kept[0].program, self._kept[1].program = chain, daemon
        else:
            self._kept = (Kept(chain, self._say), Kept(daemon, self._say))
        self._observer = Observer(self._place, client, kubo)

    def _read_and_refresh(self) -> None:
        try:
            self._read()
            for kept in self._kept:
                kept.refresh(seconds=_ENDS_WITHIN)
        except (NodeError, OSError) as error:
            self._say(f"the folder's files are not taken: {error}")

    def _reap(self) -> None:
        """Take note of ended children that the system gave us (where we are the first process of a container)."""
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return

    def _say(self, what: str) -> None:
        moment = datetime.fromtimestamp(time.time(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        with contextlib.suppress(OSError):  # our own log is on the disk that is full
            sys.stdout.write(f"{moment} {what}\n")
            sys.stdout.flush()


def _reading(kept: Kept) -> ProgramReading:
    return ProgramReading(
        name=kept.program.name,
        pid=kept.pid,
        since=kept.since,
        restarts=kept.restarts,
        ends=kept.ends,
        failing=kept.failing,
        problem=kept.problem,
    )
