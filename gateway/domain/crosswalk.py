"""From a framework's level to the region's ten: the crosswalk, versioned, each credential naming its version.

Version 2026-1 is PROVISIONAL: a demonstration. The provinces decide the real one, under a version of its own,
and credentials issued before keep theirs.
"""

from __future__ import annotations

import functools
import importlib.resources
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import msgspec

from gateway.domain.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Mapping

CURRENT_VERSION: Final = "2026-1"
"""The version that new credentials are issued under."""
_PROVISIONAL: Final = "PROVISIONAL"


class Category(IntEnum):
    """What kind of learning an outcome is; the ledger's fact 2."""

    ACADEMIC = 1
    VOCATIONAL = 2
    COMMUNITY = 3
    """Community and culture: never becomes academic credit."""

    @property
    def zh(self) -> str:
        """The Chinese name, as rosters and credentials write it."""
        return _CATEGORY_NAMES[self][0]

    @property
    def en(self) -> str:
        """The English name."""
        return _CATEGORY_NAMES[self][1]

    @property
    def word(self) -> str:
        """What a person types and JSON shows for it: one word."""
        return _CATEGORY_NAMES[self][2]


_CATEGORY_NAMES: Final = {
    Category.ACADEMIC: ("学历", "academic", "academic"),
    Category.VOCATIONAL: ("职业", "vocational", "vocational"),
    Category.COMMUNITY: ("社区文化", "community and culture", "culture"),
}

CATEGORIES: Final = {category.word: category for category in Category}
"""By what a person types for them."""


class UnknownCrosswalk(DomainError):
    """A version of the crosswalk that this software does not hold."""

    code = "crosswalk.version"
    zh = "没有版本为“{value}”的等级对照表"
    en = "there is no crosswalk of version {value!r}"
    hint_zh = "请升级本系统"
    hint_en = "upgrade this software"


class UnknownCategory(DomainError):
    """A category that the crosswalk does not name."""

    code = "crosswalk.category"
    zh = "成果类别“{value}”不存在"
    en = "there is no category {value!r}"
    hint_zh = "可用：{known}"
    hint_en = "known are: {known}"


class UnknownFramework(DomainError):
    """A framework that the crosswalk does not name."""

    code = "crosswalk.framework"
    zh = "等级框架“{value}”不在对照表中"
    en = "the framework {value!r} is not in the crosswalk"
    hint_zh = "可用：{known}"
    hint_en = "known are: {known}"


class LevelOutsideFramework(DomainError):
    """A level that its framework does not have."""

    code = "crosswalk.level"
    zh = "等级“{value}”不在框架“{framework}”之内"
    en = "the level {value!r} is not one of the framework {framework}"
    hint_zh = "该框架的等级：{known}"
    hint_en = "its levels are: {known}"


class _Framework(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    levels: dict[str, int]
    name_zh: str = ""
    name_en: str = ""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    about: str
    version: str
    frameworks: dict[str, _Framework]
    categories: dict[str, int]


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """One version of the crosswalk."""

    version: str
    provisional: bool
    """A demonstration that no province has decided."""
    frameworks: Mapping[str, Mapping[str, int]]
    """Framework name → its level (text) → the region's level 1–10."""
    categories: Mapping[str, Category]
    """Chinese name → category."""

    @classmethod
    def from_json(cls, data: bytes) -> Crosswalk:
        """Read a crosswalk file (its form: ``data/crosswalk-2026-1.json``)."""
        file = msgspec.json.decode(data, type=_File)
        return cls(
            version=file.version,
            provisional=file.about.startswith(_PROVISIONAL),
            frameworks=MappingProxyType({n: MappingProxyType(f.levels) for n, f in file.frameworks.items()}),
            categories=MappingProxyType({name: Category(value) for name, value in file.categories.items()}),
        )

    def category(self, name: str) -> Category:
        """The category of a Chinese name.

        Raises:
            UnknownCategory: no such name; the error lists those there are.
        """
        try:
            return self.categories[name]
        except KeyError:
            raise UnknownCategory(name, known="、".join(self.categories)) from None

    def regional_level(self, framework: str, level: str) -> int:
        """The region's level (1–10) of a level (plain digits) in its own framework.

        Raises:
            UnknownFramework: the crosswalk does not name it.
            LevelOutsideFramework: the framework has no such level.
        """
        levels = self.frameworks.get(framework)
        if levels is None:
            raise UnknownFramework(framework, known="、".join(self.frameworks))
        if level not in levels:
            raise LevelOutsideFramework(level, framework=framework, known="、".join(levels))
        return levels[level]


@functools.cache
def crosswalk(version: str = CURRENT_VERSION) -> Crosswalk:
    """The crosswalk of a version, out of the package's own data.

    Raises:
        UnknownCrosswalk: this software does not hold that version.
    """
    folder = importlib.resources.files("gateway.domain") / "data"
    # Names are compared, never joined into a path: a version comes out of foreign documents.
    for entry in folder.iterdir():
        if entry.name == f"crosswalk-{version}.json":
            return Crosswalk.from_json(entry.read_bytes())
    raise UnknownCrosswalk(version)
