"""Words beside the digests of what surfaces show of an application or a request: codes, and names of institutions.

Naming(codes, names).of({"programme": "0x…", "institution": "1231…"})
→ {"programme": "0x…", "programmeCode": "ZJ-ACC-2026", "institution": "1231…", "institutionName": "上海开放大学"}
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gateway.ledger.code_book import Labels

_CODES: Final = ("outcome", "programme", "course")
_PLACES: Final = ("institution", "targetInstitution")


class Naming:
    """What one gateway knows: codes that it was told (decision 0246), names on its own register."""

    def __init__(self, codes: Labels, names: Callable[[str], str]) -> None:
        """``codes`` say what digests stand for, ``names`` the Chinese name of an institution, empty: not known."""
        self._codes = codes
        self._names = names

    def of(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """The same members, each digest of a code and each institution followed by its words; null: not known."""
        named: dict[str, Any] = {}
        for member, value in told.items():
            named[member] = value
            if member in _CODES:
                named[f"{member}Code"] = self._codes.get(bytes.fromhex(value[2:]))
            elif member in _PLACES:
                named[f"{member}Name"] = self._names(value) or None
        return named
