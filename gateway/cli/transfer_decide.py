"""``huren transfer accept`` and ``reject``: an officer of the target institution decides, with a key of their own."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli import console
from gateway.cli.context import ConfigOption, opened
from gateway.cli.transfer_common import Step, WaitOption, parts, progress
from gateway.cli.transfer_office import (
    AccountOption,
    AccountPassphraseOption,
    OfficerOption,
    decisions_table,
    officer_of,
    read_wishes,
    shown,
)
from gateway.domain.credits import read_credits
from gateway.domain.errors import HurenError
from gateway.domain.identifiers import Uscc
from gateway.recognition.transfers.decisions import Accept, Reject
from gateway.recognition.transfers.errors import TransferFinished
from gateway.recognition.transfers.values import Ref, Return
from node.client.attended import attended
from node.client.hands import YesOption

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from gateway.bootstrap import Gateway
    from gateway.recognition.transfers.decisions import Decided, Wish

PresentationOption = Annotated[
    Path | None,
    typer.Option(
        "--presentation",
        help="密信未到时所依据的证书文件 / the certificate file to go by where no letter has come",
        metavar="FILE",
        exists=True,
        dir_okay=False,
    ),
]


class Reason(enum.StrEnum):
    """Why an officer sends a request back."""

    NOT_EQUIVALENT = Return.NOT_EQUIVALENT.word
    DOCUMENTS_MISSING = Return.DOCUMENTS_MISSING.word
    NOT_ENROLLED = Return.NOT_ENROLLED.word
    DUPLICATE = Return.DUPLICATE.word
    OTHERWISE = Return.OTHERWISE.word


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
            help=(
                "成批处理的 CSV：transfer,student|enrolment[,credits][,presentation]"
                " / many at once, a CSV with these columns"
            ),
            metavar="FILE",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    officer: OfficerOption = None,
    account: AccountOption = None,
    passphrase_file: AccountPassphraseOption = None,
    yes: YesOption = False,
    wait: WaitOption = 120,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Accept: each credential is verified on its document, then the officer's own transactions award the credits.

    The student's number is asked for, or read as a line of standard input: arguments are seen by others. The chain gets
    a pseudonym of it. After an interruption the same command goes on; nothing is awarded twice.
    """
    if (ref is None) == (file is None) or (file is not None and (amount or presentation)):
        told = (
            "请给出一个转换编号，或 --file（学分与出示文件写在其中）",
            "give one transfer, or --file, which says the rest",
        )
        raise typer.BadParameter(console.say(*told), param_hint="TRANSFER, --file")
    wrong: list[tuple[str, HurenError]] = []
    wishes: list[Wish] = []
    if file is None:
        given = None if amount is None else read_credits(amount)
        wishes.append(Accept(Ref.read(ref or ""), student=_student(), amount=given, shown=shown(presentation)))
    else:
        found, wrong = read_wishes(file)
        wishes.extend(found)
    with opened(config) as gateway:
        gateway.indexer(attesting=False).advance()
        cases = _examined(gateway, wishes, as_json=as_json)
        good = sum(case.good for case in cases)
        if not as_json:
            console.out.print(decisions_table(cases, wrong))
        if good:
            console.confirmed(yes, f"授予这 {good} 项学分？", f"Award these {good}?", as_json=as_json)
        if _to_carry_out(cases):
            _carry_out(gateway, cases, wishes, (officer, account, passphrase_file), wait, as_json=as_json)
    _told(cases, wrong, "accepted", ("已接受", "accepted"), as_json=as_json)


