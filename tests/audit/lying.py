"""A chain with history on it, and nodes that lie about it: what the tests of completeness stand on."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ledger_world import GATEWAY_ROLES, JIANGSU, LAW_ROLES, TIME_LOCK, Batch, World, account, make_batch
from tampering_proxy import TamperingProxy

from gateway.audit.completeness.check import Bounds, CompletenessCheck
from gateway.audit.completeness.witnesses import Witness, shown
from gateway.ledger.calls import ChainCalls
from gateway.ledger.reader import institution_word
from gateway.ledger.values import Reason, Status
from node.client.abi import encode_call, event_topic
from node.client.artifact import load
from node.client.rpc import JsonRpc
from node.client.transactions import transact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tampering import Lie

    from gateway.audit.completeness.values import Finding, Result

OPEN_UNIVERSITY = "123200000000000018"
CHONGQING = 500_000
DIRECTORY, CREDENTIALS = "Directory", "CredentialRegistry"
ANCHORED, STATUS_SET = (event_topic(load(CREDENTIALS), name) for name in ("Anchored", "LeafStatusSet"))


@dataclass
class History:
    """The law on a chain: a member that joined by motion, batches, a status, and a registry that was succeeded."""

    law: World
    successor: str = ""
    batches: list[Batch] = field(default_factory=list)

    def happen(self) -> None:
        """Let it happen."""
        law = self.law
        law.accredit(OPEN_UNIVERSITY)
        self.batches = [make_batch(OPEN_UNIVERSITY, 4, seed) for seed in range(6)]
        law.anchor(*self.batches[:3])
        law.set_status(self.batches[0], 1, Status.REVOKED, Reason.FRAUD)
        self.successor = law.schedule(CREDENTIALS)  # before the fifth member: it takes more votes afterwards
        staff = [(account(CHONGQING, role).address, roles, 9) for role, roles in _STAFF]
        admin, recovery = (account(CHONGQING, role).address for role in ("admin", "recovery"))
        law.motion("Consortium", "admit", (CHONGQING, admin, recovery, staff))
        law.pass_over(TIME_LOCK)
        for batch in self.batches[3:]:
            self.anchor_at_the_successor(batch)

    def anchor_at_the_successor(self, batch: Batch) -> None:
        """Anchor a batch in the registry in force now."""
        manifest = batch.manifest
        terms = (institution_word(batch.institution), manifest.root, manifest.digest, manifest.count)
        data = encode_call(load(CREDENTIALS), "anchor", terms, self.law.approval(batch, self.successor))
        operator, rpc = self.law.operator(JIANGSU), self.law.chain.rpc
        transact(rpc, operator, self.law.deployment.chain_id, self.successor, data, call="anchor", seconds=10)

    def number_of(self, topic: str, which: int = 0, address: str = "") -> int:
        """The number on the chain, from 1, of the which-th event of a kind (of one contract)."""
        numbers = [
            number
            for number, log in enumerate(self.logs(), 1)
            if log["topics"][0] == topic and log["address"].startswith(address)
        ]
        return numbers[which]

    def logs(self) -> list[dict[str, Any]]:
        logs: list[dict[str, Any]] = self.law.chain.call("eth_getLogs", {"fromBlock": "0x0"})
        return logs

    def calls(self, url: str) -> ChainCalls:
        return ChainCalls(JsonRpc(url, timeout=20), self.law.deployment)

    def check(self, url: str = "", *witnesses: str, now: float | None = None, bounds: Bounds | None = None) -> Result:
        """Check the node at `url`, by default the honest one."""
        others = [Witness(shown(each), self.calls(each)) for each in witnesses]
        node = self.calls(url or self.law.chain.url)
        clock = time.time if now is None else lambda: now
        try:
            return CompletenessCheck(node, witnesses=others, bounds=bounds or Bounds(), clock=clock).run()
        finally:
            for calls in (node, *(other.calls for other in others)):
                calls.rpc.close()

    def told(self, *lies: Lie, witness: bool = False) -> Result:
        """What the check says of a node that lies."""
        with liar(self.law.chain.url, *lies) as url:
            return self.check(url, *([self.law.chain.url] if witness else []))


_STAFF = (("operator", GATEWAY_ROLES), ("law", LAW_ROLES))


@contextmanager
def liar(url: str, *lies: Lie) -> Iterator[str]:
    """The address of a node that lies."""
    with TamperingProxy(url, lies) as proxy:
        yield proxy.url


def brief(finding: Finding) -> tuple[str, str | None, int | None, int | None, str | None]:
    """What is wrong with which event: kind of wrong, contract, subject, number, event."""
    return finding.what.value, finding.contract, finding.subject, finding.sequence, finding.event
