"""Applications at the source centre: entered, confirmed, taken back, many at once; each is asked for once."""

from __future__ import annotations

import pytest
from ground import CODE, PROGRAMME, TARGET, Ground
from sqlalchemy import update

from gateway.domain.civil_time import day_of
from gateway.domain.receipt import Certificate
from gateway.ledger.outbox import OUTBOX
from gateway.ledger.transfer_rows import TransferFilter
from gateway.recognition.applications.values import Consented, Wish
from gateway.recognition.transfers.consent import How
from gateway.recognition.transfers.request import Requests
from gateway.store.models import ApplicationState, OutboxState

pytestmark = [pytest.mark.network, pytest.mark.timeout(600)]


def test_an_application_waits_until_an_operator_confirms_it_and_is_asked_for_once(ground: Ground) -> None:
    paper = ground.papers.pop()
    [entered] = ground.apply(paper)["applications"]
    assert (entered["state"], entered["quoted"], entered["transfer"]) == ("waiting", "3.00", None)
    [again] = ground.apply(paper)["applications"]
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
    [anew] = ground.apply(paper)["applications"]  # it came back: another application
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


def test_of_two_applications_with_one_outcome_the_contract_takes_the_first_alone(ground: Ground) -> None:
    """Both were entered while it was free; only the chain sees both, and says which has it."""
    paper = ground.papers[0]
    first, second = (
        str(ground.apply(paper, more=more)["applications"][0]["application"]) for more in ((), ("--course", "ZJ-C-1"))
    )
    [asked] = ground.shanghai.huren("transfer", "confirm", first, "--yes")["requests"]
    [refused] = ground.shanghai.huren("transfer", "confirm", second, "--yes", code=1)["requests"]
    problem = refused["problem"]
    assert (refused["state"], problem["code"]) == ("failed", "ClaimTaken")
    assert "An outcome is used once" in problem["en"]
    assert f"成果主张 {CODE}" in problem["zh"]
    assert asked["transfer"].rpartition("-")[2] in problem["en"]
    ground.shanghai.huren("transfer", "cancel", asked["transfer"], "--yes")


def test_confirming_again_after_a_kill_between_letter_and_outbox_sends_that_letter(ground: Ground) -> None:
    """The letter is written before the request is queued: a kill in between leaves one letter and no request."""
    [entered] = ground.apply(ground.papers.pop())["applications"]
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
        [finding] = ground.apply(paper, more=more, code=1)["findings"]
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
