"""Amounts, times and names as people write them in an agreement, in Chinese or English; units are never guessed.

>>> days("10 天"), months("5 years"), amount("8 学分"), ratio("80%")
(10, 60, 800, (4, 5))
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from gateway.domain.credits import read_credits
from gateway.domain.crosswalk import Category
from gateway.domain.errors import USAGE, HurenError
from gateway.domain.provinces import PROVINCES, UnknownProvince, province_of
from gateway.domain.rule import HIGHEST_STEP, NO_CAP

if TYPE_CHECKING:
    from collections.abc import Mapping


class UnitError(HurenError):
    """The family of values that an agreement cannot take as they are written."""

    code = "agreement.value"
    exit_code = USAGE


class NotADate(UnitError):
    """Not a civil date."""

    code = "agreement.value.date"
    zh = "“{value}”不是日期"
    en = "{value!r} is no date"
    hint_zh = "请写作 2026-12-01"
    hint_en = "write it like 2026-12-01"


class NotDays(UnitError):
    """Not a number of days, or without its unit."""

    code = "agreement.unit.days"
    zh = "“{value}”不是天数"
    en = "{value!r} is no number of days"
    hint_zh = "请连同单位填写，例如 10 天（自然日）"
    hint_en = "write number and unit, for example 10 days (calendar days)"


class NotMonths(UnitError):
    """Not a number of months or years, or without its unit."""

    code = "agreement.unit.months"
    zh = "“{value}”不是年限"
    en = "{value!r} is no age"
    hint_zh = "请连同单位填写，例如 5 年或 60 个月"
    hint_en = "write number and unit, for example 5 years or 60 months"


class HoursForCredits(UnitError):
    """Hours where credits are meant: each framework counts them differently."""

    code = "agreement.unit.hours"
    zh = "“{value}”是学时，此处应为学分"
    en = "{value!r} are hours; credits are meant here"
    hint_zh = "各省每学分学时不同，请换算为学分后填写"
    hint_en = "provinces count hours differently: convert them to credits"


class NotCredits(UnitError):
    """Not an amount of credits."""

    code = "agreement.unit.credits"
    zh = "“{value}”不是学分数（至多两位小数）"
    en = "{value!r} is no amount of credits (at most two decimals)"
    hint_zh = "例如 8 学分；累计上限不设时写“无”"
    hint_en = "for example 8 credits; a cap may be none"


class NotAGrade(UnitError):
    """A minimum that is no step of five per cent."""

    code = "agreement.unit.grade"
    zh = "最低成绩“{value}”不是 5 至 100 之间 5 的倍数"
    en = "the minimum grade {value!r} is no multiple of 5 from 5 to 100"
    hint_zh = "链上成绩以 5 分为一档向下取整；例如 60 分"
    hint_en = "the ledger keeps grades in steps of 5, rounded down; for example 60"


class NotARatio(UnitError):
    """Not a ratio, or one whose direction cannot be told."""

    code = "agreement.unit.ratio"
    zh = "“{value}”不是转换比例"
    en = "{value!r} is no ratio"
    hint_zh = "请写每 1 学分折合多少，例如 1/2、0.75 或 80%（不要写 2:1，方向不明）"
    hint_en = "write what 1 credit becomes: 1/2, 0.75 or 80% (not 2:1, which can be read both ways)"


class NotLevels(UnitError):
    """Not a level or a range of levels."""

    code = "agreement.unit.levels"
    zh = "“{value}”不是等级或等级范围"
    en = "{value!r} is no level and no range of levels"
    hint_zh = "请按区域框架（1–10）填写，例如 4 或 3-5"
    hint_en = "use the region's framework (1-10), for example 4 or 3-5"


class NotAWord(UnitError):
    """None of the words that are known here."""

    code = "agreement.value.word"
    zh = "“{value}”不是可用的值"
    en = "{value!r} is not known here"
    hint_zh = "可用：{known}"
    hint_en = "known are: {known}"


class NotAnId(UnitError):
    """Not 32 bytes in hexadecimal."""

    code = "agreement.value.id"
    zh = "“{value}”不是 0x 加 64 位十六进制"
    en = "{value!r} is not 0x and 64 hexadecimal digits"
    hint_zh = "请复制完整的标识（huren agreement list）"
    hint_en = "copy the whole id (huren agreement list)"


class NotANumber(UnitError):
    """Not a whole number that fits."""

    code = "agreement.value.number"
    zh = "“{value}”不是可用的整数"
    en = "{value!r} is no whole number that fits here"
    hint_zh = "请填写 0 或正整数"
    hint_en = "write 0 or a positive whole number"


_NUMBER: Final = r"([0-9]{1,12}(?:\.[0-9]{1,12})?)"
_DAYS: Final = re.compile(r"([0-9]{1,5}) ?(?:days?|天|日|个自然日|自然日)\Z")
_MONTHS: Final = re.compile(r"([0-9]{1,5}) ?(?:(months?|个月|月)|(years?|年))\Z")
_CREDITS: Final = re.compile(_NUMBER + r" ?(?:credits?|学分|分)?\Z")
_HOURS: Final = re.compile(_NUMBER + r" ?(?:h|hours?|学时|课时|小时)\Z")
_GRADE: Final = re.compile(r"([0-9]{1,3}) ?(?:%|分)?\Z")
_RATIO: Final = re.compile(r"(?:([0-9]{1,7}) ?/ ?([0-9]{1,7})|" + _NUMBER + r" ?(%)?)\Z")
_LEVELS: Final = re.compile(r"([0-9]{1,2})(?: ?(?:-|–|—|~|至|到|to) ?([0-9]{1,2}))? ?(?:级|levels?)?\Z")
_CODE: Final = re.compile(r"[0-9]{6}\Z")
_WHOLE: Final = re.compile(r"[0-9]{1,16}\Z")
_ID: Final = re.compile(r"0x[0-9a-f]{64}\Z")
_MOST_NUMBER: Final = 2**53 - 1

CATEGORY_WORDS: Final[Mapping[str, Category]] = {
    "academic": Category.ACADEMIC,
    "学历": Category.ACADEMIC,
    "vocational": Category.VOCATIONAL,
    "职业": Category.VOCATIONAL,
    "culture": Category.COMMUNITY,
    "community": Category.COMMUNITY,
    "community and culture": Category.COMMUNITY,
    "社区文化": Category.COMMUNITY,
}
_YES: Final[Mapping[str, bool]] = {"yes": True, "true": True, "是": True, "no": False, "false": False, "否": False}
_PROVINCE_WORDS: Final[Mapping[str, int]] = {
    name: province.code
    for province in PROVINCES.values()
    for name in (province.zh, province.zh.removesuffix("省").removesuffix("市"), province.en.lower())
}
NONE_WORDS: Final = frozenset({"none", "any", "无", "不限", "任意", "不设"})


def plain(text: str) -> str:
    """Full-width forms to ASCII (NFKC), small letters, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


