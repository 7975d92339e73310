"""Members come, go and change keys on real nodes, by commands alone, and the chain never halts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from governing import ANHUI, CHONGQING, JIANGSU, SHANGHAI, ZHEJIANG, Governed, by, node, standing, validator
from killing import fresh_roster
from soundness import heads_of, moving
from stage import Centre

from node.ceremony.card import read as read_card
from node.client.deployment import Deployment
from node.client.keystores import unlock
from node.client.rpc import JsonRpc
from node.offices import Offices

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from real_member import Member
    from real_stage import RealStage
    from stage import Stage

pytestmark = [pytest.mark.consortium, pytest.mark.timeout(900)]


def _rotate(member: Member, *names: str) -> None:
    node(member, "member", "rotate", *names, "--passphrase-file", str(member.layout.passphrase))


@pytest.fixture(scope="module")
def governed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Governed]:
    """Four nodes; nine days ago Zhejiang lost its admin's key, and asked for another by its recovery address."""
    from real_stage import RealStage  # noqa: PLC0415 - what few tests need, the others do not wait for

    stage = RealStage(tmp_path_factory.mktemp("governed"))

    def live_through(past: Stage) -> None:
        jiangsu = past.centres[JIANGSU]
        Centre.prepare(jiangsu)
        Centre.accredit(jiangsu)
        _lose_admin(stage, past)
        past.node("advance", "--days", "9")

    try:
        stage.raise_network(live_through)
        stage.centres[JIANGSU].serve()
        yield Governed(stage)
    finally:
        stage.close()


def _lose_admin(stage: RealStage, past: Stage) -> None:
    """The recovery address asks on the past's chain, where the week passes: as `member recover` does, of that node."""
    zhejiang = stage.members[ZHEJIANG]
    zhejiang.layout.account("admin").unlink()
    _rotate(zhejiang, "admin")
    recovery = unlock(zhejiang.layout.account("recovery"), zhejiang.layout.passphrase.read_text().strip())
    with JsonRpc(past.rpc_url) as rpc:
        offices = Offices(rpc, Deployment.load(past.network / "deployment.json"))
        assert offices.recover(read_card(zhejiang.layout.card).member, recovery) is not None


