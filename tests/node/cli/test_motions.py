"""Motions on a real chain: opened, voted for by four provinces, executed by anybody; every refusal in words."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from eth_abi.abi import encode

from node.cli.main import run
from node.client.abi import decode_result, encode_call
from node.client.artifact import load
from node.client.transactions import submit, wait
from node.deploy import deploy
from node.offices import Offices
from tests.node.conftest import DeployedNetwork, described

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eth_account.signers.local import LocalAccount

pytestmark = pytest.mark.network

SHANGHAI, JIANGSU, ZHEJIANG, ANHUI = 310000, 320000, 330000, 340000
FOREIGN = "121000004000000010"
"""A credit code of no province of the four (its digits say 10 0000): whoever accredits it needs a permit."""


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeployedNetwork]:
    """A network with time for notices and time locks before the wall clock."""
    trial = described(tmp_path_factory.mktemp("motions"), start_days_ago=90)
    try:
        running = trial.up()
        done = deploy(trial.description, trial.layout, running, trial.deployer())
        with trial.rpc() as rpc:
            yield DeployedNetwork(trial, running, done.deployment, rpc)
    finally:
        trial.engine.stop()


class Desk:
    """Whoever types the commands: `huren-node motion …` with the keys of a province."""

    def __init__(self, network: DeployedNetwork, capsys: pytest.CaptureFixture[str]) -> None:
        self.network = network
        self._capsys = capsys

    def say(self, *words: str, keys: tuple[tuple[int, str], ...] = (), json_too: bool = True) -> tuple[int, Any, str]:
        layout = self.network.trial.layout
        arguments = ["motion", *words, "--dir", str(layout.folder)]
        for province, name in keys:
            arguments += ["--account", str(layout.keys / str(province) / f"{name}.json")]
        if keys:
            arguments += ["--passphrase-file", str(layout.passphrase)]
        code = run([*arguments, *(["--json"] if json_too else [])])
        printed = self._capsys.readouterr()
        assert "Traceback" not in printed.err
        return code, json.loads(printed.out) if json_too and printed.out else printed.out, printed.err

    def done(self, *words: str, keys: tuple[tuple[int, str], ...] = ()) -> Any:  # noqa: ANN401 - JSON
        code, said, err = self.say(*words, "--yes", keys=keys)
        assert code == 0, (said, err)
        return said

    def refused(self, *words: str, keys: tuple[tuple[int, str], ...] = ()) -> Any:  # noqa: ANN401 - JSON
        code, said, err = self.say(*words, keys=keys)
        error = said["error"]
        # A contract's no is an answer; what a command could not do is another.
        assert code == (1 if error["code"] == "node.ContractReverted" else 2), (said, err)
        assert any("一" <= character <= "鿿" for character in error["zh"])
        assert re.search(r"[a-z]{3} [a-z]", error["en"])
        return error

    def vote(self, motion: str, province: int, side: str = "--for") -> Any:  # noqa: ANN401 - JSON
        return self.done("vote", motion, side, keys=both(province))

    def show(self, motion: str) -> Any:  # noqa: ANN401 - JSON
        code, said, _ = self.say("show", motion)
        assert code == 0
        return said

    def ask(self, contract: str, function: str, *args: object) -> Any:  # noqa: ANN401 - the function decides
        asked = {
            "to": self.network.deployment.address(contract),
            "data": "0x" + encode_call(load(contract), function, *args).hex(),
        }
        return decode_result(load(contract), function, self.network.rpc.call("eth_call", asked, "latest"))

    def advance(self, days: int) -> None:
        self.network.trial.engine.advance(days * 86_400)


@pytest.fixture
def desk(network: DeployedNetwork, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(network, capsys)


def created(desk: Desk, creator: LocalAccount, name: str, predecessor: str) -> str:
    """Create a successor of a contract, as anyone may."""
    where = desk.network.deployment.address
    arguments = encode(["address"] * 3, [where("Consortium"), where("Directory"), predecessor])
    sent = submit(
        desk.network.rpc,
        creator,
        desk.network.deployment.chain_id,
        None,
        load(name).bytecode + arguments,
        gas=10_000_000,
    )
    receipt = wait(desk.network.rpc, sent, seconds=30)
    assert receipt is not None
    assert receipt.created is not None
    return receipt.created


def both(province: int) -> tuple[tuple[int, str], ...]:
    return ((province, "admin"), (province, "law-1"))


def test_a_permit_is_opened_voted_by_four_provinces_and_executed_by_anybody(desk: Desk) -> None:
    institution = FOREIGN.encode().ljust(32, b"\0")
    assert not desk.ask("InstitutionRegistry", "isPermitted", institution, JIANGSU)
    opened = desk.done("open", "permit", f"institution={FOREIGN}", f"province={JIANGSU}", keys=both(SHANGHAI))
    assert opened["inForce"]
    assert FOREIGN in opened["does"]["zh"]
    assert "Jiangsu (320000)" in opened["does"]["en"]
    motion = opened["motion"]

    shown = desk.show(motion)
    assert (shown["state"], shown["inFavour"], shown["needed"]) == ("voting", 0, 3)
    assert (shown["contract"], shown["function"]) == ("InstitutionRegistry", "permit")
    assert shown["arguments"] == {"institution": FOREIGN, "province": JIANGSU}
    early = desk.refused("execute", motion, "--yes", keys=((ANHUI, "operator"),))
    assert "3" in early["en"]

    desk.vote(motion, SHANGHAI)
    desk.vote(motion, JIANGSU)
    desk.vote(motion, ANHUI, "--against")
    assert desk.show(motion)["state"] == "voting"
    desk.vote(motion, ZHEJIANG)
    carried = desk.show(motion[:12])  # its first digits name it
    assert (carried["state"], carried["inFavour"], carried["refusedNow"]) == ("carried", 3, None)
    assert {one["province"]: one["inFavour"] for one in carried["votes"]} == {
        SHANGHAI: True, JIANGSU: True, ZHEJIANG: True, ANHUI: False,
    }  # fmt: skip
    assert [one["motion"] for one in desk.say("list")[1]["motions"]] == [motion]

    desk.done("execute", motion, keys=((ANHUI, "operator"),))
    assert desk.ask("InstitutionRegistry", "isPermitted", institution, JIANGSU)
    assert desk.show(motion)["state"] == "executed"
    assert desk.say("list")[1]["motions"] == []
    assert [one["state"] for one in desk.say("list", "--all")[1]["motions"]] == ["executed"]
    assert "executed" in desk.refused("execute", motion, "--yes", keys=((ANHUI, "operator"),))["en"]
    assert desk.refused("vote", motion, "--for", "--yes", keys=both(ANHUI))["code"] == "node.ContractReverted"


def test_a_member_is_paused_and_unpaused_and_its_vote_does_not_count_meanwhile(desk: Desk) -> None:
    def carry(function: str, voters: tuple[int, ...]) -> str:
        motion: str = desk.done("open", function, f"province={ANHUI}", keys=both(SHANGHAI))["motion"]
        for province in voters:
            desk.vote(motion, province)
        return motion

    pausing = carry("pause", (SHANGHAI, JIANGSU, ANHUI))
    desk.done("execute", pausing, keys=((ZHEJIANG, "operator"),))
    assert not desk.ask("Consortium", "canAct", ANHUI)
    ending = carry("unpause", (SHANGHAI, JIANGSU))
    code, said, err = desk.say("vote", ending, "--for", "--yes", keys=both(ANHUI))
    assert (code, said["error"]["code"]) == (1, "node.ContractReverted")
    assert "paused" in said["error"]["en"], err
    desk.vote(ending, ZHEJIANG)
    desk.done("execute", ending, keys=((ANHUI, "operator"),))
    assert desk.ask("Consortium", "canAct", ANHUI)


def test_what_is_fixed_at_deployment_changes_by_a_successor_listed_by_motion_after_the_notice(desk: Desk) -> None:
    old = desk.network.deployment.address("TransferLedger")
    # not by the chair: it waits for the notice, and nobody can vote before
    target = desk.network.deployment.address("ClaimBook")
    refused = desk.say("open", "schedule", "name=TransferLedger", f"target={target}", "--yes", keys=both(JIANGSU))
    assert refused[0] == 0
    assert "as things stand it would be refused" in refused[2]  # the ClaimBook is listed under its own name
    motion = refused[1]["motion"]
    assert desk.show(motion)["state"] == "notice"
    assert desk.refused("vote", motion, "--for", "--yes", keys=both(JIANGSU))["code"] == "node.ContractReverted"
    desk.advance(3)
    for province in (JIANGSU, ZHEJIANG, ANHUI):
        desk.vote(motion, province)
    said = desk.show(motion)
    assert said["state"] == "carried"
    assert said["refusedNow"]["zh"]
    assert desk.refused("execute", motion, "--yes", keys=((JIANGSU, "operator"),))["code"] == "node.ContractReverted"

    creator = desk.network.trial.key(ANHUI, "operator")
    successor = created(desk, creator, "TransferLedger", old)
    motion = desk.done("open", "schedule", "name=TransferLedger", f"target={successor}", keys=both(SHANGHAI))["motion"]
    for province in (SHANGHAI, ZHEJIANG, ANHUI):
        desk.vote(motion, province)
    desk.done("execute", motion, keys=((JIANGSU, "operator"),))
    waiting = desk.done("open", "cancel", "name=TransferLedger", keys=both(SHANGHAI))["motion"]
    assert desk.show(waiting)["refusedNow"] is None
    desk.advance(8)
    name = b"TransferLedger".ljust(32, b"\0")
    assert desk.ask("Directory", "resolve", name) == successor
    for province in (SHANGHAI, ZHEJIANG, ANHUI):
        desk.vote(waiting, province)
    assert desk.show(waiting)["refusedNow"]["en"]  # in force, it can be taken back no more


def test_a_motion_whose_time_is_over_is_expired(desk: Desk) -> None:
    motion = desk.done("open", "expel", f"province={ANHUI}", keys=both(SHANGHAI))["motion"]
    desk.advance(30)
    assert desk.show(motion)["state"] == "expired"
    assert "expired" in desk.refused("execute", motion, "--yes", keys=((ANHUI, "operator"),))["en"]
    again = desk.done("open", "expel", f"province={ANHUI}", keys=both(SHANGHAI))["motion"]  # the next nonce
    assert (again != motion, desk.show(again)["nonce"], desk.show(motion)["nonce"]) == (True, 1, 0)


def test_two_people_confirm_from_two_machines(desk: Desk) -> None:
    words = ("open", "pause", f"province={ZHEJIANG}")
    first = desk.done(*words, keys=((SHANGHAI, "admin"),))
    assert (first["inForce"], first["confirmUntil"] > 0) == (False, True)
    again = desk.done(*words, keys=((SHANGHAI, "admin"),))
    assert (again["inForce"], again["block"], again["confirmUntil"]) == (False, None, first["confirmUntil"])
    second = desk.done(*words, keys=((SHANGHAI, "law-1"),))
    assert (second["inForce"], second["motion"]) == (True, first["motion"])
    ballot = desk.done("vote", second["motion"], "--for", keys=((SHANGHAI, "law-1"),))
    assert not ballot["inForce"]
    assert desk.show(second["motion"])["votes"] == []
    desk.done("vote", second["motion"], "--for", keys=((SHANGHAI, "admin"),))
    assert desk.show(second["motion"])["votes"] == [{"province": SHANGHAI, "inFavour": True, "counts": True}]


def test_accounts_that_make_no_binding_act_are_named(desk: Desk) -> None:
    words = ("open", "pause", f"province={ZHEJIANG}", "--yes")
    for keys in ((), ((SHANGHAI, "admin"), (JIANGSU, "admin")), ((SHANGHAI, "admin"), (SHANGHAI, "admin"))):
        assert desk.refused(*words, keys=keys)["code"] == "node.AccountsError"
    stranger = desk.refused(*words, keys=((SHANGHAI, "operator"), (SHANGHAI, "law-1")))
    assert (stranger["code"], "law" in stranger["en"]) == ("node.ContractReverted", True)


def test_nothing_is_done_that_nobody_agreed_to(desk: Desk) -> None:
    before = len(desk.say("list", "--all")[1]["motions"])
    code, said, err = desk.say("open", "pause", f"province={JIANGSU}", keys=both(SHANGHAI))
    assert (code, said) == (1, "")
    assert "pause the member Jiangsu" in err
    assert "--yes" in err
    assert len(desk.say("list", "--all")[1]["motions"]) == before


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("open", "transfer"), "InstitutionRegistry.permit"),
        (("open", "permit", f"institution={FOREIGN}"), "province not given"),
        (("open", "permit", f"institution={FOREIGN}", "province=x"), "is written as 320000"),
        (("open", "permit", "institution=12", f"province={JIANGSU}"), "USCC"),
        (("open", "permit", f"institution={FOREIGN}", "to=1", f"province={JIANGSU}"), "each once"),
        (("open", "pause", "province=99999999999"), "uint32"),
        (("open", "settle", "agreement=0x12", "number=1", "goesOn=true"), "32 bytes"),
        (("open", "settle", "agreement=0x" + "12" * 32, "number=1", "goesOn=perhaps"), "true|false"),
        (("open", "schedule", "name=Ledger", "target=0x12"), "20 bytes"),
        (("open", "admit", 'joining={"province": 500000}'), "dailyLeaves"),
        (("show", "0x12"), "first 8"),
        (("show", "0x" + "12" * 32), "0 motions"),
    ],
)
def test_words_that_make_no_motion_are_told_with_what_to_write(desk: Desk, words: tuple[str, ...], what: str) -> None:
    assert what in desk.refused(*words)["en"]


def test_a_joining_member_is_read_from_json_and_told_whole(desk: Desk) -> None:
    admin, law, recovery = (f"0x{digit * 40}" for digit in "abc")
    grant = {"account": law, "roles": ["law", "anchor"], "dailyLeaves": 2_000}
    joining = {"province": 500_000, "admin": admin, "recovery": recovery, "operators": [grant]}
    opened = desk.done("open", "admit", f"joining={json.dumps(joining)}", keys=both(SHANGHAI))
    for told in (admin, law, recovery, "anchor, law", "2000 a day"):
        assert told in opened["does"]["en"]
    code, text, _ = desk.say("show", opened["motion"], json_too=False)
    assert (code, "500000" in text, "正在表决" in text) == (0, True, True)
    arguments = desk.show(opened["motion"])["arguments"]["joining"]
    assert arguments["operators"] == [{"account": law, "roles": 17, "dailyLeaves": 2_000}]
    code, text, _ = desk.say("list", json_too=False)
    assert opened["motion"] in text


def test_a_member_goes_while_a_motion_is_open_and_comes_back_with_its_accounts_but_without_its_vote(
    desk: Desk,
) -> None:
    there = Offices(desk.network.rpc, desk.network.deployment).standing(ANHUI)
    motion = desk.done("open", "permit", f"institution={FOREIGN}", f"province={ZHEJIANG}", keys=both(SHANGHAI))[
        "motion"
    ]
    desk.vote(motion, ANHUI)
    assert (desk.show(motion)["inFavour"], desk.show(motion)["needed"]) == (1, 3)
    going = desk.done("open", "expel", f"province={ANHUI}", keys=both(SHANGHAI))["motion"]
    for province in (SHANGHAI, JIANGSU, ZHEJIANG):
        desk.vote(going, province)
    desk.done("execute", going, keys=((ZHEJIANG, "operator"),))

    shown = desk.show(motion)  # of three it takes two, and the one that went is not among them
    assert (shown["inFavour"], shown["needed"], shown["votes"]) == (0, 2, [])
    assert desk.refused("vote", motion, "--for", "--yes", keys=both(ANHUI))["code"] == "node.ContractReverted"

    operators = [
        {"account": account, "roles": roles, "dailyLeaves": leaves}
        for account, (roles, leaves) in there.operators.items()
    ]
    card = {"province": ANHUI, "admin": there.admin, "recovery": there.recovery, "operators": operators}
    back = desk.done("open", "admit", f"joining={json.dumps(card)}", keys=both(SHANGHAI))["motion"]
    for province in (SHANGHAI, JIANGSU):
        desk.vote(back, province)
    assert desk.show(back)["state"] == "carried"
    desk.done("execute", back, keys=((ZHEJIANG, "operator"),))
    again = Offices(desk.network.rpc, desk.network.deployment).standing(ANHUI)
    assert replace(again, time=there.time) == there
    shown = desk.show(motion)
    assert (shown["inFavour"], shown["needed"]) == (0, 3)
    assert shown["votes"] == [{"province": ANHUI, "inFavour": True, "counts": False}]
    desk.vote(motion, ANHUI)
    assert desk.show(motion)["inFavour"] == 1
