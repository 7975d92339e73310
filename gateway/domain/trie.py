"""Merkle-Patricia tries: what a header's roots commit to, how one entry is proven, how a root is computed anew.

    value = proven(state_root, keccak256(address), proof)        # None: proven to be absent
    Trie({encode(integer(0)): receipt}).root

A proof is the list of nodes from the root down to where the key ends. It is believed only as far as digests carry:
every node is found by the digest in the node above it. Source: Ethereum Yellow Paper, appendix D; EIP-1186.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from gateway.domain.errors import CANNOT, DomainError, Said, cause_of
from gateway.domain.hashing import WORD, keccak256
from gateway.domain.rlp import Item, RlpInvalid, decode, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

EMPTY_ROOT: Final = keccak256(encode(b""))
"""The root of a trie without entries."""
LACKING: Final = Said("缺少节点", "a node is lacking")
_BRANCH, _PAIR = 17, 2
_LEAF, _ODD = 2, 1  # bits of the first nibble of a node's path (hex-prefix encoding)


class ProofInvalid(DomainError):
    """A proof that does not lead from its root to its key."""

    code = "trie.proof_invalid"
    exit_code = CANNOT
    zh = "证明不成立（{why}）：键 {value}"
    en = "the proof does not hold ({why}): key {value}"
    hint_zh = "给出证明的节点改动了它，或证明属于另一个区块；请换一个节点"
    hint_en = "the node that gave it altered it, or it belongs to another block; ask another node"


def proven(root: bytes, key: bytes, proof: Sequence[bytes]) -> bytes | None:
    """Return the value of `key` in the trie of `root`, or None where `proof` shows that it has none.

    Args:
        root: 32 bytes, from a header or from an account that was proven.
        key: as the trie has it; the state's and the storage's are digests of the address and of the slot.
        proof: the encoded nodes from the root down. Nodes that the way does not lead through are refused.

    Raises:
        ProofInvalid: a node lacks, is altered, or does not belong there.
    """
    if root == EMPTY_ROOT and list(proof) in ([], [encode(b"")]):
        return None  # some nodes write down the empty node, some do not
    used = 0

    def following(digest: bytes) -> bytes:
        nonlocal used
        if used == len(proof):
            raise _broken(key, LACKING)
        if keccak256(proof[used]) != digest:
            why = Said(
                f"第 {used} 个节点与上层所记摘要不符", f"node {used} has another digest than the one above it says"
            )
            raise _broken(key, why)
        used += 1
        return proof[used - 1]

    found = _walked(root, key, following)
    if used != len(proof):
        why = Said(f"{len(proof) - used} 个节点不在路径上", f"{len(proof) - used} nodes that lead nowhere")
        raise _broken(key, why)
    return found


class Nodes:
    """Nodes of any number of proofs, each held once, and which of them proved something.

    One block's proofs share most of their nodes: those near the roots.
    """

    __slots__ = ("_held", "_used")

    def __init__(self, nodes: Iterable[bytes] = ()) -> None:
        """Hold `nodes`, encoded."""
        self._held: dict[bytes, bytes] = {}
        self._used: set[bytes] = set()
        self.add(nodes)

    def add(self, nodes: Iterable[bytes]) -> None:
        """Hold more."""
        self._held.update({keccak256(node): node for node in nodes})

    def afresh(self) -> Nodes:
        """Return the same nodes, of which none has proved anything yet; what is added to one is held by both."""
        other = Nodes()
        other._held = self._held
        return other

    def value(self, root: bytes, key: bytes) -> bytes | None:
        """Return the value of `key` in the trie of `root`, or None where it is shown to have none.

        Raises:
            ProofInvalid: a node lacks, or is none.
        """
        if root == EMPTY_ROOT:
            return None

        def held(digest: bytes) -> bytes:
            node = self._held.get(digest)
            if node is None:
                raise _broken(key, LACKING)
            self._used.add(digest)
            return node

        return _walked(root, key, held)

    @property
    def used(self) -> list[bytes]:
        """Those that proved something, ascending."""
        return sorted(self._held[digest] for digest in self._used)

    @property
    def idle(self) -> int:
        """How many proved nothing."""
        return len(self._held) - len(self._used)


def _walked(root: bytes, key: bytes, node_of: Callable[[bytes], bytes]) -> bytes | None:
    """Go down from the root; `node_of` gives the node of a digest."""
    at: Item = root
    path = key.hex()
    while True:
        if isinstance(at, bytes) and len(at) == WORD:
            at = _node(key, node_of(at))
        found = _step(key, at, path)
        if not isinstance(found, tuple):
            return found
        at, path = found


def _step(key: bytes, node: Item, path: str) -> tuple[Item, str] | bytes | None:
    """Go one node further: where to, with what is left of the path; or the value; or None where the way ends."""
    if not isinstance(node, list) or len(node) not in {_BRANCH, _PAIR}:
        raise _broken(key, Said("节点格式不正确", "a node that is none"))
    if len(node) == _BRANCH:
        if not path:
            return _value(key, node[_BRANCH - 1])
        child = node[int(path[0], 16)]
        return None if child == b"" else (child, path[1:])
    own, leaf = _unpacked(key, node[0])
    if leaf:
        return _value(key, node[1]) if own == path else None
    return (node[1], path[len(own) :]) if path.startswith(own) else None


def _node(key: bytes, data: bytes) -> Item:
    try:
        return decode(data)
    except RlpInvalid as error:
        raise _broken(key, cause_of(error)) from error


def _value(key: bytes, item: Item) -> bytes | None:
    if isinstance(item, list):
        raise _broken(key, Said("应为值，却是列表", "a list where a value is expected"))
    return item or None


def _broken(key: bytes, why: Said) -> ProofInvalid:
    return ProofInvalid("0x" + key.hex(), why=why)


def _unpacked(key: bytes, item: Item) -> tuple[str, bool]:
    """Read a hex-prefix encoded path: its nibbles, and whether it ends in a leaf (Yellow Paper, appendix C)."""
    if isinstance(item, list) or not item:
        raise _broken(key, Said("节点没有路径", "a node without a path"))
    nibbles = item.hex()
    flags = int(nibbles[0], 16)
    if flags > _LEAF + _ODD or (not flags & _ODD and nibbles[1] != "0"):
        raise _broken(key, Said("路径前缀未知", "a path with an unknown prefix"))
    return nibbles[1 if flags & _ODD else 2 :], bool(flags & _LEAF)


def _packed(nibbles: str, *, leaf: bool) -> bytes:
    odd = len(nibbles) % 2
    return bytes.fromhex(f"{_LEAF * leaf + odd:x}{'' if odd else '0'}{nibbles}")


def _shared(first: str, last: str) -> int:
    """How many nibbles two paths begin with in common."""
    return next((at for at, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), len(first))


class Trie:
    """A trie of entries that are all known: its root, and the proof of any key."""

    __slots__ = ("_nodes", "root")

    def __init__(self, entries: Mapping[bytes, bytes]) -> None:
        """Build it from `entries`. An empty value says that its key is absent."""
        self._nodes: dict[bytes, bytes] = {}
        ordered = sorted((key.hex(), value) for key, value in entries.items() if value)
        top = encode(self._built(ordered, 0)) if ordered else encode(b"")
        self.root = keccak256(top)
        """The digest of the top node, 32 bytes."""
        if ordered:
            self._nodes[self.root] = top

    def proof(self, key: bytes) -> list[bytes]:
        """Return the nodes from the root down to where the way of `key` ends, as `proven` reads them."""
        nodes: list[bytes] = []
        if not self._nodes:
            return nodes
        at: Item = self.root
        path = key.hex()
        while True:
            if isinstance(at, bytes) and len(at) == WORD:
                nodes.append(self._nodes[at])
                at = decode(nodes[-1])
            found = _step(key, at, path)
            if not isinstance(found, tuple):
                return nodes
            at, path = found

    def _built(self, entries: list[tuple[str, bytes]], depth: int) -> Item:
        """Return the node of sorted `entries` (nibbles, value), whose keys agree up to nibble `depth`."""
        if len(entries) == 1:
            [(path, value)] = entries
            return [_packed(path[depth:], leaf=True), value]
        shared = _shared(entries[0][0], entries[-1][0])
        if shared > depth:
            return [_packed(entries[0][0][depth:shared], leaf=False), self._reference(entries, shared)]
        children: list[Item] = [b""] * _BRANCH
        if len(entries[0][0]) == depth:  # a key that ends here
            children[_BRANCH - 1] = entries[0][1]
            entries = entries[1:]
        for nibble, group in groupby(entries, lambda entry: entry[0][depth]):
            children[int(nibble, 16)] = self._reference(list(group), depth + 1)
        return children

    def _reference(self, entries: list[tuple[str, bytes]], depth: int) -> Item:
        """Return what stands for a node in the one above it: itself where it is short, else its digest."""
        node = self._built(entries, depth)
        encoded = encode(node)
        if len(encoded) < WORD:
            return node
        digest = keccak256(encoded)
        self._nodes[digest] = encoded
        return digest
