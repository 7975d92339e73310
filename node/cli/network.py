"""`huren-node network assemble | add | leave | fingerprint` and `huren-node swarm-key make | open`: the ceremony.

What they work with takes a second to import (keys), so it is imported when they run.
"""

from __future__ import annotations

import secrets
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from node.cli.console import Dir, sheet
from node.client.errors import Exit, NodeError
from node.client.files import write_whole
from node.client.keystores import PRIVATE
from node.client.terminal import JsonFlag, note
from node.description import read
from node.layout import Layout
from node.local import read as read_local
from node.members import alone

if TYPE_CHECKING:
    from node.ceremony.card import Card
    from node.description import Description

CardArgument = Annotated[Path, typer.Argument(help="成员卡 / a member's card", metavar="CARD")]


class GenesisFileError(NodeError):
    """genesis.json at `path` cannot be read."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"创世文件 {path} 无法使用（{why}）。请先运行 huren-node network assemble，或向其他成员索取",
            f"cannot use {path} ({why}). Run huren-node network assemble first, or ask another member for it",
        )
        self.path = path


class OtherSwarmKeyError(NodeError):
    """There is a swarm key at `path`, and it is another one."""

    exit_code = Exit.AGAINST

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} 已有另一个群密钥，未作改动。若确要更换，请先移走该文件",
            f"{path} holds another swarm key; nothing was changed. Move it away first to change keys",
        )
        self.path = path


def register(app: typer.Typer) -> None:
    """Add the groups to `app`."""
    network = typer.Typer(
        name="network",
        help="网络：由方案和成员卡生成一致的描述与创世文件 / the network: one description and one block 0, of cards",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    network.command("assemble")(assemble)
    network.command("add")(add)
    network.command("leave")(leave)
    network.command("fingerprint")(fingerprint)
    app.add_typer(network)
    swarm_key = typer.Typer(
        name="swarm-key",
        help="群密钥：一方生成并分别加密给各成员 / the swarm key: made by one, sealed to each, opened by each",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    swarm_key.command("make")(make)
    swarm_key.command("open")(open_)
    app.add_typer(swarm_key)


def assemble(
    plan: Annotated[Path, typer.Argument(help="各成员商定的方案 / the plan that was agreed on", metavar="PLAN")],
    cards: Annotated[
        list[Path], typer.Argument(help="各成员的成员卡，次序不限 / everybody's card, in any order", metavar="CARD...")
    ],
    folder: Dir,
    as_json: JsonFlag = False,
) -> None:
    """核对成员卡，生成网络描述与创世文件，各处字节一致 / Check the cards; write network.toml and genesis.json."""
    from node.ceremony.assembly import assemble as put_together  # noqa: PLC0415 - see the module's docstring
    from node.ceremony.own import require_own_row  # noqa: PLC0415 - beside it
    from node.ceremony.plan import read as read_plan  # noqa: PLC0415 - beside it

    layout = Layout(folder)
    assembly = put_together(read_plan(plan), plan, _checked(cards))
    if layout.local.exists():  # a member's own folder; anybody else may assemble as well
        require_own_row(assembly.description, layout, read_local(layout.local).province, accounts=True)
    with alone(layout):
        written = assembly.save(layout)
    if not written:
        note("两个文件此前已生成，未作改动", "both files were there already, nothing was changed")
    _show(layout, assembly.description, assembly.fingerprint, assembly.genesis_hash, as_json=as_json)


def add(
    card: CardArgument,
    folder: Dir,
    replace: Annotated[
        bool, typer.Option("--replace", help="更换已有成员的密钥或地址 / change the keys or address of a member")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """把后加入成员的卡写入网络描述，创世文件不变 / Write a later member's row; block 0 stays as it is."""
    from node.ceremony.card import read as read_card  # noqa: PLC0415 - see the module's docstring
    from node.ceremony.joining import add as add_row  # noqa: PLC0415 - beside it

    layout = Layout(folder)
    read(layout.description)  # what it is to be added to comes first
    checked = read_card(card)
    with alone(layout):
        description, changed = add_row(layout, checked, card, replace=replace)
    if not changed:
        note("网络描述中已有此行，未作改动", "the row was there already, nothing was changed")
    _show(layout, description, *_fingerprint(layout), as_json=as_json)


def leave(
    province: Annotated[
        int, typer.Argument(help="已离开的成员 / the member that left, such as 320000", metavar="PROVINCE")
    ],
    folder: Dir,
    as_json: JsonFlag = False,
) -> None:
    """标记已离开的成员，不再与其节点相连；先由 governance apply 移出 / Mark one that left: nobody's peer any more."""
    from node.ceremony.joining import leave as mark  # noqa: PLC0415 - see the module's docstring

    layout = Layout(folder)
    with alone(layout):
        description, changed = mark(layout, province)
    if not changed:
        note("此前已标记，未作改动", "it was marked already, nothing was changed")
    _show(layout, description, *_fingerprint(layout), as_json=as_json)


def fingerprint(folder: Dir, as_json: JsonFlag = False) -> None:
    """显示网络指纹，供各成员电话核对 / Show the network's fingerprint, for members to compare by telephone."""
    layout = Layout(folder)
    _show(layout, read(layout.description), *_fingerprint(layout), as_json=as_json)


