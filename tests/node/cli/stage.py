"""What the tests of the ceremony's commands stand on: members' folders, and the words that their operators type."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from node.cli.main import run
from tests.node.ceremony.papers import NAMES

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

SECRET = "words that nobody may see"
PROVINCES = (310_000, 320_000, 330_000, 340_000)


def member_new(folder: Path, province: int, *more: str) -> list[str]:
    zh, en = NAMES[province]
    who = ["--province", str(province), "--name-zh", zh, "--name-en", en, "--host", f"10.0.{province // 10_000}.5"]
    secret = ["--passphrase-file", str(folder / "passphrase")]
    return ["member", "new", "--dir", str(folder / str(province)), *who, *secret, *more]


def assembly(scene: Path, into: int, *more: str) -> list[str]:
    cards = [str(scene / str(province) / "card.json") for province in PROVINCES]
    return ["network", "assemble", str(scene / "plan.toml"), *cards, "--dir", str(scene / str(into)), *more]


def assembled(scene: Path) -> Path:
    for province in PROVINCES:
        assert run(assembly(scene, province)) == 0
    return scene


def printed(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found
