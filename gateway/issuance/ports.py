"""What issuance needs of the rest of the gateway, and nothing more: it knows these, not who provides them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class InstitutionScope:
    """An institution's accreditation as the ledger has it now."""

    province: int
    """Who accredits it, GB/T 2260."""
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
        """Whether this centre holds an issuing key of the institution."""
