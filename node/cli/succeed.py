"""`huren-node succeed`: create the contract that follows one in the Directory, and open the motion that lists it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from node.cli.console import Dir, sheet
from node.cli.motion import AccountOption
from node.client.deployment import Deployment
from node.client.hands import PassphraseOption, YesOption, unlocked
from node.client.terminal import JsonFlag, confirmed
from node.description import read
from node.layout import Layout
from node.network import Network

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eth_account.signers.local import LocalAccount

    from node.motion_values import Act
    from node.motions import Motions
    from node.reserved import Call

NameArgument = Annotated[
    str, typer.Argument(help="合约名，如 CredentialRegistry / the contract, such as CredentialRegistry", metavar="NAME")
]


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("succeed")(succeed)


def succeed(
    name: NameArgument,
    folder: Dir,
    release: Annotated[
        Path | None,
        typer.Option(
            "--release",
            help="新合约所属版本的编译目录，缺省为本版本 / artifacts of its release, by default this one's",
            metavar="DIR",
        ),
    ] = None,
    account: AccountOption = None,
    passphrase_file: PassphraseOption = None,
    yes: YesOption = False,
    as_json: JsonFlag = False,
) -> None:
    """创建合约的后任，并提出登记它的动议 / Create a contract's successor and open the motion that lists it."""
    from node.client.rpc import JsonRpc  # noqa: PLC0415 - what acts takes a second to import
    from node.motions import Motions  # noqa: PLC0415
    from node.reserved import parse  # noqa: PLC0415
    from node.successor import artifact_of, create  # noqa: PLC0415

    layout = Layout(folder)
    read(layout.description)
    network, deployment = Network.load(layout.network), Deployment.load(layout.deployment)
    artifact_of(name, release)  # before anybody is asked for anything
    if not account:
        raise typer.BadParameter("须给出 --account（一个或两个） / give --account, once or twice")
    confirmed(
        yes,
        f"创建 {name} 的后任，并提出登记它的动议？",
        f"Create a successor of {name} and open the motion that lists it?",
        as_json=as_json,
    )
    accounts = unlocked(account, passphrase_file)
    with JsonRpc(network.rpc_url) as rpc:
        made = create(rpc, deployment, layout.successors, name, accounts[0], release=release)
        act = _opened(Motions(rpc, deployment), parse("schedule", [f"name={name}", f"target={made.address}"]), accounts)
    payload: dict[str, Any] = {
        "name": name,
        "address": made.address,
        "predecessor": made.predecessor,
        "codeHash": made.code_hash,
        "created": made.made,
        "motion": f"0x{act.motion.hex()}",
        "inForce": act.in_force,
        "confirmUntil": act.until,
    }
    waits = "已提出 / open" if act.in_force else "待本省第二个账户确认 / to be confirmed by a second account"
    then = (
        f"motion vote {payload['motion'][:10]} --for"
        if act.in_force
        else f"motion open schedule name={name} target={made.address}"
    )
    rows: list[tuple[str, object]] = [
        ("后任 / successor", made.address),
        ("接替 / follows", made.predecessor),
        ("代码摘要 / code hash", made.code_hash),
        ("动议 / motion", payload["motion"]),
        ("状态 / state", waits),
        ("下一步 / next", f"huren-node {then} --dir … --account …"),
    ]
    sheet(payload, rows, title=f"{name} 的后任 / its successor", as_json=as_json)


def _opened(motions: Motions, call: Call, accounts: Sequence[LocalAccount]) -> Act:
    """Open the motion; where one of the same call is open already, it is that one."""
    from node.motion_values import Act, MotionState  # noqa: PLC0415 - as above

    going = {MotionState.NOTICE, MotionState.VOTING, MotionState.CARRIED}
    for motion in motions.all():
        if motion.data == call.data and motion.state in going:
            return Act(motion.number, in_force=True, until=None, block=motion.opened_block)
    return motions.open(call, accounts)
