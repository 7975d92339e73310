"""What to vote on next: a pure function of how a member's node sees the network.

Never an admission of one that has not shown that it follows the chain; never one out while another is down; never two
changes at a time; never a set of which fewer than its quorum would be at work. What is voted on holds even if one
validator more fails before the votes are in: a newcomer is admitted only where the larger set could do without it, and
a validator leaves only where all the others are there. One that is down goes first (without it less is needed), then
come the new ones, then go those that work (decision 0266). Who is no member any more counts in the chain's majority and
holds nothing up: its votes for something else are its own affair (decision 0291).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from node.governance import waits
from node.governance.values import Change, Plan, majority

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from node.governance.values import View
    from node.governance.waits import Wait

_LAST: Final = 1 << 32


def planned(view: View) -> Plan:
    """Return what differs between members and validators, and the one step to take now."""
    changes = _differences(view)
    possible = [change for change in changes if not change.waits]
    heard = view.validators & view.wanted.keys() - {view.own}
    others = [change for change in changes if heard & set(change.voters)]
    urgent = next((change for change in possible if change.address in view.at_once and not change.admit), None)
    step = urgent or next((change for change in possible if change in others), None)
    obstacle = None if step is not None else _obstacle(view, changes, others, heard)
    if step is None and obstacle is None:
        step = next(iter(possible), None)
    told = tuple(_told(change, step, obstacle) for change in changes)
    return Plan(
        changes=told,
        step=step,
        discard=_over(view, step),
        announce=_announces(view),
        keyless=view.keyless,
        leavers=_leavers(view, step),
    )


def name_of(address: str, province: int | None) -> str:
    """Return a validator's name in sentences: its province, where a row names it, and the beginning of its address."""
    return f"{address[:10]}…" if province is None else f"{province} ({address[:10]}…)"


def _differences(view: View) -> tuple[Change, ...]:
    """Return every change with what speaks against it by itself, in the order in which they would be made."""
    coming = sorted(view.wanted.keys() - view.validators, key=lambda address: (view.wanted[address], address))
    going = sorted(view.validators - view.wanted.keys(), key=lambda address: (view.owner(address) or _LAST, address))
    dead = [address for address in going if address not in view.at_work]
    alive = [address for address in going if address in view.at_work]
    ordered = [*((one, False) for one in dead), *((one, True) for one in coming), *((one, False) for one in alive)]
    return tuple(_change(view, address, admit=admit) for address, admit in ordered)


def _change(view: View, address: str, *, admit: bool) -> Change:
    voters = {
        ballot.voter
        for ballot in view.ballots
        if (ballot.address, ballot.admit) == (address, admit) and ballot.voter in view.validators - {view.own}
    }
    if view.own_votes.get(address) is admit and view.own in view.validators:
        voters.add(view.own)
    return Change(
        address=address,
        province=view.owner(address),
        admit=admit,
        voters=tuple(sorted(voters)),
        needed=majority(len(view.validators)),
        waits=tuple(_against(view, address, admit=admit)),
    )


def _against(view: View, address: str, *, admit: bool) -> Iterator[Wait]:
    working, size = len(view.at_work), len(view.validators)
    if view.syncing:
        yield waits.syncing()
    elif view.halted or working < view.rule.quorum(size):
        yield waits.halted(working, view.rule.quorum(size))
    elif admit:
        yield from _against_admitting(view, address, working, size)
    else:
        yield from _against_removing(view, address, working, size)


def _against_admitting(view: View, address: str, working: int, size: int) -> Iterator[Wait]:
    name = name_of(address, view.owner(address))
    if address not in view.connected and address != view.own:
        yield waits.not_connected(name)
    if address not in view.present:
        yield waits.not_present(name)
    if working < view.rule.quorum(size + 1) and size > 1:  # one alone must find a second somehow
        yield waits.no_slack(working, view.rule.quorum(size + 1))


def _against_removing(view: View, address: str, working: int, size: int) -> Iterator[Wait]:
    down = view.validators - view.at_work - {address}
    left = working - (address in view.at_work)
    needed = view.rule.quorum(size - 1)
    if left < needed:
        yield waits.below_quorum(left, needed)
    if address in view.at_once:
        return
    if down:
        yield waits.others_down(_names(view, sorted(down)))
    lacking = sorted({*view.keyless, *(view.wanted[one] for one in view.wanted.keys() - view.validators)})
    if lacking and address in view.at_work:
        yield waits.successor_first(map(str, lacking))


def _obstacle(view: View, changes: Iterable[Change], others: Sequence[Change], heard: frozenset[str]) -> Wait | None:
    """Return why nothing is begun: votes of other members for what is not safe now, or is not asked for here."""
    if others:
        unsafe = others[0]
        return waits.other_under_way(name_of(unsafe.address, unsafe.province), _names(view, unsafe.voters))
    known = {(change.address, change.admit) for change in changes}
    foreign = sorted(
        ballot
        for ballot in view.ballots
        if ballot.voter in heard
        and ballot.admit is not (ballot.address in view.validators)  # otherwise it is done already
        and (ballot.address, ballot.admit) not in known
    )
    if not foreign:
        return None
    address = foreign[0].address
    voters = sorted({ballot.voter for ballot in foreign if ballot.address == address})
    return waits.not_asked_for(name_of(address, view.owner(address)), _names(view, voters))


def _leavers(view: View, step: Change | None) -> tuple[str, ...]:
    """Return who has to vote for `step` though it is no member any more, because the members at work are too few."""
    if step is None or len(view.at_work & view.wanted.keys()) >= step.needed:
        return ()
    return tuple(sorted(view.at_work - view.wanted.keys()))


def _names(view: View, addresses: Iterable[str]) -> tuple[str, ...]:
    return tuple(name_of(one, view.owner(one)) for one in addresses)


def _told(change: Change, step: Change | None, obstacle: Wait | None) -> Change:
    """Return the change with what stands in its way besides itself."""
    if change is step or change.waits:
        return change
    if step is not None:
        return replace(change, waits=(waits.after(name_of(step.address, step.province)),))
    return change if obstacle is None else replace(change, waits=(obstacle,))


def _over(view: View, step: Change | None) -> tuple[str, ...]:
    """Return the addresses on which this node votes and should no more."""
    keep = None if step is None else (step.address, step.admit)
    return tuple(sorted(one for one, admit in view.own_votes.items() if (one, admit) != keep))


def _announces(view: View) -> bool:
    waits_for_us = view.own in view.wanted and view.own not in view.validators
    return waits_for_us and not view.syncing and (view.own not in view.present or view.renew)
