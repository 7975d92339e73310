"""A state of our own making, word by word as docs/storage.md says, and a certificate file with the proofs of it.

ground = Ground.of(case.live, registry)         # what a ledger in memory says, written as storage
ground.file(case.data, consensus)               # with headers that four validators sealed
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from eth_abi.abi import encode as abi
from sealing import clique_block, clique_genesis, digest, number, qbft_block, qbft_genesis, validators

from gateway.domain.evidence import Evidence, joined
from gateway.domain.rlp import encode, integer
from gateway.domain.seals import Consensus
from gateway.domain.trie import Nodes, Trie
from gateway.domain.validators import Era
from gateway.ledger.values import BlockRef
from gateway.verification.collecting import subject_of
from gateway.verification.offline import Listed, StateLedger, Trust
from gateway.verification.offline.errors import CodeDiffers, ValueUnknown
from gateway.verification.offline.state import ProvenState
from gateway.verification.offline.verify import check_listing, touch

if TYPE_CHECKING:
    from gateway.domain.header import Header
    from gateway.ledger.values import Accreditation, Anchor, InstitutionKey, LeafState

DIRECTORY, INSTITUTIONS = (hashlib.sha256(name).digest()[:20] for name in (b"directory", b"institutions"))
FOUR = validators(4)
CHAIN_ID = 31_337
FIRST_LISTED = 1_700_000_000
BLOCK = 90


def slot(base: int, *keys: bytes) -> int:
    """Solidity's: keccak256(abi.encode(key, slot)) for each mapping in turn."""
    for key in keys:
        base = int.from_bytes(digest(abi(["bytes32", "uint256"], [key, base])), "big")
    return base


def packed(*fields: tuple[int, int]) -> int:
    """A word of (bits, value), lowest bits first."""
    value = shift = 0
    for bits, one in fields:
        assert one < 1 << bits
        value |= one << shift
        shift += bits
    assert shift <= 256
    return value


def word(institution: str) -> bytes:
    return institution.encode().ljust(32, b"\0")


def code_of(address: bytes) -> bytes:
    """The digest of the code at an address of ours."""
    return hashlib.sha256(b"code " + address).digest()


