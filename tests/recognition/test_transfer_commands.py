"""``huren transfer`` on a real chain: from a certificate to credits in another province, and all that is refused."""

from __future__ import annotations

import io
import json

import pytest
from ground import CODE, PROGRAMME, SOURCE, TARGET, Ground
from ledger_world import SHANGHAI, ZHEJIANG

from gateway.domain.claims import outcome_word
from gateway.domain.hashing import sha256

pytestmark = [pytest.mark.network, pytest.mark.timeout(600)]


@pytest.fixture
def ground(made: Ground, capsys: pytest.CaptureFixture[str]) -> Ground:
    made.lend(lambda: capsys.readouterr().out)
    if not made.agreement:
        made.agree(lambda: capsys.readouterr().out)
    return made


@pytest.fixture
def ready(ground: Ground) -> Ground:
    """The agreement in force, the programme declared, the officer three days in office; a new certificate each time."""
    if ground.zhejiang.huren("programme", "show", TARGET, PROGRAMME)["window"] == "undeclared":
        ground.pass_days(8)
        words = ("programme", "declare", TARGET, PROGRAMME, "--window", "whole", "--headcount", "40", "--yes")
        told = ground.zhejiang.huren(*words)
        assert told["word"] == "0x" + outcome_word(PROGRAMME).hex()
    return ground


def test_before_the_agreement_is_in_force_the_quote_says_so(ground: Ground) -> None:
    told = ground.request(ground.papers[0], code=1)
    assert told["requests"] == []
    [finding] = told["findings"]
    assert finding["code"] == "transfer.quote"
    assert "not in force" in finding["en"]
    assert "未生效" in finding["zh"]


def test_a_programme_that_nobody_declared_is_refused_in_words(ready: Ground) -> None:
    [asked] = ready.request(ready.papers[0], code=1, programme="ZJ-NO-1")["requests"]
    assert asked["problem"]["code"] == "ProgrammeUndeclared"
    assert "huren programme declare" in asked["problem"]["en"]
    for language in ("zh", "en"):
        assert " ZJ-NO-1" in asked["problem"][language]  # this gateway was told the code: nobody reads its digest
        assert "0x" not in asked["problem"][language]


def test_a_request_is_quoted_and_its_letter_says_what_was_consented_to(ready: Ground) -> None:
    signed = ready.shanghai.folder / "signed.pdf"
    signed.write_bytes(b"signed")
    paper = ready.papers.pop()
    [asked] = ready.request(paper, more=("--consent", str(signed), "--how", "counter"))["requests"]
    assert (asked["quoted"], asked["state"]) == ("3.00", "final")
    shown = ready.show(asked["transfer"])
    assert (shown["standing"], shown["quoted"], shown["hash"]) == ("requested", "3.00", asked["hash"])
    assert (shown["institution"], shown["targetInstitution"], shown["rule"]) == (SOURCE, TARGET, 1)
    assert shown["consent"] == asked["letter"]
    [waiting] = [one for one in ready.zhejiang.huren("transfer", "inbox")["waiting"] if one["hash"] == asked["hash"]]
    assert (waiting["verdict"], waiting["problem"], waiting["consent"]["how"]) == ("valid", None, "counter")
    [kept] = [
        one for one in ready.shanghai.huren("transfer", "applications")["applications"] if one["hash"] == asked["hash"]
    ]
    assert (kept["programmeCode"], kept["institutionName"]) == (PROGRAMME, "上海开放大学")
    for centre, page in ((ready.shanghai, "applications"), (ready.zhejiang, "inbox")):
        assert PROGRAMME[:10] in centre.tell("transfer", page)  # a narrow column folds the rest
    assert kept["consent"]["evidence"] == "0x" + sha256(b"signed").hex()
    folder = ready.shanghai.folder / "data" / "consents"
    assert b"signed" not in b"".join(path.read_bytes() for path in folder.rglob("*.sealed"))
    gateway = ready.shanghai.gateway()
    assert gateway.recognition.applications.evidence(kept["application"]) == b"signed"
    gateway.close()
    again = ready.request(paper, more=("--consent", str(signed)))["requests"]  # under way: the same application
    assert [one["transfer"] for one in again] == [asked["transfer"]]


