"""Which event is wrong, where the events served for a subject do not give the head that was proven.

    truth = reconstruct(start, pool, runs, proven)         # the one list of events that leads to the head, or None
    compare(truth, served)                                 # what was served differs from it so
    guess(served, runs, start, proven)                     # without the truth: what numbers and heads alone tell

A head commits to everything before it: a list that leads to it is the only one that can (keccak-256), whoever the
single events were had from. So events asked again, of the same node in another way or of another member's, need not be
believed: either they complete the list, or they are of no use.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from gateway.audit.completeness.sightings import Sighting, differences
from gateway.audit.completeness.values import Finding, Wrong
from gateway.domain.errors import Said

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gateway.audit.completeness.sightings import Content

OR_BEFORE: Final = Said("是它，或它之前的某一个", "this one or one before it")
NAMED: Final = 200
"""Events of one subject named singly; further ones are told as runs."""


@dataclass(frozen=True, slots=True)
class At:
    """A point of a subject's history: after event `sequence` its head was `head`."""

    sequence: int
    head: bytes


@dataclass(frozen=True, slots=True)
class Run:
    """Events each of which continues the one before it, checked when they were read and not kept: from, to."""

    start: At
    end: At


def reconstruct(start: At, pool: Iterable[Sighting], runs_: Iterable[Run], end: At) -> list[Sighting] | None:
    """Return the events, out of `pool`, that with `runs_` lead from `start` to `end`; None where some lack."""
    by_number: dict[int, list[Sighting]] = defaultdict(list)
    for seen in pool:
        by_number[seen.sequence].append(seen)
    skips = {run.start: run.end for run in runs_}
    ways: dict[At, tuple[At, Sighting | None] | None] = {start: None}
    front = [start]
    while front and end not in ways:
        at = front.pop()
        steps: list[tuple[At, Sighting | None]] = [(skips[at], None)] if at in skips else []
        steps += [
            (At(seen.sequence, seen.content.head), seen)
            for seen in by_number.get(at.sequence + 1, ())
            if seen.continues(at.head)
        ]
        for reached, taken in steps:
            if reached not in ways:
                ways[reached] = at, taken
                front.append(reached)
    if end not in ways:
        return None
    way: list[Sighting] = []
    step = ways[end]
    while step is not None:
        before, taken = step
        way += [] if taken is None else [taken]
        step = ways[before]
    return way[::-1]


def compare(truth: Sequence[Sighting], served: Sequence[Sighting]) -> list[Finding]:
    """Return how what was `served`, in the order of its places, differs from the `truth`."""
    genuine = {seen.content: seen for seen in truth}
    findings: list[Finding] = []
    given: dict[Content, Sighting] = {}
    rest: list[Sighting] = []
    late: dict[Content, Finding] = {}
    latest: Sighting | None = None
    for seen in served:
        if seen.content not in genuine:
            rest.append(seen)
        elif seen.content in given:
            findings.append(_of(Wrong.DUPLICATED, seen, why=_as(given[seen.content])))
        else:
            given[seen.content] = seen
            if latest is not None and seen.sequence < latest.sequence:
                late[seen.content] = _of(Wrong.REORDERED, seen, why=_after(latest.sequence))
            else:
                latest = seen
    for real in truth:
        own = given.get(real.content)
        if own is not None:
            if (own.place, own.log.transactionHash) != (real.place, real.log.transactionHash):
                late[real.content] = _differing(Wrong.REORDERED, own, real)
            continue
        other = _instead(real, rest)
        if other is None:
            findings.append(_of(Wrong.MISSING, real))
            continue
        rest.remove(other)
        moved = other.content._replace(time=real.content.time) == real.content
        findings.append(_differing(Wrong.REORDERED if moved else Wrong.ALTERED, other, real))
    findings += [*late.values(), *(_of(Wrong.INVENTED, seen) for seen in rest)]
    return runs(sorted(findings, key=lambda one: one.sequence or 0))


