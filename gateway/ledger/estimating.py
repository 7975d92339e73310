"""What would happen to a call now, and the gas that it needs, found out for thousands of calls in a few requests.

    Estimator(calls, "0x…")([Wanted(target, call)])  → [Estimate(gas=121_034)]

A node searches for the gas of a call by executing it several times. Calls of one function and one length need about as
much as each other, so the node searches once for each kind; the rest are executed once with what was found, which also
says whether the contract goes along. Only where that goes wrong is the node asked to search again: its word decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gateway.ledger.calls import revert_of
from node.client.rpc import RpcError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.ledger.calls import ChainCalls
    from node.client.abi import ContractRevert

_MARGIN = 1.25
_FLOOR = 30_000
_TOO_LARGE = ("exceeds allowance", "exceeds block gas limit", "out of gas", "intrinsic gas too high", "outofgas")
"""anvil says "out of gas" as code -32003, geth "gas required exceeds allowance" as -32000."""
_Kind = tuple[bytes, bytes, int]  # target, selector, length of the calldata


@dataclass(frozen=True, slots=True)
class Wanted:
    """A call that is to become a transaction. `gas` is None where nobody has planned it."""

    target: bytes
    call: bytes
    gas: int | None = None
    unlike_others: bool = False
    """It has run out of gas before: the gas of its like is not enough for it."""

    @property
    def kind(self) -> _Kind:
        """What calls share that need about the same gas."""
        return self.target, self.call[:4], len(self.call)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What would happen to a call now: the gas to offer it, or the refusal, or why the node could not tell."""

    gas: int = 0
    revert: ContractRevert | None = None
    too_large: bool = False
    trouble: str = ""


class Estimator:
    """Tries calls of one account on the latest state."""

    def __init__(self, calls: ChainCalls, sender: str) -> None:
        """Try calls as `sender` (0x hex)."""
        self._calls = calls
        self._sender = sender
        self._used: dict[_Kind, int] = {}
        """The most gas that was found for each kind, as long as this process lives."""

    def __call__(self, wanted: Sequence[Wanted]) -> list[Estimate]:
        """Return what would become of each, tried by itself.

        Raises:
            ChainUnavailable: no answer.
        """
        found: list[Estimate | None] = [None] * len(wanted)
        self._search(wanted, self._first_of_their_kind(wanted), found)
        tried = [
            at for at, one in enumerate(wanted) if found[at] is None and (one.gas is not None or one.kind in self._used)
        ]
        answers = self._calls.requests([self._once(wanted[at]) for at in tried])
        for at, answer in zip(tried, answers, strict=True):
            if not isinstance(answer, RpcError):
                found[at] = Estimate(gas=wanted[at].gas or _offered(self._used[wanted[at].kind]))
            elif wanted[at].gas is not None:
                found[at] = _refused(answer)
        self._search(wanted, [at for at, estimate in enumerate(found) if estimate is None], found)
        return [estimate for estimate in found if estimate is not None]

    def _first_of_their_kind(self, wanted: Sequence[Wanted]) -> list[int]:
        """Those that the node must search for: the first of each kind not seen yet, and those that are unlike it."""
        first: list[int] = []
        kinds = set(self._used)
        for at, one in enumerate(wanted):
            if one.gas is None and (one.unlike_others or one.kind not in kinds):
                kinds.add(one.kind)
                first.append(at)
        return first

    def _search(self, wanted: Sequence[Wanted], places: Sequence[int], found: list[Estimate | None]) -> None:
        if not places:
            return
        answers = self._calls.requests([("eth_estimateGas", [self._call(wanted[at])]) for at in places])
        for at, answer in zip(places, answers, strict=True):
            if isinstance(answer, RpcError):
                found[at] = _refused(answer)
                continue
            gas = int(answer, 16)
            self._used[wanted[at].kind] = max(gas, self._used.get(wanted[at].kind, 0))
            found[at] = Estimate(gas=_offered(gas))

    def _once(self, wanted: Wanted) -> tuple[str, list[object]]:
        """One execution, with the gas that was planned; or without the margin that the transaction will be offered."""
        gas = self._used[wanted.kind] + _FLOOR if wanted.gas is None else wanted.gas
        return "eth_call", [{**self._call(wanted), "gas": hex(gas)}, "latest"]

    def _call(self, wanted: Wanted) -> dict[str, object]:
        to, data = "0x" + wanted.target.hex(), "0x" + wanted.call.hex()
        return {"from": self._sender, "to": to, "data": data, "gasPrice": "0x0"}


def _offered(gas: int) -> int:
    return int(gas * _MARGIN) + _FLOOR


def _refused(answer: Any) -> Estimate:  # noqa: ANN401 - JSON
    if any(words in answer.message.lower() for words in _TOO_LARGE):
        return Estimate(too_large=True)
    revert = revert_of(answer)
    return Estimate(trouble=str(answer)) if revert is None else Estimate(revert=revert)
