"""Transfers at work between two centres: applications, letters that come late, expiry, deletion; each exactly once."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from ground import PROGRAMME, SOURCE, TARGET, Ground
from msgspec.structs import replace
from sqlalchemy import update

from gateway.domain.civil_time import begin_of, day_of
from gateway.domain.manifest import cid_of
from gateway.domain.partial import present
from gateway.domain.receipt import Certificate
from gateway.domain.verdict import Kind
from gateway.ledger.outbox import OUTBOX, enqueue
from gateway.ledger.transfer_rows import TransferFilter
from gateway.recognition.applications.values import Consented, Wish
from gateway.recognition.transfers.consent import How
from gateway.recognition.transfers.decisions import Accept, Reject
from gateway.recognition.transfers.errors import LetterForOthers
from gateway.recognition.transfers.request import Requests, expiry
from gateway.recognition.transfers.values import Ref, Return
from gateway.store.models import ApplicationState, OutboxState

if TYPE_CHECKING:
    from pathlib import Path

    from ledger_world import World

    from gateway.domain.verdict import Verdict

pytestmark = [pytest.mark.network, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def made(law: World, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return Ground(law, tmp_path_factory.mktemp("work"))


@pytest.fixture
def ground(made: Ground, capsys: pytest.CaptureFixture[str]) -> Ground:
    """The agreement in force, the programme declared, the officer three days in office."""
    made.lend(lambda: capsys.readouterr().out)
    if not made.agreement:
        made.agree(lambda: capsys.readouterr().out)
        made.pass_days(8)
        words = ("programme", "declare", TARGET, PROGRAMME, "--window", "whole", "--headcount", "40", "--yes")
        made.zhejiang.huren(*words)
    return made


def waits(ground: Ground, ref: str) -> dict[str, Any]:
    [one] = [one for one in ground.zhejiang.huren("transfer", "inbox")["waiting"] if one["transfer"] == ref]
    return dict(one)


def apply(ground: Ground, *papers: Path, more: tuple[str, ...] = (), code: int = 0) -> dict[str, Any]:
    return ground.shanghai.huren("transfer", "apply", *map(str, papers), *ground.words(1), *more, code=code)


def unsent(ground: Ground, paper: Path) -> str:
    """A request whose letter has not come to the target."""
    words = ("transfer", "request", str(paper), "--yes", *ground.words(1))
    return str(ground.shanghai.huren(*words)["requests"][0]["transfer"])


# --- applying


def test_an_application_waits_until_an_operator_confirms_it_and_is_asked_for_once(ground: Ground) -> None:
    paper = ground.papers.pop()
    [entered] = apply(ground, paper)["applications"]
    assert (entered["state"], entered["quoted"], entered["transfer"]) == ("waiting", "3.00", None)
    [again] = apply(ground, paper)["applications"]
    assert again["application"] == entered["application"]
    number = str(entered["application"])
    ground.shanghai.tell("transfer", "confirm", number, code=1)  # nobody said yes
    refs = {ground.shanghai.huren("transfer", "confirm", number, "--yes")["requests"][0]["transfer"] for _ in range(2)}
    assert len(refs) == 1
    [listed] = ground.shanghai.huren("transfer", "applications", "--state", "requested")["applications"][-1:]
    assert ({listed["transfer"]}, listed["confirmedBy"]) == (refs, "cli")
    refused = ground.shanghai.huren("transfer", "withdraw", number, code=1)["error"]
    assert (refused["code"], refused["field"]) == ("transfer.application_state", "application")
    ground.shanghai.huren("transfer", "cancel", *refs, "--yes")
    [anew] = apply(ground, paper)["applications"]  # it came back: another application
    assert anew["application"] != entered["application"]
    for _ in range(2):
        told = ground.shanghai.huren("transfer", "withdraw", str(anew["application"]))
        assert told["applications"][0]["state"] == "withdrawn"
    told = ground.shanghai.huren("transfer", "confirm", str(anew["application"]), "--yes", code=1)
    assert told["findings"][0]["code"] == "transfer.application_state"
    assert (
        ground.shanghai.huren("transfer", "confirm", "999", "--yes", code=1)["error"]["code"] == "transfer.application"
    )
    ground.papers.insert(0, paper)


def test_confirming_again_after_a_kill_between_letter_and_outbox_sends_that_letter(ground: Ground) -> None:
    """The letter is written before the request is queued: a kill in between leaves one letter and no request."""
    [entered] = apply(ground, ground.papers.pop())["applications"]
    gateway = ground.shanghai.gateway()
    service = gateway.recognition.applications
    application, book = service.find(entered["application"]), service._centre.book()
    ready = service._preparing.ready(application, book, Requests(book, gateway.reader))
    [digest] = gateway.recognition.letters.post([ready.post], at=gateway.reader.final_block().time)
    [confirmed] = service.confirm([entered["application"]], by="operator")
    assert not isinstance(confirmed, Exception)
    assert (confirmed.consent, confirmed.state) == (digest, ApplicationState.CONFIRMED)
    [same] = service.confirm([entered["application"]], by="operator")
    assert same == confirmed
    gateway.sender.settle([confirmed.outbox or 0], seconds=60)
    # A restored backup: the outbox has forgotten that it sent, and the chain knows the consent.
    with gateway.database.write() as connection:
        lost = {"state": OutboxState.QUEUED, "nonce": None, "raw_tx": None, "tx_hash": None, "block": None}
        connection.execute(update(OUTBOX).where(OUTBOX.c.id == confirmed.outbox).values(**lost))
    [entry] = gateway.sender.settle([confirmed.outbox or 0], seconds=60)
    assert entry.state is OutboxState.FINAL
    gateway.indexer(attesting=False).advance()
    assert service.find(entered["application"]).state is ApplicationState.REQUESTED
    asked = [row for row in gateway.recognition.transfers.of_leaf(confirmed.leaf) if row.consent == digest]
    assert len(asked) == 1
    gateway.close()


def test_what_cannot_be_applied_for_says_which_member_is_wrong(ground: Ground) -> None:
    paper = ground.papers[0]
    yesterday, later = day_of(ground.law.now - 86_400), day_of(ground.law.now + 3 * 86_400)
    for more, code, field in (
        (("--deadline", str(yesterday)), "transfer.consent_expired", "deadline"),
        (("--given-at", str(later)), "transfer.consent_time", "givenAt"),
    ):
        [finding] = apply(ground, paper, more=more, code=1)["findings"]
        assert (finding["code"], finding["field"]) == (code, field)
        assert finding["hintZh"]
        assert finding["hintEn"]
    words = ("transfer", "apply", str(paper), *ground.words(7))
    [finding] = ground.shanghai.huren(*words, code=1)["findings"]
    assert (finding["code"], finding["field"]) == ("transfer.rule", "rule")
    ground.shanghai.huren("transfer", "apply", *ground.words(1), code=64)  # no certificate at all
    ground.shanghai.huren("transfer", "confirm", code=64)


def test_many_are_requested_from_a_list_with_a_folder_of_consents(ground: Ground) -> None:
    papers = [ground.papers.pop() for _ in range(3)]
    folder = ground.shanghai.folder / "signed"
    folder.mkdir()
    certificates = [Certificate.parse(paper.read_bytes()) for paper in papers]
    leaves = ["0x" + one.leaf().leaf.hex() for one in certificates]
    (folder / f"{leaves[0]}.pdf").write_bytes(b"by hash")
    (folder / f"{certificates[1].credential.document.credential_subject.license_number}.jpg").write_bytes(b"by number")
    hashes = ground.shanghai.folder / "hashes.txt"
    hashes.write_text("# 三份\n" + "\n".join(leaves) + "\n")
    words = [word for word in ground.words(1) if word != "--consent-on-file"]
    asked = ("transfer", "request", "--file", str(hashes), "--evidence", str(folder), "--yes", *words)
    told = ground.shanghai.huren(*asked, code=1)
    assert [one["hash"] for one in told["requests"]] == leaves[:2]
    assert [(one["certificate"], one["code"]) for one in told["findings"]] == [(leaves[2], "transfer.evidence")]
    (folder / f"{leaves[2]}.pdf").write_bytes(b"now it is there")
    once_more = ground.shanghai.huren(*asked)["requests"]
    assert [one["transfer"] for one in once_more[:2]] == [one["transfer"] for one in told["requests"]]
    assert len({one["transfer"] for one in once_more}) == 3
    roster = ground.shanghai.folder / "other.csv"
    roster.write_text("a,b\n")
    ground.shanghai.huren("transfer", "request", "--roster", str(roster), "--yes", *ground.words(1), code=64)
    ground.carry()
    # an officer rejects all that wait, from a list
    listed = ground.zhejiang.folder / "refs.txt"
    listed.write_text("\n".join(one["transfer"] for one in once_more))
    decided = ground.zhejiang.huren("transfer", "reject", "--file", str(listed), "--reason", "otherwise", "--yes")
    assert [one["problem"] for one in decided["decisions"]] == [None] * 3
    ground.papers += papers


def test_a_whole_roster_is_applied_for(ground: Ground) -> None:
    gateway = ground.shanghai.gateway()
    taken = {row.leaf for row in gateway.recognition.transfers.stream(TransferFilter()) if row.stage in {1, 2}}
    gateway.close()
    told = ground.shanghai.huren(
        "transfer", "apply", "--roster", str(ground.shanghai.folder.parent / "roster.csv"), *ground.words(1), code=1
    )
    leaves = {one["hash"] for one in told["applications"]}
    used = {one["certificate"] for one in told["findings"] if one["code"] == "transfer.used"}
    assert len(leaves | used) == 16
    assert [one["code"] for one in told["findings"] if one["certificate"] not in used] == ["transfer.quote"]  # low
    for one in told["applications"]:
        if one["state"] == "waiting":
            ground.shanghai.huren("transfer", "withdraw", str(one["application"]))
    assert used <= {"0x" + leaf.hex() for leaf in taken} <= leaves | used


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
    [again] = apply(ground, paper)["applications"]  # and the outcome may be applied for again
    assert again["state"] == "waiting"


def test_a_wish_of_the_programming_interface_is_the_same_as_the_commands(ground: Ground) -> None:
    certificate = Certificate.parse(ground.papers[0].read_bytes())
    consented = Consented(How.ONLINE, None, b"clicked")
    wish = Wish(certificate, ground.agreement[:10], 0, TARGET, PROGRAMME, consented, note="请审核", show=("evidence",))
    gateway = ground.shanghai.gateway()
    gateway.indexer(attesting=False).advance()
    [refused] = gateway.recognition.applications.apply([wish], by="token 7")
    assert isinstance(refused, Exception)
    assert refused.code == "present.absent"  # this certificate has no evidence to show
    gateway.close()
