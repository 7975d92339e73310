"""``huren audit findings``: each kind of finding from a history that has it, and none from one that has not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ground import SOURCE, TARGET
from ledger_world import DAY, SHANGHAI, ZHEJIANG, account
from observing import Office

from gateway.audit.findings.words import WORDS
from gateway.domain.claims import outcome_word
from gateway.domain.hashing import keccak256, sha256
from gateway.domain.identifiers import institution_word

if TYPE_CHECKING:
    from pathlib import Path

    from deeds import Deeds

pytestmark = [pytest.mark.network, pytest.mark.timeout(600)]


def _look(office: Office, *words: str, code: int | None = None) -> Any:  # noqa: ANN401 - JSON
    office.follow()
    if code is not None:
        return office.huren("audit", "findings", *words, code=code)
    return office.huren("audit", "findings", "--level", "alarm", *words, code=(0, 1))


def _of(told: Any, code: str) -> list[Any]:  # noqa: ANN401
    return [one for one in told["findings"] if one["code"] == code]


def _refs(finding: Any, kind: str) -> list[str]:  # noqa: ANN401
    return [one["ref"] for one in finding["refs"] if one["kind"] == kind]


def test_an_enrolment_near_its_cap_is_found_from_the_share_that_was_asked_for(deeds: Deeds, office: Office) -> None:
    student = keccak256(b"near the cap")
    first, second = deeds.anchor(sha256(b"cap 1"), sha256(b"cap 2"))
    deeds.accept(deeds.request(first), 300, student)
    assert _of(_look(office), "cap.near") == []
    deeds.accept(deeds.request(second), 240, student)  # 5.4 of 6
    [found] = _of(_look(office), "cap.near")
    assert (found["values"]["used"], found["values"]["cap"], found["values"]["percent"]) == ("5.4", "6", 90)
    assert _refs(found, "enrolment") == ["0x" + student.hex()]
    assert found["severity"] == "note"
    assert _of(_look(office, "--cap-percent", "91"), "cap.near") == []


def test_a_reversal_lowers_the_share(deeds: Deeds, office: Office) -> None:
    student = keccak256(b"reversed")
    first, second = deeds.anchor(sha256(b"low 1"), sha256(b"low 2"))
    deeds.accept(deeds.request(first), 300, student)
    ref = deeds.request(second)
    deeds.accept(ref, 300, student)
    mine = lambda told: [one for one in _of(told, "cap.near") if _refs(one, "enrolment") == ["0x" + student.hex()]]  # noqa: E731
    before = _look(office)
    assert [one["values"]["percent"] for one in mine(before)] == [100]
    deeds.reverse(ref)
    assert mine(_look(office)) == []
    again = office.huren(
        "audit", "findings", "--block", str(before["block"]["number"]), "--level", "alarm", code=(0, 1)
    )
    assert again["hash"] == before["hash"]
    assert mine(again) == mine(before)


def test_an_outcome_awarded_under_two_enrolments_of_a_programme_is_found(deeds: Deeds, office: Office) -> None:
    [one] = deeds.anchor(sha256(b"twice"))
    first = deeds.request(one)
    deeds.accept(first, 300, keccak256(b"enrolment a"))
    deeds.reverse(first)
    second = deeds.request(one)
    deeds.accept(second, 300, keccak256(b"enrolment b"))
    [found] = [f for f in _of(_look(office), "enrolment.twice") if first in _refs(f, "transfer")]
    assert _refs(found, "transfer") == [first, second]
    assert found["severity"] == "warning"


def test_more_enrolments_than_the_headcount_are_found(deeds: Deeds, office: Office) -> None:
    programme = outcome_word("ZJ-SMALL-1")
    officer = account(TARGET, "officer")
    deeds.law.transact(officer, "ClaimBook", "declareProgramme", institution_word(TARGET), programme, 1, 1)
    for number in range(2):
        [one] = deeds.anchor(sha256(b"head %d" % number))
        deeds.accept(deeds.request(one, programme=programme), 300, keccak256(b"head %d" % number))
    [found] = _of(_look(office), "headcount.exceeded")
    assert (found["values"]["headcount"], found["values"]["enrolments"]) == (1, 2)
    assert _refs(found, "programme") == ["0x" + programme.hex()]


def test_one_outcome_in_two_credentials_is_noted_until_one_takes_the_others_place(deeds: Deeds, office: Office) -> None:
    claim = sha256(b"two papers")
    [old] = deeds.anchor(claim)
    [new] = deeds.anchor(claim)
    deeds.reject(deeds.request(old))
    deeds.reject(deeds.request(new))
    leaves = sorted(["0x" + old.leaf.hex(), "0x" + new.leaf.hex()])
    assert leaves in [sorted(_refs(one, "credential")) for one in _of(_look(office), "claim.credentials")]
    deeds.supersede(old, new)
    assert leaves not in [sorted(_refs(one, "credential")) for one in _of(_look(office), "claim.credentials")]


def test_accepted_transfers_on_credentials_that_are_no_longer_good_are_found(deeds: Deeds, office: Office) -> None:
    claim = sha256(b"flag old")
    revoked, suspended, good = deeds.anchor(*(sha256(b"flag %d" % n) for n in range(3)))
    [old], [new] = deeds.anchor(claim), deeds.anchor(claim)
    [batched] = deeds.anchor(sha256(b"flag batch"))
    refs = [deeds.request(one) for one in (revoked, suspended, good, old, batched)]
    for number, ref in enumerate(refs):
        deeds.accept(ref, 100, keccak256(b"flag %d" % number))
    deeds.revoke(revoked)
    deeds.revoke(suspended, status=1, reason=1)
    deeds.supersede(old, new)
    deeds.law.twice(SHANGHAI, "CredentialRegistry", "setBatchStatus", institution_word(SOURCE), batched.root, 2, 1)
    told = _look(office)
    flagged = {_refs(one, "transfer")[0]: one for one in told["findings"] if one["code"].startswith("transfer.flagged")}
    assert set(refs) & set(flagged) == {refs[0], refs[1], refs[4]}
    assert (flagged[refs[0]]["severity"], flagged[refs[1]]["severity"]) == ("alarm", "warning")
    assert flagged[refs[4]]["code"] == "transfer.flagged.batch"
    assert "fraud" in flagged[refs[0]]["en"]
    deeds.revoke(new)
    flagged = {
        _refs(one, "transfer")[0]: one["code"] for one in _of(_look(office, code=1), "transfer.flagged.successor")
    }
    assert flagged == {refs[3]: "transfer.flagged.successor"}


def test_officers_of_few_days_are_found_and_founding_ones_only_noted(deeds: Deeds, office: Office) -> None:
    young = account(TARGET, "young")
    deeds.law.twice(ZHEJIANG, "InstitutionRegistry", "appointOfficer", institution_word(TARGET), young.address, 0)
    deeds.law.pass_over(4 * DAY)
    [one] = deeds.anchor(sha256(b"young"))
    ref = deeds.request(one)
    named = tuple(map(int, ref.split("-"))), deeds.details[ref].values
    deeds.law.transact(young, "TransferLedger", "accept", *named, keccak256(b"young"), 100)
    found = {_refs(f, "officer")[0]: f for f in _of(_look(office), "officer.young.decided")}
    assert found[young.address.lower()]["severity"] == "warning"
    assert found[young.address.lower()]["values"]["number"] == 1
    assert found[account(TARGET, "officer").address.lower()]["severity"] == "note"
    approved = _of(_look(office), "officer.young.approved")
    assert {_refs(f, "officer")[0] for f in approved} == {account(SOURCE, "officer").address.lower()}
    assert _of(_look(office, "--officer-days", "0"), "officer.young.decided") == []


def test_what_is_past_its_deadline_is_found_pending_and_decided(deeds: Deeds, office: Office) -> None:
    late, overdue = (deeds.request(one) for one in deeds.anchor(sha256(b"late"), sha256(b"overdue")))
    deeds.law.pass_over(61 * DAY)
    deeds.accept(late, 100, keccak256(b"late"))  # within the grace period
    told = _look(office)
    [waiting] = _of(told, "decision.overdue")
    assert overdue in _refs(waiting, "transfer")
    assert late not in _refs(waiting, "transfer")
    [done] = _of(told, "decision.late")
    assert _refs(done, "transfer") == [late]
    assert (done["severity"], waiting["severity"]) == ("note", "warning")


def test_a_manifest_that_is_not_held_is_local_and_no_part_of_the_hash(
    deeds: Deeds, office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = Office(deeds.law, tmp_path / "bare", lambda: capsys.readouterr().out)
    mine, theirs = _look(bare), _look(office)
    assert _of(theirs, "manifest.missing") == []
    lacking = _of(mine, "manifest.missing")
    assert {one["local"] for one in lacking} == {True}
    assert _refs(lacking[0], "batch")[0].startswith("0x")
    assert mine["hash"] == theirs["hash"]


def test_a_batch_that_nobody_attests_is_found_after_a_week(deeds: Deeds, office: Office) -> None:
    from ledger_world import make_batch  # noqa: PLC0415 - this test's alone

    batch = make_batch(SOURCE, 3, seed=7)
    deeds.law.anchor(batch)
    deeds.law.pass_over(8 * DAY)
    found = [_refs(one, "batch")[0] for one in _of(_look(office), "batch.unattested")]
    assert found == ["0x" + batch.manifest.root.hex()]
    assert _of(_look(office, "--unattested-days", "100"), "batch.unattested") == []


def test_a_rule_that_nobody_uses_is_noted_once_it_is_old_enough(deeds: Deeds, office: Office) -> None:
    assert _of(_look(office, "--unused-days", "0"), "rule.unused") == []  # the only one is used
    terms = deeds.propose_more()
    deeds.law.pass_over(9 * DAY)
    [found] = _of(_look(office, "--unused-days", "1"), "rule.unused")
    assert found["refs"] == [{"kind": "agreement", "ref": terms}, {"kind": "rule", "ref": "1"}]
    assert _of(_look(office), "rule.unused") == []


def test_the_page_says_what_to_do_and_the_level_decides_the_exit_code(deeds: Deeds, office: Office) -> None:
    office.follow()
    page = office.tell("audit", "findings", "--level", "alarm", code=1)  # a revoked credential, above
    assert "huren transfer reverse" in page
    assert "警报" in page
    assert deeds.ground.agreement[:10] not in page
    assert office.huren("audit", "findings", "--level", "loud", code=64)["error"]["code"] == "cli.usage"


def test_an_observer_has_no_numbers_to_compare(office: Office) -> None:
    office.follow()
    assert office.huren("audit", "findings", "--numbers", code=2)["error"]["code"] == "keys.observer"


@pytest.mark.parametrize("code", sorted(WORDS))
def test_every_finding_says_in_both_languages_what_it_is_and_what_to_do(code: str) -> None:
    words = WORDS[code]
    assert words.hint_zh
    assert words.hint_en
    assert words.zh.count("{") >= words.en.count("{") - 1