def date(text: str) -> dt.date:
    """A civil date. Raises NotADate."""
    try:
        return dt.date.fromisoformat(plain(text).replace("/", "-"))
    except ValueError:
        raise NotADate(text) from None


def days(text: str) -> int:
    """A number of days, with its unit. Raises NotDays."""
    match = _DAYS.match(plain(text))
    if match is None:
        raise NotDays(text)
    return int(match[1])


def months(text: str) -> int:
    """Months of an age written in months or years, with its unit. Raises NotMonths."""
    match = _MONTHS.match(plain(text))
    if match is None:
        raise NotMonths(text)
    return int(match[1]) * (12 if match[3] else 1)


def amount(text: str) -> int:
    """Hundredths of an amount of credits. Raises UnitError, CreditsError."""
    return read_credits(_credits(text))


def cap(text: str) -> int:
    """Hundredths of a cap, which may be greater than a credential's credits; NO_CAP for none. Raises UnitError."""
    if plain(text) in NONE_WORDS:
        return NO_CAP
    scaled = Decimal(_credits(text)) * 100
    if scaled != scaled.to_integral_value() or not 0 < scaled < NO_CAP:
        raise NotCredits(text)
    return int(scaled)


def _credits(text: str) -> str:
    clean = plain(text)
    if _HOURS.match(clean):
        raise HoursForCredits(text)
    match = _CREDITS.match(clean)
    if match is None:
        raise NotCredits(text)
    return match[1]


def grade(text: str) -> int:
    """The ledger's step (1–20) of a minimum out of 100. Raises NotAGrade."""
    match = _GRADE.match(plain(text))
    step, rest = divmod(int(match[1]), 5) if match else (0, 1)
    if rest or not 1 <= step <= HIGHEST_STEP:
        raise NotAGrade(text)
    return step


def ratio(text: str) -> tuple[int, int]:
    """(numerator, denominator) in lowest terms of what one credit becomes. Raises NotARatio."""
    match = _RATIO.match(plain(text))
    if match is None or (match[2] is not None and int(match[2]) == 0):
        raise NotARatio(text)
    if match[1] is not None:
        value = Fraction(int(match[1]), int(match[2]))
    else:
        value = Fraction(match[3]) / (100 if match[4] else 1)
    if not value:
        raise NotARatio(text)
    return value.numerator, value.denominator


def levels(text: str) -> tuple[int, int]:
    """(lowest, highest) of a level or a range. Raises NotLevels."""
    match = _LEVELS.match(plain(text))
    if match is None:
        raise NotLevels(text)
    return int(match[1]), int(match[2] or match[1])


def province(text: str) -> int:
    """The code of a province by its code or its name. Raises UnknownProvince."""
    clean = plain(text)
    if clean in _PROVINCE_WORDS:
        return _PROVINCE_WORDS[clean]
    if _CODE.match(clean) is None:
        raise UnknownProvince(text)
    return province_of(int(clean)).code


def category(text: str) -> int:
    """1, 2 or 3. Raises NotAWord."""
    try:
        return int(CATEGORY_WORDS[plain(text)])
    except KeyError:
        raise NotAWord(text, known="学历、职业、社区文化 / academic, vocational, culture") from None


def yes(text: str) -> bool:
    """Whether yes was written. Raises NotAWord."""
    try:
        return _YES[plain(text)]
    except KeyError:
        raise NotAWord(text, known="是、否 / yes, no") from None


def number(text: str) -> int:
    """A whole number. Raises NotANumber."""
    clean = plain(text)
    if _WHOLE.match(clean) is None or int(clean) > _MOST_NUMBER:
        raise NotANumber(text)
    return int(clean)


def identity(text: str) -> bytes:
    """32 bytes of 0x-hexadecimal. Raises NotAnId."""
    clean = plain(text)
    if _ID.match(clean) is None:
        raise NotAnId(text)
    return bytes.fromhex(clean[2:])
