"""The shape of a credential, closed: W3C Verifiable Credentials 2.0 and Open Badges 3.0 as Huren writes them.

Each class is one JSON object. Unknown members, missing members and null are refused by the decoder, with the place.
Members are declared in the order of RFC 8785 (by UTF-16 code units of their JSON names), so that encoding a value IS
its canonical form; a test holds that against the general canonicaliser. ``creditsEarned`` alone is a number. What a
type cannot say, or says slowly, is checked in :mod:`gateway.domain.credential`.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

CONTEXTS: Final = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
)
"""``@context`` of every credential, in this order."""

CATEGORY_FRAMEWORK: Final = "huren:category"
LEVEL_FRAMEWORK: Final = "huren:level"
HOURS_FRAMEWORK: Final = "huren:hours"
CROSSWALK_PREFIX: Final = "urn:huren:crosswalk:"
OUTCOME_PREFIX: Final = "urn:huren:outcome:"

Text = Annotated[str, Meta(min_length=1, max_length=200)]
LongText = Annotated[str, Meta(min_length=1, max_length=2000)]
Url = Annotated[str, Meta(min_length=1, max_length=500)]
NumberCommitment = Annotated[str, Meta(pattern=r"^sha256\$[0-9a-f]{64}\Z")]


class _Closed(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, rename="camel", gc=False):
    """What every object of the shape has in common; none refers back, so the garbage collector need not look at any."""


class UsccEntry(_Closed, frozen=True, kw_only=True):
    """The institution's unified social credit code."""

    identifier: str
    identifier_type: Literal["ext:USCC"]
    type: Literal["IdentifierEntry"]


class Issuer(_Closed, frozen=True, kw_only=True):
    """The issuing institution: a profile whose id is the did:key that signs."""

    id: Url
    name: Text
    other_identifier: tuple[UsccEntry]
    type: tuple[Literal["Profile"]]


class NameIdentity(_Closed, frozen=True, kw_only=True):
    """The learner's name, in the clear."""

    hashed: bool
    identity_hash: Text
    identity_type: Literal["name"]
    type: Literal["IdentityObject"]


class NumberIdentity(_Closed, frozen=True, kw_only=True):
    """The commitment to the learner's document number: ``sha256$`` and sha256(number ‖ opening) in hexadecimal."""

    hashed: bool
    identity_hash: NumberCommitment
    identity_type: Literal["nationalIdentityNumber", "ext:PP", "ext:HK", "ext:TW"]
    type: Literal["IdentityObject"]


class Criteria(_Closed, frozen=True, kw_only=True):
    """What had to be achieved."""

    narrative: LongText


class Alignment(_Closed, frozen=True, kw_only=True):
    """Where an outcome stands in a framework; ``targetUrl`` names the crosswalk's version."""

    target_code: Text
    target_framework: Text
    target_name: Text
    target_url: Url
    type: tuple[Literal["Alignment"]]


class Achievement(_Closed, frozen=True, kw_only=True):
    """The outcome: its code within its institution, category, level, hours and original framework."""

    achievement_type: Literal["Certificate", "Course"]
    alignment: tuple[Alignment, Alignment, Alignment, Alignment]
    criteria: Criteria
    human_code: Text
    id: Url
    name: Text
    type: tuple[Literal["Achievement"]]


class Result(_Closed, frozen=True, kw_only=True):
    """The grade: a decimal text from 0 to 100, or 合格."""

    type: tuple[Literal["Result"]]
    value: Text


class Evidence(_Closed, frozen=True, kw_only=True):
    """A document that supports the award."""

    id: Url
    name: Text | UnsetType = UNSET
    type: tuple[Literal["Evidence"]]


class Subject(_Closed, frozen=True, kw_only=True):
    """What is said of the learner."""

    achievement: Achievement
    credits_earned: int | float
    identifier: tuple[NameIdentity, NumberIdentity]
    license_number: Text
    result: tuple[Result] | UnsetType = UNSET
    type: tuple[Literal["AchievementSubject"]]


class BodySubject(_Closed, frozen=True, kw_only=True):
    """What is left of the subject once every disclosable field is taken out."""

    type: tuple[Literal["AchievementSubject"]]


class StatusEntry(_Closed, frozen=True, kw_only=True):
    """W3C Bitstring Status List 1.0, section 2.1: where this credential's bit stands."""

    id: Url
    status_list_credential: Url
    status_list_index: Annotated[str, Meta(pattern=r"^(?:0|[1-9][0-9]{0,8})\Z")]
    status_purpose: Literal["revocation"]
    type: Literal["BitstringStatusListEntry"]


class Proof(_Closed, frozen=True, kw_only=True):
    """W3C Verifiable Credential Data Integrity 1.0, section 2.1; ``@context`` is what eddsa-jcs-2022 adds."""

    context: tuple[str, ...] | UnsetType = field(name="@context", default=UNSET)
    created: Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\Z")]
    cryptosuite: Annotated[str, Meta(min_length=1, max_length=64)]
    id: Url | UnsetType = UNSET
    proof_purpose: Literal["assertionMethod"]
    proof_value: Annotated[str, Meta(min_length=1, max_length=4096)]
    type: Literal["DataIntegrityProof"]
    verification_method: Url


Contexts = tuple[
    Literal["https://www.w3.org/ns/credentials/v2"],
    Literal["https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
]
Types = tuple[Literal["VerifiableCredential"], Literal["OpenBadgeCredential"]]
CredentialId = Annotated[str, Meta(pattern=r"^urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")]
Proofs = Annotated[tuple[Proof, ...], Meta(min_length=1, max_length=8)]
EvidenceList = Annotated[tuple[Evidence, ...], Meta(min_length=1, max_length=20)]


class CredentialDocument(_Closed, frozen=True, kw_only=True):
    """A whole credential."""

    context: Contexts = field(name="@context")
    credential_status: StatusEntry
    credential_subject: Subject
    evidence: EvidenceList | UnsetType = UNSET
    id: CredentialId
    issuer: Issuer
    name: Text
    proof: Proofs | UnsetType = UNSET
    type: Types
    valid_from: str
    valid_until: str | UnsetType = UNSET


class Body(_Closed, frozen=True, kw_only=True):
    """The credential without proof and without any disclosable field: what everyone who is shown a part gets."""

    context: Contexts = field(name="@context")
    credential_status: StatusEntry
    credential_subject: BodySubject
    id: CredentialId
    issuer: Issuer
    type: Types
    valid_until: str | UnsetType = UNSET
