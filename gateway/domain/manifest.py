"""The manifest of a batch: its sorted leaves, concatenated; one raw IPFS block whose digest the chain holds.

Root and leaf count follow from it, and its CID (version 1, raw, sha2-256) from the chain.
"""

from __future__ import annotations

import base64
import binascii
import operator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Final

from gateway.domain.errors import CANNOT, DomainError
from gateway.domain.hashing import WORD, hex0x, sha256
from gateway.domain.tree import MAX_LEAVES, MerkleTree

MAX_BYTES: Final = MAX_LEAVES * WORD
"""1 MiB."""
_CID_PREFIX: Final = bytes((0x01, 0x55, 0x12, 0x20))
"""CIDv1, multicodec raw, multihash sha2-256 of 32 bytes (multiformats)."""


class ManifestError(DomainError):
    """The family of what can be wrong with a manifest, each a named finding."""

    code = "manifest"
    exit_code = CANNOT


class ManifestEmpty(ManifestError):
    """No leaf at all."""

    code = "manifest.empty"
    zh = "清单为空"
    en = "the manifest is empty"


class ManifestLength(ManifestError):
    """A length that is no multiple of 32 bytes, or above 1 MiB."""

    code = "manifest.length"
    zh = "清单长度 {value} 字节，应为 32 的倍数且不超过 {limit}"
    en = "a manifest of {value} bytes; it must be a multiple of 32 and at most {limit}"


class ManifestOrder(ManifestError):
    """Leaves that do not strictly ascend."""

    code = "manifest.order"
    zh = "清单第 {position} 个叶子 {value} 未严格升序"
    en = "the leaf {value} at {position} of the manifest does not ascend strictly"


class ManifestMismatch(ManifestError):
    """A manifest that does not give what was anchored."""

    code = "manifest.mismatch"
    zh = "清单与链上登记不符：{what} 应为 {expected}，实为 {value}"
    en = "the manifest is not the one anchored: {what} is {value}, not {expected}"


class MalformedCid(DomainError):
    """Text that is no CID of the one kind used here."""

    code = "manifest.cid"
    zh = "“{value}”不是 CIDv1（raw、sha2-256、base32）"
    en = "{value!r} is no CIDv1 of raw, sha2-256, in base32"


@dataclass(frozen=True, slots=True)
class Manifest:
    """A checked manifest. Make it by :func:`parse_manifest` or :func:`manifest_of`."""

    data: bytes
    tree: MerkleTree

    @property
    def root(self) -> bytes:
        """32 bytes."""
        return self.tree.root

    @property
    def count(self) -> int:
        """How many leaves."""
        return len(self.data) // WORD

    @property
    def digest(self) -> bytes:
        """sha256 of the manifest: what the chain holds."""
        return sha256(self.data)

    @property
    def cid(self) -> str:
        """Where IPFS has it."""
        return cid_of(self.digest)


def cid_of(digest: bytes) -> str:
    """CID (v1, raw, base32 lower case) of the block whose sha256 is ``digest``."""
    return "b" + base64.b32encode(_CID_PREFIX + digest).decode("ascii").lower().rstrip("=")


@lru_cache(maxsize=4096)
def cid_digest(cid: str) -> bytes:
    """The sha256 that a CID of that kind names: 32 bytes. Tens of thousands of receipts name one manifest.

    Raises:
        MalformedCid: another version, codec, hash or base, or not written canonically.
    """
    try:
        data = base64.b32decode(cid[1:].upper() + "=" * (-(len(cid) - 1) % 8))
    except (binascii.Error, ValueError):
        raise MalformedCid(cid) from None
    digest = data[len(_CID_PREFIX) :]
    if not data.startswith(_CID_PREFIX) or len(digest) != WORD or cid_of(digest) != cid:
        raise MalformedCid(cid)
    return digest


def manifest_of(tree: MerkleTree) -> Manifest:
    """The manifest of a tree."""
    return Manifest(b"".join(tree.leaves), tree)


def split_leaves(data: bytes) -> list[bytes]:
    """The leaves of a manifest's bytes, checked for length and strict order.

    Raises:
        ManifestEmpty, ManifestLength, ManifestOrder: as they say.
    """
    size = len(data)
    if not size:
        raise ManifestEmpty
    if size % WORD or size > MAX_BYTES:
        raise ManifestLength(size, limit=MAX_BYTES)
    leaves = [data[at : at + WORD] for at in range(0, size, WORD)]
    following = islice(leaves, 1, None)
    if not all(map(operator.lt, leaves, following)):
        position = next(at for at in range(1, len(leaves)) if leaves[at - 1] >= leaves[at])
        raise ManifestOrder(hex0x(leaves[position]), position=position)
    return leaves


def parse_manifest(data: bytes) -> Manifest:
    """The manifest of its bytes, with its tree.

    Raises:
        ManifestEmpty, ManifestLength, ManifestOrder: as they say.
    """
    return Manifest(data, MerkleTree.of_sorted(split_leaves(data)))


def check_manifest(data: bytes, *, digest: bytes, root: bytes, count: int) -> Manifest:
    """The manifest of its bytes, held against what the chain says of the batch.

    Raises:
        ManifestError: malformed, or not the one anchored (digest, leaf count or root).
    """
    found = sha256(data)
    if found != digest:
        raise ManifestMismatch(hex0x(found), what="sha256", expected=hex0x(digest))
    manifest = parse_manifest(data)
    if manifest.count != count:
        raise ManifestMismatch(manifest.count, what="leaf count", expected=count)
    if manifest.root != root:
        raise ManifestMismatch(hex0x(manifest.root), what="root", expected=hex0x(root))
    return manifest
