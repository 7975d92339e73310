"""The engine of a folder is the same one under every name of the folder: its program is known by a path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from node.engines.anvil import Anvil
from node.engines.factory import engine_at
from node.layout import Layout
from node.setup import Trial, initialise

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_trial_is_the_same_from_whatever_folder_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or `status` from a neighbouring folder calls a running chain down, and `up` starts another on its files."""
    initialise(Layout(tmp_path / "network"), Trial("a-trial", 20_260, 8_545, 30), None)
    (tmp_path / "centre").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "network")
    monkeypatch.chdir(tmp_path / "centre")
    for name in ("../network", "../link", str(tmp_path / "centre" / ".." / "network")):
        engine = engine_at(Layout(type(tmp_path)(name)))
        assert isinstance(engine, Anvil)
        assert engine.state == (tmp_path / "network" / "chain" / "state.json").resolve()
