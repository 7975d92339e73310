"""Which event is wrong, where the events served for a subject do not give the head that was proven.

    truth = reconstruct(starts, pool, proven)        # the one list of events that leads to the head, or None
    compare(truth, served)                           # what was served differs from it so
    guess(served, start, proven)                     # without the truth: what numbers and heads alone tell

A head commits to everything before it: a list that leads to it is the only one that can (keccak-256), whoever the
single events were had from. So events asked again, of the same node in another way or of another member's, need not be
believed: either they complete the list, or they are of no use.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from gateway.audit.completeness.sightings import Sighting, differences
from gateway.audit.completeness.values import Finding, Wrong

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gateway.audit.completeness.sightings import Content

NAMED: Final = 200
"""Events of one subject named singly; further ones are told as runs."""


@dataclass(frozen=True, slots=True)
class At:
    """A point of a subject's history: after event `sequence` its head was `head`."""

    sequence: int
    head: bytes


def reconstruct(start: At, pool: Iterable[Sighting], end: At) -> list[Sighting] | None:
    """Return the events, out of `pool`, that lead from `start` to `end`; None where some lack."""
    by_number: dict[int, list[Sighting]] = defaultdict(list)
    for seen in pool:
        by_number[seen.sequence].append(seen)
    ways: dict[bytes, tuple[bytes, Sighting] | None] = {start.head: None}
    front = [start.head]
    for number in range(start.sequence + 1, end.sequence + 1):
        following = []
        for head in front:
            for seen in by_number.get(number, ()):
                if seen.content.head not in ways and seen.continues(head):
                    ways[seen.content.head] = head, seen
                    following.append(seen.content.head)
        if not following:
            return None
        front = following
    if end.head not in ways:
        return None
    way: list[Sighting] = []
    at = end.head
    while (step := ways[at]) is not None:
        at, seen = step
        way.append(seen)
    return way[::-1]


def compare(truth: Sequence[Sighting], served: Sequence[Sighting]) -> list[Finding]:
    """Return how what was `served`, in the order of its places, differs from the `truth`."""
    genuine = {seen.content: seen for seen in truth}
    findings: list[Finding] = []
    given: dict[Content, Sighting] = {}
    rest: list[Sighting] = []
    latest: Sighting | None = None
    for seen in served:
        if seen.content not in genuine:
            rest.append(seen)
        elif seen.content in given:
            findings.append(_of(Wrong.DUPLICATED, seen, why=f"= {given[seen.content].place}"))
        else:
            given[seen.content] = seen
            if latest is not None and seen.sequence < latest.sequence:
                findings.append(_of(Wrong.REORDERED, seen, why=f"< {latest.sequence}"))
            else:
                latest = seen
    for real in truth:
        own = given.get(real.content)
        if own is not None:
            if (own.place, own.log.transactionHash) != (real.place, real.log.transactionHash):
                findings.append(_differing(Wrong.REORDERED, own, real))
            continue
        other = _instead(real, rest)
        if other is None:
            findings.append(_of(Wrong.MISSING, real))
            continue
        rest.remove(other)
        moved = other.content._replace(time=real.content.time) == real.content
        findings.append(_differing(Wrong.REORDERED if moved else Wrong.ALTERED, other, real))
    findings += [_of(Wrong.INVENTED, seen) for seen in rest]
    return runs(findings)


def guess(served: Sequence[Sighting], start: At, end: At) -> list[Finding]:
    """Return what numbers and heads tell of `served`, events after `start` in the order of their places."""
    numbers: dict[int, dict[Content, Sighting]] = defaultdict(dict)
    findings: list[Finding] = []
    highest = start.sequence
    for seen in served:
        same = numbers[seen.sequence]
        if seen.content in same:
            findings.append(_of(Wrong.DUPLICATED, seen, why=f"= {same[seen.content].place}"))
            continue
        same[seen.content] = seen
        if not start.sequence < seen.sequence <= end.sequence:
            findings.append(_of(Wrong.INVENTED, seen))
        elif seen.sequence < highest and len(same) == 1:
            findings.append(_of(Wrong.REORDERED, seen, why=f"< {highest}"))
        highest = max(highest, seen.sequence if seen.sequence <= end.sequence else highest)
    heads = {start.sequence: {start.head}} | {number: {one.head for one in same} for number, same in numbers.items()}
    for number in range(start.sequence + 1, end.sequence + 1):
        same = numbers.get(number, {})
        before, after = heads.get(number - 1, set()), numbers.get(number + 1, {})
        linked = [
            seen
            for seen in same.values()
            if any(map(seen.continues, before)) or any(next_.continues(seen.content.head) for next_ in after.values())
        ]
        if len(same) > 1:
            findings += [_of(Wrong.INVENTED, seen) for seen in same.values() if seen not in linked]
        elif same and before:
            [seen] = same.values()
            if not any(map(seen.continues, before)):
                findings.append(_of(Wrong.ALTERED, seen, why="or one before it"))
    findings += _gaps(served, sorted(numbers), start, end)
    if not findings and served:
        findings.append(_of(Wrong.HEAD, served[-1]))
    return runs(findings)


def runs(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings with what lacks told as runs beyond the first few."""
    told: list[Finding] = []
    singles = 0
    for finding in findings:
        last = told[-1] if told else None
        if finding.what is not Wrong.MISSING or finding.sequence is None or singles < NAMED:
            singles += finding.what is Wrong.MISSING
            told.append(finding)
        elif last is not None and last.what is Wrong.MISSING and (last.until or last.sequence) == finding.sequence - 1:
            told[-1] = replace(
                last, until=finding.until or finding.sequence, event=None, kind=None, block=None, transaction=None
            )
        else:
            told.append(finding)
    return told


def _gaps(served: Sequence[Sighting], numbers: Sequence[int], start: At, end: At) -> list[Finding]:
    """The numbers that nobody was served of, each run with the blocks of the events around it."""
    blocks = {seen.sequence: seen.block for seen in served}
    known = [
        start.sequence,
        *(number for number in numbers if start.sequence < number <= end.sequence),
        end.sequence + 1,
    ]
    example = served[0] if served else None
    return [
        Finding(
            what=Wrong.MISSING,
            contract=None if example is None else example.contract,
            address=None if example is None else example.address,
            subject=None if example is None else example.subject,
            sequence=before + 1,
            until=after - 1,
            between=(blocks[before], blocks[after]) if before in blocks and after in blocks else None,
        )
        for before, after in pairwise(known)
        if after - before > 1
    ]


def _instead(real: Sighting, rest: Sequence[Sighting]) -> Sighting | None:
    """What was served in the place of an event: under its number, or where it was logged."""
    same = [seen for seen in rest if seen.sequence == real.sequence] or [
        seen for seen in rest if seen.place == real.place
    ]
    return min(same, key=lambda seen: len(differences(seen, real)), default=None)


def _of(what: Wrong, seen: Sighting, *, why: str = "") -> Finding:
    return Finding(
        what=what,
        contract=seen.contract,
        address=seen.address,
        subject=seen.subject,
        sequence=seen.sequence,
        event=seen.name,
        kind=seen.content.kind,
        block=seen.block,
        transaction=seen.log.transactionHash,
        evidence=seen.evidence,
        why=why,
    )


def _differing(what: Wrong, served: Sighting, real: Sighting) -> Finding:
    return replace(_of(what, real), fields=differences(served, real))
