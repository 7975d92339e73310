"""The Bitstring Status Lists that a centre publishes for the institutions it issues for.

Derived from the chain's events as the index holds them: nothing is kept, so a list can never say what the chain does
not. Source: W3C Bitstring Status List 1.0, sections 2.2 and 4. The only purpose is `revocation`; a suspension, which
may be lifted, is told by the verdict alone. The institution's issuing key signs (eddsa-jcs-2022).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Protocol

from sqlalchemy import func, select

from gateway.domain.proof import proof_time
from gateway.domain.secured import sign_document
from gateway.domain.statuslist import encode_status_list
from gateway.issuance.errors import NoStatusList
from gateway.ledger.values import Status
from gateway.store.models import Anchor, Batch, Credential, LeafStatus, ManifestState, StatusList

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from gateway.domain.proof import Signer
    from gateway.ledger.values import BlockRef
    from gateway.store.engine import Database

_VC: Final = "https://www.w3.org/ns/credentials/v2"


class Place(Protocol):
    """Where a leaf is held."""

    @property
    def institution(self) -> str:
        """USCC."""

    @property
    def root(self) -> bytes:
        """Of the batch, 32 bytes."""

    @property
    def position(self) -> int:
        """In the batch's manifest."""


class Holdings(Protocol):
    """The batches that hold a leaf."""

    def find(self, leaf: bytes) -> Sequence[Place]:
        """Every batch that holds the leaf, compared in full."""


class IndexedBlock(Protocol):
    """How far the index has come."""

    def checked(self) -> tuple[BlockRef, int] | None:
        """The block up to which everything is indexed, and when that was confirmed."""


class Signers(Protocol):
    """Institutions' issuing keys."""

    def signer_for(self, institution: str) -> Signer:
        """The key that signs now."""


@dataclass(frozen=True, slots=True)
class StatusListCredential:
    """A signed list and the block that it was derived from."""

    document: dict[str, Any]
    block: int


@dataclass(frozen=True, slots=True)
class _Made:
    """The bits of a list, good as long as the institution's statuses have not moved."""

    state: tuple[object, ...]
    encoded: str


class PublishedLists:
    """The status lists of one centre."""

    def __init__(
        self, database: Database, index: IndexedBlock, holdings: Holdings, signers: Signers, *, public_url: str
    ) -> None:
        """Publish under ``public_url``, where the credentials' ``statusListCredential`` points."""
        self._database = database
        self._index = index
        self._holdings = holdings
        self._signers = signers
        self._public_url = public_url
        self._made: dict[tuple[str, int], _Made] = {}
        self._lock = Lock()

    def credential(self, institution: str, number: int) -> StatusListCredential:
        """List ``number`` of an institution (USCC) as a verifiable credential, true at the block it names.

        Raises:
            NoStatusList: this centre keeps no such list, or has indexed nothing yet.
            KeyringError: the institution's issuing key cannot be opened.
        """
        checked = self._index.checked()
        if checked is None:
            raise NoStatusList(f"{institution}/{number}")
        block, _ = checked
        encoded = self._encoded(institution, number)
        signer = self._signers.signer_for(institution)
        address = f"{self._public_url}/v1/status/{institution}/{number}"
        time = proof_time(dt.datetime.fromtimestamp(block.time, dt.UTC))
        document: dict[str, Any] = {
            "@context": [_VC],
            "id": address,
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": signer.did,
            "validFrom": time,
            "description": f"block {block.number} 0x{block.hash.hex()}",
            "credentialSubject": {
                "id": f"{address}#list",
                "type": "BitstringStatusList",
                "statusPurpose": "revocation",
                "encodedList": encoded,
            },
        }
        return StatusListCredential(sign_document(document, signer, time), block.number)

    def _encoded(self, institution: str, number: int) -> str:
        with self._lock, self._database.read() as connection:
            query = select(StatusList.capacity).where(
                StatusList.institution == institution, StatusList.number == number
            )
            capacity = connection.execute(query).scalar_one_or_none()
            if capacity is None:
                raise NoStatusList(f"{institution}/{number}")
            state = _state(connection, institution)
            made = self._made.get((institution, number))
            if made is None or made.state != state:
                bits = set(self._revoked(connection, institution, number))
                made = _Made(state, encode_status_list(bits, capacity))
                self._made[institution, number] = made
            return made.encoded

    def _revoked(self, connection: Connection, institution: str, number: int) -> Iterator[int]:
        """The places of the list's revoked credentials: those revoked by themselves, and those of revoked batches."""
        in_batch = Credential.batch_id == Batch.id
        in_list = (Batch.institution == institution) & (Credential.list_number == number)
        roots = select(Anchor.root, Anchor.status).where(Anchor.institution == institution)
        status_of = {root: status for root, status in connection.execute(roots)}  # noqa: C416 - rows are no pairs to mypy
        leaves = select(LeafStatus.leaf).where(
            LeafStatus.institution == institution, LeafStatus.status == Status.REVOKED
        )
        for leaf in connection.execute(leaves).scalars().all():
            for place in self._holdings.find(leaf):
                query = select(Credential.list_index).join(Batch, in_batch)
                at = (Batch.root == place.root) & (Credential.position == place.position)
                yield from connection.execute(query.where(in_list, at)).scalars()
        for root, status in status_of.items():
            if status != Status.REVOKED:
                continue
            members = select(Credential.leaf, Credential.list_index).join(Batch, in_batch)
            for leaf, index in connection.execute(members.where(in_list, Batch.root == root)):
                # Anchored again in a batch in force: such a leaf has left the revoked batch.
                held = [one.root for one in self._holdings.find(leaf) if one.institution == institution]
                if all(status_of.get(other) == Status.REVOKED for other in held):
                    yield index


def _state(connection: Connection, institution: str) -> tuple[object, ...]:
    """What changes whenever a bit does: revocations are final, so counting them tells, and so do manifests taken in."""
    own = select(func.count(), func.max(LeafStatus.block)).where(
        LeafStatus.institution == institution, LeafStatus.status == Status.REVOKED
    )
    batches = select(
        func.count(),
        func.count().filter(Anchor.status == Status.REVOKED),
        func.count().filter(Anchor.manifest_state == ManifestState.HELD),
        func.max(Anchor.since),
    ).where(Anchor.institution == institution)
    return (*connection.execute(own).one(), *connection.execute(batches).one())
