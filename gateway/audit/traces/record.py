"""What the index holds about a credential: the queries of a trace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

from gateway.audit.errors import IndexUnfilled
from gateway.audit.samples.kept import canonical_of
from gateway.audit.traces.values import Searched
from gateway.domain.transfer_words import Stage
from gateway.ledger.kept_events import kept_event
from gateway.ledger.projection import ANCHORS
from gateway.ledger.reader import institution_word
from gateway.ledger.recognition_events import RECOGNITION
from gateway.ledger.registry_events import REGISTRY, RegistryEvents
from gateway.ledger.transfer_projection import TRANSFERS
from gateway.store.models import ManifestState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Row

    from gateway.ledger.holdings import HeldLeaf, Holdings
    from gateway.ledger.index_reader import IndexReader
    from gateway.ledger.kept_events import KeptEvent
    from gateway.ledger.transfer_rows import TransferRow, TransferRows
    from gateway.ledger.values import BlockRef
    from gateway.store.engine import Database

_STEPS: Final = {
    "requested_block": ("TransferRequested",),
    "decided_block": ("TransferAccepted", "TransferReturned"),
    "reversed_block": ("TransferReversed",),
    "appealed_block": ("AppealFiled",),
    "appeal_decided_block": ("AppealDecided",),
}


class TraceRecord:
    """Reads the events and rows about credentials, batches, institutions, transfers and claims."""

    def __init__(self, database: Database, index: IndexReader, holdings: Holdings, transfers: TransferRows) -> None:
        """Take what it reads from."""
        self._database = database
        self._index = index
        self._holdings = holdings
        self._transfers = transfers
        self._registry = RegistryEvents(database)

    @property
    def block(self) -> BlockRef:
        """The block that the index stands at.

        Raises:
            IndexUnfilled: it is empty.
        """
        checked = self._index.checked()
        if checked is None:
            raise IndexUnfilled
        return checked[0]

    def searched(self) -> tuple[BlockRef, Searched]:
        """How much there is to look through."""
        block = self.block
        with self._database.read() as connection:
            states = select(ANCHORS.c.manifest_state, func.count()).group_by(ANCHORS.c.manifest_state)
            held = {state: int(number) for state, number in connection.execute(states).all()}
            statuses = select(func.count()).select_from(REGISTRY).where(REGISTRY.c.name == "LeafStatusSet")
            transfers = select(func.count()).select_from(TRANSFERS)
            return block, Searched(
                block.number,
                block.time,
                sum(held.values()),
                held.get(ManifestState.HELD, 0),
                held.get(ManifestState.MALFORMED, 0),
                held.get(ManifestState.MISSING, 0),
                connection.execute(statuses).scalar_one(),
                connection.execute(transfers).scalar_one(),
            )

    def batches_of(self, leaf: bytes) -> list[HeldLeaf]:
        """The batches that hold a leaf."""
        return self._holdings.find(leaf)

    def anchor(self, institution: str, root: bytes) -> Row[Any] | None:
        """A batch's row."""
        query = select(ANCHORS).where(ANCHORS.c.institution == institution, ANCHORS.c.root == root)
        with self._database.read() as connection:
            return connection.execute(query).one_or_none()

    def canonical(self, institution: str, outcome: bytes) -> str:
        """The institution under which an outcome's claims are kept: its own, or the one it is an alias at."""
        return canonical_of(self._database, institution, outcome)[0]

    def statuses(self, leaves: Sequence[bytes]) -> list[KeptEvent]:
        """Every change of the leaves' own status."""
        return self._registry.about(*leaves, names=("LeafStatusSet",))

    def superseded_by(self, leaves: Sequence[bytes]) -> list[KeptEvent]:
        """The events by which the leaves took others' places."""
        return self._registry.predecessors(leaves)

    def of_batches(self, batches: Sequence[tuple[str, bytes]]) -> list[KeptEvent]:
        """Anchoring, attestations and statuses of batches."""
        wanted = {(institution_word(institution), root) for institution, root in batches}
        found = self._registry.about(*{root for _, root in wanted}, names=("Anchored", "Attested", "BatchStatusSet"))
        return [event for event in found if (event.word("institution"), event.word("root")) in wanted]

    def of_institution(self, word: bytes) -> list[KeptEvent]:
        """Every event of the InstitutionRegistry about an institution."""
        return [event for event in self._registry.about(word) if "institution" in event.fields]

    def transfers_of_leaf(self, leaf: bytes) -> list[TransferRow]:
        """The transfers of a credential."""
        return self._transfers.of_leaf(leaf)

    def transfers_of_claim(self, canonical: str, claim: bytes) -> list[TransferRow]:
        """The transfers of a claim."""
        return self._transfers.of_claim(canonical, claim)

    def of_transfer(self, row: TransferRow) -> list[KeptEvent]:
        """Every event of a transfer."""
        blocks = {getattr(row, column) for column in _STEPS} - {None}
        of_steps = [name for column, names_ in _STEPS.items() if getattr(row, column) is not None for name in names_]
        subject = RECOGNITION.c.subject == (row.source << 32 | row.target)
        found = self._recognition(subject, RECOGNITION.c.name.in_(of_steps), RECOGNITION.c.block.in_(blocks))
        if row.stage in {Stage.ACCEPTED, Stage.REVERSED}:  # one side may have agreed at any time since
            found += self._recognition(subject, RECOGNITION.c.name == "ReversalAgreed")
        return [event for event in found if int(event.fields["number"]) == row.number]

    def of_agreements(self, agreements: Sequence[bytes]) -> list[KeptEvent]:
        """Every event of the agreements."""
        return self._recognition(RECOGNITION.c.about.in_(agreements)) if agreements else []

    def retirements(self, claims: Sequence[bytes]) -> list[KeptEvent]:
        """The retirements of claims."""
        if not claims:
            return []
        return self._recognition(RECOGNITION.c.about.in_(claims), RECOGNITION.c.name == "ClaimRetired")

    def _recognition(self, *conditions: ColumnElement[bool]) -> list[KeptEvent]:
        query = select(RECOGNITION).where(*conditions).order_by(RECOGNITION.c.block, RECOGNITION.c.log_index)
        with self._database.read() as connection:
            return [kept_event(row) for row in connection.execute(query)]
