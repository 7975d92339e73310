"""Where a network's files lie, below the folder that the operator names once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Layout:
    """The files of one network in `folder`.

    network.toml      what the operator wrote          network.json     what is running (written by `up`)
    deployment.json   what gateways read (by `deploy`) deploying.json   a deployment under way
    chain/            the engine's state, log and process
    keys/             key files by province, and the trial's passphrase (0600)
    """

    folder: Path

    @property
    def description(self) -> Path:
        """The network's description, written by a person."""
        return self.folder / "network.toml"

    @property
    def network(self) -> Path:
        """What is running."""
        return self.folder / "network.json"

    @property
    def deployment(self) -> Path:
        """What gateways read."""
        return self.folder / "deployment.json"

    @property
    def journal(self) -> Path:
        """What a deployment has done so far."""
        return self.folder / "deploying.json"

    @property
    def lock(self) -> Path:
        """Held by the one command that changes the network."""
        return self.folder / ".lock"

    @property
    def chain(self) -> Path:
        """The engine's own folder."""
        return self.folder / "chain"

    @property
    def keys(self) -> Path:
        """The folder of key files."""
        return self.folder / "keys"

    @property
    def passphrase(self) -> Path:
        """The trial's passphrase: made at random, its owner's alone, never in production."""
        return self.keys / "passphrase"

    @property
    def deployer(self) -> Path:
        """The key that creates the contracts and has no power once they are constituted."""
        return self.keys / "deployer.json"
