"""`huren-node render`: a member's folder for its engine, from network.toml, genesis.json and local.toml."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from node.cli.console import Dir, sheet
from node.client.terminal import JsonFlag, note
from node.description import AnvilEngine, read
from node.layout import Layout
from node.local import LocalFileError
from node.local import read as read_local
from node.members import alone

if TYPE_CHECKING:
    import typer

    from node.description import Description
    from node.local import Local


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("render")(render)


def render(folder: Dir, as_json: JsonFlag = False) -> None:
    """写成本节点的配置、服务单元和防火墙表 / Write this node's configuration, units and firewall table."""
    from node import render as rendering  # noqa: PLC0415 - most commands need none of it
    from node.ceremony.own import require_own_row  # noqa: PLC0415 - beside it
    from node.engines.factory import engine_of  # noqa: PLC0415 - beside it
    from node.ipfs import kubo_of  # noqa: PLC0415 - beside it

    layout = Layout(folder)
    description = read(layout.description)
    written: tuple[Path, ...] = ()
    with alone(layout):
        if isinstance(description.engine, AnvilEngine):
            written = engine_of(description, None, layout).render()
        else:
            local = read_local(layout.local)
            require_own_row(description, layout, local.province)
            _require_sense(description, local, layout)
            written = engine_of(description, local, layout).render()
            if layout.swarm_key.exists():
                written += kubo_of(description, local, layout).render()
            else:
                note(
                    "还没有群密钥，暂不写 IPFS 配置（huren-node swarm-key open）",
                    "there is no swarm key yet, so nothing for IPFS was written (huren-node swarm-key open)",
                )
            written += rendering.write(description, local, layout, Path(sys.executable))
    if not written:
        note("全部配置此前已写成，未作改动", "everything was written already, nothing was changed")
    names = [str(path.absolute().relative_to(layout.folder.absolute())) for path in written]
    rows: list[tuple[str, object]] = [("写成 / written", name) for name in names or ("—",)]
    sheet({"written": names}, rows, title=f"{description.name}", as_json=as_json)


def _require_sense(description: Description, local: Local, layout: Layout) -> None:
    """Hold local.toml, which people edit, against the rows.

    Raises:
        LocalFileError: a port of this machine's own use is one of its peers' ports.
    """
    own = description.row(local.province)
    shared = local.shared(own.node) if own is not None and own.node is not None else ()
    if shared:
        raise LocalFileError(
            layout.local, tuple((str(port), f"it is the {name} of this member's row as well") for name, port in shared)
        )
    for other in local.reach:
        if description.row(other.province) is None:
            note(
                f"{layout.local.name} 的 [[reach]] 写有 {other.province}，网络中没有该成员",
                f"{layout.local.name} says in [[reach]] where {other.province} is reached, which is no member here",
            )
