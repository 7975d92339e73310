"""Pairs of certificates, by hash or number: proofs that the law accepts, or what is wrong with each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from roster_rows import ROW, roster_of
from sqlalchemy import delete
from stores import both_kinds

from gateway.domain.leaf import FACT_NAMES, opened_leaf
from gateway.domain.tree import root_of
from gateway.issuance.records import Records
from gateway.issuance.roster.columns import Column
from gateway.issuance.service import IssueOptions
from gateway.issuance.supersession import Superseder
from gateway.ledger.holdings import HeldLeaf
from gateway.ledger.superseding import CLAIM_MASK, supersede_intent
from gateway.ledger.values import Anchor, BlockRef, LeafState, Reason, Status
from gateway.store.models import Credential
from node.client.abi import interface
from node.client.artifact import load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

JIANGSU = 320_000
INSTITUTION = ROW[Column.INSTITUTION]
PEOPLE = (ROW[Column.NUMBER], "310000196506149233", "310000197505024732")
TARGET, SENDER = b"\x22" * 20, b"\x33" * 20


store_kind = both_kinds


@dataclass
class Chain:
    """What the index would say, were the centre's batches anchored."""

    centre: Any
    states: dict[bytes, LeafState] = field(default_factory=dict)
    batch_status: Status = Status.VALID
    empty: bool = False
    strangers: set[bytes] = field(default_factory=set)

    chain_id = 31_337

    def checked(self) -> tuple[BlockRef, int] | None:
        return None if self.empty else (BlockRef(9, bytes(32), 9), 9)

    def find(self, leaf: bytes) -> list[HeldLeaf]:
        if self.empty:
            return []
        if leaf in self.strangers:
            return [HeldLeaf(INSTITUTION, b"\x44" * 32, 0)]
        found = self.centre.rows(
            "SELECT b.institution, b.root, c.position, c.leaf FROM credentials c JOIN batches b ON b.id = c.batch_id"
        )
        return [HeldLeaf(institution, root, position) for institution, root, position, own in found if own == leaf]

    def anchors(self, batches: list[tuple[str, bytes]], _block: BlockRef) -> list[Anchor | None]:
        known = {root: (manifest, count) for root, manifest, count in self.centre.rows(
            "SELECT root, manifest, leaf_count FROM batches"
        )}  # fmt: skip
        return [
            Anchor(i, root, *known[root], JIANGSU, 1, 1, 1, 0, self.batch_status, Reason.NONE, 0, 0)
            if root in known
            else None
            for i, root in batches
        ]

    def leaf_states(self, leaves: list[tuple[str, bytes]], _block: BlockRef) -> list[LeafState]:
        return [self.states.get(leaf, LeafState()) for _, leaf in leaves]

    def address(self, name: str) -> str:
        assert name == "CredentialRegistry"
        return "0x" + TARGET.hex()


@dataclass
class Desk:
    """Jiangsu's centre with three certificates A0, A1, A2 and their corrections B0, B1, B2, issued apart."""

    centre: Any
    chain: Chain

    @property
    def superseder(self) -> Superseder:
        issuer = self.centre.issuer()
        index: Any = self.chain
        return Superseder(
            database=self.centre.database, records=Records(self.centre.database), learners=self.centre.accounts(),
            row_keys=issuer.row_keys, blobs=issuer.blobs, holdings=index, index=index, contracts=index, sender=SENDER,
        )  # fmt: skip

    def leaf(self, certificate: str) -> bytes:
        key = self.centre.issuer().row_keys.of_number(INSTITUTION, certificate)
        row = Records(self.centre.database).by_row_key(key)
        assert row is not None
        return row.leaf

    def codes(self, *pairs: tuple[str, str]) -> list[str]:
        plan = self.superseder.plan((at, old, new) for at, (old, new) in enumerate(pairs))
        assert all(finding.zh and finding.en for finding in plan.findings)
        return [finding.code for finding in plan.findings]


@pytest.fixture
def desk(centre: Callable[[int], Any], tmp_path: Path) -> Desk:
    jiangsu = centre(JIANGSU)
    for letter in "AB":
        rows = [
            {**ROW, Column.NUMBER: person, Column.CERTIFICATE_NUMBER: f"{letter}{n}00001", Column.REPLACES: ""}
            for n, person in enumerate(PEOPLE)
        ]
        if letter == "B":
            for n, row in enumerate(rows):
                row[Column.REPLACES] = f"A{n}00001"
        path = tmp_path / f"{letter}.csv"
        path.write_bytes(roster_of(*rows))
        assert jiangsu.issuer().issue(path, IssueOptions()).issued == len(PEOPLE)
    return Desk(jiangsu, Chain(jiangsu))


