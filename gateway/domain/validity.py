"""When a credential ends: ``validUntil`` of W3C Verifiable Credentials Data Model 2.0, section 4.9.

    until = valid_until(dt.date(2029, 12, 31))      # what Huren writes: the last second of that day in UTC+8
    valid_until_time(until) < clock()               # expired

``validUntil`` is in the body, not among the disclosable fields: whoever is shown a part sees when it ends.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from gateway.domain.errors import DomainError

LAST_SECOND: Final = "T23:59:59+08:00"
"""How ``validUntil`` continues after the last day: it names the latest moment at which the credential is valid."""
_TIMESTAMP: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:[0-9]{2})\Z", re.ASCII
)


class ValidUntilMalformed(DomainError):
    """A ``validUntil`` that is no ``dateTimeStamp`` (XML Schema 1.1 part 2, 3.4.28) with a year of four digits."""

    code = "validity.until"
    zh = "有效期至“{value}”应为带时区的时间，例如 2029-12-31T23:59:59+08:00"
    en = "the end of validity {value!r} must be a time with its offset"
    hint_zh = "请按 年-月-日T时:分:秒+08:00 书写"
    hint_en = "write it like 2029-12-31T23:59:59+08:00"


class EndsBeforeAward(DomainError):
    """A ``validUntil`` that lies before ``validFrom``."""

    code = "validity.order"
    zh = "有效期至“{value}”早于取得日期 {awarded}"
    en = "the end of validity {value} lies before the award on {awarded}"
    hint_zh = "请核对两个日期"
    hint_en = "check both dates"


def valid_until(day: dt.date) -> str:
    """``validUntil`` of a credential whose last day, in UTC+8, is ``day``."""
    return day.isoformat() + LAST_SECOND


def valid_until_time(text: str) -> float:
    """Seconds since 1970 of the latest moment at which the credential is valid.

    Raises:
        ValidUntilMalformed: not a time with its offset, or one that no calendar has.
    """
    if _TIMESTAMP.match(text) is None:
        raise ValidUntilMalformed(text)
    try:
        return dt.datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError):
        raise ValidUntilMalformed(text) from None


def check_order(awarded: dt.date, until: str) -> None:
    """Refuse an end before the beginning, which is the award's day at midnight of UTC+8.

    Raises:
        ValidUntilMalformed, EndsBeforeAward: it is no time, or lies before.
    """
    begins = dt.datetime(awarded.year, awarded.month, awarded.day, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    if valid_until_time(until) < begins.timestamp():
        raise EndsBeforeAward(until, awarded=awarded)
