"""``huren agreement``: which terms of mutual recognition the provinces agree on, from a file to an agreement in force.

Exit codes: 0 done; 1 findings, or nobody said yes; 2 it could not be done or checked; 64 usage.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from gateway.cli import agreement_report, agreement_views, console
from gateway.cli.acting import Hands, binding, once, report, twice
from gateway.cli.agreement_common import (
    AgreementArgument,
    FileOption,
    book_of,
    learn_codes,
    same_file,
    settings_found,
)
from gateway.cli.context import ConfigOption, opened
from gateway.domain.errors import AGAINST, HurenError, cause_of
from gateway.domain.hashing import hex0x, sha256
from gateway.domain.rule import ANY
from gateway.ledger.errors import ChainUnavailable
from gateway.recognition.agreements.chain import AGREEMENTS
from gateway.recognition.agreements.check import check, evaluations, explained
from gateway.recognition.agreements.diff import changes
from gateway.recognition.agreements.sentences import Speaker
from node.client.errors import NodeError
from node.client.hands import YesOption

if TYPE_CHECKING:
    from gateway.recognition.agreements.chain import AgreementBook
    from gateway.recognition.agreements.values import Proposal

HELP: Final = "互认协议：核对、提出、批准、异议、退出 / agreements: check, propose, approve, object, withdraw"
FileArgument = Annotated[
    Path,
    typer.Argument(help="协议文件（YAML） / the agreement file (YAML)", metavar="FILE", exists=True, dir_okay=False),
]


class TextDiffers(HurenError):
    """A legal text that is not the one the parties agree on."""

    code = "agreement.text_differs"
    exit_code = AGAINST
    zh = "文件 {value} 不是该协议的文本：SHA-256 应为 {expected}"
    en = "{value} is not the text of this agreement: its SHA-256 would be {expected}"
    hint_zh = "请向提出方索取正确的文本"
    hint_en = "ask the proposing party for the right text"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help=HELP, no_args_is_help=True, rich_markup_mode=None)
    group.command("check", help="核对协议文件，逐条说明 / check an agreement file, explain every rule")(check_file)
    group.command("propose", help="提出协议（一个账户） / propose an agreement; one account")(binding(propose))
    group.command("approve", help="批准协议（两个账户） / approve an agreement; two accounts")(binding(approve))
    group.command("revoke-approval", help="生效前收回批准 / take an approval back before it is in force")(
        binding(revoke_approval)
    )
    group.command("object", help="提出异议，中止协议 / object: the agreement is suspended")(binding(object_to))
    group.command("withdraw", help="退出协议 / withdraw from an agreement")(binding(withdraw))
    agreement_views.register(group)
    app.add_typer(group, name="agreement")


def check_file(
    file: FileArgument,
    offline: Annotated[bool, typer.Option("--offline", help="不连接链 / do not ask the chain")] = False,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Check an agreement file: every finding with its line, or every rule in a sentence with examples."""
    checked = None
    if not offline and settings_found(config):
        with opened(config) as gateway:
            try:
                checked = check(file, book_of(gateway))
                learn_codes(gateway, file)
            except (ChainUnavailable, NodeError) as error:
                why = cause_of(error)
                console.note(f"未能连接链，只作离线核对：{why.zh}", f"the chain was not asked: {why.en}")
    checked = checked or check(file)
    payload = agreement_report.check_payload(checked)
    console.emit(payload, as_json=as_json, text=lambda out: agreement_report.show_check(checked, out))
    raise typer.Exit(console.Exit.AGAINST if checked.findings else console.Exit.OK)


def propose(hands: Hands, file: FileArgument, yes: YesOption = False) -> None:
    """Propose: checks the file with the chain, shows it whole, and asks. It binds nobody."""
    with opened(hands.config) as gateway:
        checked = check(file, book_of(gateway))
        if checked.terms is None or checked.findings:
            payload = agreement_report.check_payload(checked)
            console.emit(payload, as_json=hands.as_json, text=lambda out: agreement_report.show_check(checked, out))
            raise typer.Exit(console.Exit.AGAINST)
        if not hands.as_json:
            agreement_report.show_check(checked, console.out)
        learn_codes(gateway, file)
        console.confirmed(yes, "提出这份协议？", "Propose this agreement?", as_json=hands.as_json)
        block = once(gateway, hands, AGREEMENTS, "propose", checked.terms.values)
    report("agreement", hex0x(checked.terms.agreement_id), "proposed", ("已提出", "proposed"), block, hands)


