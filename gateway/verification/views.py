"""The two ways to look at the ledger, and which one an answer takes."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Protocol

from gateway.domain.errors import HurenError
from gateway.domain.verdict import Source
from gateway.verification.errors import ChainStandsStill, IndexEmpty, IndexStale
from gateway.verification.ports import LedgerReader, View, Views

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.ledger.values import BlockRef


class Look(enum.StrEnum):
    """Where to read the ledger's state."""

    AUTO = "auto"
    """The index where it is fresh, the node otherwise."""
    LIVE = "live"
    INDEX = "index"


class LiveReader(LedgerReader, Protocol):
    """A reader that asks a node."""

    def final_block(self) -> BlockRef:
        """The newest final block."""


class IndexedReader(LedgerReader, Protocol):
    """A reader of what was followed."""

    def checked(self) -> tuple[BlockRef, int] | None:
        """The block up to which everything is indexed, and the unix time when the node last confirmed it."""


class LedgerViews:
    """Views of one chain, with the bound on how old what they show may be."""

    def __init__(
        self,
        live: LiveReader,
        indexed: IndexedReader,
        *,
        staleness_seconds: int,
        clock: Callable[[], float],
        wall_clock: bool = False,
    ) -> None:
        """Take both readers; ``clock`` gives unix seconds, ``wall_clock`` says that the chain's blocks do so too."""
        self._live = live
        self._indexed = indexed
        self._bound = staleness_seconds
        self._clock = clock
        self._wall_clock = wall_clock

    def live(self) -> View:
        """A view of the newest final block.

        Raises:
            ChainStandsStill: that block is older than the bound.
            HurenError: the chain cannot be read.
        """
        block = self._live.final_block()
        self.require_moving(block)
        return View(self._live, block, Source.LIVE)

    def indexed(self) -> View:
        """A view of the index.

        Raises:
            IndexEmpty: nothing is indexed.
            IndexStale: it was last confirmed longer ago than the bound.
            ChainStandsStill: its block is older than the bound, though a node confirms it.
        """
        checked = self._indexed.checked()
        if checked is None:
            raise IndexEmpty
        block, confirmed = checked
        # A clock that was set back makes the confirmation lie ahead: nothing is known of its age then either.
        age = abs(int(self._clock()) - confirmed)
        if age > self._bound:
            raise IndexStale(age, bound=self._bound)
        self.require_moving(block)
        return View(self._indexed, block, Source.INDEX)

    def require_moving(self, block: BlockRef) -> None:
        """Accept ``block`` as the newest final one.

        Raises:
            ChainStandsStill: the chain's blocks tell the time, and this one is older than the bound.
        """
        age = int(self._clock()) - block.time
        if self._wall_clock and age > self._bound:
            raise ChainStandsStill(age, bound=self._bound)


def look_at(views: Views, look: Look) -> View:
    """The view that ``look`` asks for.

    Raises:
        HurenError: it cannot be had; with ``AUTO``, neither can.
    """
    if look is Look.LIVE:
        return views.live()
    try:
        return views.indexed()
    except HurenError:
        if look is Look.INDEX:
            raise
        return views.live()
