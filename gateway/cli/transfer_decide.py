"""``huren transfer accept`` and ``reject``: an officer of the target institution decides, with a key of their own."""

from __future__ import annotations

import enum
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli import console
from gateway.cli.acting import YesOption, confirmed
from gateway.cli.context import ConfigOption, opened
from gateway.cli.transfer_common import OfficerOption
from gateway.cli.transfer_office import Case, Office, Wish, decisions_table, read_wishes
from gateway.cli.transfer_views import book_of
from gateway.domain.hashing import sha256
from gateway.recognition.transfer_values import Ref, Return

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

PresentationOption = Annotated[
    Path | None,
    typer.Option(
        "--presentation",
        help="来源中心出示的证书文件，一并核验 / the certificate file shown, verified too",
        metavar="FILE",
        exists=True,
        dir_okay=False,
    ),
]


class Reason(enum.StrEnum):
    """Why an officer sends a request back."""

    NOT_EQUIVALENT = "not-equivalent"
    DOCUMENTS_MISSING = "documents-missing"
    NOT_ENROLLED = "not-enrolled"
    DUPLICATE = "duplicate"
    OTHERWISE = "otherwise"


def register(group: typer.Typer) -> None:
    """Add the commands."""
    group.command("accept", help="接受：先核验，再授予学分 / accept: verified first, then credits are awarded")(accept)
    group.command("reject", help="拒绝，并给出原因 / reject, with a reason")(reject)


def accept(
    ref: Annotated[
        str | None, typer.Argument(help="转换编号 来源-目标-序号 / the transfer", metavar="TRANSFER")
    ] = None,
    amount: Annotated[
        str | None, typer.Option("--credits", help="授予学分，默认为报价 / credits; by default what was quoted")
    ] = None,
    presentation: PresentationOption = None,
    file: Annotated[
        Path | None,
        typer.Option(
            "--file",
            help="成批处理的 CSV：transfer,student[,credits][,presentation] / many at once, a CSV with these columns",
            metavar="FILE",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    officer: OfficerOption = None,
    yes: YesOption = False,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Accept: each credential is verified, then the officer's own transactions award the credits.

    The student's number is asked for, or read as a line of standard input: arguments are seen by others. The chain gets
    a pseudonym of it.
    """
    if (ref is None) == (file is None) or (file is not None and (amount or presentation)):
        told = (
            "请给出一个转换编号，或 --file（学分与出示文件写在其中）",
            "give one transfer, or --file, which says the rest",
        )
        raise typer.BadParameter(console.say(*told))
    wanted = [Wish(ref or "", _student(), amount, presentation)] if file is None else read_wishes(file)
    with opened(config) as gateway:
        book = book_of(gateway)
        office = Office(gateway, officer)
        cases = [office.examined(wish, book) for wish in wanted]
        good = [case for case in cases if case.problem is None]
        if not as_json:
            console.out.print(decisions_table(cases))
        if good:
            confirmed(yes, f"授予这 {len(good)} 项学分？", f"Award these {len(good)}?", as_json=as_json)
        for case in good:
            office.award(case)
        gateway.indexer(attesting=False).advance()
    _told(cases, "accepted", ("已接受", "accepted"), as_json=as_json)


def reject(
    refs: Annotated[
        list[str], typer.Argument(help="转换编号，可多个 / transfers: source-target-number", metavar="TRANSFER...")
    ],
    reason: Annotated[Reason, typer.Option("--reason", help="公开原因 / public reason")],
    explanation: Annotated[
        Path | None,
        typer.Option(
            "--explanation",
            help="给学习者的说明；链上只留其 SHA-256 / the letter to the learner; the chain keeps its SHA-256",
            metavar="FILE",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    officer: OfficerOption = None,
    yes: YesOption = False,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Reject: the outcomes are free again, and the learners may appeal."""
    why = Return[reason.name]
    digest = bytes(32) if explanation is None else sha256(explanation.read_bytes())
    with opened(config) as gateway:
        book = book_of(gateway)
        office = Office(gateway, officer)
        cases = [Case(ref, book.find(Ref.read(ref))) for ref in refs]
        confirmed(yes, f"拒绝 {len(refs)} 项（{why.zh}）？", f"Reject {len(refs)} ({why.en})?", as_json=as_json)
        for case in cases:
            office.reject(case, why, digest)
        gateway.indexer(attesting=False).advance()
    _told(cases, "rejected", (f"已拒绝（{why.zh}）", f"rejected ({why.en})"), as_json=as_json)


def _student() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt(console.say("学号", "the student's number"), err=True))
    return typer.get_text_stream("stdin").readline().strip()


def _told(cases: Sequence[Case], act: str, words: tuple[str, str], *, as_json: bool) -> None:
    payload = {"act": act, "decisions": [case.to_json() for case in cases]}

    def text(out: Console) -> None:
        for case in cases:
            if case.problem is None:
                said = console.say(f"{words[0]}，区块 {case.block}", f"{words[1]}, block {case.block}")
                out.print(f"{case.ref}  {said}", markup=False)
            else:
                wrong = case.problem
                out.print(f"✗ {case.ref}  {wrong.message('zh')}\n  {wrong.message('en')}", style="red", markup=False)
                out.print(f"  → {wrong.hint('zh')} / {wrong.hint('en')}", markup=False)

    console.emit(payload, as_json=as_json, text=text)
    if any(case.problem is not None for case in cases):
        raise typer.Exit(console.Exit.AGAINST)
