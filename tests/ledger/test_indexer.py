"""The index against the real law on a real chain: it answers what the chain answers, and believes no node's word."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from stores import both_kinds

from gateway.domain.hashing import sha256
from gateway.domain.manifest import Manifest
from gateway.ledger.calls import ChainCalls
from gateway.ledger.errors import ChainUnavailable
from gateway.ledger.outbox import counts
from gateway.ledger.reader import ChainReader, institution_word
from gateway.ledger.values import BlockRef, LeafState, Reason, Standing, Status
from gateway.store.models import ManifestState
from node.client.rpc import JsonRpc

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.ledger.conftest import Batch, Desk, World

SHANGHAI, JIANGSU, ZHEJIANG = 310_000, 320_000, 330_000
OPEN_UNIVERSITY, COLLEGE = "123200000000000018", "123100000000000014"
DAY = 86_400
REVOKED, SUSPENDED = Status.REVOKED, Status.SUSPENDED


store_kind = both_kinds


@pytest.fixture
def eventful(world: World, batch_of: Callable[..., Batch]) -> tuple[World, list[Batch]]:
    """Two institutions whose accreditations, keys, officers, batches and statuses have all been changed."""
    registry, day = "InstitutionRegistry", world.now
    for institution in (OPEN_UNIVERSITY, COLLEGE):
        world.accredit(institution)
    word = institution_word(OPEN_UNIVERSITY)
    batches = [batch_of(OPEN_UNIVERSITY, 5), batch_of(OPEN_UNIVERSITY, 1, 1), batch_of(COLLEGE, 33)]
    for number, kind in ((1, 1), (2, 2), (3, 1)):
        world.twice(JIANGSU, registry, "addKey", word, kind, bytes([number]) * 32, day + DAY)
    world.twice(JIANGSU, registry, "retireKey", word, b"\1" * 32, day + 20 * DAY)
    world.twice(JIANGSU, registry, "appointOfficer", word, "0x" + "ab" * 20, day + DAY)
    world.twice(JIANGSU, registry, "retireOfficer", word, "0x" + "ab" * 20, day + 9 * DAY)
    world.anchor(*batches)
    world.twice(JIANGSU, registry, "narrow", word, (0x02, 8, 500))
    world.transact(world.law(JIANGSU), registry, "suspend", word)
    world.twice(JIANGSU, registry, "resume", word)
    world.twice(JIANGSU, registry, "reportKey", word, b"\3" * 32, world.now)
    world.set_status(batches[0], 1, SUSPENDED, Reason.WITHDRAWN)
    world.set_status(batches[0], 2, REVOKED, Reason.ERROR)
    world.set_status(batches[0], 1, Status.VALID, Reason.NONE)
    world.set_status(batches[2], 7, REVOKED, Reason.FRAUD)
    world.twice(
        JIANGSU, "CredentialRegistry", "setBatchStatus", word, batches[1].manifest.root, SUSPENDED, Reason.ERROR
    )
    return world, batches


def answers(reader: object, block: BlockRef, batches: list[Batch]) -> list[object]:
    """Everything that verification asks, for all that there is and for some that there is not."""
    pairs = [(batch.institution, batch.manifest.root) for batch in batches] + [(COLLEGE, b"\x99" * 32)]
    leaves = [(batch.institution, leaf) for batch in batches for leaf in batch.manifest.tree.leaves]
    versions = [(institution, n) for institution in (OPEN_UNIVERSITY, COLLEGE, "none") for n in range(1, 6)]
    keys = [(OPEN_UNIVERSITY, bytes([n]) * 32) for n in range(1, 5)]
    times = [block.time - 1, block.time, block.time + 30 * DAY, 1]
    return [
        reader.anchors(pairs, block),
        reader.leaf_states(leaves, block),
        reader.accreditations(versions, block),
        reader.keys(keys, block),
        [reader.accreditation_at(OPEN_UNIVERSITY, time, block) for time in times],
        [reader.officer(OPEN_UNIVERSITY, who, block) for who in ("0x" + "ab" * 20, "0x" + "cd" * 20)],
    ]  # fmt: skip


def test_the_index_answers_what_the_chain_answers_live(
    eventful: tuple[World, list[Batch]], desk_of: Callable[..., Desk]
) -> None:
    world, batches = eventful
    desk = desk_of(ZHEJIANG)
    reached = desk.indexer.advance().block
    assert reached is not None
    assert (reached, True) == (desk.index.checked()[0], desk.index.checked()[1] > 0)
    live = answers(ChainReader(world.calls), reached, batches)
    assert answers(desk.index, reached, batches) == live
    anchored, states = live[0], live[1]
    assert [anchor and anchor.status for anchor in anchored] == [Status.VALID, SUSPENDED, Status.VALID, None]
    assert [state.status for state in states[:5]] == [Status.VALID, Status.VALID, REVOKED, Status.VALID, Status.VALID]
    assert [version and version.standing for version in live[2][:5]] == [
        Standing.ACCREDITED, Standing.ACCREDITED, Standing.SUSPENDED, Standing.ACCREDITED, None,
    ]  # fmt: skip
    assert live[3][2].tenure.compromised_since > 0


def test_reading_in_many_rounds_gives_the_same_as_reading_at_once(
    world: World, batch_of: Callable[..., Batch], desk_of: Callable[..., Desk]
) -> None:
    world.accredit(OPEN_UNIVERSITY)
    batches = [batch_of(OPEN_UNIVERSITY, 3, seed) for seed in range(4)]
    often, once = desk_of(SHANGHAI), desk_of(ZHEJIANG)
    read = [often.indexer.advance().events]
    for batch in batches:
        world.anchor(batch)
        read.append(often.indexer.advance().events)
    reached = once.indexer.advance()
    assert reached.events == sum(read)
    assert answers(often.index, reached.block, batches) == answers(once.index, reached.block, batches)
    assert often.indexer.advance().idle


def test_rebuilding_from_nothing_gives_the_same_answers(
    eventful: tuple[World, list[Batch]], desk_of: Callable[..., Desk]
) -> None:
    _, batches = eventful
    desk = desk_of(ZHEJIANG)
    desk.hold(*batches)
    block = desk.indexer.advance().block
    leaves = [leaf for batch in batches for leaf in batch.manifest.tree.leaves] + [b"\x01" * 32]
    before = (answers(desk.index, block, batches), [desk.holdings.find(leaf) for leaf in leaves])
    rebuilt = desk.indexer.rebuild()
    assert rebuilt.manifests.leaves == 39
    assert (answers(desk.index, block, batches), [desk.holdings.find(leaf) for leaf in leaves]) == before
    assert desk.holdings.lacking() == 0


def test_other_provinces_batches_are_attested_in_bulk_and_once(
    world: World, batch_of: Callable[..., Batch], desk_of: Callable[..., Desk]
) -> None:
    for institution in (OPEN_UNIVERSITY, COLLEGE):
        world.accredit(institution)
    batches = [batch_of(OPEN_UNIVERSITY, 2, seed) for seed in range(5)] + [batch_of(COLLEGE, 2)]
    world.anchor(*batches)
    centre = desk_of(JIANGSU)
    centre.hold(*batches)
    desk = desk_of(SHANGHAI, peers=(centre.blobs,))
    assert desk.indexer.advance().attesting == 5  # not the college's, which is Shanghai's own
    assert desk.indexer.advance().attesting == 0
    with desk.database.read() as connection:
        assert counts(connection)["queued"] == 1
    desk.sender.settle([1], seconds=30)
    assert desk.indexer.advance().attesting == 0
    pairs = [(batch.institution, batch.manifest.root) for batch in batches]
    reader = ChainReader(world.calls)
    assert reader.attested_by(pairs, SHANGHAI, reader.final_block()) == [True] * 5 + [False]
    anchors = desk.index.anchors(pairs, reader.final_block())
    assert [anchor.attestations for anchor in anchors] == [1] * 5 + [0]


def test_a_manifest_that_nobody_gives_is_named_and_asked_for_again(
    world: World, batch_of: Callable[..., Batch], desk_of: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    world.accredit(OPEN_UNIVERSITY)
    batch = batch_of(OPEN_UNIVERSITY, 4)
    world.anchor(batch)
    centre = desk_of(JIANGSU)
    desk = desk_of(ZHEJIANG, peers=(centre.blobs,))
    assert desk.indexer.advance().manifests.lacking == 1
    [lacking] = desk.holdings.unheld()
    assert (lacking.root, lacking.province, lacking.state) == (batch.manifest.root, JIANGSU, ManifestState.MISSING)
    assert lacking.cid == batch.manifest.cid
    assert lacking.finding is not None
    assert desk.holdings.lacking() == 1
    centre.hold(batch)
    assert desk.indexer.advance().manifests.held == 0  # it rests before it asks again
    monkeypatch.setattr("time.monotonic", lambda: 1e9)
    assert desk.indexer.advance().manifests.held == 1
    assert desk.holdings.unheld() == []
    [place] = desk.holdings.find(batch.manifest.tree.leaves[2])
    assert (place.root, place.position) == (batch.manifest.root, 2)


@pytest.mark.parametrize("fault", ["order", "root", "count", "length"])
def test_a_manifest_that_is_not_what_was_anchored_is_a_named_finding(
    world: World, batch_of: Callable[..., Batch], desk_of: Callable[..., Desk], fault: str
) -> None:
    good, other = batch_of(OPEN_UNIVERSITY, 4), batch_of(OPEN_UNIVERSITY, 4, 9)
    leaves = good.manifest.tree.leaves
    data = {
        "order": b"".join(reversed(leaves)),
        "root": other.manifest.data,
        "count": b"".join(leaves[:3]),
        "length": good.manifest.data[:-1],
    }[fault]
    world.accredit(OPEN_UNIVERSITY)
    forged = type(good)(OPEN_UNIVERSITY, good.contents, Manifest(data, good.manifest.tree))
    manifest = (institution_word(OPEN_UNIVERSITY), good.manifest.root, sha256(data), 4)
    terms = type(good)(OPEN_UNIVERSITY, [], _Forged(good.manifest.root, sha256(data), 4))  # type: ignore[arg-type]
    world.transact(world.operator(JIANGSU), "CredentialRegistry", "anchor", manifest, world.approval(terms))
    desk = desk_of(ZHEJIANG)
    desk.blobs.put(forged.manifest.data)
    done = desk.indexer.advance()
    assert (done.manifests.malformed, done.manifests.held, done.attesting) == (1, 0, 0)
    [found] = desk.holdings.unheld()
    assert found.state is ManifestState.MALFORMED
    assert found.finding is not None
    expected = {"order": "order", "root": "mismatch", "count": "mismatch", "length": "length"}[fault]
    assert found.finding["code"] == f"manifest.{expected}"
    assert found.finding["zh"]
    assert desk.holdings.find(leaves[0]) == []
    assert desk.holdings.lacking() == 0


class _Forged:
    """The terms of a batch whose manifest is not one."""

    def __init__(self, root: bytes, digest: bytes, count: int) -> None:
        self.root, self.digest, self.count = root, digest, count


def test_an_index_on_a_branch_that_died_starts_again(
    world: World, batch_of: Callable[..., Batch], desk_of: Callable[..., Desk]
) -> None:
    world.accredit(OPEN_UNIVERSITY)
    lost, kept = batch_of(OPEN_UNIVERSITY, 3), batch_of(OPEN_UNIVERSITY, 4, 1)
    desk = desk_of(ZHEJIANG)
    desk.hold(lost, kept)
    before = world.chain.call("evm_snapshot")
    world.anchor(lost)
    assert desk.indexer.advance().manifests.leaves == 3
    world.chain.call("evm_revert", before)
    world.anchor(kept)
    world.chain.mine(3)
    done = desk.indexer.advance()
    assert done.rebuilt
    assert desk.holdings.find(lost.manifest.tree.leaves[0]) == []
    assert len(desk.holdings.find(kept.manifest.tree.leaves[0])) == 1
    assert desk.index.anchors([(OPEN_UNIVERSITY, lost.manifest.root)], done.block) == [None]
    assert len(desk.leaves) == 4


def test_a_node_that_lags_behind_is_waited_for(
    world: World, batch_of: Callable[..., Batch], desk_of: Callable[..., Desk]
) -> None:
    world.accredit(OPEN_UNIVERSITY)
    before = world.chain.call("evm_snapshot")
    world.anchor(batch_of(OPEN_UNIVERSITY, 3))
    desk = desk_of(ZHEJIANG)
    reached = desk.indexer.advance()
    world.chain.call("evm_revert", before)
    behind = desk.indexer.advance()
    assert (behind.block, behind.rebuilt, behind.events) == (reached.block, False, 0)


@pytest.mark.parametrize("how", ["deleted", "foreign"])
def test_the_leaf_index_mends_itself(
    world: World, batch_of: Callable[..., Batch], desk_of: Callable[..., Desk], how: str
) -> None:
    world.accredit(OPEN_UNIVERSITY)
    batch = batch_of(OPEN_UNIVERSITY, 6)
    world.anchor(batch)
    desk = desk_of(ZHEJIANG)
    desk.hold(batch)
    desk.indexer.advance()
    desk.close()
    if how == "deleted":
        shutil.rmtree(desk.folder / "leaves")
    else:
        desk.leaves.add(77, batch_of(OPEN_UNIVERSITY, 9, 5).manifest.data)
    again = type(desk)(world, ZHEJIANG, desk.folder)
    assert again.indexer.advance().manifests.leaves == 6
    assert len(again.leaves) == 6
    assert len(again.holdings.find(batch.manifest.tree.leaves[5])) == 1
    again.close()


def test_an_unreachable_chain_costs_nothing(
    world: World, batch_of: Callable[..., Batch], desk_of: Callable[..., Desk]
) -> None:
    world.accredit(OPEN_UNIVERSITY)
    batch = batch_of(OPEN_UNIVERSITY, 6)
    world.anchor(batch)
    desk = desk_of(ZHEJIANG)
    desk.hold(batch)
    block = desk.indexer.advance().block
    desk.close()
    nowhere = ChainCalls(JsonRpc("http://127.0.0.1:9", timeout=1), world.deployment)
    cut_off = type(desk)(world, ZHEJIANG, desk.folder, (), nowhere, desk.url)
    for attempt in (cut_off.indexer.advance, cut_off.indexer.rebuild):
        with pytest.raises(ChainUnavailable):
            attempt()
    assert cut_off.index.checked()[0] == block
    assert cut_off.index.leaf_states([(OPEN_UNIVERSITY, batch.manifest.tree.leaves[0])], block) == [LeafState()]
    assert len(cut_off.holdings.find(batch.manifest.tree.leaves[0])) == 1
    cut_off.close()
