"""Members come, go and change keys on real nodes, by commands alone, and the chain never halts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from anchored import events
from governing import ANHUI, CHONGQING, JIANGSU, SHANGHAI, ZHEJIANG, Governed, node, standing, typed, validator
from killing import fresh_roster
from real_member import moving
from soundness import heads_of
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
    _rotate_admin(zhejiang)
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
    opened = typed(
        "huren-node motion open admit joining=@card.json --dir DIR --account admin.json --account law-1.json",
        governed.stage.members[SHANGHAI],
        {"card.json": str(made.layout.card)},
    )
    governed.carry(opened)
    waiting = governed.plan(governed.stage.members[SHANGHAI])["changes"]
    assert [(one["province"], one["admit"], one["now"]) for one in waiting] == [(CHONGQING, True, False)]
    assert [wait["code"] for wait in waiting[0]["waits"]] == ["not-synced"]  # it has not shown that it follows
    typed("huren-node governance apply --dir DIR", made, ok=(0, 1))  # it does
    governed.stage.wait(
        "a vote is asked for", lambda: governed.plan(governed.stage.members[SHANGHAI])["apply"]["votes"]
    )
    (asked,) = governed.plan(governed.stage.members[SHANGHAI])["changes"]
    assert (asked["address"], asked["admit"], asked["voters"], asked["needed"]) == (validator(made), True, [], 3)
    governed.settle()
    return made


def test_the_members_permit_an_institution_whose_credit_code_is_of_no_province(governed: Governed) -> None:
    opened = typed(
        "huren-node motion open permit institution=121000004000000010 province=320000"
        " --dir DIR --account admin.json --account law-1.json",
        governed.stage.members[SHANGHAI],
    )
    governed.carry(opened)
    (said,) = events(governed.stage, "InstitutionPermitted", "InstitutionRegistry")
    assert (said["institution"].rstrip(b"\0"), said["permittedProvince"]) == (b"121000004000000010", JIANGSU)


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


def _rotate_admin(member: Member) -> None:
    node(member, "member", "rotate", "admin", "--passphrase-file", str(member.layout.passphrase))


def _enact(member: Member) -> Any:  # noqa: ANN401 - what the command prints
    return typed("huren-node member enact --dir DIR --account admin.json --account law-1.json", member).json["acts"]


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
    typed("huren-node member rotate node --dir DIR", member)
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
    typed("huren-node member rotate operator --dir DIR", anhui)
    acts = _enact(anhui)
    assert [(one["function"], one["inForce"]) for one in acts] == [("setOperator", True)] * 2
    found = standing(anhui)
    assert found.operators.keys() == {operator.account for operator in read_card(anhui.layout.card).member.operator}
    assert not old & found.operators.keys()
    assert _enact(anhui) == []


def test_an_admins_key_is_handed_over(governed: Governed) -> None:
    shanghai = governed.stage.members[SHANGHAI]
    old = standing(shanghai).admin
    _rotate_admin(shanghai)
    acts = _enact(shanghai)
    assert [(one["function"], one["inForce"]) for one in acts] == [("offerHandOver", True)]
    assert standing(shanghai).admin == old
    new = {"admin.json": str(shanghai.layout.account("admin"))}
    typed("huren-node member accept --dir DIR --account admin.json", shanghai, new)
    found = typed("huren-node member show --dir DIR", shanghai).json
    assert found["admin"] == read_card(shanghai.layout.card).member.admin != old
    assert found["offered"] is None
    retired = next((shanghai.layout.keys / "retired").glob(f"admin-{old[2:10]}*.json"))
    told = typed(
        "huren-node member leave --dir DIR --account admin.json --account law-1.json",
        shanghai,
        {"admin.json": str(retired)},
        ok=(1,),
    ).json
    assert told["error"]["code"] == "node.ContractReverted"


def test_a_lost_admin_is_replaced_by_the_recovery_address_after_its_week(governed: Governed) -> None:
    zhejiang = governed.stage.members[ZHEJIANG]
    before = standing(zhejiang)
    assert before.recovering is not None
    done = typed("huren-node member recover --dir DIR --account recovery.json", zhejiang).json
    assert done["completed"]
    after = standing(zhejiang)
    assert (after.admin, after.recovering) == (before.recovering.admin, None)
    assert after.admin == read_card(zhejiang.layout.card).member.admin


def test_a_province_leaves_and_the_others_go_on(governed: Governed, chongqing: Member) -> None:
    shanghai, anhui = governed.stage.members[SHANGHAI], governed.stage.members[ANHUI]
    typed("huren-node member leave --dir DIR --account admin.json --account law-1.json", chongqing)
    named = typed(
        "huren-node motion open nameCustodian province=500000 custodian=310000"
        " --dir DIR --account admin.json --account law-1.json",
        shanghai,
    )
    governed.carry(named)
    (said,) = events(governed.stage, "CustodianNamed", "Consortium")
    assert (said["province"], said["custodian"]) == (CHONGQING, SHANGHAI)
    # Its own notice is long: they agree to less.
    governed.decide("expel", f"province={CHONGQING}")
    assert not standing(shanghai, CHONGQING).member
    anhui.kill()
    governed.stage.wait(
        "no validator goes while another is down", lambda: _waits(governed, shanghai) == ["others-down"]
    )
    assert typed("huren-node governance apply --dir DIR", shanghai, ok=(1,)).json["voted"] is None
    assert validator(chongqing) in shanghai.engine.validators()
    anhui.up()
    governed.settle()
    founders = [member for member in governed.members if member is not chongqing]
    assert set(shanghai.engine.validators()) == {validator(member) for member in founders}
    moving(governed.members)  # the one that left still follows
    assert json.loads(node(shanghai, "governance", "plan").stdout)["settled"]
    for member in founders:
        typed("huren-node network leave 500000 --dir DIR", member)
        member.up()
    moving(founders)
    others = {len(founders) - 1}
    governed.stage.wait("it is nobody's peer", lambda: {member.peers() for member in founders} == others)
    _keep_their_documents_to_themselves(governed, founders, chongqing)


def _keep_their_documents_to_themselves(governed: Governed, staying: list[Member], gone: Member) -> None:
    """Change the swarm's key among those who stay; who is gone still has the old one, and reaches nobody by it."""
    maker, *rest = staying
    typed("huren-node swarm-key make --replace --dir DIR", maker)
    sealed = {"swarm-key.json": str(maker.layout.sealed_swarm_key)}
    for member in rest:
        typed("huren-node swarm-key open swarm-key.json --replace --dir DIR", member, sealed)
    for member in staying:
        member.up()
    (shared,) = {member.layout.swarm_key.read_bytes() for member in staying}
    assert gone.layout.swarm_key.read_bytes() != shared
    others = {len(staying) - 1}
    governed.stage.wait("theirs is one swarm", lambda: {_connected(member) for member in staying} == others)
    assert _connected(gone) == 0


def _connected(member: Member) -> int:
    """How many Kubo daemons a member's own is connected to."""
    found = node(member, "status", ok=(0, 1)).json["ipfs"]
    return int(found["peers"] + found["strangers"])


def _waits(governed: Governed, member: Member) -> list[str]:
    """Why the one change that a member's plan has is not voted on."""
    (change,) = governed.plan(member)["changes"]
    return [wait["code"] for wait in change["waits"]]
