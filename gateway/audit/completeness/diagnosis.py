"""Naming what is wrong with one subject's events: first from what was served, then by asking again in other ways."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from gateway.audit.completeness.evidence import Receipts, told_by
from gateway.audit.completeness.naming import At, Run, compare, guess, reconstruct
from gateway.audit.completeness.sightings import Sighting, sighting
from gateway.audit.completeness.values import Finding, Wrong
from gateway.domain.errors import HurenError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gateway.audit.completeness.evidence import Spans
    from gateway.audit.completeness.stream import ReadContract, Stream, Streams
    from gateway.audit.completeness.witnesses import Witness
    from gateway.ledger.calls import ChainCalls


CASES: Final = 200
"""Subjects that others are asked about; of more, only what was served is looked at. No liar buys unbounded work."""


@dataclass(frozen=True, slots=True)
class Case:
    """A subject whose events do not give the head proven.

    Attributes:
        streams, contract, subject, stream: what was served.
        begun: where the contract's own events begin; end: where they must lead to.
    """

    streams: Streams
    contract: ReadContract
    subject: int
    begun: At
    end: At
    stream: Stream


class Diagnosis:
    """Names what is wrong; asks the node and its witnesses again where it must."""

    def __init__(self, calls: ChainCalls, witnesses: Sequence[Witness], first: int, last: int) -> None:
        """Ask `calls` and `witnesses`, about blocks `first` to `last`."""
        self._witnesses = witnesses
        self._first = first
        self._last = last
        self._receipts = Receipts(calls)
        self._asked = 0

    def findings(self) -> list[Finding]:
        """Return what asking again brought to light about whole blocks."""
        return self._receipts.findings

    def name(self, case: Case) -> list[Finding]:
        """Return what is wrong with a subject's events; nothing, where only what they continue was wrong."""
        served, runs = _served(case)
        # Asked again even where nothing lacks: receipts tell the places that events have, heads do not.
        pools = ([*more, *served] for more in self._asked_again(case, served))
        tried = (reconstruct(case.begun, pool, runs, case.end) for pool in pools)
        truth = next((found for found in tried if found is not None), None)
        if truth is not None:
            findings = compare(truth, served)
        else:
            findings = guess(served, runs, case.begun, case.end) or [Finding(what=Wrong.HEAD)]
        told = {"contract": case.contract.name, "address": case.contract.address, "subject": case.subject}
        return [replace(one, **told) for one in findings]  # type: ignore[arg-type]

    def _asked_again(self, case: Case, served: list[Sighting]) -> Iterator[list[Sighting]]:
        """Yield more and more events for the pool: around the breaks first, then around all that is kept.

        Of each, what the node's own receipts say, then what witnesses say.
        """
        more: list[Sighting] = []
        self._asked += 1
        if self._asked > CASES:
            yield more
            return
        wide: Spans = [(served[0].block if served else self._first, self._last)]
        address = case.contract.address
        for spans in (self._breaks(case), wide):
            with suppress(HurenError):  # silence here names nothing, and excuses nothing
                more = self._receipts.sightings(case.streams, address, spans) + more
            yield more
            for witness in self._witnesses:
                more = told_by(witness, case.streams, address, case.subject, spans) + more
                yield more

    def _breaks(self, case: Case) -> Spans:
        """The blocks between which something does not fit, both ends included."""
        spans: Spans = []
        block = self._first
        for segment in case.stream.segments:
            if segment.first is not None:
                began = segment.first[1].place[0]
                spans.append((min(block, began), max(block, began)))
                block = began
            block = segment.recent[-1][2].place[0] if segment.recent else block
        now = case.stream.now
        if (now.sequence, now.head) != (case.end.sequence, case.end.head):
            spans.append((block, self._last))
        strays = [log.place[0] for _, log in case.stream.strays]
        spans += [(number, number) for number in strays]
        inside = [(max(first, self._first), min(last, self._last)) for first, last in spans]
        return [(first, last) for first, last in inside if first <= last]


def _served(case: Case) -> tuple[list[Sighting], list[Run]]:
    """Return what was served and is kept, in the order of its places, and the runs between."""
    logs = [(log, time) for time, log in case.stream.strays]
    runs = []
    for segment in case.stream.segments:
        logs += [(log, time) for time, log in filter(None, [segment.first])]
        logs += [(log, time) for _, time, log in segment.recent]
        start = At(segment.start_sequence, segment.start_head)
        if segment.recent and (kept := At(segment.sequence - len(segment.recent), segment.recent[0][0])) != start:
            runs.append(Run(start, kept))
    seen = [one for log, time in logs if (one := sighting(case.streams, log, time)) is not None]
    return sorted(seen, key=lambda one: one.place), runs
