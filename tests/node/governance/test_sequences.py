"""Whatever fails, leaves, joins or is applied in whatever order: no change of the set ever halts the chain.

A model of both engines' voting: a validator's proposals stand in the headers it seals, votes once cast stay in the
tally even when their proposal is taken back, a tally is looked at when a vote is added to it, and geth forgets its
proposals at a restart.
"""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from node.governance.planner import planned
from node.governance.values import Ballot, Rule, View, majority

NODES = tuple(f"0x{number:040x}" for number in range(1, 9))
node = st.sampled_from(NODES)


class Network(RuleBasedStateMachine):
    """A network whose members apply plans while everything changes around them."""

    consensus: Rule
    validators: set[str]
    wanted: set[str]
    up: set[str]

    def __init__(self) -> None:
        super().__init__()
        self.proposals: dict[str, dict[str, bool]] = {one: {} for one in NODES}
        self.tally: dict[tuple[str, bool], set[str]] = {}

    @initialize(consensus=st.sampled_from(Rule), founders=st.integers(1, 6))
    def begin(self, consensus: Rule, founders: int) -> None:
        self.consensus = consensus
        self.validators = set(NODES[:founders])
        self.wanted = set(self.validators)
        self.up = set(NODES)

    @property
    def goes_on(self) -> bool:
        return len(self.validators & self.up) >= self.consensus.quorum(len(self.validators))

    @rule(one=node)
    def fail(self, one: str) -> None:
        self.up.discard(one)
        self.proposals[one] = {}

    @rule(one=node)
    def come_back(self, one: str) -> None:
        self.up.add(one)

    @rule(one=node)
    def decide(self, one: str) -> None:
        """The members let one in, or out; they are never none."""
        self.wanted ^= {one}
        if not self.wanted:
            self.wanted = {one}

    @rule(one=node)
    def apply(self, one: str) -> None:
        if one not in self.up:
            return
        plan = planned(self.seen_by(one))
        for address in plan.discard:
            del self.proposals[one][address]
        if plan.step is not None and one in self.validators:
            self.proposals[one][plan.step.address] = plan.step.admit
        self.seal(one)

    @rule(one=node)
    def seal(self, one: str) -> None:
        """Every vote that still means something stands in the next blocks of who holds it."""
        for address, admit in list(self.proposals[one].items()):
            if one in self.validators & self.up and self.goes_on and admit is not (address in self.validators):
                self.cast(one, address, admit=admit)

    def cast(self, voter: str, address: str, *, admit: bool) -> None:
        voters = self.tally.setdefault((address, admit), set())
        voters.add(voter)
        if len(voters & self.validators) < majority(len(self.validators)):
            return
        self.validators ^= {address}
        self.tally = {about: votes - {address} for about, votes in self.tally.items() if about[0] != address}
        assert self.goes_on, f"{address} {'in' if admit else 'out'} halted the chain"

    def seen_by(self, one: str) -> View:
        ballots = {
            Ballot(voter, address, admit)
            for voter in self.validators & self.up
            for address, admit in self.proposals[voter].items()
        }
        return View(
            rule=self.consensus,
            own=one,
            validators=frozenset(self.validators),
            at_work=frozenset(self.validators & self.up) if self.goes_on else frozenset(),
            wanted={address: 110000 + 10000 * NODES.index(address) for address in self.wanted},
            connected=frozenset(self.up - {one}),
            present=frozenset(self.up - self.validators),
            ballots=frozenset(ballots),
            own_votes=dict(self.proposals[one]),
            halted=not self.goes_on,
        )

    @rule()
    def all_apply_in_peace(self) -> None:
        """Where everybody is up, the members' runs bring the set to what was decided."""
        self.up = set(NODES)
        for _ in range(2 * len(NODES)):
            for one in sorted(self.validators | self.wanted):
                self.apply(one)
        assert self.validators == self.wanted
        assert all(not planned(self.seen_by(one)).changes for one in self.validators)

    @invariant()
    def somebody_seals(self) -> None:
        assert self.validators


TestNetwork = Network.TestCase
TestNetwork.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
