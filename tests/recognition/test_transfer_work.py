"""Transfers that wait between two centres: letters that come late, officers, expiry, deletion; each exactly once."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from ground import SOURCE, TARGET, Ground
from msgspec.structs import replace

from gateway.domain.civil_time import begin_of, day_of
from gateway.domain.manifest import cid_of
from gateway.domain.partial import present
from gateway.domain.receipt import Certificate
from gateway.domain.verdict import Kind
from gateway.ledger.outbox import enqueue
from gateway.recognition.transfers.consent import How
from gateway.recognition.transfers.decisions import Accept, Reject
from gateway.recognition.transfers.errors import LetterForOthers
from gateway.recognition.transfers.request import expiry
from gateway.recognition.transfers.values import Ref, Return
from gateway.store.models import OutboxState

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.domain.verdict import Verdict

pytestmark = [pytest.mark.network, pytest.mark.timeout(600)]


def waits(ground: Ground, ref: str) -> dict[str, Any]:
    [one] = [one for one in ground.zhejiang.huren("transfer", "inbox")["waiting"] if one["transfer"] == ref]
    return dict(one)


def unsent(ground: Ground, paper: Path) -> str:
    """A request whose letter has not come to the target."""
    words = ("transfer", "request", str(paper), "--yes", *ground.words(1))
    return str(ground.shanghai.huren(*words)["requests"][0]["transfer"])


# --- letters that do not come, and what an officer may do


def test_without_its_letter_nothing_is_accepted_and_nothing_is_held_against_it(ground: Ground) -> None:
    paper = ground.papers.pop()
    ref = unsent(ground, paper)
    assert waits(ground, ref)["problem"]["code"] == "letter.not_there"
    decided = ground.accept(ref, "20270001", code=1)
    assert (decided["problem"]["code"], decided["problem"]["field"]) == ("letter.not_there", "letter")
    assert "cannot check" in decided["problem"]["en"]
    narrow = ground.zhejiang.folder / "narrow.json"
    narrow.write_bytes(present(Certificate.parse(paper.read_bytes()), ["name", "achievement"]).to_json())
    decided = ground.accept(ref, "20270001", "--presentation", str(narrow), code=1)
    assert decided["problem"]["code"] == "transfer.facts_hidden"
    assert "credits" in decided["problem"]["en"]
    shown = ground.zhejiang.folder / "shown.json"
    fields = ["achievement", "creditsEarned", "result", "validFrom"]
    narrow.write_bytes(present(Certificate.parse(paper.read_bytes()), fields).to_json())
    decided = ground.accept(ref, "20270001", "--presentation", str(narrow), code=1)
    assert decided["problem"]["code"] == "transfer.learner_hidden"  # whose it is must be seen
    fields.append("learner")
    shown.write_bytes(present(Certificate.parse(paper.read_bytes()), fields).to_json())
    decided = ground.accept(ref, "20270001", "--presentation", str(shown))
    assert (decided["problem"], decided["letter"]) == (None, False)  # and it says that no consent was seen
    again = ground.accept(ref, "20270001", "--presentation", str(shown))  # run again: it is done, and that is told
    assert again["problem"] is None
    other = ground.accept(ref, "20270002", "--presentation", str(shown), code=1)
    assert other["problem"]["code"] == "transfer.finished"


def test_a_letter_that_came_is_opened_by_the_target_alone_and_the_source_has_its_own_copy(ground: Ground) -> None:
    ref = unsent(ground, ground.papers.pop())
    ground.carry()
    assert waits(ground, ref)["verdict"] == "valid"
    gateway = ground.zhejiang.gateway()
    row = gateway.recognition.transfers.one(*Ref.read(ref).values)
    assert row is not None
    told = gateway.recognition.letters.open(row.consent, ref, (TARGET,))
    shown = json.loads(told["presentation"])["partial"]["shown"]
    assert "number" not in shown  # the document number stays with the learner
    gateway.close()
    source = ground.shanghai.gateway()
    with pytest.raises(LetterForOthers):
        source.recognition.letters.open(row.consent, ref, (TARGET, SOURCE))
    assert source.recognition.applications.letter(row.consent) == told
    source.close()
    [opened] = _opened(ground, ref)
    assert opened.problem is None
    assert opened.letter.consent.given.how is How.PAPER


def test_only_valid_is_good_enough_and_what_cannot_be_checked_is_no_reason_to_reject(ground: Ground) -> None:
    ref = Ref.read(ground.requested(ground.papers[0]))
    gateway = ground.zhejiang.gateway()
    gateway.indexer(attesting=False).advance()
    inbox, officer = gateway.recognition.inbox, gateway.keys.officer_account(TARGET)
    genuine = inbox._verifier

    class Says:
        def __init__(self, kind: Kind) -> None:
            self.kind = kind

        def by_file(self, data: bytes) -> Verdict:
            return replace(genuine.by_file(data), kind=self.kind)

    for kind in Kind:
        inbox._verifier = Says(kind)
        [opened] = inbox.open([ref])
        if kind is Kind.VALID:
            assert opened.problem is None
            continue
        [decided] = gateway.recognition.decisions.decide([Accept(ref, student="20270040")], officer)
        wanted = "transfer.cannot_verify" if kind is Kind.CANNOT_CHECK else "transfer.verification"
        assert opened.problem is not None
        assert decided.problem is not None
        assert (opened.problem.code, decided.problem.code, decided.entry) == (wanted, wanted, None), kind
    gateway.close()
    ground.shanghai.huren("transfer", "cancel", str(ref), "--yes")


def _opened(ground: Ground, ref: str) -> list[Any]:
    gateway = ground.zhejiang.gateway()
    try:
        gateway.recognition.steward.fetch()
        return gateway.recognition.inbox.open([Ref.read(ref)])
    finally:
        gateway.close()


def test_the_inbox_writes_what_is_fit_to_accept_as_a_table_and_a_filter_rejects_the_rest(ground: Ground) -> None:
    paper = ground.papers.pop()
    name = Certificate.parse(paper.read_bytes()).credential.document.credential_subject.identifier[0].identity_hash
    good, lacking = ground.requested(paper), unsent(ground, ground.papers.pop())
    table = ground.zhejiang.folder / "fit.csv"
    ground.zhejiang.huren("transfer", "inbox", "--institution", TARGET, "--out", str(table))
    rows = table.read_text(encoding="utf-8-sig").splitlines()
    assert f"{good},{name},,3.00" in rows
    assert table.stat().st_mode & 0o077 == 0
    assert not any(lacking in row for row in rows)
    filled = ground.zhejiang.folder / "filled.csv"
    filled.write_text(
        f"transfer,name,student,credits\n{good},{name},20270010,3.00\n{good},,20270010,3.00\n{good},,20270011,3.00\n"
    )
    told = ground.zhejiang.huren("transfer", "accept", "--file", str(filled), "--yes", code=1)["decisions"]
    assert [one["problem"] and one["problem"]["code"] for one in told] == [None, None, "transfer.under_way"]
    assert told[0]["block"] == told[1]["block"]
    words = ("transfer", "reject", "--institution", TARGET, "--failing", "--reason", "documents-missing", "--yes")
    rejected = {one["transfer"] for one in ground.zhejiang.huren(*words)["decisions"]}
    assert lacking in rejected
    assert good not in rejected
    ground.zhejiang.huren("transfer", "reject", "--reason", "otherwise", "--yes", code=64)


def test_an_officer_decides_on_a_device_of_their_own_with_the_enrolment_that_the_centre_gave(ground: Ground) -> None:
    ref = ground.requested(ground.papers.pop())
    table = ground.zhejiang.folder / "device.csv"
    table.write_text(f"transfer,enrolment\n{ref},0x{'5e' * 32}\n")
    officer = ground.zhejiang.folder / "data" / "keys" / "officers" / TARGET / "officer-1.json"
    device = ground.zhejiang.folder / "officer-device.json"
    officer.rename(device)
    try:
        own = ("--account", str(device), "--passphrase-file", str(ground.zhejiang.folder / "passphrase"))
        told = ground.zhejiang.huren("transfer", "accept", "--file", str(table), "--yes", *own)["decisions"]
    finally:
        device.rename(officer)
    assert (told[0]["problem"], told[0]["enrolment"]) == (None, "0x" + "5e" * 32)
    table.write_text(f"transfer,enrolment\n{ref},0x12\n")
    told = ground.zhejiang.huren("transfer", "accept", "--file", str(table), "--yes", code=1)["decisions"]
    assert told[0]["problem"]["code"] == "document.shape"


def test_an_officer_who_changes_their_mind_while_it_is_on_its_way_is_told(ground: Ground) -> None:
    ref = Ref.read(ground.requested(ground.papers.pop()))
    gateway = ground.zhejiang.gateway()
    gateway.indexer(attesting=False).advance()
    officer = gateway.keys.officer_account(TARGET)
    service = gateway.recognition.decisions
    [first] = service.decide([Accept(ref, student="20270020")], officer)
    assert first.entry is not None
    [second] = service.decide([Reject(ref, Return.DUPLICATE)], officer)
    assert second.problem is not None
    assert second.problem.code == "transfer.under_way"
    [same] = service.decide([Accept(ref, student="20270020")], officer)
    assert same.entry == first.entry
    service.settle([first, same], officer, seconds=60)
    assert first.block == same.block is not None
    gateway.close()


def test_a_decision_for_another_province_is_not_ours(ground: Ground) -> None:
    ref = ground.requested(ground.papers.pop())
    told = ground.shanghai.huren("transfer", "reject", ref, "--reason", "otherwise", "--yes", code=1)["decisions"]
    assert told[0]["problem"]["code"] == "transfer.not_ours_to_decide"
    gateway = ground.shanghai.gateway()
    [opened] = gateway.recognition.inbox.open([Ref.read(ref)])
    gateway.close()
    assert opened.problem is not None
    assert opened.problem.code == "transfer.not_ours_to_decide"
    ground.shanghai.huren("transfer", "cancel", ref, "--yes")


# --- accounts that are deleted


def test_deleting_the_account_takes_the_evidence_and_the_letters_along(ground: Ground) -> None:
    paper = ground.papers.pop()
    signed = ground.shanghai.folder / "signed-too.pdf"
    signed.write_bytes(b"signed too")
    [asked] = ground.request(paper, more=("--consent", str(signed)))["requests"]
    gateway = ground.shanghai.gateway()
    application = gateway.recognition.applications.find(asked["application"])
    cid = cid_of(application.consent or b"")
    assert gateway.blobs.has(cid)
    told = ground.shanghai.huren("account", "delete", str(application.learner), "--yes")
    assert told["letters"] == 1
    assert not gateway.blobs.has(cid)
    with pytest.raises(Exception, match="does not open"):
        gateway.recognition.applications.evidence(asked["application"])
    digest = (application.evidence or b"").hex()
    assert not list((ground.shanghai.folder / "data" / "consents").rglob(f"{digest}*"))
    gateway.close()


# --- nobody decides


def test_what_nobody_decides_in_time_comes_back_once_whoever_sweeps(ground: Ground) -> None:
    deadline = day_of(ground.law.now + 2 * 86_400)
    paper = ground.papers.pop()
    [asked] = ground.request(paper, more=("--consent-on-file", "--deadline", str(deadline)))["requests"]
    ref = asked["transfer"]
    assert ground.zhejiang.huren("transfer", "expire", "--yes") == {"expired": [], "notDue": []}
    assert ground.zhejiang.huren("transfer", "expire", ref, "--yes")["notDue"] == [ref]
    while ground.law.now < begin_of(deadline):
        ground.pass_days(1)
    ground.pass_days(30)
    assert waits(ground, ref)["overdue"] is True
    assert [one["transfer"] for one in ground.zhejiang.huren("transfer", "inbox", "--overdue")["waiting"]] == [ref]
    decided = ground.accept(ref, "20270030", code=1)
    assert decided["problem"]["code"] == "letter.expired"
    # both centres want it: the slower one finds it done
    slower = ground.zhejiang.gateway()
    request = slower.recognition.book().find(Ref.read(ref))
    with slower.database.write() as connection:
        intent = expiry(request, slower.recognition.desk.ledger())
        entries = enqueue(connection, slower.sender.address, [intent], now=int(time.time()))
    told = ground.shanghai.huren("transfer", "expire", "--yes")["expired"]
    assert [(one["transfer"], one["state"]) for one in told] == [(ref, "final")]
    [entry] = slower.sender.settle(entries, seconds=60)
    assert entry.state is OutboxState.FINAL
    slower.indexer(attesting=False).advance()
    assert slower.recognition.expiry.queue() == {}
    slower.close()
    shown = ground.show(ref)
    assert (shown["standing"], shown["reason"]) == ("returned", "expired")
    [again] = ground.apply(paper)["applications"]  # and the outcome may be applied for again
    assert again["state"] == "waiting"
