"""Real networks for the tests of node/: anvil on a free port, in a folder of its own, ended by its own pid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from ports import free_port

from node.client.keystores import read_passphrase, unlock
from node.client.rpc import JsonRpc
from node.deploy import deploy
from node.description import Description, read
from node.engines.anvil import Anvil
from node.engines.factory import engine_of
from node.layout import Layout
from node.network import Network, up
from node.setup import Trial, initialise

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from eth_account.signers.local import LocalAccount

    from node.client.deployment import Deployment


@pytest.fixture(name="free_port")
def a_free_port() -> int:
    return free_port()


@dataclass(frozen=True, slots=True)
class TrialNetwork:
    """A described network, its engine, and its keys."""

    layout: Layout
    description: Description
    engine: Anvil

    def key(self, province: int, name: str) -> LocalAccount:
        path = self.layout.keys / str(province) / f"{name}.json"
        return unlock(path, read_passphrase(self.layout.passphrase))

    def deployer(self) -> LocalAccount:
        return unlock(self.layout.deployer, read_passphrase(self.layout.passphrase))

    def up(self) -> Network:
        return up(self.description, self.layout, self.engine)[0]

    def rpc(self) -> JsonRpc:
        return JsonRpc(self.engine.rpc_url)


def described(folder: Path, *, start_days_ago: int = 30) -> TrialNetwork:
    layout = Layout(folder)
    description = initialise(layout, Trial("a-trial", 20_260, free_port(), start_days_ago), None)
    engine = engine_of(description, None, layout)
    assert isinstance(engine, Anvil)
    return TrialNetwork(layout, read(layout.description), engine)


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[TrialNetwork]:
    """A network that does not run yet; whatever runs at the end is stopped."""
    network = described(tmp_path)
    yield network
    network.engine.stop()


@dataclass(frozen=True, slots=True)
class DeployedNetwork:
    """A running network with its consortium constituted."""

    trial: TrialNetwork
    network: Network
    deployment: Deployment
    rpc: JsonRpc


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeployedNetwork]:
    """One constituted network for the tests of a module that only add to it."""
    trial = described(tmp_path_factory.mktemp("network"))
    try:
        network = trial.up()
        done = deploy(trial.description, trial.layout, network, trial.deployer())
        with trial.rpc() as rpc:
            yield DeployedNetwork(trial, network, done.deployment, rpc)
    finally:
        trial.engine.stop()
