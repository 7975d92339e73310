"""Anchoring by the outbox, on a real chain: once, and ours is recognised as ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from stores import both_kinds

from gateway.ledger.anchoring import KIND, AnchoredByUs, AnchorTerms, anchor_intent
from gateway.ledger.outbox import enqueue, submissions
from gateway.ledger.reader import ChainReader
from gateway.ledger.sender import Sender
from gateway.ledger.settlement import Endings, Settlement
from gateway.store.models import OutboxState

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.ledger.outbox import Submission
    from tests.ledger.conftest import Batch, Desk, World

JIANGSU, SHANGHAI = 320_000, 310_000
OPEN_UNIVERSITY = "123200000000000018"


store_kind = both_kinds


def anchor(
    desk: Desk, batch: Batch, *, approval: tuple[int, bytes] | None = None
) -> tuple[Submission, list[Settlement]]:
    told: list[Settlement] = []
    endings = Endings(
        {KIND: lambda _, settlement: told.append(settlement)},
        {KIND: AnchoredByUs(ChainReader(desk.world.calls), desk.province)},
    )
    deadline, signature = approval or desk.world.approval(batch)
    signatures = ((bytes.fromhex(desk.world.deployment.address("CredentialRegistry")[2:]), signature),)
    manifest = batch.manifest
    terms = AnchorTerms(batch.institution, manifest.root, manifest.digest, manifest.count, deadline, signatures)
    with desk.database.write() as connection:
        ids = enqueue(connection, desk.address, [anchor_intent(terms, 7)], now=1)
    sender = Sender(desk.database, desk.world.calls, desk.account, locks=desk.folder / "locks", endings=endings)
    [entry] = sender.settle(ids, seconds=30)
    return entry, told


@pytest.fixture
def batch(world: World, batch_of: Callable[..., Batch]) -> Batch:
    world.accredit(OPEN_UNIVERSITY)
    return batch_of(OPEN_UNIVERSITY, 3)


def test_an_approved_batch_is_anchored_and_whoever_waits_is_told_the_block(
    world: World, batch: Batch, desk_of: Callable[..., Desk]
) -> None:
    entry, [told] = anchor(desk_of(JIANGSU), batch)
    reader = ChainReader(world.calls)
    [anchored] = reader.anchors([(OPEN_UNIVERSITY, batch.manifest.root)], reader.final_block())
    assert (entry.state, told.succeeded, told.payload["batch"]) == (OutboxState.FINAL, True, 7)
    assert anchored.province == JIANGSU
    receipt = world.chain.receipt("0x" + told.tx_hash.hex())
    assert int(receipt["blockNumber"], 16) == told.block == entry.block


def test_a_batch_that_we_anchored_before_our_memory_was_lost_is_success(
    batch: Batch, desk_of: Callable[..., Desk]
) -> None:
    first, _ = anchor(desk_of(JIANGSU), batch)
    again, [told] = anchor(desk_of(JIANGSU), batch)  # a new database, as after restoring an old backup
    assert again.state is OutboxState.FINAL
    assert (told.block, told.tx_hash) == (first.block, first.tx_hash)


def test_a_batch_that_another_province_would_anchor_fails_in_words(batch: Batch, desk_of: Callable[..., Desk]) -> None:
    entry, [told] = anchor(desk_of(SHANGHAI), batch)
    assert entry.state is OutboxState.FAILED
    assert entry.error is not None
    assert entry.error["code"] == told.refusal.name == "AnchorByAnotherProvince"
    assert "320000" in entry.error["zh"]


@pytest.mark.parametrize("fault", ["expired", "forged"])
def test_an_approval_that_does_not_hold_fails_with_what_to_do(
    world: World, batch: Batch, desk_of: Callable[..., Desk], fault: str
) -> None:
    deadline, signature = world.approval(batch)
    approval = (world.now - 1, signature) if fault == "expired" else (deadline + 1, signature)
    entry, _ = anchor(desk_of(JIANGSU), batch, approval=approval)
    assert entry.error is not None
    assert entry.error["code"] == {"expired": "ApprovalExpired", "forged": "ApprovalBy"}[fault]
    assert entry.error["hintZh"]


def test_a_quota_that_is_used_up_waits_for_tomorrow(
    world: World, batch: Batch, batch_of: Callable[..., Batch], desk_of: Callable[..., Desk]
) -> None:
    desk = desk_of(JIANGSU)
    word = [desk.account.address, 1 | 2 | 4 | 32, 4]
    world.twice(JIANGSU, "Consortium", "setOperator", word)
    anchor(desk, batch)
    second = batch_of(OPEN_UNIVERSITY, 2, 1)
    deadline, signature = world.approval(second)
    signatures = ((bytes.fromhex(world.deployment.address("CredentialRegistry")[2:]), signature),)
    manifest = second.manifest
    terms = AnchorTerms(OPEN_UNIVERSITY, manifest.root, manifest.digest, manifest.count, deadline, signatures)
    with desk.database.write() as connection:
        [number] = enqueue(connection, desk.address, [anchor_intent(terms, 8)], now=1)
    desk.sender.step()
    with desk.database.read() as connection:
        [entry] = submissions(connection, [number])
    assert entry.state is OutboxState.QUEUED
    assert entry.error is not None
    assert entry.error["code"] == "QuotaExceeded"
