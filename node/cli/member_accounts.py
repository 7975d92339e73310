"""`huren-node member show | enact | accept | recover | leave`: who acts for a member on the chain, over time.

What these commands work with takes a second to import, so it is imported when they run.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from node.cli.console import Dir, sheet
from node.cli.member_keys import rotate
from node.client.hands import PassphraseOption, YesOption, unlocked
from node.client.terminal import Exit, JsonFlag, confirmed, say
from node.layout import Layout
from node.local import read as read_local

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from eth_account.signers.local import LocalAccount

    from node.description import Member
    from node.offices import Announced, OfficeAct, Offices

AccountOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--account",
        help="账户密钥文件；给两次即一次办完 / key file of an account; twice: proposed and confirmed at once",
        metavar="FILE",
    ),
]
CardOption = Annotated[
    Path | None,
    typer.Option(
        "--card", help="成员卡，缺省为本目录的 card.json / the card, by default this folder's", metavar="FILE"
    ),
]


def register(group: typer.Typer) -> None:
    """Add the commands to the group `member`."""
    group.command("rotate")(rotate)
    group.command("show")(show)
    group.command("enact")(enact)
    group.command("accept")(accept)
    group.command("recover")(recover)
    group.command("leave")(leave)


def show(
    folder: Dir,
    province: Annotated[
        int | None, typer.Option("--province", help="成员，缺省为本成员 / a member, by default this one")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """显示成员在链上的账户及进行中的变更 / Show a member's accounts on the chain, and what is changing."""
    from node.client.sentences.values import shown  # noqa: PLC0415 - see the module's docstring

    with _offices(folder) as offices:
        found = offices.standing(province or _own(folder))
    payload: dict[str, Any] = {
        "province": found.province,
        "member": found.member,
        "until": found.until,
        "admin": found.admin,
        "recovery": found.recovery,
        "operators": [
            {"account": account, "roles": roles, "dailyLeaves": leaves}
            for account, (roles, leaves) in found.operators.items()
        ],
        "offered": _announced(found.offered),
        "recovering": _announced(found.recovering),
    }
    rows: list[tuple[str, object]] = [
        (say("成员", "member"), found.province),
        (say("在联盟中", "is a member"), say("是", "yes") if found.member else say("否", "no")),
        (say("管理员", "admin"), found.admin),
        (say("恢复账户", "recovery"), found.recovery),
    ]
    rows += [
        (say("操作员", "operator"), f"{account} {shown('roles', roles, 'en')}" + (f", {leaves}" if leaves else ""))
        for account, (roles, leaves) in found.operators.items()
    ]
    if found.until is not None:
        rows.append((say("离开时间", "leaves at"), shown("until", found.until, "en")))
    if found.offered is not None:
        until = shown("until", found.offered.at, "en")
        rows.append((say("管理员移交待接受", "hand-over offered"), f"{found.offered.admin} ≤ {until}"))
    if found.recovering is not None:
        since = shown("time", found.recovering.at, "en")
        rows.append((say("恢复进行中", "recovery pending"), f"{found.recovering.admin} ≥ {since}"))
    sheet(payload, rows, title="", as_json=as_json)


def enact(
    folder: Dir,
    card: CardOption = None,
    account: AccountOption = None,
    passphrase_file: PassphraseOption = None,
    yes: YesOption = False,
    as_json: JsonFlag = False,
) -> None:
    """使链上账户与成员卡一致：设定操作员，或提出管理员移交 / Make the accounts on the chain the card's."""
    member = _card(folder, card)
    with _offices(folder) as offices:
        left = offices.left(member)
        if left:
            listed = [f"{_words(one)} {one.subject}" for one in left]
            confirmed(
                yes,
                f"使链上账户与此卡一致：{'；'.join(listed)}？",
                f"Make the accounts on the chain those of this card: {'; '.join(listed)}?",
                as_json=as_json,
            )
        acts = offices.enact(member, _accounts(folder, account, passphrase_file)) if left else []
    payload = {
        "acts": [
            {"function": one.function, "subject": one.subject, "inForce": one.in_force, "ends": one.ends}
            for one in acts
        ]
    }
    rows: list[tuple[str, object]] = [
        (_words(one), one.subject + ("" if one.in_force else say("（待第二个账户确认）", " (to be confirmed)")))
        for one in acts
    ]
    title = say("已与成员卡一致，无须变更", "the chain says what the card says") if not acts else ""
    sheet(payload, rows, title=title, as_json=as_json)


def _words(act: OfficeAct) -> str:
    if act.function == "offerHandOver":
        return say("移交管理员", "the admin's place is offered to")
    return say("终止操作员", "operator no more:") if act.ends else say("设定操作员", "operator:")


