"""Collecting evidence of finality from this gateway's own node: headers, and proofs of just the words that are read.

    snapshot = Snapshot.newest(calls)
    for name, content in with_evidence(snapshot, files): …

The words are read as verification reads them (gateway.verification.offline), each asked of the node with its proof the
first time: what is collected is what will be looked for. What the node answers is believed as far as the proofs lead.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final, Self

from gateway.domain.errors import CANNOT, HurenError, Said, cause_of
from gateway.domain.evidence import Evidence, joined
from gateway.domain.hashing import hex0x, word
from gateway.domain.header import Header, HeaderMalformed
from gateway.domain.seals import Consensus, clique_sealer, consensus_of
from gateway.domain.trie import Nodes
from gateway.ledger.calls import WITHOUT_BODIES
from gateway.ledger.errors import ChainUnavailable
from gateway.ledger.values import BlockRef
from gateway.verification.offline.errors import NothingSealed
from gateway.verification.offline.ledger import StateLedger
from gateway.verification.offline.state import ProvenState
from gateway.verification.offline.verify import Subject, check_listing, touch
from gateway.verification.papers import read_paper, recompute
from node.client.rpc import RpcError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gateway.ledger.calls import ChainCalls

RECENT: Final = 64
"""Clique blocks in which everybody who seals has sealed."""


class TooShort(HurenError):
    """There are not yet as many blocks as have to follow a final one."""

    code = "evidence.too_short"
    exit_code = CANNOT
    zh = "链上只有 {value} 个区块，尚不足以证明最终性（其后需有 {depth} 个）"
    en = "the chain has {value} blocks: too few for {depth} to follow a final one"
    hint_zh = "请稍后再试"
    hint_en = "try again in a moment"


class NotYetFinal(HurenError):
    """A batch that is anchored, but not as deep as evidence of it takes."""

    code = "evidence.not_yet"
    exit_code = CANNOT
    zh = "批次 {value} 截至区块 {block} 尚未最终确认"
    en = "the batch {value} is not anchored as of block {block}, the newest that can be proven final"
    hint_zh = "请等几个区块后再试"
    hint_en = "try again some blocks later"


class HeaderDiffers(HurenError):
    """A node gave a header whose hash is another than it says."""

    code = "evidence.header"
    exit_code = CANNOT
    zh = "节点给出的区块 {value} 与其所称哈希不符，或前后不相连"
    en = "the node's block {value} has another hash than it says, or does not follow the one before it"
    hint_zh = "请再试一次；若仍如此，请换一个节点"
    hint_en = "try again; if it stays so, ask another node"


def headers_of(calls: ChainCalls, numbers: Sequence[int]) -> list[Header]:
    """Return the headers of those numbers, their hashes recomputed.

    Raises:
        ChainUnavailable: no answer, or there is no such block.
        HeaderMalformed, HeaderDiffers: an answer that is none.
    """
    answers = calls.requests([("eth_getBlockByNumber", (hex(number), *WITHOUT_BODIES)) for number in numbers])
    found = []
    for number, answer in zip(numbers, answers, strict=True):
        if answer is None or isinstance(answer, RpcError):
            raise ChainUnavailable(cause_of(answer, f"eth_getBlockByNumber {number}"))
        header = Header.of_json(answer)
        if header.number != number or not header.is_as_said:
            raise HeaderDiffers(number)
        found.append(header)
    return found


def first_header(calls: ChainCalls) -> Header | None:
    """Return the first block's header; None where what the node gives is none, as anvil's: nobody seals such a chain.

    Raises:
        ChainUnavailable: no answer.
        HeaderDiffers: it has another hash than the node says.
    """
    try:
        [genesis] = headers_of(calls, [0])
    except HeaderMalformed:
        return None
    return genesis


def final_headers(calls: ChainCalls) -> tuple[Consensus, list[Header]]:
    """Return who seals this chain, and its newest final header with those that prove it to be final.

    Raises:
        TooShort: too few blocks so far.
        HeaderDiffers: as `headers_of`, or one does not follow the one before it.
        ChainUnavailable, HeaderMalformed, SealMalformed: see `headers_of`; a block without a seal.
    """
    genesis = first_header(calls)
    consensus = Consensus.NONE if genesis is None else consensus_of(genesis)
    head = int(calls.request("eth_blockNumber"), 16)
    if genesis is None or consensus is not Consensus.CLIQUE:
        return consensus, headers_of(calls, [head])
    recent = headers_of(calls, range(max(1, head - RECENT + 1), head + 1))
    for before, header in pairwise(recent):
        if header.parent != before.hash:  # the chain was reorganised while it was read
            raise HeaderDiffers(header.number)
    # Of however many: half of them and one keep a chain going, and so many blocks in a row are of different ones.
    depth = max(calls.deployment.finality.confirmations, len({clique_sealer(header) for header in recent}))
    if depth >= len(recent):
        raise TooShort(head, depth=depth)
    return consensus, recent[-depth - 1 :]


class Snapshot:
    """One final block: its headers, and its state as far as it was asked for."""

    def __init__(self, calls: ChainCalls, consensus: Consensus, headers: Sequence[Header]) -> None:
        """Take the final header and those that follow it. `newest` finds them."""
        self._calls = calls
        self.consensus = consensus
        self.headers = tuple(headers)
        self.block = BlockRef(self.header.number, self.header.hash, self.header.time)
        self._nodes = Nodes()
        self._asked: set[tuple[bytes, int | None]] = set()

    @classmethod
    def newest(cls, calls: ChainCalls) -> Self:
        """Return that of the newest final block.

        Raises: as `final_headers`.
        """
        return cls(calls, *final_headers(calls))

    @property
    def header(self) -> Header:
        """The final one."""
        return self.headers[0]

    @property
    def chain_id(self) -> int:
        """The chain's number."""
        return self._calls.chain_id

    def ledger(self, nodes: Nodes | None = None) -> StateLedger:
        """Return the contracts' state, each word asked of the node with its proof; `nodes` notes what proved it."""
        state = _Asking(self, self._nodes.afresh() if nodes is None else nodes)
        directory = bytes.fromhex(self._calls.deployment.address("Directory")[2:])
        return StateLedger(state, directory, self.header.time)

    def evidence(self, subject: Subject) -> Evidence:
        """Return what proves all that verification reads of `subject`.

        Raises:
            NotYetFinal: the batch is not anchored as of this block.
            ProofInvalid, CodeDiffers: the node's proofs do not hold.
            ChainUnavailable: no answer, or the node keeps no state of that block (any more).
        """
        nodes = self._nodes.afresh()
        reader = self.ledger(nodes)
        check_listing(reader, (), self.header.time)
        if touch(reader, subject, self.block) is None:
            raise NotYetFinal(hex0x(subject.root), block=self.block.number)
        return Evidence(self.headers, tuple(nodes.used))

    def ask(self, nodes: Nodes, address: bytes, slot: int | None) -> None:
        """Have the node prove a slot (None: the account alone), unless it did."""
        if (address, slot) in self._asked:
            return
        slots = [] if slot is None else [hex0x(word(slot))]
        answer = self._calls.request("eth_getProof", hex0x(address), slots, hex(self.header.number))
        try:
            proofs = [answer["accountProof"], *(stored["proof"] for stored in answer["storageProof"])]
            nodes.add(bytes.fromhex(node[2:]) for proof in proofs for node in proof)
        except (KeyError, TypeError, ValueError) as error:
            raise ChainUnavailable(Said("eth_getProof 的回答无法读取", "the answer to eth_getProof is none")) from error
        self._asked.add((address, slot))