@dataclass
class Ground:
    """Storage by address; the contracts listed, by the Directory that lists them."""

    registry: bytes
    storage: dict[bytes, dict[int, int]] = field(default_factory=dict)
    codes: dict[bytes, bytes] = field(default_factory=dict)
    listed: list[Listed] = field(default_factory=list)

    @classmethod
    def of(cls, ledger: Any, registry: bytes) -> Ground:  # noqa: ANN401 - a ledger in memory
        """Everything that a ledger in memory says, in contracts that were never succeeded."""
        ground = cls(registry)
        for name, address in (
            ("Directory", DIRECTORY),
            ("InstitutionRegistry", INSTITUTIONS),
            ("CredentialRegistry", registry),
        ):
            ground.list(name, address)
        for anchor in ledger.anchored.values():
            ground.anchor(registry, anchor)
        for (institution, leaf), state in ledger.states.items():
            ground.leaf(registry, institution, leaf, state)
        for (institution, _), accreditation in ledger.versions.items():
            ground.accreditation(INSTITUTIONS, institution, accreditation)
        for (institution, _), key in ledger.issuing.items():
            ground.key(INSTITUTIONS, institution, key)
        ground.fill()
        return ground

    def put(self, address: bytes, at: int, value: int) -> None:
        self.storage.setdefault(address, {})[at] = value
        self.codes.setdefault(address, code_of(address))

    def fill(self) -> None:
        """What lies in the state besides: without it proofs would have no depth."""
        for address in (DIRECTORY, INSTITUTIONS, self.registry):
            for at in range(150):
                self.put(address, slot(77, at.to_bytes(32, "big")), at + 1)
        for at in range(150):
            self.put(hashlib.sha256(b"account %d" % at).digest()[:20], 0, 1)

    # --- as docs/storage.md has it

    def list(self, name: str, address: bytes, since: int = FIRST_LISTED, *, at: bytes = DIRECTORY) -> Listed:
        own = slot(1, name.encode().ljust(32, b"\0"))
        count = self.storage.get(at, {}).get(own, 0)
        entry = Listed(name, address, count + 1, since, code_of(address))
        first = int.from_bytes(digest(own.to_bytes(32, "big")), "big")
        self.put(at, own, count + 1)
        target = int.from_bytes(address, "big")
        self.put(at, first + 2 * count, packed((160, target), (32, entry.version), (64, since)))
        self.put(at, first + 2 * count + 1, int.from_bytes(entry.code_hash, "big"))
        self.codes[address] = entry.code_hash
        self.storage.setdefault(address, {})
        self.listed.append(entry)
        return entry

    def anchor(self, registry: bytes, anchor: Anchor) -> None:
        own = slot(1, word(anchor.institution), anchor.root)
        self.put(registry, own, int.from_bytes(anchor.manifest, "big"))
        self.put(
            registry,
            own + 1,
            packed(
                (32, anchor.leaf_count), (32, anchor.province), (32, anchor.accreditation), (64, anchor.anchored_at),
                (64, anchor.sequence), (32, anchor.attestations),
            ),
        )  # fmt: skip
        self.put(
            registry, own + 2, packed((8, anchor.status), (8, anchor.reason), (32, anchor.set_by), (64, anchor.since))
        )

    def leaf(self, registry: bytes, institution: str, leaf: bytes, state: LeafState) -> None:
        own = slot(4, word(institution), leaf)
        self.put(registry, own, packed((8, state.status), (8, state.reason), (32, state.set_by), (64, state.since)))
        self.put(registry, own + 1, int.from_bytes(state.successor or b"", "big"))

    def accreditation(self, registry: bytes, institution: str, one: Accreditation) -> None:
        own = slot(slot(1, word(institution)) + 2, one.version.to_bytes(32, "big"))
        self.put(
            registry,
            own,
            packed(
                (32, one.province), (8, one.standing), (8, one.categories), (8, one.highest_level),
                (32, one.most_credits), (64, one.since),
            ),
        )  # fmt: skip

    def key(self, registry: bytes, institution: str, key: InstitutionKey) -> None:
        own, life = slot(4, word(institution), key.public_key), key.tenure
        self.put(
            registry,
            own,
            packed(
                (64, life.valid_from), (64, life.retired_at), (64, life.compromised_since), (8, life.founding), (32, 7)
            ),
        )
        self.put(registry, own + 1, key.kind)

    # --- proofs of it

    def state(self) -> tuple[bytes, list[bytes]]:
        """The root, and every node there is."""
        accounts, nodes = {}, set()
        for address, words in self.storage.items():
            stored = {digest(at.to_bytes(32, "big")): encode(integer(value)) for at, value in words.items() if value}
            trie = Trie(stored)
            nodes |= {node for key in stored for node in trie.proof(key)}
            accounts[digest(address)] = encode([b"\x01", b"", trie.root, self.codes[address]])
        trie = Trie(accounts)
        return trie.root, [*nodes, *{node for key in accounts for node in trie.proof(key)}]

    def evidence(self, data: bytes, consensus: Consensus, time: int, **changes: Any) -> Evidence:  # noqa: ANN401
        """Headers, and just the nodes that the certificate file `data` needs."""
        root, every = self.state()
        nodes = Nodes(every)
        reader = StateLedger(ProvenState(root, nodes), DIRECTORY, time)
        with suppress(CodeDiffers, ValueUnknown):  # a test wants it so: the verifier comes no further either
            check_listing(reader, (), time)
            touch(reader, subject_of(data), BlockRef(BLOCK, bytes(32), time))
        return Evidence(tuple(headers(consensus, root, time, **changes)), tuple(nodes.used))

    def file(self, data: bytes, consensus: Consensus, time: int, **changes: Any) -> bytes:  # noqa: ANN401
        """A certificate file with its evidence."""
        return joined(data, self.evidence(data, consensus, time, **changes))

    def trust(self, consensus: Consensus, expires: int, **changes: Any) -> Trust:  # noqa: ANN401
        """Whom to believe."""
        genesis = GENESIS[consensus]
        era = Era(1, genesis.hash, tuple(one.address for one in FOUR))
        contracts = tuple(sorted(self.listed, key=lambda one: (one.name, one.version)))
        plain: dict[str, Any] = {
            "network": "试验", "chain_id": CHAIN_ID, "genesis": genesis.hash, "consensus": consensus,
            "confirmations": 3, "eras": (era,), "contracts": contracts, "expires": expires,
        }  # fmt: skip
        return Trust(**(plain | changes))


GENESIS = {Consensus.CLIQUE: clique_genesis(FOUR), Consensus.QBFT: qbft_genesis(FOUR)}


def headers(
    consensus: Consensus,
    root: bytes,
    time: int,
    *,
    block: int = BLOCK,
    by: str = "0123",
    **fields: Any,  # noqa: ANN401
) -> list[Header]:
    """The final header and, of Clique, those that follow: `by` says who of the four seals each."""
    told = {"number": number(block), "state": root, "time": number(time), **fields}
    who = [FOUR[int(digit)] for digit in by]
    if consensus is Consensus.QBFT:
        return [qbft_block(GENESIS[consensus], FOUR, sealers=who[:3], **told)]
    made = [clique_block(GENESIS[consensus], who[0], among=FOUR, **told)]
    for sealer in who[1:]:
        made.append(clique_block(made[-1], sealer, among=FOUR, time=number(made[-1].time + 2)))
    return made
