"""``huren transfer reverse``, ``retire``, ``appeal`` and ``decide-appeal``: what may come after a decision."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from gateway.cli import console
from gateway.cli.acting import Hands, binding, unlocked
from gateway.cli.agreement_common import YesOption, confirmed
from gateway.cli.context import ConfigOption, opened
from gateway.cli.transfer_common import RefArgument, WaitOption, certificate_of, send, settled_exit
from gateway.cli.transfer_views import book_of, tell
from gateway.domain.hashing import hex0x, sha256
from gateway.ledger.calls import Call
from gateway.ledger.reader import institution_text
from gateway.recognition.acts import RecognitionActs
from gateway.recognition.transfer_chain import TRANSFERS
from gateway.recognition.transfer_request import appeal_of
from gateway.recognition.transfer_values import Ref

if TYPE_CHECKING:
    from gateway.bootstrap import Gateway

StatementOption = Annotated[
    Path,
    typer.Option(
        "--statement",
        help="写明理由的文件；链上只留其 SHA-256 / a file with the grounds; the chain keeps its SHA-256",
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
    """Agree to withdraw an award: in force once both provinces have, the target's alone after a revocation."""
    with opened(hands.config) as gateway:
        book = book_of(gateway)
        request = book.find(Ref.read(ref))
        confirmed(yes, f"同意撤回 {ref} 所授学分？", f"Agree to withdraw the award of {ref}?", as_json=hands.as_json)
        block = _bind(gateway, hands, "reverse", request.ref.values, request.details.values)
        now = book_of(gateway)
        [state] = now.states([request])
    standing = state.standing
    words = (f"本方已同意（{standing.zh}）", f"this side has agreed ({standing.en})")
    _tell(hands, ref, "reversed", words, block, standing=standing.name.lower())


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
    with opened(hands.config) as gateway:
        gateway.indexer(attesting=False).advance()
        receipt = certificate_of(gateway, certificate).receipt
        institution, facts = receipt.anchoring.institution, receipt.facts
        call = Call("InstitutionRegistry", "canonicalOf", (institution, facts.outcome))
        [(canonical, _)] = gateway.calls.answers([call], gateway.calls.final_block())
        home = institution_text(bytes(canonical))
        zh, en = f"永久停用该成果（{home}，{reason}）？", f"Retire this outcome of {home} for good ({reason})?"
        confirmed(yes, zh, en, as_json=hands.as_json)
        block = _bind(gateway, hands, "retire", bytes(canonical), facts.claim, _RETIREMENTS[reason])
    words = ("已永久停用", "retired for good")
    _tell(hands, hex0x(facts.claim), "retired", words, block, institution=home, reason=str(reason))


def appeal(
    ref: RefArgument,
    statement: StatementOption,
    yes: YesOption = False,
    wait: WaitOption = 120,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Appeal against a rejection, once, by the source province."""
    with opened(config) as gateway:
        request = book_of(gateway).find(Ref.read(ref))
        confirmed(yes, f"就 {ref} 提出申诉？", f"Appeal against the rejection of {ref}?", as_json=as_json)
        ledger = bytes.fromhex(gateway.calls.address(TRANSFERS)[2:])
        settled = send(gateway, [appeal_of(request, sha256(statement.read_bytes()), ledger)], wait)
    told = [{"state": one.state.value, "block": one.block, "problem": one.error} for one in settled]
    text = console.say(f"{ref} 已申诉", f"{ref}: appeal filed")
    payload = {"transfer": ref, "act": "appealed", "transactions": told}
    console.emit(payload, as_json=as_json, text=lambda out: tell(settled, text, out))
    settled_exit(settled)


def decide_appeal(
    hands: Hands,
    ref: RefArgument,
    ruling: Annotated[Ruling, typer.Option("--ruling", help="裁定 / the ruling")],
    statement: StatementOption,
    yes: YesOption = False,
) -> None:
    """Decide an appeal, by the target province: where it is upheld the learner may apply again."""
    with opened(hands.config) as gateway:
        request = book_of(gateway).find(Ref.read(ref))
        confirmed(
            yes, f"裁定 {ref} 的申诉（{ruling}）？", f"Decide the appeal of {ref}: {ruling}?", as_json=hands.as_json
        )
        digest = sha256(statement.read_bytes())
        block = _bind(gateway, hands, "decideAppeal", request.ref.values, ruling is Ruling.UPHELD, digest)
    _tell(hands, ref, "appealDecided", ("申诉已裁定", "appeal decided"), block, ruling=str(ruling))


def _bind(gateway: Gateway, hands: Hands, function: str, *args: object) -> int:
    acts = RecognitionActs(gateway.rpc, gateway.calls, unlocked(hands.account, hands.passphrase_file))
    block = acts.twice(TRANSFERS, function, *args)
    gateway.indexer(attesting=False).advance()
    return block


def _tell(
    hands: Hands,
    what: str,
    act: str,
    words: tuple[str, str],
    block: int,
    **more: Any,  # noqa: ANN401 - further members of the answer
) -> None:
    payload = {"transfer": what, "act": act, "block": block, **more}
    sentence = console.say(f"{words[0]}，区块 {block}", f"{words[1]}, block {block}")
    console.emit(payload, as_json=hands.as_json, text=lambda out: out.print(f"{what}  {sentence}", markup=False))
