"""``huren options`` on a real chain: what a certificate or an outcome gives now, later, and why not elsewhere."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

import pytest
from ground import CODE, SOURCE, TARGET, Ground
from ledger_world import DAY, SHANGHAI, ZHEJIANG, World, account, uscc
from quoting import OUTCOMES, SOURCES, Field

from gateway.domain.civil_time import month_of
from gateway.domain.claims import outcome_word
from gateway.domain.panel import Opinion
from gateway.domain.quote import Refusal
from gateway.domain.rule import CLAIM
from gateway.ledger.reader import ChainReader
from gateway.ledger.recognition_events import RecognitionEvents
from gateway.recognition.agreements.chain import AgreementBook
from gateway.recognition.options.book import Asked, OptionBook

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.network, pytest.mark.timeout(600)]

SECOND, THIRD = uscc(ZHEJIANG, 11), uscc(ZHEJIANG, 12)
RULES = f"""\
parties: [Shanghai, Zhejiang]
from: {{begin}}
until: {{end}}
approve_by: {{by}}
public_notice: 7 days
withdrawal_notice: 30 days
text: agreement.yaml
rules:
  - source: {{{{province: Shanghai, institution: "{SOURCE}", outcome: {CODE}, category: academic, minimum_grade: 60}}}}
    target: {{{{province: Zhejiang, institution: "{TARGET}", kind: academic}}}}
    ratio: 3/4
    most_credits: 4
    cap: 6 credits
  - source: {{{{province: Shanghai, category: academic}}}}
    target: {{{{province: Zhejiang, institution: "{SECOND}", programme: ZJ-ACC-2026, kind: academic}}}}
    ratio: 1
    most_credits: 2.5
  - source: {{{{province: Shanghai, institution: "{SOURCE}", outcome: {CODE}, category: academic, minimum_grade: 100}}}}
    target: {{{{province: Zhejiang, institution: "{THIRD}", kind: academic}}}}
    ratio: 1
    most_credits: 4
  - source: {{{{province: Shanghai, institution: "{SOURCE}", outcome: SOU-OTHER-1, category: academic}}}}
    target: {{{{province: Zhejiang, institution: "{THIRD}", kind: academic}}}}
    ratio: 1
    most_credits: 4
