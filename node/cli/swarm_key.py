"""`huren-node swarm-key make | open`: the one secret that all members share, from its maker to each of them.

What they work with takes a second to import (keys), so it is imported when they run.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from node.cli.block_0 import hash_of_block_0
from node.cli.console import Dir, sheet
from node.client.terminal import JsonFlag, note
from node.description import read
from node.layout import Layout
from node.local import read as read_local
from node.members import alone

ReplaceOption = Annotated[
    bool,
    typer.Option("--replace", help="换用新的群密钥，旧的留存 / change to another key; the old one is put aside"),
]


def register(app: typer.Typer) -> None:
    """Add the group to `app`."""
    swarm_key = typer.Typer(
        name="swarm-key",
        help="群密钥：一方生成并分别加密给各成员 / the swarm key: made by one, sealed to each, opened by each",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    swarm_key.command("make")(make)
    swarm_key.command("open")(open_)
    app.add_typer(swarm_key)


def make(folder: Dir, replace: ReplaceOption = False, as_json: JsonFlag = False) -> None:
    """生成群密钥（已有则沿用），加密给每个成员 / Make the swarm key, or take the one here, and seal it to all."""
    from node.ceremony import sharing  # noqa: PLC0415 - see the module's docstring

    layout = Layout(folder)
    description, local = read(layout.description), read_local(layout.local)
    block_0 = hash_of_block_0(layout)
    with alone(layout):
        sealed = sharing.make(layout, description, local.province, block_0, now=time.time(), replace=replace)
    payload = {"file": str(layout.sealed_swarm_key), "digest": sealed.digest, "provinces": sorted(sealed.boxes)}
    rows: list[tuple[str, object]] = [
        ("文件 / file", layout.sealed_swarm_key),
        ("加密给 / sealed to", "、".join(payload["provinces"])),
        ("密钥摘要，各成员应一致 / digest, the same at every member", sealed.digest),
        (
            "下一步 / next",
            f"交给各成员 / to every member: huren-node swarm-key open {layout.sealed_swarm_key.name} --dir DIR",
        ),
    ]
    sheet(payload, rows, title="群密钥已封装 / the swarm key is sealed", as_json=as_json)


def open_(
    file: Annotated[Path, typer.Argument(help="某成员封装的群密钥 / swarm-key.json of another member", metavar="FILE")],
    folder: Dir,
    replace: ReplaceOption = False,
    as_json: JsonFlag = False,
) -> None:
    """打开加密给本成员的群密钥 / Open the swarm key that was sealed to this member."""
    from node.ceremony import sharing, swarm  # noqa: PLC0415 - see the module's docstring
    from node.ceremony.findings import UnreadableError  # noqa: PLC0415 - beside it

    layout = Layout(folder)
    description, local = read(layout.description), read_local(layout.local)
    block_0 = hash_of_block_0(layout)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise UnreadableError(file, error.strerror or "unreadable") from error
    with alone(layout):
        new = sharing.take(layout, content, file, description, local.province, block_0, replace=replace)
    if not new:
        note("群密钥此前已打开，未作改动", "the swarm key was opened already, nothing was changed")
    digest = swarm.read(content, file, description, block_0).digest
    sheet(
        {"swarm_key": str(layout.swarm_key), "opened": new, "digest": digest},
        [
            ("群密钥 / swarm key", layout.swarm_key),
            ("密钥摘要，各成员应一致 / digest, the same at every member", digest),
            ("下一步 / next", f"huren-node render --dir {folder}"),
        ],
        title="群密钥已打开 / the swarm key is open",
        as_json=as_json,
    )
