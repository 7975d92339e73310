"""`huren-node network assemble | add | leave | fingerprint`: the network's two files, of everybody's cards.

What they work with takes a second to import (keys), so it is imported when they run.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from node.cli.block_0 import hash_of_block_0
from node.cli.console import Dir, sheet
from node.client.terminal import JsonFlag, note
from node.description import AnvilEngine, read
from node.layout import Layout
from node.local import read as read_local
from node.members import alone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from node.ceremony.card import Card
    from node.description import Description

_AFTER_A_CHANGE = ("各成员一致，然后逐一 huren-node up / the same at every member, then `up`, one after the other",)
CardArgument = Annotated[Path, typer.Argument(help="成员卡 / a member's card", metavar="CARD")]


def register(app: typer.Typer) -> None:
    """Add the group to `app`."""
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
    _note_a_beginning_to_come(assembly.description)
    then = ("swarm-key make（一个成员 / one member）→ swarm-key open → render",)
    told = (assembly.fingerprint, assembly.genesis_hash)
    _show(layout, assembly.description, *told, cards=assembly.cards, then=then, as_json=as_json)


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
    _show(layout, description, *_fingerprint(layout), cards=(checked,), then=_AFTER_A_CHANGE, as_json=as_json)


def leave(
    province: Annotated[
        int, typer.Argument(help="已离开的成员 / the member that left, such as 320000", metavar="PROVINCE")
    ],
    folder: Dir,
    yes: Annotated[
        bool,
        typer.Option(
            "--yes", help="已另行核对其已离开，本节点未运行也标记 / it is known to have left: without a node to ask"
        ),
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """标记已离开的成员，不再与其节点相连；先由 governance apply 移出 / Mark one that left: nobody's peer any more."""
    from node.ceremony.joining import leave as mark  # noqa: PLC0415 - see the module's docstring
    from node.governance.sitting import require_gone  # noqa: PLC0415 - beside it

    layout = Layout(folder)
    known = read(layout.description)
    row = known.row(province)
    if row is not None and not row.left and not isinstance(known.engine, AnvilEngine):
        require_gone(layout, row, unseen=yes)
    with alone(layout):
        description, changed = mark(layout, province)
    if not changed:
        note("此前已标记，未作改动", "it was marked already, nothing was changed")
    _show(layout, description, *_fingerprint(layout), then=_AFTER_A_CHANGE, as_json=as_json)


def fingerprint(folder: Dir, as_json: JsonFlag = False) -> None:
    """显示网络指纹，供各成员电话核对 / Show the network's fingerprint, for members to compare by telephone."""
    layout = Layout(folder)
    _show(layout, read(layout.description), *_fingerprint(layout), as_json=as_json)


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


def _note_a_beginning_to_come(description: Description) -> None:
    """Say that nobody makes a block before block 0's moment: a slip in the plan looks like a network that hangs."""
    engine = description.engine
    if not isinstance(engine, AnvilEngine) and (hours := (engine.genesis_time - time.time()) / 3_600) > 0:
        note(
            f"创世时刻 genesis_time = {engine.genesis_time} 在 {hours:.1f} 小时之后，在此之前不会出块",
            f"block 0 (genesis_time = {engine.genesis_time}) is {hours:.1f} hours ahead: no block is made before",
        )


def _fingerprint(layout: Layout) -> tuple[str, str]:
    from node.ceremony.assembly import fingerprint as of_files  # noqa: PLC0415 - see the module's docstring

    block_0 = hash_of_block_0(layout)
    return of_files(layout.description.read_bytes(), layout.genesis.read_bytes()), block_0


def _show(
    layout: Layout,
    description: Description,
    fingerprint: str,
    block_0: str,
    *,
    cards: Sequence[Card] = (),
    then: Sequence[str] = (),
    as_json: bool,
) -> None:
    """Show the network, and of each of `cards` the fingerprint that its member reads out."""
    from node.client.fingerprint import spoken  # noqa: PLC0415 - see the module's docstring

    read_out = {card.member.province: spoken(card.encode()) for card in cards}
    payload: dict[str, Any] = {
        "network": str(layout.description),
        "genesis": str(layout.genesis),
        "genesis_hash": block_0,
        "fingerprint": fingerprint,
        "cards": {str(province): words for province, words in read_out.items()},
        "provinces": [member.province for member in description.member if not member.left],
    }
    rows: list[tuple[str, object]] = [
        ("网络 / network", f"{description.name}（{description.chain_id}）"),
        ("成员 / members", "、".join(f"{one.name_zh} {one.name_en}" for one in description.member if not one.left)),
        ("创世块 / block 0", block_0),
        *((f"{province} 的成员卡指纹 / its card's fingerprint", words) for province, words in read_out.items()),
        ("网络指纹，请电话核对 / the network's fingerprint, compare by telephone", fingerprint),
        *(("下一步 / next", step) for step in then),
    ]
    sheet(payload, rows, title="网络 / the network", as_json=as_json)
