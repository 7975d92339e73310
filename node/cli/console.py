"""What the commands of `huren-node` share: their options, and one sheet for a result."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from node.client import terminal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

Dir = Annotated[
    Path,
    typer.Option("--dir", "-d", help="网络目录，内有 network.toml / the network's folder, with network.toml in it"),
]
AllOption = Annotated[
    bool, typer.Option("--all", help="试用网络的全部成员（members/ 下） / all members of a trial on this machine")
]
PassphraseFile = Annotated[
    Path | None,
    typer.Option("--passphrase-file", help="口令文件（仅本人可读） / a file with the passphrase, its owner's alone"),
]
PassphraseFd = Annotated[
    int | None,
    typer.Option(
        "--passphrase-fd", help="从该文件描述符读取口令 / an open file descriptor to read the passphrase from"
    ),
]


def sheet(payload: dict[str, Any], rows: Iterable[tuple[str, object]], *, title: str, as_json: bool) -> None:
    """Print a result: as JSON to a program, as a table of (what, value) to a person.

    What stands in brackets is shown as it is: names, paths and IPv6 addresses come from others and are no markup.
    """

    def text(out: Console) -> None:
        table = Table(title=Text(title), title_justify="left", show_header=False, box=None, pad_edge=False)
        for _ in ("what", "value"):
            table.add_column(overflow="fold")  # never cut: an address must be readable to its end
        for what, value in rows:
            table.add_row(Text(what), Text("—" if value is None else str(value)))
        out.print(table)

    terminal.emit(payload, as_json=as_json, text=text)
