"""Known answers, and one whole certificate built from them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.domain.credential import Credential
from gateway.domain.leaf import Facts
from gateway.domain.manifest import cid_of
from gateway.domain.proof import Signer
from gateway.domain.receipt import Anchoring, Certificate, Receipt
from gateway.domain.tree import MerkleTree

VECTORS = Path(__file__).parents[1] / "vectors"
FOREIGN = Path(__file__).parents[3] / "shared" / "vectors" / "foreign"

# Published test data of others lies beside the checkout and is not part of it.
collect_ignore = [] if FOREIGN.is_dir() else ["test_foreign.py"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not FOREIGN.is_dir():
        terminalreporter.write_line("left out: tests/domain/test_foreign.py (no ../shared/vectors/foreign here)")


def from_hex(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


@pytest.fixture(scope="session")
def leaf_vectors() -> dict[str, Any]:
    return json.loads((VECTORS / "leaf.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def signer(leaf_vectors: dict[str, Any]) -> Signer:
    known = leaf_vectors["credentials"][0]
    return Signer(from_hex(leaf_vectors["issuingSeeds"][known["institutionCode"]]))


@pytest.fixture(scope="session")
def certificate(leaf_vectors: dict[str, Any], signer: Signer) -> Certificate:
    """The first known credential, signed, with the receipt of the tree of seven."""
    known = leaf_vectors["credentials"][0]
    unsigned = Credential.from_document(known["document"])
    proof = json.loads(signer.prove(unsigned.canonical, "2024-02-01T08:00:00Z"))
    credential = Credential.from_document({**known["document"], "proof": [proof]})
    tree = MerkleTree.of(from_hex(leaf) for leaf in leaf_vectors["trees"][-1]["leavesInOrder"])
    return Certificate(
        credential,
        Receipt(
            Anchoring(
                chain_id=31337,
                registry=bytes(range(20)),
                institution=from_hex(known["institution"]),
                root=tree.root,
                proof=tree.proof(from_hex(known["leaf"])),
                manifest=cid_of(from_hex(leaf_vectors["trees"][-1]["manifestSha256"])),
                province=320000,
                sequence=1,
            ),
            Facts.of(credential.facts(), from_hex(known["claim"])),
            from_hex(known["salt"]),
        ),
    )
