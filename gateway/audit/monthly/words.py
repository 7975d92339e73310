"""The words of the monthly report: in one language, or in both."""

from __future__ import annotations

from typing import Final

from gateway.domain.crosswalk import Category
from gateway.domain.provinces import PROVINCES
from gateway.ledger.values import Reason

ZH, EN, BOTH = LANGUAGES = ("zh", "en", "both")
"""Chinese, English, Chinese with English beside it."""
_ENDINGS: Final = ("维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "特别行政区", "省", "市")
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October"),
    *("November", "December"),
)
REVOKED_FOR: Final = {
    Reason.NONE: ("无", "none"),
    Reason.ERROR: ("差错", "error"),
    Reason.WITHDRAWN: ("撤销", "withdrawn"),
    Reason.SUPERSEDED: ("被取代", "superseded"),
    Reason.FRAUD: ("造假", "fraud"),
}
"""Why a credential or batch was revoked."""
CATEGORIES: Final[dict[int, tuple[str, str]]] = {
    0: ("未知", "unknown"),
    Category.ACADEMIC: ("学历", "academic"),
    Category.VOCATIONAL: ("职业", "vocational"),
    Category.COMMUNITY: ("社区文化", "culture"),
}
"""Short, for the columns of tables."""


class Words:
    """Says things in the language of a report."""

    def __init__(self, language: str) -> None:
        """Speak zh, en or both."""
        self.language = language

    def say(self, zh: str, en: str) -> str:
        """One line: in both languages Chinese first."""
        return {ZH: zh, EN: en}.get(self.language, f"{zh} {en}")

    def pair(self, zh: str, en: str) -> list[str]:
        """What is said, and what is said below it in small letters; the second is empty in one language."""
        return {ZH: [zh, ""], EN: [en, ""]}.get(self.language, [zh, en])

    def short(self, zh: str, en: str) -> str:
        """Where there is no room for two languages: Chinese, unless the report is in English."""
        return en if self.language == EN else zh

    def province(self, code: int) -> str:
        """A province's short name, in the report's first language."""
        found = PROVINCES.get(code)
        if found is None:
            return str(code)
        return found.en if self.language == EN else short_name(found.zh)

    def month(self, month: int) -> list[str]:
        """A month, as `pair` says things."""
        year, number = 1970 + month // 12, month % 12
        return self.pair(f"{year} 年 {number + 1} 月", f"{_MONTHS[number]} {year}")


def short_name(name: str) -> str:
    """江苏省 → 江苏, 广西壮族自治区 → 广西."""
    return next((name.removesuffix(ending) for ending in _ENDINGS if name.endswith(ending)), name)
