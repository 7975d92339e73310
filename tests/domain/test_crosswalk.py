from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway.domain.crosswalk import (
    CURRENT_VERSION,
    Category,
    LevelOutsideFramework,
    UnknownCategory,
    UnknownCrosswalk,
    UnknownFramework,
    crosswalk,
)

KNOWN = json.loads((Path(__file__).parents[1] / "vectors" / "crosswalk.json").read_text(encoding="utf-8"))


def test_the_current_version_is_the_known_one_and_marked_provisional() -> None:
    assert crosswalk().version == CURRENT_VERSION == KNOWN["version"]
    assert crosswalk().provisional


def test_every_level_of_every_framework_maps_as_known() -> None:
    assert {name: dict(levels) for name, levels in crosswalk().frameworks.items()} == {
        name: framework["levels"] for name, framework in KNOWN["frameworks"].items()
    }
    for name, framework in KNOWN["frameworks"].items():
        for level, regional in framework["levels"].items():
            assert crosswalk().regional_level(name, level) == regional


def test_every_category_maps_as_known() -> None:
    for name, value in KNOWN["categories"].items():
        category = crosswalk().category(name)
        assert (category, category.zh) == (value, name)
        assert category.en
    assert len(KNOWN["categories"]) == len(Category)


def test_what_the_crosswalk_does_not_name_is_refused_with_what_it_names() -> None:
    with pytest.raises(UnknownCategory, match="学历"):
        crosswalk().category("其他")
    with pytest.raises(UnknownFramework, match="OUC"):
        crosswalk().regional_level("广东", "1")
    with pytest.raises(LevelOutsideFramework, match="7"):
        crosswalk().regional_level("江苏", "8")


@pytest.mark.parametrize("version", ["2031-1", "../../pyproject", "2026-1.json", ""])
def test_a_version_this_software_does_not_hold_is_refused(version: str) -> None:
    with pytest.raises(UnknownCrosswalk):
        crosswalk(version)
