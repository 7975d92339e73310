"""``huren transfer reverse``, ``retire``, ``appeal`` and ``decide-appeal``: what may come after a decision."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from gateway.cli import console
from gateway.cli.acting import Hands, binding, report, twice
from gateway.cli.context import ConfigOption, opened
from gateway.cli.transfer_common import RefArgument, WaitOption, certificate_of, ledger_of, send, well_formed
from gateway.cli.transfer_views import book_of, tell_settled
from gateway.domain.hashing import hex0x
from gateway.domain.transfer_words import Appeal
from gateway.ledger.calls import Call
from gateway.ledger.reader import institution_text
from gateway.recognition.letters.contents import Topic
from gateway.recognition.transfers.chain import CLAIMS, TRANSFERS
from gateway.recognition.transfers.errors import AppealFiled
from gateway.recognition.transfers.request import appeal_of
from gateway.recognition.transfers.values import Ref, Stage
from node.client.hands import YesOption

if TYPE_CHECKING:
    from gateway.bootstrap import Gateway
    from gateway.recognition.transfers.values import Request, TransferState

StatementOption = Annotated[
    Path,
    typer.Option(
        "--statement",
        help="写明理由的文件（加密寄送，链上只留摘要） / the grounds, sent encrypted; the chain keeps a digest",
        metavar="FILE",
        exists=True,
        dir_okay=False,
    ),
]


class Retirement(enum.StrEnum):
    """Why an outcome is taken out of circulation for ever."""

    USED_AT_HOME = "used-at-home"
    MERGED = "merged"
    VOID = "void"


class Ruling(enum.StrEnum):
    """What becomes of an appeal."""

    UPHELD = "upheld"
    DISMISSED = "dismissed"


_RETIRED: Final = 4
"""IClaimBook.Use.Retired."""
_RETIREMENTS: Final = {Retirement.USED_AT_HOME: 1, Retirement.MERGED: 2, Retirement.VOID: 3}


def register(group: typer.Typer) -> None:
    """Add the commands."""
    group.command("reverse", help="撤回已授予的学分（双方各两个账户） / withdraw an award; each side, two accounts")(
        binding(reverse)
    )
    group.command("retire", help="永久停用一项成果 / take an outcome out of circulation for good; two accounts")(
        binding(retire)
    )
    group.command("appeal", help="对拒绝提出申诉 / appeal against a rejection")(appeal)
    group.command("decide-appeal", help="裁定申诉 / decide an appeal; two accounts")(binding(decide_appeal))


def reverse(hands: Hands, ref: RefArgument, yes: YesOption = False) -> None:
    """Agree to withdraw an award: in force once both provinces have, the target's alone after a revocation.

    Where this side has agreed already, that is told and nothing is sent.
    """
    wanted = Ref.read(ref)
    with opened(hands.config) as gateway:
        book = book_of(gateway)
        request = book.find(wanted)
        [state] = book.states([request])
        block = _agreed_in(gateway, request, state)
        if block is None:
            console.confirmed(
                yes, f"同意撤回 {ref} 所授学分？", f"Agree to withdraw the award of {ref}?", as_json=hands.as_json
            )
            block = twice(gateway, hands, TRANSFERS, "reverse", request.ref.values, request.details.values)
            [state] = book_of(gateway).states([request])
    standing = state.standing
    words = (f"本方已同意（{standing.zh}）", f"this side has agreed ({standing.en})")
    report("transfer", ref, "reversed", words, block, hands, standing=standing.name.lower())


def _agreed_in(gateway: Gateway, request: Request, state: TransferState) -> int | None:
    """The block in which this side is seen to have agreed; None where it has not."""
    province = gateway.settings.province
    ours = dict(zip((request.ref.source, request.ref.target), state.reversing, strict=True)).get(province, False)
    return gateway.calls.final_block().number if ours or state.stage is Stage.REVERSED else None


def retire(
    hands: Hands,
    certificate: Annotated[
        str,
        typer.Argument(help="本中心签发的证书：哈希或文件 / a certificate issued here: hash or file", metavar="CERT"),
    ],
    reason: Annotated[Retirement, typer.Option("--reason", help="公开原因 / public reason")],
    yes: YesOption = False,
) -> None:
    """Retire the outcome of a certificate for ever, under the institution that it counts for."""
    well_formed(certificate)
    with opened(hands.config) as gateway:
        gateway.indexer(attesting=False).advance()
        receipt = certificate_of(gateway, certificate).receipt
        institution, facts = receipt.anchoring.institution, receipt.facts
        final = gateway.calls.final_block()
        [(canonical, _)] = gateway.calls.answers(
            [Call("InstitutionRegistry", "canonicalOf", (institution, facts.outcome))], final
        )
        [claim] = gateway.calls.answers([Call(CLAIMS, "claimOf", (bytes(canonical), facts.claim))], final)
        home = institution_text(bytes(canonical))
        block = final.number
        if claim.use != _RETIRED:
            zh, en = f"永久停用该成果（{home}，{reason}）？", f"Retire this outcome of {home} for good ({reason})?"
            console.confirmed(yes, zh, en, as_json=hands.as_json)
            block = twice(gateway, hands, TRANSFERS, "retire", bytes(canonical), facts.claim, _RETIREMENTS[reason])
    words = ("已永久停用", "retired for good")
    report("transfer", hex0x(facts.claim), "retired", words, block, hands, institution=home, reason=str(reason))


def appeal(
    ref: RefArgument,
    statement: StatementOption,
    yes: YesOption = False,
    wait: WaitOption = 120,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Appeal against a rejection, once, by the source province; the grounds go to the target encrypted."""
    wanted, text = Ref.read(ref), statement.read_text(encoding="utf-8-sig")
    with opened(config) as gateway:
        book = book_of(gateway)
        request = book.find(wanted)
        console.confirmed(yes, f"就 {ref} 提出申诉？", f"Appeal against the rejection of {ref}?", as_json=as_json)
        row = book.row(request.ref)
        digest = gateway.recognition.correspondence.post(Topic.APPEAL, row, text, at=book.block.time)
        if row.statement not in {None, digest}:
            raise AppealFiled(ref)
        settled = send(gateway, [appeal_of(request, digest, ledger_of(gateway))], wait)
    tell_settled(ref, "appealed", (f"{ref} 已申诉", f"{ref}: appeal filed"), settled, as_json=as_json)


