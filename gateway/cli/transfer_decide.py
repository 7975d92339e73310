"""``huren transfer accept`` and ``reject``: an officer of the target institution decides, with a key of their own."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli import console
from gateway.cli.agreement_common import YesOption, confirmed
from gateway.cli.context import ConfigOption, opened
from gateway.cli.transfer_common import OfficerOption, RefArgument, credits_text
from gateway.cli.transfer_views import book_of
from gateway.domain.credits import read_credits
from gateway.domain.hashing import hex0x, sha256
from gateway.keys.secrets import Purpose
from gateway.ledger.reader import institution_text
from gateway.recognition.acts import RecognitionActs
from gateway.recognition.transfer_decision import Desk, enrolment_of
from gateway.recognition.transfer_values import Ref, Return

if TYPE_CHECKING:
    from gateway.bootstrap import Gateway
    from gateway.recognition.transfer_values import Request

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
    ref: RefArgument,
    student: Annotated[
        str,
        typer.Option("--student", help="学号，链上只留假名 / the student's number; the chain gets a pseudonym"),
    ],
    amount: Annotated[
        str | None, typer.Option("--credits", help="授予学分，默认为报价 / credits; by default what was quoted")
    ] = None,
    presentation: PresentationOption = None,
    officer: OfficerOption = None,
    yes: YesOption = False,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Accept: the credential is verified, then the officer's own transaction awards the credits."""
    shown = None if presentation is None else presentation.read_bytes()
    with opened(config) as gateway:
        request = book_of(gateway).find(Ref.read(ref))
        hundredths = request.quoted if amount is None else read_credits(amount)
        desk = _desk(gateway, request, officer)
        verdict = desk.verify(request, shown)
        told = credits_text(hundredths)
        question = (
            f"核验结果：{verdict.kind.zh}。授予 {told} 学分？",
            f"Verified: {verdict.kind.en}. Award {told} credits?",
        )
        confirmed(yes, *question, as_json=as_json)
        details = request.details
        key = gateway.keys.master().derive(Purpose.ENROLMENTS)
        enrolment = enrolment_of(key, details.target_institution, student, details.programme)
        block = desk.accept(request, enrolment, hundredths, shown)
        gateway.indexer(attesting=False).advance()
    payload = {"transfer": ref, "act": "accepted", "awarded": told, "enrolment": hex0x(enrolment), "block": block}
    payload |= {"verdict": verdict.kind.value}
    sentence = console.say(
        f"{ref} 已接受，授予 {told} 学分，区块 {block}", f"{ref} accepted, {told} credits, block {block}"
    )
    console.emit(payload, as_json=as_json, text=lambda out: out.print(sentence, markup=False))


def reject(
    ref: RefArgument,
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
    """Reject: the outcome is free again, and the learner may appeal."""
    why = Return[reason.name]
    digest = bytes(32) if explanation is None else sha256(explanation.read_bytes())
    with opened(config) as gateway:
        request = book_of(gateway).find(Ref.read(ref))
        confirmed(yes, f"拒绝 {ref}（{why.zh}）？", f"Reject {ref} ({why.en})?", as_json=as_json)
        block = _desk(gateway, request, officer).reject(request, why, digest)
        gateway.indexer(attesting=False).advance()
    payload = {"transfer": ref, "act": "rejected", "reason": why.name.lower(), "block": block}
    sentence = console.say(f"{ref} 已拒绝（{why.zh}），区块 {block}", f"{ref} rejected ({why.en}), block {block}")
    console.emit(payload, as_json=as_json, text=lambda out: out.print(sentence, markup=False))


def _desk(gateway: Gateway, request: Request, officer: str | None) -> Desk:
    institution = institution_text(request.details.target_institution)
    account = gateway.keys.officer_account(institution, officer)
    return Desk(RecognitionActs(gateway.rpc, gateway.calls, [account]), gateway.verifier)
