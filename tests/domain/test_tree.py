from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gateway.domain import manifest as mf
from gateway.domain import tree as tr
from gateway.domain.hashing import keccak256, sha256
from gateway.domain.tree import MerkleTree, Multiproof, root_of, root_of_many

KNOWN = json.loads((Path(__file__).parents[1] / "vectors" / "leaf.json").read_text(encoding="utf-8"))
TREES = KNOWN["trees"]
LEAVES = st.sets(st.binary(min_size=32, max_size=32), min_size=1, max_size=40)


def unhex(values: list[str]) -> list[bytes]:
    return [bytes.fromhex(value[2:]) for value in values]


# The law: "leaves sorted ascending, OpenZeppelin StandardMerkleTree shape"
@pytest.mark.parametrize("known", TREES, ids=lambda known: str(known["count"]))
def test_a_known_tree_has_the_known_root_proofs_and_manifest(known: dict[str, Any]) -> None:
    tree = MerkleTree.of(reversed(unhex(known["leavesInOrder"])))
    assert "0x" + tree.root.hex() == known["root"]
    assert tree.count == known["count"]
    assert list(tree.leaves) == unhex(known["leavesInOrder"])
    for proof in known["proofs"]:
        (leaf,) = unhex([proof["leaf"]])
        assert list(tree.proof(leaf)) == unhex(proof["proof"])
        assert root_of(leaf, unhex(proof["proof"])) == tree.root
    manifest = mf.manifest_of(tree)
    assert manifest.data == b"".join(unhex(known["leavesInOrder"]))
    assert "0x" + manifest.digest.hex() == known["manifestSha256"]
    assert manifest.cid == known["manifestCid"]


@pytest.mark.parametrize("known", [t for t in TREES if t["multiproof"]], ids=lambda known: str(known["count"]))
def test_a_known_multiproof_is_the_known_one(known: dict[str, Any]) -> None:
    expected = known["multiproof"]
    tree = MerkleTree.of(unhex(known["leavesInOrder"]))
    found = tree.multiproof(reversed(unhex(expected["leaves"])))
    assert found == Multiproof(
        tuple(unhex(expected["leaves"])), tuple(unhex(expected["proof"])), tuple(expected["proofFlags"])
    )
    assert root_of_many(found) == tree.root


@given(LEAVES, st.data())
def test_every_leaf_and_every_subset_lead_to_the_root(leaves: set[bytes], data: st.DataObject) -> None:
    tree = MerkleTree.of(leaves)
    assert MerkleTree.of_sorted(sorted(leaves)) == tree
    for position, leaf in enumerate(sorted(leaves)):
        assert tree.proof(leaf) == tree.proof_at(position)
        assert root_of(leaf, tree.proof(leaf)) == tree.root
        assert len(tree.proof(leaf)) <= tr.MAX_DEPTH
    some = data.draw(st.lists(st.sampled_from(sorted(leaves)), min_size=1, unique=True))
    assert root_of_many(tree.multiproof(some)) == tree.root


@given(LEAVES, st.binary(min_size=32, max_size=32))
def test_a_leaf_that_is_not_in_the_tree_does_not_lead_to_the_root(leaves: set[bytes], stranger: bytes) -> None:
    tree = MerkleTree.of(leaves)
    assume(stranger not in leaves)
    with pytest.raises(tr.UnknownLeaf):
        tree.proof(stranger)
    assert all(root_of(stranger, tree.proof_at(position)) != tree.root for position in range(tree.count))


# The law: "batch: 1 to 32,768 distinct leaves"
def test_a_full_batch_has_proofs_of_fifteen_siblings_and_one_more_leaf_is_too_many() -> None:
    leaves = sorted(keccak256(index.to_bytes(4, "big")) for index in range(tr.MAX_LEAVES))
    tree = MerkleTree.of_sorted(leaves)
    assert {len(tree.proof_at(position)) for position in (0, 1, 16_384, 32_767)} == {tr.MAX_DEPTH}
    assert root_of(leaves[12_345], tree.proof_at(12_345)) == tree.root
    manifest = mf.manifest_of(tree)
    assert len(manifest.data) == mf.MAX_BYTES == 1024 * 1024
    assert mf.parse_manifest(manifest.data) == manifest
    with pytest.raises(tr.TooManyLeaves):
        MerkleTree.of_sorted([*leaves, b"\xff" * 32])
    with pytest.raises(mf.ManifestLength):
        mf.parse_manifest(manifest.data + b"\xff" * 32)


# The law: "distinct leaves"
@pytest.mark.parametrize(
    ("leaves", "error"),
    [([], tr.NoLeaves), ([b"x"], tr.NotALeaf), ([bytes(33)], tr.NotALeaf), ([bytes(32)] * 2, tr.DuplicateLeaf)],
)
def test_bad_leaves_are_refused_by_name(leaves: list[bytes], error: type[Exception]) -> None:
    with pytest.raises(error):
        MerkleTree.of(leaves)


A, B, C = (bytes([byte]) * 32 for byte in (1, 2, 3))


def test_a_multiproof_asks_for_leaves_of_the_tree_each_once() -> None:
    tree = MerkleTree.of([A, B])
    with pytest.raises(tr.NoLeaves):
        tree.multiproof([])
    with pytest.raises(tr.DuplicateLeaf):
        tree.multiproof([A, A])
    with pytest.raises(tr.UnknownLeaf):
        tree.multiproof([C])


@pytest.mark.parametrize(
    "malformed",
    [
        Multiproof((), (A,), ()),
        Multiproof((A,), (), (True,)),
        Multiproof((A, B), (), ()),
        Multiproof((A,), (B, C), (True, False)),
        Multiproof((A, B), (C,), (True, True)),
        Multiproof((A, B), (), (False,)),
    ],
)
def test_a_malformed_multiproof_is_refused(malformed: Multiproof) -> None:
    with pytest.raises(tr.MalformedMultiproof):
        root_of_many(malformed)


# The law: "A manifest that is not strictly ascending … is a named finding"
@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", mf.ManifestEmpty),
        (A + b"x", mf.ManifestLength),
        (B + A, mf.ManifestOrder),
        (A + B + B, mf.ManifestOrder),
        (A + C + B, mf.ManifestOrder),
    ],
)
def test_a_malformed_manifest_is_a_named_finding(data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        mf.parse_manifest(data)


# The law: "or does not give its root is a named finding"
def test_a_manifest_is_held_against_what_was_anchored() -> None:
    good = mf.manifest_of(MerkleTree.of([A, B, C]))
    assert mf.check_manifest(good.data, digest=good.digest, root=good.root, count=3) == good
    for wrong in ({"digest": A}, {"root": A}, {"count": 2}):
        with pytest.raises(mf.ManifestMismatch):
            mf.check_manifest(good.data, **{"digest": good.digest, "root": good.root, "count": 3, **wrong})


# The law: "its CID (v1, raw, sha2-256)"
@given(st.binary())
def test_a_cid_names_its_digest(data: bytes) -> None:
    assert mf.cid_digest(mf.cid_of(sha256(data))) == sha256(data)


@pytest.mark.parametrize(
    "cid",
    [
        "",
        "b",
        "z6Mk",
        "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKdgeG",
        "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi",
        TREES[0]["manifestCid"].upper(),
        TREES[0]["manifestCid"] + "a",
        "b中",
    ],
)
def test_another_kind_of_cid_is_refused(cid: str) -> None:
    with pytest.raises(mf.MalformedCid):
        mf.cid_digest(cid)