def test_both_leaves_are_proven_with_the_claim_open_and_nothing_else(desk: Desk) -> None:
    plan = desk.superseder.plan([(1, "A000001", "0x" + desk.leaf("B000001").hex()), (2, "A100001", "B100001")])
    assert (plan.findings, plan.unchanged, [pair.row for pair in plan.pairs]) == ((), (), [1, 2])
    for pair in plan.pairs:
        for side in (pair.old, pair.new):
            assert opened_leaf(side.opening) == side.leaf
            assert root_of(side.leaf, side.proof) == side.root
            assert side.opening.mask == CLAIM_MASK == 1 << FACT_NAMES.index("claim")
            assert len(side.opening.digests) == len(FACT_NAMES) - 1
        assert pair.old.opening.values == pair.new.opening.values
        assert pair.old.leaf != pair.new.leaf
    queued = desk.superseder.queue(plan)
    assert desk.superseder.queue(plan) == queued  # asked again: the same entries
    entries = desk.centre.rows("SELECT target, sender, call, payload FROM outbox WHERE kind = 'supersede'")
    assert len(entries) == 2
    selector = interface(load("CredentialRegistry")).functions["supersede"].selector
    for target, sender, call, payload in entries:
        assert (target, sender, call[:4]) == (TARGET, SENDER, selector)
        assert b"calls" not in payload  # it says the same to a registry's successor


def test_an_intent_names_the_pair_once_for_ever(desk: Desk) -> None:
    [pair] = desk.superseder.plan([(1, "A000001", "B000001")]).pairs
    one = supersede_intent(TARGET, pair.institution, pair.old, pair.new)
    other = supersede_intent(b"\x55" * 20, pair.institution, pair.old, pair.new)
    assert one.dedupe_key == other.dedupe_key
    assert one.dedupe_key != supersede_intent(TARGET, pair.institution, pair.new, pair.old).dedupe_key


def test_what_is_wrong_with_a_pair_is_said_by_name(desk: Desk) -> None:
    assert desk.codes(("A000001", "A000001")) == ["same"]
    assert desk.codes(("A000001", "B100001")) == ["another"]
    assert desk.codes(("none-such", "B000001"), ("A000001", "0x" + "00" * 32)) == ["unknown", "not_found"]
    assert desk.codes(("A000001", "B000001"), ("A000001", "B100001")) == ["two_successors"]
    stranger = b"\x99" * 32
    desk.chain.strangers.add(stranger)
    assert desk.codes(("0x" + stranger.hex(), "B000001")) == ["not_ours"]
    desk.chain.empty = True
    assert desk.codes(("A000001", "B000001")) == ["not_found"]


def test_a_revoked_certificate_is_superseded_only_by_whom_it_names_already(desk: Desk) -> None:
    successor = desk.leaf("B000001")
    desk.chain.states[desk.leaf("A000001")] = LeafState(Status.REVOKED, Reason.SUPERSEDED, JIANGSU, 1, successor)
    desk.chain.states[desk.leaf("A100001")] = LeafState(Status.REVOKED, Reason.FRAUD, JIANGSU, 1)
    plan = desk.superseder.plan([(1, "A000001", "B000001"), (2, "A100001", "B100001")])
    assert (plan.unchanged, [finding.code for finding in plan.findings]) == ((1,), ["revoked"])


def test_only_a_good_certificate_can_take_anothers_place(desk: Desk) -> None:
    desk.chain.states[desk.leaf("B000001")] = LeafState(Status.SUSPENDED, Reason.ERROR, JIANGSU, 1)
    assert desk.codes(("A000001", "B000001"), ("A100001", "B100001")) == ["bad_successor"]
    desk.chain.batch_status = Status.REVOKED
    assert desk.codes(("A100001", "B100001")) == ["bad_successor"]


def test_a_deleted_learners_certificate_cannot_be_opened(desk: Desk) -> None:
    learners = dict(desk.centre.rows("SELECT leaf, learner_id FROM credentials"))
    desk.centre.accounts().delete(learners[desk.leaf("A000001")], now=1)
    assert desk.codes(("A000001", "B000001"), ("A100001", "B100001")) == ["deleted"]


def test_a_damaged_archive_is_said_and_not_sent(desk: Desk) -> None:
    for blob in (desk.centre.folder / "blobs").rglob("*"):
        if blob.is_file() and blob.stat().st_size > 200:  # packs, not the manifests of three leaves
            blob.chmod(0o600)
            blob.write_bytes(b"\0" * blob.stat().st_size)
    assert desk.codes(("A000001", "B000001")) == ["unreadable"]


def test_a_number_that_two_institutions_use_is_ambiguous(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Records, "institutions", lambda _: [INSTITUTION, INSTITUTION])
    assert desk.codes(("A000001", "B000001")) == ["ambiguous"]


def test_a_leaf_that_the_index_holds_and_the_records_lost_is_not_ours(desk: Desk) -> None:
    leaf = desk.leaf("A000001")
    places = desk.chain.find(leaf)
    with desk.centre.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM replacements")
        connection.execute(delete(Credential).where(Credential.leaf == leaf))
    desk.chain.find = lambda _: places  # type: ignore[method-assign]
    assert desk.codes(("0x" + leaf.hex(), "B000001")) == ["not_ours"]
