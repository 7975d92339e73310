"""Days and months of UTC+8, the one civil time of all provinces (no daylight saving since 1991, none counted before).

    >>> month_of(0), month_of(1_704_038_400)  # 2024-01-01T00:00:00+08:00
    (0, 648)

The ledger's Calendar library computes the same (tests/recognition compares them).
"""

from __future__ import annotations

import datetime as dt
from typing import Final

CHINA: Final = dt.timezone(dt.timedelta(hours=8))
"""UTC+8."""
DAY: Final = 86_400
"""Seconds of a day."""
ERA: Final = 146_097 * DAY
"""Seconds of 400 years, after which the calendar repeats itself."""
MONTHS_OF_ERA: Final = 4_800
_OFFSET: Final = 8 * 3600
_EPOCH: Final = dt.date(1970, 1, 1).toordinal()
_LAST: Final = (dt.date.max.toordinal() - _EPOCH + 1) * DAY - _OFFSET - 1
"""The last second that a calendar of four-digit years has; the ledger's words go on after it."""


def day_of(time: int) -> dt.date:
    """The civil date in UTC+8 of a moment (seconds since 1970, not negative); of all after 9999 its last day."""
    return dt.date.fromordinal(_EPOCH + (min(time, _LAST) + _OFFSET) // DAY)


def month_of(time: int) -> int:
    """Months since January 1970 of the civil date in UTC+8."""
    day = day_of(time % ERA)
    return (day.year - 1970) * 12 + day.month - 1 + time // ERA * MONTHS_OF_ERA


def month_text(month: int) -> str:
    """Months since January 1970 as ISO 8601 writes a month: ``month_text(648)`` is 2024-01."""
    return f"{1970 + month // 12}-{month % 12 + 1:02d}"


def begin_of(day: dt.date) -> int:
    """Seconds since 1970 of a day's first moment in UTC+8."""
    return (day.toordinal() - _EPOCH) * DAY - _OFFSET


def end_of(day: dt.date) -> int:
    """Seconds since 1970 of the first moment after a day: intervals are half-open, so a last day ends here."""
    return begin_of(day) + DAY


def last_day(until: int) -> dt.date:
    """The last civil date of a half-open interval that ends at ``until``."""
    return day_of(until - 1)


def moment_text(time: int) -> str | None:
    """A moment in UTC+8 as RFC 3339 writes it; None for 0, which the contracts say where no time is set."""
    return dt.datetime.fromtimestamp(min(time, _LAST), CHINA).isoformat() if time else None
