"""What every command shares: exit codes, bilingual sentences, one way to show a result or a failure."""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from node.client.errors import NodeError

out = Console(soft_wrap=True, highlight=False, emoji=False)
err = Console(stderr=True, soft_wrap=True, highlight=False, emoji=False)


class Exit(IntEnum):
    """Exit codes of `huren-node`."""

    OK = 0
    DIFFERS = 1
    """What was asked about is not as it should be: no chain runs, or its code is not this source."""
    CANNOT = 2
    """It could not be done or checked."""
    USAGE = 64
    """The command line was wrong (sysexits.h, EX_USAGE)."""


Dir = Annotated[
    Path,
    typer.Option("--dir", "-d", help="网络目录，内有 network.toml / the network's folder, with network.toml in it"),
]
AsJson = Annotated[bool, typer.Option("--json", help="以 JSON 输出结果 / print the result as JSON")]
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


def show(payload: dict[str, Any], rows: Iterable[tuple[str, object]], *, title: str, as_json: bool) -> None:
    """Print a result: as JSON to a program, as a table of (what, value) to a person."""
    if as_json:
        typer.echo(orjson.dumps(payload, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS).decode())
        return
    table = Table(title=title, title_justify="left", show_header=False, box=None, pad_edge=False)
    for what, value in rows:
        table.add_row(what, "—" if value is None else str(value))
    out.print(table)


def complain(error: NodeError, *, as_json: bool) -> None:
    """Print a failure: as JSON on standard output to a program, in two sentences on standard error to a person."""
    if as_json:
        typer.echo(orjson.dumps({"error": error.to_json()}, option=orjson.OPT_INDENT_2).decode())
        return
    err.print(f"错误：{error.zh}", style="red", markup=False)
    err.print(f"error: {error.en}", style="red", markup=False)


def note(zh: str, en: str) -> None:
    """Tell a person something that is not the result (standard error)."""
    err.print(f"{zh} / {en}", style="dim", markup=False)
