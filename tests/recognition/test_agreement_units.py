"""The units of agreement files: days, months, credits, grades, ratios, levels, as people write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gateway.domain.errors import HurenError
from gateway.domain.rule import NO_CAP
from gateway.recognition.agreements import units

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (units.days, "７天", 7),
        (units.days, "10 Days", 10),
        (units.months, "18 months", 18),
        (units.months, "2 年", 24),
        (units.amount, "3.5 credits", 350),
        (units.amount, "0.01", 1),
        (units.cap, "1000 学分", 100_000),
        (units.cap, "none", NO_CAP),
        (units.grade, "100", 20),
        (units.grade, "５%", 1),
        (units.ratio, "0.25", (1, 4)),
        (units.ratio, "33 %", (33, 100)),
        (units.ratio, "2/4", (1, 2)),
        (units.ratio, "1", (1, 1)),
        (units.levels, "4", (4, 4)),
        (units.levels, "3 to 5", (3, 5)),
        (units.levels, "3–5 级", (3, 5)),
        (units.yes, "是", True),
        (units.province, "500000", 500_000),
        (units.province, "重庆", 500_000),
        (units.category, "社区文化", 3),
    ],
)
def test_units_are_read_as_people_write_them(read: Callable[[str], object], text: str, value: object) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (units.ratio, "0"),
        (units.ratio, "1/0"),
        (units.cap, "0"),
        (units.cap, "1.001"),
        (units.cap, "99999999999"),
        (units.grade, "0"),
        (units.grade, "105"),
        (units.yes, "maybe"),
        (units.number, "-1"),
        (units.number, "99999999999999999999"),
        (units.number, "٣"),
    ],
)
def test_what_is_no_such_unit_is_refused(read: Callable[[str], object], text: str) -> None:
    with pytest.raises(HurenError):
        read(text)
