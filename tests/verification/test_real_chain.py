"""Verification against the real law on a real chain: live and from another province's index, with one outcome."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from real_issuing import ANHUI, FIXTURES, JIANGSU, LEDGER, SCHOOL, SIGNING, Issued, anchored, issue

from gateway.domain.partial import present
from gateway.domain.proof import Signer
from gateway.domain.verdict import Kind, Source
from gateway.ledger.reader import ChainReader, institution_word
from gateway.ledger.values import Reason, Status
from gateway.verification.service import Verifier
from gateway.verification.views import LedgerViews, Look

if TYPE_CHECKING:
    from collections.abc import Callable

    World = Any
    Desk = Any


chain, world, desk_of = FIXTURES.chain, FIXTURES.world, FIXTURES.desk_of

pytestmark = pytest.mark.network


class Nameless:
    def name_of(self, _institution: str) -> str:
        return ""


def verifier_of(world: World, desk: Desk) -> Verifier:
    def clock() -> float:
        return float(world.now)

    reader = ChainReader(world.calls)
    registry = bytes.fromhex(world.deployment.address("CredentialRegistry")[2:])
    views = LedgerViews(reader, desk.index, staleness_seconds=10**9, clock=clock)
    return Verifier(views, desk.holdings, Nameless(), chain_id=LEDGER.CHAIN_ID, registries=[registry], clock=clock)


@dataclass
class Story:
    """A school of Jiangsu with one anchored batch, and Anhui's desk, which fetched it."""

    world: World
    signer: Signer
    batch: Issued
    jiangsu: Desk
    anhui: Desk

    @property
    def verifier(self) -> Verifier:
        return verifier_of(self.world, self.anhui)

    def both(self, ask: Callable[[Look], Any]) -> Kind:
        """What index and node agree on, once the index has caught up."""
        self.anhui.indexer.advance()
        live, indexed = ask(Look.LIVE), ask(Look.INDEX)
        assert (live.source, indexed.source) == (Source.LIVE, Source.INDEX)
        assert (live.kind, live.reason, live.steps, live.status, live.batches) == (
            indexed.kind, indexed.reason, indexed.steps, indexed.status, indexed.batches,
        )  # fmt: skip
        kind: Kind = live.kind
        return kind

    def file(self, position: int) -> Kind:
        return self.both(lambda look: self.verifier.by_file(self.batch.file(position), look))

    def hash(self, position: int) -> Kind:
        leaf = self.batch.manifest.tree.leaves[position]
        return self.both(lambda look: self.verifier.by_hash(leaf, look))


@pytest.fixture
def story(world: World, desk_of: Callable[..., Desk]) -> Story:
    import datetime as dt  # noqa: PLC0415 - this fixture's alone

    world.accredit(SCHOOL)
    signer = Signer(hashlib.sha256(b"a school's key").digest())
    start = world.now + 30
    word = institution_word(SCHOOL)
    world.twice(JIANGSU, "InstitutionRegistry", "addKey", word, SIGNING, signer.public_key, start)
    world.chain.call("evm_increaseTime", 60)
    world.chain.mine()
    awarded = dt.datetime.fromtimestamp(world.now, dt.UTC).date() - dt.timedelta(days=3)
    batch = anchored(world, issue(world, signer, awarded, 6))
    jiangsu = desk_of(JIANGSU)
    jiangsu.hold(batch)
    anhui = desk_of(ANHUI, peers=(jiangsu.blobs,))
    anhui.indexer.advance()
    return Story(world, signer, batch, jiangsu, anhui)


def test_one_life_of_certificates_is_told_alike_live_and_from_another_provinces_index(story: Story) -> None:
    assert story.file(0) is Kind.VALID
    assert story.hash(0) is Kind.REGISTERED

    story.world.set_status(story.batch, 1, Status.SUSPENDED, Reason.ERROR)
    assert (story.file(1), story.hash(1)) == (Kind.SUSPENDED, Kind.SUSPENDED)
    story.world.set_status(story.batch, 1, Status.VALID, Reason.NONE)
    assert (story.file(1), story.hash(1)) == (Kind.VALID, Kind.REGISTERED)

    story.world.set_status(story.batch, 2, Status.REVOKED, Reason.FRAUD)
    assert (story.file(2), story.hash(2)) == (Kind.REVOKED, Kind.REVOKED)
    assert story.file(0) is Kind.VALID

    part = present(story.batch.certificates[3], ["name"]).to_json()
    assert story.both(lambda look: story.verifier.by_file(part, look)) is Kind.VALID
    unknown = b"\x77" * 32
    assert story.both(lambda look: story.verifier.by_hash(unknown, look)) is Kind.NOT_FOUND


