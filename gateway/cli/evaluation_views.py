"""``huren evaluation list`` and ``show``: which evaluations there are, who sits on a panel, what it found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple

import typer

from gateway.cli import console
from gateway.cli.acting import listed, table
from gateway.cli.agreement_report import plain
from gateway.cli.context import ConfigOption, opened
from gateway.cli.evaluation_common import EvaluationArgument, book_of, records_of
from gateway.domain.credits import as_decimal, credits_text
from gateway.domain.crosswalk import Category
from gateway.domain.hashing import hex0x
from gateway.domain.identifiers import Uscc
from gateway.domain.provinces import PROVINCES
from gateway.recognition.evaluations.json import entry_json, sheet_json
from gateway.recognition.evaluations.values import Phase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from gateway.recognition.evaluations.records import DossierRecords
    from gateway.recognition.evaluations.values import Evaluation, Progress

_SHORT: Final = 12


class Sentence(NamedTuple):
    """One sentence in both languages."""

    zh: str
    en: str


def register(group: typer.Typer) -> None:
    """Add the commands."""
    group.command("list", help="列出评估 / list evaluations")(list_evaluations)
    group.command("show", help="查看评估：专家组、意见、结论 / show an evaluation: panel, opinions, finding")(show)


def list_evaluations(
    institution: Annotated[
        str | None, typer.Option("--institution", help="只列该机构 / of this institution alone", metavar="USCC")
    ] = None,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """List every evaluation there ever was, with how it stands."""
    wanted = None if institution is None else Uscc(institution).text
    with opened(config) as gateway:
        book, records = book_of(gateway), records_of(gateway)
        found = [one for one in book.opened() if wanted in {None, one.institution}]
        phases = book.phases([one.evaluation for one in found])
        entries = [_entry(one, phase, records) for one, phase in zip(found, phases, strict=True)]
        block = book.block.number
    payload = {"block": block, "evaluations": entries}
    console.emit(payload, as_json=as_json, text=lambda out: _list(entries, phases, out))


def show(evaluation: EvaluationArgument, config: ConfigOption = None, as_json: console.JsonFlag = False) -> None:
    """Show one evaluation."""
    with opened(config) as gateway:
        book = book_of(gateway)
        found = book.find(evaluation)
        progress = book.progress(found.evaluation)
        entry = sheet_json(found, progress, records_of(gateway).code_of(found.dossier))
        block = book.block.number
    payload = {"block": block, **entry}
    console.emit(payload, as_json=as_json, text=lambda out: _sheet(found, progress, entry, out))


def finding(progress: Progress) -> Sentence:
    """What a panel found, in a sentence."""
    favourable = sum(seat.favourable for seat in progress.panel)
    if progress.phase is not Phase.PASSED:
        return Sentence(f"{progress.phase.zh}（赞成 {favourable}）", f"{progress.phase.en} ({favourable} in favour)")
    amount = as_decimal(progress.credits)
    return Sentence(
        f"通过（赞成 {favourable}），等级 {progress.level}，学分 {amount}",
        f"passed ({favourable} in favour), level {progress.level}, credits {amount}",
    )


def _entry(one: Evaluation, phase: Phase, records: DossierRecords) -> dict[str, Any]:
    return entry_json(one, phase, records.code_of(one.dossier))


def _list(entries: Sequence[dict[str, Any]], phases: Sequence[Phase], out: Console) -> None:
    rows = table("评估 / evaluation", "机构 / institution", "成果 / outcome", "席位 / seats", "进度 / phase")
    for entry, phase in zip(entries, phases, strict=True):
        name = entry["outcomeCode"] or entry["outcome"][:_SHORT] + "…"
        standing = console.say(phase.zh, phase.en)
        # A motion may have permitted any 18 characters: never markup, never control codes.
        institution = plain(entry["institution"])
        rows.add_row(entry["evaluation"][:_SHORT], institution, name, str(entry["seats"]), standing)
    listed(rows, out, "没有评估", "no evaluations")


def _sheet(one: Evaluation, progress: Progress, entry: dict[str, Any], out: Console) -> None:
    category = Category(one.category)
    targets = [PROVINCES[code] for code in one.targets]
    lines = (
        (entry["evaluation"], console.say(progress.phase.zh, progress.phase.en)),
        (
            plain(one.institution),
            entry["outcomeCode"] or entry["outcome"],
            console.say(category.zh, category.word),
        ),
        ("授予 / awarded", entry["awardedFrom"], "—", entry["awardedTo"]),
        ("拟认可 / to recognise it", "、".join(p.zh for p in targets), "/", ", ".join(p.en for p in targets)),
        ("提名至 / nominations until", entry["nominationsUntil"]),
        ("意见至 / opinions until", entry["opinionsUntil"]),
        ("须赞成 / in favour needed", f"{one.needed}/{one.seats}"),
        ("材料 / dossier", hex0x(one.dossier)),
    )
    for line in lines:
        out.print(*line, markup=False)
    rows = table("省份 / province", "专家 / expert", "意见 / opinion", "等级 / level", "学分 / credits")
    for seat in progress.panel:
        opinion = "—" if not seat.opined_at else "赞成 / for" if seat.favourable else "反对 / against"
        level, amount = (str(seat.level), credits_text(seat.credits)) if seat.favourable else ("—", "—")
        rows.add_row(str(seat.province), seat.expert, opinion, level, amount)
    out.print(rows)
    if progress.closed_at:
        out.print(console.say(*finding(progress)), style="bold", markup=False)
