"""Minting: rows become signed credentials, their leaves, and sealed documents in packs. What worker processes do.

Bytes go in and bytes come out (MessagePack), since moving Python objects between processes costs more than the work.
Everything unpredictable is drawn here, anew in every run: nothing of an interrupted run is ever needed again.
"""

from __future__ import annotations

import datetime as dt
import os
from hmac import digest as hmac_digest
from typing import TYPE_CHECKING, Final

import msgspec

from gateway.documents.packs import assemble, seal_document
from gateway.domain.claims import OutcomeCode
from gateway.domain.crosswalk import Category
from gateway.domain.hashing import WORD, sha256
from gateway.domain.identifiers import DocumentType, Uscc
from gateway.domain.issue import Award, Outcome, OutcomeTemplate, Template
from gateway.domain.manifest import cid_digest
from gateway.domain.proof import Signer
from gateway.issuance.spool import SpooledRow
from gateway.issuance.stored import stored_document

if TYPE_CHECKING:
    from gateway.domain.issue import Sealed
    from gateway.issuance.ports import BlobStore

_RANDOM_BYTES: Final = 2 * WORD + 16
"""Of a credential: its salt, the opening of its number commitment, its id."""


class MintedOutcome(msgspec.Struct, array_like=True, frozen=True):
    """What a chunk's rows award."""

    code: str
    name: str
    category: int
    level: int
    framework: str
    framework_level: str
    hours: str
    credits: int
    claimed_institution: bytes
    claimed_outcome: bytes
    """What the claim is computed from: 32 bytes each, aliases resolved."""
    crosswalk: str
    """The crosswalk's version."""


class MintingTask(msgspec.Struct, array_like=True):
    """Rows of one institution and one status list."""

    institution: str
    issuer_name: str
    status_list: str
    """The address of the list."""
    created: str
    """Of the proofs, ``YYYY-MM-DDThh:mm:ssZ``."""
    outcomes: dict[int, MintedOutcome]
    rows: list[SpooledRow]
    places: list[int]
    keys: bytes
    """A row's claim key and learner's key, 64 bytes, row after row."""


class MintedPack(msgspec.Struct, array_like=True):
    """A pack that is durable, and the lengths of its documents in order."""

    digest: bytes
    size: int
    lengths: list[int]


class Minted(msgspec.Struct, array_like=True):
    """What became of a task's rows, in order; four times 32 bytes a row."""

    leaves: bytes
    commitments: bytes
    facts: bytes
    claims: bytes
    packs: list[MintedPack]


class Minter:
    """Mints credentials with the issuing keys it was given."""

    def __init__(self, seeds: dict[str, bytes], blobs: BlobStore) -> None:
        """Take the seeds of the institutions' issuing keys, and where packs go."""
        self._signers = {institution: Signer(seed) for institution, seed in seeds.items()}
        self._blobs = blobs
        self._templates: dict[tuple[str, str, str], Template] = {}
        self._outcomes: dict[tuple[str, MintedOutcome], OutcomeTemplate] = {}
        self._decode = msgspec.msgpack.Decoder(MintingTask).decode
        self._encode = msgspec.msgpack.Encoder().encode

    def mint(self, task: bytes) -> bytes:
        """Mint an encoded :class:`MintingTask`; packs are stored durably before the encoded result is returned."""
        return self._encode(self._mint(self._decode(task)))

    def _mint(self, task: MintingTask) -> Minted:
        signer = self._signers[task.institution]
        template = self._template(task, signer)
        outcomes = {number: self._outcome(task.institution, of) for number, of in task.outcomes.items()}
        shared = {number: (outcomes[number], of) for number, of in task.outcomes.items()}
        random = os.urandom(_RANDOM_BYTES * len(task.rows))
        keys, created = task.keys, task.created
        leaves, commitments, facts, claims, documents = [], [], [], [], []
        for at, (row, place) in enumerate(zip(task.rows, task.places, strict=True)):
            outcome, of = shared[row.offering]
            own = random[_RANDOM_BYTES * at : _RANDOM_BYTES * (at + 1)]
            salt, opening = own[:WORD], own[WORD : 2 * WORD]
            claim_key, learner_key = (
                keys[2 * WORD * at : 2 * WORD * at + WORD],
                keys[2 * WORD * at + WORD : 2 * WORD * (at + 1)],
            )
            claim = hmac_digest(claim_key, of.claimed_institution + of.claimed_outcome, "sha256")
            award = Award(
                credential_id=urn_of(own[2 * WORD :]),
                learner_name=row.name,
                number_commitment="sha256$" + sha256(row.number.encode("ascii") + opening).hex(),
                document_type=DocumentType(row.document_type),
                license_number=row.certificate_number,
                credits=of.credits,
                awarded=dt.date.fromordinal(row.awarded),
                status_index=place,
                result=row.grade or None,
                until=dt.date.fromordinal(row.valid_until) if row.valid_until else None,
            )
            sealed = template.seal(outcome, award, claim, salt)
            document = stored_document(self.secured(sealed, signer, created), salt, opening)
            documents.append(seal_document(learner_key, sealed.leaf, document))
            leaves.append(sealed.leaf)
            commitments.append(sealed.commitment)
            facts.append(sealed.facts)
            claims.append(claim)
        return Minted(
            b"".join(leaves), b"".join(commitments), b"".join(facts), b"".join(claims), self._packs(documents)
        )

    def secured(self, sealed: Sealed, signer: Signer, created: str) -> bytes:
        """A credential with its proof. A method of its own, so that the benchmark can measure what signing costs."""
        return sealed.signed(signer.prove(sealed.document, created))

    def _packs(self, documents: list[bytes]) -> list[MintedPack]:
        packs = list(assemble(documents))
        cids = self._blobs.put_many([pack.content for pack in packs])
        return [
            MintedPack(cid_digest(cid), len(pack.content), [place.length for place in pack.places])
            for cid, pack in zip(cids, packs, strict=True)
        ]

    def _template(self, task: MintingTask, signer: Signer) -> Template:
        of = (task.institution, task.issuer_name, task.status_list)
        known = self._templates.get(of)
        if known is None:
            known = Template(Uscc(task.institution), task.issuer_name, signer.did, task.status_list)
            self._templates[of] = known
        return known

    def _outcome(self, institution: str, of: MintedOutcome) -> OutcomeTemplate:
        known = self._outcomes.get((institution, of))
        if known is None:
            outcome = Outcome(
                code=OutcomeCode(of.code),
                name=of.name,
                category=Category(of.category),
                level=of.level,
                framework=of.framework,
                framework_level=of.framework_level,
                hours=of.hours,
                crosswalk_version=of.crosswalk,
            )
            known = self._outcomes[institution, of] = OutcomeTemplate.of(outcome, Uscc(institution))
        return known


def urn_of(random: bytes) -> str:
    """The URN of a version 4 UUID (RFC 9562 section 5.4) of 16 random bytes; ``uuid`` takes five times as long."""
    digits = random.hex()
    variant = "89ab"[random[8] >> 6]
    return f"urn:uuid:{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
