"""`huren-node motion open | vote | execute | list | show`: what the members decide jointly.

What these commands work with takes a second to import, so it is imported when they run.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from node.cli.console import Dir, sheet
from node.client import terminal
from node.client.deployment import Deployment
from node.client.hands import PassphraseOption, YesOption, unlocked
from node.client.terminal import JsonFlag, confirmed, note, say
from node.description import read
from node.layout import Layout
from node.network import Network

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from node.motion_values import Act, Motion
    from node.motions import Motions

CallArgument = Annotated[
    str,
    typer.Argument(
        help="行为，如 permit、settle、schedule / the call, such as permit, settle, schedule", metavar="CALL"
    ),
]
WordsArgument = Annotated[
    list[str] | None,
    typer.Argument(
        help="参数，如 institution=… province=320000 / its arguments, by name",
        metavar="[NAME=VALUE]...",
    ),
]
MotionArgument = Annotated[
    str,
    typer.Argument(
        help="动议编号，或其开头八位以上 / the motion's number, or its first digits (8 or more)", metavar="MOTION"
    ),
]
AccountOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--account",
        help="账户密钥文件；给两次即一次办完 / key file of an account; twice: proposed and confirmed at once",
        metavar="FILE",
    ),
]


@dataclass(frozen=True, slots=True)
class _Place:
    """A network's motions, and the names of its provinces."""

    motions: Motions
    deployment: Deployment


