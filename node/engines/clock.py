"""The clock of the embedded chain: it may run behind the wall clock, and never ahead of it.

Every answer of the contracts depends on the time of the block, so a chain from the future could claim what has not
happened. A chain from the past harms nobody: it is how a trial lives through notice periods in a minute.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import orjson

from node.client.errors import NodeError
from node.client.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from node.client.rpc import JsonRpc

MARGIN = 2
"""Seconds that the chain stays behind: two blocks within one second are stamped a second apart."""
DAY = 86_400
_POLL = 0.05
_BLOCK_WAIT = 90.0


class BeyondWallClockError(NodeError):
    """The chain's clock was to be moved by `seconds`, and only `most` are left up to the wall clock."""

    def __init__(self, seconds: int, most: int) -> None:
        super().__init__(
            f"不能把链时间前移 {seconds} 秒：最多还能前移 {most} 秒，链时间不得超过真实时间",
            f"the chain cannot move on by {seconds} s: {most} s are left, it never runs ahead of the wall clock",
        )
        self.seconds = seconds
        self.most = most


class BackwardsError(NodeError):
    """The chain's clock was to be moved by a negative number of `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"链时间不能后退（{seconds} 秒）", f"the chain's clock does not go backwards ({seconds} s)")
        self.seconds = seconds


class WrongChainError(NodeError):
    """The chain on the disk has the number `found`, and network.toml says `expected`."""

    def __init__(self, path: Path, expected: int, found: int) -> None:
        super().__init__(
            f"{path.parent} 中的链编号是 {found}，而 network.toml 写的是 {expected}。链编号不能更改",
            f"the chain in {path.parent} has the id {found}, network.toml says {expected}. A chain's id never changes",
        )
        self.path = path
        self.expected = expected
        self.found = found


class Reading(NamedTuple):
    """What is kept of a clock: seconds behind the wall clock, and the time of block 0 (seconds since 1970)."""

    behind: int
    genesis: int


@dataclass(frozen=True, slots=True)
class ClockFile:
    """How far the chain's clock is behind the wall clock, kept over restarts; and the id of the chain it belongs to.

    The time of block 0 is kept too: a chain killed before its first state was written begins with the same block again.
    """

    path: Path
    chain_id: int

    def read(self) -> Reading | None:
        """Return what was kept, or None for a new chain.

        Raises:
            WrongChainError: the chain on the disk is another one.
        """
        try:
            content = orjson.loads(self.path.read_bytes())
        except (OSError, orjson.JSONDecodeError):
            return None
        if content["chain_id"] != self.chain_id:
            raise WrongChainError(self.path, self.chain_id, content["chain_id"])
        return Reading(int(content["behind_seconds"]), int(content["genesis_time"]))

    def write(self, reading: Reading) -> None:
        """Keep a reading."""
        content = {"chain_id": self.chain_id, "behind_seconds": reading.behind, "genesis_time": reading.genesis}
        write_whole(self.path, orjson.dumps(content, option=orjson.OPT_APPEND_NEWLINE), 0o600)


def begin(start_days_ago: int, *, now: int) -> Reading:
    """Return the clock of a new chain that starts `start_days_ago` before `now` (seconds since 1970)."""
    behind = max(start_days_ago * DAY, MARGIN)
    return Reading(behind, now - behind)


def resume(kept: Reading, last: int, *, now: int) -> int:
    """Return the time at which a chain goes on: as far behind as it was, later than its last block, never ahead of now.

    Args:
        kept: what was kept of its clock.
        last: the time of its last block, seconds since 1970.
        now: the wall clock.
    """
    return min(now, max(now - max(kept.behind, MARGIN), last + 1))


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock of a running anvil."""

    rpc: JsonRpc
    file: ClockFile

    def advance(self, seconds: int | None) -> int:
        """Move the clock forward by `seconds`, or up to the wall clock where None, and wait for a block of that time.

        Returns:
            The time of that block, seconds since 1970.

        Raises:
            BackwardsError: `seconds` is negative.
            BeyondWallClockError: it would be later than now; nothing is moved.
        """
        if seconds is not None and seconds < 0:
            raise BackwardsError(seconds)
        # anvil keeps its clock as an offset from the wall clock, negative in the past; adding nothing tells it
        offset = int(self.rpc.call("evm_increaseTime", 0))
        most = max(0, -offset - MARGIN)
        step = most if seconds is None else seconds
        if step > most:
            raise BeyondWallClockError(step, most)
        before = int(self.rpc.call("eth_getBlockByNumber", "latest", False)["timestamp"], 16)  # noqa: FBT003 - JSON-RPC
        if step:
            offset = int(self.rpc.call("evm_increaseTime", step))
            genesis = self.rpc.call("eth_getBlockByNumber", "0x0", False)  # noqa: FBT003 - JSON-RPC
            self.file.write(Reading(max(0, -offset), int(genesis["timestamp"], 16)))
        return self._wait_for(before + step)

    def _wait_for(self, moment: int) -> int:
        deadline = time.monotonic() + _BLOCK_WAIT
        while True:
            block = self.rpc.call("eth_getBlockByNumber", "latest", False)  # noqa: FBT003 - JSON-RPC
            reached = int(block["timestamp"], 16)
            if reached >= moment or time.monotonic() >= deadline:
                return reached
            time.sleep(_POLL)
