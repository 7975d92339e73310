"""Everything that ever happened to a credential, on one page: `huren audit trace HASH`.

    trace = tracer.trace(leaf)
    trace.events        # in the order of the chain, each checked against the head that commits to it
    trace.verdict       # how it stands now

Read from the index at the block that it stands at. Followed are the credentials that took its place and those whose
place it took, the transfers of all of them, and those of any other credential with the same claim. The claim is on the
chain once a transfer opened it; the holder of a certificate can give it from the certificate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from gateway.audit.traces.event_words import EVENTS, told_of
from gateway.audit.traces.values import BatchTrace, ClaimFate, Trace, TracedEvent
from gateway.domain.transfer_words import Stage
from gateway.ledger.reader import institution_text, institution_word
from gateway.ledger.values import KeyKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gateway.audit.traces.event_words import Naming
    from gateway.audit.traces.record import TraceRecord
    from gateway.audit.traces.record_check import RecordCheck
    from gateway.domain.verdict import Verdict
    from gateway.ledger.index_reader import IndexReader
    from gateway.ledger.kept_events import KeptEvent
    from gateway.ledger.transfer_rows import TransferRow

_SCOPES: Final = frozenset({"InstitutionAccredited", "InstitutionNarrowed"})
_STANDINGS: Final = frozenset(
    {"InstitutionSuspended", "InstitutionResumed", "InstitutionWithdrawn", "InstitutionMoved"}
)
_TENURES: Final = {
    "OfficerAppointed": "officer", "OfficerRetired": "officer", "OfficerReported": "officer",
    "KeyAdded": "key", "KeyRetired": "key", "KeyReported": "key",
}  # fmt: skip


class Verifying(Protocol):
    """What answers how a credential stands."""

    def by_hash(self, leaf: bytes) -> Verdict:
        """The verdict on a hash."""


class Tracer:
    """Traces credentials."""

    def __init__(
        self, record: TraceRecord, index: IndexReader, verifier: Verifying, check: RecordCheck, naming: Naming
    ) -> None:
        """Take what it reads from."""
        self._record = record
        self._index = index
        self._verifier = verifier
        self._check = check
        self._naming = naming

    def trace(self, leaf: bytes, claim: tuple[str, bytes] | None = None) -> Trace:
        """Everything about a credential (32 bytes), and about ``claim`` (canonical institution, claim) where given.

        Of a hash that nobody knows there are no events, and ``searched`` says what was looked through.

        Raises:
            IndexUnfilled: the index is empty.
        """
        block, searched = self._record.searched()
        predecessors, successors = self._kin(leaf)
        family = [leaf, *predecessors, *successors]
        batches = {(held.institution, held.root) for one in family for held in self._record.batches_of(one)}
        own = sorted((held.institution, held.root) for held in self._record.batches_of(leaf))
        rows = self._transfers(family, claim)
        events = self._record.statuses(family) + self._record.of_batches(sorted(batches))
        events += [event for row in rows for event in self._record.of_transfer(row)]
        events += self._record.of_agreements(sorted({row.agreement for row in rows}))
        anchored = [self._batch(*pair) for pair in own]
        events += self._institutions([batch for batch in anchored if batch is not None], rows)
        claims = {(row.canonical, row.claim) for row in rows} | ({claim} if claim is not None else set())
        retired = self._record.retirements(sorted({one for _, one in claims}))
        events += retired
        fates = tuple(_fate(canonical, one, rows, retired) for canonical, one in sorted(claims))
        ordered = _in_order(events)
        heads = {(event.contract, event.subject) for event in ordered}
        found = (self._check.subject(*head) for head in sorted(heads))
        return Trace(
            leaf=leaf,
            block=block,
            verdict=self._verifier.by_hash(leaf),
            batches=tuple(batch for batch in anchored if batch is not None),
            predecessors=tuple(predecessors),
            successors=tuple(successors),
            fates=fates,
            events=tuple(TracedEvent(one, told_of(one, self._naming), self._check.event(one)) for one in ordered),
            heads=tuple(head for head in found if head is not None),
            searched=searched,
        )

    def _kin(self, leaf: bytes) -> tuple[list[bytes], list[bytes]]:
        """The credentials whose place it took, nearest first, and those that took its place, to the last."""
        known, before, after = {leaf}, [], []
        todo = [leaf]
        while todo:
            earlier = [event.word("leaf") for event in self._record.superseded_by(todo)]
            todo = [one for one in dict.fromkeys(earlier) if one not in known]
            known.update(todo)
            before += todo
        todo = [leaf]
        while todo:
            later = [event.word("successor") for event in self._record.statuses(todo) if any(event.word("successor"))]
            todo = [one for one in dict.fromkeys(later) if one not in known]
            known.update(todo)
            after += todo
        return before, after

    def _transfers(self, family: Sequence[bytes], claim: tuple[str, bytes] | None) -> list[TransferRow]:
        rows = {row.key: row for leaf in family for row in self._record.transfers_of_leaf(leaf)}
        claims = {(row.canonical, row.claim) for row in rows.values()} | ({claim} if claim is not None else set())
        rows |= {row.key: row for one in claims for row in self._record.transfers_of_claim(*one)}
        return sorted(rows.values(), key=lambda row: (row.requested_block, row.key))

    def _batch(self, institution: str, root: bytes) -> BatchTrace | None:
        """A batch with what stood behind it at the anchor."""
        row = self._record.anchor(institution, root)
        if row is None:
            return None
        at = row.anchored_at
        tenures = dict(self._index.officers_of(institution))
        officer = tenures.get(row.officer)
        block = self._record.block
        [given] = self._index.accreditations([(institution, row.accreditation)], block)
        keys = [
            key.public_key
            for key in self._index.keys_of(institution)
            if key.kind is KeyKind.SIGNING and key.tenure.in_force_at(at)
        ]
        return BatchTrace(
            institution=institution,
            root=root,
            province=row.province,
            anchored_at=at,
            officer=row.officer,
            officer_in_force=officer is not None and officer.in_force_at(at),
            accreditation=given,
            keys=tuple(keys),
        )

    def _institutions(self, batches: Sequence[BatchTrace], rows: Sequence[TransferRow]) -> list[KeptEvent]:
        """What stood behind the anchors and decisions, and what was reported of it since."""
        people = {(batch.institution, batch.officer) for batch in batches}
        people |= {(batch.institution, key) for batch in batches for key in batch.keys}
        people |= {(row.target_institution, row.decided_by) for row in rows if row.decided_by is not None}
        versions: dict[str, int] = {}
        for batch in batches:
            if batch.accreditation is not None:
                version = batch.accreditation.version
                versions[batch.institution] = min(version, versions.get(batch.institution, version))
        return [
            event
            for institution in sorted({one for one, _ in people} | set(versions))
            for event in self._record.of_institution(institution_word(institution))
            if _concerns(event, versions, people)
        ]


def _concerns(event: KeptEvent, versions: dict[str, int], people: set[tuple[str, bytes]]) -> bool:
    institution = institution_text(event.word("institution"))
    if event.name in _SCOPES | _STANDINGS:
        return institution in versions and int(event.fields["version"]) >= versions[institution]
    return event.name in _TENURES and (institution, event.word(_TENURES[event.name])) in people


def _fate(canonical: str, claim: bytes, rows: Iterable[TransferRow], retired: Iterable[KeptEvent]) -> ClaimFate:
    """What the ClaimBook says of a claim, derived from what happened to it."""
    mine = [row for row in rows if (row.canonical, row.claim) == (canonical, claim)]
    for event in retired:
        if (institution_text(event.word("institution")), event.word("claim")) == (canonical, claim):
            return ClaimFate(canonical, claim, "retired", None)
    for row in mine:
        name = "-".join(map(str, row.key))
        if row.stage == Stage.REQUESTED:
            return ClaimFate(canonical, claim, "requested", name)
        if row.stage == Stage.ACCEPTED or row.spent:
            return ClaimFate(canonical, claim, "used", name)
    return ClaimFate(canonical, claim, "free", None)


def _in_order(events: Iterable[KeptEvent]) -> list[KeptEvent]:
    """Each once, in the order of the chain; what cannot be told is no part of a history."""
    found = {(event.contract, event.subject, event.sequence): event for event in events if event.name in EVENTS}
    return sorted(found.values(), key=lambda event: event.place)
