"""An old backup of the outbox on a chain that went on: what was sent since is known again, nothing is done twice."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, insert, select, update

from gateway.backup.catching_up import CatchingUp
from gateway.backup.databases import snapshot
from gateway.backup.errors import StillOnItsWay
from gateway.backup.restoring import NOTE, Note
from gateway.issuance.status_lists import StatusLists
from gateway.ledger.anchoring import AnchorTerms, anchor_intent
from gateway.ledger.outbox import OUTBOX, enqueue, submissions
from gateway.ledger.reader import ChainReader
from gateway.ledger.sender import Sender
from gateway.ledger.status import StatusChanger
from gateway.ledger.status_plan import StatusPlanner
from gateway.ledger.values import Reason, Status
from gateway.store.models import OutboxState, StatusList

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tests.ledger.conftest import Batch, Desk, World

JIANGSU = 320_000
OPEN_UNIVERSITY = "123200000000000018"


@pytest.fixture
def batch(batch_of: Callable[..., Batch]) -> Batch:
    return batch_of(OPEN_UNIVERSITY, 12)


@pytest.fixture
def centre(world: World, batch: Batch, desk_of: Callable[..., Desk]) -> Desk:
    """Jiangsu's desk with a batch of its own, anchored and indexed."""
    world.accredit(OPEN_UNIVERSITY)
    world.anchor(batch)
    desk = desk_of(JIANGSU)
    desk.record(batch)
    desk.indexer.advance()
    return desk


def queue(desk: Desk, batch: Batch, position: int, status: Status, reason: Reason) -> list[int]:
    """Have a status changed by the outbox; nothing is sent yet."""
    reader = ChainReader(desk.world.calls)
    plan = StatusPlanner(
        desk.database,
        desk.index,
        desk.holdings,
        desk.province,
        lambda provinces: reader.custodians(provinces, reader.final_block()),
    ).plan([(1, "0x" + batch.manifest.tree.leaves[position].hex())], status)
    changer = StatusChanger(desk.database, desk.blobs, desk.world.deployment, desk.address, 30_000_000)
    return [one.entry for one in changer.queue(plan, status, reason)]


def status_of(desk: Desk, batch: Batch, position: int) -> Status:
    reader = ChainReader(desk.world.calls)
    leaf = batch.manifest.tree.leaves[position]
    [state] = reader.leaf_states([(batch.institution, leaf)], reader.final_block())
    return state.status


def restored(desk: Desk, folder: Path, *, noted: bool = True) -> Desk:
    """The desk again, from a copy of its database as it is now, with the note of a restoring beside it."""
    folder.mkdir()
    facts = snapshot(desk.database, folder).facts
    again = type(desk)(desk.world, desk.province, folder)
    if noted:
        Note(1, facts["block"], "0x" + "00" * 32, 2).save(folder / NOTE)
    catching_up = CatchingUp(again.database, desk.world.calls, desk.province, folder)
    again.sender = Sender(
        again.database, desk.world.calls, desk.account, locks=folder / "locks", before=catching_up.run
    )
    return again


def states(desk: Desk, ids: Sequence[int]) -> list[OutboxState]:
    with desk.database.read() as connection:
        return [one.state for one in submissions(connection, ids)]


def transactions(desk: Desk) -> int:
    """How many the operator has on the chain."""
    return int(desk.world.chain.call("eth_getTransactionCount", desk.account.address, "latest"), 16)


def test_what_was_queued_at_the_backup_and_sent_after_it_is_not_sent_again(
    centre: Desk, batch: Batch, tmp_path: Path
) -> None:
    ids = queue(centre, batch, 3, Status.SUSPENDED, Reason.FRAUD)
    again = restored(centre, tmp_path / "restored")
    forgetful = restored(centre, tmp_path / "forgetful", noted=False)
    try:
        [sent] = centre.sender.settle(ids, seconds=60)
        centre.indexer.advance()
        centre.sender.settle(queue(centre, batch, 3, Status.VALID, Reason.NONE), seconds=60)
        assert status_of(centre, batch, 3) is Status.VALID
        before = transactions(centre)

        [known] = again.sender.settle(ids, seconds=60)
        assert (known.state, known.tx_hash, known.block) == (OutboxState.FINAL, sent.tx_hash, sent.block)
        assert status_of(centre, batch, 3) is Status.VALID
        assert transactions(centre) == before
        told = CatchingUp(again.database, again.world.calls, JIANGSU, again.folder).told()
        assert told is not None
        assert told["knownAgain"] == 1
        assert told["unknown"] == {"CredentialRegistry.setStatus": 1}  # lifting it, of which this copy knows nothing
        assert told["lost"] == []

        # It would have been: the same copy without the note suspends what was reinstated.
        forgetful.sender.settle(ids, seconds=60)
        assert status_of(centre, batch, 3) is Status.SUSPENDED
    finally:
        again.close()
        forgetful.close()


def test_what_was_never_sent_is_sent_now_with_the_next_nonce(centre: Desk, batch: Batch, tmp_path: Path) -> None:
    centre.sender.settle(queue(centre, batch, 0, Status.SUSPENDED, Reason.FRAUD), seconds=60)
    first = queue(centre, batch, 1, Status.SUSPENDED, Reason.FRAUD)
    second = queue(centre, batch, 2, Status.SUSPENDED, Reason.FRAUD)
    again = restored(centre, tmp_path / "restored")
    try:
        with centre.database.write() as connection:  # the machine was lost before it came to this
            connection.execute(delete(OUTBOX).where(OUTBOX.c.id.in_(second)))
        centre.sender.settle(first, seconds=60)
        before = transactions(centre)
        settled = again.sender.settle([*first, *second], seconds=60)
        assert [one.state for one in settled] == [OutboxState.FINAL] * 2
        assert transactions(centre) == before + 1
        assert [status_of(centre, batch, at) for at in range(3)] == [Status.SUSPENDED] * 3
        with again.database.read() as connection:
            nonces = connection.execute(select(OUTBOX.c.nonce).order_by(OUTBOX.c.nonce)).scalars().all()
        assert nonces == list(range(nonces[0], nonces[0] + 3))
    finally:
        again.close()


