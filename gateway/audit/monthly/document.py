"""The monthly report as PDF: set by typst, in process, with charts; the same bytes for the same report everywhere.

    monthly_pdf(report, month, "both")

The document's date is the block's time, its fonts come with the product (no font of the machine is looked at), and the
whole report, canonical JSON, is attached to it.
"""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gateway.audit.monthly import charts
from gateway.audit.monthly.data import MonthlyData, month_ticks
from gateway.audit.monthly.words import Words
from gateway.audit.reports.errors import FontsMissing

if TYPE_CHECKING:
    from gateway.audit.reports.values import Report

FONTS: Final = "pylopdf-fonts-zh-cn"
"""The distribution that carries Noto Sans SC and Noto Serif SC (SIL Open Font License 1.1)."""
_TEMPLATE: Final = "monthly.typ"
_PACKAGE: Final = "pylopdf_fonts_zh_cn"


def monthly_pdf(report: Report, month: int, language: str) -> bytes:
    """The monthly report.

    Args:
        report: of all months, as of a block.
        month: which one it is about, months since January 1970.
        language: zh, en or both.

    Raises:
        MonthAhead: the month had not begun at the block.
        FontsMissing: the fonts are not installed.
    """
    import typst  # noqa: PLC0415 - needed for reports alone

    sans = _font("NotoSansSC-Regular.otf")
    data = MonthlyData(report, month, Words(language))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        template = resources.files("gateway.audit.monthly").joinpath(_TEMPLATE)
        (folder / _TEMPLATE).write_bytes(template.read_bytes())
        (folder / "data.json").write_text(json.dumps(data.to_json(), ensure_ascii=False, sort_keys=True), "utf-8")
        (folder / "report.json").write_bytes(report.canonical)
        for chart, svg in _charts(data, sans).items():
            (folder / f"{chart}.svg").write_bytes(svg)
        made = typst.compile(
            folder / _TEMPLATE,
            root=folder,
            font_paths=[sans.parent],
            ignore_system_fonts=True,
            timestamp=dt.datetime.fromtimestamp(report.block.time, dt.UTC),
        )
    assert isinstance(made, bytes)  # noqa: S101 - one document makes one file
    return made


def _charts(data: MonthlyData, font: Path) -> dict[str, bytes]:
    """Every chart by name; empty where there is nothing to draw."""
    words, months = data.words, month_ticks(data.months)
    pairs = data.flows()
    names = {code: words.province(code) for pair in pairs for code in pair[:2]}
    labels, counts = data.reason_counts()
    shown = (words.say("接受", "accepted"), words.say("退回", "rejected"), words.say("申请", "applied"))
    return {
        "flows": charts.flows(pairs, names, font) if pairs else b"",
        "decisions": charts.decisions(
            months,
            [row.decided.accepted for row in data.trend],
            [row.decided.rejected for row in data.trend],
            [row.applied for row in data.trend],
            shown,
            font,
        ),
        "days": charts.median_days(months, [row.median_days for row in data.trend], font),
        "reasons": charts.reasons(labels, counts, font) if labels else b"",
    }


def _font(name: str) -> Path:
    try:
        path = Path(str(resources.files(_PACKAGE).joinpath(name)))
    except ModuleNotFoundError:
        raise FontsMissing(FONTS) from None
    if not path.is_file():
        raise FontsMissing(FONTS)
    return path
