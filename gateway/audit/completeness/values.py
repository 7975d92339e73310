"""What a check of completeness answers: a verdict, what is wrong, the heads that were proven, and under which block."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from gateway.ledger.index_heads import HeadAt

if TYPE_CHECKING:
    from gateway.domain.errors import HurenError, Said

__all__ = ["Finding", "HeadAt", "Result", "SeenBlock", "Verdict", "WitnessSaid", "Wrong"]


class Verdict(StrEnum):
    """What the check found; never confused with one another."""

    COMPLETE = "complete"
    """Nothing lacks and nothing was altered, under a block that another node has too. Heads commit to the content,
    actor, order and time of events; their blocks, transactions and places are as the node says."""
    CONSISTENT = "consistent with this RPC only"
    """The same, but for the second opinion: no other node was asked."""
    INCOMPLETE = "incomplete"
    """Events lack."""
    ALTERED = "altered"
    """Something was altered, moved, invented, or contradicts another node; events may lack besides."""
    CANNOT_CHECK = "cannot check"
    """Nothing follows: no usable answer, no fresh final block, or none of the nodes that were to be heard answered."""


class Wrong(StrEnum):
    """What is wrong with an event, or with what should prove events."""

    MISSING = "missing"
    ALTERED = "altered"
    REORDERED = "reordered"
    DUPLICATED = "duplicated"
    INVENTED = "invented"
    HEAD = "head differs"
    """The head proven is not the one that the events give, and no event can be named."""
    MEMBER = "member hidden"
    """A membership that nothing was served of."""
    CODE = "other code"
    """At a contract's address lies other code than the Directory lists."""
    HEADER = "header altered"
    """The header's fields do not give the digest that the node said."""
    PROOF = "proof does not hold"
    RECEIPTS = "receipts altered"
    """The receipts served for a block do not give the root in its header."""
    CONTRADICTED = "contradicted"
    """Another member's node has another block at that height."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        what: what is wrong.
        contract, address, subject: of which contract (its name, and 0x-hex) and subject; None where it is of none.
        sequence, until: the event's number, or of a run of them the first and the last; None where unknown.
        event, kind: its name and number in docs/events.md, where known.
        block, transaction: where it belongs, as far as known (for an invented one: where it was said to be).
        fields: the fields in which what was served differs: name → (as served, as it is).
        between: the blocks of the events before and after, where its own is not known.
        evidence: what proves it: "heads", "receipts", a witness' address.
        why: what else there is to say: in both languages, or as it is (two hashes, a place).
    """

    what: Wrong
    contract: str | None = None
    address: str | None = None
    subject: int | None = None
    sequence: int | None = None
    until: int | None = None
    event: str | None = None
    kind: int | None = None
    block: int | None = None
    transaction: str | None = None
    fields: tuple[tuple[str, str, str], ...] = ()
    between: tuple[int, int] | None = None
    evidence: str = "heads"
    why: str | Said = ""

    @property
    def count(self) -> int:
        """How many events it speaks of."""
        return 1 if self.sequence is None or self.until is None else self.until - self.sequence + 1

    def to_json(self) -> dict[str, Any]:
        """Return the form that surfaces show, without the sentences (`words`)."""
        return {
            "what": self.what.value,
            "contract": self.contract,
            "address": self.address,
            "subject": self.subject,
            "sequence": self.sequence,
            "until": self.until,
            "event": self.event,
            "kind": self.kind,
            "block": self.block,
            "transaction": self.transaction,
            "fields": [{"field": name, "served": served, "genuine": real} for name, served, real in self.fields],
            "between": None if self.between is None else list(self.between),
            "evidence": self.evidence,
            "why": str(self.why),
        }


@dataclass(frozen=True, slots=True)
class SeenBlock:
    """The block under which heads were proven: height, digest recomputed from the header, time (seconds)."""

    number: int
    hash: bytes
    time: int


@dataclass(frozen=True, slots=True)
class WitnessSaid:
    """What another member's node said about the block.

    Attributes:
        url: which node, without what might be secret in its address.
        agrees: whether it has the same block; None where it did not say.
        ahead: by how many final blocks it is ahead of the node that is audited.
        problem: why it did not say.
    """

    url: str
    agrees: bool | None
    ahead: int = 0
    problem: HurenError | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the form that surfaces show."""
        problem = None if self.problem is None else self.problem.to_json()
        return {"url": self.url, "agrees": self.agrees, "ahead": self.ahead, "problem": problem}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The answer.

    Attributes:
        verdict: see there; block: under which it holds, None where there was none.
        node: the node audited, without what might be secret in its address.
        witnesses: what others said; events: how many were read; heads: those proven.
        findings: what is wrong; of the more than can be shown, `more` tells how many.
        problem: why it could not be checked.
        seconds: how long it took.
    """

    verdict: Verdict
    node: str
    chain_id: int
    block: SeenBlock | None = None
    witnesses: tuple[WitnessSaid, ...] = ()
    events: int = 0
    heads: tuple[HeadAt, ...] = ()
    findings: tuple[Finding, ...] = ()
    more: int = 0
    problem: HurenError | None = None
    seconds: float = 0.0
