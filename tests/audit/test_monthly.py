"""The monthly report: in either language or both, the same bytes at another time and on another machine."""

from __future__ import annotations

import hashlib
import re
import time
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pylopdf_fonts_zh_cn
import pytest

from gateway.audit.monthly import charts
from gateway.audit.monthly import document as monthly
from gateway.audit.monthly.data import MonthlyData
from gateway.audit.monthly.document import monthly_pdf
from gateway.audit.monthly.sections import MOST_RULES
from gateway.audit.monthly.words import LANGUAGES, Words, short_name
from gateway.audit.reports.errors import FontsMissing, MonthAhead
from gateway.audit.reports.figures import Figures, InMonth, total
from gateway.audit.reports.figures_law import RuleInForce
from gateway.audit.reports.figures_status import Revocations
from gateway.audit.reports.values import Report
from gateway.domain.civil_time import month_of
from gateway.domain.provinces import PROVINCES
from gateway.domain.rule import NO_CAP
from gateway.ledger.values import BlockRef

PROVINCE_CODES = (310_000, 320_000, 330_000)
NOW = 1_793_721_600  # 2026-11-04 in UTC+8
MONTH = month_of(NOW) - 1
FONT = Path(pylopdf_fonts_zh_cn.sans_path())
CHINESE = re.compile(r"[\u4e00-\u9fff，。：；（）]")
ENGLISH = re.compile(r"[A-Za-z]{4}")


def digest(*what: object) -> bytes:
    return hashlib.sha256(repr(what).encode()).digest()


def report(months: int = 14, rules: int = 3) -> Report:
    rows = [
        Figures(
            source, target, category, month, applied=40, pending=5, overdue=2, accepted=25, reversed=1,
            rejected=(3, 2, 1, 1, 0), cancelled=2, expired=1, quoted=16_000, awarded=9_950, withdrawn=300, appeals=2,
            upheld=1, dismissed=0, days=((3, 10), (9, 22)), decided=InMonth(24, 7, 9_500),
        )
        for source in PROVINCE_CODES
        for target in PROVINCE_CODES
        for category in (1, 2)
        for month in range(MONTH - months + 1, MONTH + 1)
        if source != target
    ]  # fmt: skip
    anything = bytes(32)
    in_force = tuple(
        RuleInForce(
            digest("agreement"), number + 1, 310_000, 330_000, anything, anything, anything, anything, anything,
            anything, 2, 1, 3, 4, 400, NO_CAP if number else 600, NOW - 86_400, NOW + 86_400,
        )
        for number in range(rules)
    )  # fmt: skip
    block = BlockRef(4_711, digest("block"), NOW)
    revoked = (Revocations(310_000, MONTH, 4, 3, 1, 900), Revocations(310_000, MONTH - 1, 1, 1, 0, 0))
    return Report(31_337, "0x" + digest("genesis").hex(), block, None, tuple(rows), in_force, revoked, ())


def said(data: Any) -> list[str]:  # noqa: ANN401 - any JSON
    """Every text in it."""
    if isinstance(data, dict):
        return [text for value in data.values() for text in said(value)]
    if isinstance(data, list):
        return [text for value in data for text in said(value)]
    return [data] if isinstance(data, str) else []


def words_of(language: str) -> str:
    data = MonthlyData(report(), MONTH, Words(language)).to_json()
    data["appendix"].pop("commands")
    return "\n".join(said(data))


def test_the_same_report_is_the_same_bytes_at_another_time() -> None:
    first = monthly_pdf(report(), MONTH, "both")
    assert first.startswith(b"%PDF-")
    time.sleep(1.1)
    assert monthly_pdf(report(), MONTH, "both") == first
    assert b"/tmp/" not in first
    assert b"(D:20261104" in first.replace(b"\\(", b"(")


