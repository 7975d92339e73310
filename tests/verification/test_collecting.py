"""Evidence and trust files made from a node: what is asked, what is believed, and what a lying node comes to."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from proving import CHAIN_ID, DIRECTORY, FOUR, Ground
from sealing import Validator, clique_block, clique_genesis, number, qbft_block, qbft_genesis, validators

from gateway.domain.evidence import split
from gateway.domain.hashing import hex0x, keccak256
from gateway.domain.rlp import encode, integer
from gateway.domain.seals import Consensus, majority
from gateway.domain.trie import ProofInvalid, Trie
from gateway.domain.validators import Eras, NotLawful
from gateway.domain.verdict import Kind
from gateway.ledger.errors import ChainUnavailable, WrongChain
from gateway.verification.collecting import HeaderDiffers, Snapshot, TooShort, with_evidence
from gateway.verification.offline import Trust, verify
from gateway.verification.trusting import differences, last_moment, trust_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gateway.domain.header import Header

REGISTRY = bytes(range(20))
CHINA = dt.timezone(dt.timedelta(hours=8))
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


@pytest.fixture
def node(case: Any) -> Node:  # noqa: ANN401
    ground = Ground.of(case.live, REGISTRY)
    return Node(clique_chain(ground.state()[0], 9, case.now - 100), ground)


def evident(node: Any, case: Any) -> bytes:  # noqa: ANN401
    [(_, content)] = with_evidence(Snapshot.newest(node), [("a.huren.json", case.data)])
    return bytes(content)


def test_what_is_collected_is_what_verification_needs_and_no_more(node: Any, case: Any) -> None:  # noqa: ANN401
    data, trust = evident(node, case), trust_of(node)
    verdict = verify(data, trust, now=case.now)
    assert (verdict.kind, verdict.block, verdict.block_time) == (Kind.VALID, 5, node.headers[5].time)
    evidence = split(data)[1]
    assert evidence is not None
    assert [one.hash for one in evidence.headers] == [one.hash for one in node.headers[5:]]
    assert evidence.nodes == node.ground.evidence(case.data, Consensus.CLIQUE, node.headers[5].time).nodes


def test_a_word_that_many_certificates_share_is_asked_for_once(node: Any, case: Any) -> None:  # noqa: ANN401
    snapshot = Snapshot.newest(node)
    first = list(with_evidence(snapshot, [("a", case.data)]))
    asked = len(node.asked)
    assert list(with_evidence(snapshot, [("a", case.data)] * 3)) == first * 3
    assert len(node.asked) == asked


def test_qbft_needs_no_block_but_the_newest(case: Any) -> None:  # noqa: ANN401
    ground = Ground.of(case.live, REGISTRY)
    headers = [qbft_genesis(FOUR, case.now - 100)]
    for _ in range(3):
        headers.append(qbft_block(headers[-1], FOUR, state=ground.state()[0]))
    node: Any = Node(headers, ground, confirmations=0)
    trust = trust_of(node)
    verdict = verify(evident(node, case), trust, now=case.now)
    assert (verdict.kind, verdict.block, trust.consensus) == (Kind.VALID, 3, Consensus.QBFT)


def test_every_node_writes_the_same_trust_file_all_month(node: Any, case: Any) -> None:  # noqa: ANN401
    one = trust_of(node, months=3)
    longer: Any = Node(clique_chain(node.ground.state()[0], 30, case.now - 100), node.ground)
    assert trust_of(longer).to_json() == one.to_json()
    assert trust_of(longer, expires=one.expires + 1).to_json() != one.to_json()
    assert differences(one, trust_of(longer, months=4), time=int(case.now)) == ["expires"]
    assert Trust.parse(one.to_json()) == one


def test_a_trust_file_has_the_votes_that_changed_the_set(node: Any, case: Any) -> None:  # noqa: ANN401
    voted: Any = Node(clique_chain(node.ground.state()[0], 12, case.now - 100, votes=3), node.ground)
    first, second = trust_of(voted).eras
    assert (second.first, second.after) == (4, voted.headers[3].hash)
    assert set(second.validators) - set(first.validators) == {FIFTH.address}
    assert [(vote.block, vote.voter) for vote in second.votes] == [(at + 1, FOUR[at].address) for at in range(3)]
    assert differences(trust_of(node), trust_of(voted), time=int(case.now)) == ["eras"]


def test_a_last_day_that_no_export_gives_differs_though_the_file_is_made_again_with_it(node: Any, case: Any) -> None:  # noqa: ANN401
    now = int(case.now)
    for months in (1, 3, 24):
        assert differences(trust_of(node, months=months), trust_of(node, months=months), time=now) == []
    for expires in (now - 1, now + 1, last_moment(now, 25), 253_402_271_999):
        theirs, ours = trust_of(node, expires=expires), trust_of(node, expires=expires)
        assert differences(theirs, ours, time=now) == ["expires"], expires


def test_evidence_has_blocks_enough_for_validators_who_sleep(case: Any) -> None:  # noqa: ANN401
    """Four of seven keep the chain going; three were admitted since the first block, and have not sealed for long."""
    ground, seven = Ground.of(case.live, REGISTRY), validators(7)
    root, headers = ground.state()[0], [clique_genesis(seven[:4], case.now - 400)]
    eras, votes = Eras(headers[0]), [4, 4, 4, 5, 5, 5, 5, 6, 6, 6, 6]
    for at in range(90):
        among = [one for one in seven if one.address in eras.found[-1].validators]
        about = seven[votes[at]].address if at < len(votes) else None
        headers.append(clique_block(headers[-1], seven[at % 4], among=among, about=about, state=root))
        eras.follow(headers[-1])
    assert len(eras.found[-1].validators) == 7
    node: Any = Node(headers, ground)
    data = evident(node, case)
    assert verify(data, trust_of(node), now=case.now).kind is Kind.VALID


@pytest.mark.parametrize(
    ("day", "months", "expires"),
    [("2026-11-22", 3, "2027-03-01"), ("2026-12-31", 1, "2027-02-01"), ("2026-01-01", 24, "2028-02-01")],
)
def test_a_trust_file_is_good_until_the_end_of_a_month_of_utc_8(day: str, months: int, expires: str) -> None:
    begin = dt.datetime.fromisoformat(f"{day}T00:00:00+08:00").timestamp()
    end = dt.datetime.fromisoformat(f"{expires}T00:00:00+08:00").timestamp()
    assert last_moment(int(begin), months) == last_moment(int(begin) + 86_399, months) == int(end)


def test_a_chain_that_is_too_short_yet_is_said_to_be(node: Any) -> None:  # noqa: ANN401
    node.headers = node.headers[:4]
    with pytest.raises(TooShort):
        Snapshot.newest(node)
    node.headers, node.confirmations = clique_chain(bytes(32), 9, 1), 9
    with pytest.raises(TooShort):
        Snapshot.newest(node)


def test_a_node_that_alters_a_header_or_a_proof_or_answers_nonsense_gives_no_evidence(
    node: Any,  # noqa: ANN401
    case: Any,  # noqa: ANN401
) -> None:
    def other_time(method: str, answer: Any) -> Any:  # noqa: ANN401
        return {**answer, "timestamp": "0x1"} if method == "eth_getBlockByNumber" and answer else answer

    def other_proof(method: str, answer: Any) -> Any:  # noqa: ANN401
        return {**answer, "accountProof": answer["accountProof"][:-1]} if method == "eth_getProof" else answer

    def other_block(method: str, answer: Any) -> Any:  # noqa: ANN401
        return as_json(node.headers[5]) if method == "eth_getBlockByNumber" and answer else answer

    for bend, error in (
        (other_time, HeaderDiffers),
        (other_block, HeaderDiffers),
        (other_proof, ProofInvalid),
        (lambda method, answer: {} if method == "eth_getProof" else answer, ChainUnavailable),
        (lambda method, answer: None if method == "eth_getBlockByNumber" else answer, ChainUnavailable),
    ):
        node.bend = bend
        with pytest.raises(error):
            evident(node, case)


@pytest.mark.parametrize("consensus", [Consensus.CLIQUE, Consensus.QBFT])
def test_contracts_are_proven_under_the_very_block_that_was_followed(case: Any, consensus: Consensus) -> None:  # noqa: ANN401
    """A node that first shows blocks of its own, with contracts of its own, and honest ones afterwards."""
    honest, other = Ground.of(case.live, REGISTRY), Ground.of(case.live, REGISTRY)
    other.list("CredentialRegistry", b"\x66" * 20)
    clique = consensus is Consensus.CLIQUE
    begin = (clique_genesis if clique else qbft_genesis)(FOUR, case.now - 100)
    thieves = [Validator.of(("thief", at)) for at in range(4)]

    def chain(ground: Ground, who: Sequence[Validator]) -> list[Header]:
        headers, root = [begin], ground.state()[0]
        for at in range(9):
            headers.append(
                clique_block(headers[-1], who[at % 4], among=who, state=root)
                if clique
                else qbft_block(headers[-1], who, state=root)
            )
        return headers

    blocks = chain(honest, FOUR)
    node: Any = Node(blocks, honest, confirmations=3 if clique else 0)
    assert trust_of(node).consensus is consensus
    forged, seen = chain(other, thieves), set() if clique else set(range(1, 9))

    def bend(method: str, answer: Any) -> Any:  # noqa: ANN401
        at = int(answer["number"], 16) if method == "eth_getBlockByNumber" else 0
        if not at or at in seen:
            return answer
        seen.add(at)
        return as_json(forged[at])

    node.ground, node.bend = other, bend
    with pytest.raises(HeaderDiffers):
        trust_of(node)


def test_a_trust_file_waits_until_enough_blocks_follow_for_those_who_seal_now(
    case: Any,  # noqa: ANN401
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ground, seven = Ground.of(case.live, REGISTRY), validators(7)
    headers = [clique_genesis(seven, case.now - 100)]
    for at in range(9):
        headers.append(clique_block(headers[-1], seven[at % 7], among=seven, state=ground.state()[0]))
    node: Any = Node(headers, ground, confirmations=0)
    snapshot = Snapshot.newest(node)
    assert len(snapshot.headers) == 8
    short = Snapshot(node, snapshot.consensus, headers[-4:])
    monkeypatch.setattr(Snapshot, "newest", lambda _calls: short)
    with pytest.raises(TooShort):
        trust_of(node)


def test_a_chain_that_is_reorganised_while_it_is_read_gives_no_evidence(node: Any, case: Any) -> None:  # noqa: ANN401
    other = clique_chain(bytes(32), 9, case.now - 100)

    def bend(method: str, answer: Any) -> Any:  # noqa: ANN401
        at = int(answer["number"], 16) if method == "eth_getBlockByNumber" else 0
        return as_json(other[at]) if at > 6 else answer

    node.bend = bend
    with pytest.raises(HeaderDiffers) as caught:
        evident(node, case)
    assert caught.value.value == 7


def test_a_node_that_invents_a_block_or_has_another_first_one_makes_no_trust_file(node: Any) -> None:  # noqa: ANN401
    stranger = clique_block(node.headers[4], Validator.of("stranger"), among=FOUR, state=node.ground.state()[0])
    honest = list(node.headers)
    node.headers = [*honest[:5], stranger]
    for at in range(5, 9):
        node.headers.append(clique_block(node.headers[-1], FOUR[at % 4], among=FOUR, state=node.ground.state()[0]))
    with pytest.raises(NotLawful):
        trust_of(node)
    node.headers = honest
    node.genesis = "0x" + "11" * 32
    with pytest.raises(WrongChain):
        trust_of(node)
