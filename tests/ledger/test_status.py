"""Suspending, reinstating and revoking by the hash, one or ten thousand, on a real chain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gateway.ledger.outbox import submissions
from gateway.ledger.reader import ChainReader
from gateway.ledger.status import KIND, StatusChanger, StatusReason
from gateway.ledger.status_plan import StatusPlanner
from gateway.ledger.values import Reason, Status
from gateway.store.models import OutboxState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gateway.ledger.outbox import Submission
    from gateway.ledger.status_plan import StatusPlan
    from tests.ledger.conftest import Batch, Desk, World

SHANGHAI, JIANGSU, ZHEJIANG = 310_000, 320_000, 330_000
OPEN_UNIVERSITY, COLLEGE = "123200000000000018", "123100000000000014"
GAS = 30_000_000


def custodians(world: World) -> Callable[[Sequence[int]], Mapping[int, int]]:
    reader = ChainReader(world.calls)
    return lambda provinces: reader.custodians(provinces, reader.final_block())


def planner(desk: Desk) -> StatusPlanner:
    return StatusPlanner(desk.database, desk.index, desk.holdings, desk.province, custodians(desk.world))


def change(
    desk: Desk, hashes: Sequence[str], status: Status, reason: Reason, gas: int = GAS
) -> tuple[StatusPlan, list[Submission]]:
    """What the command does: plan, queue, send, wait, and let the index follow."""
    plan = planner(desk).plan(enumerate(hashes, 1), status)
    changer = StatusChanger(desk.database, desk.blobs, desk.world.deployment, desk.address, gas)
    queued = changer.queue(plan, status, reason)
    settled = desk.sender.settle([one.entry for one in queued], seconds=120)
    desk.indexer.advance()
    return plan, settled


def states(world: World, batch: Batch, positions: Sequence[int]) -> list[Status]:
    reader = ChainReader(world.calls)
    leaves = [(batch.institution, batch.manifest.tree.leaves[position]) for position in positions]
    return [state.status for state in reader.leaf_states(leaves, reader.final_block())]


def hashes(batch: Batch, positions: Sequence[int]) -> list[str]:
    return ["0x" + batch.manifest.tree.leaves[position].hex() for position in positions]


@pytest.fixture
def centre(world: World, batch_of: Callable[..., Batch], desk_of: Callable[..., Desk]) -> tuple[Desk, list[Batch]]:
    """Jiangsu's desk with two batches of its own, anchored and indexed."""
    world.accredit(OPEN_UNIVERSITY)
    batches = [batch_of(OPEN_UNIVERSITY, 40), batch_of(OPEN_UNIVERSITY, 7, 1)]
    world.anchor(*batches)
    desk = desk_of(JIANGSU)
    for batch in batches:
        desk.record(batch)
    desk.indexer.advance()
    return desk, batches


def test_hashes_of_several_batches_are_revoked_each_batch_by_one_proof(centre: tuple[Desk, list[Batch]]) -> None:
    desk, [large, small] = centre
    wanted = hashes(large, [3, 39, 0, 17]) + hashes(small, [6])
    plan, settled = change(desk, wanted, Status.REVOKED, Reason.ERROR)
    assert (plan.changing, plan.findings, len(settled)) == (5, (), 2)
    assert [entry.state for entry in settled] == [OutboxState.FINAL] * 2
    assert states(desk.world, large, [0, 3, 17, 39, 1]) == [Status.REVOKED] * 4 + [Status.VALID]
    assert states(desk.world, small, [6, 5]) == [Status.REVOKED, Status.VALID]
    block, _ = desk.index.checked()
    [state] = desk.index.leaf_states([(OPEN_UNIVERSITY, large.manifest.tree.leaves[39])], block)
    assert (state.status, state.reason, state.set_by) == (Status.REVOKED, Reason.ERROR, JIANGSU)


def test_asking_again_changes_nothing_and_says_so(centre: tuple[Desk, list[Batch]]) -> None:
    desk, [large, _] = centre
    change(desk, hashes(large, [1, 2]), Status.SUSPENDED, Reason.WITHDRAWN)
    plan, settled = change(desk, hashes(large, [1, 2, 2]), Status.SUSPENDED, Reason.WITHDRAWN)
    assert (plan.changing, plan.unchanged, settled) == (0, 3, [])


def test_the_same_command_while_it_is_under_way_is_the_same_transaction(centre: tuple[Desk, list[Batch]]) -> None:
    desk, [large, _] = centre
    plan = planner(desk).plan(enumerate(hashes(large, range(10)), 1), Status.REVOKED)
    changer = StatusChanger(desk.database, desk.blobs, desk.world.deployment, desk.address, GAS)
    first = changer.queue(plan, Status.REVOKED, Reason.FRAUD)
    assert changer.queue(plan, Status.REVOKED, Reason.FRAUD) == first


