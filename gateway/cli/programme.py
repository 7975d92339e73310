"""``huren programme``: in which programmes of an institution transferred credits count, and over which time caps do."""

from __future__ import annotations

import enum
from typing import Annotated, Final

import typer

from gateway.cli import console
from gateway.cli.acting import InstitutionArgument
from gateway.cli.context import ConfigOption, opened
from gateway.cli.transfer_common import OfficerOption
from gateway.domain.claims import OutcomeCode
from gateway.domain.hashing import hex0x
from gateway.domain.identifiers import Uscc
from gateway.ledger.calls import Call
from gateway.recognition.acts import RecognitionActs
from gateway.recognition.transfer_chain import CLAIMS

HELP: Final = "专业：登记可转入学分的专业 / programmes in which transferred credits count"
ProgrammeArgument = Annotated[str, typer.Argument(help="专业编码 / the programme's code", metavar="PROGRAMME")]


class Window(enum.StrEnum):
    """Over which time caps count (IClaimBook.Window)."""

    YEAR = "year"
    WHOLE = "whole"


_NUMBERS: Final = {Window.YEAR: 1, Window.WHOLE: 2}
_WORDS: Final = ("undeclared", "year", "whole")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help=HELP, no_args_is_help=True, rich_markup_mode=None)
    group.command("declare", help="登记专业，或收紧其上限窗口 / declare a programme, or tighten its window")(declare)
    group.command("show", help="查看已登记的专业 / show a programme")(show)
    app.add_typer(group, name="programme")


def declare(
    institution: InstitutionArgument,
    programme: ProgrammeArgument,
    window: Annotated[
        Window, typer.Option("--window", help="上限按公历年或全程累计 / caps count over a civil year, or the whole")
    ] = Window.WHOLE,
    headcount: Annotated[int, typer.Option("--headcount", min=0, help="在读人数 / how many students it has")] = 0,
    officer: OfficerOption = None,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Declare a programme, by an officer of the institution: the window only ever becomes longer."""
    uscc, word = Uscc(institution), OutcomeCode.read(programme).word
    with opened(config) as gateway:
        account = gateway.keys.officer_account(uscc.text, officer)
        acts = RecognitionActs(gateway.rpc, gateway.calls, [account])
        block = acts.once(CLAIMS, "declareProgramme", uscc.word, word, _NUMBERS[window], headcount)
        gateway.indexer(attesting=False).advance()
    payload = {
        "institution": uscc.text,
        "programme": programme,
        "word": hex0x(word),
        "window": window.value,
        "headcount": headcount,
        "block": block,
    }
    sentence = console.say(f"{programme} 已登记，区块 {block}", f"{programme} declared, block {block}")
    console.emit(payload, as_json=as_json, text=lambda out: out.print(f"{uscc.text}  {sentence}", markup=False))


def show(
    institution: InstitutionArgument,
    programme: ProgrammeArgument,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Show what is declared of a programme."""
    uscc, word = Uscc(institution), OutcomeCode.read(programme).word
    with opened(config) as gateway:
        block = gateway.calls.final_block()
        [found] = gateway.calls.read([Call(CLAIMS, "programmeOf", (uscc.word, word))], block)
    payload = {"block": block.number, "institution": uscc.text, "programme": programme, "word": hex0x(word)}
    payload |= {"window": _WORDS[found.window], "headcount": found.headcount}
    sentence = f"{uscc.text}  {programme}  {_WORDS[found.window]}  {found.headcount}"
    console.emit(payload, as_json=as_json, text=lambda out: out.print(sentence, markup=False))