def decide_appeal(
    hands: Hands,
    ref: RefArgument,
    ruling: Annotated[Ruling, typer.Option("--ruling", help="裁定 / the ruling")],
    statement: StatementOption,
    yes: YesOption = False,
) -> None:
    """Decide an appeal, by the target province: where it is upheld the learner may apply again."""
    wanted, text = Ref.read(ref), statement.read_text(encoding="utf-8-sig")
    with opened(hands.config) as gateway:
        book = book_of(gateway)
        request = book.find(wanted)
        console.confirmed(
            yes, f"裁定 {ref} 的申诉（{ruling}）？", f"Decide the appeal of {ref}: {ruling}?", as_json=hands.as_json
        )
        row = book.row(request.ref)
        digest = gateway.recognition.correspondence.post(Topic.ANSWER, row, text, at=book.block.time)
        upheld = ruling is Ruling.UPHELD
        just_so = (row.appeal_answer, row.appeal) == (digest, Appeal.UPHELD if upheld else Appeal.DISMISSED)
        if just_so and row.appeal_decided_block is not None:
            block = row.appeal_decided_block
        else:
            block = twice(gateway, hands, TRANSFERS, "decideAppeal", request.ref.values, upheld, digest)
    report("transfer", ref, "appealDecided", ("申诉已裁定", "appeal decided"), block, hands, ruling=str(ruling))
