"""Contracts succeeded by motion while a gateway works: clients find the one in force at the Directory themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ledger_world import found

from gateway.ledger.acts import ProvinceActs
from gateway.ledger.anchoring import KIND, AnchoredByUs, AnchorTerms, anchor_intent
from gateway.ledger.contracts import KnownContracts
from gateway.ledger.errors import ChainUnavailable
from gateway.ledger.outbox import enqueue, submissions
from gateway.ledger.reader import CREDENTIALS, INSTITUTIONS, ChainReader
from gateway.ledger.sender import Sender
from gateway.ledger.settlement import Endings
from gateway.ledger.status import StatusChanger
from gateway.ledger.status_plan import StatusPlanner
from gateway.ledger.transactions import send
from gateway.ledger.values import Reason, Status
from gateway.store.models import OutboxState
from node.client.directory import REREAD_SECONDS, Directory
from node.client.rpc import JsonRpc

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.ledger.outbox import Submission
    from tests.ledger.conftest import Batch, Chain, Desk, World

SHANGHAI, JIANGSU, ANHUI = 310_000, 320_000, 340_000
OPEN_UNIVERSITY = "123200000000000018"
TIME_LOCK = 7 * 86_400
GAS = 1_000_000


@pytest.fixture
def world(chain: Chain, request: pytest.FixtureRequest) -> World:
    """The law on a chain of its own; of a trial where the test goes below four members."""
    return found(chain, trial="custodian" in request.node.name)


@pytest.fixture
def jiangsu(world: World, desk_of: Callable[..., Desk], batch_of: Callable[..., Batch]) -> tuple[Desk, Batch]:
    """Jiangsu's desk, and a batch of forty that it anchored in the first registry."""
    world.accredit(OPEN_UNIVERSITY)
    desk, batch = desk_of(JIANGSU), batch_of(OPEN_UNIVERSITY, 40)
    world.anchor(batch)
    desk.record(batch)
    desk.indexer.advance()
    return desk, batch


def queue(desk: Desk, batch: Batch, *registries: str) -> int:
    """Queue an anchor that the officer approved for these registries."""
    deadline, _ = desk.world.approval(batch)
    signatures = tuple((bytes.fromhex(one[2:]), desk.world.approval(batch, one)[1]) for one in registries)
    manifest = batch.manifest
    terms = AnchorTerms(batch.institution, manifest.root, manifest.digest, manifest.count, deadline, signatures)
    with desk.database.write() as connection:
        [number] = enqueue(connection, desk.address, [anchor_intent(terms, 7)], now=1)
    return number


def sender_of(desk: Desk) -> Sender:
    endings = Endings({}, {KIND: AnchoredByUs(ChainReader(desk.calls), desk.province)})
    return Sender(desk.database, desk.calls, desk.account, locks=desk.folder / "locks", endings=endings)


def revoke(desk: Desk, batch: Batch, positions: range) -> list[int]:
    """Queue a revocation as the command does, and return the entries."""
    hashes = ["0x" + batch.manifest.tree.leaves[position].hex() for position in positions]
    planner = StatusPlanner(desk.database, desk.index, desk.holdings, desk.province, lambda _: {})
    changer = StatusChanger(desk.database, desk.blobs, desk.calls.directory, desk.address, GAS)
    plan = planner.plan(enumerate(hashes, 1), Status.REVOKED)
    assert not plan.findings
    return [one.entry for one in changer.queue(plan, Status.REVOKED, Reason.ERROR)]


def sent_to(desk: Desk, entry: Submission) -> str:
    transaction = desk.world.chain.call("eth_getTransactionByHash", "0x" + entry.tx_hash.hex())
    return str(transaction["to"])


def logs_of(world: World, address: str) -> int:
    return len(world.chain.call("eth_getLogs", {"address": address, "fromBlock": "0x0"}))