class _Asking:
    """A state that is asked for as it is read."""

    def __init__(self, snapshot: Snapshot, nodes: Nodes) -> None:
        self._snapshot = snapshot
        self._nodes = nodes
        self._proven = ProvenState(snapshot.header.state_root, nodes)

    def word(self, address: bytes, slot: int) -> bytes:
        self._snapshot.ask(self._nodes, address, slot)
        return self._proven.word(address, slot)

    def code_hash(self, address: bytes) -> bytes:
        self._snapshot.ask(self._nodes, address, None)
        return self._proven.code_hash(address)


def with_evidence(snapshot: Snapshot, files: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """Yield certificate files (name, content) with the evidence of a final block.

    Raises:
        NothingSealed: on this chain nobody seals, so nothing can be proven.
        NotYetFinal: a batch was anchored after that block.
        ProofInvalid, CodeDiffers, ChainUnavailable: see `Snapshot.evidence`.
    """
    if snapshot.consensus is Consensus.NONE:
        raise NothingSealed(snapshot.chain_id)
    for name, content in files:
        yield name, joined(content, snapshot.evidence(subject_of(content)))


def subject_of(data: bytes) -> Subject:
    """Return what of the ledger a certificate file, whole or in part, needs.

    Raises:
        DomainError: it is none, or not whole in itself.
    """
    paper = read_paper(data)
    return Subject(paper.institution, paper.anchoring.root, recompute(paper), paper.issuer)
