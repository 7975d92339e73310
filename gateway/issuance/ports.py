"""What issuance needs of the rest of the gateway, and nothing more: it knows these, not who provides them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class InstitutionScope:
    """An institution's accreditation as the ledger has it now."""

    province: int
    """Who accredits it, GB/T 2260."""
    claims_by: int
    """Whose pseudonym key its claims are computed with: the province that accredited it first, before any move."""
    in_force: bool
    categories: frozenset[int]
    """Among 1 academic, 2 vocational, 3 community and culture."""
    highest_level: int
    """Regional, 1–10."""
    most_credits: int
    """Hundredths, for one outcome."""


class InstitutionBook(Protocol):
    """What is known of institutions."""

    def scope(self, institution: str) -> InstitutionScope | None:
        """The accreditation of a unified social credit code; None where this gateway knows of none."""

    def issues_for(self, institution: str) -> bool:
        """Whether this centre can sign for the institution: it holds an issuing key and the name."""

    def issuer_name(self, institution: str) -> str:
        """The name that credentials of the institution show."""

    def canonical(self, institution: str, outcome: bytes) -> tuple[bytes, bytes]:
        """Institution and outcome (32 bytes each) that a claim is computed from: aliases resolved."""


class Account(Protocol):
    """A learner's account, as far as issuing needs it."""

    @property
    def learner_id(self) -> int:
        """Its number."""

    @property
    def key(self) -> bytes:
        """The learner's own key, 32 bytes: documents are sealed under keys derived from it; empty once deleted."""

    @property
    def claim_key(self) -> bytes:
        """32 bytes, of the account's first document."""


People = Sequence[tuple[str, str, str]]
"""Document type (two letters), valid number and name, a person each."""


class AccountBook(Protocol):
    """Learners' accounts, many at a time."""

    def find_many(self, people: People) -> Sequence[Account | None]:
        """The accounts of ``people``, in order; None for one that is not registered."""

    def register(self, people: People, *, now: int) -> Sequence[Account]:
        """The accounts of ``people``, in order; opens those that are lacking.

        An account may be left behind by a run that is killed: it is found again, and harms nothing.
        """


class IssuingKeys(Protocol):
    """The seeds of institutions' issuing keys."""

    def seed_for(self, institution: str) -> bytes:
        """Ed25519 seed, 32 bytes, of the key that signs now."""


@dataclass(frozen=True, slots=True)
class BatchDraft:
    """A batch before anybody has approved it."""

    institution: str
    root: bytes
    manifest: bytes
    """sha256 of the sorted leaves concatenated."""
    leaf_count: int
    roster: str
    """The name of the file that the batch is from."""
    roster_rows: int
    """Rows of that file that this batch issues: an officer sees it beside ``leaf_count``."""


@dataclass(frozen=True, slots=True)
class SignedApproval:
    """An officer's approval of exactly one batch."""

    officer: bytes
    """20 bytes."""
    deadline: int
    """The chain refuses the anchor from then on."""
    signatures: tuple[tuple[bytes, bytes], ...]
    """65 bytes each, r ‖ s ‖ v, by the CredentialRegistry (20 bytes) that it is for: the one in force first, then the
    one that is to succeed it, where that is scheduled. A signature is good for one registry alone."""

    @property
    def signature(self) -> bytes:
        """The one for the registry in force."""
        return self.signatures[0][1]


class Approver(Protocol):
    """Whoever approves batches for an institution."""

    def approve(self, draft: BatchDraft) -> SignedApproval:
        """The approval of the institution's officer.

        Raises:
            NotApproved: the officer declined.
        """


class AnchorQueue(Protocol):
    """The way to the chain."""

    def queue(self, connection: Connection, batch_id: int, draft: BatchDraft, approval: SignedApproval) -> int:
        """Queue the anchoring of a batch in the transaction of ``connection``; the outbox entry's id."""


@dataclass(frozen=True, slots=True)
class AnchoredBatch:
    """What the chain says of an anchored batch."""

    province: int
    sequence: int
    """Of the Anchored event, in that province."""
    registry: bytes
    """20 bytes: the CredentialRegistry in which it was anchored, which may have been succeeded since."""


class AnchorBook(Protocol):
    """What the chain has anchored."""

    chain_id: int

    def anchored(self, institution: str, root: bytes) -> AnchoredBatch | None:
        """The anchor of a batch, None where it is not final yet."""


class BlobStore(Protocol):
    """Where packs and manifests lie, by digest."""

    def put(self, content: bytes) -> str:
        """Store durably; the CID."""

    def put_many(self, contents: Iterable[bytes]) -> list[str]:
        """Store many durably; their CIDs."""

    def get(self, cid: str) -> bytes:
        """The bytes of a CID, checked."""