def test_a_revoked_batch_takes_its_leaves_along_until_they_are_anchored_again(story: Story) -> None:
    import datetime as dt  # noqa: PLC0415 - this test's alone

    root = story.batch.manifest.root
    word = institution_word(SCHOOL)
    story.world.set_status(story.batch, 5, Status.REVOKED, Reason.ERROR)
    story.world.twice(JIANGSU, "CredentialRegistry", "setBatchStatus", word, root, Status.REVOKED, Reason.ERROR)
    assert (story.file(0), story.hash(0)) == (Kind.REVOKED, Kind.REVOKED)

    awarded = dt.date.fromisoformat(story.batch.certificates[0].credential.awarded.isoformat())
    again = anchored(story.world, issue(story.world, story.signer, awarded, 7))
    story.jiangsu.hold(again)
    assert set(story.batch.manifest.tree.leaves) < set(again.manifest.tree.leaves)
    assert (story.file(0), story.hash(0)) == (Kind.VALID, Kind.REGISTERED)
    assert (story.file(5), story.hash(5)) == (Kind.REVOKED, Kind.REVOKED)


def test_a_key_reported_as_compromised_spoils_what_is_anchored_later_and_nothing_else(story: Story) -> None:
    import datetime as dt  # noqa: PLC0415 - this test's alone

    word = institution_word(SCHOOL)
    story.world.chain.call("evm_increaseTime", 60)
    story.world.chain.mine()
    story.world.twice(JIANGSU, "InstitutionRegistry", "reportKey", word, story.signer.public_key, story.world.now)
    assert story.file(0) is Kind.VALID
    awarded = dt.date.fromisoformat(story.batch.certificates[0].credential.awarded.isoformat())
    later = anchored(story.world, issue(story.world, story.signer, awarded, 3, first=100))
    story.jiangsu.hold(later)
    assert story.both(lambda look: story.verifier.by_file(later.file(0), look)) is Kind.UNTRUSTED_ISSUER


def test_a_manifest_that_nobody_gives_makes_unknown_hashes_impossible_to_judge(story: Story) -> None:
    import datetime as dt  # noqa: PLC0415 - this test's alone

    awarded = dt.date.fromisoformat(story.batch.certificates[0].credential.awarded.isoformat())
    kept_back = anchored(story.world, issue(story.world, story.signer, awarded, 3, first=200))
    story.anhui.indexer.advance()
    verdict = story.verifier.by_hash(kept_back.manifest.tree.leaves[0])
    assert (verdict.kind, verdict.reason.code) == (Kind.CANNOT_CHECK, "verify.manifests_lacking")
    assert story.file(0) is Kind.VALID
    assert story.both(lambda look: story.verifier.by_file(kept_back.file(0), look)) is Kind.VALID


def test_the_chain_stopped_is_cannot_check_and_back(story: Story) -> None:
    data, leaf = story.batch.file(0), story.batch.manifest.tree.leaves[0]
    verifier = story.verifier
    before = verifier.by_file(data, Look.LIVE)
    story.world.chain.stop()
    views = LedgerViews(ChainReader(story.world.calls), story.anhui.index, staleness_seconds=3_600, clock=time.time)
    alone = Verifier(
        views, story.anhui.holdings, Nameless(), chain_id=LEDGER.CHAIN_ID,
        registries=[story.batch.certificates[0].receipt.anchoring.registry], clock=lambda: float(before.block_time),
    )  # fmt: skip
    for verdict in (alone.by_file(data, Look.LIVE), alone.by_hash(leaf, Look.LIVE)):
        assert (verdict.kind, verdict.source) == (Kind.CANNOT_CHECK, Source.NONE)
        assert verdict.reason.code == "ledger.unavailable"
    assert alone.by_file(data, Look.AUTO).kind is Kind.VALID
    assert alone.by_hash(leaf, Look.AUTO).kind is Kind.REGISTERED
