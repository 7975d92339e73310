"""What a trace of a credential says, as values: its history in the order of the chain, and how it stands now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gateway.domain.civil_time import moment_text
from gateway.domain.hashing import hex0x

if TYPE_CHECKING:
    from gateway.audit.traces.event_words import Told
    from gateway.audit.traces.record_check import HeadCheck
    from gateway.domain.verdict import Verdict
    from gateway.ledger.kept_events import KeptEvent
    from gateway.ledger.values import Accreditation, BlockRef


@dataclass(frozen=True, slots=True)
class TracedEvent:
    """One event of a history: what it says, and whether what is kept of it is what entered the head."""

    event: KeptEvent
    told: Told
    checked: bool

    def to_json(self) -> dict[str, Any]:
        """The form that reports show."""
        event, told = self.event, self.told
        return {
            "block": event.block,
            "time": moment_text(event.time),
            "part": told.part,
            "event": event.name,
            "zh": told.zh,
            "en": told.en,
            "byZh": told.who_zh,
            "byEn": told.who_en,
            "account": hex0x(event.actor),
            "contract": hex0x(event.contract),
            "subject": event.subject,
            "sequence": event.sequence,
            "fields": dict(event.fields),
            "checked": self.checked,
        }


@dataclass(frozen=True, slots=True)
class BatchTrace:
    """A batch that holds the credential: who may have it anchored, on which footing."""

    institution: str
    root: bytes
    province: int
    anchored_at: int
    officer: bytes
    officer_in_force: bool
    """At the anchor; False also where the officer's account was since reported compromised from before it."""
    accreditation: Accreditation | None
    """The version in force at the anchor."""
    keys: tuple[bytes, ...]
    """Signing keys in force at the anchor."""

    def to_json(self) -> dict[str, Any]:
        """The form that reports show."""
        given = self.accreditation
        return {
            "institution": self.institution,
            "root": hex0x(self.root),
            "province": self.province,
            "anchoredAt": moment_text(self.anchored_at),
            "officer": hex0x(self.officer),
            "officerInForce": self.officer_in_force,
            "keysInForce": [hex0x(key) for key in self.keys],
            "accreditation": None
            if given is None
            else {
                "version": given.version,
                "province": given.province,
                "standing": given.standing.name.lower(),
                "categories": [number for number in range(8) if given.categories >> number & 1],
                "highestLevel": given.highest_level,
                "mostCreditsHundredths": given.most_credits,
            },
        }


@dataclass(frozen=True, slots=True)
class ClaimFate:
    """What has become of a claim: a person's outcome, whichever credential shows it."""

    canonical: str
    claim: bytes
    state: str
    """free, requested, used or retired."""
    transfer: str | None
    """The transfer that holds or used it."""

    @property
    def words(self) -> tuple[str, str]:
        """The state in Chinese and English."""
        return _FATES[self.state]

    def to_json(self) -> dict[str, Any]:
        """The form that reports show."""
        zh, en = self.words
        return {
            "canonicalInstitution": self.canonical,
            "claim": hex0x(self.claim),
            "state": self.state,
            "zh": zh,
            "en": en,
            "transfer": self.transfer,
        }


_FATES = {
    "free": ("未被占用", "free"),
    "requested": ("申请中", "held by a request"),
    "used": ("已使用", "used"),
    "retired": ("不再可用", "retired"),
}


@dataclass(frozen=True, slots=True)
class Searched:
    """What was looked through: an unknown hash is unknown to this much."""

    block: int
    time: int
    batches: int
    manifests_held: int
    manifests_malformed: int
    manifests_lacking: int
    status_changes: int
    transfers: int

    def to_json(self) -> dict[str, Any]:
        """The form that reports show."""
        return {
            "block": {"number": self.block, "time": moment_text(self.time)},
            "batches": self.batches,
            "manifests": {
                "held": self.manifests_held,
                "malformed": self.manifests_malformed,
                "lacking": self.manifests_lacking,
            },
            "statusChanges": self.status_changes,
            "transfers": self.transfers,
        }


@dataclass(frozen=True, slots=True)
class Trace:
    """Everything that ever happened to a credential, as of a block."""

    leaf: bytes
    block: BlockRef
    verdict: Verdict
    batches: tuple[BatchTrace, ...]
    predecessors: tuple[bytes, ...]
    successors: tuple[bytes, ...]
    fates: tuple[ClaimFate, ...]
    events: tuple[TracedEvent, ...]
    heads: tuple[HeadCheck, ...]
    searched: Searched

    @property
    def known(self) -> bool:
        """Whether anything at all is known of the hash."""
        return bool(self.events)

    @property
    def intact(self) -> bool:
        """Whether the record that this was read from agrees with the heads."""
        return all(one.checked for one in self.events) and all(head.agrees is not False for head in self.heads)

    def to_json(self) -> dict[str, Any]:
        """The form that reports show."""
        return {
            "hash": hex0x(self.leaf),
            "known": self.known,
            "block": {
                "number": self.block.number,
                "hash": hex0x(self.block.hash),
                "time": moment_text(self.block.time),
            },
            "verdict": self.verdict.to_json(),
            "batches": [batch.to_json() for batch in self.batches],
            "predecessors": [hex0x(leaf) for leaf in self.predecessors],
            "successors": [hex0x(leaf) for leaf in self.successors],
            "claims": [fate.to_json() for fate in self.fates],
            "events": [one.to_json() for one in self.events],
            "heads": [head.to_json() for head in self.heads],
            "intact": self.intact,
            "searched": self.searched.to_json(),
        }
