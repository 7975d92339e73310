"""``huren statement`` on a real chain: what a learner holds, used and has left; everything that is held about them."""

from __future__ import annotations

import csv
import json
import stat
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from deeds import Deeds, Made, ready
from ground import CODE, SOURCE, TARGET, Ground
from ledger_world import SHANGHAI, ZHEJIANG, World, account

from gateway.domain.hashing import sha256
from gateway.domain.receipt import Certificate

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.network, pytest.mark.timeout(600)]


@dataclass
class Desk:
    """Shanghai's centre, and what became of its certificates: used, reversed, asked for, retired; a fifth is free."""

    ground: Ground
    deeds: Deeds
    papers: dict[str, Path]
    refs: dict[str, str]

    def account_of(self, name: str) -> int:
        number = self.certificate(name)["credentialSubject"]["licenseNumber"]
        gateway = self.ground.shanghai.gateway()
        try:
            [found] = gateway.search.by_certificate(number)
            return found.id
        finally:
            gateway.close()

    def certificate(self, name: str) -> Any:  # noqa: ANN401 - JSON
        return json.loads(self.papers[name].read_bytes())["credential"]

    def statement(self, name: str, *more: str) -> dict[str, Any]:
        return self.ground.shanghai.huren("statement", "learner", str(self.account_of(name)), *more)

    def outcome(self, name: str) -> dict[str, Any]:
        """The outcome of this certificate; a learner may hold others."""
        leaf = "0x" + made_of(self.papers[name]).leaf.hex()
        told = self.statement(name)["outcomes"]
        return next(one for one in told if leaf in {held["hash"] for held in one["certificates"]})


def made_of(paper: Path) -> Made:
    certificate = Certificate.parse(paper.read_bytes())
    leaf, receipt = certificate.leaf(), certificate.receipt
    anchoring = receipt.anchoring
    return Made(leaf.leaf, leaf.commitment, receipt.facts, receipt.salt, anchoring.root, anchoring.proof)


