"""A certificate of our own making, and a ledger in memory that says of it whatever a test wants."""

from __future__ import annotations

import datetime as dt
import hashlib
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # tests are imported by path; what they share is by name

from gateway.domain.claims import OutcomeCode
from gateway.domain.credential import Credential
from gateway.domain.crosswalk import Category
from gateway.domain.did_key import public_key_of
from gateway.domain.identifiers import DocumentType, LearnerDocument, Uscc, uscc_check_character
from gateway.domain.issue import Award, Outcome, OutcomeTemplate, Template, number_commitment
from gateway.domain.leaf import Facts
from gateway.domain.manifest import cid_of, manifest_of
from gateway.domain.proof import Signer
from gateway.domain.receipt import Anchoring, Certificate, Receipt
from gateway.domain.seals import Consensus
from gateway.domain.tree import MerkleTree
from gateway.ledger.errors import ChainUnavailable
from gateway.ledger.values import (
    Accreditation,
    Anchor,
    BlockRef,
    InstitutionKey,
    KeyKind,
    LeafState,
    Reason,
    Standing,
    Status,
    Tenure,
)
from gateway.verification.service import Verifier
from gateway.verification.views import LedgerViews

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.domain.errors import HurenError

CHAIN_ID = 31_337
REGISTRY = bytes(range(20))
ANCHORED_AT = 1_709_280_000  # 2024-03-01 16:00 in UTC+8
NOW = 1_772_323_200  # 2026-03-01 in UTC+8
FINAL = BlockRef(90, b"\x09" * 32, NOW - 5)
INDEXED = BlockRef(80, b"\x08" * 32, NOW - 60)


def uscc(province: int, number: int = 1) -> str:
    first = f"12{province}{number:09d}"
    return first + uscc_check_character(first)


OURS = uscc(320_000)
OTHER = uscc(330_000)
SIGNER = Signer(hashlib.sha256(b"issuing key").digest())


def make_credential(signer: Signer, salt: bytes, name: str = "张伟", **changes: Any) -> tuple[Credential, bytes, bytes]:  # noqa: ANN401
    """(credential, leaf, claim), signed."""
    institution = Uscc(OURS)
    outcome = Outcome(
        OutcomeCode("XZBS-2024"), "行政办事员职业技能证书", Category.VOCATIONAL, 4, "江苏省学分银行", "4", "192"
    )
    template = Template(institution, "江苏开放大学", signer.did, f"https://bank.example/v1/status/{OURS}/0")
    award = {
        "credential_id": "urn:uuid:00000000-0000-4000-8000-000000000001",
        "learner_name": name,
        "number_commitment": number_commitment(
            LearnerDocument(DocumentType.RESIDENT, "11010519491231002X"), salt[::-1]
        ),
        "document_type": DocumentType.RESIDENT,
        "license_number": "S666232942200244000001",
        "credits": 800,
        "awarded": dt.date(2024, 2, 1),
        "status_index": 7,
        "result": "86.5",
    }
    claim = hashlib.sha256(b"claim" + name.encode()).digest()
    sealed = template.seal(OutcomeTemplate.of(outcome, institution), Award(**(award | changes)), claim, salt)
    proof = signer.prove(sealed.document, "2024-02-01T08:00:00Z")
    return Credential.parse(sealed.signed(proof)), sealed.leaf, claim


@dataclass
class Ledger:
    """What the contracts hold, as a test wants it; both a node and an index."""

    anchored: dict[tuple[str, bytes], Anchor] = field(default_factory=dict)
    states: dict[tuple[str, bytes], LeafState] = field(default_factory=dict)
    versions: dict[tuple[str, int], Accreditation] = field(default_factory=dict)
    issuing: dict[tuple[str, bytes], InstitutionKey] = field(default_factory=dict)
    block: BlockRef = FINAL
    confirmed: int | None = NOW
    down: HurenError | None = None

    def _up(self) -> None:
        if self.down is not None:
            raise self.down

    def final_block(self) -> BlockRef:
        self._up()
        return self.block

    def checked(self) -> tuple[BlockRef, int] | None:
        return None if self.confirmed is None else (self.block, self.confirmed)

    def anchors(self, batches: Sequence[tuple[str, bytes]], block: BlockRef) -> list[Anchor | None]:
        self._asked_of(block)
        return [self.anchored.get(pair) for pair in batches]

    def leaf_states(self, leaves: Sequence[tuple[str, bytes]], block: BlockRef) -> list[LeafState]:
        self._asked_of(block)
        return [self.states.get(pair, LeafState()) for pair in leaves]

    def accreditations(self, versions: Sequence[tuple[str, int]], block: BlockRef) -> list[Accreditation | None]:
        self._asked_of(block)
        return [self.versions.get(pair) for pair in versions]

    def keys(self, keys: Sequence[tuple[str, bytes]], block: BlockRef) -> list[InstitutionKey | None]:
        self._asked_of(block)
        return [self.issuing.get(pair) for pair in keys]

    def _asked_of(self, block: BlockRef) -> None:
        self._up()
        assert block == self.block, "a view reads at its own block"


@dataclass(frozen=True)
class Held:
    institution: str
    root: bytes


@dataclass
class Holdings:
    places: dict[bytes, list[Held]] = field(default_factory=dict)
    missing: int = 0

    def find(self, leaf: bytes) -> list[Held]:
        return self.places.get(leaf, [])

    def lacking(self) -> int:
        return self.missing


