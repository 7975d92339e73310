"""What asks for a second look, as of a block: `huren audit findings`.

    findings = FindingBook(database, deployment.chain_id, clock).at(block, Thresholds())
    findings.above(Severity.WARNING)

Everything but what is marked ``local`` follows from chain events up to the block: any gateway finds the same, and the
hash says so. What only a centre can see (certificate numbers) is `gateway.audit.findings.numbers`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.audit.findings import law as findings_law
from gateway.audit.findings import officers as findings_officers
from gateway.audit.findings import transfers as findings_transfers
from gateway.audit.findings.claims import of_claims
from gateway.audit.findings.flagged import of_flagged
from gateway.audit.findings.values import Finding, Findings, Thresholds
from gateway.audit.reports.figures_law import EVENTS, rules_in_force
from gateway.ledger.reader import institution_text
from gateway.ledger.recognition_events import RecognitionEvents

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Connection

    from gateway.ledger.recognition_events import Happened
    from gateway.ledger.values import BlockRef
    from gateway.store.engine import Database


class FindingBook:
    """Looks through the index."""

    def __init__(self, database: Database, chain_id: int) -> None:
        """Read from ``database``, which holds the chain of that number."""
        self._database = database
        self._chain_id = chain_id
        self._events = RecognitionEvents(database)

    def at(self, block: BlockRef, limits: Thresholds, more: Iterable[Finding] = ()) -> Findings:
        """Everything found as of ``block``, with ``more`` that was found elsewhere, the gravest first."""
        law = self._events.read(*EVENTS)
        programmes = self._events.read("ProgrammeDeclared")
        with self._database.read() as connection:
            found = [*self._look(connection, block, limits, law, programmes), *more]
        return Findings(self._chain_id, block, limits, tuple(sorted(found, key=lambda one: one.key)))

    def _look(
        self,
        connection: Connection,
        block: BlockRef,
        limits: Thresholds,
        law: list[Happened],
        programmes: list[Happened],
    ) -> Iterator[Finding]:
        declared = _declared(programmes, block)
        windows = {key: int(told["window"]) for key, told in declared.items()}
        headcounts = {key: int(told["headcount"]) for key, told in declared.items()}
        rules = rules_in_force(law, block)
        yield from findings_transfers.of_caps(connection, block, _caps(law, block), windows, limits.cap_percent)
        yield from findings_transfers.of_rates(connection, block, limits)
        yield from findings_transfers.of_headcounts(connection, block, headcounts)
        yield from findings_transfers.of_deadlines(connection, block)
        yield from findings_officers.of_decisions(connection, block, limits.officer_days)
        yield from of_claims(connection, block)
        yield from of_flagged(connection, block)
        yield from findings_law.of_rules(connection, block, rules, limits.unused_days)
        yield from findings_officers.of_approvals(connection, block, limits.officer_days)
        yield from findings_law.of_batches(connection, block, limits.unattested_days)
        yield from findings_law.of_manifests(connection, block)


def _declared(events: Iterable[Happened], block: BlockRef) -> dict[tuple[str, bytes], Any]:
    """The last declaration of each programme."""
    return {
        (institution_text(_bytes(event.fields["institution"])), _bytes(event.fields["programme"])): event.fields
        for event in events
        if event.block <= block.number
    }


def _caps(events: Iterable[Happened], block: BlockRef) -> dict[tuple[bytes, int], int]:
    """The cap of every rule ever proposed, by agreement and number from 0."""
    return {
        (event.about, number): int(rule["cap"])
        for event in events
        if event.name == "AgreementProposed" and event.about is not None and event.block <= block.number
        for number, rule in enumerate(event.fields["terms"]["rules"])
    }


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text[2:])
