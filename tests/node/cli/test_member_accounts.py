"""A member's accounts over time, by the commands that its people type, on a real chain whose weeks pass at once."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from eth_account import Account

from node.ceremony import card as cards
from node.cli.main import run
from node.client.keystores import create, unlock
from node.deploy import deploy
from node.layout import Layout
from node.motions import Motions
from node.offices import Offices
from node.reserved import parse
from tests.node.ceremony.papers import applicant, join
from tests.node.conftest import DeployedNetwork, described

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from node.ceremony.card import Card
    from node.offices import Standing

pytestmark = pytest.mark.network

SHANGHAI, JIANGSU, ZHEJIANG, ANHUI, CHONGQING = 310000, 320000, 330000, 340000, 500000
NAMES = ("admin", "recovery", "operator", "law-1")


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeployedNetwork]:
    """A network with time before the wall clock."""
    trial = described(tmp_path_factory.mktemp("accounts"), start_days_ago=200)
    try:
        running = trial.up()
        done = deploy(trial.description, trial.layout, running, trial.deployer())
        with trial.rpc() as rpc:
            yield DeployedNetwork(trial, running, done.deployment, rpc)
    finally:
        trial.engine.stop()


@dataclass
class Desk:
    """One province's own folder, and whoever types there."""

    network: DeployedNetwork
    layout: Layout
    capsys: pytest.CaptureFixture[str]

    @property
    def province(self) -> int:
        return int(self.layout.folder.name)

    @property
    def card(self) -> Card:
        return cards.read(self.layout.card)

    @property
    def standing(self) -> Standing:
        return Offices(self.network.rpc, self.network.deployment).standing(self.province)

    def say(self, *words: str, keys: tuple[Path, ...] = (), json_too: bool = True) -> tuple[int, Any]:
        signing = [word for path in keys for word in ("--account", str(path))]
        code = run([*words, "--dir", str(self.layout.folder), *signing, *(["--json"] if json_too else [])])
        printed = self.capsys.readouterr()
        assert "Traceback" not in printed.err
        return code, json.loads(printed.out) if json_too and printed.out else printed.out

    def do(self, *words: str, keys: tuple[str, ...] = ()) -> Any:  # noqa: ANN401 - JSON
        code, said = self.say("member", *words, keys=self.files(*keys))
        assert code == 0, said
        return said

    def refused(self, *words: str, keys: tuple[Path, ...]) -> Any:  # noqa: ANN401 - JSON
        code, said = self.say("member", *words, "--yes", keys=keys)
        assert code in {1, 2}, said
        error = said["error"]
        assert any("一" <= character <= "鿿" for character in error["zh"])
        assert re.search(r"[a-z]{3} [a-z]", error["en"])
        return error

    def files(self, *names: str) -> tuple[Path, ...]:
        return tuple(self.layout.account(name) for name in names)

    def agrees(self) -> bool:
        """Whether the chain says what the card says."""
        found, member = self.standing, self.card.member
        listed = {one.account: (one.mask, one.daily_leaves) for one in member.operator}
        return (found.admin, found.recovery, found.operators) == (member.admin, member.recovery, listed)


