"""``huren token``: who may ask this gateway over HTTP: tokens are made, listed, revoked."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.api.access import MOST_DAYS, AccessTokens, Made, Token
from gateway.cli import console
from gateway.cli.acting import listed, table
from gateway.cli.context import ConfigOption, opened
from gateway.domain.civil_time import moment_text
from gateway.domain.errors import USAGE, HurenError
from gateway.store.models import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from gateway.bootstrap import Gateway

_DAYS = 90
_LABEL = r"[a-z0-9][a-z0-9-]{0,39}"
_ROLES = {
    Role.OPERATOR: ("操作员", "operator"),
    Role.APPROVER: ("复核人", "approver"),
    Role.OFFICER: ("机构经办人", "officer of an institution"),
    Role.AUDITOR: ("审计", "auditor"),
    Role.LEARNER: ("学习者", "learner"),
}
_STATES = {"in-force": ("有效", "in force"), "expired": ("已过期", "expired"), "revoked": ("已吊销", "revoked")}


class OutTaken(HurenError):
    """The file for the token cannot be made."""

    code = "token.out"
    exit_code = USAGE
    zh = "无法写入 {value}：{why}"
    en = "cannot write {value}: {why}"
    hint_zh = "请给出一个尚不存在的文件名；未生成令牌"
    hint_en = "name a file that does not exist yet; no token was made"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="访问令牌：谁可以通过接口访问 / access tokens: who may ask over HTTP",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    group.command("create", help="生成令牌，仅显示一次 / make a token, which is shown once")(create)
    group.command("list", help="列出令牌（不含令牌本身） / list tokens, not what they are")(list_tokens)
    group.command("revoke", help="吊销令牌，即时生效 / revoke a token, from the next request on")(revoke)
    app.add_typer(group, name="token")


def create(
    role: Annotated[Role, typer.Option("--role", help="角色 / in which capacity its holder asks")],
    institution: Annotated[
        str | None,
        typer.Option("--institution", help="officer 所属机构 / the institution of an officer", metavar="USCC"),
    ] = None,
    account: Annotated[
        int | None,
        typer.Option("--account", help="learner 的账户号（huren find） / a learner's account", metavar="ID", min=1),
    ] = None,
    days: Annotated[int, typer.Option("--days", help="有效天数 / good for so many days", min=1, max=MOST_DAYS)] = _DAYS,
    label: Annotated[
        str,
        typer.Option(
            "--label",
            help=(
                "用途，如 portal，不写姓名；officer 为其密钥的名称"
                " / what it is for, such as portal: no names; an officer's: the label of their key"
            ),
        ),
    ] = "",
    out: Annotated[
        Path | None,
        typer.Option("--out", help="写入新文件（仅本人可读），不显示 / write it to a new file instead", metavar="FILE"),
    ] = None,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Make a token; it is shown now or written to a file, and can never be seen again."""
    if label and re.fullmatch(_LABEL, label) is None:
        raise typer.BadParameter(
            console.say("小写字母、数字与连字符", "small letters, digits, hyphens"), param_hint="--label"
        )
    with opened(config) as gateway:
        handle = None if out is None else _new_file(out)
        try:
            made = _tokens(gateway).create(role, days=days, institution=institution, account=account, label=label)
        except BaseException:
            if handle is not None and out is not None:
                os.close(handle)
                out.unlink()
            raise
    if handle is not None:
        with os.fdopen(handle, "w") as file:
            file.write(made.text + "\n")
            file.flush()
            os.fsync(file.fileno())
    _tell(made, out, as_json=as_json)


def list_tokens(config: ConfigOption = None, as_json: console.JsonFlag = False) -> None:
    """List every token there ever was, with when it was last used (to the hour)."""
    with opened(config) as gateway:
        found = _tokens(gateway).every()
    now = int(time.time())
    payload = {"tokens": [_json(one, now) for one in found]}
    console.emit(payload, as_json=as_json, text=lambda out: _list(found, now, out))


def revoke(
    number: Annotated[int, typer.Argument(help="令牌编号（huren token list） / the token's number", metavar="NUMBER")],
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Revoke a token; a request that comes with it from now on is refused."""
    with opened(config) as gateway:
        found = _tokens(gateway).revoke(number)
    said = console.say(f"令牌 {number} 已吊销", f"the token {number} is revoked")
    console.emit(_json(found, int(time.time())), as_json=as_json, text=lambda out: out.print(said, markup=False))


def _tokens(gateway: Gateway) -> AccessTokens:
    return AccessTokens(gateway.database, clock=time.time)


def _new_file(path: Path) -> int:
    """Make the file before the token: one that cannot be written down must not exist."""
    try:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise OutTaken(str(path), why=error.strerror) from error


def _json(token: Token, now: int) -> dict[str, Any]:
    return {
        "number": token.id,
        "role": token.role.value,
        "institution": token.institution,
        "account": token.account,
        "label": token.label,
        "state": token.state(now),
        "createdAt": moment_text(token.created_at),
        "expiresAt": moment_text(token.expires_at),
        "revokedAt": moment_text(token.revoked_at or 0),
        "lastUsedAt": moment_text(token.last_used_at or 0),
    }


def _tell(made: Made, out: Path | None, *, as_json: bool) -> None:
    entry = _json(made.token, made.token.created_at)
    payload = {**entry, "file": str(out)} if out is not None else {**entry, "token": made.text}

    def text(screen: Console) -> None:
        number, until = made.token.id, entry["expiresAt"]
        screen.print(console.say(f"令牌 {number}，有效至 {until}", f"token {number}, good until {until}"), markup=False)
        if out is not None:
            screen.print(console.say(f"已写入 {out}", f"written to {out}"), markup=False)
            return
        screen.print(made.text, markup=False)
        console.note("请立即妥善保存：不会再次显示", "keep it now: it is never shown again")

    console.emit(payload, as_json=as_json, text=text)


def _list(found: Sequence[Token], now: int, out: Console) -> None:
    rows = table(
        "编号 / number", "角色 / role", "范围 / scope", "用途 / label", "状态 / state", "到期 / expires", "最近 / used"
    )
    for one in found:
        entry = _json(one, now)
        scope = one.institution or (str(one.account) if one.account is not None else "—")
        state, role = console.say(*_STATES[one.state(now)]), console.say(*_ROLES[one.role])
        rows.add_row(str(one.id), role, scope, one.label, state, entry["expiresAt"], entry["lastUsedAt"] or "—")
    listed(rows, out, "没有令牌", "there are no tokens")
