"""Live reads: the contracts' own words at one named block."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gateway.domain.leaf import Facts, open_facts
from gateway.ledger.calls import Call, ChainCalls
from gateway.ledger.errors import CallRefused, ChainUnavailable, WrongChain
from gateway.ledger.reader import ChainReader, institution_text, institution_word
from gateway.ledger.values import BlockRef, LeafState, Reason, Status
from node.client.deployment import Deployment, Finality
from node.client.rpc import JsonRpc

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.ledger.conftest import Batch, World

OPEN_UNIVERSITY = "123200000000000018"


def test_an_institution_is_its_eighteen_characters_on_the_chain_too() -> None:
    word = institution_word(OPEN_UNIVERSITY)
    assert word == OPEN_UNIVERSITY.encode() + bytes(14)
    assert institution_text(word) == OPEN_UNIVERSITY


def test_an_answer_holds_for_the_block_it_names(world: World, batch_of: Callable[..., Batch]) -> None:
    reader = ChainReader(world.calls)
    world.accredit(OPEN_UNIVERSITY)
    batch = batch_of(OPEN_UNIVERSITY, 3)
    before = reader.final_block()
    world.anchor(batch)
    world.set_status(batch, 0, Status.SUSPENDED, Reason.ERROR)
    after = reader.final_block()
    pair, leaf = (OPEN_UNIVERSITY, batch.manifest.root), (OPEN_UNIVERSITY, batch.manifest.tree.leaves[0])
    assert reader.anchors([pair], before) == [None]
    assert reader.leaf_states([leaf], before) == [LeafState()]
    [anchor] = reader.anchors([pair], after)
    [state] = reader.leaf_states([leaf], after)
    assert (anchor.leaf_count, anchor.manifest, anchor.province) == (3, batch.manifest.digest, 320_000)
    assert (state.status, state.reason, state.set_by, state.since) == (
        Status.SUSPENDED, Reason.ERROR, 320_000, after.time,
    )  # fmt: skip


def test_a_block_that_is_no_more_is_no_answer(world: World) -> None:
    reader = ChainReader(world.calls)
    gone = BlockRef(1, b"\x11" * 32, 1)
    with pytest.raises(ChainUnavailable):
        reader.leaf_states([(OPEN_UNIVERSITY, bytes(32))], gone)


def test_finality_by_depth_reads_that_far_below_the_newest_block(world: World) -> None:
    deep = Deployment(
        world.deployment.chain_id, "deep", world.deployment.genesis_hash, 1,
        Finality(kind="depth", confirmations=3), world.deployment.contracts, world.deployment.provinces,
    )  # fmt: skip
    calls = ChainCalls(world.chain.rpc, deep)
    newest = int(world.chain.call("eth_blockNumber"), 16)
    assert calls.final_block().number == newest - 3
    world.chain.mine(2)
    assert calls.final_block().number == newest - 1


def test_a_node_of_another_chain_is_refused(world: World) -> None:
    other = Deployment(
        1, "other", world.deployment.genesis_hash, 1, world.deployment.finality, world.deployment.contracts, {}
    )
    with pytest.raises(WrongChain) as caught:
        ChainCalls(world.chain.rpc, other).final_block()
    assert str(caught.value.value).startswith(f"{world.deployment.chain_id}, 0x")
    assert caught.value.details["expected"] == f"1, {world.deployment.genesis_hash}"


def test_a_node_of_another_chain_with_the_same_number_is_refused_by_its_first_block(world: World) -> None:
    other = replace(world.deployment, genesis_hash="0x" + "11" * 32)
    with pytest.raises(WrongChain) as caught:
        ChainCalls(world.chain.rpc, other).final_block()
    assert world.deployment.genesis_hash in str(caught.value.value)
    assert caught.value.message("zh") != caught.value.message("en")


def test_a_chain_that_does_not_answer_is_unavailable_and_says_so_in_both_languages(world: World) -> None:
    calls = ChainCalls(JsonRpc("http://127.0.0.1:9", timeout=1), world.deployment)
    with pytest.raises(ChainUnavailable) as caught:
        calls.final_block()
    assert "链" in caught.value.message("zh")
    assert "no certificate is invalid" in caught.value.hint("en")


def test_the_chain_itself_derives_a_leaf_and_refuses_a_bad_proof_in_words(
    world: World, batch_of: Callable[..., Batch]
) -> None:
    reader = ChainReader(world.calls)
    world.accredit(OPEN_UNIVERSITY)
    batch = batch_of(OPEN_UNIVERSITY, 4)
    world.anchor(batch)
    unknown = open_facts(
        b"\x05" * 32, institution_word(OPEN_UNIVERSITY), Facts(b"\1" * 32, b"\2" * 32, 1, 3, 100, 255, 600),
        b"\x06" * 32, 0x7F,
    )  # fmt: skip
    opening = (
        unknown.commitment, unknown.institution, unknown.mask,
        [int.from_bytes(value, "big") if isinstance(value, bytes) else value for value in unknown.values],
        list(unknown.salts), list(unknown.digests),
    )  # fmt: skip
    with pytest.raises(CallRefused) as caught:
        reader.prove(opening, batch.manifest.root, list(batch.manifest.tree.proof_at(0)), reader.final_block())
    assert caught.value.value == "TreeProofInvalid"
    assert caught.value.hint("zh")


def test_many_reads_are_one_request(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = world.calls
    block = calls.final_block()
    calls.read(
        [Call("CredentialRegistry", "headOf", (0,))], block
    )  # the Directory is asked now, and then not for a while
    posted: list[int] = []
    batch = JsonRpc.batch
    monkeypatch.setattr(JsonRpc, "batch", lambda self, requests: posted.append(len(requests)) or batch(self, requests))
    calls.read([Call("CredentialRegistry", "headOf", (subject,)) for subject in range(100)], block)
    assert posted == [100]
