"""What commands share that act for a province: the institution, two accounts, a point in time, one way to report."""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Concatenate, ParamSpec

import typer
from rich.table import Table

from gateway.cli import console
from gateway.cli.context import ConfigOption, opened
from gateway.domain.civil_time import moment_text
from gateway.domain.identifiers import Uscc
from gateway.keys.errors import ObserverActsForNobody
from gateway.ledger.acts import NOW, ProvinceActs, SecondAccountAwaited
from gateway.recognition.acts import RecognitionActs
from node.client.hands import PassphraseOption, unlocked

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount
    from rich.console import Console

    from gateway.bootstrap import Gateway

InstitutionArgument = Annotated[
    str, typer.Argument(help="统一社会信用代码 / the institution's unified social credit code", metavar="USCC")
]
AccountOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--account",
        help="本省账户的密钥文件；须两个账户的事给出两次办成，一次提议 / key file of an account of the province; "
        "what takes two accounts is done by giving it twice, proposed by giving it once",
        metavar="FILE",
    ),
]
P = ParamSpec("P")
_SHORT = 12
"""Characters by which an act is named to be confirmed."""
_BEIJING = dt.timezone(dt.timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Hands:
    """Who acts, and where: the options that every binding act takes."""

    account: AccountOption = None
    passphrase_file: PassphraseOption = None
    config: ConfigOption = None
    as_json: console.JsonFlag = False


def together(*groups: type) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a command of a function that takes groups of options first: dataclasses whose fields are options.

    The function's own options come first in the help, then those of the groups in order.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        shared = [list(inspect.signature(group, eval_str=True).parameters.values()) for group in groups]

        def called(**given: Any) -> None:  # noqa: ANN401 - what Typer parsed
            made = [
                group(**{option.name: given.pop(option.name) for option in options})
                for group, options in zip(groups, shared, strict=True)
            ]
            try:
                command(*made, **given)
            except SecondAccountAwaited as waits:
                _tell_waiting(waits, as_json=any(isinstance(one, Hands) and one.as_json for one in made))

        own = list(inspect.signature(command, eval_str=True).parameters.values())[len(groups) :]
        # By keyword alone: a required option of a group may follow an own one that has a default.
        options = [
            option.replace(kind=inspect.Parameter.KEYWORD_ONLY)
            for option in (*own, *(option for group in shared for option in group))
        ]
        # Typer reads both of these.
        called.__signature__ = inspect.Signature(options)  # type: ignore[attr-defined]
        called.__annotations__ = {option.name: option.annotation for option in options}
        called.__name__, called.__doc__ = command.__name__, command.__doc__
        return called

    return decorate


def _tell_waiting(waits: SecondAccountAwaited, *, as_json: bool) -> None:
    """Say that the first half of a binding act is done, and how the second is: exit code 0."""
    name = None if waits.act is None else f"0x{waits.act.hex()}"
    until = None if waits.until is None else moment_text(waits.until)
    if name is None:
        zh = "此账户此前已提议，仍待本省另一账户确认：huren pending list"
        en = "this account has proposed it before; it waits for another account of the province: huren pending list"
    else:
        zh = f"已提议，{until} 前须由本省另一账户确认：huren pending confirm {name[:_SHORT]} --account 密钥文件"
        en = f"proposed; another account of the province confirms it until {until}: huren pending confirm"
        en += f" {name[:_SHORT]} --account KEYFILE"
    payload = {"waiting": True, "act": name, "until": until, "block": waits.block, "zh": zh, "en": en}
    console.emit(payload, as_json=as_json, text=lambda out: out.print(console.say(zh, en), markup=False))


def binding(command: Callable[Concatenate[Hands, P], None]) -> Callable[..., None]:
    """Make a command of a function that takes its `Hands` first: their options come after the command's own."""
    return together(Hands)(command)


def perform(
    institution: str, act: str, words: tuple[str, str], work: Callable[[ProvinceActs, str], int], hands: Hands
) -> None:
    """Do one act, let the index follow, and tell in which block it is.

    Raises:
        HurenError, NodeError: it was refused, or could not be done.
    """
    uscc = Uscc(institution).text
    with opened(hands.config) as gateway:
        acts = ProvinceActs(gateway.rpc, gateway.calls, accounts_of(gateway, hands))
        block = work(acts, uscc)
        gateway.indexer(attesting=False).advance()
    report("institution", uscc, act, words, block, hands)


def once(gateway: Gateway, hands: Hands, contract: str, function: str, *args: object) -> int:
    """Have the first account make a call of recognition, let the index follow; return the block that holds it.

    Raises:
        HurenError, NodeError: it was refused, or could not be done.
    """
    return _followed(gateway, _recognition(gateway, hands).once(contract, function, *args))


def twice(gateway: Gateway, hands: Hands, contract: str, function: str, *args: object) -> int:
    """Have both accounts make it, a binding act; else like `once`."""
    return _followed(gateway, _recognition(gateway, hands).twice(contract, function, *args))


def _recognition(gateway: Gateway, hands: Hands) -> RecognitionActs:
    return RecognitionActs(gateway.rpc, gateway.calls, accounts_of(gateway, hands), gateway.recognition.meanings)


def _followed(gateway: Gateway, block: int) -> int:
    gateway.indexer(attesting=False).advance()
    return block


def report(
    kind: str,
    name: str,
    act: str,
    words: tuple[str, str],
    block: int,
    hands: Hands,
    **more: Any,  # noqa: ANN401 - further members of the answer
) -> None:
    """Tell what was done to `name` and in which block; `kind` is the member of the answer that holds the name."""
    payload = {kind: name, "act": act, "block": block, **more}
    sentence = console.say(f"{words[0]}，区块 {block}", f"{words[1]}, block {block}")
    console.emit(payload, as_json=hands.as_json, text=lambda out: out.print(f"{name}  {sentence}", markup=False))


def table(*headers: str) -> Table:
    """Return a table that breaks long values instead of cutting them off: an address must be readable to its end."""
    made = Table()
    for header in headers:
        made.add_column(header, overflow="fold")
    return made


def listed(rows: Table, out: Console, zh: str, en: str) -> None:
    """Print a table, or say that there is nothing in it: a head over nothing looks like something that broke."""
    out.print(rows if rows.row_count else console.say(zh, en), markup=False)


def accounts_of(gateway: Gateway, hands: Hands) -> list[LocalAccount]:
    """Open the accounts with which a member acts.

    Raises:
        ObserverActsForNobody: the gateway is an observer's.
        KeystoreError, PassphraseError: a file or a passphrase cannot be used.
    """
    if gateway.settings.observer:
        raise ObserverActsForNobody("account")
    return unlocked(hands.account, hands.passphrase_file)


def moment(text: str | None, option: str, otherwise: int = NOW) -> int:
    """Return the seconds since 1970 of a day (its start in Beijing) or of a time with its offset (RFC 3339).

    Raises:
        typer.BadParameter: it is neither; names the option.
    """
    if text is None:
        return otherwise
    try:
        time = dt.datetime.fromisoformat(text)
    except ValueError:
        told = ("写作 2026-07-01 或 2026-07-01T08:00:00+08:00", "write 2026-07-01 or 2026-07-01T08:00:00+08:00")
        raise typer.BadParameter(console.say(*told), param_hint=option) from None
    return int((time if time.tzinfo else time.replace(tzinfo=_BEIJING)).timestamp())
