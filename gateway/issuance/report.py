"""What became of a roster, and how far it has come while it is on its way."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from gateway.domain.hashing import hex0x

if TYPE_CHECKING:
    from gateway.issuance.roster.findings import Finding


class Stage(StrEnum):
    """The stages that take long enough to be watched."""

    JUDGING = "judging"
    ISSUING = "issuing"


class Progress(Protocol):
    """Is told how far a stage has come."""

    def __call__(self, stage: Stage, done: int, total: int) -> None:
        """``done`` of ``total``: bytes of the file while judging, rows while issuing."""


def silent(stage: Stage, done: int, total: int) -> None:
    """Progress that nobody watches."""


class Outcome(StrEnum):
    """How issuing a roster ended."""

    ISSUED = "issued"
    NOTHING_TO_DO = "nothing_to_do"
    """Every good row is issued already."""
    REFUSED = "refused"
    """There are findings, and nobody asked for the good rows alone."""
    CHECKED = "checked"
    """A dry run without findings."""


@dataclass(frozen=True, slots=True)
class IssuedBatch:
    """A batch that is fact; its anchoring is queued."""

    id: int
    institution: str
    root: bytes
    manifest: str
    """CID."""
    leaf_count: int
    outbox: int
    """The outbox entry that anchors it."""

    def to_json(self) -> dict[str, Any]:
        """The form of ``--json``."""
        return {
            "batch": self.id,
            "institution": self.institution,
            "root": hex0x(self.root),
            "manifest": self.manifest,
            "leafCount": self.leaf_count,
            "outbox": self.outbox,
        }


@dataclass(frozen=True, slots=True)
class IssueReport:
    """What became of a roster."""

    roster: str
    """The file's name."""
    digest: bytes
    """sha256 of its bytes."""
    outcome: Outcome
    rows: int
    good: int
    """Rows without an error, issued ones included."""
    already: int
    """Rows that were issued before."""
    issued: int
    """Rows issued now."""
    institutions: frozenset[str] = frozenset()
    """Whose outcomes the good rows are."""
    findings: tuple[Finding, ...] = ()
    batches: tuple[IssuedBatch, ...] = ()
    again: tuple[IssuedBatch, ...] = ()
    """Batches of an earlier run whose anchor the chain had refused: approved and queued once more."""
    seconds: float = 0.0
    timings: dict[str, float] = field(default_factory=dict)
    """Seconds by stage of work in this process."""

    @property
    def errors(self) -> int:
        """How many findings stand in the way of their rows."""
        return sum(finding.is_error for finding in self.findings)

    def to_json(self) -> dict[str, Any]:
        """The form of ``--json``."""
        return {
            "roster": self.roster,
            "sha256": hex0x(self.digest),
            "outcome": self.outcome.value,
            "rows": self.rows,
            "good": self.good,
            "already": self.already,
            "issued": self.issued,
            "errors": self.errors,
            "findings": [finding.to_json() for finding in self.findings],
            "batches": [batch.to_json() for batch in self.batches],
            "again": [batch.to_json() for batch in self.again],
            "seconds": round(self.seconds, 3),
            "rowsPerSecond": round(self.issued / self.seconds) if self.seconds else 0,
        }
