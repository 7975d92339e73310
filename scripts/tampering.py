"""The lies of `tampering_proxy`: each bends what a node answers in one way.

An event is chosen by its number on the chain (from 1, in the order of blocks; negative: from the end) and then known by
its place, so that it is the same event in every answer.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from gateway.domain.heads import next_head
from node.client.abi import DecodedEvent, decode_log, interface
from node.client.artifact import CONTRACTS, load

Json = dict[str, Any]
Ask = Callable[[str, Sequence[object]], Any]
"""Asks the honest node: method, parameters → result."""
_WORD = 64
"""Hexadecimal digits of an ABI word."""
_HEADERS = frozenset({"eth_getBlockByNumber", "eth_getBlockByHash"})
_RECEIPTS = frozenset({"eth_getBlockReceipts", "eth_getTransactionReceipt"})
_PLACE = ("blockNumber", "blockHash", "blockTimestamp", "transactionHash", "transactionIndex", "logIndex")


class Lie(Protocol):
    """What is made of a request and of its answer."""

    def ask(self, request: Json, upstream: Ask) -> Json:
        """Return the request that is passed on."""

    def tell(self, request: Json, result: Any, upstream: Ask) -> Any:  # noqa: ANN401 - any JSON
        """Return what is answered to the request instead of `result`."""


class Honest:
    """Passes everything on: what other lies begin with."""

    def ask(self, request: Json, upstream: Ask) -> Json:  # noqa: ARG002 - the protocol's
        """Return the request as it is."""
        return request

    def tell(self, request: Json, result: Any, upstream: Ask) -> Any:  # noqa: ANN401, ARG002 - any JSON
        """Return the result as it is."""
        return result


class AboutLogs(Honest, ABC):
    """Bends lists of logs: the answers of eth_getLogs and, where it thinks further, those in receipts."""

    def __init__(self, *, receipts: bool = False) -> None:
        """Lie in receipts as well, if so."""
        self._receipts = receipts

    def tell(self, request: Json, result: Any, upstream: Ask) -> Any:  # noqa: ANN401 - any JSON
        """Return the result with other logs."""
        if request["method"] == "eth_getLogs":
            return self.bend(result, upstream)
        if self._receipts and request["method"] in _RECEIPTS and result is not None:
            for receipt in result if isinstance(result, list) else [result]:
                receipt["logs"] = self.bend(receipt["logs"], upstream)
        return result

    @abstractmethod
    def bend(self, logs: list[Json], upstream: Ask) -> list[Json]:
        """Return other logs."""


class AboutEvent(AboutLogs):
    """Bends one event."""

    def __init__(self, number: int, *, receipts: bool = False) -> None:
        """Choose the event by its number."""
        super().__init__(receipts=receipts)
        self._number = number
        self._all: list[Json] = []

    def victim(self, upstream: Ask) -> Json:
        """Return the event as it is on the chain."""
        if not self._all:
            self._all = upstream("eth_getLogs", [{"fromBlock": "0x0", "toBlock": "latest"}])
        return self._all[self._number - 1 if self._number > 0 else self._number]

    def next_alike(self, upstream: Ask) -> Json | None:
        """Return the next event of the same contract whose first field is the same, None where there is none."""
        victim = self.victim(upstream)
        alike = victim["address"], victim["topics"][1:2]
        after = self._all[self._all.index(victim) + 1 :]
        return next((log for log in after if (log["address"], log["topics"][1:2]) == alike), None)

    def at(self, logs: list[Json], event: Json) -> int | None:
        """Return where `event` stands among `logs`, None where it does not."""
        return next((at for at, log in enumerate(logs) if place(log) == place(event)), None)


class DropEvent(AboutEvent):
    """Leaves the event out."""

    def bend(self, logs: list[Json], upstream: Ask) -> list[Json]:
        """Return the logs without it."""
        at = self.at(logs, self.victim(upstream))
        return logs if at is None else logs[:at] + logs[at + 1 :]


class AlterEvent(AboutEvent):
    """Turns the lowest bit of the first word that is not indexed."""

    def bend(self, logs: list[Json], upstream: Ask) -> list[Json]:
        """Return the logs with it altered."""
        at = self.at(logs, self.victim(upstream))
        if at is not None:
            data = logs[at]["data"]
            end = 2 + _WORD
            logs[at] = {**logs[at], "data": data[: end - 1] + f"{int(data[end - 1], 16) ^ 1:x}" + data[end:]}
        return logs


class ReorderEvent(AboutEvent):
    """Lets the event and the next one of its contract and province change places."""

    def bend(self, logs: list[Json], upstream: Ask) -> list[Json]:
        """Return the logs with both at each other's place."""
        first, second = self.victim(upstream), self.next_alike(upstream)
        if second is None:
            return logs
        places = {place(first): second, place(second): first}
        return [log if (other := places.get(place(log))) is None else {**other, **_place_of(log)} for log in logs]


class DuplicateEvent(AboutEvent):
    """Serves the event once more, one place further."""

    def bend(self, logs: list[Json], upstream: Ask) -> list[Json]:
        """Return the logs with it twice."""
        at = self.at(logs, self.victim(upstream))
        if at is None:
            return logs
        return [*logs[: at + 1], _one_further(logs[at]), *logs[at + 1 :]]


