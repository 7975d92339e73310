"""Rules in sentences, examples on both sides of their bounds, and what changes between two agreements."""

from __future__ import annotations

import dataclasses
import datetime as dt

from gateway.domain.civil_time import DAY, begin_of
from gateway.domain.panel import Finding
from gateway.domain.quote import Refusal
from gateway.domain.rule import ANY, NO_CAP, Rule
from gateway.domain.terms import Terms
from gateway.recognition.agreements.diff import changes
from gateway.recognition.agreements.examples import examples
from gateway.recognition.agreements.sentences import Speaker, credit_text, ratio_text

CODE, PROGRAMME, PANEL = b"\x01" * 32, b"\x02" * 32, b"\x03" * 32
BEGIN, END = begin_of(dt.date(2026, 1, 1)), begin_of(dt.date(2030, 1, 1))
RULE = Rule(
    source_institution=b"123200004660001235".ljust(32, b"\0"),
    outcome=CODE,
    evaluation=PANEL,
    source_province=320_000,
    category=2,
    lowest_level=4,
    highest_level=4,
    minimum_grade=12,
    accepts_ungraded=False,
    greatest_age=60,
    target_institution=ANY,
    programme=ANY,
    course=ANY,
    target_province=330_000,
    kind=2,
    numerator=3,
    denominator=4,
    most_credits=600,
    cap=1_200,
    valid_from=BEGIN,
    valid_until=END,
)
TERMS = Terms(1, bytes(20), 0, (320_000, 330_000), (RULE,), BEGIN, END, BEGIN + DAY, 7 * DAY, 30 * DAY, PROGRAMME)
SPEAKER = Speaker({CODE: "JS-ASC-4", PANEL: "№ 1"})


def test_a_rule_is_said_whole_in_both_languages() -> None:
    said = SPEAKER.rule(RULE)
    for part in ("江苏省", "123200004660001235", "JS-ASC-4", "职业类", "4 级", "60 分", "60 个月", "№ 1", "浙江省"):
        assert part in said.zh
    for part in ("每 1 学分折合 0.75 学分", "每次至多 6 学分", "累计至多 12 学分", "2026-01-01 至 2029-12-31（含）"):
        assert part in said.zh
    for part in (
        "JS-ASC-4",
        "vocational",
        "level 4",
        "grade 60 or more",
        "not ungraded",
        "60 months",
        "any institution",
    ):
        assert part in said.en
    for part in ("in Zhejiang, in any programme", "becomes 0.75", "at most 6 a transfer", "2029-12-31 inclusive"):
        assert part in said.en


def test_a_rule_without_conditions_says_so() -> None:
    plain = dataclasses.replace(
        RULE, outcome=ANY, evaluation=ANY, source_institution=ANY, minimum_grade=0, greatest_age=0, cap=NO_CAP,
        lowest_level=1, highest_level=6, programme=PROGRAMME, target_institution=CODE,
    )  # fmt: skip
    said = SPEAKER.rule(plain)
    assert "Any outcome (vocational, level 1–6) of any institution in Jiangsu" in said.en
    assert "in the programme 0x02020202…" in said.en
    assert "without a cap" in said.en
    assert "累计不设上限" in said.zh


def test_a_course_and_ungraded_outcomes_are_said() -> None:
    said = Speaker({}).rule(dataclasses.replace(RULE, programme=PROGRAMME, course=CODE, accepts_ungraded=True))
    assert "as course 0x01010101…" in said.en
    assert "or ungraded" in said.en
    assert "作为课程" in said.zh


def test_amounts_and_ratios_are_exact() -> None:
    assert [credit_text(n) for n in (800, 350, 1, 10, 100_005)] == ["8", "3.5", "0.01", "0.1", "1000.05"]
    assert [ratio_text(*r) for r in ((1, 1), (1, 2), (2, 3), (33, 100), (1, 16), (7, 1_000_000))] == [
        "1", "0.5", "2/3", "0.33", "0.0625", "7/1000000",
    ]  # fmt: skip


def test_examples_lie_on_both_sides_of_every_bound() -> None:
    given = {example.said.en: example.quote for example in examples(RULE)}
    refusals = {quote.refusal for quote in given.values()}
    assert refusals == {
        Refusal.NONE, Refusal.LEVEL_OUTSIDE, Refusal.GRADE_TOO_LOW, Refusal.UNGRADED, Refusal.TOO_OLD,
        Refusal.ABOVE_EVALUATION, Refusal.ROUNDS_TO_NOTHING,
    }  # fmt: skip
    assert given["8 credits, level 4, grade 85, awarded 0 months before"].credits == 600
    assert given["4 credits, level 4, grade 85, awarded 0 months before"].credits == 300


def test_examples_follow_what_the_panel_found() -> None:
    finding = Finding(category=2, level=4, credits=400, awarded_from=600, awarded_until=650)
    first = examples(RULE, finding)[0]
    assert first.said.en.startswith("4 credits, level 4")
    assert first.quote.credits == 300


def test_terms_are_said_with_their_last_days() -> None:
    said = " ".join(sentence.en for sentence in SPEAKER.terms(dataclasses.replace(TERMS, supersedes=CODE)))
    for part in (
        "Jiangsu, Zhejiang",
        "2029-12-31 inclusive",
        "by 2026-01-01 inclusive",
        "7 days",
        "30 days",
        "takes the",
    ):
        assert part in said


def test_what_changes_is_told_field_by_field_and_rule_by_rule() -> None:
    other = dataclasses.replace(RULE, outcome=PROGRAMME)
    cheaper = dataclasses.replace(RULE, most_credits=500)
    new = dataclasses.replace(TERMS, rules=(cheaper, other), public_notice=10 * DAY, parties=(310_000, *TERMS.parties))
    found = changes(TERMS, new, SPEAKER)
    assert [(change.sign, change.what.en) for change in found[:2]] == [("~", "parties"), ("~", "public notice")]
    assert found[1].before is not None
    assert (found[1].before.en, found[1].after.en if found[1].after else "") == ("7 days", "10 days")
    assert [(change.sign, change.what.en[:4]) for change in found[2:]] == [("~", "rule"), ("+", "Outc")]
    assert "at most 5 a transfer" in (found[2].after.en if found[2].after else "")
    assert [change.sign for change in changes(new, TERMS, SPEAKER)][-1] == "-"
    assert changes(TERMS, TERMS, SPEAKER) == []
