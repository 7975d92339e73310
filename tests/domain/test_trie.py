"""Merkle-Patricia tries: known roots, proofs recorded from a real node, and no proof that says what is not there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.hashing import keccak256, word
from gateway.domain.rlp import decode, encode
from gateway.domain.trie import EMPTY_ROOT, Nodes, ProofInvalid, Trie, proven

QBFT = Path(__file__).parents[1] / "vectors" / "qbft"
KEYS = st.binary(min_size=1, max_size=6)
ENTRIES = st.dictionaries(KEYS, st.binary(min_size=1, max_size=50), max_size=24)


def of(text: str) -> bytes:
    return bytes.fromhex(text[2:])


@pytest.fixture(scope="module")
def recorded() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((QBFT / "getproof.json").read_text())
    return found


# Ethereum's own test suite, TrieTests/trieanyorder.json
@pytest.mark.parametrize(
    ("entries", "root"),
    [
        ({}, "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"),
        ({"A": "a" * 50}, "d23786fb4a010da3ce639d66d5e904a11dbc02746d1ce25029e53290cabf28ab"),
        (
            {"doe": "reindeer", "dog": "puppy", "dogglesworth": "cat"},
            "8aad789dff2f538bca5d8ea56e8abe10f4c7ba3a5dea95fea4cd6e7c3a1168d3",
        ),
        (
            {"do": "verb", "horse": "stallion", "doge": "coin", "dog": "puppy"},
            "5991bb8c6514148a29db676a14ac506cd2cd5775ace63c30a4fe457715e9ac84",
        ),
        ({"foo": "bar", "food": "bass"}, "17beaa1648bafa633cda809c90c04af50fc8aed3cb40d16efbddee6fdf63c4c3"),
        (
            {"be": "e", "dog": "puppy", "bed": "d"},
            "3f67c7a47520f79faa29255d2d3c084a7a6df0453116ed7232ff10277a8be68b",
        ),
    ],
)
def test_the_known_roots(entries: dict[str, str], root: str) -> None:
    assert Trie({key.encode(): value.encode() for key, value in entries.items()}).root.hex() == root


def test_accounts_and_slots_recorded_from_a_real_node_are_proven(recorded: dict[str, Any]) -> None:
    state, proof = of(recorded["stateRoot"]), recorded["proof"]
    account = proven(state, keccak256(of(proof["address"])), [*map(of, proof["accountProof"])])
    assert account is not None
    assert decode(account)[2:] == [of(proof["storageHash"]), of(proof["codeHash"])]
    for slot in proof["storageProof"]:
        key = keccak256(word(int(slot["key"], 16)))
        value = proven(of(proof["storageHash"]), key, [*map(of, slot["proof"])])
        assert value == encode(bytes.fromhex(f"{int(slot['value'], 16):x}".zfill(2)))


def test_an_absent_slot_and_an_absent_account_are_proven_to_be_absent(recorded: dict[str, Any]) -> None:
    [slot] = recorded["absent"]["storageProof"]
    nodes = [*map(of, slot["proof"])]
    assert proven(of(recorded["absent"]["storageHash"]), keccak256(word(int(slot["key"], 16))), nodes) is None
    account = recorded["absentAccount"]
    key = keccak256(of(account["address"]))
    assert proven(of(recorded["stateRoot"]), key, [*map(of, account["accountProof"])]) is None


def test_proofs_that_another_implementation_made_say_what_it_says() -> None:
    """Present and absent keys, of one length and of several, with nodes that lie within others."""
    made = json.loads((QBFT.parent / "trie.json").read_text())["proofs"]
    assert {proof["value"] is None for proof in made} == {True, False}
    for one in made:
        root, key, nodes = bytes.fromhex(one["root"]), bytes.fromhex(one["key"]), [*map(bytes.fromhex, one["proof"])]
        value = None if one["value"] is None else bytes.fromhex(one["value"])
        held = Nodes(nodes)
        assert held.value(root, key) == value
        needed = held.used
        for node in needed:
            with pytest.raises(ProofInvalid):
                Nodes(other for other in nodes if other != node).value(root, key)
        for number, node in enumerate(nodes):
            for at in range(0, len(node), 5):
                bent = node[:at] + bytes((node[at] ^ 1 << (at % 8),)) + node[at + 1 :]
                other = Nodes([*nodes[:number], bent, *nodes[number + 1 :]])
                if node in needed:
                    with pytest.raises(ProofInvalid):
                        other.value(root, key)
                else:
                    assert other.value(root, key) == value, "what lies within another node is read there"


def test_one_bit_of_a_recorded_proof_turned_anywhere_is_refused(recorded: dict[str, Any]) -> None:
    proof = recorded["proof"]
    nodes, key = [*map(of, proof["accountProof"])], keccak256(of(proof["address"]))
    for number, node in enumerate(nodes):
        for at in range(len(node)):
            bent = node[:at] + bytes((node[at] ^ 1,)) + node[at + 1 :]
            with pytest.raises(ProofInvalid):
                proven(of(recorded["stateRoot"]), key, [*nodes[:number], bent, *nodes[number + 1 :]])


@given(ENTRIES, KEYS)
def test_every_entry_is_proven_and_what_is_not_there_is_proven_absent(
    entries: dict[bytes, bytes], other: bytes
) -> None:
    trie = Trie(entries)
    for key in (*entries, other):
        assert proven(trie.root, key, trie.proof(key)) == entries.get(key)


@given(ENTRIES.filter(bool), st.data())
def test_a_proof_with_a_node_less_more_or_altered_is_refused(entries: dict[bytes, bytes], data: st.DataObject) -> None:
    trie, key = Trie(entries), data.draw(st.sampled_from(sorted(entries)))
    proof = trie.proof(key)
    at = data.draw(st.integers(0, len(proof) - 1))
    bit = data.draw(st.integers(0, len(proof[at]) * 8 - 1))
    bent = (int.from_bytes(proof[at], "big") ^ 1 << bit).to_bytes(len(proof[at]), "big")
    for wrong in ([*proof[:at], bent, *proof[at + 1 :]], proof[:at] + proof[at + 1 :], [*proof, proof[at]]):
        with pytest.raises(ProofInvalid) as caught:
            proven(trie.root, key, wrong)
        assert caught.value.value == "0x" + key.hex()


@given(ENTRIES, ENTRIES)
def test_only_the_same_entries_have_the_same_root(one: dict[bytes, bytes], other: dict[bytes, bytes]) -> None:
    assert (Trie(one).root == Trie(other).root) == (one == other)


def test_nodes_write_an_empty_trie_down_or_leave_it_out() -> None:
    assert Trie({}).root == EMPTY_ROOT
    for proof in ([], [b"\x80"]):
        assert proven(EMPTY_ROOT, b"key", proof) is None
    with pytest.raises(ProofInvalid):
        proven(EMPTY_ROOT, b"key", [b"\x80", b"\x80"])


@pytest.mark.parametrize(
    "node",
    [b"\x83dog", encode([b"one", b"two", b"three"]), encode([b"\x40key", b"value"]), encode([b"", b"value"]), b"\xc1"],
    ids=["no list", "three items", "an unknown prefix", "no path", "no RLP"],
)
def test_a_node_that_is_none_is_refused_though_its_digest_fits(node: bytes) -> None:
    with pytest.raises(ProofInvalid):
        proven(keccak256(node), b"key", [node])
