"""``huren audit trace`` at the regional office: a credential's whole history on one page, each event checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ground import SOURCE, TARGET
from ledger_world import SHANGHAI, account
from observing import Office
from sqlalchemy import text

from gateway.domain.hashing import keccak256, sha256
from gateway.domain.identifiers import institution_word

if TYPE_CHECKING:
    from pathlib import Path

    from deeds import Deeds

pytestmark = [pytest.mark.network, pytest.mark.timeout(600)]


def _trace(office: Office, what: str | bytes, code: int = 0) -> Any:  # noqa: ANN401 - JSON
    office.follow()
    return office.huren("audit", "trace", what if isinstance(what, str) else "0x" + what.hex(), code=code)


def test_every_step_of_a_credential_stands_on_one_page_in_the_order_of_the_chain(deeds: Deeds, office: Office) -> None:
    [one] = deeds.anchor(sha256(b"person 1"))
    ref = deeds.request(one)
    deeds.accept(ref)
    deeds.revoke(one)
    told = _trace(office, one.leaf)
    names = [event["event"] for event in told["events"]]
    for name in (
        "InstitutionAccredited", "OfficerAppointed", "KeyAdded", "Anchored", "Attested", "AgreementProposed",
        "AgreementApproved", "TransferRequested", "TransferAccepted", "LeafStatusSet",
    ):  # fmt: skip
        assert name in names, name
    assert names.index("Anchored") < names.index("Attested") < names.index("TransferRequested")
    assert names.index("TransferRequested") < names.index("TransferAccepted") < names.index("LeafStatusSet")
    blocks = [event["block"] for event in told["events"]]
    assert blocks == sorted(blocks)
    assert all(event["checked"] for event in told["events"])
    assert told["intact"]
    assert {head["agrees"] for head in told["heads"]} == {True}
    assert told["verdict"]["verdict"] == "revoked"
    [fate] = told["claims"]
    assert (fate["state"], fate["transfer"], fate["canonicalInstitution"]) == ("used", ref, SOURCE)
    [batch] = told["batches"]
    assert batch["officerInForce"]
    assert batch["officer"] == account(SOURCE, "officer").address.lower()
    assert batch["accreditation"]["standing"] == "accredited"
    assert len(batch["keysInForce"]) == 1


def test_a_rejected_and_a_reversed_transfer_leave_the_outcome_free(deeds: Deeds, office: Office) -> None:
    [one] = deeds.anchor(sha256(b"person 2"))
    deeds.reject(deeds.request(one), reason=3)
    ref = deeds.request(one)
    deeds.accept(ref, 250, keccak256(b"student 2"))
    deeds.reverse(ref)
    told = _trace(office, one.leaf)
    said = {event["event"]: event for event in told["events"]}
    assert "not enrolled" in said["TransferReturned"]["en"]
    assert "officer of the target institution" in said["TransferReturned"]["byEn"]
    assert "2.5 credits" in said["TransferAccepted"]["en"]
    assert "2.5 credits withdrawn" in said["TransferReversed"]["en"]
    assert "上海市同意" in said["ReversalAgreed"]["zh"]
    assert [fate["state"] for fate in told["claims"]] == ["free"]
    assert told["intact"]


def test_a_transfer_is_told_with_its_rule_and_those_who_acted(deeds: Deeds, office: Office) -> None:
    [one] = deeds.anchor(sha256(b"person 3"))
    ref = deeds.request(one)
    told = _trace(office, one.leaf)
    [asked] = [event for event in told["events"] if event["event"] == "TransferRequested"]
    assert ref in asked["en"]
    assert "quoted 3 credits" in asked["en"]
    assert TARGET in asked["zh"]
    assert "rule 1: " in asked["en"]
    assert asked["byZh"] == "上海市"
    assert asked["account"] == deeds.law.operator(SHANGHAI).address.lower()
    [fate] = told["claims"]
    assert (fate["state"], fate["transfer"]) == ("requested", ref)
    page = office.tell("audit", "trace", "0x" + one.leaf.hex())
    assert ref in page
    assert "转换" in page


def test_a_reissue_and_what_it_replaced_tell_the_same_history(deeds: Deeds, office: Office) -> None:
    claim = sha256(b"person 4")
    [old] = deeds.anchor(claim)
    [new] = deeds.anchor(claim)
    [newest] = deeds.anchor(claim)
    ref = deeds.request(old)
    deeds.supersede(old, new)
    deeds.supersede(new, newest)
    first, middle, last = (_trace(office, one.leaf) for one in (old, new, newest))
    assert first["successors"] == ["0x" + new.leaf.hex(), "0x" + newest.leaf.hex()]
    assert last["predecessors"] == ["0x" + new.leaf.hex(), "0x" + old.leaf.hex()]
    assert (middle["predecessors"], middle["successors"]) == (["0x" + old.leaf.hex()], ["0x" + newest.leaf.hex()])
    for told in (first, middle, last):
        assert [fate["transfer"] for fate in told["claims"]] == [ref]
        statuses = [event for event in told["events"] if event["event"] == "LeafStatusSet"]
        assert [one["fields"]["successor"] for one in statuses] == ["0x" + new.leaf.hex(), "0x" + newest.leaf.hex()]
        assert "superseded" in statuses[0]["en"]


def test_another_credential_of_the_same_claim_leads_to_its_transfers(deeds: Deeds, office: Office) -> None:
    claim = sha256(b"person 5")
    [one] = deeds.anchor(claim)
    [twin] = deeds.anchor(claim)
    deeds.reject(deeds.request(twin))
    ref = deeds.request(one)
    told = _trace(office, one.leaf)
    asked = [event["fields"]["details"]["leaf"] for event in told["events"] if event["event"] == "TransferRequested"]
    assert asked == ["0x" + twin.leaf.hex(), "0x" + one.leaf.hex()]
    assert [fate["transfer"] for fate in told["claims"]] == [ref]


def test_a_certificate_file_tells_the_claim_that_no_transfer_opened(deeds: Deeds, office: Office) -> None:
    paper = deeds.ground.papers[0]
    leaf = str(office.huren("verify", str(paper))["hash"])
    assert _trace(office, leaf)["claims"] == []
    [fate] = _trace(office, str(paper))["claims"]
    assert (fate["state"], fate["transfer"]) == ("free", None)


def test_a_whole_batch_that_was_suspended_is_told(deeds: Deeds, office: Office) -> None:
    [one] = deeds.anchor(sha256(b"person 6"))
    word = institution_word(SOURCE)
    deeds.law.twice(SHANGHAI, "CredentialRegistry", "setBatchStatus", word, one.root, 1, 1)
    told = _trace(office, one.leaf)
    [status] = [event for event in told["events"] if event["event"] == "BatchStatusSet"]
    assert "suspended" in status["en"]
    assert told["verdict"]["verdict"] == "suspended"


def test_a_retired_claim_is_gone_for_good(deeds: Deeds, office: Office) -> None:
    claim = sha256(b"person 7")
    [one] = deeds.anchor(claim)
    deeds.reject(deeds.request(one))
    for role in ("operator", "admin"):
        deeds.law.transact(account(SHANGHAI, role), "TransferLedger", "retire", institution_word(SOURCE), claim, 1)
    told = _trace(office, one.leaf)
    assert [fate["state"] for fate in told["claims"]] == ["retired"]
    assert any("used at home" in event["en"] for event in told["events"])


def test_what_the_institution_may_do_since_is_on_the_page_and_other_officers_are_not(
    deeds: Deeds, office: Office
) -> None:
    [one] = deeds.anchor(sha256(b"person 8"))
    word, officer = institution_word(SOURCE), account(SOURCE, "second").address
    deeds.law.twice(SHANGHAI, "InstitutionRegistry", "appointOfficer", word, officer, 0)
    told = _trace(office, one.leaf)
    assert officer.lower() not in str(told["events"])  # another officer is nothing to this credential
    deeds.law.twice(SHANGHAI, "InstitutionRegistry", "narrow", word, (0x0E, 10, 99_000))
    *_, last = _trace(office, one.leaf)["events"]
    assert last["event"] == "InstitutionNarrowed"
    assert "990 credits" in last["en"]


def test_an_unknown_hash_says_what_was_looked_through(office: Office) -> None:
    told = _trace(office, "0x" + "ab" * 32, code=1)
    assert not told["known"]
    searched = told["searched"]
    assert searched["batches"] == searched["manifests"]["held"] >= 1
    assert searched["manifests"]["lacking"] == 0
    page = office.tell("audit", "trace", "0x" + "ab" * 32, code=1)
    assert "nothing is known of it" in page
    assert "未查到" in page


def test_without_the_manifests_an_unknown_hash_is_not_called_unknown(
    deeds: Deeds, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = Office(deeds.law, tmp_path / "bare", lambda: capsys.readouterr().out)
    assert not _trace(bare, "0x" + "ab" * 32, code=2)["known"]


def test_before_anything_was_followed_there_is_nothing_to_audit(office: Office) -> None:
    told = office.huren("audit", "trace", "0x" + "ab" * 32, code=2)
    assert told["error"]["code"] == "audit.index_empty"


def test_a_malformed_hash_is_a_matter_of_usage(office: Office) -> None:
    assert office.huren("audit", "trace", "0x12", code=64)["error"]["code"] == "verify.hash_form"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE registry_events SET fields = replace(fields, 'leafCount', 'leafcount') WHERE name = 'Anchored'",
        "UPDATE registry_events SET fields = replace(fields, '7,', '6,') WHERE name = 'Anchored'",
        "UPDATE registry_events SET happened_at = happened_at + 1 WHERE name = 'Anchored'",
        "UPDATE chain_events SET digest = zeroblob(32) WHERE kind = 400",
        "DELETE FROM chain_events WHERE kind = 401",
    ],
)
def test_a_record_that_was_altered_is_told_as_such(deeds: Deeds, office: Office, change: str) -> None:
    leaf = office.huren("verify", str(deeds.ground.papers[0]))["hash"]
    assert _trace(office, leaf)["intact"]
    gateway = office.gateway()
    with gateway.database.write() as connection:
        assert connection.execute(text(change)).rowcount > 0
    gateway.close()
    told = office.huren("audit", "trace", leaf, code=1)
    assert not told["intact"]
    assert "was altered" in office.tell("audit", "trace", leaf, code=1)
