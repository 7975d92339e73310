"""Heads as the contracts store them, proven: account and storage proofs under a header whose digest was recomputed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gateway.domain.errors import Said, cause_of
from gateway.domain.hashing import WORD, hex0x, keccak256, word
from gateway.domain.rlp import RlpInvalid, decode, to_integer
from gateway.domain.trie import ProofInvalid, proven
from gateway.ledger.errors import ChainUnavailable
from node.client.heads import head_slot

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gateway.domain.header import Header
    from gateway.ledger.calls import ChainCalls

SUBJECTS_AT_ONCE: Final = 64
"""Subjects of one eth_getProof: two slots each."""
_ACCOUNT_FIELDS, _STORAGE, _CODE = 4, 2, 3
_NO_CODE: Final = keccak256(b"")


class ProvenState:
    """The state after one block, as far as a node proves it."""

    def __init__(self, calls: ChainCalls, header: Header) -> None:
        """Ask `calls`; believe only what leads to the state root of `header`."""
        self._calls = calls
        self._header = header
        self._code: dict[str, bytes] = {}

    def heads(self, address: str, subjects: Sequence[int]) -> Iterator[tuple[int, bytes, int]]:
        """Yield (subject, head, sequence) as the contract at `address` stores them; no sequence: it stores none.

        Raises:
            ProofInvalid: a proof does not hold.
            ChainUnavailable: no answer, or none that is a proof.
        """
        for start in range(0, len(subjects), SUBJECTS_AT_ONCE):
            part = subjects[start : start + SUBJECTS_AT_ONCE]
            values = self._slots(address, [slot for subject in part for slot in _slots_of(subject)])
            for subject, head, sequence in zip(part, values[::2], values[1::2], strict=True):
                yield subject, head, int.from_bytes(sequence, "big")

    def code_hash(self, address: str) -> bytes:
        """Return the digest of the code at `address`, once heads were asked of it."""
        return self._code[address]

    def _slots(self, address: str, slots: list[bytes]) -> list[bytes]:
        answer = self._calls.request("eth_getProof", address, [hex0x(slot) for slot in slots], hex(self._header.number))
        try:
            account = proven(
                self._header.state_root, keccak256(bytes.fromhex(address[2:])), _nodes(answer["accountProof"])
            )
            stored = answer["storageProof"]
            proofs = [(_nodes(each["proof"]), int(each["value"], 16)) for each in stored]
            if [int(each["key"], 16) for each in stored] != [int.from_bytes(slot, "big") for slot in slots]:
                raise ChainUnavailable(Said("eth_getProof 所答为其他槽位", "eth_getProof answered for other slots"))
        except (KeyError, TypeError, ValueError) as error:
            raise ChainUnavailable(cause_of(error, "eth_getProof")) from error
        if account is None:
            self._code[address] = _NO_CODE
            return [bytes(WORD)] * len(slots)
        storage, self._code[address] = _account(address, account)
        return [_value(storage, slot, *proof) for slot, proof in zip(slots, proofs, strict=True)]


def _slots_of(subject: int) -> tuple[bytes, bytes]:
    slot = head_slot(subject)
    return slot, word(int.from_bytes(slot, "big") + 1)


def _account(address: str, encoded: bytes) -> tuple[bytes, bytes]:
    """Return the storage root and the code's digest of an account (Yellow Paper, section 4.1)."""
    try:
        fields = decode(encoded)
    except RlpInvalid as error:
        raise ProofInvalid(address, why=cause_of(error)) from error
    if not isinstance(fields, list) or len(fields) != _ACCOUNT_FIELDS:
        raise ProofInvalid(address, why=Said("不是账户", "not an account"))
    storage, code = fields[_STORAGE], fields[_CODE]
    if isinstance(storage, list) or isinstance(code, list):
        raise ProofInvalid(address, why=Said("不是账户", "not an account"))
    return storage, code


def _value(storage: bytes, slot: bytes, nodes: list[bytes], said: int) -> bytes:
    found = proven(storage, keccak256(slot), nodes)
    try:
        value = 0 if found is None else to_integer(decode(found))
    except RlpInvalid as error:
        raise ProofInvalid(hex0x(slot), why=cause_of(error)) from error
    if value != said or value >> (8 * WORD):
        raise ProofInvalid(hex0x(slot), why=Said("所报的值不是所证明的值", "the value said is not the one proven"))
    return word(value)


def _nodes(listed: Any) -> list[bytes]:  # noqa: ANN401 - any JSON
    return [bytes.fromhex(node[2:]) for node in listed]
