"""Naming what is wrong with one subject's events: first from what was served, then by asking again in other ways."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gateway.audit.completeness.evidence import Receipts, told_by
from gateway.audit.completeness.naming import At, compare, guess, reconstruct
from gateway.audit.completeness.sightings import Sighting, sighting
from gateway.audit.completeness.values import Finding, Wrong
from gateway.domain.errors import HurenError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gateway.audit.completeness.evidence import Spans
    from gateway.audit.completeness.stream import ReadContract, Stream, Streams
    from gateway.audit.completeness.witnesses import Witness
    from gateway.ledger.calls import ChainCalls


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

    def findings(self) -> list[Finding]:
        """Return what asking again brought to light about whole blocks."""
        return self._receipts.findings

    def name(self, case: Case) -> list[Finding]:
        """Return what is wrong with a subject's events: at least one finding."""
        served, start = _served(case)
        truth = reconstruct(start, served, case.end)
        if truth is None:
            for more in self._asked_again(case, served, start):
                truth = reconstruct(start, [*more, *served], case.end)
                if truth is not None:
                    break
        found = guess(served, start, case.end) if truth is None else compare(truth, served)
        if not found:
            found = [Finding(what=Wrong.HEAD, sequence=case.end.sequence)]
        told = {"contract": case.contract.name, "address": case.contract.address, "subject": case.subject}
        return [replace(one, **told) for one in found]  # type: ignore[arg-type]

    def _asked_again(self, case: Case, served: list[Sighting], start: At) -> Iterator[list[Sighting]]:
        """Yield more and more events for the pool: around the breaks first, then around all that is kept.

        Of each, what the node's own receipts say, then what witnesses say.
        """
        near = self._breaks(served, start, case.end)
        wide: Spans = [(served[0].block if served else self._first, self._last)]
        address, more = case.contract.address, list[Sighting]()
        for spans in (near, wide):
            with suppress(HurenError):  # silence here names nothing, and excuses nothing
                more = self._receipts.sightings(case.streams, address, spans) + more
            yield more
            for witness in self._witnesses:
                more = told_by(witness.calls, witness.url, case.streams, address, spans) + more
                yield more

    def _breaks(self, served: list[Sighting], start: At, end: At) -> Spans:
        """The blocks between which something does not fit, both ends included."""
        spans: Spans = []
        before, block = start, self._first
        for seen in served:
            if seen.sequence != before.sequence + 1 or not seen.continues(before.head):
                spans.append((min(block, seen.block), max(block, seen.block)))
            before, block = At(seen.sequence, seen.content.head), seen.block
        if before != end:
            spans.append((min(block, self._last), self._last))
        return [(max(first, self._first), min(last, self._last)) for first, last in spans]


def _served(case: Case) -> tuple[list[Sighting], At]:
    """Return what was served and is kept, in the order of its places, and the head before it."""
    stream, streams = case.stream, case.streams
    fitted = [(log, time) for _, time, log in stream.recent]
    kept = [*fitted, *((log, time) for time, log in stream.rest)]
    seen = [one for log, time in kept if (one := sighting(streams, log, time)) is not None]
    start = case.begun
    if stream.recent and case.end.sequence > stream.sequence - len(stream.recent):
        start = At(stream.sequence - len(stream.recent), stream.recent[0][0])
    return sorted(seen, key=lambda one: one.place), start
