"""Step 7, shared by hashes and files: what is the standing of a leaf, given its batches and its own status?

A leaf is good if its own status is valid and at least one batch of its institution that holds it is in force: anchoring
again is how good leaves leave a revoked batch. Where several institutions anchored the same hash, only one of them can
be the leaf's own (the institution is inside the leaf), and a hash alone does not tell which: the worst standing counts,
so that nobody can cover a revoked credential by anchoring its hash in a batch of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.domain.errors import Said
from gateway.domain.verdict import BatchNote, Kind, StatusNote
from gateway.ledger.values import Reason as LedgerReason
from gateway.ledger.values import Status
from gateway.verification.errors import BatchRevoked, BatchSuspended, Finding, LeafRevoked, LeafSuspended

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gateway.ledger.values import Anchor, LeafState
    from gateway.verification.ports import NameBook

REASON_WORDS = {
    LedgerReason.NONE: ("未说明", "none given"),
    LedgerReason.ERROR: ("填写错误", "error"),
    LedgerReason.WITHDRAWN: ("撤回", "withdrawn"),
    LedgerReason.SUPERSEDED: ("已由新证书取代", "superseded"),
    LedgerReason.FRAUD: ("欺诈", "fraud"),
}
"""The coarse public reasons in both languages."""

_SEVERITY = {Kind.REGISTERED: 0, Kind.SUSPENDED: 1, Kind.REVOKED: 2}


@dataclass(frozen=True, slots=True)
class Standing:
    """The outcome of step 7: ``REGISTERED`` where nothing speaks against the leaf."""

    kind: Kind
    finding: Finding | None = None
    note: StatusNote | None = None


def reason_said(reason: LedgerReason) -> Said:
    """A public reason in both languages."""
    return Said(*REASON_WORDS[reason])


def of_institution(batches: Sequence[Anchor], state: LeafState) -> Standing:
    """The standing of a leaf at one institution, given its batches there (at least one) and its own status."""
    if state.status is not Status.VALID:
        revoked = state.status is Status.REVOKED
        kind, finding = (Kind.REVOKED, LeafRevoked) if revoked else (Kind.SUSPENDED, LeafSuspended)
        note = StatusNote(kind.value, state.reason.name.lower(), state.since, state.set_by, state.successor)
        return Standing(kind, finding(reason_said(state.reason)), note)
    best = min(batches, key=lambda batch: batch.status)
    if best.status is Status.VALID:
        return Standing(Kind.REGISTERED)
    revoked = best.status is Status.REVOKED
    kind, batch_finding = (Kind.REVOKED, BatchRevoked) if revoked else (Kind.SUSPENDED, BatchSuspended)
    note = StatusNote(kind.value, best.reason.name.lower(), best.since, best.set_by)
    return Standing(kind, batch_finding(reason_said(best.reason)), note)


def worst(standings: Iterable[Standing]) -> Standing:
    """The standing that counts where several institutions anchored one hash."""
    return max(standings, key=lambda standing: _SEVERITY[standing.kind])


def notes_of(batches: Iterable[Anchor], names: NameBook) -> tuple[BatchNote, ...]:
    """The batches as a verdict names them, oldest first."""
    return tuple(
        BatchNote(
            batch.institution,
            names.name_of(batch.institution),
            batch.root,
            batch.province,
            batch.anchored_at,
            batch.status.name.lower(),
        )
        for batch in sorted(batches, key=lambda batch: (batch.anchored_at, batch.sequence))
    )