def guess(served: Sequence[Sighting], runs_: Sequence[Run], start: At, end: At) -> list[Finding]:
    """Return what numbers and heads tell of `served`, in the order of its places, with `runs_` between them."""
    numbers: dict[int, dict[Content, Sighting]] = defaultdict(dict)
    findings: list[Finding] = []
    highest = start.sequence
    for seen in served:
        same = numbers[seen.sequence]
        if seen.content in same:
            findings.append(_of(Wrong.DUPLICATED, seen, why=_as(same[seen.content])))
            continue
        same[seen.content] = seen
        if not start.sequence < seen.sequence <= end.sequence:
            findings.append(_of(Wrong.INVENTED, seen))
        elif seen.sequence < highest and len(same) == 1:
            findings.append(_of(Wrong.REORDERED, seen, why=_after(highest)))
        highest = max(highest, seen.sequence if seen.sequence <= end.sequence else highest)
    findings += _unlinked(numbers, runs_, start, end) + _gaps(served, runs_, start, end)
    if not findings and served:
        findings.append(_of(Wrong.HEAD, served[-1]))
    return runs(findings)


def _unlinked(numbers: dict[int, dict[Content, Sighting]], runs_: Sequence[Run], start: At, end: At) -> list[Finding]:
    """What continues nothing that was served before it: altered, or one too many where another has its number."""
    heads: dict[int, set[bytes]] = defaultdict(set)
    for at in (start, *(run.end for run in runs_)):
        heads[at.sequence].add(at.head)
    for number, same in numbers.items():
        heads[number] |= {one.head for one in same}
    findings: list[Finding] = []
    for number, same in sorted(numbers.items()):
        if not start.sequence < number <= end.sequence:
            continue
        before, after = heads[number - 1], numbers.get(number + 1, {}).values()
        forward = [seen for seen in same.values() if any(map(seen.continues, before))]
        backward = [seen for seen in same.values() if any(next_.continues(seen.content.head) for next_ in after)]
        if len(same) > 1:
            findings += [_of(Wrong.INVENTED, seen) for seen in same.values() if seen not in (*forward, *backward)]
        elif before and not forward:
            findings += [_of(Wrong.ALTERED, seen, why=OR_BEFORE) for seen in same.values()]
    return findings


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


def _gaps(served: Sequence[Sighting], runs_: Sequence[Run], start: At, end: At) -> list[Finding]:
    """The numbers that nothing was served of, each stretch with the blocks of the events around it."""
    blocks = {seen.sequence: seen.block for seen in served}
    stretches = [(number, number) for number in blocks] + [(run.start.sequence + 1, run.end.sequence) for run in runs_]
    findings = []
    reached = start.sequence
    for first, last in [*sorted(stretches), (end.sequence + 1, end.sequence + 1)]:
        if first > reached + 1 and reached < end.sequence:
            until = min(first - 1, end.sequence)
            around = (blocks[reached], blocks[first]) if reached in blocks and first in blocks else None
            findings.append(Finding(what=Wrong.MISSING, sequence=reached + 1, until=until, between=around))
        reached = max(reached, last)
    return findings


def _instead(real: Sighting, rest: Sequence[Sighting]) -> Sighting | None:
    """What was served in the place of an event: under its number, or where it was logged."""
    same = [seen for seen in rest if seen.sequence == real.sequence] or [
        seen for seen in rest if seen.place == real.place
    ]
    return min(same, key=lambda seen: len(differences(seen, real)), default=None)


def _of(what: Wrong, seen: Sighting, *, why: str | Said = "") -> Finding:
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


def _as(other: Sighting) -> Said:
    block, number = other.place
    return Said(f"与区块 {block} 第 {number} 条日志相同", f"the same as log {number} of block {block}")


def _after(sequence: int) -> Said:
    return Said(f"排在第 {sequence} 号之后", f"after event {sequence}")


def _differing(what: Wrong, served: Sighting, real: Sighting) -> Finding:
    return replace(_of(what, real), fields=differences(served, real))
