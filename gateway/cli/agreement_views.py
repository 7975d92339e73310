"""``huren agreement list`` and ``show``: what was agreed on, and how it stands or stood at a date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli import agreement_report, console
from gateway.cli.acting import listed, moment, table
from gateway.cli.agreement_common import AgreementArgument, FileOption, book_of, same_file
from gateway.cli.context import ConfigOption, opened
from gateway.domain.civil_time import day_of, last_day, moment_text
from gateway.domain.hashing import hex0x
from gateway.domain.rule import ANY
from gateway.recognition.agreements.check import evaluations, explained
from gateway.recognition.agreements.diff import changes
from gateway.recognition.agreements.json import (
    entry_json,
    history_json,
    rules_json,
    said_json,
    standing_json,
    terms_json,
)
from gateway.recognition.agreements.sentences import Speaker, province_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from gateway.recognition.agreements.values import AgreementState, Proposal, Standing

AsOfOption = Annotated[
    str | None,
    typer.Option("--as-of", help="某日或某时的状态，默认现在 / as of a date or time; by default now", metavar="DATE"),
]
_HAPPENED = {
    "AgreementProposed": ("提出", "proposed"),
    "AgreementApproved": ("批准", "approved"),
    "ApprovalRevoked": ("收回批准", "approval taken back"),
    "AgreementObjected": ("提出异议", "objected"),
    "ObjectionSettled": ("异议裁定", "objection settled"),
    "AgreementWithdrawn": ("通知退出", "notice of withdrawal"),
}


def register(group: typer.Typer) -> None:
    """Add the commands."""
    group.command("list", help="列出协议 / list agreements")(list_agreements)
    group.command("show", help="查看协议的条款与状态 / show an agreement's terms and how it stands")(show)


def list_agreements(
    as_of: AsOfOption = None,
    everything: Annotated[bool, typer.Option("--all", help="连同已终结的 / those that are over as well")] = False,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """List what is proposed, in notice or in force, with how it stands; with --all what is over too."""
    with opened(config) as gateway:
        book = book_of(gateway)
        time = moment(as_of, "--as-of", book.now)
        known = [one for one in book.proposals() if one.proposed_at <= time]
        found = list(zip(known, book.states([one.agreement for one in known], time), strict=True))
        block = book.block.number
    shown = [(one, state) for one, state in found if everything or not state.final]
    entries = [entry_json(one, state) for one, state in shown]
    payload = {"block": block, "asOf": moment_text(time), "agreements": entries}
    console.emit(payload, as_json=as_json, text=lambda out: _list(shown, out))


def show(
    agreement: AgreementArgument,
    as_of: AsOfOption = None,
    file: FileOption = None,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Show one agreement: terms in sentences, who approved, what happened."""
    with opened(config) as gateway:
        book = book_of(gateway)
        found = book.find(agreement)
        speaker = Speaker(gateway.codes if file is None else same_file(file, found, gateway.codes))
        standing = book.standing(found.agreement, moment(as_of, "--as-of", book.now))
        rules = explained(found.terms, speaker, book.findings(evaluations(found.terms)))
        superseded = None if found.terms.supersedes == ANY else book.known(found.terms.supersedes)
        history = book.history(found.agreement)
        block = book.block.number
    differences = [] if superseded is None else changes(superseded.terms, found.terms, speaker)
    happened = history_json(history)
    said = speaker.terms(found.terms)
    payload = {
        "block": block,
        **standing_json(standing),
        "terms": terms_json(found.terms),
        "said": said_json(said),
        "rules": rules_json(found.terms, [rule.said for rule in rules]),
        "changes": agreement_report.changes_payload(differences),
        "history": happened,
    }

    def text(out: Console) -> None:
        out.print(hex0x(found.agreement), style="bold")
        _show_standing(standing, found, out)
        agreement_report.show_said(said, rules, out)
        if superseded is not None:
            agreement_report.show_changes(differences, out)
        out.print(_history(happened))

    console.emit(payload, as_json=as_json, text=text)


def _list(shown: Sequence[tuple[Proposal, AgreementState]], out: Console) -> None:
    rows = table(
        "协议 / agreement", "状态 / state", "缔约方 / parties", "有效期 / validity", "规则 / rules", "取代 / supersedes"
    )
    for one, state in shown:
        terms = one.terms
        rows.add_row(
            hex0x(one.agreement),
            console.say(state.zh, state.en),
            "、".join(province_names(code).zh for code in terms.parties),
            f"{day_of(terms.valid_from)} – {last_day(terms.valid_until)}",
            str(len(terms.rules)),
            "—" if terms.supersedes == ANY else hex0x(terms.supersedes)[:10],
        )
    listed(rows, out, "没有协议（--all 含已终止的）", "no agreements (--all: also what is over)")


def _show_standing(standing: Standing, found: Proposal, out: Console) -> None:
    state, at = standing.state, moment_text(standing.time)
    out.print(console.say(f"状态（{at}）：{state.zh}", f"as of {at}: {state.en}"), markup=False)
    missing = [province_names(code) for code in found.terms.parties if code not in standing.approved]
    if missing and not state.final:
        zh, en = "、".join(name.zh for name in missing), ", ".join(name.en for name in missing)
        out.print(console.say(f"尚未批准：{zh}", f"not approved yet: {en}"), markup=False)
    if standing.active_from and not state.final:
        begin = moment_text(standing.active_from)
        out.print(console.say(f"生效时间：{begin}", f"in force from {begin}"), markup=False)


def _history(happened: Sequence[dict[str, Any]]) -> Any:  # noqa: ANN401 - a rich table
    rows = table("时间 / time", "省份 / province", "事件 / event", "区块 / block")
    for one in happened:
        name = province_names(one["province"])
        said = console.say(*_HAPPENED.get(one["event"], (one["event"], one["event"])))
        who = "—" if not one["province"] else console.say(name.zh, name.en)
        rows.add_row(one["time"], who, said, str(one["block"]))
    return rows
