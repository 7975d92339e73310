"""The shape of a partial certificate's JSON, closed; members in the order of RFC 8785, as in ``schema``."""

from __future__ import annotations

from typing import Annotated, Final, Generic, Literal, TypeVar

from msgspec import UNSET, Meta, Struct, UnsetType, field

from gateway.domain import schema
from gateway.domain.receipt import AnchoringDocument, Word

T = TypeVar("T")

SUBJECT: Final = "/credentialSubject/"


class _Closed(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, rename="camel"):
    """What every object of the shape has in common."""


class Salted(_Closed, Generic[T], frozen=True):
    """A value and the salt of its own that ties it to its digest."""

    salt: Word
    value: T


class Shown(_Closed, frozen=True):
    """The fields that are shown, by their JSON Pointers."""

    achievement: Salted[schema.Achievement] | UnsetType = field(name=SUBJECT + "achievement", default=UNSET)
    credits_earned: Salted[int | float] | UnsetType = field(name=SUBJECT + "creditsEarned", default=UNSET)
    learner_name: Salted[schema.NameIdentity] | UnsetType = field(name=SUBJECT + "identifier/0", default=UNSET)
    number: Salted[schema.NumberIdentity] | UnsetType = field(name=SUBJECT + "identifier/1", default=UNSET)
    license_number: Salted[schema.Text] | UnsetType = field(name=SUBJECT + "licenseNumber", default=UNSET)
    result: Salted[tuple[schema.Result]] | UnsetType = field(name=SUBJECT + "result", default=UNSET)
    evidence: Salted[schema.EvidenceList] | UnsetType = field(name="/evidence", default=UNSET)
    name: Salted[schema.Text] | UnsetType = field(name="/name", default=UNSET)
    valid_from: Salted[str] | UnsetType = field(name="/validFrom", default=UNSET)


class Hidden(_Closed, frozen=True):
    """The digests of the fields that are not shown."""

    achievement: Word | UnsetType = field(name=SUBJECT + "achievement", default=UNSET)
    credits_earned: Word | UnsetType = field(name=SUBJECT + "creditsEarned", default=UNSET)
    learner_name: Word | UnsetType = field(name=SUBJECT + "identifier/0", default=UNSET)
    number: Word | UnsetType = field(name=SUBJECT + "identifier/1", default=UNSET)
    license_number: Word | UnsetType = field(name=SUBJECT + "licenseNumber", default=UNSET)
    result: Word | UnsetType = field(name=SUBJECT + "result", default=UNSET)
    evidence: Word | UnsetType = field(name="/evidence", default=UNSET)
    name: Word | UnsetType = field(name="/name", default=UNSET)
    valid_from: Word | UnsetType = field(name="/validFrom", default=UNSET)


FIELD_MEMBERS: Final = (
    "name",
    "valid_from",
    "learner_name",
    "number",
    "license_number",
    "achievement",
    "credits_earned",
    "result",
    "evidence",
)
"""Members of :class:`Shown` and :class:`Hidden` in the order of the ledger's fields."""


class OpenedFacts(_Closed, frozen=True):
    """The facts that belong to shown fields. The claim belongs to none and is never shown."""

    awarded_month: Salted[Annotated[int, Meta(ge=0, le=65_535)]] | UnsetType = UNSET
    category: Salted[Annotated[int, Meta(ge=1, le=3)]] | UnsetType = UNSET
    credits: Salted[Annotated[int, Meta(ge=1, le=99_999)]] | UnsetType = UNSET
    grade_step: Salted[Annotated[int, Meta(ge=0, le=255)]] | UnsetType = UNSET
    level: Salted[Annotated[int, Meta(ge=1, le=10)]] | UnsetType = UNSET
    outcome: Salted[Word] | UnsetType = UNSET


class ClosedFacts(_Closed, frozen=True, kw_only=True):
    """The digests of the other facts."""

    awarded_month: Word | UnsetType = UNSET
    category: Word | UnsetType = UNSET
    claim: Word
    credits: Word | UnsetType = UNSET
    grade_step: Word | UnsetType = UNSET
    level: Word | UnsetType = UNSET
    outcome: Word | UnsetType = UNSET


FACT_MEMBERS: Final = ("outcome", "claim", "category", "level", "credits", "grade_step", "awarded_month")
"""Members of :class:`OpenedFacts` and :class:`ClosedFacts` in the order of the ledger's facts."""


class PartialFacts(_Closed, frozen=True):
    """All seven facts, each opened or closed."""

    closed: ClosedFacts
    opened: OpenedFacts


class PartialBody(_Closed, frozen=True):
    """The part that is shown of one credential."""

    body: schema.Body
    facts: PartialFacts
    hidden: Hidden
    shown: Shown
    type: Literal["HurenPartialCertificate"]
    version: Literal[1]


class PresentationDocument(_Closed, frozen=True):
    """A partial certificate's file."""

    partial: PartialBody
    receipt: AnchoringDocument