def test_clients_resolve_there(
    world: World, jiangsu: tuple[Desk, Batch], batch_of: Callable[..., Batch], desk_of: Callable[..., Desk]
) -> None:
    """ledger.md: "`Directory` changes by motion after a time lock; contracts find each other through it, clients
    resolve there."
    """
    desk, old = jiangsu
    first = {name: world.deployment.address(name) for name in (CREDENTIALS, INSTITUTIONS)}
    second = {name: world.schedule(name) for name in (CREDENTIALS, INSTITUTIONS)}
    assert {name: desk.calls.address(name) for name in first} == first  # listed, and not in force yet
    during = batch_of(OPEN_UNIVERSITY, 5, 1)
    [entry] = sender_of(desk).settle([queue(desk, during, first[CREDENTIALS])], seconds=30)
    assert sent_to(desk, entry) == first[CREDENTIALS]

    world.pass_over(TIME_LOCK)
    assert {name: desk.calls.address(name) for name in first} == second
    after = batch_of(OPEN_UNIVERSITY, 6, 2)
    [entry] = sender_of(desk).settle([queue(desk, after, second[CREDENTIALS])], seconds=30)
    assert (entry.state, sent_to(desk, entry)) == (OutboxState.FINAL, second[CREDENTIALS])

    # What was anchored before is known to the one in force, numbered on, and revoked there.
    reader = ChainReader(desk.calls)
    anchors = reader.anchors(
        [(OPEN_UNIVERSITY, one.manifest.root) for one in (old, during, after)], reader.final_block()
    )
    assert [anchor.sequence for anchor in anchors] == [1, 2, 3]
    registries = [reader.registry_at(anchor.anchored_at) for anchor in anchors]
    assert ["0x" + one.hex() for one in registries] == [first[CREDENTIALS]] * 2 + [second[CREDENTIALS]]
    quiet = logs_of(world, first[CREDENTIALS])
    for entry in desk.sender.settle(revoke(desk, old, range(3)), seconds=30):
        assert (entry.state, sent_to(desk, entry)) == (OutboxState.FINAL, second[CREDENTIALS])
    assert logs_of(world, first[CREDENTIALS]) == quiet

    # Another province's index follows both registries: heads continue, and live and index say the same.
    for batch in (during, after):
        desk.hold(batch)
    anhui = desk_of(ANHUI, peers=(desk.blobs,))
    for _ in range(2):
        anhui.indexer.advance()
        anhui.sender.step()
    block, _ = anhui.index.checked()
    pairs = [(OPEN_UNIVERSITY, leaf) for leaf in old.manifest.tree.leaves]
    assert anhui.index.leaf_states(pairs, block) == reader.leaf_states(pairs, reader.final_block())
    assert sum(state.status is Status.REVOKED for state in anhui.index.leaf_states(pairs, block)) == 3
    roots = [(OPEN_UNIVERSITY, one.manifest.root) for one in (old, during, after)]
    assert reader.attested_by(roots, ANHUI, reader.final_block()) == [True] * 3
    anhui.indexer.advance()
    final = reader.final_block()
    assert anhui.index.anchors(roots, final) == reader.anchors(roots, final)
    assert anhui.indexer.rebuild().events > 0
    assert anhui.index.anchors(roots, final) == reader.anchors(roots, final)


