"""`huren-node governance plan | apply`: bring the chain's validators to the members, without halting the chain.

What these commands work with takes a second to import, so it is imported when they run.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from node.cli.console import Dir, sheet
from node.client.terminal import Exit, JsonFlag, say
from node.description import read
from node.layout import Layout
from node.members import alone

if TYPE_CHECKING:
    from collections.abc import Callable

    from node.governance.applying import Done
    from node.governance.values import Change, Plan, View

AtOnceOption = Annotated[
    list[str] | None,
    typer.Option(
        "--at-once",
        help="密钥被盗等紧急情况：不等新节点即移出此验证节点 / take this validator out without waiting for others",
        metavar="ADDRESS|PROVINCE",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the group to `app`."""
    group = typer.Typer(
        name="governance",
        help="治理：使验证节点与联盟成员一致，且不停链 / bring the validators to the members, never halting the chain",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    group.command("plan")(plan)
    group.command("apply")(apply)
    app.add_typer(group)


def plan(folder: Dir, at_once: AtOnceOption = None, as_json: JsonFlag = False) -> None:
    """比较成员与验证节点，列出所需投票；已一致为 0，否则为 1 / List the votes needed; exit code 1 where some are."""
    view, found = _planned(Layout(folder), at_once)
    _show(Layout(folder), view, found, None, as_json=as_json)
    if not found.settled:
        raise typer.Exit(Exit.AGAINST)


def apply(folder: Dir, at_once: AtOnceOption = None, as_json: JsonFlag = False) -> None:
    """投出本成员的一票，可重复执行；仍不一致则为 1 / Cast this member's vote; exit code 1 while they differ."""
    from node.governance.applying import carry_out  # noqa: PLC0415 - see the module's docstring

    layout = Layout(folder)
    read(layout.description)  # a mistyped folder is not made
    with alone(layout):
        view, found = _planned(layout, at_once)
        done = carry_out(layout, view, found)
    _show(layout, view, found, done, as_json=as_json)
    if not found.settled:
        raise typer.Exit(Exit.AGAINST)


def _planned(layout: Layout, at_once: list[str] | None) -> tuple[View, Plan]:
    from node.governance.observing import observe  # noqa: PLC0415 - see the module's docstring
    from node.governance.planner import planned  # noqa: PLC0415 - beside it

    view = observe(layout, now=time.time(), at_once=at_once or ())
    return view, planned(view)


def _show(layout: Layout, view: View, found: Plan, done: Done | None, *, as_json: bool) -> None:
    names = {row.province: (row.name_zh, row.name_en) for row in read(layout.description).member}

    def named(address: str, province: int | None) -> str:
        zh, en = names.get(province or 0, ("不明", "unknown"))
        return f"{say(zh, en)} {address}"

    payload: dict[str, Any] = {
        "settled": found.settled,
        "rule": view.rule.value,
        "validators": [
            {
                "address": one,
                "province": view.owner(one),
                "atWork": one in view.at_work,
                "connected": one in view.connected or one == view.own,
            }
            for one in sorted(view.validators)
        ],
        "quorum": view.rule.quorum(len(view.validators)),
        "changes": [_change(one, found) for one in found.changes],
        "keyless": list(found.keyless),
        "leavers": list(found.leavers),
    }
    if done is None:
        payload["apply"] = {
            "votes": _votes_now(view, found),
            "discards": list(found.discard),
            "announces": found.announce,
        }
    else:
        payload["voted"] = None if done.voted is None else {"address": done.voted[0], "admit": done.voted[1]}
        payload["discarded"] = list(done.discarded)
        payload["announcedInBlock"] = done.announced
    rows: list[tuple[str, object]] = [
        (
            say("验证节点", "validator"),
            named(one, view.owner(one)) + _absence(view, one),
        )
        for one in sorted(view.validators)
    ]
    rows += _rows(view, found, named)
    if done is None:
        rows += _coming_rows(view, found, named)
    else:
        rows += _done_rows(done, lambda address: named(address, view.owner(address)))
    title = (
        say("验证节点与成员一致", "the validators are the members'")
        if found.settled
        else say("验证节点与成员尚不一致", "members and validators differ")
    )
    sheet(payload, rows, title=title, as_json=as_json)


def _absence(view: View, one: str) -> str:
    """Say why a validator does not count as at work; nothing where it does."""
    if one in view.at_work:
        return ""
    if one in view.connected or one == view.own:
        return say("（已连接，近三轮未出块）", " (connected, no block in three rounds)")
    return say("（未与本节点相连，视为停机）", " (not connected to this node: taken as down)")


def _change(one: Change, found: Plan) -> dict[str, Any]:
    return {
        "address": one.address,
        "province": one.province,
        "admit": one.admit,
        "now": found.step is not None and (one.address, one.admit) == (found.step.address, found.step.admit),
        "voters": list(one.voters),
        "needed": one.needed,
        "waits": [wait.to_json() for wait in one.waits],
    }


def _rows(view: View, found: Plan, named: Callable[[str, int | None], str]) -> list[tuple[str, object]]:
    rows: list[tuple[str, object]] = []
    for change in found.changes:
        what = say("接入", "admit") if change.admit else say("移出", "take out")
        voters = "、".join(str(view.owner(one) or one) for one in change.voters) or "—"
        votes = say(f"已投票 {voters}，共须 {change.needed} 票", f"votes so far: {voters}; {change.needed} are needed")
        rows.append((what, f"{named(change.address, change.province)}  {votes}"))
        rows += [("", say(f"等待：{wait.zh}", f"waits: {wait.en}")) for wait in change.waits]
    rows += [
        (
            say("缺少节点", "no node"),
            say(
                f"成员 {province} 在 network.toml 中没有 [member.node]：请用 network add 加入其成员卡",
                f"the member {province} has no [member.node] in network.toml: add its card with network add",
            ),
        )
        for province in found.keyless
    ]
    if found.leavers and found.step is not None:
        who = "、".join(named(one, view.owner(one)) for one in found.leavers)
        rows.append(
            (
                say("不足多数", "no majority"),
                say(
                    f"联盟成员在岗的验证节点不足 {found.step.needed} 个：{who} 须也在其机器上 apply，否则无法通过",
                    f"fewer than {found.step.needed} validators of members are at work: without apply on the machine "
                    f"of {who} as well it cannot be carried",
                ),
            )
        )
    if found.announce:
        rows.append(
            (
                say("本节点", "this node"),
                say("须表明已同步（apply 会办理）", "must show that it follows the chain (apply does it)"),
            )
        )
    return rows


def _votes_now(view: View, found: Plan) -> bool:
    """Whether `apply` would cast a vote now: there is a step, this node has a vote, and it was not cast before."""
    step = found.step
    return step is not None and view.own in view.validators and view.own_votes.get(step.address) is not step.admit


def _coming_rows(view: View, found: Plan, named: Callable[[str, int | None], str]) -> list[tuple[str, object]]:
    """Say what `apply` would do here and now, and what the step leads to."""
    rows: list[tuple[str, object]] = []
    step = found.step
    if step is not None:
        size = len(view.validators) + (1 if step.admit else -1)
        spare = size - view.rule.quorum(size)
        if _votes_now(view, found):
            said = say("apply 将投出本成员的一票", "apply casts this member's vote")
        elif view.own in view.validators:
            said = say("本成员已投票，待其他成员", "this member has voted: the others are awaited")
        else:
            said = say("本节点不是验证节点，没有投票权", "this node is no validator and has no vote")
        rows.append((say("现在", "now"), said))
        after = say(
            f"验证节点 {size} 个，须有 {size - spare} 个在岗，可停机 {spare} 个",
            f"{size} validators, of which {size - spare} must be at work and {spare} may be down",
        )
        rows.append((say("通过之后", "once it is carried"), after))
    rows += [(say("apply 将撤回投票", "apply ends the vote"), named(one, view.owner(one))) for one in found.discard]
    return rows


def _done_rows(done: Done, named: Callable[[str], str]) -> list[tuple[str, object]]:
    rows: list[tuple[str, object]] = []
    if done.voted is not None:
        address, admit = done.voted
        rows.append(
            (say("本次投票", "voted now"), f"{say('接入', 'admit') if admit else say('移出', 'out')} {named(address)}")
        )
    rows += [(say("撤回投票", "vote ended"), named(one)) for one in done.discarded]
    if done.announced is not None:
        rows.append(
            (say("已表明同步", "showed that it follows"), say(f"区块 {done.announced}", f"block {done.announced}"))
        )
    if not done.anything:
        rows.append((say("本次", "this run"), say("无须办理", "nothing was to be done")))
    return rows