@pytest.fixture
def desk(
    network: DeployedNetwork, tmp_path: Path, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> Desk:
    """The folder of the province that the test names: the trial's accounts, a node's keys, a card."""
    province = int(request.param)
    layout = Layout(tmp_path / str(province))
    layout.keys.mkdir(parents=True, mode=0o700)
    there = network.trial.layout
    for name in NAMES:
        shutil.copy(there.keys / str(province) / f"{name}.json", layout.keys)
    shutil.copy(there.passphrase, layout.passphrase)
    for path in (there.network, there.deployment):
        shutil.copy(path, layout.folder)
    made = applicant(province)
    leaves = next(one.daily_leaves for one in network.trial.description.member[0].operator if one.daily_leaves)
    made = type(made)(made.province, made.role, made.name_zh, made.name_en, made.host, 30_303, 4001, leaves)
    join(layout.folder, made, passphrase=layout.passphrase.read_text(encoding="ascii").strip())
    return Desk(network, layout, capsys)


def trial_provinces(network: DeployedNetwork) -> tuple[int, ...]:
    return tuple(row.province for row in network.trial.description.member)


def advance(network: DeployedNetwork, days: int) -> None:
    network.trial.engine.advance(days * 86_400)


@pytest.mark.parametrize("desk", [ANHUI], indirect=True)
def test_a_recovery_that_a_thief_asked_for_is_not_completed_by_the_member_it_was_stolen_from(desk: Desk) -> None:
    """The thief names itself admin and leaves the operators as they are: only the admin tells the two apart."""
    motions, before = Motions(desk.network.rpc, desk.network.deployment), desk.standing
    offices = Offices(desk.network.rpc, desk.network.deployment)
    passphrase = desk.layout.passphrase.read_text(encoding="ascii").strip()
    thief = Account.create().address.lower()
    stolen = unlock(desk.layout.account("recovery"), passphrase)
    asked = offices.recover(desk.card.member.model_copy(update={"admin": thief}), stolen)
    assert asked is not None
    assert asked.admin == thief
    for days in (0, 8):
        advance(desk.network, days)
        error = desk.refused("recover", keys=desk.files("recovery"))
        assert (error["code"], thief in error["en"]) == ("node.OtherRecoveryError", True)
        assert desk.standing.admin == before.admin
    # The others end it (before any of them replaces a key, below); the chair's motions take votes at once.
    call, trial = parse("cancelRecovery", [f"province={ANHUI}"]), desk.network.trial
    chair = motions.chair()
    pair = {
        one: (trial.key(one, "admin"), trial.key(one, "law-1")) for one in trial_provinces(desk.network) if one != ANHUI
    }
    motion = motions.open(call, pair[chair]).motion
    for two in pair.values():
        motions.vote(motion, two, in_favour=True)
    motions.execute(motions.one("0x" + motion.hex()), pair[chair][0])
    assert desk.standing == replace(before, time=desk.standing.time)


@pytest.mark.parametrize("desk", [SHANGHAI], indirect=True)
def test_operators_are_made_those_of_the_card_and_the_old_ones_end(desk: Desk) -> None:
    assert desk.agrees()
    assert desk.do("enact", "--yes", keys=("admin", "law-1")) == {"acts": []}
    old = desk.standing.operators
    desk.do("rotate", "operator")
    [new] = {one.account for one in desk.card.member.operator} - old.keys()
    [gone] = old.keys() - {one.account for one in desk.card.member.operator}
    code = run(["member", "enact", "--dir", str(desk.layout.folder)])
    asked = "".join(desk.capsys.readouterr().err.split())
    assert code == 1
    assert f"设定操作员/operator:{new}" in asked  # what is asked is what would be done
    assert f"终止操作员/operatornomore:{gone}" in asked
    acts = desk.do("enact", "--yes", keys=("admin", "law-1"))["acts"]
    assert [(one["subject"], one["ends"], one["inForce"]) for one in acts] == [(new, False, True), (gone, True, True)]
    assert desk.agrees()
    assert len(old.keys() & desk.standing.operators.keys()) == 1  # law-1 stays
    # Both at once, signed by the second account that goes: it goes last, or it could not sign what comes after.
    second = desk.layout.folder / "old-law.json"
    shutil.copy(desk.layout.account("law-1"), second)
    desk.do("rotate", "operator", "law-1")
    code, said = desk.say("member", "enact", "--yes", keys=(*desk.files("admin"), second))
    assert code == 0, said
    assert [one["inForce"] for one in said["acts"]] == [True] * 4
    assert desk.agrees()
    # The other tests sign with the trial's own second account of Shanghai.
    shutil.copy(desk.layout.account("law-1"), desk.network.trial.layout.keys / str(SHANGHAI) / "law-1.json")
    shutil.copy(desk.layout.account("operator"), desk.network.trial.layout.keys / str(SHANGHAI) / "operator.json")


@pytest.mark.parametrize("desk", [JIANGSU], indirect=True)
def test_two_people_replace_the_second_account_on_two_machines(desk: Desk) -> None:
    old = desk.layout.folder / "old-law.json"
    shutil.copy(desk.layout.account("law-1"), old)
    desk.do("rotate", "law-1")
    first = desk.do("enact", "--yes", keys=("admin",))["acts"]
    assert {one["inForce"] for one in first} == {False}
    code, second = desk.say("member", "enact", "--yes", keys=(old,))
    assert code == 0, second
    assert {one["inForce"] for one in second["acts"]} == {True}
    assert desk.agrees()


@pytest.mark.parametrize("desk", [ZHEJIANG], indirect=True)
def test_the_admins_place_is_offered_and_taken_and_the_old_admin_is_nobody(desk: Desk) -> None:
    before = desk.standing
    old = desk.layout.folder / "old.json"
    shutil.copy(desk.layout.account("admin"), old)
    desk.do("rotate", "admin")
    code, said = desk.say("member", "enact", "--yes", keys=(old, *desk.files("law-1")))
    assert code == 0, said
    assert [one["function"] for one in said["acts"]] == ["offerHandOver"]
    assert desk.standing.admin == before.admin
    shown = desk.do("show")
    assert shown["offered"]["admin"] == desk.card.member.admin
    code, said = desk.say("member", "enact", "--yes", keys=(old, *desk.files("law-1")))
    assert (code, said["acts"][0]["inForce"]) == (0, True)
    assert desk.do("show")["offered"] == shown["offered"]  # the offer stands: it was not made once more
    code, _ = desk.say("member", "accept", keys=desk.files("admin"))
    assert code == 1  # it was not said yes to
    assert desk.standing.admin == before.admin
    assert desk.do("accept", "--yes", keys=("admin",))["admin"] == desk.card.member.admin
    assert desk.agrees()
    assert desk.do("accept", "--yes", keys=("admin",))["block"] is None
    desk.refused("leave", keys=(old, *desk.files("law-1")))


@pytest.mark.parametrize("desk", [ANHUI], indirect=True)
def test_a_lost_admin_and_second_account_come_back_through_the_recovery_address_after_a_week(desk: Desk) -> None:
    for name in ("admin", "law-1"):
        desk.layout.account(name).unlink()
    desk.do("rotate", "admin", "law-1")
    code, asked = desk.say("member", "recover", "--yes", keys=desk.files("recovery"))
    assert (code, asked["completed"]) == (1, False)
    code, again = desk.say("member", "recover", "--yes", keys=desk.files("recovery"))
    assert (code, again["pending"]) == (1, asked["pending"])  # asked once: the week goes on
    assert desk.do("show")["recovering"] == asked["pending"]
    advance(desk.network, 7)
    assert desk.do("recover", "--yes", keys=("recovery",))["completed"]
    assert desk.agrees()
    assert desk.do("recover", "--yes", keys=("recovery",))["completed"]  # and it is not asked for once more
    assert desk.standing.recovering is None


@pytest.mark.parametrize("desk", [ANHUI], indirect=True)
def test_only_the_recovery_address_recovers(desk: Desk) -> None:
    assert desk.refused("recover", keys=desk.files("operator"))["en"]
    assert desk.standing.recovering is None


@pytest.mark.parametrize("desk", [SHANGHAI], indirect=True)
def test_notice_is_given_taken_back_given_again_and_runs_out(desk: Desk, network: DeployedNetwork) -> None:
    # The test of operators may have replaced one before: only the two accounts that sign here matter.
    given = desk.do("leave", "--yes", keys=("admin", "law-1"))
    assert given["inForce"]
    assert desk.do("show")["until"] == given["until"]
    assert desk.do("leave", "--yes", keys=("admin", "law-1")) == given
    for _ in range(2):
        assert desk.do("leave", "--stay", "--yes", keys=("admin", "law-1"))["until"] is None
    desk.do("leave", "--yes", keys=("admin", "law-1"))
    advance(network, 89)
    assert desk.standing.member
    advance(network, 2)
    assert not desk.standing.member


@pytest.mark.parametrize("desk", [JIANGSU], indirect=True)
def test_acts_take_accounts_of_the_member_and_a_yes(desk: Desk) -> None:
    others = desk.network.trial.layout.keys / str(ZHEJIANG)
    error = desk.refused("leave", keys=(others / "law-1.json",))
    assert str(ZHEJIANG) in error["en"]
    stranger = desk.layout.folder / "stranger.json"
    create(stranger, desk.layout.passphrase.read_text(encoding="ascii").strip(), scrypt_cost=2)
    error = desk.refused("leave", keys=(stranger,))
    assert ("no member" in error["en"], desk.standing.admin in error["zh"]) == (True, True)
    desk.refused("leave", keys=())
    code, _ = desk.say("member", "leave", keys=desk.files("admin"))
    assert code == 1
    assert desk.standing.until is None


@pytest.mark.parametrize("desk", [JIANGSU], indirect=True)
def test_a_province_that_never_was_a_member_is_told_how_to_join(desk: Desk) -> None:
    code, said = desk.say("member", "show", "--province", str(CHONGQING))
    assert code == 1
    assert "joining=@card.json" in said["error"]["en"]
    code, text = desk.say("member", "show", json_too=False)
    assert code == 0
    assert desk.standing.admin in text


@pytest.mark.parametrize("desk", [JIANGSU], indirect=True)
def test_a_motion_admits_whom_a_card_describes(desk: Desk, tmp_path: Path) -> None:
    newcomer = join(tmp_path / "newcomer", applicant(CHONGQING))
    member = cards.read(newcomer.card).member
    (desk.layout.folder / "network.toml").write_bytes(desk.network.trial.layout.description.read_bytes())
    opening = ("motion", "open", "admit", f"joining=@{newcomer.card}", "--yes")
    code, said = desk.say(*opening, "--passphrase-file", str(desk.layout.passphrase), keys=desk.files("admin"))
    assert code == 0, said
    assert str(member.admin) in said["does"]["en"]
    for operator in member.operator:
        assert operator.account in said["does"]["en"]
