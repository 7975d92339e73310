"""``huren agreement`` on a real chain: from a file to an agreement in force, and everything that may stop it."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import TYPE_CHECKING, Any

import pytest
from agreed import Centre
from ledger_world import ANHUI, DAY, JIANGSU, SHANGHAI, ZHEJIANG, World, account, uscc

from gateway.domain.civil_time import day_of
from node.client.rpc import JsonRpc
from node.motions import Motions
from node.reserved import parse

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.network]
TEXT = """\
title: {title}
parties: [{parties}]
from: {begin}
until: {end}
approve_by: {by}
public_notice: {notice} days
withdrawal_notice: 30 days
text: text.md
supersedes: {supersedes}
nonce: {nonce}
rules:
  - source: {{province: Shanghai, institution: "{source}", category: academic, levels: 5, minimum_grade: 60}}
    target: {{province: {target}, kind: academic}}
    ratio: {ratio}
    most_credits: 4
"""

_NONCES = itertools.count(1_000_000)  # two files written in one second of the chain are two agreements


@pytest.fixture(scope="module", autouse=True)
def accredited(law: World) -> None:
    law.accredit(uscc(SHANGHAI))


class Parties:
    """The centres of three provinces, and files of agreements."""

    def __init__(self, law: World, folder: Path, capture: Any) -> None:  # noqa: ANN401 - of pytest
        self.law, self.folder = law, folder
        (folder / "text.md").write_text("the text")
        self.shanghai, self.zhejiang, self.anhui = (
            Centre(law, province, folder / str(province), capture) for province in (SHANGHAI, ZHEJIANG, ANHUI)
        )

    def write(self, **changed: object) -> str:
        today = day_of(self.law.now)
        values: dict[str, object] = {
            "title": "a", "parties": "Shanghai, Zhejiang", "begin": today, "end": today + dt.timedelta(days=400),
            "by": today + dt.timedelta(days=60), "notice": 7, "supersedes": "none", "nonce": next(_NONCES),
            "source": uscc(SHANGHAI), "target": "Zhejiang", "ratio": "1/2",
        }  # fmt: skip
        path = self.folder / "agreement.yaml"
        path.write_text(TEXT.format(**values | changed))
        return str(path)

    def propose(self, **changed: object) -> str:
        told = self.shanghai.huren("agreement", "propose", self.write(**changed), "--yes", *self.shanghai.by("law"))
        return str(told["agreement"])

    def approve(self, agreement: str, *centres: Centre) -> dict[str, Any]:
        told: dict[str, Any] = {}
        for centre in centres or (self.shanghai, self.zhejiang):
            told = centre.huren("agreement", "approve", agreement, "--yes", *centre.by("admin", "law"))
        return told

    def state(self, agreement: str, *more: str) -> str:
        return str(self.anhui.huren("agreement", "show", agreement, *more)["state"])

    def pass_days(self, days: int) -> None:
        self.law.chain.call("evm_increaseTime", days * DAY)
        self.law.chain.mine()


@pytest.fixture
def parties(law: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Parties:
    return Parties(law, tmp_path, lambda: capsys.readouterr().out)


def test_an_agreement_comes_into_force_after_every_approval_and_the_notice(parties: Parties) -> None:
    agreement = parties.propose()
    assert parties.state(agreement) == "proposed"
    before = parties.law.now
    assert parties.approve(agreement, parties.shanghai) | {"block": 0} == {
        "agreement": agreement, "act": "approved", "block": 0, "state": "proposed", "approved": [SHANGHAI],
    }  # fmt: skip
    told = parties.approve(agreement, parties.zhejiang)
    assert (told["state"], told["approved"]) == ("notice", [SHANGHAI, ZHEJIANG])
    parties.pass_days(8)
    shown = parties.anhui.huren("agreement", "show", agreement)
    assert shown["state"] == "active"
    assert shown["approved"] == [SHANGHAI, ZHEJIANG]
    assert [one["event"] for one in shown["history"]] == ["AgreementProposed", "AgreementApproved", "AgreementApproved"]
    assert "becomes 0.5" in shown["rules"][0]["en"]
    # as of a date: it was in notice, and before that it was not there at all
    then = dt.datetime.fromtimestamp(before + DAY, dt.UTC).isoformat()
    assert parties.state(agreement, "--as-of", then) == "notice"
    earlier = dt.datetime.fromtimestamp(before - 300 * DAY, dt.UTC).isoformat()
    assert parties.state(agreement, "--as-of", earlier) == "unknown"
    listed = parties.anhui.huren("agreement", "list")["agreements"]
    assert [one["state"] for one in listed if one["agreement"] == agreement] == ["active"]
    assert parties.anhui.huren("agreement", "list", "--as-of", earlier)["agreements"] == []


def test_a_beginning_of_the_id_is_enough_and_too_short_a_one_is_not(parties: Parties) -> None:
    agreement = parties.propose()
    assert parties.anhui.huren("agreement", "show", agreement[:14])["terms"]["agreement"] == agreement
    for name in (agreement[:7], "0x" + "00" * 32):
        assert parties.anhui.huren("agreement", "show", name, code=1)["error"]["code"] == "agreement.unknown"


def test_nobody_approves_by_silence(parties: Parties) -> None:
    path = parties.write()
    words = ("agreement", "propose", path, *parties.shanghai.by("law"))
    parties.shanghai.tell(*words, code=1)
    known = len(parties.anhui.huren("agreement", "list")["agreements"])
    agreement = parties.propose()
    assert len(parties.anhui.huren("agreement", "list")["agreements"]) == known + 1
    shown = parties.shanghai.tell("agreement", "approve", agreement, *parties.shanghai.by("admin", "law"), code=1)
    assert "becomes 0.5" in shown
    assert "折合 0.5 学分" in shown
    assert parties.anhui.huren("agreement", "show", agreement)["approved"] == []


def test_an_approval_needs_two_accounts_and_a_proposal_one(parties: Parties) -> None:
    agreement = parties.propose()
    words = ("agreement", "approve", agreement, "--yes", *parties.zhejiang.by("law"))
    waits = parties.zhejiang.huren(*words)
    assert waits["waiting"]
    assert parties.zhejiang.huren("agreement", "show", agreement)["approved"] == []
    confirm = ("pending", "confirm", waits["act"], "--yes", *parties.zhejiang.by("admin"))
    assert parties.zhejiang.huren(*confirm)["act"] == waits["act"]
    assert parties.zhejiang.huren("agreement", "show", agreement)["approved"] == [ZHEJIANG]
    told = parties.zhejiang.huren("agreement", "propose", parties.write(nonce=1), "--yes", code=64)
    assert told["error"]["code"] == "ledger.one_account"


def test_an_approval_may_be_held_against_file_and_text(parties: Parties) -> None:
    agreement = parties.propose(nonce=77)
    same, text = parties.write(nonce=77), str(parties.folder / "text.md")
    shown = parties.zhejiang.tell("agreement", "approve", agreement, "--file", same, "--text", text, code=1)
    assert "becomes 0.5" in shown
    other = parties.write(nonce=77, ratio="3/4")
    told = parties.zhejiang.huren("agreement", "approve", agreement, "--file", other, code=1)
    assert told["error"]["code"] == "agreement.file_differs"
    told = parties.zhejiang.huren("agreement", "approve", agreement, "--text", other, code=1)
    assert told["error"]["code"] == "agreement.text_differs"


def test_an_approval_taken_back_keeps_the_agreement_from_coming_into_force(parties: Parties) -> None:
    agreement = parties.propose()
    parties.approve(agreement)
    centre = parties.zhejiang
    centre.huren("agreement", "revoke-approval", agreement, "--yes", *centre.by("admin", "law"))
    parties.pass_days(8)
    shown = parties.anhui.huren("agreement", "show", agreement)
    assert (shown["state"], shown["approved"]) == ("proposed", [SHANGHAI])


def test_an_objection_suspends_until_all_approve_again(parties: Parties) -> None:
    agreement = parties.propose()
    parties.approve(agreement)
    reasons = parties.folder / "reasons.md"
    reasons.write_text("because")
    words = ("agreement", "object", agreement, "--reason", str(reasons), "--yes")
    parties.anhui.huren(*words, *parties.anhui.by("admin", "law"))
    assert parties.state(agreement) == "objected"
    parties.pass_days(8)
    assert parties.approve(agreement)["state"] == "active"
    refused = parties.anhui.huren(*words, *parties.anhui.by("admin", "law"), code=1)["error"]
    assert refused["code"] == "ledger.refused"
    assert "once" in refused["en"]
    assert refused["zh"] != refused["en"]


@pytest.mark.parametrize(("goes_on", "state"), [("true", "active"), ("false", "lapsed")])
def test_a_motion_settles_an_objection(parties: Parties, goes_on: str, state: str) -> None:
    law, agreement = parties.law, parties.propose()
    parties.approve(agreement)
    (parties.folder / "reasons.md").write_text("because")
    words = ("agreement", "object", agreement, "--reason", str(parties.folder / "reasons.md"), "--yes")
    parties.anhui.huren(*words, *parties.anhui.by("admin", "law"))
    parties.pass_days(8)
    with JsonRpc(law.chain.url) as rpc:
        motions = Motions(rpc, law.deployment)
        call = parse("settle", [f"agreement={agreement}", "number=2", f"goesOn={goes_on}"])
        opened = motions.open(call, [account(SHANGHAI, "admin"), account(SHANGHAI, "law")])
        for province in (SHANGHAI, JIANGSU, ZHEJIANG):
            motions.vote(opened.motion, [account(province, "admin"), account(province, "law")], in_favour=True)
        motions.execute(motions.one("0x" + opened.motion.hex()), account(ANHUI, "operator"))
    assert parties.state(agreement) == state


def test_a_withdrawal_ends_it_for_all_when_its_notice_is_over(parties: Parties) -> None:
    agreement = parties.propose()
    parties.approve(agreement)
    parties.pass_days(8)
    centre = parties.zhejiang
    centre.huren("agreement", "withdraw", agreement, "--yes", *centre.by("admin", "law"))
    assert parties.state(agreement) == "active"
    parties.pass_days(31)
    assert parties.state(agreement) == "withdrawn"
    listed = [parties.anhui.huren("agreement", "list", *more)["agreements"] for more in ((), ("--all",))]
    assert [agreement in {one["agreement"] for one in found} for found in listed] == [False, True]


def test_a_successor_is_shown_with_what_changes_and_takes_the_place(parties: Parties) -> None:
    old = parties.propose()
    parties.approve(old)
    parties.pass_days(8)
    new = parties.propose(supersedes=old, ratio="3/4", notice=10)
    shown = parties.zhejiang.tell("agreement", "approve", new, code=1)
    assert "10 days" in shown
    assert "becomes 0.75" in shown
    changed = parties.anhui.huren("agreement", "show", new)["changes"]
    assert ("~", "public notice") in {(one["sign"], one["en"]) for one in changed}
    assert ("~", "rule") in {(one["sign"], one["en"]) for one in changed}
    parties.approve(new)
    parties.pass_days(11)
    assert (parties.state(old), parties.state(new)) == ("superseded", "active")
    assert parties.anhui.huren("agreement", "show", old)["successor"] == new


@pytest.mark.parametrize(
    ("changed", "code", "place"),
    [
        ({"parties": "Shanghai, Zhejiang, 500000"}, "agreement.party.member", "parties"),
        ({"by": "2020-01-01"}, "agreement.approve_by_past", "approve_by"),
        ({"supersedes": "0x" + "12" * 32}, "agreement.supersedes", "supersedes"),
        ({"source": uscc(SHANGHAI, 77)}, "agreement.rule.accredited", "rules[1].source.institution"),
    ],
)
def test_what_only_the_chain_knows_is_found_at_its_line(
    parties: Parties, changed: dict[str, object], code: str, place: str
) -> None:
    path = parties.write(**changed)
    told = parties.shanghai.huren("agreement", "check", path, code=1)
    assert [(one["code"], one["field"]) for one in told["findings"]] == [(code, place)]
    assert told["unchecked"] == []
    refused = parties.shanghai.huren("agreement", "propose", path, "--yes", *parties.shanghai.by("law"), code=1)
    assert refused["findings"] == told["findings"]
    offline = parties.shanghai.huren("agreement", "check", path, "--offline")
    assert offline["good"]
    assert offline["unchecked"]


def test_where_the_chain_does_not_answer_the_file_is_checked_without_it(parties: Parties) -> None:
    path = parties.write(parties="Shanghai, Zhejiang, 500000")
    config = parties.shanghai.folder / "gateway.toml"
    config.write_text(config.read_text().replace(parties.law.chain.url, "http://127.0.0.1:9"))
    told = parties.shanghai.huren("agreement", "check", path)
    assert told["good"]
    assert "members" in told["unchecked"][0]["en"]


def test_identical_terms_come_back_under_another_nonce_only(parties: Parties) -> None:
    parties.propose(nonce=4_242)
    told = parties.shanghai.huren("agreement", "check", parties.write(nonce=4_242), code=1)
    assert [one["code"] for one in told["findings"]] == ["agreement.known"]
    assert parties.shanghai.huren("agreement", "check", parties.write(nonce=4_243))["good"]


def test_a_party_of_the_superseded_agreement_cannot_be_left_out(parties: Parties) -> None:
    old = parties.propose(parties="Shanghai, Zhejiang, Anhui")
    told = parties.shanghai.huren("agreement", "check", parties.write(supersedes=old), code=1)
    assert [one["code"] for one in told["findings"]] == ["agreement.supersedes.party"]
