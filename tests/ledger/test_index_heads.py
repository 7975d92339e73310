"""The heads that the index tells of a block are those that the contracts stored at it, over successions too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ledger_world import JIANGSU, PROVINCES, TIME_LOCK

from gateway.ledger.errors import ChainUnavailable
from gateway.ledger.index_heads import heads_at
from gateway.ledger.reader import institution_word
from node.client.abi import decode_result, encode_call
from node.client.artifact import load
from node.client.transactions import transact

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.ledger.conftest import Batch, Desk, World

OPEN_UNIVERSITY = "123200000000000018"


def stored(world: World, address: str, subject: int, block: int) -> tuple[int, bytes]:
    artifact = load("Consortium")
    call = {"to": address, "data": "0x" + encode_call(artifact, "headOf", subject).hex()}
    head, sequence = decode_result(artifact, "headOf", world.chain.call("eth_call", call, hex(block)))
    return sequence, bytes(head)


def test_heads_of_any_block_are_those_of_the_contracts_then(
    world: World, desk_of: Callable[..., Desk], batch_of: Callable[..., Batch]
) -> None:
    world.accredit(OPEN_UNIVERSITY)
    world.anchor(*(batch_of(OPEN_UNIVERSITY, 3, seed) for seed in range(2)))
    successor = world.schedule("CredentialRegistry")
    world.pass_over(TIME_LOCK)
    between = int(world.chain.call("eth_blockNumber"), 16)
    batch = batch_of(OPEN_UNIVERSITY, 3, 2)
    terms = (institution_word(OPEN_UNIVERSITY), batch.manifest.root, batch.manifest.digest, batch.manifest.count)
    data = encode_call(load("CredentialRegistry"), "anchor", terms, world.approval(batch, successor))
    for seed in range(2):
        if seed:
            again = batch_of(OPEN_UNIVERSITY, 3, 9)
            terms = (terms[0], again.manifest.root, again.manifest.digest, again.manifest.count)
            data = encode_call(load("CredentialRegistry"), "anchor", terms, world.approval(again, successor))
        transact(
            world.chain.rpc,
            world.operator(JIANGSU),
            world.deployment.chain_id,
            successor,
            data,
            call="anchor",
            seconds=10,
        )
    desk = desk_of(JIANGSU)
    desk.indexer.advance()
    last = int(world.chain.call("eth_blockNumber"), 16)
    with desk.database.read() as connection:
        for block in (last, last - 1, between, 12):
            heads = heads_at(connection, world.deployment, block)
            for head in heads:
                assert (head.sequence, head.head) == stored(world, "0x" + head.address.hex(), head.subject, block)
            told = {("0x" + head.address.hex(), head.subject) for head in heads}
            for address in (world.deployment.address("CredentialRegistry"), world.deployment.address("Consortium")):
                for subject in (0, *PROVINCES):
                    assert ((address, subject) in told) == (stored(world, address, subject, block)[0] > 0)
        newest = heads_at(connection, world.deployment, last)
        assert sorted(head.sequence for head in newest if head.contract == "CredentialRegistry") == [2, 4]
        assert heads_at(connection, world.deployment, 0) == []
        with pytest.raises(ChainUnavailable):
            heads_at(connection, world.deployment, last + 1)
