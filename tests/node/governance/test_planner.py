"""What is voted on next, and that nothing voted on can halt the chain."""

from __future__ import annotations

from dataclasses import replace

import pytest
from calm import CALM, HOMES, LEAVING, A, B, C, D, E
from hypothesis import given
from hypothesis import strategies as st

from node.governance.planner import planned
from node.governance.values import Ballot, Plan, Rule, View, majority

NEW = "0x" + "f" * 40
JOINING = replace(CALM, wanted={**HOMES, E: 500000}, connected=frozenset({B, C, D, E}), present=frozenset({E}))
ROTATED = replace(
    CALM,
    wanted={A: 310000, B: 320000, C: 330000, NEW: 340000},
    owners={A: 310000, B: 320000, C: 330000, NEW: 340000},
    at_work=frozenset({A, B, C}),
    connected=frozenset({B, C, NEW}),
    present=frozenset({NEW}),
)


def codes(plan: Plan) -> list[list[str]]:
    return [[wait.code for wait in change.waits] for change in plan.changes]


def what(plan: Plan) -> tuple[str, bool] | None:
    return None if plan.step is None else (plan.step.address, plan.step.admit)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [(Rule.CLIQUE, [1, 2, 2, 3, 3, 4, 4]), (Rule.QBFT, [1, 2, 2, 3, 4, 4, 5])],
)
def test_the_quorum_is_that_of_the_consensus(rule: Rule, expected: list[int]) -> None:
    assert [rule.quorum(size) for size in range(1, 8)] == expected


def test_members_with_their_validators_need_nothing() -> None:
    plan = planned(CALM)
    assert plan.settled
    assert (plan.step, plan.discard, plan.announce) == (None, (), False)


def test_a_newcomer_that_follows_the_chain_is_voted_in() -> None:
    plan = planned(JOINING)
    assert what(plan) == (E, True)
    assert plan.step is not None
    assert (plan.step.province, plan.step.needed, plan.step.waits) == (500000, 3, ())


def test_a_newcomer_that_is_not_synced_waits() -> None:
    plan = planned(replace(JOINING, present=frozenset()))
    assert (plan.step, codes(plan)) == (None, [["not-synced"]])


def test_a_newcomer_that_is_not_connected_waits() -> None:
    plan = planned(replace(JOINING, connected=frozenset({B, C, D})))
    assert (plan.step, codes(plan)) == (None, [["not-connected"]])


def test_the_newcomer_itself_shows_that_it_follows_and_votes_on_nothing() -> None:
    view = replace(JOINING, own=E, present=frozenset())
    assert planned(view).announce
    assert not planned(replace(view, syncing=True)).announce
    assert not planned(replace(view, present=frozenset({E}))).announce
    assert planned(replace(view, present=frozenset({E}), renew=True)).announce


def test_qbft_admits_no_fifth_while_one_of_four_is_down_and_clique_does() -> None:
    down = replace(JOINING, at_work=frozenset({A, B, C}))
    assert codes(planned(replace(down, rule=Rule.QBFT))) == [["no-slack"]]
    assert what(planned(down)) == (E, True)


def test_one_alone_may_find_a_second() -> None:
    alone = replace(JOINING, validators=frozenset({A}), at_work=frozenset({A}), wanted={A: 310000, E: 500000})
    assert what(planned(alone)) == (E, True)


def test_a_member_that_left_is_voted_out() -> None:
    assert what(planned(LEAVING)) == (D, False)


def test_none_is_taken_out_while_another_is_down() -> None:
    plan = planned(replace(LEAVING, at_work=frozenset({A, B, D})))
    assert (plan.step, codes(plan)) == (None, [["others-down"]])
    assert "330000" in plan.changes[0].waits[0].en


def test_the_last_validator_stays() -> None:
    alone = replace(LEAVING, validators=frozenset({A}), at_work=frozenset({A}), wanted={})
    assert codes(planned(alone)) == [["below-quorum"]]


def test_a_halted_chain_and_a_node_that_is_behind_vote_on_nothing() -> None:
    for view, code in ((replace(JOINING, halted=True), "halted"), (replace(JOINING, syncing=True), "syncing")):
        plan = planned(view)
        assert (plan.step, codes(plan)) == (None, [[code]])
    assert codes(planned(replace(JOINING, at_work=frozenset({A, B})))) == [["halted"]]


def test_a_key_that_was_replaced_goes_first_where_it_is_down_and_the_new_one_comes_next() -> None:
    plan = planned(ROTATED)
    assert what(plan) == (D, False)
    assert codes(plan) == [[], ["one-at-a-time"]]
    assert plan.changes[0].province is None  # no row names the old key any more
    after = replace(ROTATED, validators=frozenset({A, B, C}))
    assert what(planned(after)) == (NEW, True)