def test_what_was_signed_anew_after_the_backup_is_known_by_what_it_does(
    centre: Desk, batch: Batch, tmp_path: Path
) -> None:
    """The copy has an entry as sent with a nonce that another transaction took; later it went out with the next one."""
    ids = queue(centre, batch, 1, Status.SUSPENDED, Reason.FRAUD)
    again = restored(centre, tmp_path / "restored")
    try:
        centre.world.set_status(batch, 5, Status.SUSPENDED, Reason.FRAUD)  # with the same key, from elsewhere
        [sent] = centre.sender.settle(ids, seconds=60)
        with again.database.write() as connection:
            values = {
                "state": OutboxState.SENT,
                "nonce": transactions(centre) - 2,
                "raw_tx": b"1",
                "tx_hash": b"2" * 32,
            }
            connection.execute(update(OUTBOX).where(OUTBOX.c.id.in_(ids)).values(**values))
        before = transactions(centre)
        [known] = again.sender.settle(ids, seconds=60)
        assert (known.state, known.tx_hash) == (OutboxState.FINAL, sent.tx_hash)
        assert transactions(centre) == before
    finally:
        again.close()


def test_batches_anchored_after_the_backup_are_named_and_their_status_list_is_closed(
    centre: Desk, world: World, batch_of: Callable[..., Batch], tmp_path: Path
) -> None:
    with centre.database.write() as connection:
        connection.execute(
            insert(StatusList).values(
                institution=OPEN_UNIVERSITY, number=0, capacity=1 << 20, taken=12, permutation_key=b"k" * 16
            )
        )
    again = restored(centre, tmp_path / "restored")
    try:
        later = batch_of(OPEN_UNIVERSITY, 5, 9)
        deadline, signature = world.approval(later)
        signed = ((bytes.fromhex(world.deployment.address("CredentialRegistry")[2:]), signature),)
        manifest = later.manifest
        terms = AnchorTerms(OPEN_UNIVERSITY, manifest.root, manifest.digest, manifest.count, deadline, signed)
        with centre.database.write() as connection:
            ids = enqueue(connection, centre.address, [anchor_intent(terms, 8)], now=1)
        centre.sender.settle(ids, seconds=60)

        catching_up = CatchingUp(again.database, world.calls, JIANGSU, again.folder)
        assert catching_up.due
        found = catching_up.run()
        assert found is not None
        [lost] = found.lost
        assert (lost.institution, lost.root, lost.leaves) == (OPEN_UNIVERSITY, manifest.root, 5)
        assert found.lost_credentials == 5
        assert found.closed == (OPEN_UNIVERSITY,)
        assert not catching_up.due
        assert catching_up.run() is None, "it is done once"
        given = StatusLists()
        with again.database.read() as connection:
            given.room(connection, OPEN_UNIVERSITY)
        places = given.take(OPEN_UNIVERSITY, 3)
        assert places.number == 2, "neither the list of before nor one that was begun after the backup"
        with again.database.write() as connection:
            given.record(connection, places)
    finally:
        again.close()


def test_nothing_is_concluded_while_something_of_ours_waits_to_be_mined(
    centre: Desk, batch: Batch, world: World, tmp_path: Path
) -> None:
    ids = queue(centre, batch, 1, Status.SUSPENDED, Reason.FRAUD)
    again = restored(centre, tmp_path / "restored")
    try:
        world.chain.automine(on=False)
        centre.sender.step()  # sent, and in the node's pool when the machine is lost
        with pytest.raises(StillOnItsWay) as caught:
            again.sender.step()
        assert caught.value.details["waiting"] == 1
        assert states(again, ids) == [OutboxState.QUEUED]
        world.chain.mine()
        world.chain.automine(on=True)
        [known] = again.sender.settle(ids, seconds=60)
        assert known.state is OutboxState.FINAL
        assert transactions(centre) == 2  # the anchor, and this one
    finally:
        again.close()


def test_a_copy_that_had_sent_nothing_yet_waits_for_its_operator_as_well(
    centre: Desk, batch: Batch, world: World, tmp_path: Path
) -> None:
    again = restored(centre, tmp_path / "restored")
    key_file = tmp_path / "operator.json"
    key_file.write_text(json.dumps({"address": centre.account.address, "version": 3}), encoding="utf-8")
    try:
        world.chain.automine(on=False)
        queue(centre, batch, 1, Status.SUSPENDED, Reason.FRAUD)
        centre.sender.step()  # its first, after the backup; in the node's pool when the machine is lost
        catching_up = CatchingUp(again.database, world.calls, JIANGSU, again.folder, key_file)
        with pytest.raises(StillOnItsWay):
            catching_up.run()
        assert catching_up.due
        world.chain.mine()
        world.chain.automine(on=True)
        found = catching_up.run()
        assert found is not None
        assert found.unknown["CredentialRegistry.setStatus"] == 1
    finally:
        again.close()


def test_a_gateway_that_was_never_restored_reads_no_block(centre: Desk, tmp_path: Path) -> None:
    class Silent:
        def __getattr__(self, name: str) -> object:
            raise AssertionError(name)

    catching_up = CatchingUp(centre.database, Silent(), JIANGSU, tmp_path)  # type: ignore[arg-type]
    assert not catching_up.due
    assert catching_up.run() is None
    assert catching_up.told() is None
