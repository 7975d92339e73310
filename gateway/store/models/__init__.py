"""Every table of a gateway's database, by capability; importing this package declares them all."""

from gateway.store.models.access import AccessToken, Delivery, KeyedRequest, Role, Webhook
from gateway.store.models.accounts import KeyMark, Learner, LearnerDocument
from gateway.store.models.applications import Application, ApplicationState, SentLetter
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
    ListedContract,
    ManifestState,
    Officer,
    OutcomeAlias,
)
from gateway.store.models.codes import KnownCode
from gateway.store.models.issuance import (
    Batch,
    BatchState,
    Credential,
    InstitutionProfile,
    Pack,
    Replacement,
    Roster,
    RosterState,
    StatusList,
)
from gateway.store.models.recognition import RecognitionEvent
from gateway.store.models.registry import RegistryEvent
from gateway.store.models.samples import AuditSample, SampleState, SampleTransfer
from gateway.store.models.transfers import Transfer
from gateway.store.models.work import OutboxEntry, OutboxState

__all__ = [
    "AccessToken",
    "Accreditation",
    "Anchor",
    "Application",
    "ApplicationState",
    "Attestation",
    "AuditSample",
    "Base",
    "Batch",
    "BatchState",
    "ChainCursor",
    "ChainEvent",
    "ContractHead",
    "Credential",
    "Delivery",
    "InstitutionProfile",
    "IssuingKey",
    "KeyMark",
    "KeyedRequest",
    "KnownCode",
    "LeafStatus",
    "Learner",
    "LearnerDocument",
    "ListedContract",
    "ManifestState",
    "Officer",
    "OutboxEntry",
    "OutboxState",
    "OutcomeAlias",
    "Pack",
    "RecognitionEvent",
    "RegistryEvent",
    "Replacement",
    "Role",
    "Roster",
    "RosterState",
    "SampleState",
    "SampleTransfer",
    "SentLetter",
    "StatusList",
    "Transfer",
    "Webhook",
]
