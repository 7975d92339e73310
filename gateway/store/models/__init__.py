"""Every table of a gateway's database, by capability; importing this package declares them all."""

from gateway.store.models.accounts import KeyMark, Learner, LearnerDocument
from gateway.store.models.base import Base
from gateway.store.models.chain import (
    Accreditation,
    Anchor,
    Attestation,
    ChainCursor,
    ChainEvent,
    ContractHead,
    IssuingKey,
    LeafStatus,
    ManifestState,
    Officer,
    OutcomeAlias,
)
from gateway.store.models.issuance import (
    Batch,
    BatchState,
    Credential,
    InstitutionProfile,
    Pack,
    Roster,
    RosterState,
    StatusList,
)
from gateway.store.models.work import Job, JobState, OutboxEntry, OutboxState

__all__ = [
    "Accreditation",
    "Anchor",
    "Attestation",
    "Base",
    "Batch",
    "BatchState",
    "ChainCursor",
    "ChainEvent",
    "ContractHead",
    "Credential",
    "InstitutionProfile",
    "IssuingKey",
    "Job",
    "JobState",
    "KeyMark",
    "LeafStatus",
    "Learner",
    "LearnerDocument",
    "ManifestState",
    "Officer",
    "OutboxEntry",
    "OutboxState",
    "OutcomeAlias",
    "Pack",
    "Roster",
    "RosterState",
    "StatusList",
]
