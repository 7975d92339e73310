"""The thread of a serving gateway that keeps documents where they belong: into the daemon, and from other provinces.

keeper = Keeper([Work("settle", store.settle, 5.0), Work("replicas", lambda: replicas().round(), 30.0)])
keeper.run(stop)
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, NamedTuple

import structlog

from gateway.domain.errors import HurenError

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

_LONGEST_PAUSE: Final = 300.0
_TICK: Final = 1.0

log = structlog.get_logger(__name__)


class Work(NamedTuple):
    """Something to be done again and again; `seconds` between two times while it succeeds."""

    name: str
    act: Callable[[], object]
    seconds: float


class Keeper:
    """Does its works in turn. What fails is tried again, each time after twice as long, five minutes at most."""

    def __init__(self, works: Sequence[Work]) -> None:
        """Take the works."""
        self._works = tuple(works)
        self._pauses = {work.name: work.seconds for work in works}
        self._next = {work.name: 0.0 for work in works}

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop."""
        while self._works and not stop.wait(_TICK):
            for work in self._works:
                if time.monotonic() >= self._next[work.name] and not stop.is_set():
                    self._once(work)

    def _once(self, work: Work) -> None:
        try:
            work.act()
        except HurenError as error:
            self._pauses[work.name] = min(self._pauses[work.name] * 2, _LONGEST_PAUSE)
            log.warning("keeper.failed", work=work.name, why=error.code, again_in=self._pauses[work.name])
        except Exception:
            self._pauses[work.name] = _LONGEST_PAUSE
            log.exception("keeper.broken", work=work.name)
        else:
            self._pauses[work.name] = work.seconds
        self._next[work.name] = time.monotonic() + self._pauses[work.name]