@pytest.fixture(scope="module")
def paper(governed: Governed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate that Jiangsu issued while there were four members."""
    folder = tmp_path_factory.mktemp("history")
    jiangsu = governed.stage.centres[JIANGSU]
    out = folder / "papers"
    jiangsu.run("issue", str(fresh_roster(jiangsu, folder, 5, 77)), "--yes", "--wait", "--out", str(out))
    return min(out.glob("*.huren.json"))


@pytest.fixture(scope="module")
def chongqing(governed: Governed, paper: Path) -> Member:
    """Chongqing, a member with a validator of its own since after the certificate."""
    assert paper.exists()
    made = governed.newcomer()
    governed.decide("admit", f"joining=@{made.layout.card}")
    waiting = governed.plan(governed.stage.members[SHANGHAI])["changes"]
    assert [(one["province"], one["admit"], one["now"]) for one in waiting] == [(CHONGQING, True, False)]
    assert [wait["code"] for wait in waiting[0]["waits"]] == ["not-synced"]  # it has not shown that it follows
    node(made, "governance", "apply", ok=(0, 1))  # it does
    governed.stage.wait(
        "a vote is asked for", lambda: governed.plan(governed.stage.members[SHANGHAI])["apply"]["votes"]
    )
    (asked,) = governed.plan(governed.stage.members[SHANGHAI])["changes"]
    assert (asked["address"], asked["admit"], asked["voters"], asked["needed"]) == (validator(made), True, [], 3)
    governed.settle()
    return made


def test_a_fifth_province_joins_seals_and_verifies_what_was_issued_before_it_came(
    governed: Governed, paper: Path, chongqing: Member
) -> None:
    assert validator(chongqing) in chongqing.engine.validators()
    governed.stage.wait(
        "Chongqing's first seal",
        lambda: validator(chongqing) in {block.sealer for block in governed.members[0].engine.sealed(30)},
    )
    centre, jiangsu = governed.gateway(chongqing), governed.stage.centres[JIANGSU]
    block = governed.stage.block()
    for one in (centre, jiangsu):
        one.wait_until_indexed(block)
    assert heads_of(centre) == heads_of(jiangsu)
    assert centre.run("verify", str(paper), "--json").json["verdict"] == "valid"
    eras = [_trusted(one) for one in (centre, jiangsu)]
    assert eras[0] == eras[1]  # each recomputed it from its own node
    assert validator(chongqing)[2:] in eras[0].decode().lower()


def _trusted(centre: Centre) -> bytes:
    """The file by which others verify with no network: the validators, era by era, with the votes that changed them."""
    path = centre.folder / "trust.json"
    centre.run("trust", "export", "--out", str(path))
    return path.read_bytes()


def test_a_validators_key_is_rotated(governed: Governed) -> None:
    zhejiang = governed.stage.members[ZHEJIANG]
    _changes_its_key(governed, zhejiang)
    assert list((zhejiang.layout.keys / "retired").glob("node-*.key"))


def test_a_machine_lost_with_its_validators_key_is_replaced_and_its_chain_comes_from_the_others(
    governed: Governed,
) -> None:
    anhui = governed.stage.members[ANHUI]
    anhui.kill()
    anhui.layout.node_key.unlink()
    anhui.lose_disk()
    _changes_its_key(governed, anhui)


def _changes_its_key(governed: Governed, member: Member) -> None:
    old = validator(member)
    member.down()
    _rotate(member, "node")
    new = validator(member)
    governed.spread(member)
    governed.restart()
    governed.settle()
    for one in governed.members:
        found = one.engine.validators()
        assert (old in found, new in found) == (False, True)
    moving(governed.members)


@pytest.mark.parametrize("lost", [False, True], ids=["rotated", "lost"])
def test_an_operators_key_is_replaced(governed: Governed, lost: bool) -> None:  # noqa: FBT001 - a parameter
    anhui = governed.stage.members[ANHUI]
    old = {operator.account for operator in read_card(anhui.layout.card).member.operator if operator.daily_leaves}
    if lost:
        anhui.layout.account("operator").unlink()
    _rotate(anhui, "operator")
    acts = node(anhui, "member", "enact", "--yes", *by(anhui, "admin", "law-1")).json["acts"]
    assert [(one["function"], one["inForce"]) for one in acts] == [("setOperator", True)] * 2
    found = standing(anhui)
    assert found.operators.keys() == {operator.account for operator in read_card(anhui.layout.card).member.operator}
    assert not old & found.operators.keys()
    assert node(anhui, "member", "enact", "--yes", *by(anhui, "admin", "law-1")).json["acts"] == []


def test_an_admins_key_is_handed_over(governed: Governed) -> None:
    shanghai = governed.stage.members[SHANGHAI]
    old = standing(shanghai).admin
    _rotate(shanghai, "admin")
    acts = node(shanghai, "member", "enact", "--yes", *by(shanghai, "admin", "law-1")).json["acts"]
    assert [(one["function"], one["inForce"]) for one in acts] == [("offerHandOver", True)]
    assert standing(shanghai).admin == old
    new = ("--account", str(shanghai.layout.account("admin")), "--passphrase-file", str(shanghai.layout.passphrase))
    node(shanghai, "member", "accept", "--yes", *new)
    found = standing(shanghai)
    assert found.admin == read_card(shanghai.layout.card).member.admin != old
    retired = next((shanghai.layout.keys / "retired").glob(f"admin-{old[2:10]}*.json"))
    refused = ("--account", str(retired), "--account", str(shanghai.layout.account("law-1")))
    told = node(shanghai, "member", "leave", "--yes", *refused, *new[2:], ok=(1,)).json
    assert told["error"]["code"] == "node.ContractReverted"


def test_a_lost_admin_is_replaced_by_the_recovery_address_after_its_week(governed: Governed) -> None:
    zhejiang = governed.stage.members[ZHEJIANG]
    before = standing(zhejiang)
    assert before.recovering is not None
    done = node(zhejiang, "member", "recover", "--yes", *by(zhejiang, "recovery")).json
    assert done["completed"]
    after = standing(zhejiang)
    assert (after.admin, after.recovering) == (before.recovering.admin, None)
    assert after.admin == read_card(zhejiang.layout.card).member.admin


def test_a_province_leaves_and_the_others_go_on(governed: Governed, chongqing: Member) -> None:
    shanghai, anhui = governed.stage.members[SHANGHAI], governed.stage.members[ANHUI]
    # Its own notice is long: they agree to less.
    node(chongqing, "member", "leave", "--yes", *by(chongqing, "admin", "law-1"))
    governed.decide("expel", f"province={CHONGQING}")
    assert not standing(shanghai, CHONGQING).member
    anhui.kill()
    governed.stage.wait(
        "no validator goes while another is down", lambda: _waits(governed, shanghai) == ["others-down"]
    )
    assert node(shanghai, "governance", "apply", ok=(1,)).json["voted"] is None
    assert validator(chongqing) in shanghai.engine.validators()
    anhui.up()
    governed.settle()
    founders = [member for member in governed.members if member is not chongqing]
    assert set(shanghai.engine.validators()) == {validator(member) for member in founders}
    moving(governed.members)  # the one that left still follows
    assert json.loads(node(shanghai, "governance", "plan").stdout)["settled"]
    keeps = ("motion", "open", "nameCustodian", f"province={CHONGQING}", f"custodian={SHANGHAI}")
    node(shanghai, *keeps, "--yes", *by(shanghai, "admin", "law-1"))
    for member in founders:
        node(member, "network", "leave", str(CHONGQING))
        member.up()
    moving(founders)
    others = {len(founders) - 1}
    governed.stage.wait("it is nobody's peer", lambda: {member.peers() for member in founders} == others)


def _waits(governed: Governed, member: Member) -> list[str]:
    """Why the one change that a member's plan has is not voted on."""
    (change,) = governed.plan(member)["changes"]
    return [wait["code"] for wait in change["waits"]]