def test_a_certificate_by_its_hash_is_found_in_our_own_store(ready: Ground) -> None:
    paper = ready.papers.pop()
    leaf = ready.shanghai.huren("verify", str(paper))["hash"]
    words = (
        "--agreement",
        ready.agreement,
        "--rule",
        "1",
        "--to",
        TARGET,
        "--programme",
        PROGRAMME,
        "--consent-on-file",
    )
    [asked] = ready.shanghai.huren("transfer", "request", leaf, "--yes", *words)["requests"]
    assert asked["hash"] == leaf
    told = ready.zhejiang.huren("transfer", "request", leaf, "--yes", *words, code=1)
    assert told["findings"][0]["code"] == "transfer.not_ours"


def test_an_accepted_outcome_is_used_once_and_flagged_once_revoked(ready: Ground) -> None:
    paper = ready.papers.pop()
    ref = ready.requested(paper)
    decided = ready.accept(ref, "20260001", "--presentation", str(paper))
    assert (decided["verdict"], decided["awarded"], decided["problem"]) == ("valid", "3.00", None)
    assert ready.show(ref)["standing"] == "accepted"
    [again] = ready.request(paper, code=1)["findings"]
    assert (again["code"], again["field"]) == ("transfer.used", "certificate")
    assert f"已在转换中使用：{ref}" in again["zh"]
    assert f"it was used already: {ref}" in again["en"]
    claim = bytes.fromhex(json.loads(paper.read_bytes())["receipt"]["facts"]["claim"][2:])
    for centre in (ready.shanghai, ready.zhejiang):  # a claim is a digest: the code of what is claimed says more
        gateway = centre.gateway()
        assert gateway.recognition.meanings.get(claim) == CODE
        gateway.close()
    leaf = ready.shanghai.huren("verify", str(paper))["hash"]
    ready.shanghai.huren("revoke", leaf, "--reason", "fraud")
    assert ready.show(ref)["standing"] == "flagged"
    page = ready.zhejiang.tell("transfer", "show", ref)
    for words in (
        "flagged",
        "来源机构 / source institution",
        "专业 / programme",
        PROGRAMME,
        ready.show(ref)["outcomeCode"],
    ):
        assert words in page


# The law: "--reject / cancel … Returned"
def test_what_is_rejected_may_be_asked_for_again_and_taken_back(ready: Ground) -> None:
    paper = ready.papers.pop()
    ref = ready.requested(paper)
    ready.zhejiang.huren("transfer", "reject", ref, "--reason", "documents-missing", "--yes")
    shown = ready.show(ref)
    assert (shown["standing"], shown["reason"]) == ("returned", "documents-missing")
    again = ready.requested(paper)
    assert int(again.rpartition("-")[2]) == int(ref.rpartition("-")[2]) + 1
    ready.shanghai.huren("transfer", "cancel", again, "--yes")
    assert (ready.show(again)["standing"], ready.show(again)["reason"]) == ("returned", "cancelled")
    decided = ready.accept(again, "20260002", code=1)
    assert (decided["problem"]["code"], decided["problem"]["field"]) == ("transfer.finished", "transfer")


def test_nothing_is_awarded_for_a_credential_that_does_not_verify(ready: Ground) -> None:
    paper, other = ready.papers.pop(), ready.papers[0]
    ref = ready.requested(paper)
    shown = ready.accept(ref, "20260003", "--presentation", str(other), code=1)
    assert shown["problem"]["code"] == "transfer.presentation"
    leaf = ready.shanghai.huren("verify", str(paper))["hash"]
    ready.shanghai.huren("suspend", leaf, "--reason", "error")
    decided = ready.accept(ref, "20260003", code=1)
    assert decided["problem"]["code"] == "transfer.verification"
    assert "suspended" in decided["problem"]["en"]
    ready.shanghai.huren("reinstate", leaf)
    assert ready.accept(ref, "20260003")["problem"] is None


def test_awards_are_bounded_by_the_quote_and_by_the_cap(ready: Ground) -> None:
    first, second, third = (ready.requested(ready.papers.pop()) for _ in range(3))
    above = ready.accept(first, "20260004", "--credits", "3.01", code=1)
    assert "quoted" in above["problem"]["en"]
    table = ready.zhejiang.folder / "decisions.csv"
    table.write_text(f"transfer,student,credits\n{first},20260004,2.5\n{second},20260004,\n{third},20260004,1\n")
    told = ready.zhejiang.huren("transfer", "accept", "--file", str(table), "--yes", code=1)["decisions"]
    assert [one["problem"] is None for one in told] == [True, True, False]
    assert "cap" in told[2]["problem"]["en"]
    assert [ready.show(ref)["awarded"] for ref in (first, second, third)] == ["2.50", "3.00", "0.00"]
    assert len({one["enrolment"] for one in told}) == 1
    assert ready.accept(third, "20260005")["problem"] is None  # another student has a cap of their own