def test_what_a_machine_has_set_for_its_own_charts_changes_nothing() -> None:
    pairs = [(310_000, 320_000, 500), (320_000, 310_000, 300)]
    names = {310_000: "上海", 320_000: "江苏"}
    first = charts.flows(pairs, names, FONT)
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red", "svg.fonttype": "none"}):
        assert charts.flows(pairs, names, FONT) == first
    assert b"date" not in first.lower()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_is_set_in_every_language(language: str) -> None:
    assert monthly_pdf(report(months=2), MONTH, language).startswith(b"%PDF-")


def test_one_language_is_one_and_both_are_both() -> None:
    assert not CHINESE.search(words_of("en"))
    assert not ENGLISH.search(re.sub(r"0x[0-9a-f]+…?", "", words_of("zh")).replace("JSON", ""))
    assert CHINESE.search(words_of("both"))
    assert ENGLISH.search(words_of("both"))


def test_the_numbers_of_the_cover_are_those_of_the_month() -> None:
    whole = report()
    data = MonthlyData(whole, MONTH, Words("en")).to_json()
    month = total(row for row in whole.figures if row.month == MONTH)
    cards = {card[0]: card[2] for card in data["summary"]["cards"]}
    assert cards["applications"] == f"{month.applied:,}"
    assert cards["accepted"] == f"{month.decided.accepted:,}"
    assert cards["pending, all"] == f"{total(whole.figures).pending:,}"
    [first, second] = [sentence[0] for sentence in data["summary"]["text"]]
    assert f"{month.applied:,} applications were made between 6 pairs" in first
    assert "77.4% of them accepted" in first
    assert f"{month.accepted:,} were accepted by the block's time" in second
    assert f"the median decision took {month.median_days:g} days" in second
    totals = data["pairs"]["rows"][-1]["cells"]
    assert totals[2:8] == [f"{n:,}" for n in (480, 300, 84, 36, 60, 24)]
    assert "0x" + whole.digest.hex() in {fact[2] for fact in data["facts"]}


def test_a_month_without_anything_is_a_report_all_the_same() -> None:
    empty = replace(report(), figures=(), rules=(), revocations=())
    assert monthly_pdf(empty, MONTH, "both").startswith(b"%PDF-")
    data = MonthlyData(empty, MONTH, Words("en")).to_json()
    assert data["pairs"]["none"] == data["appeals"]["none"] == data["revocations"]["none"] == "None in this month."


def test_of_many_rules_the_first_are_printed_and_the_rest_are_counted() -> None:
    rules = MonthlyData(report(months=1, rules=MOST_RULES + 7), MONTH, Words("en")).to_json()["rules"]
    assert len(rules["rows"]) == MOST_RULES
    assert "7 more" in rules["note"]


def test_a_month_that_had_not_begun_has_no_report() -> None:
    with pytest.raises(MonthAhead):
        monthly_pdf(report(), MONTH + 2, "both")


def test_without_the_fonts_the_command_says_in_a_line_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(monthly, "_PACKAGE", "no_such_fonts")
    with pytest.raises(FontsMissing, match="pylopdf-fonts-zh-cn") as caught:
        monthly_pdf(report(), MONTH, "both")
    assert "make setup" in caught.value.hint("en")


def test_the_charts_are_well_formed_and_draw_their_words_as_outlines() -> None:
    months = [f"26-{number:02d}" for number in range(1, 13)]
    made = [
        charts.decisions(months, [3] * 12, [1] * 12, [5] * 12, ("接受", "退回", "申请"), FONT),
        charts.median_days(months, [None, 12.5, *[7.0] * 10], FONT),
        charts.reasons(["内容不对等", "其他"], [12, 0], FONT),
    ]
    for chart in made:
        assert ET.fromstring(chart).tag.endswith("svg")  # noqa: S314 - our own
        assert b"<text" not in chart


def test_provinces_are_called_by_their_short_names() -> None:
    names = {short_name(province.zh) for province in PROVINCES.values()}
    assert {"上海", "江苏", "广西", "新疆", "内蒙古", "宁夏", "香港"} <= names
    assert Words("both").province(320_000) == "江苏"
    assert Words("en").province(320_000) == "Jiangsu"
    assert Words("en").province(999_999) == "999999"