def reject(
    refs: Annotated[
        list[str] | None,
        typer.Argument(help="转换编号，可多个 / transfers: source-target-number", metavar="TRANSFER..."),
    ] = None,
    reason: Annotated[Reason, typer.Option("--reason", help="公开原因 / public reason")] = Reason.OTHERWISE,
    explanation: Annotated[
        Path | None,
        typer.Option(
            "--explanation",
            help="给来源方的说明（加密寄送，链上只留摘要） / a letter to the source, encrypted; a digest on the chain",
            metavar="FILE",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            "--file",
            help="文本文件，每行一个转换编号 / a text file with a transfer on each line",
            metavar="FILE",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    institution: Annotated[
        str | None,
        typer.Option("--institution", help="该机构所有待决定的 / all that wait for this institution", metavar="USCC"),
    ] = None,
    failing: Annotated[
        bool, typer.Option("--failing", help="只拒绝未通过核验的 / only those that do not verify")
    ] = False,
    officer: OfficerOption = None,
    account: AccountOption = None,
    passphrase_file: AccountPassphraseOption = None,
    yes: YesOption = False,
    wait: WaitOption = 120,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Reject: the outcomes are free again, and the learners may appeal. By name, by file, or all that wait."""
    why = Return[reason.name]
    text = "" if explanation is None else explanation.read_text(encoding="utf-8-sig")
    if sum((bool(refs), file is not None, institution is not None)) != 1:
        told = ("请给出转换编号、--file 或 --institution 之一", "give transfers, --file, or --institution")
        raise typer.BadParameter(console.say(*told), param_hint="TRANSFER")
    wanted = [Ref.read(name) for name in refs or ([] if file is None else _lines(file))]
    uscc = None if institution is None else Uscc(institution).text
    with opened(config) as gateway:
        gateway.indexer(attesting=False).advance()
        if uscc is not None:
            waiting = gateway.recognition.inbox.waiting(uscc, overdue=False)
            wanted = [one.request.ref for one in waiting]
        wishes: list[Wish] = [Reject(one, why, text) for one in wanted]
        cases = _examined(gateway, wishes, as_json=as_json)
        if failing:
            kept = [(case, wish) for case, wish in zip(cases, wishes, strict=True) if case.opened.problem is not None]
            cases, wishes = [case for case, _ in kept], [wish for _, wish in kept]
        good = sum(case.good for case in cases)
        if not as_json:
            console.out.print(decisions_table(cases, []))
        if good:
            console.confirmed(yes, f"拒绝 {good} 项（{why.zh}）？", f"Reject {good} ({why.en})?", as_json=as_json)
        if _to_carry_out(cases):
            _carry_out(gateway, cases, wishes, (officer, account, passphrase_file), wait, as_json=as_json)
    _told(cases, [], "rejected", (f"已拒绝（{why.zh}）", f"rejected ({why.en})"), as_json=as_json)


def _examined(gateway: Gateway, wishes: Sequence[Wish], *, as_json: bool) -> list[Decided]:
    cases: list[Decided] = []
    with progress(len(wishes), as_json=as_json) as tell:
        for part in parts(wishes):
            cases += gateway.recognition.decisions.examine(part)
            tell(Step.EXAMINING, len(cases), len(wishes))
    return cases


def _to_carry_out(cases: Sequence[Decided]) -> list[Decided]:
    """What an officer's key is needed for: what is good, and what may have been decided just so before."""
    return [case for case in cases if case.good or isinstance(case.problem, TransferFinished)]


def _carry_out(
    gateway: Gateway,
    cases: Sequence[Decided],
    wishes: Sequence[Wish],
    who: tuple[str | None, Path | None, Path | None],
    wait: int,
    *,
    as_json: bool,
) -> None:
    """Queue everything first: what is queued is decided, however often this is killed and started again."""
    service = gateway.recognition.decisions
    account = officer_of(gateway, _to_carry_out(cases), *who)
    done = 0
    with progress(len(cases), as_json=as_json) as tell:
        service.queue(cases, wishes, account)
        for part in parts(cases):
            service.settle(part, account, wait)
            done += len(part)
            tell(Step.DECIDING, done, len(cases))
    gateway.indexer(attesting=False).advance()


def _student() -> str:
    if attended():
        return str(typer.prompt(console.say("学号", "the student's number"), err=True))
    return typer.get_text_stream("stdin").readline().strip()


def _lines(file: Path) -> list[str]:
    text = file.read_text(encoding="utf-8-sig")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def _told(
    cases: Sequence[Decided],
    wrong: Sequence[tuple[str, HurenError]],
    act: str,
    words: tuple[str, str],
    *,
    as_json: bool,
) -> None:
    entries = [case.to_json() for case in cases]
    entries += [{"transfer": name, "act": act, "block": None, "problem": error.to_json()} for name, error in wrong]
    payload = {"act": act, "decisions": entries}

    def text(out: Console) -> None:
        for entry in entries:
            problem: dict[str, Any] | None = entry["problem"]
            if problem is None:
                said = console.say(f"{words[0]}，区块 {entry['block']}", f"{words[1]}, block {entry['block']}")
                out.print(f"{entry['transfer']}  {said}", markup=False)
            else:
                out.print(f"✗ {entry['transfer']}  {problem['zh']}\n  {problem['en']}", style="red", markup=False)
                out.print(f"  → {problem['hintZh']} / {problem['hintEn']}", markup=False)

    console.emit(payload, as_json=as_json, text=text)
    if any(entry["problem"] is not None for entry in entries):
        raise typer.Exit(console.Exit.AGAINST)
