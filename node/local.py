"""local.toml: what one member alone decides about its own machine. It never leaves that machine.

local = read(layout.local)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from pydantic import Field, model_validator

from node.client.errors import NodeError
from node.client.files import write_whole
from node.description.members import ProvinceCode
from node.description.reading import listing, parsed
from node.description.values import (
    BindText,
    HostText,
    Port,
    Row,
    toml_text,
)

if TYPE_CHECKING:
    from pathlib import Path

    from node.description.members import MemberNode


class LocalFileError(NodeError):
    """local.toml at `path` is not usable: `findings` are (place, what is wrong there)."""

    def __init__(self, path: Path, findings: tuple[tuple[str, str], ...]) -> None:
        listed = listing(findings)
        super().__init__(f"本机设置 {path} 有误：{listed}", f"this machine's settings {path} are wrong: {listed}")
        self.path = path
        self.findings = findings


class Reach(Row):
    """Where a member's node is reached from this machine, where that is not at its row's address (tunnel, NAT)."""

    province: ProvinceCode
    host: HostText
    p2p_port: Port
    swarm_port: Port


class Local(Row):
    """One member's machine.

    Attributes:
        province: whose row of network.toml this machine is.
        listen: the address on which the peers' two ports are opened; by default every one the machine has.
        rpc_host: where the client answers the member's own gateway. Nobody else's: it asks for no password.
        rpc_port, authrpc_port, ipfs_api_port, metrics_port: of the chain client's JSON-RPC; of geth's second
            JSON-RPC, which nothing uses but which cannot be closed; of Kubo's API; of the supervisor's figures.
        geth, besu, ipfs: paths of the programs where they are not found by themselves.
        reach: other members that this machine reaches elsewhere than their rows say.
    """

    province: ProvinceCode
    listen: BindText = "0.0.0.0"  # noqa: S104 - peers come from other machines; the firewall table says which
    rpc_host: HostText = "127.0.0.1"
    rpc_port: Port = 8545
    authrpc_port: Port = 8551
    ipfs_api_port: Port = 5001
    metrics_port: Port = 9645
    geth: str | None = Field(default=None, min_length=1)
    besu: str | None = Field(default=None, min_length=1)
    ipfs: str | None = Field(default=None, min_length=1)
    reach: tuple[Reach, ...] = Field(default=(), strict=False)

    def seen(self, province: int, node: MemberNode) -> MemberNode:
        """Return the node of `province` as this machine reaches it."""
        for other in self.reach:
            if other.province == province:
                at = {"host": other.host, "p2p_port": other.p2p_port, "swarm_port": other.swarm_port}
                return node.model_copy(update=at)
        return node

    @property
    def ports(self) -> tuple[int, ...]:
        """The ports of this machine's own use."""
        return (self.rpc_port, self.authrpc_port, self.ipfs_api_port, self.metrics_port)

    def shared(self, node: MemberNode) -> tuple[tuple[str, int], ...]:
        """Return which of the node's two ports this machine uses for something else as well."""
        peers = (("p2p_port", node.p2p_port), ("swarm_port", node.swarm_port))
        return tuple((name, port) for name, port in peers if port in self.ports)

    @model_validator(mode="after")
    def _ports_are_apart(self) -> Self:
        if len(set(self.ports)) != len(self.ports):
            raise ValueError("rpc_port, authrpc_port, ipfs_api_port and metrics_port are four different ports")
        return self


def read(path: Path) -> Local:
    """Return the settings at `path`.

    Raises:
        LocalFileError: absent, no TOML, an unknown key, or a value that cannot be.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        new = " (huren-node member new)" if isinstance(error, FileNotFoundError) else ""
        what = error.strerror if isinstance(error, OSError) else None
        raise LocalFileError(path, (("", f"{what or 'unreadable'}{new}"),)) from error
    found = parsed(text, Local)
    if isinstance(found, tuple):
        raise LocalFileError(path, found)
    return found


def find(path: Path) -> Local | None:
    """Return the settings at `path`, or None where there are none: a network of one process needs none.

    Raises:
        LocalFileError: they are there and cannot be used.
    """
    return read(path) if path.exists() else None


def write(path: Path, local: Local) -> None:
    """Write `local` as a person edits it; what is at its default is left out."""
    lines = ["# 本机设置，不外传 / this machine's own settings; they never leave it"]
    for name, value in local.model_dump(exclude={"reach"}).items():
        if name == "province" or value != Local.model_fields[name].default:
            lines.append(f"{name} = {value}" if isinstance(value, int) else f"{name} = {toml_text(value)}")
    for other in local.reach:
        lines += ["", "[[reach]]", f"province = {other.province}", f"host = {toml_text(other.host)}"]
        lines += [f"p2p_port = {other.p2p_port}", f"swarm_port = {other.swarm_port}"]
    write_whole(path, "\n".join([*lines, ""]).encode(), 0o600)
