"""The sentence for each error of the contracts: name → (Chinese, English), with the error's values in braces."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SENTENCES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "Error": ("{message}", "{message}"),
        "Panic": ("合约内部检查失败（代码 {code}）", "a check inside the contract failed (code {code})"),
    }
)
