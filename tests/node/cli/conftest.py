"""Five members' folders, made once by the commands: keys take a moment."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from node.cli.main import run
from tests.node.ceremony.papers import NAMES, PLAN
from tests.node.cli.stage import SECRET, member_new

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="package")
def consortium(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five members' folders, made by `member new`, a plan and a passphrase's file."""
    folder = tmp_path_factory.mktemp("consortium")
    (folder / "passphrase").write_text(SECRET + "\n", encoding="utf-8")
    (folder / "passphrase").chmod(0o600)
    (folder / "plan.toml").write_text(PLAN, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("node.cli.member.SCRYPT_COST", 2)
        for province in NAMES:
            assert run(member_new(folder, province)) == 0
    return folder


@pytest.fixture
def scene(consortium: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, to be changed."""
    monkeypatch.setattr("node.cli.member.SCRYPT_COST", 2)
    return shutil.copytree(consortium, tmp_path / "scene")
