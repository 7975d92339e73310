"""A trial of real nodes as files: nothing runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest
from ports import free_ports

from node.layout import Layout
from node.trial import RealTrial, initialise

if TYPE_CHECKING:
    from pathlib import Path

NOW = 1_790_000_000


def trial_folder(folder: Path, engine: Literal["geth", "besu"]) -> Layout:
    layout = Layout(folder)
    initialise(layout, RealTrial("a-trial", 20_261, free_ports(40)[0], engine, genesis_time=NOW), None, now=NOW)
    return layout


@pytest.fixture(scope="module")
def geth_trial(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    return trial_folder(tmp_path_factory.mktemp("geth") / "trial", "geth")


@pytest.fixture(scope="module")
def besu_trial(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    return trial_folder(tmp_path_factory.mktemp("besu") / "trial", "besu")
