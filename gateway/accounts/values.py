"""Who an account is about, and what the rest of the gateway gets of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Person(NamedTuple):
    """A learner as a roster names them; the number is valid and normalised (gateway.domain.identifiers)."""

    kind: str
    """Document type: ID, PP, HK or TW."""
    number: str
    name: str


class Account(NamedTuple):
    """An account as issuing needs it."""

    learner_id: int
    key: bytes
    """The learner's own key, 32 bytes: document keys derive from it."""
    claim_key: bytes
    """The person's claim key, 32 bytes: claims derive from it. As secret as the number."""
    known: bool
    """Whether the account was there before."""
    same_name: bool
    """False where a known account carries another name than the one given: somebody should look."""

    def __repr__(self) -> str:
        return f"Account({self.learner_id}, ***)"


@dataclass(frozen=True, slots=True)
class OpenedAccount:
    """An account opened for a clerk's eyes: personal data, never to be logged."""

    id: int
    kind: str = field(repr=False)
    number: str = field(repr=False)
    name: str = field(repr=False)
    opened_at: int


@dataclass(frozen=True, slots=True)
class Deletion:
    """What deleting an account did."""

    learner_id: int
    scrubbed: bool
    """Whether the overwritten key is gone from the database's log too; False while a long read holds the log."""