def test_an_old_key_that_still_seals_stays_until_the_new_one_is_in() -> None:
    sealing = replace(ROTATED, at_work=ROTATED.validators)
    assert what(planned(sealing)) == (NEW, True)
    unready = replace(sealing, present=frozenset())
    assert codes(planned(unready)) == [["not-synced"], ["replacement-first"]]
    assert what(planned(replace(unready, at_once=frozenset({D})))) == (D, False)


def test_a_validator_that_no_row_names_stays_while_a_member_has_no_row_here() -> None:
    plan = planned(replace(CALM, validators=CALM.validators | {E}, at_work=CALM.at_work | {E}, keyless=(500000,)))
    assert (plan.step, codes(plan), plan.settled) == (None, [["replacement-first"]], False)


def test_the_change_that_has_votes_is_finished_first() -> None:
    two = replace(JOINING, wanted={**JOINING.wanted, NEW: 510000}, connected=JOINING.connected | {NEW})
    two = replace(two, present=frozenset({E, NEW}))
    assert what(planned(two)) == (E, True)
    assert what(planned(replace(two, ballots=frozenset({Ballot(B, NEW, admit=True)})))) == (NEW, True)


def test_nothing_is_begun_while_others_vote_on_what_is_not_safe_or_not_asked_for() -> None:
    two = replace(JOINING, wanted={**JOINING.wanted, NEW: 510000}, connected=JOINING.connected | {NEW})
    unsafe = replace(two, ballots=frozenset({Ballot(B, NEW, admit=True)}))
    assert (planned(unsafe).step, codes(planned(unsafe))) == (None, [["other-under-way"], ["not-synced"]])
    foreign = replace(JOINING, ballots=frozenset({Ballot(B, NEW, admit=True)}))
    assert (planned(foreign).step, codes(planned(foreign))) == (None, [["not-asked-for"]])
    done = replace(JOINING, ballots=frozenset({Ballot(B, D, admit=True)}))
    assert what(planned(done)) == (E, True)


def test_one_that_was_expelled_cannot_vote_its_own_removal_away() -> None:
    """Its node still seals, and could vote in each of its blocks for a stranger or for what is not safe."""
    leaving_and_joining = replace(LEAVING, wanted={**LEAVING.wanted, E: 500000})
    for nonsense in (Ballot(D, NEW, admit=True), Ballot(D, B, admit=False), Ballot(D, E, admit=True)):
        expelled = replace(LEAVING, ballots=frozenset({nonsense}))
        assert what(planned(expelled)) == (D, False), nonsense
    waiting = replace(leaving_and_joining, at_work=frozenset({A, B, C}), ballots=frozenset({Ballot(D, E, admit=True)}))
    assert what(planned(waiting)) == (D, False)
    told = planned(replace(JOINING, ballots=frozenset({Ballot(B, NEW, admit=True)}))).changes[0].waits[0]
    assert "expel" in told.zh  # of a member in force it is said what ends it
    assert "expel" in told.en


def test_a_stolen_key_goes_at_once_whatever_others_vote_on() -> None:
    stolen = replace(ROTATED, at_work=ROTATED.validators, present=frozenset(), at_once=frozenset({D}))
    for ballot in (Ballot(B, E, admit=True), Ballot(B, NEW, admit=True)):
        assert what(planned(replace(stolen, ballots=frozenset({ballot})))) == (D, False)
    few = replace(stolen, at_work=frozenset({B, D}), validators=frozenset({B, C, D}))
    assert codes(planned(few))[-1] == ["below-quorum"]  # never below what the chain needs


def test_a_majority_that_takes_the_vote_of_the_one_that_leaves_is_named() -> None:
    two = replace(LEAVING, validators=frozenset({A, D}), at_work=frozenset({A, D}), wanted={A: 310000})
    assert (what(planned(two)), planned(two).leavers) == ((D, False), (D,))
    half = replace(LEAVING, wanted={A: 310000, B: 320000})
    assert planned(half).leavers == (C, D)
    assert planned(LEAVING).leavers == ()


def test_own_votes_that_are_over_or_no_longer_safe_are_taken_back() -> None:
    assert planned(replace(CALM, own_votes={E: True})).discard == (E,)
    unsafe = replace(LEAVING, at_work=frozenset({A, B, D}), own_votes={D: False})
    assert planned(unsafe).discard == (D,)
    assert planned(replace(LEAVING, own_votes={D: False})).discard == ()
    assert planned(replace(LEAVING, own_votes={D: True})).discard == (D,)


