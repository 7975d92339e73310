"""A made-up chain whose events have real shape and real heads: what completeness is measured on.

    chain = SyntheticChain.made(1_000_000)
    chain.answer(request)                     # what a node would answer, as JSON bytes

Its logs lie ready as a node serves them, some 1.5 kB each; the heads that they give lie in storage tries of real shape,
under the state root of the last header. Nothing is signed and nothing was executed: it only answers as a chain would.
"""

from __future__ import annotations

import random
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import orjson

from gateway.domain.hashing import hex0x, keccak256, word
from gateway.domain.header import Header
from gateway.domain.heads import first_head, next_head
from gateway.domain.rlp import decode, encode, integer, to_integer
from gateway.domain.trie import Trie, proven
from node.client.abi import event_topic
from node.client.artifact import CONTRACTS, load
from node.client.codec import Codec
from node.client.deployment import DeployedContract, Deployment, Finality, Province
from node.client.heads import head_slot, subject_of
from node.client.kinds import kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CHAIN_ID: Final = 20_260
PROVINCES: Final = (310_000, 320_000, 330_000, 340_000)
PER_BLOCK: Final = 50
SECONDS: Final = 2
BEGINNING: Final = 1_780_000_000
MIX: Final = (
    ("TransferLedger", "TransferRequested", 43),
    ("TransferLedger", "TransferAccepted", 33),
    ("TransferLedger", "TransferReturned", 8),
    ("CredentialRegistry", "Anchored", 6),
    ("CredentialRegistry", "LeafStatusSet", 6),
    ("Consortium", "ActProposed", 2),
    ("Consortium", "ActConfirmed", 2),
)
"""Which events there are, and how many of a hundred."""
OTHER_SLOTS: Final = 2_000
"""Slots of each contract besides its heads: how deep a storage trie is."""
_SEED: Final = 5
_NO_STATE: Final = bytes(32)
_BEGIN: Final = b'{"address"'
_HEADER: Final = {
    "sha3Uncles": "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",
    "miner": "0x" + "00" * 20,
    "transactionsRoot": "0x" + "22" * 32,
    "receiptsRoot": "0x" + "33" * 32,
    "logsBloom": "0x" + "ff" * 256,
    "difficulty": "0x2",
    "gasLimit": "0x1fffffffffffff",
    "gasUsed": "0x5208",
    "extraData": "0x" + "00" * 97,
    "mixHash": "0x" + "00" * 32,
    "nonce": "0x0000000000000000",
}


@dataclass(slots=True)
class _Kind:
    """One kind of event, encoded once: what changes from one to the next are some of its words."""

    kind: int
    topic: str
    indexed: int
    names: tuple[str, ...]
    codec: Codec
    body: Codec


