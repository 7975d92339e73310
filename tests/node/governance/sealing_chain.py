"""A chain whose validators vote in the headers that they seal, as EIP-225 and Besu's QBFT count: a model for tests.

Of EIP-225: who sealed one of the last floor(n/2) blocks may not seal; a vote stands in the tally until its subject
changes, its voter goes, or the epoch's block drops all; taking a proposal back takes no vote back; the tally is looked
at when a vote is added. Besu's QBFT counts the same way, and makes a block whenever a quorum is there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from node.governance.planner import planned
from node.governance.values import Ballot, Rule, View, majority

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from node.governance.values import Plan

ROUNDS = 3


@dataclass
class Block:
    """Who sealed it, and its vote: whom it is about, and whether in."""

    number: int
    sealer: str
    vote: tuple[str, bool] | None


@dataclass
class Chain:
    """The chain, and every node's memory.

    `homes` says the province of each address, `wanted` who should be a validator, `up` whose node runs, `synced` who
    gave the newcomer's sign lately. `in_turn`: whose turn it is seals, where it can; else anybody may be before it.
    `choose` picks one of several: the next sealer, a proposal to put into a header.
    """

    rule: Rule
    homes: dict[str, int]
    validators: set[str]
    wanted: set[str]
    up: set[str]
    synced: set[str]
    epoch: int
    choose: Callable[[Sequence[str]], str]
    in_turn: bool = False
    proposals: dict[str, dict[str, bool]] = field(default_factory=dict)
    votes: dict[tuple[str, str], bool] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)
    changed: list[tuple[str, bool]] = field(default_factory=list)

    def quorate(self) -> bool:
        """Whether enough validators are up for the chain to go on."""
        return len(self.validators & self.up) >= self.rule.quorum(len(self.validators))

    def eligible(self) -> list[str]:
        """Who may make the next block."""
        there = self.validators & self.up
        if self.rule is Rule.QBFT:
            return sorted(there) if self.quorate() else []
        recent = len(self.validators) // 2
        return sorted(there - {block.sealer for block in self.blocks[len(self.blocks) - recent :]})

    def seal(self, count: int) -> None:
        """Make so many blocks, or fewer where the chain halts."""
        for _ in range(count):
            if not (able := self.eligible()):
                return
            number = len(self.blocks) + 1
            turn = sorted(self.validators)[number % len(self.validators)]
            sealer = turn if self.in_turn and turn in able else self.choose(able)
            vote = None
            if number % self.epoch == 0:
                self.votes.clear()
            else:
                held = self.proposals.get(sealer, {})
                sensible = sorted(one for one, admit in held.items() if admit is not (one in self.validators))
                if sensible:
                    subject = self.choose(sensible)
                    vote = (subject, held[subject])
            self.blocks.append(Block(number, sealer, vote))
            if vote is not None:
                self._count(sealer, *vote)

    def _count(self, voter: str, subject: str, admit: bool) -> None:  # noqa: FBT001 - as in: admit?
        self.votes[voter, subject] = admit
        if sum(about == subject for _, about in self.votes) < majority(len(self.validators)):
            return
        self.validators ^= {subject}
        gone = set() if admit else {subject}
        self.votes = {key: value for key, value in self.votes.items() if key[1] != subject and key[0] not in gone}
        self.changed.append((subject, admit))

    def fail(self, one: str) -> None:
        """Its node is down; what it voted for it forgets."""
        self.up.discard(one)
        self.proposals.pop(one, None)

    def seen_by(self, one: str) -> View:
        """Return how its node sees the network, as `node.governance.observing` reads it."""
        last = self.blocks[-ROUNDS * len(self.validators) :]
        boundary = len(self.blocks) - len(self.blocks) % self.epoch
        newest = {(b.sealer, b.vote[0]): b.vote[1] for b in last if b.vote is not None and b.number > boundary}
        return View(
            rule=self.rule,
            own=one,
            validators=frozenset(self.validators),
            at_work=frozenset(self.validators & self.up & {block.sealer for block in last}),
            wanted={address: self.homes[address] for address in self.wanted},
            owners=self.homes,
            connected=frozenset(self.up - {one}),
            present=frozenset(self.synced - self.validators),
            ballots=frozenset(Ballot(voter, subject, admit) for (voter, subject), admit in newest.items()),
            own_votes=dict(self.proposals.get(one, {})),
            halted=not self.eligible(),
        )

    def plan(self, one: str) -> Plan:
        """Return its plan."""
        return planned(self.seen_by(one))

    def carry_out(self, one: str, plan: Plan, *, killed: bool = False) -> bool:
        """Do as `node.governance.applying` does; `killed`: before the vote. Return whether it now votes anew."""
        held = self.proposals.setdefault(one, {})
        for address in plan.discard:
            held.pop(address, None)
        if killed or plan.step is None or one not in self.validators:
            return False
        before = held.get(plan.step.address)
        held[plan.step.address] = plan.step.admit
        return before is not plan.step.admit