def register(app: typer.Typer) -> None:
    """Add the group to `app`."""
    group = typer.Typer(
        name="motion",
        help="联盟动议：提出、表决、执行、查看 / motions of the consortium: open, vote, execute, look",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    group.command("open")(open_)
    group.command("vote")(vote)
    group.command("execute")(execute)
    group.command("list")(list_)
    group.command("show")(show)
    app.add_typer(group)


def open_(
    call: CallArgument,
    folder: Dir,
    words: WordsArgument = None,
    nonce: Annotated[
        int | None,
        typer.Option("--nonce", min=0, help="序号，缺省取最小的未用者 / its nonce, by default the lowest unused"),
    ] = None,
    account: AccountOption = None,
    passphrase_file: PassphraseOption = None,
    yes: YesOption = False,
    as_json: JsonFlag = False,
) -> None:
    """提出动议：由联盟执行的一项合约行为 / Open a motion: a call that the consortium shall make."""
    from node.reserved import in_words, parse  # noqa: PLC0415

    parsed = parse(call, [_of_card(word) for word in words or ()])
    with _place(folder) as place:
        told = in_words(parsed.contract, parsed.data, place.deployment.provinces)
        target = place.motions.target(parsed)
        note(f"{parsed.contract} {target}：{told.zh}", f"{parsed.contract} {target}: {told.en}")
        _foretell(place, target, parsed.data)
        confirmed(yes, "提出这项动议？", "Open this motion?", as_json=as_json)
        act = place.motions.open(parsed, unlocked(account, passphrase_file), nonce=nonce)
    what = (
        ("动议已提出", "the motion is open") if act.in_force else ("动议待第二个账户确认", "proposed, to be confirmed")
    )
    _acted(act, what, as_json=as_json, does={"zh": told.zh, "en": told.en})


def vote(
    motion: MotionArgument,
    folder: Dir,
    in_favour: Annotated[bool, typer.Option("--for/--against", help="赞成或反对 / in favour, or against")],
    account: AccountOption = None,
    passphrase_file: PassphraseOption = None,
    yes: YesOption = False,
    as_json: JsonFlag = False,
) -> None:
    """表决；期限内可改 / Vote on a motion; a later vote replaces an earlier one."""
    with _place(folder) as place:
        found = place.motions.one(motion)
        told = _tell(found, place)
        words = ("赞成", "in favour") if in_favour else ("反对", "against")
        confirmed(yes, f"对该动议投{words[0]}票？", f"Vote {words[1]}?", as_json=as_json)
        act = place.motions.vote(found.number, unlocked(account, passphrase_file), in_favour=in_favour)
    what = (
        (f"已投{words[0]}票", f"voted {words[1]}")
        if act.in_force
        else (f"{words[0]}票待第二个账户确认", f"the vote {words[1]} is proposed, to be confirmed")
    )
    _acted(act, what, as_json=as_json, does=told, inFavour=in_favour)


def execute(
    motion: MotionArgument,
    folder: Dir,
    account: AccountOption = None,
    passphrase_file: PassphraseOption = None,
    yes: YesOption = False,
    as_json: JsonFlag = False,
) -> None:
    """执行已通过的动议，任何账户均可 / Carry out a motion that is carried; any account may."""
    with _place(folder) as place:
        if len(account or ()) != 1:
            raise typer.BadParameter("执行须给出一个 --account / executing takes one --account")
        found = place.motions.one(motion)
        told = _tell(found, place)
        confirmed(yes, "执行该动议？", "Execute this motion?", as_json=as_json)
        [executor] = unlocked(account, passphrase_file)
        receipt = place.motions.execute(found, executor)
    payload = {"motion": f"0x{found.number.hex()}", "executed": True, "block": receipt.block, "does": told}
    rows: list[tuple[str, object]] = [("动议 / motion", payload["motion"]), ("区块 / block", receipt.block)]
    sheet(payload, rows, title="动议已执行 / the motion is executed", as_json=as_json)


def list_(
    folder: Dir,
    everything: Annotated[
        bool, typer.Option("--all", help="包括已执行、过期、无效的 / those executed, expired and void, too")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """列出动议，新的在前 / List the motions, newest first."""
    from node.motion_values import STATES, MotionState  # noqa: PLC0415 - see the module's docstring

    over = {MotionState.EXECUTED, MotionState.EXPIRED, MotionState.VOID}
    with _place(folder) as place:
        found = [motion for motion in place.motions.all() if everything or motion.state not in over]
        payload = [_payload(motion, place) for motion in found]

    def text(out: Console) -> None:
        if not found:
            out.print(say("没有动议", "there are no motions"))
        for motion, one in zip(found, payload, strict=True):
            zh, en = STATES[motion.state]
            out.print(f"{one['motion']}  {say(zh, en)}  {motion.in_favour}/{motion.threshold}", markup=False)
            out.print(f"  {say(one['does']['zh'], one['does']['en'])}", markup=False)

    terminal.emit({"motions": payload}, as_json=as_json, text=text)


def show(motion: MotionArgument, folder: Dir, as_json: JsonFlag = False) -> None:
    """显示一项动议：内容、表决、期限 / Show one motion: what it does, its votes, its times."""
    from node.client.sentences.values import shown  # noqa: PLC0415 - see the module's docstring
    from node.motion_values import STATES, MotionState  # noqa: PLC0415
    from node.reserved import province_shown  # noqa: PLC0415

    with _place(folder) as place:
        found = place.motions.one(motion)
        payload = _payload(found, place)
        refused = place.motions.refusal(found.target, found.data) if found.state is MotionState.CARRIED else None
    provinces = place.deployment.provinces
    payload["refusedNow"] = None if refused is None else {"zh": refused.zh, "en": refused.en}

    def moment(seconds: int) -> str:
        return shown("time", seconds, "en")

    def province(code: int) -> str:
        return say(province_shown(code, provinces, "zh"), province_shown(code, provinces, "en"))

    rows: list[tuple[str, object]] = [
        ("编号 / motion", payload["motion"]),
        ("内容 / what it does", say(payload["does"]["zh"], payload["does"]["en"])),
        ("合约 / contract", f"{found.contract} {found.target}"),
        ("提出 / opened by", f"{province(found.opener)}, 区块 / block {found.opened_block}"),
        ("状态 / state", say(*STATES[found.state])),
        ("赞成 / in favour", f"{found.in_favour}，须 / needed {found.threshold}"),
        ("表决自 / votes from", moment(found.opens_at)),
        ("至 / until", moment(found.closes_at)),
    ]
    rows.extend(
        (
            province(one.province),
            say("赞成" if one.in_favour else "反对", "in favour" if one.in_favour else "against")
            + ("" if one.counts else say("（不计）", "(does not count)")),
        )
        for one in found.votes
    )
    if refused is not None:
        rows.append(("此刻执行会被拒绝 / it would be refused now", say(refused.zh, refused.en)))
    sheet(payload, rows, title="", as_json=as_json)


def _of_card(word: str) -> str:
    """Return a word as it is; `joining=@card.json` with what the card, which is checked, says of the member."""
    name, mark, path = word.partition("=@")
    if not mark:
        return word
    from node.ceremony.card import read as read_card  # noqa: PLC0415 - see the module's docstring
    from node.offices import founding_json  # noqa: PLC0415

    return f"{name}={founding_json(read_card(Path(path)))}"


@contextmanager
def _place(folder: Path) -> Iterator[_Place]:
    from node.client.rpc import JsonRpc  # noqa: PLC0415 - see the module's docstring
    from node.motions import Motions  # noqa: PLC0415

    layout = Layout(folder)
    read(layout.description)
    network, deployment = Network.load(layout.network), Deployment.load(layout.deployment)
    with JsonRpc(network.rpc_url) as rpc:
        yield _Place(Motions(rpc, deployment), deployment)


def _tell(found: Motion, place: _Place) -> dict[str, str]:
    """Say what a motion does before anybody acts on it; return the two sentences."""
    told: dict[str, str] = _payload(found, place)["does"]
    note(told["zh"], told["en"])
    return told


def _foretell(place: _Place, target: str, data: bytes) -> None:
    refused = place.motions.refusal(target, data)
    if refused is not None:
        note(f"注意，按现状执行会被拒绝：{refused.zh}", f"mind: as things stand it would be refused: {refused.en}")


def _acted(act: Act, what: tuple[str, str], *, as_json: bool, **more: Any) -> None:  # noqa: ANN401 - JSON
    from node.client.sentences.values import shown  # noqa: PLC0415 - see the module's docstring

    payload = {
        "motion": f"0x{act.motion.hex()}",
        "inForce": act.in_force,
        "confirmUntil": act.until,
        "block": act.block,
        **more,
    }
    rows: list[tuple[str, object]] = [("动议 / motion", payload["motion"]), ("区块 / block", act.block)]
    if act.until is not None:
        rows.append(("须在此前确认 / to be confirmed before", shown("until", act.until, "en")))
    sheet(payload, rows, title=say(*what), as_json=as_json)


def _payload(found: Motion, place: _Place) -> dict[str, Any]:
    from node.reserved import arguments, in_words  # noqa: PLC0415 - see the module's docstring

    told = in_words(found.contract, found.data, place.deployment.provinces)
    call = found.call
    return {
        "motion": f"0x{found.number.hex()}",
        "state": found.state.value,
        "does": {"zh": told.zh, "en": told.en},
        "contract": found.contract,
        "function": None if call is None else call.function,
        "arguments": None if call is None else arguments(call),
        "target": found.target,
        "data": found.data,
        "nonce": found.nonce,
        "opener": found.opener,
        "openedBlock": found.opened_block,
        "opensAt": found.opens_at,
        "closesAt": found.closes_at,
        "inFavour": found.in_favour,
        "needed": found.threshold,
        "votes": [{"province": one.province, "inFavour": one.in_favour, "counts": one.counts} for one in found.votes],
    }