class SyntheticChain:
    """The chain, in memory."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._chance = random.Random(_SEED)  # noqa: S311 - to be repeatable
        self.addresses = {name: "0x" + self._chance.randbytes(20).hex() for name in CONTRACTS}
        self.logs = bytearray()
        """Every log as JSON, each followed by a comma, in the order of the chain."""
        self._directory = bytearray()
        self._offsets: list[int] = []
        self._numbers: list[int] = []
        self._heads: dict[tuple[str, int], tuple[bytes, int]] = {}
        self._kinds = {(contract, name): _kind(contract, name) for contract, name in _used()}
        self.events = 0
        self.last = 0
        self._tries: dict[str, Trie] = {}
        self._state = Trie({})
        self._headers: list[dict[str, Any]] = []
        self._seal(_NO_STATE)

    @classmethod
    def made(cls, events: int) -> SyntheticChain:
        """Make one with so many events, those of the beginning included."""
        chain = cls()
        chain._begin()
        shares = [share for _, _, share in MIX]
        while chain.events < events:
            chain._open_block()
            many = min(PER_BLOCK, events - chain.events)
            for contract, name, _ in chain._chance.choices(MIX, shares, k=many):
                chain._happen(contract, name)
        chain._close()
        return chain

    @property
    def deployment(self) -> Deployment:
        """The deployment file of it."""
        codes = {name: hex0x(keccak256(load(name).deployed_bytecode)) for name in CONTRACTS}
        contracts = {
            name: DeployedContract(address=self.addresses[name], block=1, code_hash=codes[name], version=1)
            for name in CONTRACTS
        }
        names = {code: Province(name_zh=str(code), name_en=str(code)) for code in PROVINCES}
        genesis = str(self._headers[0]["hash"])
        return Deployment(
            CHAIN_ID, "synthetic", genesis, 1, Finality(kind="instant", confirmations=0), contracts, names
        )

    def answer(self, method: str, params: Sequence[Any]) -> Sequence[bytes | memoryview]:
        """Return the result of a request as JSON, in pieces.

        Raises:
            KeyError: a method that a check of completeness does not use.
        """
        if method == "eth_getLogs":
            return self._served(params[0])
        answers: dict[str, Callable[[], object]] = {
            "eth_chainId": lambda: hex(CHAIN_ID),
            "eth_blockNumber": lambda: hex(self.last),
            "eth_getBlockByNumber": lambda: self._headers[self.last if params[0] == "latest" else int(params[0], 16)],
            "eth_getProof": lambda: self._proof(*params[:2]),
        }
        return [orjson.dumps(answers[method]())]

    def drop(self, number: int) -> dict[str, Any]:
        """Serve event `number` no more (from 0, the Directory's left out), and return its log."""
        begin = -1
        for _ in range(number + 1):
            begin = self.logs.index(_BEGIN, begin + 1)
        end = self.logs.index(_BEGIN, begin + 1)
        log: dict[str, Any] = orjson.loads(self.logs[begin : end - 1])
        del self.logs[begin:end]
        self._offsets = [at if at <= begin else at - (end - begin) for at in self._offsets]
        return log

    # -- making it

    def _begin(self) -> None:
        self._open_block()
        self._emit("Consortium", "Constituted", (len(PROVINCES), False))
        for number, province in enumerate(PROVINCES, 1):
            self._emit("Consortium", "MemberAdmitted", (province, self._account(), self._account(), number, number))
        for name in CONTRACTS:
            code = keccak256(load(name).deployed_bytecode)
            self._emit(
                "Directory", "EntryListed", (name.encode().ljust(32, b"\0"), self.addresses[name], 1, BEGINNING, code)
            )

    def _open_block(self) -> None:
        self.last += 1
        self._seal(_NO_STATE)
        self._numbers.append(self.last)
        self._offsets.append(len(self.logs))
        self._index = 0

    def _close(self) -> None:
        self.last += 1  # an empty block: its hash follows from the state, and no log can name it beforehand
        self._numbers.append(self.last)
        self._offsets.append(len(self.logs))
        self._offsets.append(len(self.logs))
        accounts = {self._chance.randbytes(32): self._chance.randbytes(70) for _ in range(OTHER_SLOTS)}
        for name, address in self.addresses.items():
            slots = {self._chance.randbytes(32): encode(self._chance.randbytes(32)) for _ in range(OTHER_SLOTS)}
            for (contract, subject), (head, sequence) in self._heads.items():
                if contract == name:
                    slot = head_slot(subject)
                    slots[keccak256(slot)] = encode(head)
                    slots[keccak256(word(int.from_bytes(slot, "big") + 1))] = encode(integer(sequence))
            trie = self._tries[address] = Trie(slots)
            code = keccak256(load(name).deployed_bytecode)
            accounts[keccak256(bytes.fromhex(address[2:]))] = encode([b"\x01", b"", trie.root, code])
        self._state = Trie(accounts)
        self._seal(self._state.root)

    def _happen(self, contract: str, name: str) -> None:
        chance, digest = self._chance, self._chance.randbytes
        province = chance.choice(PROVINCES)
        target = chance.choice([code for code in PROVINCES if code != province])
        values: dict[str, tuple[Any, ...]] = {
            "TransferRequested": (
                *(province, target, self.events),
                (*(digest(32) for _ in range(7)), 1, *(digest(32) for _ in range(4))),
                *((127, 1, 5, 400, 16, 640), 300, BEGINNING * 2),
            ),
            "TransferAccepted": (province, target, self.events, digest(32), 300),
            "TransferReturned": (province, target, self.events, 1, digest(32)),
            "Anchored": (province, digest(32), digest(32), digest(32), 32_768, 1, self._account()),
            "LeafStatusSet": (province, digest(32), digest(32), digest(32), 2, 4, bytes(32), bytes(32)),
            "ActProposed": (province, digest(32), self._account(), digest(164), BEGINNING * 2),
            "ActConfirmed": (province, digest(32), self._account()),
        }
        self._emit(contract, name, values[name])

    def _emit(self, contract: str, name: str, values: tuple[Any, ...]) -> None:
        kind, actor = self._kinds[contract, name], self._account()
        subject = subject_of(kind.names, values)
        before = self._heads.get((contract, subject))
        head, number = before or (first_head(CHAIN_ID, bytes.fromhex(self.addresses[contract][2:]), subject), 0)
        number += 1
        fields = kind.codec.encode(values)
        head = next_head(head, number, kind.kind, _time(self.last), bytes.fromhex(actor[2:]), fields)
        self._heads[contract, subject] = head, number
        data = kind.body.encode((*values[kind.indexed :], actor, number, head))
        topics = [kind.topic, *(hex0x(fields[32 * at : 32 * at + 32]) for at in range(kind.indexed))]
        log = {
            "address": self.addresses[contract],
            "topics": topics,
            "data": hex0x(data),
            "blockHash": self._headers[-1]["hash"],
            "blockNumber": hex(self.last),
            "transactionHash": hex0x(self._chance.randbytes(32)),
            "transactionIndex": hex(self._index),
            "logIndex": hex(self._index),
            "removed": False,
        }
        self._index += 1
        self.events += 1
        (self._directory if contract == "Directory" else self.logs).extend(orjson.dumps(log) + b",")

    def _account(self) -> str:
        return "0x" + self._chance.randbytes(20).hex()

    # -- answering

    def _served(self, wanted: dict[str, Any]) -> Sequence[bytes | memoryview]:
        first, last = int(wanted["fromBlock"], 16), int(wanted["toBlock"], 16)
        if wanted["address"] == [self.addresses["Directory"]]:
            return [b"[", bytes(self._directory[:-1]) if first <= 1 <= last else b"", b"]"]
        begin, end = (self._offsets[bisect_left(self._numbers, at)] for at in (first, last + 1))
        return [b"[", memoryview(self.logs)[begin : max(end - 1, begin)], b"]"]

    def _seal(self, state: bytes) -> None:
        """Make the header of the next block; none of ours depends on the logs of its block."""
        number = len(self._headers)
        parent = self._headers[-1]["hash"] if self._headers else "0x" + "00" * 32
        own = {"number": hex(number), "timestamp": hex(_time(number)), "stateRoot": hex0x(state), "parentHash": parent}
        header: dict[str, Any] = {**_HEADER, **own, "transactions": [], "uncles": [], "size": "0x300"}
        self._headers.append({**header, "hash": hex0x(Header.of_json(header).hash)})

    def _proof(self, address: str, slots: list[str]) -> dict[str, Any]:
        trie = self._tries[address]
        stored = []
        for slot in slots:
            key = keccak256(bytes.fromhex(slot[2:]))
            proof = trie.proof(key)
            value = decode(proven(trie.root, key, proof) or encode(b""))
            stored.append({"key": slot, "value": hex(to_integer(value)), "proof": [*map(hex0x, proof)]})
        account = self._state.proof(keccak256(bytes.fromhex(address[2:])))
        return {"address": address, "accountProof": [*map(hex0x, account)], "storageProof": stored}


def _used() -> list[tuple[str, str]]:
    beginning = [("Consortium", "Constituted"), ("Consortium", "MemberAdmitted"), ("Directory", "EntryListed")]
    return [*beginning, *((contract, name) for contract, name, _ in MIX)]


def _kind(contract: str, name: str) -> _Kind:
    artifact = load(contract)
    [entry] = [each for each in artifact.abi if (each["type"], each.get("name")) == ("event", name)]
    inputs = entry["inputs"]
    indexed = sum(each["indexed"] for each in inputs)
    names = tuple(each["name"] for each in inputs)
    codec, body = Codec(inputs[:-3]), Codec(inputs[indexed:])
    return _Kind(kind_of(contract, name), event_topic(artifact, name), indexed, names, codec, body)


def _time(number: int) -> int:
    return BEGINNING + SECONDS * number
