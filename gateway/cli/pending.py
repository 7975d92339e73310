"""``huren pending``: what waits for a second account of a province, and being that account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli import console
from gateway.cli.acting import AccountOption, table
from gateway.cli.context import ConfigOption, opened
from gateway.domain.civil_time import moment_text
from gateway.ledger.confirming import confirm
from node.client.hands import PassphraseOption, YesOption, unlocked

if TYPE_CHECKING:
    from rich.console import Console

    from gateway.ledger.pending import PendingAct, Queue

_HELP = "待确认事项：等待本省另一账户确认的约束性行为 / binding acts that wait for a second account"
ActArgument = Annotated[
    str, typer.Argument(help="事项标识，开头 10 个字符即可 / its id, or the first 10 characters", metavar="ACT")
]
_AllOption = Annotated[bool, typer.Option("--all-provinces", help="所有省份的 / of all provinces")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(name="pending", help=_HELP, no_args_is_help=True, rich_markup_mode=None)
    group.command("list", help="列出待确认事项 / list what waits")(list_waiting)
    group.command("show", help="查看一项：内容、期限、可确认的账户 / show one: what, until when, by whom")(show)
    group.command("confirm", help="以另一账户确认 / confirm one as the second account")(confirm_act)
    app.add_typer(group)


def list_waiting(
    everywhere: _AllOption = False, config: ConfigOption = None, as_json: console.JsonFlag = False
) -> None:
    """List what waits for a second account, that which ends first at the top."""
    with opened(config) as gateway:
        gateway.indexer(attesting=False).advance()  # for the names of agreements and evaluations
        queue = gateway.recognition.pending.waiting(None if everywhere else gateway.settings.province or None)
    console.emit(queue.to_json(), as_json=as_json, text=lambda out: _list(queue, out))


def show(act: ActArgument, config: ConfigOption = None, as_json: console.JsonFlag = False) -> None:
    """Show one act of any province: what it does, argument by argument."""
    with opened(config) as gateway:
        gateway.indexer(attesting=False).advance()
        queue = gateway.recognition.pending.waiting()
    found = queue.find(act)
    payload = {"block": queue.block.number, **found.to_json()}
    console.emit(payload, as_json=as_json, text=lambda out: sheet(found, out))


def confirm_act(
    act: ActArgument,
    account: AccountOption = None,
    passphrase_file: PassphraseOption = None,
    yes: YesOption = False,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Show what the act does, and make the very same call with this account: then it is in force."""
    if len(account or []) != 1:
        raise typer.BadParameter(
            console.say("只给出一次，即第二个账户", "give it once: the second account"), param_hint="--account"
        )
    with opened(config) as gateway:
        gateway.indexer(attesting=False).advance()
        found = gateway.recognition.pending.waiting().find(act)
        if not as_json:
            sheet(found, console.err)
        console.confirmed(yes, f"确认：{found.call.said.zh}？", f"Confirm: {found.call.said.en}?", as_json=as_json)
        [second] = unlocked(account, passphrase_file)
        block = confirm(gateway.calls, found, second, gateway.recognition.meanings)
        gateway.indexer(attesting=False).advance()
    payload = {"act": f"0x{found.act.hex()}", "block": block, "zh": found.call.said.zh, "en": found.call.said.en}
    told = console.say(f"已确认并生效，区块 {block}", f"confirmed and done, block {block}")
    console.emit(payload, as_json=as_json, text=lambda out: out.print(told, markup=False))


def sheet(act: PendingAct, out: Console) -> None:
    """One act for a person's eyes."""
    told = act.to_json()
    out.print(told["act"], style="bold", markup=False)
    out.print(f"{told['zh']}\n{told['en']}", markup=False)
    rows = table("", "")
    province = told["provinceName"] or {"zh": "", "en": ""}
    rows.add_row("省份 / province", f"{act.province} {province['zh']} {province['en']}")
    rows.add_row("提议 / proposed", f"{act.proposer}，{moment_text(act.proposed_at)}")
    rows.add_row("期限 / until", moment_text(act.until))
    rows.add_row("合约 / contract", f"{act.call.contract or '?'}.{act.call.function or '?'}（{act.target}）")
    for one in act.call.arguments:
        rows.add_row(one.name, one.said.zh if one.said.zh == one.said.en else console.say(one.said.zh, one.said.en))
    for who in told["mayConfirm"]:
        said = console.say(who["roles"]["zh"], who["roles"]["en"])
        rows.add_row("可确认 / may confirm", f"{who['account']}（{who['as']}：{said}）")
    if act.hindrance is not None:
        rows.add_row("阻碍 / hindrance", console.say(act.hindrance.zh, act.hindrance.en))
    out.print(rows)


def _list(queue: Queue, out: Console) -> None:
    if not queue.acts:
        out.print(console.say("没有待确认的事项", "nothing waits for a second account"), markup=False)
        return
    rows = table("标识 / id", "省份 / province", "事项 / what", "提议 / proposed by", "期限 / until")
    for one in queue.acts:
        said = console.say(one.call.said.zh, one.call.said.en)
        rows.add_row(f"0x{one.act.hex()[:12]}", str(one.province), said, one.proposer, moment_text(one.until))
    out.print(rows)
