"""A gateway's own work while it serves: threads that follow, send, tend and tell, and end with the block."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import structlog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.bootstrap import Gateway

log = structlog.get_logger(__name__)

STOP_SECONDS: Final = 8.0
"""How long the threads have to finish what they are doing."""


@contextmanager
def running(gateway: Gateway, *, read_only: bool) -> Iterator[None]:
    """Index and tell webhooks; unless ``read_only`` send, attest and tend transfers as well.

    A thread that hangs on a peer or the node is left behind after a few seconds: all survive a kill at any moment.
    """
    stop = threading.Event()
    read_only = read_only or gateway.settings.observer
    runs = [("indexer", gateway.indexer(attesting=not read_only).run), ("webhooks", gateway.webhooks.worker().run)]
    if not read_only:
        runs.append(("sender", gateway.sender.run))
        runs.append(("transfers", gateway.recognition.steward.run))
    keeper = gateway.documents.keeper(acting=not read_only)
    if keeper is not None:
        runs.append(("documents", keeper.run))
    threads = [threading.Thread(target=run, args=(stop,), name=name, daemon=True) for name, run in runs]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        until = time.monotonic() + STOP_SECONDS
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))
            if thread.is_alive():
                log.warning("gateway.left_behind", thread=thread.name)
