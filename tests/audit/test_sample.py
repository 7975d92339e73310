"""``huren audit sample`` at the office and ``huren audit open`` at a centre, on a real chain."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from agreed import PASSPHRASE
from deeds import Deeds, Made
from ground import SOURCE
from ledger_world import DAY, SHANGHAI
from nacl.public import PrivateKey
from rounds import Round

from gateway.audit.samples.answers import MAGIC, READER
from gateway.audit.samples.key import open_office_key
from gateway.domain.hashing import sha256
from gateway.domain.receipt import Certificate
from gateway.recognition.sealed import parted, unseal
from node.client.abi import event_topic
from node.client.artifact import load

if TYPE_CHECKING:
    from observing import Office

pytestmark = [pytest.mark.network, pytest.mark.timeout(600)]


@pytest.fixture
def rounds(deeds: Deeds, office: Office) -> Round:
    _some(deeds, 1)
    return Round(deeds, office)


def _of_paper(path: Path) -> Made:
    certificate = Certificate.parse(path.read_bytes())
    leaf, receipt = certificate.leaf(), certificate.receipt
    return Made(
        leaf.leaf, leaf.commitment, receipt.facts, receipt.salt, receipt.anchoring.root, receipt.anchoring.proof
    )


def _some(deeds: Deeds, count: int) -> None:
    """At least so many requests, of this test or of those before."""
    ledger = deeds.law.calls.address("TransferLedger")
    logs = deeds.law.chain.call("eth_getLogs", {"address": ledger, "fromBlock": "0x0", "toBlock": "latest"})
    topic = event_topic(load("TransferLedger"), "TransferRequested")
    _requested(deeds, max(0, count - sum(log["topics"][0] == topic for log in logs)))


def _requested(deeds: Deeds, count: int) -> list[str]:
    refs = [deeds.request(_of_paper(path)) for path in deeds.ground.papers[:count]]
    del deeds.ground.papers[:count]
    return refs


def test_what_a_block_drew_is_opened_checked_and_right(deeds: Deeds, rounds: Round) -> None:
    _some(deeds, 5)
    announced = rounds.announce(3)
    assert (announced["record"], announced["transfers"]) == (None, [])  # nobody may know it before
    assert rounds.office.huren("audit", "sample", "draw", code=2)["error"]["code"] == "sample.too_early"
    deeds.law.chain.mine(3)
    drawn = rounds.office.huren("audit", "sample", "draw")
    names = [one["transfer"] for one in drawn["transfers"]]
    assert len(set(names)) == 3
    assert set(names) <= {f"310000-330000-{number}" for number in range(1, 6)}
    assert rounds.office.huren("audit", "sample", "draw")["transfers"] == drawn["transfers"]
    [file] = rounds.requests()
    assert (file["source"], file["transfers"]) == (SHANGHAI, 3)
    told = rounds.open(file["file"])
    assert (told["opened"], told["refused"]) == (3, [])
    assert told["population"] >= 5  # three of them: the centre sees that nobody was singled out
    assert (rounds.office.folder / "answer.sealed").stat().st_mode & 0o077 == 0
    checked = rounds.check()
    assert {one["transfer"]: one["state"] for one in checked["transfers"]} == dict.fromkeys(names, "right")
    assert checked["sources"] == [
        {"province": SHANGHAI, "drawn": 3, "waiting": 0, "right": 3, "wrong": 0, "refused": 0, "late": 0}
    ]
    assert rounds.office.huren("audit", "sample", "show")["sources"] == checked["sources"]
    assert "无误" in rounds.office.tell("audit", "sample", "show")


def test_nothing_personal_stays_in_the_offices_folder(deeds: Deeds, rounds: Round) -> None:
    _some(deeds, 2)
    rounds.drawn(99)
    rounds.open(rounds.requests()[0]["file"])
    private = PrivateKey(open_office_key(Path(rounds.key), PASSPHRASE))
    content = json.loads(unseal(parted(MAGIC, (rounds.office.folder / "answer.sealed").read_bytes()), READER, private))
    opened = [item for item in content["items"] if "document" in item]
    told = rounds.check(code=(0, 1))
    (rounds.office.folder / "answer.sealed").unlink()
    certificate = json.loads(b64decode(opened[0]["certificate"]))
    secrets = [opened[0]["document"]["number"], opened[0]["innerKey"], opened[0]["opening"]]
    secrets += [bytes.fromhex(opened[0]["innerKey"]), certificate["credential"]["credentialSubject"]["licenseNumber"]]
    secrets.append(certificate["credential"]["credentialSubject"]["identifier"][0]["identityHash"])
    for path in rounds.office.folder.rglob("*"):
        if path.is_file():
            held = path.read_bytes()
            for secret in secrets:
                assert (secret if isinstance(secret, bytes) else secret.encode()) not in held, path
    assert opened[0]["document"]["number"] not in json.dumps(told)


def test_a_centre_opens_nothing_that_was_not_announced_drawn_or_sealed_to_the_office(
    deeds: Deeds, rounds: Round
) -> None:
    _some(deeds, 2)
    rounds.drawn(1)
    [file] = rounds.requests()
    path = Path(file["file"])
    other = "0x" + "12" * 32
    assert rounds.open(str(path), key=other, code=1)["error"]["code"] == "sample.key"
    told = json.loads(path.read_bytes())
    more = dict(told, transfers=[*told["transfers"], f"{SHANGHAI}-330000-1", f"{SHANGHAI}-330000-2"])
    forged = path.with_name("forged.json")
    forged.write_text(json.dumps(more))
    assert rounds.open(str(forged), code=1)["error"]["code"] == "sample.draw"
    forged.write_text(json.dumps(dict(told, blockHash=other)))
    assert rounds.open(str(forged), code=1)["error"]["code"] == "sample.draw"
    forged.write_text(json.dumps(dict(told, source=330_000)))
    assert rounds.open(str(forged), code=1)["error"]["code"] == "sample.not_ours"
    forged.write_text("{}")
    assert rounds.open(str(forged), code=64)["error"]["code"] == "sample.file"
    assert not (rounds.office.folder / "answer.sealed").exists()


def test_a_record_made_once_the_block_was_there_opens_nothing(deeds: Deeds, rounds: Round) -> None:
    _some(deeds, 2)
    rounds.notes = False
    sample = rounds.drawn(1)
    [file] = rounds.requests()
    assert rounds.open(file["file"], code=1)["error"]["code"] == "sample.announcement"
    shanghai = deeds.ground.shanghai
    noted = shanghai.huren("audit", "note", sample["announcement"])  # too late: the block that drew was there
    assert noted["block"] >= sample["atBlock"]
    assert rounds.open(file["file"], code=1)["error"]["code"] == "sample.announcement"
    deeds.law.chain.mine(2)
    assert shanghai.huren("audit", "note", sample["announcement"]) == noted  # the first note stands
    assert shanghai.huren("audit", "note", "0x12", code=64)["error"]["code"] == "verify.hash_form"
    assert "区块" in shanghai.tell("audit", "note", sample["announcement"])
    [kept] = [
        path
        for path in (shanghai.folder / "data" / "announcements").iterdir()
        if sample["announcement"][2:] in path.name
    ]
    kept.write_text("{}")
    assert rounds.open(file["file"], code=64)["error"]["code"] == "sample.file"


def test_a_refusal_that_anybody_could_seal_takes_nothing_from_what_was_opened(deeds: Deeds, rounds: Round) -> None:
    _some(deeds, 1)
    rounds.drawn(1)
    rounds.open(rounds.requests()[0]["file"])
    rounds.check()

    def refuse(item: dict[str, Any]) -> None:
        name = item["transfer"]
        item.clear()
        item |= {"transfer": name, "refused": {"code": "x", "zh": "否", "en": "no"}}

    rounds.altered(refuse)
    rounds.check(code=1)
    assert rounds.office.huren("audit", "sample", "show")["sources"][0]["right"] == 1


def _number(item: dict[str, Any]) -> None:
    item["document"]["number"] = "11010519491231002X"


def _opening(item: dict[str, Any]) -> None:
    item["opening"] = "00" * 32


def _inner(item: dict[str, Any]) -> None:
    item["innerKey"] = sha256(item["innerKey"].encode()).hex()


def _shape(item: dict[str, Any]) -> None:
    item["document"]["kind"] = "XX"


def _document(item: dict[str, Any]) -> None:
    item["certificate"] = b64encode(b"{}").decode()


def _grade(item: dict[str, Any]) -> None:
    file = json.loads(b64decode(item["certificate"]))
    file["receipt"]["facts"]["credits"] += 100
    item["certificate"] = b64encode(json.dumps(file).encode()).decode()


def test_what_is_opened_falsely_is_found_and_a_right_answer_takes_its_place(deeds: Deeds, rounds: Round) -> None:
    _some(deeds, 1)
    rounds.drawn(1)
    rounds.open(rounds.requests()[0]["file"])
    answer = rounds.office.folder / "answer.sealed"
    right = answer.read_bytes()
    for change, code in (
        (_number, "commitment"), (_opening, "commitment"), (_inner, "claim"), (_shape, "number"),
        (_document, "document"), (_grade, "document"),
    ):  # fmt: skip
        answer.write_bytes(right)
        rounds.altered(change)
        [one] = rounds.check(code=1)["transfers"]
        assert one["state"] == "wrong"
        assert f"sample.found.{code}" in [finding["code"] for finding in one["findings"]], change
    assert rounds.office.huren("audit", "sample", "show", code=1)["sources"][0]["wrong"] == 1
    answer.write_bytes(right)
    assert [one["state"] for one in rounds.check()["transfers"]] == ["right"]


def test_another_transfers_document_is_not_this_ones(deeds: Deeds, rounds: Round) -> None:
    _some(deeds, 2)
    rounds.drawn(99)
    rounds.open(rounds.requests()[0]["file"])
    seen: list[dict[str, Any]] = []

    def swap(item: dict[str, Any]) -> None:
        seen.append(dict(item))
        if len(seen) > 1:
            item["certificate"] = seen[0]["certificate"]

    rounds.altered(swap)
    told = rounds.check(code=1)["transfers"]
    assert [[f["code"] for f in one["findings"]] for one in told[1:]] == [["sample.found.leaf"]] * (len(told) - 1)


def test_one_number_with_two_persons_keys_is_found_over_samples(deeds: Deeds, rounds: Round) -> None:
    _some(deeds, 1)
    for _ in range(2):
        rounds.drawn(1, "--pair", "310000-330000")
    rounds.open(rounds.requests()[0]["file"])
    rounds.check()
    gateway = rounds.office.gateway()
    with gateway.database.write() as connection:  # as if an earlier answer about this person had another key
        connection.exec_driver_sql(
            "UPDATE audit_sample_transfers SET person_tag = zeroblob(16), number = CASE number WHEN 1 THEN 2 ELSE 1 END"
        )
    gateway.close()
    rounds.drawn(99)
    rounds.open(rounds.requests()[0]["file"])
    found = [f["code"] for one in rounds.check(code=1)["transfers"] for f in one["findings"]]
    assert "sample.found.person" in found


def test_a_later_revocation_is_told_and_does_not_make_the_answer_wrong(deeds: Deeds, rounds: Round) -> None:
    made = _of_paper(deeds.ground.papers[0])
    _requested(deeds, 1)
    deeds.ground.shanghai.huren("revoke", "0x" + made.leaf.hex(), "--reason", "error")
    rounds.drawn(99)
    rounds.open(rounds.requests()[0]["file"], code=(0, 1))
    told = rounds.check(code=(0, 1))["transfers"]
    noted = [one for one in told if [f["code"] for f in one["findings"]] == ["sample.found.status"]]
    assert [one["state"] for one in noted] == ["right"]


def test_only_accepted_ones_are_drawn_where_that_was_asked(deeds: Deeds, rounds: Round) -> None:
    [accepted, _] = _requested(deeds, 2)
    deeds.accept(accepted, 100)
    drawn = rounds.drawn(99, "--accepted")
    assert accepted in [one["transfer"] for one in drawn["transfers"]]
    before = rounds.drawn(99)
    assert len(before["transfers"]) > len(drawn["transfers"])


def test_who_does_not_answer_in_time_is_late(deeds: Deeds, rounds: Round) -> None:
    _some(deeds, 1)
    rounds.drawn(1, "--answer-days", "2")
    assert rounds.office.huren("audit", "sample", "show")["sources"][0]["late"] == 0
    deeds.law.pass_over(3 * DAY)
    rounds.office.follow()
    told = rounds.office.huren("audit", "sample", "show", code=1)
    assert (told["sources"][0]["waiting"], told["sources"][0]["late"]) == (1, 1)
    assert len(rounds.office.huren("audit", "sample", "show", "--all", code=1)["samples"]) == 1


def test_a_block_that_is_there_draws_nothing(rounds: Round) -> None:
    assert rounds.announce(1, ahead=0, code=64)["error"]["code"] == "sample.block_past"
    assert rounds.announce(1, "--pair", "340000-310000", code=1)["error"]["code"] == "sample.empty"
    assert rounds.announce(1, "--pair", "x", code=64)["error"]["code"] == "cli.usage"


def test_what_is_asked_for_too_early_or_is_not_there_says_so(rounds: Round) -> None:
    office = rounds.office
    assert office.huren("audit", "sample", "show", code=1)["error"]["code"] == "sample.unknown"
    rounds.announce(1)
    out = str(office.folder / "r")
    assert office.huren("audit", "sample", "requests", "--out", out, code=2)["error"]["code"] == "sample.not_drawn"
    assert office.huren("audit", "sample", "show", "--sample", "0x12", code=1)["error"]["code"] == "sample.unknown"
    page = office.tell("audit", "sample", "show")
    assert "Publish the announcement now" in page
    assert SOURCE not in page


def test_an_observer_opens_nothing(deeds: Deeds, rounds: Round) -> None:
    rounds.drawn(1)
    [file] = rounds.requests()
    words = ("--to", rounds.public, "--out", str(rounds.office.folder / "x"))
    told = rounds.office.huren("audit", "open", file["file"], *words, "--yes", code=2)
    assert told["error"]["code"] == "keys.observer"
    assert deeds.law.now


def test_a_deleted_learner_cannot_be_opened_and_is_said_to_be(deeds: Deeds, rounds: Round) -> None:
    shanghai = deeds.ground.shanghai
    [ref] = _requested(deeds, 1)
    row = deeds.details[ref]
    gateway = shanghai.gateway()
    [held] = gateway.holdings.find(row.leaf)
    learner = gateway.records.at(held.institution, held.root, held.position).learner_id
    gateway.accounts.delete(learner, now=1)
    gateway.close()
    rounds.drawn(99)
    told = rounds.open(rounds.requests()[0]["file"], code=1)
    assert told["refused"] == [ref]
    states = {one["transfer"]: one for one in rounds.check(code=1)["transfers"]}
    assert states[ref]["state"] == "refused"
    assert states[ref]["findings"][0]["code"] == "account.deleted"
