"""``huren programme``: in which programmes of an institution transferred credits count, and over which time caps do."""

from __future__ import annotations

import enum
from typing import Annotated, Final

import typer

from gateway.cli import console
from gateway.cli.acting import InstitutionArgument
from gateway.cli.context import ConfigOption, opened
from gateway.cli.transfer_office import OfficerOption
from gateway.domain.claims import OutcomeCode
from gateway.domain.hashing import hex0x
from gateway.domain.identifiers import Uscc
from gateway.ledger.calls import Call
from gateway.recognition.acts import RecognitionActs
from gateway.recognition.transfers.chain import CLAIMS
from node.client.hands import YesOption

HELP: Final = "专业：登记可转入学分的专业 / programmes in which transferred credits count"
ProgrammeArgument = Annotated[str, typer.Argument(help="专业编码 / the programme's code", metavar="PROGRAMME")]


class Window(enum.StrEnum):
    """Over which time caps count (IClaimBook.Window)."""

    YEAR = "year"
    WHOLE = "whole"


_NUMBERS: Final = {Window.YEAR: 1, Window.WHOLE: 2}
_WORDS: Final = ("undeclared", "year", "whole")
_ZH: Final = ("未登记", "每年", "全程")


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
        Window | None,
        typer.Option(
            "--window",
            help="上限按公历年或全程累计，只能由年改为全程；默认不变 / caps count over a year or the whole, and that "
            "only ever tightens; by default as declared",
        ),
    ] = None,
    headcount: Annotated[
        int | None, typer.Option("--headcount", min=0, help="在读人数，默认不变 / students; by default as declared")
    ] = None,
    officer: OfficerOption = None,
    yes: YesOption = False,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Declare a programme, by an officer of the institution. A year that became the whole never goes back."""
    uscc, word = Uscc(institution), OutcomeCode.read(programme).word
    with opened(config) as gateway:
        [present] = gateway.calls.answers([Call(CLAIMS, "programmeOf", (uscc.word, word))], gateway.calls.final_block())
        wanted = present.window if window is None else _NUMBERS[window]
        if not wanted:
            told = "首次登记须给出 --window", "the first declaration gives --window"
            raise typer.BadParameter(console.say(*told), param_hint="--window")
        count = present.headcount if headcount is None else headcount
        if wanted != present.window:
            name = _WORDS[wanted]
            zh = f"{programme} 的上限按“{_ZH[wanted]}”累计，此后只能更紧。登记？"
            en = f"Caps of {programme} will count over: {name}. It only ever tightens. Declare?"
            console.confirmed(yes, zh, en, as_json=as_json)
        account = gateway.keys.officer_account(uscc.text, officer)
        acts = RecognitionActs(gateway.rpc, gateway.calls, [account], gateway.recognition.meanings)
        gateway.codes.learn([programme])
        block = acts.once(CLAIMS, "declareProgramme", uscc.word, word, wanted, count)
        gateway.indexer(attesting=False).advance()
    payload = {
        "institution": uscc.text,
        "programme": programme,
        "word": hex0x(word),
        "window": _WORDS[wanted],
        "headcount": count,
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
        gateway.codes.learn([programme])
        block = gateway.calls.final_block()
        [found] = gateway.calls.answers([Call(CLAIMS, "programmeOf", (uscc.word, word))], block)
    payload = {"block": block.number, "institution": uscc.text, "programme": programme, "word": hex0x(word)}
    payload |= {"window": _WORDS[found.window], "headcount": found.headcount}
    sentence = f"{uscc.text}  {programme}  {_WORDS[found.window]}  {found.headcount}"
    console.emit(payload, as_json=as_json, text=lambda out: out.print(sentence, markup=False))
