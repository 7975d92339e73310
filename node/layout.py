"""Where a network's files lie, below the folder that the operator names once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Layout:
    """The files of one network in `folder`, as one member's machine has them.

    network.toml      the one description              network.json     what is running (written by `up`)
    genesis.json      block 0, the same everywhere     deployment.json  what gateways read (by `deploy`)
    local.toml        this machine's own settings      deploying.json   a deployment under way
    card.json         this member's public card        cards/           the others'
    swarm-key.json    the swarm key, sealed to each member
    keys/             key files (0600), and the trial's passphrase; in a trial of one process, folders by province
    chain/            the engine's files               ipfs/            the Kubo repository
    run/              process ids, logs, health        units/           what the machine's own supervisor reads
    members/          in a trial of real nodes, a whole folder like this one for each province
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
    def successors(self) -> Path:
        """Which successors of contracts this folder has created."""
        return self.folder / "successors.json"

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

    @property
    def plan(self) -> Path:
        """What a trial's members agreed on; in production it is wherever its authors keep it."""
        return self.folder / "plan.toml"

    @property
    def genesis(self) -> Path:
        """Block 0 of a network with validators, the same bytes at every member."""
        return self.folder / "genesis.json"

    @property
    def local(self) -> Path:
        """This machine's own settings."""
        return self.folder / "local.toml"

    @property
    def card(self) -> Path:
        """This member's public card."""
        return self.folder / "card.json"

    @property
    def cards(self) -> Path:
        """The cards of the others, where they are kept."""
        return self.folder / "cards"

    @property
    def sealed_swarm_key(self) -> Path:
        """The swarm key, sealed to each member: no secret to anyone without an exchange key."""
        return self.folder / "swarm-key.json"

    @property
    def node_key(self) -> Path:
        """The chain client's key (secp256k1, 64 hexadecimal digits): its name among peers, and the validator."""
        return self.keys / "node.key"

    @property
    def exchange_key(self) -> Path:
        """What secrets for this member alone are sealed to (64 hexadecimal digits, see `node.ceremony.keys`)."""
        return self.keys / "exchange.key"

    @property
    def ipfs_key(self) -> Path:
        """The seed of the Kubo daemon's identity (Ed25519, 64 hexadecimal digits)."""
        return self.keys / "ipfs.key"

    @property
    def swarm_key(self) -> Path:
        """The key of the private swarm, opened: one secret of all members."""
        return self.keys / "swarm.key"

    @property
    def ipfs_token(self) -> Path:
        """The token with which this member's gateway uses the Kubo daemon."""
        return self.keys / "ipfs-token"

    def account(self, name: str) -> Path:
        """The key file of one of this member's accounts: admin, recovery, or an operator by its name."""
        return self.keys / f"{name}.json"

    @property
    def ipfs(self) -> Path:
        """The Kubo repository."""
        return self.folder / "ipfs"

    @property
    def run(self) -> Path:
        """Process ids, logs and health of what runs."""
        return self.folder / "run"

    @property
    def units(self) -> Path:
        """Units, the compose file and the firewall table that `render` writes."""
        return self.folder / "units"

    @property
    def members(self) -> Path:
        """The folders of a trial's members."""
        return self.folder / "members"

    def member(self, province: int) -> Layout:
        """The folder of one member of a trial of real nodes."""
        return Layout(self.members / str(province))

    def every_member(self) -> tuple[Layout, ...]:
        """The folders of a trial's members that are there, by province."""
        return tuple(Layout(one.parent) for one in sorted(self.members.glob("[0-9]*/local.toml")))
