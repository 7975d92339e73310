"""What the chain holds already of what the outbox wants: then it was done, by us earlier or by whoever was faster.

A restored backup asks again for what was asked; two gateways expire the same request. The contract refuses the second,
and these look whether that refusal means "done" (`gateway.ledger.settlement.Endings.adopters`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.ledger.calls import Call
from gateway.ledger.settlement import Adoption
from gateway.recognition.transfers.chain import TRANSFERS
from gateway.recognition.transfers.request import APPEAL, CANCEL, EXPIRE, REQUEST
from gateway.recognition.transfers.values import Ref, Return, Stage
from node.client.abi import event_topic
from node.client.artifact import load

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.ledger.calls import ChainCalls
    from gateway.ledger.settlement import Adopter


class DoneAlready:
    """Looks at the TransferLedger for one province."""

    def __init__(self, calls: ChainCalls, province: int) -> None:
        """Look through ``calls`` for what ``province`` wants."""
        self._calls = calls
        self._province = province

    def adopters(self) -> Mapping[str, Adopter]:
        """By kind of entry, who looks."""
        return {REQUEST: self.requested, CANCEL: self.cancelled, EXPIRE: self.expired, APPEAL: self.appealed}

    def requested(self, payload: Mapping[str, Any]) -> Adoption | None:
        """A consent serves one request: where it is used, that very request is on the chain."""
        consent = bytes.fromhex(payload["consent"][2:])
        [used] = self._answers(Call(TRANSFERS, "consentUsed", (self._province, consent)))
        if not used:
            return None
        logs = self._logs("TransferRequested", "0x" + self._province.to_bytes(32, "big").hex())
        return _adoption(log for log in logs if consent.hex() in log["data"])

    def cancelled(self, payload: Mapping[str, Any]) -> Adoption | None:
        """It came back because we took it back."""
        return self._returned(payload, {Return.CANCELLED})

    def expired(self, payload: Mapping[str, Any]) -> Adoption | None:
        """It came back: whoever was faster, and also where its source took it back, nothing is left to expire."""
        return self._returned(payload, {Return.EXPIRED, Return.CANCELLED})

    def appealed(self, payload: Mapping[str, Any]) -> Adoption | None:
        """The appeal with our grounds is filed."""
        statement = payload["statement"][2:]
        logs = self._logs("AppealFiled", *_topics(Ref.read(payload["transfer"])))
        return _adoption(log for log in logs if statement in log["data"])

    def _returned(self, payload: Mapping[str, Any], reasons: set[Return]) -> Adoption | None:
        ref = Ref.read(payload["transfer"])
        [kept] = self._answers(Call(TRANSFERS, "transferOf", (ref.values,)))
        if kept.stage != Stage.RETURNED or kept.reason not in reasons:
            return None
        return _adoption(self._logs("TransferReturned", *_topics(ref)))

    def _answers(self, call: Call) -> list[Any]:
        return self._calls.answers([call], self._calls.final_block())

    def _logs(self, event: str, *topics: str) -> list[dict[str, Any]]:
        wanted = {
            "address": list(self._calls.listing().ever(TRANSFERS)),
            "fromBlock": hex(self._calls.deployment.block),
            "topics": [event_topic(load(TRANSFERS), event), *topics],
        }
        found: list[dict[str, Any]] = self._calls.request("eth_getLogs", wanted)
        return found


def _topics(ref: Ref) -> list[str]:
    return ["0x" + value.to_bytes(32, "big").hex() for value in ref.values]


def _adoption(logs: Any) -> Adoption | None:  # noqa: ANN401 - logs, one by one
    for log in logs:
        return Adoption(int(log["blockNumber"], 16), bytes.fromhex(log["transactionHash"][2:]))
    return None
