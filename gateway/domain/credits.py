"""How much, how well, when: credits, grade steps and awarded months, exactly as the ledger holds them.

Credits never pass through binary arithmetic: text and Decimal become hundredths (integers), and
hundredths become JSON text by integer division.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from functools import lru_cache
from typing import Final

from gateway.domain.errors import DomainError

MAX_HUNDREDTHS: Final = 99_999
"""999.99 credits."""
UNGRADED: Final = 255
"""The grade step of an outcome without a numeric grade; it fails every minimum."""
PASSED: Final = "合格"
"""The result of an outcome that was passed and not graded."""
MIDNIGHT: Final = "T00:00:00+08:00"
"""How ``validFrom`` continues after its civil date: awards are dated in UTC+8."""

_DECIMAL: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)\Z", re.ASCII)
_GRADE: Final = re.compile(r"(?:0|[1-9][0-9]{0,2})(?:\.[0-9]{1,6})?\Z", re.ASCII)
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z", re.ASCII)
_HUNDRED: Final = Decimal(100)
_LIMIT: Final = 1000


class CreditsError(DomainError):
    """The family of what is wrong with an amount of credits."""

    code = "credits"


class CreditsNotANumber(CreditsError):
    """Text that is no plain decimal number, or a JSON value that is no number."""

    code = "credits.form"
    zh = "学分“{value}”不是数字"
    en = "the credits {value!r} are not a number"
    hint_zh = "请填写十进制数，例如 3.5"
    hint_en = "write a decimal number, for example 3.5"


class CreditsTooFine(CreditsError):
    """More than two decimals."""

    code = "credits.decimals"
    zh = "学分“{value}”的小数超过两位"
    en = "the credits {value} have more than two decimals"
    hint_zh = "学分以百分之一为最小单位，请勿四舍五入后直接填写，先与发证机构确认"
    hint_en = "a hundredth is the smallest unit; ask the institution rather than round"


class CreditsOutOfRange(CreditsError):
    """Zero, negative, or above 999.99."""

    code = "credits.range"
    zh = "学分“{value}”不在 0.01 至 999.99 之间"
    en = "the credits {value} are not between 0.01 and 999.99"
    hint_zh = "请核对学分"
    hint_en = "check the amount"


class GradeMalformed(DomainError):
    """A result that is neither 合格 nor a decimal number from 0 to 100."""

    code = "grade.form"
    zh = "成绩“{value}”应为“合格”或 0 至 100 的数字"
    en = "the grade {value!r} must be 合格 (passed) or a number from 0 to 100"
    hint_zh = "请换算为百分制，或填写“合格”"
    hint_en = "convert it to a scale of 100, or write 合格"


class AwardDateMalformed(DomainError):
    """A ``validFrom`` that is no civil date at midnight of UTC+8."""

    code = "award.date"
    zh = "取得日期“{value}”应为东八区零点的日期，例如 2024-01-15T00:00:00+08:00"
    en = "the award date {value!r} must be a civil date at midnight of UTC+8"
    hint_zh = "请按 年-月-日T00:00:00+08:00 书写"
    hint_en = "write it like 2024-01-15T00:00:00+08:00"


class AwardedBefore1970(DomainError):
    """An award the ledger's month counter cannot hold."""

    code = "award.early"
    zh = "取得日期“{value}”早于 1970 年"
    en = "the award date {value} lies before 1970"
    hint_zh = "链上仅登记 1970 年及以后的成果"
    hint_en = "the ledger registers outcomes from 1970 on"


def read_credits(text: str) -> int:
    """Hundredths (1 to 99,999) of a decimal text such as ``"12.25"``.

    Raises:
        CreditsError: no number, too fine or out of range, one class each.
    """
    if _DECIMAL.match(text) is None:
        raise CreditsNotANumber(text)
    return hundredths(Decimal(text))


def hundredths(amount: float | Decimal) -> int:
    """Hundredths (1 to 99,999) of an exact amount.

    A float counts as the shortest decimal that denotes it, which is what JSON shows.

    Raises:
        CreditsTooFine: more than two decimals.
        CreditsOutOfRange: below 0.01 or above 999.99, or not finite.
    """
    if isinstance(amount, bool):
        raise CreditsNotANumber(amount)
    if isinstance(amount, int) and 0 < amount < _LIMIT:
        return 100 * amount
    if isinstance(amount, float) and 0 < amount < _LIMIT:
        # Division rounds to the nearest double, so equality means that two decimals denote this very double.
        nearest = round(amount * 100)
        if nearest / 100 == amount:
            return nearest
    exact = Decimal(repr(amount)) if isinstance(amount, float) else Decimal(amount)
    if not exact.is_finite() or not 0 < exact < _LIMIT:
        raise CreditsOutOfRange(amount)
    scaled = exact * _HUNDRED
    if scaled != scaled.to_integral_value():
        raise CreditsTooFine(amount)
    return int(scaled)


def as_decimal(amount: int) -> Decimal:
    """The amount in credits of so many hundredths."""
    return Decimal(amount).scaleb(-2)


def credits_text(amount: int) -> str:
    """Hundredths as decimal text with two places: ``"8.00"``."""
    return str(as_decimal(amount))


def credits_json(amount: int) -> str:
    """Hundredths (0 to 99,999) as RFC 8785 writes the number: ``"8"``, ``"3.5"``, ``"0.01"``."""
    whole, rest = divmod(amount, 100)
    if not rest:
        return str(whole)
    if rest % 10:
        return f"{whole}.{rest:02d}"
    return f"{whole}.{rest // 10}"


@lru_cache(maxsize=16_384)
def grade_step(result: str | None) -> int:
    """The ledger's grade: 0–20 in steps of 5 %, rounded down; 255 for 合格 or no result.

    Raises:
        GradeMalformed: the text is neither 合格 nor a plain decimal from 0 to 100.
    """
    if result is None or result == PASSED:
        return UNGRADED
    if _GRADE.match(result) is None:
        raise GradeMalformed(result)
    # The step depends on the whole part alone, since steps are whole numbers of per cent.
    whole, _, rest = result.partition(".")
    percent = int(whole)
    if percent > 100 or (percent == 100 and rest.strip("0")):  # noqa: PLR2004 (per cent)
        raise GradeMalformed(result)
    return percent // 5


def valid_from(award: dt.date) -> str:
    """``validFrom`` of an award: its civil date at midnight of UTC+8."""
    return award.isoformat() + MIDNIGHT


def award_date(text: str) -> dt.date:
    """The civil date of a ``validFrom``.

    Raises:
        AwardDateMalformed: no existing date, or not at midnight of UTC+8.
    """
    if text[10:] != MIDNIGHT or _DATE.match(text[:10]) is None:
        raise AwardDateMalformed(text)
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        raise AwardDateMalformed(text) from None


def awarded_month(award: dt.date) -> int:
    """Months since January 1970 of a civil date in UTC+8.

    Raises:
        AwardedBefore1970: the date lies before.
    """
    if award.year < 1970:  # noqa: PLR2004 (the epoch)
        raise AwardedBefore1970(award)
    return (award.year - 1970) * 12 + award.month - 1
