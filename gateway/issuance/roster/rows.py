"""A row that has been found good: what is awarded, to whom, when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import datetime as dt

    from gateway.domain.crosswalk import Category
    from gateway.domain.identifiers import DocumentType


@dataclass(frozen=True, slots=True)
class Offering:
    """What an institution awards: the part of a row that hundreds of rows share."""

    institution: str
    """Unified social credit code."""
    outcome_code: str
    outcome_name: str
    category: Category
    framework: str
    """The original framework, by its name in the crosswalk."""
    framework_level: str
    """The level within it."""
    level: int
    """The region's level, 1–10."""
    credits: int
    """Hundredths."""
    hours: str
    """A decimal in its shortest spelling."""


class Row(NamedTuple):
    """One outcome of one learner, in one spelling."""

    line: int
    sequence: str
    offering: Offering
    name: str
    document_type: DocumentType
    number: str
    grade: str
    """合格, a decimal from 0 to 100, or "" for none."""
    awarded_on: dt.date
    certificate_number: str
    """"" where the roster gives none."""
    valid_until: dt.date | None = None
    """The last day; None where it has no end."""
    replaces: str = ""
    """The number of the earlier certificate that this one takes the place of; "" for none. Not part of the content."""
