"""Agreement files: both languages, units, and every finding at its line with a code, a value and what to do."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gateway.cli.main import run
from gateway.domain.civil_time import DAY
from gateway.domain.claims import outcome_word
from gateway.domain.panel import Finding, evaluation_id
from gateway.domain.rule import ANY, NO_CAP
from gateway.recognition.agreements.check import check
from gateway.recognition.agreements.reader import read_draft

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

EXAMPLES = Path(__file__).parents[2] / "docs" / "agreements"
GOOD = """\
title: a title
parties: [Shanghai, 320000, 浙江]
from: 2026-12-01
until: 2031-11-30
approve_by: 2027-02-28
public_notice: 10 days
withdrawal_notice: 90 days
text: text.md
rules:
  - name: one
    source:
      province: Jiangsu
      institution: "123200004660001235"
      outcome: JS-ASC-4
      category: vocational
      levels: 3-4
      minimum_grade: 60
      greatest_age: 5 years
    evaluation: 1
    target:
      province: Zhejiang
      kind: vocational
    ratio: 3/4
    most_credits: 6 credits
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes the good file with some texts replaced, beside its legal text."""
    (tmp_path / "text.md").write_text("the text", encoding="utf-8")

    def made(*changes: tuple[str, str], text: str = GOOD) -> Path:
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new, 1)
        path = tmp_path / "agreement.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return made


def found_in(path: Path) -> list[tuple[int, str, str]]:
    return [(one.line, one.place, one.error.code) for one in check(path).findings]


def test_the_good_file_becomes_the_terms_that_it_says(write: Callable[..., Path]) -> None:
    draft, findings = read_draft(write())
    assert findings == []
    assert draft is not None
    terms = draft.terms(7, b"\x11" * 20)
    [rule] = terms.rules
    institution = b"123200004660001235".ljust(32, b"\0")
    assert (terms.chain_id, terms.registry, terms.nonce, terms.supersedes) == (7, b"\x11" * 20, 0, ANY)
    assert terms.parties == (310_000, 320_000, 330_000)
    assert terms.text == hashlib.sha256(b"the text").digest()
    assert (terms.public_notice, terms.withdrawal_notice) == (10 * DAY, 90 * DAY)
    assert terms.valid_from == 1_796_054_400  # 2026-12-01T00:00:00+08:00
    assert terms.valid_until == 1_953_820_800  # the last day is in it: 2031-12-01T00:00:00+08:00
    assert terms.approve_by == 1_803_830_400  # 2027-03-01T00:00:00+08:00
    assert (rule.valid_from, rule.valid_until) == (terms.valid_from, terms.valid_until)
    assert rule.outcome == outcome_word("JS-ASC-4")
    assert rule.evaluation == evaluation_id(institution, rule.outcome, 1)
    assert (rule.source_province, rule.target_province, rule.category, rule.kind) == (320_000, 330_000, 2, 2)
    assert (rule.lowest_level, rule.highest_level, rule.minimum_grade, rule.greatest_age) == (3, 4, 12, 60)
    assert (rule.numerator, rule.denominator, rule.most_credits, rule.cap) == (3, 4, 600, NO_CAP)
    assert (rule.target_institution, rule.programme, rule.course) == (ANY, ANY, ANY)


def test_chinese_and_english_keys_make_the_same_agreement(write: Callable[..., Path]) -> None:
    english = check(write()).terms
    chinese = """\
名称: 标题
缔约方: [上海市, 江苏, 浙江省]
起始日期: 2026/12/01
截止日期: 2031-11-30
批准截止日期: 2027-02-28
公示期: 10 天
退出通知期: 90日
协议文本: text.md
规则:
  - 名称: 一
    来源:
      省份: 江苏
      机构: １２３２００００４６６０００１２３５
      成果: JS-ASC-4
      类别: 职业
      等级: 3至4
      最低成绩: 60 分
      最长年限: 5年
    评审: 1
    目标: {省份: 浙江, 机构: 任意, 学分类别: 职业}
    转换比例: 75%
    单次上限: 6学分
    累计上限: 不设
