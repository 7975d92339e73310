"""Reading every log of some contracts from a node, in ranges of blocks that fit it, one range ahead of the folding.

reader = LogReader(calls)
for part in reader.read(addresses, first, last):
    streams.fold(part.logs, part.times)
    part.disorder, part.misplaced       # what is wrong with the answers themselves
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from gateway.audit.completeness.logs import Log
from gateway.domain.errors import Said, cause_of
from gateway.domain.hashing import word
from gateway.ledger.calls import WITHOUT_BODIES, ChainCalls
from gateway.ledger.errors import ChainUnavailable
from node.client.rpc import RpcError, RpcUnreachable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from concurrent.futures import Future

FIRST_SPAN: Final = 500
"""Blocks of the first eth_getLogs; more or fewer afterwards, by the size of the answers."""
LONGEST_SPAN: Final = 50_000
ANSWER_BYTES: Final = 12_000_000
"""The size of answer aimed at: large enough that requests cost nothing, small enough for memory and nodes' bounds."""


class _Trouble(msgspec.Struct):
    code: int = 0
    message: str = ""


class _Answer(msgspec.Struct):
    result: list[Log] | None = None
    error: _Trouble | None = None


_DECODER: Final = msgspec.json.Decoder(_Answer)


@dataclass(frozen=True, slots=True)
class Part:
    """The logs of one range of blocks, in the order of their places.

    Attributes:
        logs: those that are where they say; times: of each of their blocks, by number as the node wrote it.
        misplaced: logs said to be in a block that the node does not have, or that was not asked for.
        disorder: pairs of logs served in another order than their places: the first should come after the second.
    """

    logs: list[Log]
    times: dict[str, bytes]
    misplaced: list[Log]
    disorder: list[tuple[Log, Log]]


class LogReader:
    """Reads logs from one node. Not shared between threads."""

    def __init__(self, calls: ChainCalls) -> None:
        """Read through `calls`."""
        self._calls = calls
        self._span = FIRST_SPAN

    def read(
        self, addresses: Sequence[str], first: int, last: int, topics: Sequence[str | None] = ()
    ) -> Iterator[Part]:
        """Yield the logs of `addresses` in blocks `first` to `last`, range by range; only those with `topics`, if any.

        Raises:
            ChainUnavailable: no answer, or one that cannot be read.
        """
        wanted: dict[str, object] = {"address": list(addresses)} | ({"topics": list(topics)} if topics else {})
        self._calls.request("eth_chainId")  # refuses another chain before anything else is asked
        with ThreadPoolExecutor(1, thread_name_prefix="logs") as ahead:
            coming: Future[tuple[list[Part], int]] | None = None
            at = first
            while coming is not None or at <= last:
                if coming is None:
                    coming = ahead.submit(self._next, wanted, at, last)
                parts, at = coming.result()
                coming = ahead.submit(self._next, wanted, at, last) if at <= last else None
                yield from parts

    def _next(self, wanted: Mapping[str, object], first: int, last: int) -> tuple[list[Part], int]:
        end = min(first + self._span - 1, last)
        try:
            answer = self._calls.rpc.raw("eth_getLogs", {**wanted, "fromBlock": hex(first), "toBlock": hex(end)})
        except RpcUnreachable as error:
            raise ChainUnavailable(cause_of(error)) from error
        decoded = _decoded(answer)
        if decoded.result is None:
            trouble = decoded.error or _Trouble()
            if end == first:
                raise ChainUnavailable(cause_of(RpcError(trouble.code, trouble.message), "eth_getLogs"))
            self._span = max((end - first + 1) // 2, 1)
            return [], first
        served = end - first + 1
        fitting = served * ANSWER_BYTES // max(len(answer), 1)
        self._span = min(max(fitting, served // 4, 1), served * 4, LONGEST_SPAN)
        try:
            return [self._part(decoded.result, first, end)], end + 1
        except (ValueError, OverflowError) as error:  # a place or a time that is no number
            raise ChainUnavailable(cause_of(error, "eth_getLogs")) from error

    def _part(self, logs: list[Log], first: int, last: int) -> Part:
        ordered, disorder = _in_order(logs)
        headers = self._headers(list(dict.fromkeys(log.blockNumber for log in ordered)))
        good, misplaced = [], []
        for log in ordered:
            known = headers.get(log.blockNumber)
            if known is None or known[0] != log.blockHash or not first <= int(log.blockNumber, 16) <= last:
                misplaced.append(log)
            else:
                good.append(log)
        return Part(good, {number: time for number, (_, time) in headers.items()}, misplaced, disorder)

    def _headers(self, numbers: list[str]) -> dict[str, tuple[str, bytes]]:
        """Return (hash, time as an ABI word) of the blocks that the node has, by number as it wrote them."""
        answers = self._calls.requests([("eth_getBlockByNumber", (number, *WITHOUT_BODIES)) for number in numbers])
        found = {}
        for number, header in zip(numbers, answers, strict=True):
            if isinstance(header, RpcError):
                raise ChainUnavailable(cause_of(header, "eth_getBlockByNumber"))
            try:
                if header is not None and int(header["number"], 16) == int(number, 16):
                    found[number] = str(header["hash"]), word(int(header["timestamp"], 16))
            except (KeyError, TypeError, ValueError) as error:
                raise ChainUnavailable(cause_of(header, "eth_getBlockByNumber")) from error
        return found


def _in_order(logs: list[Log]) -> tuple[list[Log], list[tuple[Log, Log]]]:
    """Return the logs by place, and the pairs that were served the other way round."""
    places = [log.place for log in logs]
    disorder = [(logs[at - 1], logs[at]) for at in range(1, len(logs)) if places[at] < places[at - 1]]
    return (sorted(logs, key=lambda log: log.place) if disorder else logs), disorder


def _decoded(answer: bytes) -> _Answer:
    try:
        return _DECODER.decode(answer)
    except msgspec.DecodeError as error:
        why = Said(f"eth_getLogs 的回答无法读取：{error}", f"the answer to eth_getLogs cannot be read: {error}")
        raise ChainUnavailable(why) from error
