"""``huren webhook``: addresses that are told, with signed messages, of what happens on the chain."""

from __future__ import annotations

import asyncio
import secrets
import time
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from gateway.cli import console
from gateway.cli.acting import listed, table
from gateway.cli.context import ConfigOption, opened
from gateway.domain.civil_time import moment_text
from gateway.ledger.recognition_feed import Position
from gateway.webhooks.sending import Attempt, Courier
from gateway.webhooks.words import words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from gateway.bootstrap import Gateway
    from gateway.webhooks.book import Hook, Listed
    from gateway.webhooks.secrets import Secret

NumberArgument = Annotated[
    int, typer.Argument(help="编号（huren webhook list） / its number (huren webhook list)", metavar="NUMBER")
]
_STATES = {"active": ("正常", "active"), "failing": ("发送失败，重试中", "failing"), "disabled": ("已停用", "disabled")}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="事件通知：以签名消息告知其他系统 / webhooks: signed messages to other systems",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    group.command("add", help="添加地址，密钥仅显示一次 / add an address; its secret is shown once")(add)
    group.command("list", help="列出地址与状态 / list them, and how they stand")(list_hooks)
    group.command("test", help="立即发送一条测试消息 / send a test message now")(try_out)
    group.command("resume", help="重新启用，从停下处继续 / take one up again where it was left")(resume)
    group.command("remove", help="删除 / remove one")(remove)
    app.add_typer(group, name="webhook")


def add(
    url: Annotated[str, typer.Argument(help="https 地址 / the web address", metavar="URL")],
    event: Annotated[
        list[str] | None,
        typer.Option("--event", help="事件类型，可多次给出，默认全部 / a type of event, repeatable; all by default"),
    ] = None,
    institution: Annotated[
        str | None,
        typer.Option("--institution", help="只发该机构的事项 / what concerns this institution alone", metavar="USCC"),
    ] = None,
    after: Annotated[
        str | None,
        typer.Option("--after", help="从某事件之后开始，0-0 为从头 / from after an event on; 0-0: all there ever were"),
    ] = None,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Add a webhook; its secret is shown now and never again."""
    place = None if after is None else Position.read(after)
    with opened(config) as gateway:
        hook, secret = gateway.webhooks.book.add(url, event or (), institution=institution, after=place)
    payload = {"webhook": hook.id, "url": hook.url, "position": str(hook.cursor), "secret": secret.text}

    def text(out: Console) -> None:
        out.print(console.say(f"webhook {hook.id} 已添加", f"webhook {hook.id} is added"), markup=False)
        out.print(secret.text, markup=False)
        console.note("请交给接收方并妥善保存：不会再次显示", "hand it to the receiver now: it is never shown again")

    console.emit(payload, as_json=as_json, text=text)


def list_hooks(config: ConfigOption = None, as_json: console.JsonFlag = False) -> None:
    """List webhooks: where each stands, what waits, how the last attempt ended."""
    with opened(config) as gateway:
        found = gateway.webhooks.book.every()
    payload = {"webhooks": [one.to_json() for one in found]}
    console.emit(payload, as_json=as_json, text=lambda out: _list(found, out))


def try_out(number: NumberArgument, config: ConfigOption = None, as_json: console.JsonFlag = False) -> None:
    """Send a message of the type webhook.test, once; exit 1 where it was not taken."""
    with opened(config) as gateway:
        hook = gateway.webhooks.book.one(number)
        attempt = asyncio.run(_try(gateway, hook, gateway.webhooks.book.secret_of(hook)))
    said = console.say("已接收", "taken") if attempt.taken else console.say("未接收", "not taken")
    why = None if attempt.taken else words_of(attempt.said)
    payload = {"webhook": number, "taken": attempt.taken, "outcome": attempt.said}
    payload |= {} if why is None else {"zh": why.zh, "en": why.en}
    told = f"{said}  {attempt.said}" + ("" if why is None else f"\n  {why.zh}\n  {why.en}")
    console.emit(payload, as_json=as_json, text=lambda out: out.print(told, markup=False))
    if not attempt.taken:
        raise typer.Exit(console.Exit.AGAINST)


def resume(number: NumberArgument, config: ConfigOption = None, as_json: console.JsonFlag = False) -> None:
    """Take up a webhook that was disabled or waits; nothing that happened since is left out."""
    with opened(config) as gateway:
        hook = gateway.webhooks.book.resume(number)
    _done(hook.id, hook.state, console.say("已重新启用", "taken up again"), as_json=as_json)


def remove(number: NumberArgument, config: ConfigOption = None, as_json: console.JsonFlag = False) -> None:
    """Remove a webhook, and what waits for it."""
    with opened(config) as gateway:
        gateway.webhooks.book.remove(number)
    _done(number, "removed", console.say("已删除", "removed"), as_json=as_json)


async def _try(gateway: Gateway, hook: Hook, secret: Secret) -> Attempt:
    now = int(time.time())
    body = orjson.dumps({"type": "webhook.test", "timestamp": moment_text(now), "data": {"webhook": hook.id}})
    async with Courier(gateway.webhooks.targets) as courier:
        return await courier.send(hook.url, secret, f"test_{secrets.token_hex(8)}", body, now=now)


def _done(number: int, state: str, said: str, *, as_json: bool) -> None:
    payload: dict[str, Any] = {"webhook": number, "state": state}
    console.emit(payload, as_json=as_json, text=lambda out: out.print(f"webhook {number}  {said}", markup=False))


def _list(found: Sequence[Listed], out: Console) -> None:
    rows = table("编号 / number", "地址 / url", "事件 / events", "状态 / state", "等待 / waiting", "最近 / last")
    for one in found:
        hook = one.hook
        events = " ".join(hook.events) or console.say("全部", "all")
        events += f" ({hook.institution})" if hook.institution else ""
        state = console.say(*_STATES[hook.state]) + (f" ({hook.disabled_why})" if hook.disabled_why else "")
        rows.add_row(str(hook.id), hook.url, events, state, str(one.waiting), one.outcome or "—")
    listed(rows, out, "没有 webhook", "there are no webhooks")
