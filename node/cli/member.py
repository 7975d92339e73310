"""`huren-node member new`: a member's keys, made where they will live, and its public card.

What it works with takes a second to import (keys, accounts), so it is imported when it runs.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import ValidationError

from node.cli.console import Dir, PassphraseFd, PassphraseFile, sheet
from node.client.attended import attended
from node.client.errors import Exit, NodeError
from node.client.keystores import SCRYPT_COST, read_passphrase
from node.client.terminal import JsonFlag, note
from node.description.reading import findings_of
from node.layout import Layout
from node.local import Local, find
from node.members import alone

if TYPE_CHECKING:
    from node.ceremony.member import Applicant, Made

_PORT = {"min": 1, "max": 65_535}
_SAID_FIRST = ("province", "name_zh", "name_en", "host")
"""What nobody but the member can say."""
_DAILY_LEAVES = 10_000_000
_DEFAULTS: dict[str, Any] = {"role": "member", "p2p_port": 30_303, "swarm_port": 4001, "daily_leaves": _DAILY_LEAVES}
_PROMPT = "账户口令（四个账户共用） / passphrase of the four accounts: "


class PassphrasesDifferError(NodeError):
    """What was typed the second time is not what was typed the first time."""

    exit_code = Exit.USAGE

    def __init__(self) -> None:
        super().__init__(
            "两次输入的口令不一致，未生成任何密钥。请重新运行",
            "the two passphrases differ, no key was made. Run it again",
        )


def register(app: typer.Typer) -> typer.Typer:
    """Add the group to `app` and return it, for the commands that change a member that is there."""
    group = typer.Typer(
        name="member",
        help="成员：在本机生成密钥和公开的成员卡 / a member: its keys, made on its own machine, and its public card",
        no_args_is_help=True,
        rich_markup_mode=None,
    )

    @group.callback()
    def root() -> None:
        pass

    group.command("new")(new)
    app.add_typer(group)
    return group


def new(
    folder: Dir,
    province: Annotated[
        int | None, typer.Option("--province", help="行政区划代码，如 310000 / the province's code, such as 310000")
    ] = None,
    name_zh: Annotated[str | None, typer.Option("--name-zh", help="中文名称 / its name in Chinese")] = None,
    name_en: Annotated[str | None, typer.Option("--name-en", help="英文名称 / its name in English")] = None,
    host: Annotated[
        str | None,
        typer.Option(
            "--host", help="其他成员访问本机的 IP 地址 / the IP address at which the others reach this machine"
        ),
    ] = None,
    role: Annotated[
        str | None,
        typer.Option(
            "--role",
            help="member（有表决权，缺省）或 observer（只读） / member (votes; the default) or observer (reads)",
        ),
    ] = None,
    p2p_port: Annotated[
        int | None, typer.Option("--p2p-port", help="链节点端口，缺省 30303 / the chain client's port (30303)", **_PORT)
    ] = None,
    swarm_port: Annotated[
        int | None, typer.Option("--swarm-port", help="IPFS 端口，缺省 4001 / the IPFS daemon's port (4001)", **_PORT)
    ] = None,
    daily_leaves: Annotated[
        int | None,
        typer.Option(
            "--daily-leaves",
            min=1,
            help="每日锚定上限（张），缺省一千万 / credentials anchored a day, at most (10,000,000)",
        ),
    ] = None,
    listen: Annotated[
        str | None,
        typer.Option(
            "--listen",
            help="本机监听地址，缺省全部 / the address of this machine that peers' ports are opened on (all)",
        ),
    ] = None,
    rpc_port: Annotated[
        int | None, typer.Option("--rpc-port", help="链节点接口端口，缺省 8545 / port of the RPC (8545)", **_PORT)
    ] = None,
    authrpc_port: Annotated[
        int | None,
        typer.Option("--authrpc-port", help="geth 备用接口端口，缺省 8551 / port of geth's second RPC (8551)", **_PORT),
    ] = None,
    ipfs_api_port: Annotated[
        int | None,
        typer.Option("--ipfs-api-port", help="IPFS 接口端口，缺省 5001 / port of the IPFS API (5001)", **_PORT),
    ] = None,
    metrics_port: Annotated[
        int | None, typer.Option("--metrics-port", help="监控指标端口，缺省 9645 / port of the metrics (9645)", **_PORT)
    ] = None,
    reissue: Annotated[
        bool, typer.Option("--reissue", help="用原有密钥重新出具成员卡 / write a new card for the same keys")
    ] = False,
    passphrase_file: PassphraseFile = None,
    passphrase_fd: PassphraseFd = None,
    as_json: JsonFlag = False,
) -> None:
    """在本机生成成员的全部密钥和成员卡，可重复执行 / Make a member's keys and its card here; safe to run again.

    未给出的选项沿用已有的成员卡和本机设置。 / What is left out is as the card and local.toml say, where they are there.
    """
    from node.ceremony.member import new as make  # noqa: PLC0415 - see the module's docstring

    layout = Layout(folder)
    said = {
        "province": province,
        "role": _role(role),
        "name_zh": name_zh,
        "name_en": name_en,
        "host": host,
        "p2p_port": p2p_port,
        "swarm_port": swarm_port,
        "daily_leaves": daily_leaves,
    }
    said = {name: value for name, value in said.items() if value is not None}
    applicant = _applicant(layout, said, reissue=reissue)
    own = {
        "listen": listen,
        "rpc_port": rpc_port,
        "authrpc_port": authrpc_port,
        "ipfs_api_port": ipfs_api_port,
        "metrics_port": metrics_port,
    }
    local = _local(layout, applicant, {name: value for name, value in own.items() if value is not None})
    passphrase = _passphrase(layout, passphrase_file, passphrase_fd, new=applicant.role == "member")
    with alone(layout):
        made = make(layout, applicant, local, passphrase, scrypt_cost=SCRYPT_COST, now=time.time(), reissue=reissue)
    _show(made, layout, as_json=as_json)


def _role(word: str | None) -> str | None:
    if word not in (None, "member", "observer"):
        raise typer.BadParameter(f"--role {word}：member 或 observer / --role is member or observer")
    return word


def _applicant(layout: Layout, said: dict[str, Any], *, reissue: bool) -> Applicant:
    """Return what the member says of itself: what was said now, else as its card says, else the defaults."""
    from node.ceremony.member import Applicant, applicant_of, card_here  # noqa: PLC0415 - see the module's docstring

    card = card_here(layout, reissue=reissue)
    if card is not None:
        known = applicant_of(card)
        leaves = {"daily_leaves": known.daily_leaves or _DAILY_LEAVES}  # an observer has none, and may get a vote
        return replace(known, **(leaves | said))
    lacking = [f"--{name.replace('_', '-')}" for name in _SAID_FIRST if name not in said]
    if lacking:
        raise typer.BadParameter(f"须给出 {'、'.join(lacking)} / give {', '.join(lacking)}")
    return Applicant(**(_DEFAULTS | said))


def _local(layout: Layout, applicant: Applicant, said: dict[str, Any]) -> Local:
    """Return this machine's settings: those of local.toml, else what was said now and the defaults.

    Who is reached over IPv6 listens there: 0.0.0.0 would be every address of the machine but that one.

    Raises:
        LocalDiffersError: local.toml says something else. ApplicantError: what was said cannot be.
    """
    from node.ceremony.member import ApplicantError, LocalDiffersError  # noqa: PLC0415 - see the module's docstring

    known = find(layout.local)
    if known is not None:
        for field, wanted in said.items():
            if (found := getattr(known, field)) != wanted:
                raise LocalDiffersError(layout.local, field, found, wanted)
        return known
    if ":" in applicant.host:
        said = {"listen": "::", **said}
    try:
        return Local(province=applicant.province, **said)
    except ValidationError as error:
        raise ApplicantError(findings_of(error)) from error


def _passphrase(layout: Layout, file: Path | None, fd: int | None, *, new: bool) -> str:
    """Return the passphrase of the accounts; a person who makes new ones types it twice. An observer needs none."""
    if not new:
        return ""
    if file is not None or fd is not None or not attended():
        return read_passphrase(file, fd)
    first = read_passphrase(prompt=_PROMPT)
    if not layout.account("admin").exists() and read_passphrase(prompt=f"再次输入 / again: {_PROMPT}") != first:
        raise PassphrasesDifferError
    return first


def _show(made: Made, layout: Layout, *, as_json: bool) -> None:
    from node.client.fingerprint import spoken  # noqa: PLC0415 - beside the others

    member, node = made.card.member, made.card.member.node
    fingerprint = spoken(made.card.encode())
    payload: dict[str, Any] = {
        "card": str(layout.card),
        "fingerprint": fingerprint,
        "made": [str(path) for path in made.files],
        "province": member.province,
        "validator": node.validator if node else None,
        "peer_id": node.peer_id if node else None,
        "accounts": list(member.accounts()),
    }
    rows: list[tuple[str, object]] = [
        ("成员 / member", f"{member.province} {member.name_zh} {member.name_en}"),
        ("验证者 / validator", payload["validator"]),
        ("IPFS", payload["peer_id"]),
        ("密钥 / keys", layout.keys),
        ("成员卡 / card", layout.card),
        ("卡片指纹 / the card's fingerprint", fingerprint),
        (
            "下一步 / next",
            "把 card.json 交给其他成员，电话核对指纹 / send card.json to the others, compare by telephone",
        ),
    ]
    if not made.files:
        note("密钥与成员卡此前已生成，未作改动", "the keys and the card were there already, nothing was changed")
    sheet(payload, rows, title="成员卡 / the member's card", as_json=as_json)
