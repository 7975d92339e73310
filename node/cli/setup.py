"""`huren-node init`: a network to try things with, of one process or of four members' real nodes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from node.cli.console import Dir, PassphraseFd, PassphraseFile, sheet
from node.client.keystores import read_passphrase
from node.client.terminal import JsonFlag
from node.layout import Layout
from node.members import alone
from node.setup import Trial, initialise

if TYPE_CHECKING:
    from node.description import Description


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("init")(init)


def init(
    folder: Dir,
    name: Annotated[str, typer.Option("--name", help="网络名称 / the network's name")] = "huren-trial",
    chain_id: Annotated[int, typer.Option("--chain-id", min=1, help="链编号 / the chain's id")] = 20_260,
    engine: Annotated[
        str,
        typer.Option(
            "--engine",
            help="anvil（单进程）、geth 或 besu（四个真实节点） / anvil (one process), geth or besu (four real nodes)",
        ),
    ] = "anvil",
    port: Annotated[
        int,
        typer.Option(
            "--port",
            min=1,
            max=65_535,
            help="本机 RPC 端口；真实节点占用其后 40 个端口 / RPC port, this machine; real nodes take 40 from there on",
        ),
    ] = 8545,
    start_days_ago: Annotated[
        int,
        typer.Option("--start-days-ago", min=0, help="链时间从几天前开始 / how many days ago the chain's clock starts"),
    ] = 0,
    passphrase_file: PassphraseFile = None,
    passphrase_fd: PassphraseFd = None,
    as_json: JsonFlag = False,
) -> None:
    """生成试用网络：网络描述、四省密钥和随机口令 / Make a trial network: description, keys, a random passphrase."""
    given = passphrase_file is not None or passphrase_fd is not None
    passphrase = read_passphrase(passphrase_file, passphrase_fd) if given else None
    layout = Layout(folder)
    if engine == "anvil":
        description = initialise(layout, Trial(name, chain_id, port, start_days_ago), passphrase)
    else:
        description = _real(layout, name, chain_id, port, engine, start_days_ago, passphrase)
    payload = {
        "description": str(layout.description),
        "name": description.name,
        "chain_id": description.chain_id,
        "provinces": [member.province for member in description.member],
        "passphrase_file": None if given else str(layout.passphrase),
    }
    rows = [
        ("网络描述 / description", layout.description),
        ("链编号 / chain id", description.chain_id),
        ("成员 / members", "、".join(f"{member.name_zh} {member.name_en}" for member in description.member)),
        ("密钥 / keys", layout.keys if engine == "anvil" else layout.members / "*" / layout.keys.name),
        ("口令 / passphrase", passphrase_file or ("fd" if given else layout.passphrase)),
        (
            "下一步 / next",
            f"huren-node up --dir {folder}" if engine == "anvil" else f"huren-node up --all --dir {folder}",
        ),
    ]
    sheet(payload, rows, title="试用网络已生成 / the trial network is described", as_json=as_json)


def _real(
    layout: Layout, name: str, chain_id: int, port: int, engine: str, start_days_ago: int, passphrase: str | None
) -> Description:
    """Make a trial of four members' nodes.

    Raises:
        BadParameter: no such engine.
    """
    from node.trial import RealTrial  # noqa: PLC0415 - it takes a second to import, and most trials need none of it
    from node.trial import initialise as real  # noqa: PLC0415 - beside it

    kinds: dict[str, Literal["geth", "besu"]] = {"geth": "geth", "besu": "besu"}
    if engine not in kinds:
        raise typer.BadParameter(f"--engine {engine}：anvil、geth 或 besu / --engine is anvil, geth or besu")
    trial = RealTrial(name, chain_id, port, kinds[engine], start_days_ago=start_days_ago)
    with alone(layout):
        return real(layout, trial, passphrase, now=time.time())
