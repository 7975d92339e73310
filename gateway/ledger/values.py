"""What the contracts answer, as values.

Shapes follow `contracts/interfaces`; times are seconds since 1970 (UTC), credits are hundredths, an institution is its
18 characters (GB 32100), digests and keys are 32 raw bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

NEVER = 0  # the contracts' way to say that a point in time is not set


class Status(IntEnum):
    """Status of a leaf or of a batch (ICredentialRegistry.Status)."""

    VALID = 0
    SUSPENDED = 1
    REVOKED = 2


class Reason(IntEnum):
    """The coarse public reason of a status (ICredentialRegistry.Reason)."""

    NONE = 0
    ERROR = 1
    WITHDRAWN = 2
    SUPERSEDED = 3
    FRAUD = 4


class Standing(IntEnum):
    """How an institution stands with its province (IInstitutionRegistry.Standing)."""

    NONE = 0
    ACCREDITED = 1
    SUSPENDED = 2
    WITHDRAWN = 3


class KeyKind(IntEnum):
    """What an institution's key is for (IInstitutionRegistry.KeyKind)."""

    NONE = 0
    SIGNING = 1
    AGREEMENT = 2


@dataclass(frozen=True, slots=True)
class BlockRef:
    """A block by number and hash, with its time; every answer names the one it holds for."""

    number: int
    hash: bytes
    time: int


@dataclass(frozen=True, slots=True)
class Anchor:
    """What the chain keeps of a batch (ICredentialRegistry.Anchor) under its key (institution, root)."""

    institution: str
    root: bytes
    manifest: bytes
    leaf_count: int
    province: int
    accreditation: int
    anchored_at: int
    sequence: int
    attestations: int
    status: Status
    reason: Reason
    set_by: int
    since: int


@dataclass(frozen=True, slots=True)
class LeafState:
    """Own status of a leaf; `successor` is set only with `Reason.SUPERSEDED`."""

    status: Status = Status.VALID
    reason: Reason = Reason.NONE
    set_by: int = 0
    since: int = NEVER
    successor: bytes | None = None


@dataclass(frozen=True, slots=True)
class Accreditation:
    """One version of what a province lets an institution award, in force from `since` until the next version."""

    version: int
    province: int
    standing: Standing
    categories: int
    highest_level: int
    most_credits: int
    since: int

    def covers(self, category: int, level: int, credits_hundredths: int) -> bool:
        """Tell whether an outcome of this category, level and worth lies within the scope."""
        return (
            bool(self.categories >> category & 1)
            and level <= self.highest_level
            and credits_hundredths <= self.most_credits
        )


@dataclass(frozen=True, slots=True)
class Tenure:
    """The life of an officer or a key: in force in [valid_from, min(retired_at, compromised_since))."""

    valid_from: int
    retired_at: int = NEVER
    compromised_since: int = NEVER
    founding: bool = False

    def in_force_at(self, time: int) -> bool:
        """Tell whether `time` lies in the half-open interval of force."""
        if self.valid_from == NEVER or time < self.valid_from:
            return False
        ends = [end for end in (self.retired_at, self.compromised_since) if end != NEVER]
        return not ends or time < min(ends)


@dataclass(frozen=True, slots=True)
class InstitutionKey:
    """A public key of an institution, its purpose and its life."""

    public_key: bytes
    kind: KeyKind
    tenure: Tenure
