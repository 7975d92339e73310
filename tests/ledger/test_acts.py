"""Acts of two accounts of a province, on a real chain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gateway.ledger.acts import ProvinceActs, Scope, SecondAccountAwaited, TwoAccountsNeeded
from gateway.ledger.errors import CallRefused
from gateway.ledger.reader import ChainReader
from gateway.ledger.values import KeyKind, Reason, Standing, Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.ledger.conftest import Batch, Desk, World

JIANGSU, ZHEJIANG = 320_000, 330_000
OPEN_UNIVERSITY = "123200000000000018"
OFFICER, KEY = "0x" + "ab" * 20, b"\x07" * 32


@pytest.fixture
def acts(world: World) -> ProvinceActs:
    return ProvinceActs(world.chain.rpc, world.deployment, (world.admin(JIANGSU), world.law(JIANGSU)))


def test_an_institution_is_accredited_narrowed_suspended_resumed_and_withdrawn(
    world: World, acts: ProvinceActs
) -> None:
    reader = ChainReader(world.calls)
    acts.accredit(OPEN_UNIVERSITY, Scope(0x0E, 8, 3_000), [OFFICER])
    acts.narrow(OPEN_UNIVERSITY, Scope(0x04, 6, 2_000))
    acts.suspend(OPEN_UNIVERSITY)
    acts.resume(OPEN_UNIVERSITY)
    acts.withdraw(OPEN_UNIVERSITY)
    versions = reader.accreditations([(OPEN_UNIVERSITY, n) for n in range(1, 7)], reader.final_block())
    assert [(v.standing, v.highest_level) for v in versions[:5]] == [
        (Standing.ACCREDITED, 8), (Standing.ACCREDITED, 6), (Standing.SUSPENDED, 6), (Standing.ACCREDITED, 6),
        (Standing.WITHDRAWN, 6),
    ]  # fmt: skip
    assert versions[5] is None
    assert versions[1].covers(2, 6, 2_000)
    assert not versions[1].covers(1, 6, 2_000)
    assert not versions[1].covers(2, 7, 2_000)
    assert not versions[1].covers(2, 6, 2_001)


def test_officers_and_keys_come_and_go(world: World, acts: ProvinceActs) -> None:
    reader = ChainReader(world.calls)
    acts.accredit(OPEN_UNIVERSITY, Scope(0x0E, 8, 3_000), [OFFICER])
    acts.appoint_officer(OPEN_UNIVERSITY, "0x" + "cd" * 20)
    acts.add_key(OPEN_UNIVERSITY, KeyKind.SIGNING, KEY)
    added = reader.final_block()
    [key] = reader.keys([(OPEN_UNIVERSITY, KEY)], added)
    assert key.kind is KeyKind.SIGNING
    assert key.tenure.in_force_at(added.time)
    assert not key.tenure.in_force_at(key.tenure.valid_from - 1)
    world.chain.call("evm_increaseTime", 60)
    acts.retire_key(OPEN_UNIVERSITY, KEY, added.time + 500)
    acts.report_key(OPEN_UNIVERSITY, KEY, reader.final_block().time)
    acts.retire_officer(OPEN_UNIVERSITY, OFFICER)
    acts.report_officer(OPEN_UNIVERSITY, "0x" + "cd" * 20, reader.final_block().time)
    now = reader.final_block()
    [key] = reader.keys([(OPEN_UNIVERSITY, KEY)], now)
    assert not key.tenure.in_force_at(now.time)
    assert key.tenure.in_force_at(key.tenure.valid_from)
    assert reader.officer(OPEN_UNIVERSITY, OFFICER, now).founding
    assert not reader.officer(OPEN_UNIVERSITY, OFFICER, now).in_force_at(now.time)
    assert reader.officer(OPEN_UNIVERSITY, "0x" + "ee" * 20, now) is None


def test_a_whole_batch_is_revoked_by_two_accounts(
    world: World, acts: ProvinceActs, batch_of: Callable[..., Batch], desk_of: Callable[..., Desk]
) -> None:
    world.accredit(OPEN_UNIVERSITY)
    batch = batch_of(OPEN_UNIVERSITY, 5)
    world.anchor(batch)
    acts.set_batch_status(OPEN_UNIVERSITY, batch.manifest.root, Status.REVOKED, Reason.FRAUD)
    desk = desk_of(ZHEJIANG)
    block = desk.indexer.advance().block
    [anchor] = desk.index.anchors([(OPEN_UNIVERSITY, batch.manifest.root)], block)
    assert (anchor.status, anchor.reason, anchor.set_by) == (Status.REVOKED, Reason.FRAUD, JIANGSU)


def test_one_account_alone_binds_nobody(world: World) -> None:
    admin = world.admin(JIANGSU)
    world.accredit(OPEN_UNIVERSITY)
    with pytest.raises(TwoAccountsNeeded) as caught:
        ProvinceActs(world.chain.rpc, world.deployment, ()).withdraw(OPEN_UNIVERSITY)
    assert caught.value.value == 0
    for accounts in ((admin,), (admin, admin)):
        with pytest.raises(SecondAccountAwaited) as waits:
            ProvinceActs(world.chain.rpc, world.deployment, accounts).withdraw(OPEN_UNIVERSITY)
    assert waits.value.act is None  # proposed a moment ago by the same account
    reader = ChainReader(world.calls)
    now = reader.final_block()
    assert reader.accreditation_at(OPEN_UNIVERSITY, now.time, now).standing is Standing.ACCREDITED


def test_two_persons_apart_bind_the_province_by_the_same_call(world: World) -> None:
    world.accredit(OPEN_UNIVERSITY)
    first, second = (
        ProvinceActs(world.chain.rpc, world.deployment, (account,))
        for account in (world.admin(JIANGSU), world.law(JIANGSU))
    )
    with pytest.raises(SecondAccountAwaited) as waits:
        first.withdraw(OPEN_UNIVERSITY)
    assert len(waits.value.act or b"") == 32
    reader = ChainReader(world.calls)
    assert waits.value.until == reader.calls.block(waits.value.block or 0).time + 7 * 86_400
    assert second.withdraw(OPEN_UNIVERSITY) > (waits.value.block or 0)
    now = reader.final_block()
    assert reader.accreditation_at(OPEN_UNIVERSITY, now.time, now).standing is Standing.WITHDRAWN


def test_another_provinces_institution_is_refused_in_words(world: World) -> None:
    theirs = ProvinceActs(world.chain.rpc, world.deployment, (world.admin(ZHEJIANG), world.law(ZHEJIANG)))
    with pytest.raises(CallRefused) as caught:
        theirs.accredit(OPEN_UNIVERSITY, Scope(0x0E, 8, 3_000), [OFFICER])
    assert caught.value.value == "InstitutionCodeOfAnotherProvince"
    assert caught.value.message("zh")
    assert caught.value.hint("en")
