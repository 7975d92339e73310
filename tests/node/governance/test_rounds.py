"""Plans applied late and at once, killed halfway, across epochs, among liars: no change of the set halts the chain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import event, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from node.governance.values import Rule, majority
from tests.node.governance.sealing_chain import ROUNDS, Chain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from node.governance.values import Plan

NODES = tuple(f"0x{number:040x}" for number in range(1, 9))
STRANGER = "0x" + "ff" * 20
HOMES = {one: 110000 + 10000 * number for number, one in enumerate(NODES)}
node = st.sampled_from(NODES)
sizes = st.integers(1, 7)


def begun(rule_: Rule, size: int, random: Random, *, epoch: int) -> Chain:
    def choose(among: Sequence[str]) -> str:
        return random.choice(among)

    founders = set(NODES[:size])
    chain = Chain(rule_, HOMES, founders, set(founders), set(NODES), set(NODES), epoch, choose)
    chain.seal(ROUNDS * size)
    return chain


class Rounds(RuleBasedStateMachine):
    """Members apply at any time while nodes fail, one at most in the rounds that a vote takes to be counted.

    None fails in those where the set that is voted on has one or two validators: no order of votes gives it slack.
    """

    chain: Chain

    @initialize(rule_=st.sampled_from(Rule), size=sizes, random=st.randoms(use_true_random=False))
    def begin(self, rule_: Rule, size: int, random: Random) -> None:
        self.chain = begun(rule_, size, random, epoch=40)
        self.voted_at = -1000
        self.failed_since = 0
        self.slack = True

    def _seal(self, count: int) -> None:
        chain = self.chain
        for _ in range(count):
            before = len(chain.changed)
            went_on = bool(chain.eligible())
            chain.seal(1)
            if len(chain.changed) > before:
                address, admit = chain.changed[-1]
                event(f"{'in' if admit else 'out'} of {len(chain.validators)}")
                assert went_on
                assert chain.quorate(), f"{address} {'in' if admit else 'out'} halted the chain"
                assert chain.eligible(), "enough are there, and nobody may seal"

    def _carry_out(self, one: str, plan: Plan) -> None:
        if self.chain.carry_out(one, plan) and plan.step is not None:
            self.voted_at, self.failed_since = len(self.chain.blocks), 0
            self.slack = len(self.chain.validators) + (1 if plan.step.admit else -1) > 2

    @property
    def _counting(self) -> bool:
        return len(self.chain.blocks) - self.voted_at <= ROUNDS * len(self.chain.validators)

    @rule(count=st.integers(1, 12))
    def time_passes(self, count: int) -> None:
        self._seal(count)

    @rule(one=node)
    def apply(self, one: str) -> None:
        if one in self.chain.up:
            self._carry_out(one, self.chain.plan(one))

    @rule(one=node, other=node)
    def two_apply_at_once(self, one: str, other: str) -> None:
        """Both have made their plans before either votes."""
        plans = [(who, self.chain.plan(who)) for who in dict.fromkeys((one, other)) if who in self.chain.up]
        for who, plan in plans:
            self._carry_out(who, plan)

    @rule(one=node)
    def apply_is_killed_halfway(self, one: str) -> None:
        if one in self.chain.up:
            self.chain.carry_out(one, self.chain.plan(one), killed=True)

    @precondition(lambda self: not self._counting or (self.slack and not self.failed_since))
    @rule(one=node)
    def fail(self, one: str) -> None:
        self.failed_since += one in self.chain.up & self.chain.validators
        self.chain.fail(one)

    @rule(one=node)
    def come_back(self, one: str) -> None:
        self.chain.up.add(one)

    @rule(one=node)
    def decide(self, one: str) -> None:
        """A member comes or goes, or a key is replaced: two of these."""
        self.chain.wanted ^= {one}
        self.chain.wanted = self.chain.wanted or {one}

    @rule()
    def everybody_applies(self) -> None:
        for one in NODES:
            self.apply(one)
        self._seal(2 * len(self.chain.validators))


TestRounds = Rounds.TestCase
TestRounds.settings = settings(max_examples=80, stateful_step_count=50, deadline=None)


def remember(chain: Chain, stale: frozenset[tuple[str, str, bool]], *, tallied: bool) -> None:
    """Leave votes of an earlier plan in the members' memory and, short of a majority, in the chain's tally."""
    for voter, subject, admit in stale:
        if voter in chain.wanted & chain.validators and admit is not (subject in chain.validators):
            chain.proposals.setdefault(voter, {})[subject] = admit
            if tallied and sum(about == subject for _, about in chain.votes) + 1 < majority(len(chain.validators)):
                chain.votes[voter, subject] = admit


def ends_or_says_why(chain: Chain, plan: Plan, down: frozenset[str]) -> None:
    """Hold a member's plan to it: the set is what was decided, or the plan says why it is not."""
    if chain.validators == chain.wanted:
        assert plan.settled
        return
    assert plan.changes
    if plan.step is not None:
        assert plan.leavers  # members alone are no majority, and the plan names without whom it cannot be
        return
    why = {wait.code for change in plan.changes for wait in change.waits}
    assert why
    assert why <= {"not-connected", "others-down", "no-slack", "replacement-first", "below-quorum", "halted"}
    assert down


@settings(max_examples=150, deadline=None)
@given(
    rule_=st.sampled_from(Rule),
    size=sizes,
    wanted=st.frozensets(node, min_size=1),
    down=st.frozensets(node, max_size=2),
    stale=st.frozensets(st.tuples(node, node, st.booleans()), max_size=4),
    lies=st.booleans(),
    random=st.randoms(use_true_random=False),
)
def test_applied_again_and_again_plans_end_where_they_should_or_say_why_not(
    rule_: Rule,
    size: int,
    wanted: frozenset[str],
    down: frozenset[str],
    stale: frozenset[tuple[str, str, bool]],
    lies: bool,  # noqa: FBT001 - a parameter
    random: Random,
) -> None:
    """Whoever is a member applies; who is none any more does nothing, or votes for a stranger in every block."""
    chain = begun(rule_, size, random, epoch=1000)
    chain.in_turn = True
    chain.wanted = set(wanted)
    liars = chain.validators - wanted if lies else set[str]()
    if len(liars) >= majority(size):
        return  # whoever is more than half decides
    remember(chain, stale, tallied=not liars)
    for one in down:
        chain.fail(one)
    if not chain.quorate():
        return  # it stood before anything was planned
    for one in liars:
        chain.proposals[one] = {STRANGER: True, min(chain.validators): False}
    for _ in range(40):
        for one in sorted(wanted & chain.up):
            chain.carry_out(one, chain.plan(one))
        chain.seal(ROUNDS * len(chain.validators))
        assert chain.quorate()
    for one in wanted & chain.up & chain.validators:
        ends_or_says_why(chain, chain.plan(one), down)


def test_every_size_from_one_to_seven_grows_to_seven_and_shrinks_to_one() -> None:
    """Everybody up: one joins at a time, then one leaves at a time; the leaver votes too, or two could not part."""
    from random import Random  # noqa: PLC0415 - shadows nothing above

    for rule_ in Rule:
        chain = begun(rule_, 1, Random(7), epoch=29)
        for size in [*range(2, 8), *range(6, 0, -1)]:
            chain.wanted = set(NODES[:size])
            for _ in range(6):
                for one in sorted(chain.validators | chain.wanted):
                    chain.carry_out(one, chain.plan(one))
                chain.seal(ROUNDS * len(chain.validators))
                assert chain.eligible()
            assert chain.validators == chain.wanted