"""
    assert check(write(text=chinese)).terms == english


@pytest.mark.parametrize("name", ["jiangsu-clerks.zh", "degree-courses.en"])
def test_the_examples_of_the_guide_are_good(name: str) -> None:
    report = check(EXAMPLES / f"{name}.yaml")
    assert report.findings == []
    assert all(rule.said.zh and rule.said.en and rule.examples for rule in report.rules)
    assert report.unchecked


@pytest.mark.parametrize(
    ("change", "line", "place", "code"),
    [
        (("title:", "titel:"), 1, "titel", "agreement.key.unknown"),
        (("levels:", "等级: 4\n      levels:"), 17, "rules[1].source.levels", "agreement.key.twice"),
        (("    ratio: 3/4\n", ""), 10, "rules[1].ratio", "agreement.key.missing"),
        (("parties: [Shanghai, 320000, 浙江]", "parties: Shanghai"), 2, "parties", "agreement.shape"),
        (("Shanghai,", "Shanghai, 上海,"), 2, "parties[2]", "agreement.key.twice"),
        (("Shanghai,", "Atlantis,"), 2, "parties[1]", "identifier.province.unknown"),
        (("2026-12-01", "2026-13-01"), 3, "from", "agreement.value.date"),
        (("10 days", "10"), 6, "public_notice", "agreement.unit.days"),
        (("10 days", "10 weeks"), 6, "public_notice", "agreement.unit.days"),
        (("text.md", "lost.md"), 8, "text", "agreement.text"),
        (("text.md", "/dev/zero"), 8, "text", "agreement.text"),
        (("text.md", '"a\\0b"'), 8, "text", "agreement.text"),
        (("Shanghai,", "9" * 5_000 + ","), 2, "parties[1]", "identifier.province.unknown"),
        (("public_notice", f"nonce: {'9' * 5_000}\npublic_notice"), 6, "nonce", "agreement.value.number"),
        (("3/4", "9" * 5_000), 23, "rules[1].ratio", "agreement.unit.ratio"),
        (("6 credits", "9" * 5_000), 24, "rules[1].most_credits", "agreement.unit.credits"),
        (("123200004660001235", "123200004660001236"), 13, "rules[1].source.institution", "identifier.uscc.check"),
        (("JS-ASC-4", "js asc"), 14, "rules[1].source.outcome", "identifier.outcome.form"),
        (("category: vocational", "category: culinary"), 15, "rules[1].source.category", "agreement.value.word"),
        (("levels: 3-4", "levels: high"), 16, "rules[1].source.levels", "agreement.unit.levels"),
        (("minimum_grade: 60", "minimum_grade: 63"), 17, "rules[1].source.minimum_grade", "agreement.unit.grade"),
        (("5 years", "5"), 18, "rules[1].source.greatest_age", "agreement.unit.months"),
        (("evaluation: 1", "evaluation: first"), 19, "rules[1].evaluation", "agreement.value.number"),
        (("evaluation: 1", "evaluation: 0x12"), 19, "rules[1].evaluation", "agreement.value.id"),
        (("3/4", "2:1"), 23, "rules[1].ratio", "agreement.unit.ratio"),
        (("6 credits", "144 hours"), 24, "rules[1].most_credits", "agreement.unit.hours"),
        (("6 credits", "six"), 24, "rules[1].most_credits", "agreement.unit.credits"),
        (("6 credits", "0 credits"), 24, "rules[1].most_credits", "credits.range"),
        # what contradicts itself
        (("levels: 3-4", "levels: 4-3"), 16, "rules[1].source.levels", "agreement.rule.levels"),
        (("Zhejiang\n", "Anhui\n"), 21, "rules[1].target.province", "agreement.rule.party"),
        (("province: Zhejiang", "province: Jiangsu"), 21, "rules[1].target.province", "agreement.rule.one_province"),
        (("evaluation: 1\n    ", ""), 10, "rules[1].evaluation", "agreement.rule.evaluation"),
        (("10 days", "6 days"), 6, "public_notice", "agreement.public_notice"),
        (("2027-02-28", "2031-11-25"), 5, "approve_by", "agreement.approve_by"),
        (("6 credits", "6 credits\n    cap: 5 credits"), 25, "rules[1].cap", "agreement.rule.cap"),
        (("6 credits", "6 credits\n    until: 2020-01-01"), 25, "rules[1].until", "agreement.rule.window"),
    ],
)
def test_each_finding_names_line_place_and_code_and_what_to_do(
    write: Callable[..., Path], change: tuple[str, str], line: int, place: str, code: str
) -> None:
    path = write(change)
    assert found_in(path) == [(line, place, code)]
    [finding] = check(path).findings
    told = finding.to_json()
    assert told["zh"] != told["en"]
    assert told["hintZh"]
    assert told["hintEn"]


def test_what_was_written_never_moves_the_readers_terminal(
    write: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(("title:", '"[/red]\\e[2J":'), ("ratio: 3/4", "ratio: '[bold]'"))
    assert run(["agreement", "check", str(path), "--offline"]) == 1
    shown = capsys.readouterr().out
    assert "[/red]" in shown
    assert "[bold]" in shown
    assert "\x1b[2J" not in shown


def test_findings_are_told_in_whole_lines_each_with_its_place_and_cure(
    write: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["agreement", "check", str(write(("10 days", "10"))), "--offline"]) == 1
    [finding] = check(write(("10 days", "10"))).findings
    said = finding.to_json()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["第", "6", "行", "/", "line", "6", "public_notice", "agreement.unit.days"]
    assert [f"  {said['zh']}", f"  {said['en']}", f"  → {said['hintZh']}", f"  → {said['hintEn']}"] == lines[1:5]
    assert "1 finding: mend it before proposing" in "\n".join(lines)


@pytest.mark.parametrize(("key", "meant"), [("titel", "did you mean title? "), ("奇怪", "")])
def test_a_key_is_guessed_where_one_is_close_and_not_otherwise(
    write: Callable[..., Path], key: str, meant: str
) -> None:
    [finding] = check(write(("title:", f"{key}:"))).findings
    told = finding.to_json()
    assert told["hintEn"].startswith(f"{meant}known are: ")
    assert told["hintZh"].startswith("是否想写“名称”？可用：" if meant else "可用：")


def test_culture_never_becomes_academic_credit(write: Callable[..., Path]) -> None:
    path = write(("category: vocational", "category: culture"), ("kind: vocational", "kind: academic"))
    assert found_in(path) == [(22, "rules[1].target.kind", "agreement.rule.culture")]


class AfterThePanel:
    """A chain on which everything that the good file names is in order, and a panel found something."""

    chain_id, registry, now = 7, b"\x11" * 20, 1_780_000_000

    def __init__(self, finding: Finding | None) -> None:
        self.finding = finding

    def members(self) -> list[int]:
        return [310_000, 320_000, 330_000]

    def findings(self, evaluations: Sequence[bytes]) -> dict[bytes, Finding]:
        return {} if self.finding is None else dict.fromkeys(evaluations, self.finding)

    def live_parties(self, agreement: bytes) -> list[int]:
        return [] if agreement else self.members()

    def is_known(self, agreement: bytes) -> bool:
        return not agreement

    def provinces_of(self, institutions: Sequence[bytes]) -> dict[bytes, int]:
        return dict.fromkeys(institutions, 320_000)


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({}, []),
        ({"credits": 799}, [(24, "rules[1].most_credits", "agreement.rule.above_finding")]),
        ({"level": 3}, [(16, "rules[1].source.levels", "agreement.rule.level_above_finding")]),
        ({"category": 1}, [(15, "rules[1].source.category", "agreement.rule.category_of_finding")]),
        ({"passed": False}, [(19, "rules[1].evaluation", "agreement.rule.not_passed")]),
        (None, [(19, "rules[1].evaluation", "agreement.rule.not_passed")]),
    ],
)
def test_a_file_that_gives_more_than_the_panel_is_refused_at_its_line(
    write: Callable[..., Path], changed: dict[str, Any] | None, found: list[tuple[int, str, str]]
) -> None:
    institution = b"123200004660001235".ljust(32, b"\0")
    finding = Finding(2, 4, 800, 600, 720, institution=institution, outcome=outcome_word("JS-ASC-4"))
    report = check(write(), AfterThePanel(None if changed is None else dataclasses.replace(finding, **changed)))
    assert [(one.line, one.place, one.error.code) for one in report.findings] == found


def test_overlapping_rules_are_found_at_the_second(write: Callable[..., Path]) -> None:
    second = GOOD[GOOD.index("  - name") :].replace("name: one", "name: two").replace("grade: 60", "grade: 80")
    path = write(text=GOOD + second)
    assert found_in(path) == [(25, "rules[2]", "agreement.overlap")]


def test_all_findings_come_at_once_in_the_order_of_lines(write: Callable[..., Path]) -> None:
    path = write(("10 days", "10"), ("3/4", "half"), ("Shanghai,", "Atlantis,"))
    assert [line for line, _, _ in found_in(path)] == [2, 6, 23]


def test_an_unknown_key_is_answered_with_the_nearest_one(write: Callable[..., Path]) -> None:
    [_, finding] = check(write(("most_credits", "most_credit"))).findings
    assert "most_credits?" in finding.error.hint("en")
    assert "单次上限" in finding.error.hint("zh")


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("parties: [a\n", 2, "yaml.form"),
        ("a: 1\n\ta: 2\n", 2, "yaml.form"),
        ("title: x\ntitle: y\n", 2, "yaml.duplicate"),
        ("title: &a x\n", 1, "yaml.indirect"),
        ("title: *a\n", 1, "yaml.indirect"),
        ("title: !!python/object:os.system x\n", 1, "yaml.indirect"),
        ("a: [[[[[[[[[[[1]]]]]]]]]]]\n", 1, "yaml.size"),
        ("--- \na: 1\n---\nb: 2\n", 3, "yaml.form"),
        ("? [a]\n: 1\n", 1, "yaml.form"),
        ("a: \x07\n", 1, "yaml.form"),
    ],
)
def test_yaml_that_is_not_plain_is_refused_with_its_line(
    write: Callable[..., Path], text: str, line: int, code: str
) -> None:
    assert found_in(write(text=text)) == [(line, "", code)]


def test_bytes_that_are_no_text_and_files_too_large_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes("名称: 一".encode("gb18030"))
    assert found_in(path)[0][2] == "yaml.encoding"
    path.write_bytes(b"a: 1\n" * 100_000)
    assert found_in(path)[0][2] == "yaml.size"
    path.write_bytes(b"")
    assert {code for _, _, code in found_in(path)} == {"agreement.key.missing"}
    path.write_bytes(b"- 1\n")
    assert found_in(path) == [(1, "*", "agreement.shape")]