"""


@pytest.fixture(scope="module")
def made(law: World, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return Ground(law, tmp_path_factory.mktemp("options"))


@pytest.fixture
def ground(made: Ground, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ground:
    made.lend(lambda: capsys.readouterr().out)
    if not made.agreement:
        monkeypatch.setattr("ground.AGREEMENT", RULES)
        made.law.accredit(SECOND)
        made.law.accredit(THIRD)
        made.agree(lambda: capsys.readouterr().out)
    return made


def full_marks(paper: Path) -> bool:
    grade = json.loads(paper.read_bytes())["receipt"]["facts"]["gradeStep"]
    return bool(grade == 20)


@pytest.fixture
def paper(ground: Ground) -> Path:
    """A certificate that is good, yet not the best."""
    return next(one for one in ground.papers if not full_marks(one))


def test_what_is_in_notice_is_told_with_the_day_from_which_it_counts(ground: Ground, paper: Path) -> None:
    told = ground.shanghai.huren("options", str(paper))
    assert told["outcome"]["example"] is False
    assert (told["obstacles"], told["options"]) == ([], [])
    assert [(one["rule"], one["state"]) for one in told["later"]] == [(1, "notice"), (2, "notice")]
    assert all(one["from"] > told["time"] for one in told["later"])
    assert "将来可转换" in ground.shanghai.tell("options", str(paper))


def test_options_are_ranked_by_credits_given_and_say_what_bounds_them(ground: Ground, paper: Path) -> None:
    ground.pass_days(8)
    told = ground.shanghai.huren("options", str(paper))
    assert told["later"] == []
    assert [(one["rule"], one["credits"], one["boundByMost"], one["cap"]) for one in told["options"]] == [
        (1, "3.00", False, "6.00"),
        (2, "2.50", True, None),
    ]
    second, first = told["options"]
    assert first["target"]["institution"] == SECOND
    assert first["target"]["programme"] == "0x" + outcome_word("ZJ-ACC-2026").hex()
    assert (second["target"]["province"], second["target"]["programme"]) == (ZHEJIANG, None)
    assert told["outcome"]["outcomeCode"] == CODE
    # Shanghai proposed the agreement from its file, so its gateway has seen the codes in clear.
    assert (first["target"]["programmeCode"], second["target"]["programmeCode"]) == ("ZJ-ACC-2026", None)
    assert "in the programme ZJ-ACC-2026" in first["en"]
    assert (first["state"], first["agreement"]) == ("active", ground.agreement)
    near, far = told["others"]
    assert [one["code"] for one in near["reasons"]] == ["grade_too_low"]
    assert near["rule"] == 3
    assert "100 is asked for" in near["reasons"][0]["en"]
    assert [one["code"] for one in far["reasons"]] == ["other_outcome"]
    shown = ground.shanghai.tell("options", str(paper))
    for word in ("现在可转换", "counts now", "cap", "成绩低于规则的最低要求"):
        assert word in shown


def test_a_certificate_of_ours_is_found_by_its_hash_and_of_others_it_takes_the_file(
    ground: Ground, paper: Path
) -> None:
    leaf = ground.shanghai.huren("verify", str(paper))["hash"]
    by_hash, by_file = ground.shanghai.huren("options", leaf), ground.zhejiang.huren("options", str(paper))
    amounts = [
        [(one["agreement"], one["rule"], one["credits"]) for one in told["options"]] for told in (by_hash, by_file)
    ]
    assert amounts[0] == amounts[1]
    assert by_hash["outcome"] == by_file["outcome"]
    here, there = ([one["target"]["programmeCode"] for one in told["options"]] for told in (by_hash, by_file))
    assert (here, there) == ([None, "ZJ-ACC-2026"], [None, None]), "each gateway tells the codes that it has seen"
    assert ground.zhejiang.huren("options", leaf, code=1)["error"]["code"] == "transfer.not_ours"
    ground.shanghai.huren("options", str(paper), "--level", "3", code=64)


def test_an_outcome_by_its_code_alone_is_an_example_that_asks_for_what_it_lacks(ground: Ground) -> None:
    name = f"{SOURCE}/{CODE}"
    refused = ground.shanghai.huren("options", name, "--level", "5", code=64)["error"]
    assert refused["code"] == "options.outcome"
    assert "category, credits" in refused["en"]
    words = ("--category", "学历", "--level", "5", "--credits", "4")
    told = ground.shanghai.huren("options", name, *words)
    assert told["outcome"]["example"] is True
    assert [(one["rule"], one["credits"]) for one in told["options"]] == [(2, "2.50")]
    assert told["others"][0]["reasons"][0]["code"] == "fact_closed"
    assert "--grade" in told["others"][0]["reasons"][0]["en"]
    graded = ground.shanghai.huren("options", name, *words, "--grade", "88.5", "--awarded", "2026-03-01")
    assert [(one["rule"], one["credits"]) for one in graded["options"]] == [(1, "3.00"), (2, "2.50")]
    assert graded["outcome"]["awarded"] == "2026-03"
    assert "示例" in ground.shanghai.tell("options", name, *words)
    nowhere = ground.shanghai.huren("options", f"{uscc(SHANGHAI, 99)}/X-1", *words, code=1)["error"]
    assert nowhere["code"] == "options.institution"
    ground.shanghai.huren("options", name, "--category", "other", code=64)


def test_what_a_panel_found_stands_in_for_what_was_not_said(ground: Ground, law: World) -> None:

    institution = uscc(320_000, 7)
    law.accredit(institution)
    Field(law, random.Random(1)).evaluate(institution, "JS-EV-1", 2, [Opinion(4, 800)] * 5)
    gateway = ground.shanghai.gateway()
    try:
        gateway.indexer(attesting=False).advance()
        book = OptionBook(law.calls, RecognitionEvents(gateway.database), ChainReader(law.calls), gateway.codes)
        found = book.for_outcome(Asked(institution, "JS-EV-1"))
        shown = found.subject.to_json()
        assert (shown["category"], shown["level"], shown["credits"]) == ("vocational", 4, "8.00")
        assert shown["evaluation"] is not None
        own = book.for_outcome(Asked(institution, "JS-EV-1", credits=500, month=month_of(law.now)))
        assert own.subject.to_json()["credits"] == "5.00"
        assert all(Refusal.OTHER_PROVINCE in one.reasons for one in found.misses)
    finally:
        gateway.close()


def test_every_rule_is_answered_as_the_contract_answers_it(ground: Ground, law: World) -> None:
    chance = random.Random(7)
    field = Field(law, chance)
    field.accredit()
    field.evaluate(SOURCES[0], OUTCOMES[0], 2, [Opinion(4, 800)] * 5)
    field.agree(7)
    law.pass_over(11 * DAY)
    gateway = ground.shanghai.gateway()
    try:
        gateway.indexer(attesting=False).advance()
        events = RecognitionEvents(gateway.database)
        book, chain = (
            OptionBook(law.calls, events, ChainReader(law.calls), gateway.codes),
            AgreementBook(law.calls, events),
        )
        given = 0
        for _ in range(8):
            asked = Asked(
                chance.choice(SOURCES), chance.choice(OUTCOMES), chance.randint(1, 3), chance.randint(1, 6),
                chance.randint(1, 1_500), chance.choice((10, 18, 255)), month_of(law.now) - chance.randint(0, 30),
            )  # fmt: skip
            found = book.for_outcome(asked)
            facts = {**found.subject.facts, CLAIM: 5}
            word = asked.institution.encode().ljust(32, b"\0")
            answers = {(one.ref.agreement, one.ref.number): (one.credits, Refusal.NONE) for one in found.now}
            answers |= {(one.ref.agreement, one.ref.number): (0, one.reasons[0]) for one in found.misses}
            assert len(answers) == 64 + 4 - len(found.later)
            for (agreement, number), answer in answers.items():
                assert chain.quote(agreement, number, word, 2, facts) == answer
            given += len(found.now)
        assert given, "of so many outcomes some give something"
    finally:
        gateway.close()


def test_what_keeps_a_credential_from_counting_is_said_first(ground: Ground) -> None:
    used, gone = ground.papers[-1], ground.papers[-2]
    leaf = ground.shanghai.huren("verify", str(gone))["hash"]
    ground.shanghai.huren("revoke", leaf, "--reason", "fraud")
    told = ground.shanghai.huren("options", leaf)
    assert [one["code"] for one in told["obstacles"]] == ["status"]
    assert "吊销" in told["obstacles"][0]["zh"]
    claim = bytes.fromhex(json.loads(used.read_bytes())["receipt"]["facts"]["claim"][2:])
    word = SOURCE.encode().ljust(32, b"\0")
    for role in ("admin", "operator"):
        ground.law.transact(account(SHANGHAI, role), "TransferLedger", "retire", word, claim, 1)
    told = ground.shanghai.huren("options", str(used))
    assert [one["code"] for one in told["obstacles"]] == ["retired"]
    assert "⚠" in ground.shanghai.tell("options", str(used))