@pytest.fixture(scope="module")
def stood(law: World, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    ground = Ground(law, tmp_path_factory.mktemp("statements"))
    return Desk(ground, Deeds(ground, ground.shanghai.folder / "data" / "blobs"), {}, {})


@pytest.fixture
def desk(stood: Desk, capsys: pytest.CaptureFixture[str]) -> Desk:
    ready(stood.ground, lambda: capsys.readouterr().out)
    if not stood.papers:
        names = ("used", "reversed", "asked", "retired", "free")
        stood.papers = dict(zip(names, stood.ground.papers, strict=False))
        for name in ("used", "reversed", "asked"):
            stood.refs[name] = stood.deeds.request(made_of(stood.papers[name]))
        for name in ("used", "reversed"):
            stood.deeds.accept(stood.refs[name], enrolment=sha256(name.encode()))
        stood.deeds.reverse(stood.refs["reversed"])
        claim = made_of(stood.papers["retired"]).facts.claim
        for role in ("admin", "operator"):
            word = SOURCE.encode().ljust(32, b"\0")
            stood.ground.law.transact(account(SHANGHAI, role), "TransferLedger", "retire", word, claim, 1)
    return stood


@pytest.mark.parametrize(
    ("name", "use", "left", "awarded", "stages"),
    [
        ("used", "used", "0.00", "3.00", ["accepted"]),
        ("reversed", "free", "4.00", "0.00", ["reversed"]),
        ("asked", "requested", "0.00", "0.00", ["requested"]),
        ("retired", "retired", "0.00", "0.00", []),
        ("free", "free", "4.00", "0.00", []),
    ],
)
def test_each_outcome_says_what_it_is_used_for_and_what_is_left(
    desk: Desk, name: str, use: str, left: str, awarded: str, stages: list[str]
) -> None:
    told = desk.outcome(name)
    assert (told["use"], told["credits"], told["left"], told["awarded"]) == (use, "4.00", left, awarded)
    assert [row["stage"] for row in told["transfers"]] == stages
    assert [row["transfer"] for row in told["transfers"]] == [desk.refs.get(name)] * len(stages)
    [held] = told["certificates"]
    assert (held["state"], held["outcome"], held["institution"]) == ("anchored", CODE, SOURCE)


def test_totals_are_those_of_the_outcomes_and_the_block_is_named(desk: Desk) -> None:
    told = desk.statement("used")
    assert told["block"] > 0
    for name in ("left", "awarded"):
        assert float(told["total"][name]) == pytest.approx(sum(float(one[name]) for one in told["outcomes"]))
    assert told["total"]["outcomes"] == len(told["outcomes"])


def test_names_and_numbers_are_shown_only_where_they_are_asked_for(desk: Desk) -> None:
    number = desk.certificate("used")["credentialSubject"]["licenseNumber"]
    plain, all_of_it = desk.statement("used"), desk.statement("used", "--personal")
    assert number not in json.dumps(plain)
    assert "person" not in plain
    assert number in json.dumps(all_of_it, ensure_ascii=False)
    assert all_of_it["person"]["name"]
    shown = desk.ground.shanghai.tell("statement", "learner", str(desk.account_of("used")))
    assert all_of_it["person"]["name"] not in shown
    assert all_of_it["person"]["number"] not in shown
    assert "未用" in shown
    shown = desk.ground.shanghai.tell("statement", "learner", str(desk.account_of("used")), "--personal")
    assert all_of_it["person"]["name"] in shown


def test_a_statement_is_written_as_a_table_too(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "learner.csv"
    desk.statement("used", "--csv", str(path))
    rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    assert {row["transfer"] for row in rows if row["stage"] == "accepted"} == {desk.refs["used"]}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_both_sides_statements_tell_the_same_credits(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "centre.csv"
    out = desk.ground.shanghai.huren("statement", "centre", "--csv", str(path))
    into = desk.ground.zhejiang.huren("statement", "centre")
    assert out["total"]["out"] == into["total"]["in"]
    assert (out["total"]["out"]["requested"], out["total"]["out"]["credits"]) == (3, "3.00")
    assert out["province"] == SHANGHAI
    assert [one["institution"] for one in out["institutions"]] == [SOURCE]
    assert [one["institution"] for one in into["institutions"]] == [TARGET]
    assert len(list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))) == 3
    other = desk.ground.shanghai.huren("statement", "centre", "浙江")
    assert (other["province"], other["total"]["in"]) == (ZHEJIANG, into["total"]["in"])
    institution = desk.ground.zhejiang.huren("statement", "institution", TARGET)
    assert institution["total"]["in"] == into["total"]["in"]
    month = institution["lines"][0]["month"]
    same = desk.ground.zhejiang.huren("statement", "institution", TARGET, "--from", month, "--to", month)
    assert same["lines"] == institution["lines"]
    assert same["period"] == {"from": month, "to": month}
    none = desk.ground.zhejiang.huren("statement", "institution", TARGET, "--from", "1999-01", "--to", "1999-12")
    assert none["lines"] == []
    wrong = ("--from", "2026-02", "--to", "2026-01")
    assert desk.ground.zhejiang.huren("statement", "centre", *wrong, code=64)["error"]["code"] == "statement.period"
    assert "学分" in desk.ground.shanghai.tell("statement", "centre")


def test_everything_held_about_a_learner_is_written_into_a_folder_that_its_owner_alone_reads(
    desk: Desk, tmp_path: Path
) -> None:
    account_id, out = desk.account_of("used"), tmp_path / "export"
    told = desk.ground.shanghai.huren("statement", "export", str(account_id), "--out", str(out))
    files = {path.relative_to(out).as_posix(): path for path in out.rglob("*") if path.is_file()}
    assert sorted(files) == sorted(told["files"])
    assert {stat.S_IMODE(path.stat().st_mode) for path in files.values()} == {0o600}
    index = json.loads(files["index.json"].read_bytes())
    assert {one["file"]: one["sha256"] for one in index["files"]} == {
        name: sha256(path.read_bytes()).hex() for name, path in files.items() if name != "index.json"
    }
    assert {"learners", "credentials", "transfers", "applications", "sent_letters"} < index["holds"].keys()
    person = json.loads(files["account.json"].read_bytes())["learners"]
    assert person["name"]
    assert person["number"]
    papers = [path.read_bytes() for name, path in files.items() if name.startswith("certificates/")]
    assert desk.papers["used"].read_bytes() in papers
    [row] = [
        one
        for one in json.loads(files["transfers.json"].read_bytes())["transfers"]
        if one["transfer"] == desk.refs["used"]
    ]
    assert row["awarded"] == "3.00"
    events = json.loads(files["events-transfers.json"].read_bytes())["recognition_events"]
    numbers = {json.loads(one["fields"])["number"] for one in events}
    assert {"TransferRequested", "TransferAccepted"} == {one["name"] for one in events}
    assert numbers == {int(desk.refs["used"].rpartition("-")[2])}, "of the pair's events only those of the learner"
    # The letter that was never written (the deed went straight to the contract) is named as lacking.
    assert "letters" in {one["what"] for one in index["lacking"]}
    taken = desk.ground.shanghai.huren("statement", "export", str(account_id), "--out", str(out), code=64)
    assert taken["error"]["code"] == "statement.place"


def test_applications_evidence_letters_and_tokens_are_opened_in_the_export(desk: Desk, tmp_path: Path) -> None:
    signed, out = tmp_path / "signed.pdf", tmp_path / "export"
    signed.write_bytes(b"signed")
    desk.papers["applied"] = desk.ground.papers[5]
    [asked] = desk.ground.request(desk.papers["applied"], more=("--consent", str(signed)))["requests"]
    account_id = str(desk.account_of("applied"))
    words = ("token", "create", "--role", "learner", "--account", account_id, "--label", "app")
    secret = desk.ground.shanghai.huren(*words)["token"]
    desk.ground.shanghai.huren("statement", "export", account_id, "--out", str(out))
    files = {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    [applied] = [one for one in json.loads(files["applications.json"])["applications"] if one["leaf"] == asked["hash"]]
    assert applied["how"]
    kept = json.loads(files[f"applications/{applied['id']}.json"])
    assert json.loads(kept["certificate"])["receipt"]["root"] == "0x" + made_of(desk.papers["applied"]).root.hex()
    assert b"signed" in [content for name, content in files.items() if "-evidence-" in name]
    letter = json.loads(files[f"letters/{asked['transfer']}-application.json"])
    assert letter["consent"]["leaf"] == asked["hash"]
    lacking = {one["which"] for one in json.loads(files["index.json"])["lacking"]}
    assert asked["letter"] not in lacking
    assert json.loads(files["transactions.json"])["outbox"], "the transaction that carried the request"
    assert [one["label"] for one in json.loads(files["tokens.json"])["access_tokens"]] == ["app"]
    assert secret.encode() not in b"".join(files.values())


def test_an_export_fits_into_one_archive_and_holds_no_other_learners_certificate(desk: Desk, tmp_path: Path) -> None:
    out = tmp_path / "export.zip"
    desk.ground.shanghai.huren("statement", "export", str(desk.account_of("free")), "--out", str(out))
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    with zipfile.ZipFile(out) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())
    assert made_of(desk.papers["free"]).leaf.hex().encode() in content
    if desk.account_of("used") != desk.account_of("free"):
        assert made_of(desk.papers["used"]).leaf.hex().encode() not in content


def test_of_nobody_there_is_no_statement(desk: Desk, tmp_path: Path) -> None:
    refused = desk.ground.shanghai.huren("statement", "learner", "99999", code=1)["error"]
    assert refused["code"] == "statement.account"
    refused = desk.ground.shanghai.huren("statement", "export", "99999", "--out", str(tmp_path / "x"), code=1)["error"]
    assert refused["code"] == "statement.account"
    assert not (tmp_path / "x").exists()
