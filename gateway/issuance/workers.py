"""Worker processes that mint, one a core; or none, where a roster is too small to be worth starting any.

A worker has one pipe, to its parent and nobody else. Keys come through it as the first message, never as arguments or
in the environment; when the parent ends, however it ends, the pipe closes and the worker ends with it.
"""

from __future__ import annotations

import gc
import multiprocessing
import queue
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Final, Protocol, Self

import msgspec

from gateway.documents.place import BlobPlace, open_store
from gateway.domain.errors import HurenError
from gateway.issuance.errors import WorkerDied, WorkerFailed
from gateway.issuance.minting import Minter

if TYPE_CHECKING:
    from collections.abc import Mapping
    from multiprocessing.connection import Connection
    from types import TracebackType

    from gateway.issuance.ports import BlobStore

_DONE: Final = b"\x00"
_FAILED: Final = b"\x01"


class WorkerSetup(msgspec.Struct, array_like=True):
    """What a worker is told first."""

    seeds: dict[str, bytes]
    """Issuing keys by institution."""
    place: BlobPlace
    """Where the packs go: each worker opens the store by itself."""


class Mint(Protocol):
    """Something that mints encoded tasks."""

    def submit(self, task: bytes) -> Future[bytes]:
        """Begin; the future gives the encoded result, or raises an IssuanceError."""

    def close(self) -> None:
        """Stop, and let nothing behind."""


def serve(pipe: Connection) -> None:
    """A worker's whole life: set-up, then tasks, until the pipe closes."""
    try:
        setup = msgspec.msgpack.decode(pipe.recv_bytes(), type=WorkerSetup)
        minter = Minter(setup.seeds, open_store(setup.place))
        # Nothing here makes cycles; without the collector the same work takes half the time.
        gc.collect()
        gc.freeze()
        gc.disable()
        while True:
            pipe.send_bytes(_answer(minter, pipe.recv_bytes()))
    except (EOFError, OSError, KeyboardInterrupt):
        # The parent is gone, or is about to be: there is nobody to tell.
        return


def _answer(minter: Minter, task: bytes) -> bytes:
    try:
        return _DONE + minter.mint(task)
    except Exception as error:  # noqa: BLE001 (told to the parent, which raises it)
        # The class alone: a message may hold what the row says.
        return _FAILED + _class_of(error).encode()


def _class_of(error: Exception) -> str:
    code = error.code if isinstance(error, HurenError) else str(getattr(error, "strerror", "") or "")
    return f"{type(error).__name__} {code}".strip()


class InlineMint:
    """Mints in this process."""

    def __init__(self, seeds: Mapping[str, bytes], blobs: BlobStore) -> None:
        self._minter = Minter(dict(seeds), blobs)

    def submit(self, task: bytes) -> Future[bytes]:
        """Mint now."""
        future: Future[bytes] = Future()
        try:
            future.set_result(self._minter.mint(task))
        except Exception as error:  # noqa: BLE001 (raised by the future, as a worker's would be)
            future.set_exception(WorkerFailed(_class_of(error)))
        return future

    def close(self) -> None:
        """Nothing to stop."""


class WorkerPool:
    """Worker processes (started by spawn: no lock or descriptor of this process is in them)."""

    def __init__(self, count: int, seeds: Mapping[str, bytes], place: BlobPlace) -> None:
        self._tasks: queue.Queue[tuple[bytes, Future[bytes]] | None] = queue.Queue()
        self._threads: list[threading.Thread] = []
        context = multiprocessing.get_context("spawn")
        setup = msgspec.msgpack.encode(WorkerSetup(dict(seeds), place))
        self._processes = []
        for _ in range(count):
            ours, theirs = context.Pipe()
            process = context.Process(target=serve, args=(theirs,), name="huren-mint", daemon=True)
            process.start()
            theirs.close()
            self._processes.append(process)
            thread = threading.Thread(target=self._feed, args=(ours, process, setup), name="huren-feed", daemon=True)
            thread.start()
            self._threads.append(thread)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def submit(self, task: bytes) -> Future[bytes]:
        """Hand a task to the next free worker."""
        future: Future[bytes] = Future()
        self._tasks.put((task, future))
        return future

    def close(self) -> None:
        """End the workers; what was not begun is cancelled."""
        while True:
            try:
                item = self._tasks.get_nowait()
            except queue.Empty:
                break
            if item is not None:
                item[1].cancel()
        for _ in self._threads:
            self._tasks.put(None)
        for thread in self._threads:
            thread.join()
        for process in self._processes:
            process.join()

    def _feed(self, pipe: Connection, process: multiprocessing.process.BaseProcess, setup: bytes) -> None:
        """One thread a worker: it waits for the worker, so that nobody else has to."""
        dead = False
        with pipe:
            try:
                pipe.send_bytes(setup)
            except OSError:
                dead = True
            while (item := self._tasks.get()) is not None:
                task, future = item
                try:
                    if dead:
                        raise EOFError  # noqa: TRY301 (a task for a worker that is no more)
                    pipe.send_bytes(task)
                    answer = pipe.recv_bytes()
                except (EOFError, OSError):
                    dead = True
                    process.join()
                    future.set_exception(WorkerDied(process.exitcode))
                    continue
                if answer[:1] == _DONE:
                    future.set_result(answer[1:])
                else:
                    future.set_exception(WorkerFailed(answer[1:].decode()))