def test_the_rule_says_why_it_gives_nothing(ready: Ground) -> None:
    told = ready.request(*ready.low, code=1)
    assert "below the rule's minimum" in told["findings"][0]["en"]
    assert told["requests"] == []
    words = (
        "--agreement",
        ready.agreement,
        "--rule",
        "2",
        "--to",
        TARGET,
        "--programme",
        PROGRAMME,
        "--consent-on-file",
    )
    told = ready.shanghai.huren("transfer", "request", str(ready.low[0]), "--yes", *words, code=1)
    assert told["findings"][0]["code"] == "transfer.rule"


def test_nobody_decides_by_silence_and_names_are_read_strictly(ready: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    ref = ready.requested(ready.papers.pop())
    monkeypatch.setattr("sys.stdin", io.StringIO("20260009\n"))
    ready.zhejiang.tell("transfer", "accept", ref, code=1)
    ready.zhejiang.tell("transfer", "reject", ref, "--reason", "otherwise", code=1)
    assert ready.show(ref)["standing"] == "requested"
    assert ready.zhejiang.huren("transfer", "show", "1-2-3", code=64)["error"]["code"] == "transfer.ref"
    unknown = ready.zhejiang.huren("transfer", "show", f"{SHANGHAI}-{ZHEJIANG}-999", code=1)
    assert unknown["error"]["code"] == "transfer.unknown"
    monkeypatch.setattr("sys.stdin", io.StringIO("２０２６０００９\n"))
    told = ready.zhejiang.huren("transfer", "accept", ref, "--yes")["decisions"][0]
    assert told["problem"] is None
    wrong = ready.zhejiang.folder / "wrong.csv"
    wrong.write_text("ref,name\n1,2\n")
    ready.zhejiang.huren("transfer", "accept", "--file", str(wrong), "--yes", code=64)
    ready.zhejiang.huren("transfer", "accept", ref, "--file", str(wrong), code=64)
    wrong.write_text(f"transfer,student,presentation\n{ref}\n{ref},1,lost.json\n")
    both = ready.zhejiang.huren("transfer", "accept", "--file", str(wrong), "--yes", code=1)["decisions"]
    assert [one["problem"]["code"] for one in both] == ["transfer.student", "transfer.presentation_file"]
    assert both[0]["problem"]["field"] == "student"
    wrong.write_text(f"transfer,student\n{ref},1\n")
    [done] = ready.zhejiang.huren("transfer", "accept", "--file", str(wrong), "--yes", code=1)["decisions"]
    assert done["problem"]["code"] == "transfer.finished"
    nobody = ready.requested(ready.papers.pop())
    wrong.write_text(f"transfer,student\n{nobody},\n")
    [told] = ready.zhejiang.huren("transfer", "accept", "--file", str(wrong), "--yes", code=1)["decisions"]
    assert told["problem"]["code"] == "transfer.student"


def test_every_learner_consents_for_themselves(ready: Ground) -> None:
    one, other = ready.papers[:2]
    signed = ready.shanghai.folder / "signed.pdf"
    signed.write_bytes(b"signed")
    words = ("--agreement", ready.agreement, "--rule", "1", "--to", TARGET, "--programme", PROGRAMME)
    for more in ((), ("--consent", str(signed)), ("--consent", str(signed), "--consent-on-file")):
        ready.shanghai.huren("transfer", "request", str(one), str(other), "--yes", *words, *more, code=64)


# The law: "(none) --request--> Requested --accept--> Accepted --reverse--> Reversed"
def test_an_award_is_withdrawn_by_both_sides_and_the_outcome_is_free_again(ready: Ground) -> None:
    paper = ready.papers.pop()
    ref = ready.requested(paper)
    ready.accept(ref, "20260020")
    for _ in range(2):  # run again, it is told and not done twice
        told = ready.zhejiang.huren("transfer", "reverse", ref, "--yes", *ready.zhejiang.by("admin", "operator"))
        assert told["standing"] == "accepted"  # one side alone
    for centre in (ready.shanghai, ready.shanghai, ready.zhejiang):
        told = centre.huren("transfer", "reverse", ref, "--yes", *centre.by("admin", "operator"))
        assert told["standing"] == "reversed"
    again = ready.requested(paper)
    ready.shanghai.huren("transfer", "cancel", again, "--yes")
    # and then it is taken out of circulation for good
    words = ("transfer", "retire", str(paper), "--reason", "used-at-home", "--yes")
    for _ in range(2):
        told = ready.shanghai.huren(*words, *ready.shanghai.by("admin", "operator"))
        assert (told["institution"], told["reason"]) == (SOURCE, "used-at-home")
    [refused] = ready.request(paper, code=1)["findings"]
    assert refused["code"] == "transfer.used"
    assert "it was retired" in refused["en"]


def test_a_rejection_is_explained_appealed_against_and_decided_by_the_target(ready: Ground) -> None:
    ref = ready.requested(ready.papers.pop())
    letters = {name: ready.shanghai.folder / f"{name}.md" for name in ("explanation", "appeal", "answer")}
    for name, path in letters.items():
        path.write_text(f"{name}\n第二行")
    reason = ("--reason", "not-equivalent", "--explanation", str(letters["explanation"]), "--yes")
    ready.zhejiang.huren("transfer", "reject", ref, *reason)
    again = ready.zhejiang.huren("transfer", "reject", ref, *reason)["decisions"]  # killed and run again, say
    assert again[0]["problem"] is None
    lacking = ready.shanghai.huren("transfer", "show", ref)["letters"]["explanation"]
    assert lacking["problem"]["code"] == "letter.not_there"
    assert "cannot check" in lacking["problem"]["en"]
    ready.carry()
    shown = ready.shanghai.huren("transfer", "show", ref)["letters"]
    assert shown == {"explanation": {"text": "explanation\n第二行", "problem": None}}
    words = ("transfer", "appeal", ref, "--statement", str(letters["appeal"]), "--yes")
    for _ in range(2):
        assert ready.shanghai.huren(*words)["transactions"][0]["state"] == "final"
    other = ("transfer", "appeal", ref, "--statement", str(letters["answer"]), "--yes")
    assert ready.shanghai.huren(*other, code=1)["error"]["code"] == "transfer.appealed"
    ready.carry()
    decide = ("transfer", "decide-appeal", ref, "--ruling", "upheld", "--statement", str(letters["answer"]), "--yes")
    blocks = {ready.zhejiang.huren(*decide, *ready.zhejiang.by("admin", "operator"))["block"] for _ in range(2)}
    assert len(blocks) == 1
    ready.carry()
    for centre in (ready.shanghai, ready.zhejiang):
        shown = centre.huren("transfer", "show", ref)
        told = shown["letters"]
        assert shown["appeal"] == "upheld"
        assert {name: one["text"].partition("\n")[0] for name, one in told.items()} == {name: name for name in letters}
    page = ready.zhejiang.tell("transfer", "show", ref)
    assert "Grounds of the appeal" in page
    assert "申诉成立" in page
    dismissed = [*decide[:3], "--ruling", "dismissed", *decide[5:]]
    refused = ready.zhejiang.huren(*dismissed, *ready.zhejiang.by("admin", "operator"), code=1)["error"]
    assert "appeal" in refused["en"]
    ready.zhejiang.tell(*decide[:-1], code=1)  # nobody said yes


def test_both_provinces_list_the_transfer_and_a_third_sees_it_with_all(ready: Ground) -> None:
    mine = ready.shanghai.huren("transfer", "list")["transfers"]
    assert mine == ready.zhejiang.huren("transfer", "list")["transfers"]
    assert len(mine) >= 1
    assert "报价" in ready.shanghai.tell("transfer", "list", "--all")


def test_a_programmes_window_is_only_tightened(ready: Ground) -> None:
    words = ("programme", "declare", TARGET, PROGRAMME, "--window", "year", "--yes")
    refused = ready.zhejiang.huren(*words, code=1)["error"]
    assert "only" in refused["en"]
    told = ready.zhejiang.huren("programme", "declare", TARGET, PROGRAMME, "--headcount", "41")
    assert (told["window"], told["headcount"]) == ("whole", 41)  # what is not said stays as it is
    ready.zhejiang.huren("programme", "declare", TARGET, "ZJ-NEW-1", "--headcount", "1", code=64)
    ready.zhejiang.tell("programme", "declare", TARGET, "ZJ-NEW-1", "--window", "year", code=1)
    assert ready.zhejiang.huren("programme", "show", TARGET, "ZJ-NEW-1")["window"] == "undeclared"
