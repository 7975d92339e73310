"""The entry point of `huren-node`: gathers the commands."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import typer

from node.cli import (
    backup,
    chain,
    consortium,
    governance,
    member,
    member_accounts,
    motion,
    network,
    rendering,
    setup,
    status,
    succeed,
    swarm_key,
)
from node.client import terminal
from node.client.errors import NodeError

if TYPE_CHECKING:
    from collections.abc import Sequence


_OTHERS_WRITE = 0o022


def build() -> typer.Typer:
    """Return the whole command tree."""
    app = terminal.program("huren-node", "互认：运行联盟链节点 / run a member's node of the consortium chain")
    setup.register(app)
    member_accounts.register(member.register(app))
    network.register(app)
    swarm_key.register(app)
    rendering.register(app)
    chain.register(app)
    status.register(app)
    consortium.register(app)
    motion.register(app)
    governance.register(app)
    succeed.register(app)
    backup.register(app)
    return app


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code."""
    return terminal.run(terminal.told_whole(typer.main.get_command(build())), arguments, "huren-node", (NodeError,))


def main() -> None:
    """Console script ``huren-node``. Nobody but the operator writes into what it makes, whatever the shell's umask."""
    os.umask(os.umask(_OTHERS_WRITE) | _OTHERS_WRITE)
    sys.exit(run(sys.argv[1:]))