class Names:
    def name_of(self, institution: str) -> str:
        return {OURS: "江苏开放大学"}.get(institution, "")


@dataclass
class Case:
    """One certificate, the ledger live and as indexed, and the verifier that looks at both."""

    certificate: Certificate
    leaf: bytes
    live: Ledger
    index: Ledger
    holdings: Holdings
    now: float = NOW

    @property
    def data(self) -> bytes:
        return self.certificate.to_json()

    @property
    def root(self) -> bytes:
        return self.certificate.receipt.anchoring.root

    @property
    def verifier(self) -> Verifier:
        def clock() -> float:
            return self.now

        views = LedgerViews(self.live, self.index, staleness_seconds=60, clock=clock)
        return Verifier(views, self.holdings, Names(), chain_id=CHAIN_ID, registries=[REGISTRY], clock=clock)

    def both(self) -> tuple[Ledger, Ledger]:
        return self.live, self.index

    def change_anchor(self, **changes: Any) -> None:  # noqa: ANN401
        for ledger in self.both():
            ledger.anchored[OURS, self.root] = replace(ledger.anchored[OURS, self.root], **changes)

    def set_leaf(self, state: LeafState, institution: str = OURS) -> None:
        for ledger in self.both():
            ledger.states[institution, self.leaf] = state

    def also_anchored(self, root: bytes, institution: str = OURS, **changes: Any) -> None:  # noqa: ANN401
        """Another batch that holds the same leaf."""
        anchor = replace(self.live.anchored[OURS, self.root], institution=institution, root=root, **changes)
        for ledger in self.both():
            ledger.anchored[institution, root] = anchor
        self.holdings.places[self.leaf].append(Held(institution, root))

    def chain_away(self) -> None:
        self.live.down = ChainUnavailable("connection refused")
        self.index.confirmed = None

    def with_receipt(self, **changes: Any) -> bytes:  # noqa: ANN401
        """The file with some of its anchoring changed."""
        import msgspec  # noqa: PLC0415 - this helper's alone

        receipt = self.certificate.receipt
        anchoring = msgspec.structs.replace(receipt.anchoring, **changes)
        return Certificate(self.certificate.credential, msgspec.structs.replace(receipt, anchoring=anchoring)).to_json()


def make_case(signer: Signer = SIGNER, **changes: Any) -> Case:  # noqa: ANN401
    salt = hashlib.sha256(b"salt").digest()
    credential, leaf, claim = make_credential(signer, salt, **changes)
    tree = MerkleTree.of([leaf, *(hashlib.sha256(bytes([number])).digest() for number in range(6))])
    manifest = manifest_of(tree)
    anchoring = Anchoring(
        chain_id=CHAIN_ID,
        registry=REGISTRY,
        institution=OURS.encode().ljust(32, b"\0"),
        root=tree.root,
        proof=tree.proof(leaf),
        manifest=cid_of(manifest.digest),
        province=320_000,
        sequence=5,
    )
    certificate = Certificate(credential, Receipt(anchoring, Facts.of(credential.facts(), claim), salt))
    anchor = Anchor(
        OURS, tree.root, manifest.digest, manifest.count, 320_000, 1, ANCHORED_AT, 5, 1, Status.VALID, Reason.NONE, 0, 0
    )  # fmt: skip
    accreditation = Accreditation(1, 320_000, Standing.ACCREDITED, 0b1110, 10, 99_999, ANCHORED_AT - 86_400)
    key = InstitutionKey(public_key_of(signer.did), KeyKind.SIGNING, Tenure(ANCHORED_AT - 86_400))

    def ledger(block: BlockRef) -> Ledger:
        return Ledger(
            {(OURS, tree.root): anchor},
            {},
            {(OURS, 1): accreditation},
            {(OURS, key.public_key): key},
            block,
        )

    return Case(certificate, leaf, ledger(FINAL), ledger(INDEXED), Holdings({leaf: [Held(OURS, tree.root)]}))


@pytest.fixture
def case() -> Case:
    """A certificate that is valid, until a test says otherwise."""
    return make_case()


@pytest.fixture
def case_of() -> Any:  # noqa: ANN401
    """Makes other cases: `case_of(signer=…, awarded=…)`."""
    return make_case


@pytest.fixture
def paper(case: Case) -> Any:  # noqa: ANN401
    """A `Paper` of offline_paper, of a chain of Clique."""
    from offline_paper import CLIQUE, Paper  # noqa: PLC0415 - only tests with no network prove words

    return Paper(case, CLIQUE)


@pytest.fixture(params=["clique", "qbft"])
def either(request: pytest.FixtureRequest, case: Case) -> Any:  # noqa: ANN401
    """A `Paper` of Clique, and one of QBFT."""
    from offline_paper import Paper  # noqa: PLC0415 - as above

    return Paper(case, Consensus(request.param))


@pytest.fixture
def node(case: Case) -> Any:  # noqa: ANN401
    """A `Node` of sealed_node: nine blocks of the four, whose state proves the case."""
    from proving import Ground  # noqa: PLC0415 - as above
    from sealed_node import Node, clique_chain  # noqa: PLC0415 - as above

    ground = Ground.of(case.live, REGISTRY)
    return Node(clique_chain(ground.state()[0], 9, int(case.now) - 100), ground)
