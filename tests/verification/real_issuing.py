"""Batches of real certificates, anchored on a real chain with the law on it: what verification is tried with there."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from gateway.domain.claims import OutcomeCode
from gateway.domain.credential import Credential
from gateway.domain.crosswalk import Category
from gateway.domain.identifiers import DocumentType, Uscc
from gateway.domain.issue import Award, Outcome, OutcomeTemplate, Template
from gateway.domain.leaf import Facts
from gateway.domain.manifest import Manifest, manifest_of
from gateway.domain.receipt import Anchoring, Certificate, Receipt
from gateway.domain.tree import MerkleTree
from gateway.ledger.reader import ChainReader, institution_word

if TYPE_CHECKING:
    import datetime as dt

    from gateway.domain.proof import Signer

    World = Any


def _ledger_fixtures() -> Any:  # noqa: ANN401 - a module
    """The chain and the four provinces that the ledger's own tests stand on."""
    path = Path(__file__).parents[1] / "ledger" / "conftest.py"
    spec = importlib.util.spec_from_file_location("ledger_fixtures", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["ledger_fixtures"] = module
    spec.loader.exec_module(module)
    return module


FIXTURES = _ledger_fixtures()
LEDGER = sys.modules["ledger_world"]

SHANGHAI, JIANGSU, ANHUI = 310_000, 320_000, 340_000
SCHOOL = LEDGER.uscc(JIANGSU)
SIGNING = 1


@dataclass(frozen=True)
class Issued:
    """A batch of real certificates, as the chain's helpers and as verifiers want it."""

    institution: str
    contents: list[tuple[bytes, bytes]]
    manifest: Manifest
    certificates: list[Certificate]

    def file(self, position: int) -> bytes:
        return self.certificates[position].to_json()


def issue(world: World, signer: Signer, awarded: dt.date, count: int, first: int = 0) -> Issued:
    """``count`` certificates; the same ``first`` gives the same leaves."""
    uscc = Uscc(SCHOOL)
    outcome = Outcome(OutcomeCode("XZBS-2024"), "行政办事员", Category.VOCATIONAL, 4, "江苏省学分银行", "4", "192")
    template = Template(uscc, "江苏开放大学", signer.did, f"https://bank.example/v1/status/{SCHOOL}/0")
    of_outcome = OutcomeTemplate.of(outcome, uscc)
    made = []
    for number in range(first, first + count):
        salt, claim = (hashlib.sha256(f"{word} {number}".encode()).digest() for word in ("salt", "claim"))
        award = Award(
            f"urn:uuid:00000000-0000-4000-8000-{number:012d}", f"学员{number}", "sha256$" + claim.hex(),
            DocumentType.RESIDENT, f"CERT-{number}", 800, awarded, number, "合格",
        )  # fmt: skip
        sealed = template.seal(of_outcome, award, claim, salt)
        credential = Credential.parse(sealed.signed(signer.prove(sealed.document, "2024-02-01T08:00:00Z")))
        made.append((sealed.leaf, (sealed.commitment, sealed.facts), credential, claim, salt))
    made.sort(key=lambda one: one[0])
    manifest = manifest_of(MerkleTree.of_sorted([leaf for leaf, *_ in made]))
    registry = bytes.fromhex(world.deployment.address("CredentialRegistry")[2:])
    return Issued(
        SCHOOL,
        [content for _, content, *_ in made],
        manifest,
        [
            Certificate(
                credential,
                Receipt(
                    Anchoring(
                        LEDGER.CHAIN_ID, registry, institution_word(SCHOOL), manifest.root,
                        manifest.tree.proof_at(position), manifest.cid, JIANGSU, 0,
                    ),
                    Facts.of(credential.facts(), claim),
                    salt,
                ),
            )
            for position, (_, _, credential, claim, salt) in enumerate(made)
        ],
    )  # fmt: skip


def anchored(world: World, batch: Issued) -> Issued:
    """The same batch, its receipts with the sequence that the chain gave it."""
    world.anchor(batch)
    reader = ChainReader(world.calls)
    [anchor] = reader.anchors([(batch.institution, batch.manifest.root)], reader.final_block())

    def numbered(certificate: Certificate) -> Certificate:
        receipt = certificate.receipt
        where = msgspec.structs.replace(receipt.anchoring, sequence=anchor.sequence)
        return Certificate(certificate.credential, msgspec.structs.replace(receipt, anchoring=where))

    return Issued(batch.institution, batch.contents, batch.manifest, [numbered(one) for one in batch.certificates])