class InventEvent(AboutEvent):
    """Serves one more event after the event: its like, under the next number, with a head that fits."""

    def bend(self, logs: list[Json], upstream: Ask) -> list[Json]:
        """Return the logs with one too many."""
        at = self.at(logs, self.victim(upstream))
        if at is None:
            return logs
        event, time = decoded(logs[at]), _time_of(logs[at], upstream)
        number = event.sequence + 1
        head = next_head(event.head, number, event.kind, time, bytes.fromhex(event.actor[2:]), event.fields)
        data = logs[at]["data"][: -2 * _WORD] + f"{number:0{_WORD}x}" + head.hex()
        return [*logs[: at + 1], {**_one_further(logs[at]), "data": data}, *logs[at + 1 :]]


class HideProvince(AboutLogs):
    """Leaves out whatever a province did or was done to: every event whose first field names it."""

    def __init__(self, province: int, *, receipts: bool = False) -> None:
        """Hide the province of that code."""
        super().__init__(receipts=receipts)
        self._topic = f"0x{province:0{_WORD}x}"

    def bend(self, logs: list[Json], upstream: Ask) -> list[Json]:  # noqa: ARG002 - the protocol's
        """Return the logs without it."""
        return [log for log in logs if log["topics"][1:2] != [self._topic]]


class HideContract(AboutLogs):
    """Leaves out every event of a contract."""

    def __init__(self, address: str, *, receipts: bool = False) -> None:
        """Hide the contract at that address."""
        super().__init__(receipts=receipts)
        self._address = address.lower()

    def bend(self, logs: list[Json], upstream: Ask) -> list[Json]:  # noqa: ARG002 - the protocol's
        """Return the logs without its."""
        return [log for log in logs if log["address"].lower() != self._address]


class WriteOtherwise(AboutLogs):
    """Serves a contract's events whole, but in another form: some readers might take it, and others pass them over."""

    def __init__(self, address: str, form: Callable[[Json], Json], *, naming: str = "") -> None:
        """Write those of the contract at `address` that name another address (any, if empty)."""
        super().__init__()
        self._address = address.lower()
        self._form = form
        self._naming = naming.lower().removeprefix("0x")

    def bend(self, logs: list[Json], upstream: Ask) -> list[Json]:  # noqa: ARG002 - the protocol's
        """Return the logs, some in the other form."""
        return [{**log, **self._form(log)} if self._chosen(log) else log for log in logs]

    def _chosen(self, log: Json) -> bool:
        return log["address"].lower() == self._address and self._naming in "".join((*log["topics"], log["data"]))


class OldHead(Honest):
    """Knows nothing of the newest blocks."""

    def __init__(self, blocks: int) -> None:
        """Hide so many."""
        self._blocks = blocks
        self._newest: int | None = None

    def ask(self, request: Json, upstream: Ask) -> Json:
        """Ask about the newest block that is admitted to instead of the newest."""
        params = [hex(self._head(upstream)) if one == "latest" else one for one in request.get("params") or []]
        return {**request, "params": params}

    def tell(self, request: Json, result: Any, upstream: Ask) -> Any:  # noqa: ANN401 - any JSON
        """Answer as if the newest blocks were not there."""
        if request["method"] == "eth_blockNumber":
            return hex(self._head(upstream))
        if request["method"] in _HEADERS and result is not None and int(result["number"], 16) > self._head(upstream):
            return None
        return result

    def _head(self, upstream: Ask) -> int:
        if self._newest is None:
            self._newest = max(int(upstream("eth_blockNumber", []), 16) - self._blocks, 0)
        return self._newest


class BreakProof(Honest):
    """Turns one bit of every storage proof."""

    def tell(self, request: Json, result: Any, upstream: Ask) -> Any:  # noqa: ANN401, ARG002 - any JSON
        """Return proofs that do not hold."""
        if request["method"] == "eth_getProof":
            for one in result["storageProof"]:
                if one["proof"]:
                    one["proof"][-1] = _turned(one["proof"][-1])
        return result


class AlterHeader(Honest):
    """Turns one bit of every header's state root."""

    def tell(self, request: Json, result: Any, upstream: Ask) -> Any:  # noqa: ANN401, ARG002 - any JSON
        """Return headers that are not what their hash says."""
        if request["method"] in _HEADERS and result is not None:
            return {**result, "stateRoot": _turned(result["stateRoot"])}
        return result


def place(log: Json) -> tuple[int, int]:
    """Return where a log is: block, number in the block."""
    return int(log["blockNumber"], 16), int(log["logIndex"], 16)


def decoded(log: Json) -> DecodedEvent:
    """Return the event that a log of one of our contracts records, whichever it is of."""
    artifacts = [load(name) for name in CONTRACTS]
    topic = bytes.fromhex(log["topics"][0][2:])
    return decode_log(next(each for each in artifacts if topic in interface(each).events), log)


def _place_of(log: Json) -> Json:
    return {name: log[name] for name in _PLACE if name in log}


def _one_further(log: Json) -> Json:
    return {**log, "logIndex": hex(int(log["logIndex"], 16) + 1)}


def _time_of(log: Json, upstream: Ask) -> int:
    return int(upstream("eth_getBlockByNumber", [log["blockNumber"], False])["timestamp"], 16)


def _turned(hexadecimal: str) -> str:
    return hexadecimal[:-1] + f"{int(hexadecimal[-1], 16) ^ 1:x}"