@pytest.mark.parametrize("moment", ["queued", "signed", "sent"])
def test_a_change_of_status_that_the_succession_overtakes_is_made_at_the_successor_once(
    world: World, jiangsu: tuple[Desk, Batch], moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, batch = jiangsu
    first = world.deployment.address(CREDENTIALS)
    second = world.schedule(CREDENTIALS)
    entries = revoke(desk, batch, range(4))
    held: list[bytes] = []
    if moment != "queued":  # signed, and lost on its way: by a kill, or in the node's pool
        monkeypatch.setattr("gateway.ledger.dispatch.send", lambda _, raws: held.extend(raws) or [""] * len(raws))
        desk.sender.step()
        monkeypatch.undo()
        assert held
    if moment == "sent":  # mined in the first block in which the successor is in force
        world.chain.automine(on=False)
        assert send(desk.calls, held) == [""] * len(held)
        world.chain.call("evm_increaseTime", TIME_LOCK)
        world.chain.mine()
        world.chain.automine(on=True)
    else:
        world.pass_over(TIME_LOCK)
    settled = desk.sender.settle(entries, seconds=30)
    assert [entry.state for entry in settled] == [OutboxState.FINAL] * len(entries)
    assert {sent_to(desk, entry) for entry in settled} == {second}
    assert logs_of(world, second) == 4  # an event a leaf
    reader = ChainReader(desk.calls)
    pairs = [(OPEN_UNIVERSITY, leaf) for leaf in batch.manifest.tree.leaves[:5]]
    states = [state.status for state in reader.leaf_states(pairs, reader.final_block())]
    assert states == [Status.REVOKED] * 4 + [Status.VALID]
    refused = int(world.chain.call("eth_getTransactionCount", desk.account.address, "latest"), 16)
    assert refused == {"queued": 1, "signed": 2, "sent": 2}[moment] + 1  # and the anchor of the fixture
    desk.sender.step()
    assert logs_of(world, second) == 4
    assert first != second


@pytest.mark.parametrize("successions", [1, 2])
def test_changes_through_a_successor_stay_within_the_gas_that_was_planned(
    world: World, jiangsu: tuple[Desk, Batch], successions: int
) -> None:
    desk, batch = jiangsu
    for _ in range(successions):
        world.schedule(CREDENTIALS)
        world.pass_over(TIME_LOCK)
    desk.indexer.advance()
    entries = revoke(desk, batch, range(0, 40, 2))
    settled = desk.sender.settle(entries, seconds=30)
    planned = {number: found.payload["gas"] for number, found in zip(entries, settled, strict=True)}
    for entry in settled:
        used = int(world.chain.receipt("0x" + entry.tx_hash.hex())["gasUsed"], 16)
        assert used <= planned[entry.id] <= GAS
    assert len(settled) > 1


def test_an_approval_given_while_a_succession_is_scheduled_is_good_on_both_sides_of_it(
    world: World, jiangsu: tuple[Desk, Batch], batch_of: Callable[..., Batch]
) -> None:
    desk, _ = jiangsu
    first = world.deployment.address(CREDENTIALS)
    second = world.schedule(CREDENTIALS)
    known = KnownContracts(desk.calls, desk.database)
    assert ["0x" + registry.hex() for registry in known.accepting()] == [first, second]
    late = batch_of(OPEN_UNIVERSITY, 3, 1)
    number = queue(desk, late, first, second)
    world.pass_over(TIME_LOCK)
    [entry] = sender_of(desk).settle([number], seconds=30)
    assert (entry.state, sent_to(desk, entry)) == (OutboxState.FINAL, second)
    assert ["0x" + registry.hex() for registry in known.accepting()] == [second]


def test_an_approval_for_the_old_registry_alone_has_to_be_given_anew(
    world: World, jiangsu: tuple[Desk, Batch], batch_of: Callable[..., Batch]
) -> None:
    desk, _ = jiangsu
    first = world.deployment.address(CREDENTIALS)
    late = batch_of(OPEN_UNIVERSITY, 3, 1)
    number = queue(desk, late, first)
    second = world.schedule(CREDENTIALS)
    world.pass_over(TIME_LOCK)
    [entry] = sender_of(desk).settle([number], seconds=30)
    assert entry.state is OutboxState.FAILED
    assert entry.error["code"] == "Superseded"
    assert "huren issue" in entry.error["hintEn"]
    assert queue(desk, late, second) == number
    [entry] = sender_of(desk).settle([number], seconds=30)
    assert entry.state is OutboxState.FINAL


def test_an_anchor_made_before_the_succession_is_recognised_as_ours_after_it(
    world: World, jiangsu: tuple[Desk, Batch], desk_of: Callable[..., Desk]
) -> None:
    _, batch = jiangsu
    second = world.schedule(CREDENTIALS)
    world.pass_over(TIME_LOCK)
    forgetful = desk_of(JIANGSU)  # a new database, as after restoring an old backup
    [entry] = sender_of(forgetful).settle([queue(forgetful, batch, second)], seconds=30)
    assert entry.state is OutboxState.FINAL
    assert logs_of(world, second) == 0


def test_a_succession_that_is_taken_back_changes_nothing(world: World, jiangsu: tuple[Desk, Batch]) -> None:
    desk, batch = jiangsu
    first = world.deployment.address(CREDENTIALS)
    world.schedule(CREDENTIALS)
    desk.indexer.advance()
    world.motion("Directory", "cancel", CREDENTIALS.encode().ljust(32, b"\0"))
    world.pass_over(TIME_LOCK)
    desk.indexer.advance()
    known = KnownContracts(desk.calls, desk.database)
    assert ["0x" + registry.hex() for registry in known.accepting()] == [first]
    for entry in desk.sender.settle(revoke(desk, batch, range(1)), seconds=30):
        assert sent_to(desk, entry) == first
    away = KnownContracts(type(desk.calls)(JsonRpc("http://127.0.0.1:9", timeout=1), world.deployment), desk.database)
    assert ["0x" + registry.hex() for registry in away.accepting()] == [first]


def test_while_the_node_is_away_the_index_tells_the_contracts(world: World, jiangsu: tuple[Desk, Batch]) -> None:
    desk, _ = jiangsu
    first = bytes.fromhex(world.deployment.address(CREDENTIALS)[2:])
    away = type(desk.calls)(JsonRpc("http://127.0.0.1:9", timeout=1), world.deployment)
    second = bytes.fromhex(world.schedule(CREDENTIALS)[2:])
    assert KnownContracts(away, desk.database).accepting() == [first]  # the index has not come so far
    desk.indexer.advance()
    known = KnownContracts(away, desk.database)
    assert known.accepting() == [first, second]
    assert first in known
    assert second in known
    with pytest.raises(ChainUnavailable):
        b"\x11" * 20 in known  # noqa: B015 - asking is what fails: it may be listed by now
    assert b"\x11" * 20 not in KnownContracts(desk.calls, desk.database)
    world.pass_over(TIME_LOCK)
    desk.indexer.advance()
    assert known.accepting() == [second]


def test_reads_change_over_at_the_second_of_the_clock_without_a_new_listing(world: World) -> None:
    first, second = world.deployment.address(CREDENTIALS), world.schedule(CREDENTIALS)
    seconds = [0.0]
    asked: list[int] = []

    class Counting(JsonRpc):
        def batch(self, requests: object) -> list[object]:
            asked.append(1)
            return super().batch(requests)  # type: ignore[arg-type]

    rpc = Counting(world.chain.url)
    directory = Directory(rpc, world.deployment, monotonic=lambda: seconds[0])
    scheduled = directory.read()[0].scheduled(CREDENTIALS, world.now)
    assert scheduled is not None
    asked.clear()
    assert directory.address_at(CREDENTIALS, scheduled.since - 1) == first
    assert directory.address_at(CREDENTIALS, scheduled.since) == second
    assert not asked
    seconds[0] = REREAD_SECONDS + 1
    assert directory.address_at(CREDENTIALS, scheduled.since - 1) == first
    assert asked
    rpc.close()


def test_binding_acts_go_to_the_contract_in_force(world: World, jiangsu: tuple[Desk, Batch]) -> None:
    desk, batch = jiangsu
    acts = ProvinceActs(world.chain.rpc, desk.calls.directory, (world.admin(JIANGSU), world.law(JIANGSU)))
    second = world.schedule(CREDENTIALS)
    world.pass_over(TIME_LOCK)
    acts.set_batch_status(OPEN_UNIVERSITY, batch.manifest.root, Status.SUSPENDED, Reason.ERROR)
    assert logs_of(world, second) == 1
    acts.suspend(OPEN_UNIVERSITY)
    reader = ChainReader(desk.calls)
    [anchor] = reader.anchors([(OPEN_UNIVERSITY, batch.manifest.root)], reader.final_block())
    assert anchor.status is Status.SUSPENDED


def test_the_custodian_of_a_gone_member_lifts_its_suspensions(
    world: World, jiangsu: tuple[Desk, Batch], desk_of: Callable[..., Desk]
) -> None:
    """ledger.md: "a custodian named by motion keeps a gone member's statuses and transfers"."""
    _, batch = jiangsu
    world.set_status(batch, 4, Status.SUSPENDED, Reason.ERROR)
    anhui = desk_of(ANHUI)
    anhui.record(batch)  # what a custodian takes over
    anhui.indexer.advance()
    reader = ChainReader(anhui.calls)

    def custodians(provinces: object) -> dict[int, int]:
        return reader.custodians(provinces, reader.final_block())  # type: ignore[arg-type]

    planner = StatusPlanner(anhui.database, anhui.index, anhui.holdings, ANHUI, custodians)
    rows = [(1, batch.manifest.tree.leaves[4].hex())]
    assert [finding.code for finding in planner.plan(rows, Status.VALID).findings] == ["suspended_by_another"]
    world.motion("Consortium", "expel", JIANGSU)
    world.motion("Consortium", "nameCustodian", JIANGSU, ANHUI, by=(SHANGHAI, ANHUI))
    anhui.indexer.advance()
    plan = planner.plan(rows, Status.VALID)
    assert (plan.changing, plan.findings) == (1, ())
    changer = StatusChanger(anhui.database, anhui.blobs, anhui.calls.directory, anhui.address, GAS)
    [queued] = changer.queue(plan, Status.VALID, Reason.NONE)
    [entry] = anhui.sender.settle([queued.entry], seconds=30)
    assert entry.state is OutboxState.FINAL
    [state] = reader.leaf_states([(OPEN_UNIVERSITY, batch.manifest.tree.leaves[4])], reader.final_block())
    assert (state.status, state.set_by) == (Status.VALID, ANHUI)
    with anhui.database.read() as connection:
        assert submissions(connection, [entry.id])[0].error is None
