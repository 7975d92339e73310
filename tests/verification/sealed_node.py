"""A node in memory whose chain validators of ours sealed, and that lies as a test wants it to."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from proving import CHAIN_ID, DIRECTORY, FOUR, Ground
from sealing import Validator, clique_block, clique_genesis, number

from gateway.domain.hashing import hex0x, keccak256
from gateway.domain.rlp import encode, integer
from gateway.domain.seals import majority
from gateway.domain.trie import Trie
from gateway.verification.collecting import Snapshot, with_evidence

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gateway.domain.header import Header

REGISTRY = bytes(range(20))
FIFTH = Validator.of("fifth")
NAMES = (
    "parentHash", "sha3Uncles", "miner", "stateRoot", "transactionsRoot", "receiptsRoot", "logsBloom", "difficulty",
    "number", "gasLimit", "gasUsed", "timestamp", "extraData", "mixHash", "nonce",
)  # fmt: skip
NUMBERS = {"difficulty", "number", "gasLimit", "gasUsed", "timestamp"}


def as_json(header: Header) -> dict[str, Any]:
    """As eth_getBlockByNumber answers."""
    fields = {
        name: hex(int.from_bytes(part, "big")) if name in NUMBERS else hex0x(part)
        for name, part in zip(NAMES, header.parts, strict=True)
    }
    return {**fields, "hash": hex0x(header.hash)}


@dataclass
class Node:
    """A node with a chain of our own sealing, whose last blocks have the state of a ground."""

    headers: list[Header]
    ground: Ground
    confirmations: int = 3
    genesis: str = ""
    bend: Callable[[str, Any], Any] = field(default=lambda _method, answer: answer)
    asked: list[str] = field(default_factory=list)

    @property
    def chain_id(self) -> int:
        return CHAIN_ID

    @property
    def deployment(self) -> Any:  # noqa: ANN401
        return SimpleNamespace(
            network="试验",
            chain_id=CHAIN_ID,
            genesis_hash=self.genesis or hex0x(self.headers[0].hash),
            finality=SimpleNamespace(confirmations=self.confirmations),
            address=lambda _name: hex0x(DIRECTORY),
        )

    def listing(self, _block: object) -> Any:  # noqa: ANN401
        return SimpleNamespace(entries=dict.fromkeys(one.name for one in self.ground.listed))

    def requests(self, requests: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        return [self.request(method, *params) for method, params in requests]

    def request(self, method: str, *params: Any) -> Any:  # noqa: ANN401
        self.asked.append(method)
        return self.bend(method, getattr(self, method)(*params))

    def eth_blockNumber(self) -> str:  # noqa: N802 - as the node is asked
        return hex(self.headers[-1].number)

    def eth_getBlockByNumber(self, at: str, _full: bool) -> Any:  # noqa: ANN401, FBT001, N802
        found = int(at, 16)
        return as_json(self.headers[found]) if found < len(self.headers) else None

    def eth_getProof(self, address: str, slots: Sequence[str], _block: str) -> Any:  # noqa: ANN401, N802
        accounts, tries = {}, {}
        for one, words in self.ground.storage.items():
            stored = {keccak256(at.to_bytes(32, "big")): encode(integer(value)) for at, value in words.items() if value}
            tries[one] = Trie(stored)
            accounts[keccak256(one)] = encode([b"\x01", b"", tries[one].root, self.ground.codes[one]])
        raw = bytes.fromhex(address[2:])
        proofs = [tries[raw].proof(keccak256(bytes.fromhex(slot[2:]))) for slot in slots]
        return {
            "accountProof": [hex0x(node) for node in Trie(accounts).proof(keccak256(raw))],
            "storageProof": [{"proof": [hex0x(node) for node in proof]} for proof in proofs],
        }


def clique_chain(root: bytes, blocks: int, time: int, votes: int = 0) -> list[Header]:
    """Blocks by the four in turn, the first ones with votes for a fifth."""
    headers = [clique_genesis(FOUR, time)]
    for at in range(blocks):
        about, among = FIFTH.address if at < votes else None, [*FOUR, FIFTH] if at >= votes == majority(4) else FOUR
        headers.append(clique_block(headers[-1], FOUR[at % 4], among=among, about=about, state=root, used=number(at)))
    return headers


def evident(node: Any, case: Any) -> bytes:  # noqa: ANN401
    [(_, content)] = with_evidence(Snapshot.newest(node), [("a.huren.json", case.data)])
    return bytes(content)
