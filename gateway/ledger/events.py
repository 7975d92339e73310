"""Events of all provinces, read in ranges of final blocks, each with its time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gateway.domain.errors import Said, cause_of
from gateway.ledger.calls import WITHOUT_BODIES, Call, ChainCalls, block_ref
from gateway.ledger.errors import ChainUnavailable
from node.client.abi import ContractRevert, DecodedEvent, decode_log
from node.client.artifact import CONTRACTS, load
from node.client.rpc import RpcError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.ledger.values import BlockRef

SPAN = 5_000
"""Blocks of one eth_getLogs; halved where a node finds that too many."""
_NOWHERE = "0x" + "00" * 20


@dataclass(frozen=True, slots=True)
class TimedEvent:
    """An event, the time of its block (seconds), and the subject whose head it moves."""

    event: DecodedEvent
    time: int

    @property
    def subject(self) -> int:
        """A province, an ordered pair of them, or 0, the consortium as a whole (docs/events.md)."""
        return self.event.subject


@dataclass(frozen=True, slots=True)
class FollowedContract:
    """A contract whose events are read: its name in the Directory, where it is, what it continues (or None)."""

    name: str
    address: str
    predecessor: str | None


class EventSource:
    """Reads the events of every contract that the Directory ever listed."""

    def __init__(self, calls: ChainCalls) -> None:
        """Read through `calls`."""
        self._calls = calls
        self._predecessors: dict[str, str | None] = {}

    def contracts(self, block: BlockRef) -> list[FollowedContract]:
        """Return the contracts listed up to `block`, also in Directories that were succeeded, oldest first by name.

        Raises:
            ChainUnavailable: no answer.
        """
        listing = self._calls.listing(block)
        # A name that this release has no artifact for is another's business: its events cannot be decoded here.
        found = {address: name for name in CONTRACTS for address in listing.ever(name)}
        self._learn_predecessors(found, block)
        return [FollowedContract(name, address, self._predecessors[address]) for address, name in found.items()]

    def read(self, contracts: Iterable[FollowedContract], first: int, last: int) -> list[TimedEvent]:
        """Return the events logged in blocks `first` to `last`, in the order of the chain.

        Raises:
            ChainUnavailable: no answer, or the chain changed while it was read: try again.
        """
        names = {contract.address: contract.name for contract in contracts}
        [logs] = self._calls.requests(
            [("eth_getLogs", [{"address": list(names), "fromBlock": hex(first), "toBlock": hex(last)}])]
        )
        if isinstance(logs, RpcError):
            if last == first:
                raise ChainUnavailable(cause_of(logs, "eth_getLogs"))
            middle = (first + last) // 2  # too many blocks or logs for this node
            return [*self.read(contracts, first, middle), *self.read(contracts, middle + 1, last)]
        events = [decode_log(load(names[log["address"].lower()]), log) for log in logs]
        times = self._times(events)
        ordered = sorted(events, key=lambda event: (event.block, event.log_index))
        return [TimedEvent(event, times[event.block]) for event in ordered]

    def _times(self, events: list[DecodedEvent]) -> dict[int, int]:
        hashes = {event.block: event.block_hash for event in events}
        headers: list[Any] = self._calls.requests([("eth_getBlockByNumber", [hex(n), *WITHOUT_BODIES]) for n in hashes])
        times = {}
        for header in headers:
            if header is None or isinstance(header, RpcError):
                raise ChainUnavailable(cause_of(header, "eth_getBlockByNumber"))
            block = block_ref(header)
            if hashes.get(block.number) != block.hash:
                raise ChainUnavailable(
                    Said(f"区块 {block.number} 在读取期间发生变化", f"block {block.number} changed while it was read")
                )
            times[block.number] = block.time
        if times.keys() != hashes.keys():
            raise ChainUnavailable(
                Said("eth_getBlockByNumber 所答为其他区块", "eth_getBlockByNumber answered for other blocks")
            )
        return times

    def _learn_predecessors(self, found: dict[str, str], block: BlockRef) -> None:
        unknown = [address for address in found if address not in self._predecessors]
        answers = self._calls.read([Call(found[address], "predecessor", at=address) for address in unknown], block)
        for address, answer in zip(unknown, answers, strict=True):
            if isinstance(answer, ContractRevert):
                raise ChainUnavailable(
                    Said(
                        f"{found[address]}（{address}）没有写明前身",
                        f"{found[address]} at {address} names no predecessor",
                    )
                )
            self._predecessors[address] = None if answer == _NOWHERE else str(answer)