def accept(
    folder: Dir,
    card: CardOption = None,
    account: AccountOption = None,
    passphrase_file: PassphraseOption = None,
    yes: YesOption = False,
    as_json: JsonFlag = False,
) -> None:
    """以新管理员接受移交，操作员即为卡上所列 / Take the admin's place that was offered, with the card's operators."""
    member = _card(folder, card)
    _require_one(account)
    confirmed(
        yes,
        f"接受 {member.province} 的管理员之位？原管理员随即失效",
        f"Take the place of {member.province}'s admin? The present one is nobody then",
        as_json=as_json,
    )
    with _offices(folder) as offices:
        [taker] = _accounts(folder, account, passphrase_file)
        receipt = offices.accept(member, taker)
    admin, block = taker.address.lower(), receipt.block if receipt else None
    rows: list[tuple[str, object]] = [
        (say("管理员", "admin"), admin),
        (say("区块", "block"), block),
    ]
    title = "" if receipt else say("此前已接受，未作改动", "taken before, nothing was changed")
    sheet({"admin": admin, "block": block}, rows, title=title, as_json=as_json)


def recover(
    folder: Dir,
    card: CardOption = None,
    account: AccountOption = None,
    passphrase_file: PassphraseOption = None,
    yes: YesOption = False,
    as_json: JsonFlag = False,
) -> None:
    """密钥遗失：用恢复账户申请，七天后再运行以完成（此前为 1） / Lost keys: ask as recovery; a week later again."""
    member = _card(folder, card)
    _require_one(account)
    confirmed(yes, "更换管理员和操作员？", "Replace the admin and the operators?", as_json=as_json)
    with _offices(folder) as offices:
        [asking] = _accounts(folder, account, passphrase_file)
        pending = offices.recover(member, asking)
    payload = {"admin": member.admin, "completed": pending is None, "pending": _announced(pending)}
    rows: list[tuple[str, object]] = [(say("管理员", "admin"), member.admin)]
    if pending is not None:
        from node.client.sentences.values import shown  # noqa: PLC0415 - see the module's docstring

        rows.append((say("此时起可完成", "can be completed from"), shown("time", pending.at, "en")))
    title = say("已完成更换", "it is done") if pending is None else say("已申请更换", "it is asked for")
    sheet(payload, rows, title=title, as_json=as_json)
    if pending is not None:
        raise typer.Exit(Exit.AGAINST)


def leave(
    folder: Dir,
    stay: Annotated[bool, typer.Option("--stay", help="撤回退出通知 / take the notice back")] = False,
    account: AccountOption = None,
    passphrase_file: PassphraseOption = None,
    yes: YesOption = False,
    as_json: JsonFlag = False,
) -> None:
    """通知退出联盟，期满生效，其间可撤回 / Give notice of leaving; it takes effect when the notice ran out."""
    province = _own(folder)
    zh, en = ("撤回退出通知？", "Take the notice back?") if stay else ("通知退出联盟？", "Give notice of leaving?")
    confirmed(yes, zh, en, as_json=as_json)
    with _offices(folder) as offices:
        in_force = offices.leave(province, _accounts(folder, account, passphrase_file), stay=stay)
        until = offices.standing(province).until
    from node.client.sentences.values import shown  # noqa: PLC0415 - see the module's docstring

    rows: list[tuple[str, object]] = [
        (say("成员", "member"), province),
        (say("生效", "in force"), say("是", "yes") if in_force else say("待第二个账户确认", "to be confirmed")),
        (say("离开时间", "leaves at"), None if until is None else shown("until", until, "en")),
    ]
    sheet({"province": province, "inForce": in_force, "until": until}, rows, title="", as_json=as_json)


@contextmanager
def _offices(folder: Path) -> Iterator[Offices]:
    from node.client.deployment import Deployment  # noqa: PLC0415 - see the module's docstring
    from node.client.rpc import JsonRpc  # noqa: PLC0415
    from node.network import Network  # noqa: PLC0415
    from node.offices import Offices  # noqa: PLC0415

    layout = Layout(folder)
    with JsonRpc(Network.load(layout.network).rpc_url) as rpc:
        yield Offices(rpc, Deployment.load(layout.deployment))


def _card(folder: Path, given: Path | None) -> Member:
    from node.ceremony.card import read as read_card  # noqa: PLC0415 - see the module's docstring

    return read_card(given or Layout(folder).card).member


def _own(folder: Path) -> int:
    return read_local(Layout(folder).local).province


def _accounts(folder: Path, files: Sequence[Path] | None, passphrases: Sequence[Path] | None) -> list[LocalAccount]:
    """Open the accounts; in a trial their passphrase lies in the folder."""
    kept = Layout(folder).passphrase
    return unlocked(files, passphrases or ([kept] if kept.exists() else None))


def _require_one(files: Sequence[Path] | None) -> None:
    if len(files or ()) != 1:
        raise typer.BadParameter("须给出一个 --account / it takes one --account")


def _announced(found: Announced | None) -> dict[str, Any] | None:
    return None if found is None else {"admin": found.admin, "at": found.at}
