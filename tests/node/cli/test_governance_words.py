"""What `governance plan | apply` tell: what would happen, why not, in both languages, and to programs."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest
from calm import CALM, HOMES, LEAVING, A, B, C, D, E

from node.cli.main import run
from node.description import read
from node.governance import applying, observing
from node.governance.values import View
from node.layout import Layout
from node.setup import Trial, initialise

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Client:
    """A client that remembers what it was told."""

    rpc_url: str = "http://127.0.0.1:9"
    told: list[tuple[str, str, bool | None]] = field(default_factory=list)

    def propose(self, address: str, *, admit: bool) -> None:
        self.told.append(("propose", address, admit))

    def discard(self, address: str) -> None:
        self.told.append(("discard", address, None))


class Desk:
    """A member's folder, of which the network is seen as `view` says."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.client = Client()
        self._capsys = capsys
        self._patch = monkeypatch
        layout = Layout(folder)
        initialise(layout, Trial(), None)
        assert {one.province for one in read(layout.description).member} >= set(HOMES.values())
        monkeypatch.setattr(applying, "client_at", lambda _: self.client)

    def say(self, command: str, view: View, *words: str) -> tuple[int, str]:
        self._patch.setattr(observing, "observe", lambda *_, **__: view)
        code = run(["governance", command, "--dir", str(self.folder), *words])
        return code, self._capsys.readouterr().out

    def told(self, command: str, view: View, sentence: str) -> bool:
        """Whether a person is told `sentence`, wherever the lines break."""
        return "".join(sentence.split()) in "".join(self.say(command, view)[1].split())

    def tell(self, command: str, view: View) -> tuple[int, Any]:
        code, said = self.say(command, view, "--json")
        return code, json.loads(said)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, monkeypatch, capsys)


def test_a_plan_changes_nothing_and_says_what_apply_would(desk: Desk) -> None:
    before = {path: path.stat().st_mtime_ns for path in desk.folder.rglob("*")}
    view = replace(LEAVING, own_votes={E: True})
    code, said = desk.tell("plan", view)
    assert (code, said["settled"], said["quorum"]) == (1, False, 3)
    assert said["apply"] == {"votes": True, "discards": [E], "announces": False}
    assert [(one["province"], one["admit"], one["now"]) for one in said["changes"]] == [(340000, False, True)]
    for sentence in (
        "apply 将投出本成员的一票 / apply casts this member's vote",
        "可停机 1 个 / 3 validators, of which 2 must be at work and 1 may be down",
        "apply 将撤回投票 / apply ends the vote",
    ):
        assert desk.told("plan", view, sentence)
    assert desk.client.told == []
    assert {path: path.stat().st_mtime_ns for path in desk.folder.rglob("*")} == before


def test_apply_votes_once_and_ends_with_one_until_all_agree(desk: Desk) -> None:
    code, said = desk.tell("apply", replace(LEAVING, own_votes={E: True}))
    assert (code, said["voted"], said["discarded"]) == (1, {"address": D, "admit": False}, [E])
    assert desk.client.told == [("discard", E, None), ("propose", D, False)]
    desk.client.told.clear()
    voted = replace(LEAVING, own_votes={D: False})
    assert desk.tell("apply", voted)[1]["voted"] is None
    assert desk.client.told == []
    assert desk.told("plan", voted, "本成员已投票，待其他成员 / this member has voted")
    code, said = desk.tell("apply", CALM)
    assert (code, said["settled"]) == (0, True)
    assert desk.tell("plan", CALM)[0] == 0


def test_one_that_waits_is_told_why_and_a_node_without_a_vote_that_it_has_none(desk: Desk) -> None:
    waiting = replace(LEAVING, at_work=frozenset({A, B, D}))
    code, said = desk.tell("plan", waiting)
    assert (code, said["apply"]["votes"]) == (1, False)
    assert [one["code"] for one in said["changes"][0]["waits"]] == ["others-down"]
    assert desk.told("plan", waiting, "另有验证节点停机")
    assert desk.told("plan", waiting, "none is taken out meanwhile")
    assert desk.told("plan", replace(LEAVING, own=E), "this node is no validator and has no vote")


def test_a_validator_that_does_not_count_as_at_work_is_told_apart(desk: Desk) -> None:
    """One admitted a moment ago has had no turn yet: it is not down."""
    view = replace(CALM, at_work=frozenset({A, B}), connected=frozenset({B, C}))
    states = {one["address"]: (one["atWork"], one["connected"]) for one in desk.tell("plan", view)[1]["validators"]}
    assert states == {A: (True, True), B: (True, True), C: (False, True), D: (False, False)}
    assert desk.told("plan", view, f"{C}（已连接，近三轮未出块） /  (connected, no block in three rounds)")
    assert desk.told("plan", view, f"{D}（未与本节点相连，视为停机） /  (not connected to this node: taken as down)")


def test_a_step_that_members_alone_cannot_carry_is_named(desk: Desk) -> None:
    two = replace(LEAVING, validators=frozenset({A, D}), at_work=frozenset({A, D}), wanted={A: 310000})
    code, said = desk.tell("plan", two)
    assert (code, said["leavers"]) == (1, [D])
    for sentence in ("否则无法通过", "as well it cannot be carried", "可停机 0 个"):
        assert desk.told("plan", two, sentence)