def test_votes_are_counted_of_validators_in_force() -> None:
    voted = frozenset({Ballot(B, E, admit=True), Ballot(NEW, E, admit=True), Ballot(A, E, admit=True)})
    plan = planned(replace(JOINING, ballots=voted))
    assert plan.step is not None
    assert plan.step.voters == (B,)  # NEW is no validator, and what A votes for is known from A's own node
    own = planned(replace(JOINING, ballots=voted, own_votes={E: True}))
    assert own.step is not None
    assert own.step.voters == (A, B)


PEOPLE = tuple(f"0x{number:040x}" for number in range(1, 10))


@st.composite
def views(draw: st.DrawFn) -> View:
    """Any view of up to nine nodes; in most little is amiss, or nothing would ever be voted on."""
    few = st.frozensets(st.sampled_from(PEOPLE), max_size=2)
    validators = draw(st.frozensets(st.sampled_from(PEOPLE), min_size=1))
    changed = draw(st.one_of(few, st.frozensets(st.sampled_from(PEOPLE))))
    ballot = st.builds(Ballot, st.sampled_from(PEOPLE), st.sampled_from(PEOPLE), st.booleans())
    seldom = st.integers(0, 9).map(lambda number: number == 0)
    return View(
        rule=draw(st.sampled_from(Rule)),
        own=draw(st.sampled_from(PEOPLE)),
        validators=validators,
        at_work=validators - draw(few),
        wanted={one: 110000 + 10000 * number for number, one in enumerate(sorted(validators ^ changed))},
        keyless=(650000,) if draw(seldom) else (),
        connected=frozenset(PEOPLE) - draw(few),
        present=frozenset(PEOPLE) - draw(few),
        ballots=draw(st.one_of(st.just(frozenset[Ballot]()), st.frozensets(ballot, max_size=4))),
        own_votes=draw(st.dictionaries(st.sampled_from(PEOPLE), st.booleans(), max_size=2)),
        at_once=draw(few),
        halted=draw(seldom),
        syncing=draw(seldom),
    )


@given(views())
def test_no_step_leaves_fewer_at_work_than_the_quorum_even_if_the_newcomer_fails(view: View) -> None:
    step = planned(view).step
    if step is None:
        return
    after = view.validators | {step.address} if step.admit else view.validators - {step.address}
    left = view.at_work - {step.address}
    assert len(left) + step.admit >= view.rule.quorum(len(after))
    if len(view.validators) > 1:
        assert len(left) >= view.rule.quorum(len(after))


@st.composite
def leavings(draw: st.DrawFn) -> View:
    """Views of networks of which one or two leave, and nothing else is amiss but that some may be down."""
    validators = draw(st.frozensets(st.sampled_from(PEOPLE), min_size=2))
    down = draw(st.frozensets(st.sampled_from(PEOPLE), max_size=1))
    going = draw(st.frozensets(st.sampled_from(sorted(validators)), min_size=1, max_size=2))
    return View(
        rule=draw(st.sampled_from(Rule)),
        own=min(validators),
        validators=validators,
        at_work=validators - down,
        wanted={one: 110000 + 10000 * number for number, one in enumerate(sorted(validators - going))},
        connected=frozenset(PEOPLE),
    )


@given(leavings())
def test_a_validator_leaves_only_where_all_others_work_and_one_of_them_could_fail(view: View) -> None:
    step = planned(view).step
    if step is None:
        return
    left = view.validators - {step.address}
    assert left <= view.at_work
    if len(left) > 2:
        assert len(left) - 1 >= view.rule.quorum(len(left))


@given(views())
def test_every_change_that_is_not_voted_on_says_why(view: View) -> None:
    plan = planned(view)
    for change in plan.changes:
        assert bool(change.waits) is (change is not plan.step)
        for wait in change.waits:
            assert wait.zh
            assert wait.en
    assert plan.settled or plan.changes or plan.keyless


@given(views())
def test_at_most_one_vote_is_kept(view: View) -> None:
    plan = planned(view)
    kept = view.own_votes.keys() - set(plan.discard)
    assert kept <= ({plan.step.address} if plan.step else set())


@given(views())
def test_a_step_is_asked_for_by_the_members_and_takes_more_than_half(view: View) -> None:
    step = planned(view).step
    if step is None:
        return
    assert step.admit is (step.address in view.wanted)
    assert step.admit is (step.address not in view.validators)
    assert step.needed == majority(len(view.validators))
    if step.admit:
        assert step.address in view.present