def make(folder: Dir, as_json: JsonFlag = False) -> None:
    """生成群密钥（已有则沿用），加密给每个成员 / Make the swarm key, or take the one here, and seal it to all."""
    from node.ceremony import swarm  # noqa: PLC0415 - see the module's docstring
    from node.ceremony.keys import read_key  # noqa: PLC0415 - beside it

    layout = Layout(folder)
    description, local = read(layout.description), read_local(layout.local)
    node_key = read_key(layout.node_key)
    block_0 = _genesis_hash(layout)
    with alone(layout):
        if not layout.swarm_key.exists():
            write_whole(layout.swarm_key, f"{secrets.token_hex(32)}\n".encode(), PRIVATE)
        key = read_key(layout.swarm_key)
        sealed = swarm.seal(key, description, block_0, local.province, node_key, time.time())
        write_whole(layout.sealed_swarm_key, sealed.encode())
    payload = {"file": str(layout.sealed_swarm_key), "digest": sealed.digest, "provinces": sorted(sealed.boxes)}
    rows: list[tuple[str, object]] = [
        ("文件 / file", layout.sealed_swarm_key),
        ("加密给 / sealed to", "、".join(payload["provinces"])),
        ("密钥摘要 / digest", sealed.digest),
        ("下一步 / next", f"交给各成员：huren-node swarm-key open {layout.sealed_swarm_key.name}"),
    ]
    sheet(payload, rows, title="群密钥已封装 / the swarm key is sealed", as_json=as_json)


def open_(
    file: Annotated[Path, typer.Argument(help="某成员封装的群密钥 / swarm-key.json of another member", metavar="FILE")],
    folder: Dir,
    as_json: JsonFlag = False,
) -> None:
    """打开加密给本成员的群密钥 / Open the swarm key that was sealed to this member."""
    from node.ceremony import swarm  # noqa: PLC0415 - see the module's docstring
    from node.ceremony.keys import read_key  # noqa: PLC0415 - beside it

    layout = Layout(folder)
    description, local = read(layout.description), read_local(layout.local)
    exchange_key = read_key(layout.exchange_key)
    block_0 = _genesis_hash(layout)
    content = file.read_bytes()
    key = swarm.opened(content, file, description, block_0, local.province, exchange_key)
    with alone(layout):
        known = layout.swarm_key.exists()
        if known and read_key(layout.swarm_key) != key:
            raise OtherSwarmKeyError(layout.swarm_key)
        if not known:
            write_whole(layout.swarm_key, f"{key.hex()}\n".encode(), PRIVATE)
    if known:
        note("群密钥此前已打开，未作改动", "the swarm key was opened already, nothing was changed")
    sheet(
        {"swarm_key": str(layout.swarm_key), "opened": not known},
        [("群密钥 / swarm key", layout.swarm_key), ("下一步 / next", f"huren-node render --dir {folder}")],
        title="群密钥已打开 / the swarm key is open",
        as_json=as_json,
    )


def _checked(paths: list[Path]) -> dict[Path, Card]:
    """Read every card, and tell what is wrong with all of them at once.

    Raises:
        CeremonyError: at least one is not as its member wrote it.
    """
    from node.ceremony.card import read as read_card  # noqa: PLC0415 - see the module's docstring
    from node.ceremony.findings import CeremonyError, Finding, UnreadableError  # noqa: PLC0415 - beside it

    cards: dict[Path, Card] = {}
    findings: list[Finding] = []
    for path in paths:
        try:
            cards[path] = read_card(path)
        except UnreadableError:
            raise
        except CeremonyError as error:
            findings += error.findings
    if findings:
        raise CeremonyError(findings)
    return cards


def _genesis_hash(layout: Layout) -> str:
    """Return the hash of the block 0 that this folder holds.

    Raises:
        GenesisFileError: it holds none.
    """
    from node.genesis import genesis_hash  # noqa: PLC0415 - see the module's docstring

    try:
        return genesis_hash(orjson.loads(layout.genesis.read_bytes()))
    except OSError as error:
        raise GenesisFileError(layout.genesis, error.strerror or "unreadable") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise GenesisFileError(layout.genesis, str(error)) from error


def _fingerprint(layout: Layout) -> tuple[str, str]:
    from node.ceremony.assembly import fingerprint as of_files  # noqa: PLC0415 - see the module's docstring

    block_0 = _genesis_hash(layout)
    return of_files(layout.description.read_bytes(), layout.genesis.read_bytes()), block_0


def _show(layout: Layout, description: Description, spoken: str, block_0: str, *, as_json: bool) -> None:
    payload: dict[str, Any] = {
        "network": str(layout.description),
        "genesis": str(layout.genesis),
        "genesis_hash": block_0,
        "fingerprint": spoken,
        "provinces": [member.province for member in description.member if not member.left],
    }
    rows: list[tuple[str, object]] = [
        ("网络 / network", f"{description.name}（{description.chain_id}）"),
        ("成员 / members", "、".join(f"{one.name_zh} {one.name_en}" for one in description.member if not one.left)),
        ("创世块 / block 0", block_0),
        ("指纹，请电话核对 / fingerprint, compare by telephone", spoken),
    ]
    sheet(payload, rows, title="网络 / the network", as_json=as_json)
