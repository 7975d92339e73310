"""The state after one block, as far as proofs lead: accounts, and words of their storage.

    state = ProvenState(header.state_root, Nodes(evidence.nodes))
    state.word(address, slot)                # 32 bytes; zero where it is proven that nothing was written there
    state.code_hash(address)

Sources: Ethereum Yellow Paper, section 4.1 (accounts, storage); Solidity documentation, "Layout of State Variables in
Storage"; docs/storage.md for which slot holds what.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from gateway.domain.errors import Said, cause_of
from gateway.domain.hashing import WORD, hex0x, keccak256, word
from gateway.domain.rlp import RlpInvalid, decode
from gateway.domain.trie import EMPTY_ROOT, ProofInvalid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.domain.trie import Nodes

_FIELDS, _STORAGE, _CODE = 4, 2, 3
_NO_CODE: Final = keccak256(b"")


class State(Protocol):
    """Words of contracts at one block."""

    def word(self, address: bytes, slot: int) -> bytes:
        """32 bytes of storage."""

    def code_hash(self, address: bytes) -> bytes:
        """keccak256 of the code at an address."""


class ProvenState:
    """Believes only what leads to one root."""

    __slots__ = ("_accounts", "_nodes", "_root", "_words")

    def __init__(self, root: bytes, nodes: Nodes) -> None:
        """Take the state's root, of a header that is believed, and nodes, of which none needs to be."""
        self._root = root
        self._nodes = nodes
        self._accounts: dict[bytes, tuple[bytes, bytes]] = {}
        self._words: dict[tuple[bytes, int], bytes] = {}

    def word(self, address: bytes, slot: int) -> bytes:
        """Return 32 bytes of storage.

        Raises:
            ProofInvalid: the nodes do not lead there.
        """
        known = self._words.get((address, slot))
        if known is None:
            known = self._words[address, slot] = self._read(address, word(slot))
        return known

    def code_hash(self, address: bytes) -> bytes:
        """Return keccak256 of the code at an address.

        Raises:
            ProofInvalid: the nodes do not lead there.
        """
        return self._account(address)[1]

    def _read(self, address: bytes, slot: bytes) -> bytes:
        found = self._nodes.value(self._account(address)[0], keccak256(slot))
        try:
            value = b"" if found is None else decode(found)
        except RlpInvalid as error:
            raise ProofInvalid(hex0x(slot), why=cause_of(error)) from error
        if isinstance(value, list) or len(value) > WORD or value[:1] == b"\0":
            raise ProofInvalid(hex0x(slot), why=Said("不是存储字", "not a word of storage"))
        return value.rjust(WORD, b"\0")

    def _account(self, address: bytes) -> tuple[bytes, bytes]:
        """Return the storage root and the code's digest of an account."""
        known = self._accounts.get(address)
        if known is None:
            known = self._accounts[address] = _parts(address, self._nodes.value(self._root, keccak256(address)))
        return known


def _parts(address: bytes, encoded: bytes | None) -> tuple[bytes, bytes]:
    if encoded is None:
        return EMPTY_ROOT, _NO_CODE
    try:
        fields = decode(encoded)
    except RlpInvalid as error:
        raise ProofInvalid(hex0x(address), why=cause_of(error)) from error
    if isinstance(fields, list) and len(fields) == _FIELDS:
        storage, code = fields[_STORAGE], fields[_CODE]
        if isinstance(storage, bytes) and isinstance(code, bytes) and len(storage) == len(code) == WORD:
            return storage, code
    raise ProofInvalid(hex0x(address), why=Said("不是账户", "not an account"))


def slot_of(base: int, *keys: bytes) -> int:
    """Return the slot of `mapping(a => mapping(b => …))` at slot `base` under keys of 32 bytes: `[a][b] @ base`."""
    at = word(base)
    for key in keys:
        at = keccak256(key.rjust(WORD, b"\0") + at)
    return int.from_bytes(at, "big")


def array_of(slot: int) -> int:
    """Return the slot of the first element of the dynamic array whose length lies at `slot`."""
    return int.from_bytes(keccak256(word(slot)), "big")


def unpacked(packed: bytes, widths: Sequence[int]) -> list[int]:
    """Return the integers in a word, each of so many bits, from the lowest bits up."""
    value = int.from_bytes(packed, "big")
    found = []
    for width in widths:
        found.append(value & ((1 << width) - 1))
        value >>= width
    return found