def approve(
    hands: Hands,
    agreement: AgreementArgument,
    file: FileOption = None,
    text: Annotated[
        Path | None,
        typer.Option("--text", help="核对协议文本与条款所载一致 / check that this is the legal text", metavar="FILE"),
    ] = None,
    yes: YesOption = False,
) -> None:
    """Approve: shows the terms on the chain and what changes from the superseded ones, and asks."""
    with opened(hands.config) as gateway:
        book = book_of(gateway)
        found = book.find(agreement)
        labels = gateway.codes if file is None else same_file(file, found, gateway.codes)
        if text is not None and (digest := sha256(text.read_bytes())) != found.terms.text:
            raise TextDiffers(str(text), expected=found.terms.text.hex(), found=digest.hex())
        if not hands.as_json:
            _show_terms(book, found, Speaker(labels))
        console.confirmed(yes, "批准这份协议？", "Approve this agreement?", as_json=hands.as_json)
        turn = book.standing(found.agreement).round
        block = twice(gateway, hands, AGREEMENTS, "approve", found.agreement, turn)
        standing = book_of(gateway).standing(found.agreement)
    state, by = standing.state, list(standing.approved)
    words = (f"已批准（{state.zh}）", f"approved ({state.en})")
    report("agreement", hex0x(found.agreement), "approved", words, block, hands, state=state.name.lower(), approved=by)


def revoke_approval(hands: Hands, agreement: AgreementArgument, yes: YesOption = False) -> None:
    """Take the province's approval back, before the agreement is in force."""
    with opened(hands.config) as gateway:
        book = book_of(gateway)
        found = book.find(agreement)
        console.confirmed(
            yes, f"收回对 {agreement} 的批准？", f"Take back the approval of {agreement}?", as_json=hands.as_json
        )
        turn = book.standing(found.agreement).round
        block = twice(gateway, hands, AGREEMENTS, "revokeApproval", found.agreement, turn)
    report("agreement", hex0x(found.agreement), "approvalRevoked", ("已收回批准", "approval taken back"), block, hands)


def object_to(
    hands: Hands,
    agreement: AgreementArgument,
    reason: Annotated[
        Path,
        typer.Option(
            "--reason",
            help="写明理由的文件；链上只留其 SHA-256 / a file with the reasons; the chain keeps its SHA-256",
            metavar="FILE",
            exists=True,
            dir_okay=False,
        ),
    ],
    yes: YesOption = False,
) -> None:
    """Object: it is suspended until all approve again or a motion settles it; unsettled after 90 days it lapses."""
    with opened(hands.config) as gateway:
        found = book_of(gateway).find(agreement)
        console.confirmed(yes, f"对 {agreement} 提出异议？", f"Object to {agreement}?", as_json=hands.as_json)
        block = twice(gateway, hands, AGREEMENTS, "object", found.agreement, sha256(reason.read_bytes()))
    report(
        "agreement",
        hex0x(found.agreement),
        "objected",
        ("已提出异议，协议中止", "objected, the agreement is suspended"),
        block,
        hands,
    )


def withdraw(hands: Hands, agreement: AgreementArgument, yes: YesOption = False) -> None:
    """Withdraw: the agreement ends for all when the withdrawal notice has run out."""
    with opened(hands.config) as gateway:
        found = book_of(gateway).find(agreement)
        console.confirmed(yes, f"退出协议 {agreement}？", f"Withdraw from {agreement}?", as_json=hands.as_json)
        block = twice(gateway, hands, AGREEMENTS, "withdraw", found.agreement)
    report("agreement", hex0x(found.agreement), "withdrawn", ("已通知退出", "notice of withdrawal given"), block, hands)


def _show_terms(book: AgreementBook, found: Proposal, speaker: Speaker) -> None:
    """The whole terms in sentences, and what changes."""
    rules = explained(found.terms, speaker, book.findings(evaluations(found.terms)))
    console.out.print(hex0x(found.agreement), style="bold")
    agreement_report.show_said(speaker.terms(found.terms), rules, console.out)
    superseded = None if found.terms.supersedes == ANY else book.known(found.terms.supersedes)
    if superseded is not None:
        agreement_report.show_changes(changes(superseded.terms, found.terms, speaker), console.out)
