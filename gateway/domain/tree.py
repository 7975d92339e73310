"""Merkle trees in the shape of OpenZeppelin's StandardMerkleTree, over leaves that are hashed already.

n leaves, sorted ascending, and an array of 2n - 1 nodes: node 0 is the root, node i has the children 2i + 1 and
2i + 2, leaf i (in sorted order) stands at 2n - 2 - i. A parent is keccak256 of its children, the smaller first.
Source: @openzeppelin/merkle-tree 1.0.8 (core) and MerkleProof.sol of OpenZeppelin Contracts 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from gateway.domain.errors import CANNOT, DomainError
from gateway.domain.hashing import WORD, hex0x, keccak256

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MAX_LEAVES: Final = 32_768
"""Leaves of one batch: their manifest is then 1 MiB, the greatest block of IPFS."""
MAX_DEPTH: Final = 15
"""Siblings of the longest proof of a full batch."""


class TreeError(DomainError):
    """The family of what is wrong with leaves and proofs."""

    code = "tree"
    exit_code = CANNOT


class NoLeaves(TreeError):
    """A tree without leaves."""

    code = "tree.empty"
    zh = "批次中没有叶子"
    en = "there are no leaves"


class TooManyLeaves(TreeError):
    """More leaves than a batch holds."""

    code = "tree.size"
    zh = "叶子共 {value} 个，超过每批上限 {limit}"
    en = "{value} leaves are more than the {limit} of a batch"
    hint_zh = "请分批"
    hint_en = "split them into batches"


class NotALeaf(TreeError):
    """Bytes that are no leaf: other than 32."""

    code = "tree.leaf"
    zh = "叶子应为 32 字节：{value}"
    en = "a leaf has 32 bytes: {value}"


class DuplicateLeaf(TreeError):
    """The same leaf twice."""

    code = "tree.duplicate"
    zh = "叶子 {value} 重复"
    en = "the leaf {value} stands twice"


class UnknownLeaf(TreeError):
    """A leaf that the tree does not hold."""

    code = "tree.unknown"
    zh = "树中没有叶子 {value}"
    en = "the tree does not hold the leaf {value}"


class MalformedMultiproof(TreeError):
    """Counts of leaves, flags and siblings that do not fit each other."""

    code = "tree.multiproof"
    zh = "多重证明的结构有误：{value}"
    en = "malformed multiproof: {value}"


def hash_pair(a: bytes, b: bytes) -> bytes:
    """keccak256 of two nodes, the smaller first: 32 bytes."""
    return keccak256(a + b if a < b else b + a)


@dataclass(frozen=True, slots=True)
class Multiproof:
    """That several leaves are in one tree, as MerkleProof.multiProofVerify takes it."""

    leaves: tuple[bytes, ...]
    """Ascending, which is the order the contract wants them in."""
    proof: tuple[bytes, ...]
    flags: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class MerkleTree:
    """A tree of 1 to 32,768 distinct leaves. Make it by :meth:`of` or :meth:`of_sorted`."""

    nodes: tuple[bytes, ...]
    """2n - 1 nodes, the root first."""

    @classmethod
    def of(cls, leaves: Iterable[bytes]) -> MerkleTree:
        """The tree of leaves in any order.

        Raises:
            NoLeaves, TooManyLeaves, NotALeaf, DuplicateLeaf: as they say.
        """
        ordered = sorted(leaves)
        for leaf in ordered:
            if len(leaf) != WORD:
                raise NotALeaf(hex0x(leaf))
        for previous, leaf in pairwise(ordered):
            if previous == leaf:
                raise DuplicateLeaf(hex0x(leaf))
        return cls.of_sorted(ordered)

    @classmethod
    def of_sorted(cls, leaves: Sequence[bytes]) -> MerkleTree:
        """The tree of leaves known to be 32 bytes each and strictly ascending (a parsed manifest).

        Raises:
            NoLeaves, TooManyLeaves: as they say.
        """
        count = len(leaves)
        if not count:
            raise NoLeaves
        if count > MAX_LEAVES:
            raise TooManyLeaves(count, limit=MAX_LEAVES)
        nodes: list[bytes] = [b""] * (count - 1)
        nodes += reversed(leaves)
        for i in range(count - 2, -1, -1):
            left = nodes[2 * i + 1]
            right = nodes[2 * i + 2]
            nodes[i] = keccak256(left + right if left < right else right + left)
        return cls(tuple(nodes))

    @property
    def root(self) -> bytes:
        """32 bytes."""
        return self.nodes[0]

    @property
    def count(self) -> int:
        """How many leaves."""
        return (len(self.nodes) + 1) // 2

    @property
    def leaves(self) -> tuple[bytes, ...]:
        """The leaves, ascending."""
        return self.nodes[: self.count - 2 : -1] if self.count > 1 else self.nodes

    def position(self, leaf: bytes) -> int:
        """Where a leaf stands in ascending order.

        Raises:
            UnknownLeaf: the tree does not hold it.
        """
        nodes, last = self.nodes, len(self.nodes) - 1
        low, high = 0, self.count
        while low < high:  # bisect.bisect_left over the leaves, which stand in descending order at the end of nodes
            middle = (low + high) // 2
            if nodes[last - middle] < leaf:
                low = middle + 1
            else:
                high = middle
        if low == self.count or nodes[last - low] != leaf:
            raise UnknownLeaf(hex0x(leaf))
        return low

    def proof_at(self, position: int) -> tuple[bytes, ...]:
        """The siblings, from the bottom, of the leaf at a position in ascending order (0 ≤ position < count)."""
        nodes = self.nodes
        index = len(nodes) - 1 - position
        siblings = []
        while index:
            siblings.append(nodes[index + 1 if index & 1 else index - 1])
            index = (index - 1) // 2
        return tuple(siblings)

    def proof(self, leaf: bytes) -> tuple[bytes, ...]:
        """The siblings of a leaf, from the bottom.

        Raises:
            UnknownLeaf: the tree does not hold it.
        """
        return self.proof_at(self.position(leaf))

    def multiproof(self, leaves: Iterable[bytes]) -> Multiproof:
        """One proof of several leaves of the tree.

        Raises:
            NoLeaves: none were named.
            DuplicateLeaf: one was named twice.
            UnknownLeaf: the tree does not hold one of them.
        """
        wanted = sorted(leaves)
        if not wanted:
            raise NoLeaves
        last = len(self.nodes) - 1
        queue = [last - self.position(leaf) for leaf in wanted]
        for previous, leaf in pairwise(wanted):
            if previous == leaf:
                raise DuplicateLeaf(hex0x(leaf))
        proof: list[bytes] = []
        flags: list[bool] = []
        taken = 0
        while taken < len(queue) and queue[taken] > 0:
            index = queue[taken]
            taken += 1
            sibling = index + 1 if index & 1 else index - 1
            if taken < len(queue) and queue[taken] == sibling:
                flags.append(True)
                taken += 1
            else:
                flags.append(False)
                proof.append(self.nodes[sibling])
            queue.append((index - 1) // 2)
        return Multiproof(tuple(wanted), tuple(proof), tuple(flags))


def root_of(leaf: bytes, proof: Iterable[bytes]) -> bytes:
    """The root that a leaf and its siblings (from the bottom) lead to."""
    node = leaf
    for sibling in proof:
        node = keccak256(node + sibling if node < sibling else sibling + node)
    return node


def root_of_many(multiproof: Multiproof) -> bytes:
    """The root that a multiproof leads to (MerkleProof.processMultiProof of OpenZeppelin Contracts 5).

    Raises:
        MalformedMultiproof: the counts of leaves, flags and siblings do not fit.
    """
    leaves, proof, flags = multiproof.leaves, multiproof.proof, multiproof.flags
    if not leaves:
        raise MalformedMultiproof("no leaves")
    if len(leaves) + len(proof) != len(flags) + 1:
        raise MalformedMultiproof(f"{len(leaves)} leaves and {len(proof)} siblings with {len(flags)} flags")
    if not flags:
        return leaves[0]
    queue = list(leaves)
    taken = 0
    siblings = iter(proof)
    for flag in flags:
        first = queue[taken]
        taken += 1
        if flag:
            if taken >= len(queue):
                raise MalformedMultiproof("a flag asks for a node that is not there")
            second = queue[taken]
            taken += 1
        else:
            following = next(siblings, None)
            if following is None:
                raise MalformedMultiproof("a flag asks for a sibling that is not there")
            second = following
        queue.append(hash_pair(first, second))
    return queue[-1]
