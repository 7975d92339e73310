"""What a member's machine and its administrators read: a systemd unit, a compose file, and the firewall in words.

    for path, text in texts(description, local, layout).items(): …

Each is a function of network.toml, local.toml and the folder's place: rendered again, it is the same bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from node.client.files import write_whole
from node.render.firewall import firewall
from node.render.units import compose, unit

if TYPE_CHECKING:
    from pathlib import Path

    from node.description import Description
    from node.layout import Layout
    from node.local import Local

__all__ = ["compose", "firewall", "texts", "unit", "write"]


def texts(description: Description, local: Local, layout: Layout, python: Path) -> dict[Path, str]:
    """Return the texts by the file that each goes to; `python` is the interpreter that the unit starts."""
    return {
        layout.units / "huren-node.service": unit(description, local, layout.folder.absolute(), python),
        layout.units / "compose.yaml": compose(description, local),
        layout.units / "firewall.txt": firewall(description, local),
    }


def write(description: Description, local: Local, layout: Layout, python: Path) -> tuple[Path, ...]:
    """Write the texts below `layout` and return the files that were not so before."""
    written = []
    for path, text in texts(description, local, layout, python).items():
        if not path.exists() or path.read_bytes() != text.encode():
            write_whole(path, text.encode())
            written.append(path)
    return tuple(written)
