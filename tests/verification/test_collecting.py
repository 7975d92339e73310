"""Evidence made from a node: what is asked, what is believed, and what a lying node comes to."""

from __future__ import annotations

from typing import Any

import pytest
from proving import FOUR, Ground
from sealed_node import REGISTRY, Node, as_json, clique_chain, evident
from sealing import clique_block, clique_genesis, qbft_block, qbft_genesis, validators

from gateway.domain.evidence import split
from gateway.domain.seals import Consensus
from gateway.domain.trie import ProofInvalid
from gateway.domain.validators import Eras
from gateway.domain.verdict import Kind
from gateway.ledger.errors import ChainUnavailable
from gateway.verification.collecting import HeaderDiffers, Snapshot, TooShort, with_evidence
from gateway.verification.offline import verify
from gateway.verification.trusting import trust_of


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


def test_a_chain_that_is_reorganised_while_it_is_read_gives_no_evidence(node: Any, case: Any) -> None:  # noqa: ANN401
    other = clique_chain(bytes(32), 9, case.now - 100)

    def bend(method: str, answer: Any) -> Any:  # noqa: ANN401
        at = int(answer["number"], 16) if method == "eth_getBlockByNumber" else 0
        return as_json(other[at]) if at > 6 else answer

    node.bend = bend
    with pytest.raises(HeaderDiffers) as caught:
        evident(node, case)
    assert caught.value.value == 7
