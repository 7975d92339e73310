"""Province-level divisions of GB/T 2260, the ``uint32`` by which the ledger names a province."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from gateway.domain.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Mapping


class UnknownProvince(DomainError):
    """A code that GB/T 2260 does not give to a province-level division."""

    code = "identifier.province.unknown"
    zh = "“{value}”不是 GB/T 2260 的省级行政区划代码"
    en = "{value!r} is not a province-level code of GB/T 2260"
    hint_zh = "请使用六位代码，例如 320000（江苏省）"
    hint_en = "use the six digits, for example 320000 (Jiangsu)"


@dataclass(frozen=True, slots=True)
class Province:
    """One province-level division."""

    code: int
    """Six digits of GB/T 2260, for example 320000."""
    zh: str
    """Its full Chinese name, for example 江苏省."""
    en: str
    """Its English short name, for example Jiangsu."""

    @property
    def digits(self) -> str:
        """The two leading digits, as resident numbers and credit codes carry them."""
        return f"{self.code // 10_000:02d}"


_NAMES: Final = (
    (110000, "北京市", "Beijing"),
    (120000, "天津市", "Tianjin"),
    (130000, "河北省", "Hebei"),
    (140000, "山西省", "Shanxi"),
    (150000, "内蒙古自治区", "Inner Mongolia"),
    (210000, "辽宁省", "Liaoning"),
    (220000, "吉林省", "Jilin"),
    (230000, "黑龙江省", "Heilongjiang"),
    (310000, "上海市", "Shanghai"),
    (320000, "江苏省", "Jiangsu"),
    (330000, "浙江省", "Zhejiang"),
    (340000, "安徽省", "Anhui"),
    (350000, "福建省", "Fujian"),
    (360000, "江西省", "Jiangxi"),
    (370000, "山东省", "Shandong"),
    (410000, "河南省", "Henan"),
    (420000, "湖北省", "Hubei"),
    (430000, "湖南省", "Hunan"),
    (440000, "广东省", "Guangdong"),
    (450000, "广西壮族自治区", "Guangxi"),
    (460000, "海南省", "Hainan"),
    (500000, "重庆市", "Chongqing"),
    (510000, "四川省", "Sichuan"),
    (520000, "贵州省", "Guizhou"),
    (530000, "云南省", "Yunnan"),
    (540000, "西藏自治区", "Tibet"),
    (610000, "陕西省", "Shaanxi"),
    (620000, "甘肃省", "Gansu"),
    (630000, "青海省", "Qinghai"),
    (640000, "宁夏回族自治区", "Ningxia"),
    (650000, "新疆维吾尔自治区", "Xinjiang"),
    (710000, "台湾省", "Taiwan"),
    (810000, "香港特别行政区", "Hong Kong"),
    (820000, "澳门特别行政区", "Macao"),
)

PROVINCES: Final[Mapping[int, Province]] = MappingProxyType({code: Province(code, zh, en) for code, zh, en in _NAMES})
"""Every province-level division by its six-digit code."""

PROVINCE_DIGITS: Final[Mapping[str, Province]] = MappingProxyType(
    {province.digits: province for province in PROVINCES.values()}
)
"""The same, by the two leading digits."""


def province_names(code: int) -> tuple[str, str]:
    """The Chinese and the English name of a province; its code where GB/T 2260 has no name for it."""
    known = PROVINCES.get(code)
    return (str(code), str(code)) if known is None else (known.zh, known.en)


def province_of(code: int) -> Province:
    """The province of a six-digit code.

    Raises:
        UnknownProvince: GB/T 2260 has no such province-level division.
    """
    try:
        return PROVINCES[code]
    except KeyError:
        raise UnknownProvince(code) from None