def test_a_credential_can_be_suspended_reinstated_and_suspended_again(centre: tuple[Desk, list[Batch]]) -> None:
    desk, [large, _] = centre
    for status, reason in ((Status.SUSPENDED, Reason.ERROR), (Status.VALID, Reason.NONE)) * 2:
        plan, [entry] = change(desk, hashes(large, [5]), status, reason)
        assert (plan.changing, entry.state) == (1, OutboxState.FINAL)
        assert states(desk.world, large, [5]) == [status]
        desk.world.chain.call("evm_increaseTime", 60)


def test_every_wrong_row_is_a_finding_with_its_reason(
    centre: tuple[Desk, list[Batch]], batch_of: Callable[..., Batch]
) -> None:
    desk, [large, small] = centre
    world = desk.world
    world.accredit(COLLEGE)
    foreign = batch_of(COLLEGE, 3)
    world.anchor(foreign)
    desk.hold(foreign)
    world.set_status(large, 9, Status.REVOKED, Reason.ERROR)
    desk.indexer.advance()
    wanted = [*hashes(large, [8]), "0x12", "00" * 32, *hashes(large, [9]), *hashes(foreign, [1]), *hashes(small, [0])]
    plan = planner(desk).plan(enumerate(wanted, 1), Status.SUSPENDED)
    assert [(finding.row, finding.code) for finding in plan.findings] == [
        (2, "malformed"), (3, "not_found"), (4, "revoked"), (5, "not_ours"),
    ]  # fmt: skip
    assert all(finding.zh and finding.en for finding in plan.findings)
    assert plan.changing == 2


def test_a_suspension_is_lifted_by_the_province_that_set_it(
    world: World, centre: tuple[Desk, list[Batch]], desk_of: Callable[..., Desk]
) -> None:
    jiangsu, [large, _] = centre
    change(jiangsu, hashes(large, [4]), Status.SUSPENDED, Reason.ERROR)
    shanghai = desk_of(SHANGHAI)
    shanghai.record(large)
    shanghai.indexer.advance()
    [finding] = planner(shanghai).plan(enumerate(hashes(large, [4]), 1), Status.VALID).findings
    assert finding.code == "suspended_by_another"
    assert states(world, large, [4]) == [Status.SUSPENDED]


def test_what_the_contract_refuses_fails_in_words(
    world: World, centre: tuple[Desk, list[Batch]], desk_of: Callable[..., Desk]
) -> None:
    _, [large, _] = centre
    shanghai = desk_of(SHANGHAI)  # has records of a batch that is Jiangsu's
    shanghai.record(large)
    shanghai.indexer.advance()
    _, [entry] = change(shanghai, hashes(large, [4]), Status.REVOKED, Reason.FRAUD)
    assert entry.state is OutboxState.FAILED
    assert entry.error is not None
    assert entry.error["code"] == "StatusByStranger"
    assert all(entry.error[key] for key in ("zh", "en", "hintZh", "hintEn"))
    assert states(world, large, [4]) == [Status.VALID]


@pytest.mark.parametrize(
    ("status", "reason"),
    [(Status.VALID, Reason.ERROR), (Status.REVOKED, Reason.NONE), (Status.REVOKED, Reason.SUPERSEDED)],
)
def test_a_reason_that_does_not_go_with_the_status_is_refused(
    centre: tuple[Desk, list[Batch]], status: Status, reason: Reason
) -> None:
    desk, [large, _] = centre
    with pytest.raises(StatusReason):
        change(desk, hashes(large, [1]), status, reason)


@pytest.mark.slow
def test_ten_thousand_hashes_are_revoked_by_one_command_within_the_gas_that_was_planned(
    world: World, batch_of: Callable[..., Batch], desk_of: Callable[..., Desk]
) -> None:
    world.chain.call("evm_setIntervalMining", 1)  # automine leaves behind what does not fit into its first block
    world.accredit(OPEN_UNIVERSITY)
    full, part = batch_of(OPEN_UNIVERSITY, 32_768), batch_of(OPEN_UNIVERSITY, 2_500, 1)
    world.anchor(full, part)
    desk = desk_of(JIANGSU)
    for batch in (full, part):
        desk.record(batch)
    desk.indexer.advance()
    wanted = hashes(full, range(0, 32_768, 4)) + hashes(part, range(1_808))
    assert len(wanted) == 10_000
    plan, settled = change(desk, wanted, Status.REVOKED, Reason.WITHDRAWN)
    assert plan.changing == 10_000
    assert {entry.state for entry in settled} == {OutboxState.FINAL}
    assert states(world, full, range(32_768)).count(Status.REVOKED) == 8_192
    assert states(world, part, range(2_500)) == [Status.REVOKED] * 1_808 + [Status.VALID] * 692
    with desk.database.read() as connection:
        made = submissions(connection, [entry.id for entry in settled])
    used = world.chain.rpc.batch([("eth_getTransactionReceipt", ["0x" + entry.tx_hash.hex()]) for entry in made])
    assert max(int(receipt["gasUsed"], 16) for receipt in used) <= GAS
    assert all(entry.kind == KIND for entry in made)
    assert planner(desk).plan(enumerate(wanted, 1), Status.REVOKED).unchanged == 10_000
