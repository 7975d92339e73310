"""``huren transfer``: credits for a certificate, from the province that issued it to an institution of another.

Exit codes: 0 done; 1 findings, a refusal by rule or chain, or nobody said yes; 2 it could not be done now; 64 usage.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from gateway.cli import console, transfer_after, transfer_decide, transfer_views
from gateway.cli.acting import YesOption, confirmed, moment, table
from gateway.cli.agreement_common import book_of
from gateway.cli.context import ConfigOption, opened
from gateway.cli.transfer_common import (
    RefArgument,
    WaitOption,
    certificate_of,
    credits_text,
    ledger_of,
    send,
    settled_exit,
    transaction_json,
)
from gateway.domain.claims import OutcomeCode
from gateway.domain.errors import HurenError
from gateway.domain.hashing import hex0x, sha256
from gateway.domain.identifiers import Uscc
from gateway.domain.rule import ANY
from gateway.ledger.recognition_events import RecognitionEvents
from gateway.recognition.transfer_chain import TransferBook
from gateway.recognition.transfer_consent import Consent
from gateway.recognition.transfer_request import Applications, cancellation
from gateway.recognition.transfer_values import Ref

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from gateway.bootstrap import Gateway
    from gateway.ledger.outbox import Submission
    from gateway.recognition.transfer_request import Wanted

HELP: Final = "学分转换：申请、决定、查看 / transfers of credits: request, decide, show"
DAYS: Final = 60
_DAY: Final = 86_400


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help=HELP, no_args_is_help=True, rich_markup_mode=None)
    group.command("request", help="申请转换（先显示可得学分） / ask for credits; the quote comes first")(request)
    group.command("cancel", help="撤回尚未决定的申请 / take a request back")(cancel)
    transfer_decide.register(group)
    transfer_after.register(group)
    transfer_views.register(group)
    app.add_typer(group, name="transfer")


def request(
    certificates: Annotated[
        list[str],
        typer.Argument(
            help="本中心签发的证书：哈希或文件 / certificates issued here: hashes or files", metavar="CERT..."
        ),
    ],
    agreement: Annotated[
        str, typer.Option("--agreement", help="协议标识或其开头 / the agreement's id, or its beginning")
    ],
    rule: Annotated[int, typer.Option("--rule", min=1, help="第几条规则，从 1 数起 / which rule, from 1")],
    institution: Annotated[str, typer.Option("--to", help="目标机构 / target institution", metavar="USCC")],
    programme: Annotated[str, typer.Option("--programme", help="目标专业编码 / code of the programme")],
    course: Annotated[str | None, typer.Option("--course", help="目标课程编码 / code of the course")] = None,
    deadline: Annotated[
        str | None, typer.Option("--deadline", help=f"决定期限，默认 {DAYS} 天 / decide by; by default in {DAYS} days")
    ] = None,
    consent: Annotated[
        list[Path] | None,
        typer.Option(
            "--consent",
            help="学习者签署的同意书，依证书次序各一份 / what each learner signed, in the certificates' order",
            metavar="FILE",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    consent_on_file: Annotated[
        bool,
        typer.Option("--consent-on-file", help="同意书另行存档 / the signed consents are kept elsewhere"),
    ] = False,
    yes: YesOption = False,
    wait: WaitOption = 120,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Ask for credits: only the facts that the rule reads are opened, and the quote is shown first."""
    target = Uscc(institution).word
    signed = _signed(certificates, consent, on_file=consent_on_file)
    with opened(config) as gateway:
        book = book_of(gateway)
        proposal = book.find(agreement)
        until = moment(deadline, book.now + DAYS * _DAY)
        applications = Applications(book, gateway.reader)
        prepared, findings = [], []
        for name, evidence in zip(certificates, signed, strict=True):
            try:
                certificate = certificate_of(gateway, name)
                told = Consent(
                    leaf=certificate.leaf().leaf,
                    agreement=proposal.agreement,
                    rule=rule - 1,
                    target_institution=target,
                    programme=OutcomeCode.read(programme).word,
                    course=ANY if course is None else OutcomeCode.read(course).word,
                    deadline=until,
                    nonce=secrets.token_bytes(32),
                    evidence=evidence,
                )
                prepared.append(applications.prepare(certificate, proposal, told))
            except HurenError as error:
                findings.append((name, error))
        if not as_json:
            console.out.print(_quotes(prepared, findings))
        if not prepared:
            _finish(gateway, [], findings, [], as_json=as_json)
        count = len(prepared)
        confirmed(yes, f"申请 {count} 项转换？", f"Ask for these {count} transfers?", as_json=as_json)
        for wanted in prepared:
            wanted.consent.keep(gateway.settings.data_dir / "consents")
        ledger = ledger_of(gateway)
        settled = send(gateway, [wanted.intent(ledger) for wanted in prepared], wait)
        _finish(gateway, prepared, findings, settled, as_json=as_json)


def cancel(
    ref: RefArgument,
    yes: YesOption = False,
    wait: WaitOption = 120,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Take a request back before it is decided; the outcome is free again."""
    with opened(config) as gateway:
        found = transfer_views.book_of(gateway).find(Ref.read(ref))
        confirmed(yes, f"撤回申请 {ref}？", f"Take {ref} back?", as_json=as_json)
        settled = send(gateway, [cancellation(found, ledger_of(gateway))], wait)
    words = (f"{ref} 已撤回", f"{ref} taken back")
    transfer_views.tell_settled(ref, "cancelled", words, settled, as_json=as_json)


def _signed(certificates: Sequence[str], consent: Sequence[Path] | None, *, on_file: bool) -> list[bytes | None]:
    """The digest of what each learner signed: no request goes out on a consent that nobody says was given."""
    if on_file and not consent:
        return [None] * len(certificates)
    if on_file or len(consent or ()) != len(certificates):
        zh, en = "每份证书一个 --consent，或 --consent-on-file", "one --consent a certificate, or --consent-on-file"
        raise typer.BadParameter(console.say(zh, en), param_hint="--consent")
    return [sha256(path.read_bytes()) for path in consent or ()]


def _finish(
    gateway: Gateway,
    prepared: Sequence[Wanted],
    findings: Sequence[tuple[str, HurenError]],
    settled: Sequence[Submission],
    *,
    as_json: bool,
) -> None:
    """Tell what became of it, with the number that each request got."""
    book = TransferBook(gateway.calls, RecognitionEvents(gateway.database))
    numbers = {one.details.consent: str(one.ref) for one in book.requests(gateway.settings.province)}
    refs = [numbers.get(wanted.consent.digest) for wanted in prepared]
    payload = {
        "requests": [
            {
                "hash": hex0x(wanted.leaf),
                "transfer": ref,
                "quoted": credits_text(wanted.quoted),
                "opened": wanted.mask,
                "consent": hex0x(wanted.consent.digest),
                **transaction_json(entry),
            }
            for wanted, ref, entry in zip(prepared, refs, settled, strict=False)
        ],
        "findings": [{"certificate": name, **error.to_json()} for name, error in findings],
    }

    def text(out: Console) -> None:
        for wanted, ref, entry in zip(prepared, refs, settled, strict=False):
            said = ref or hex0x(wanted.leaf)[:18]
            transfer_views.tell([entry], console.say(f"已申请 {said}", f"requested {said}"), out)

    console.emit(payload, as_json=as_json, text=text)
    if findings:
        raise typer.Exit(console.Exit.AGAINST)
    settled_exit(settled)
    raise typer.Exit(console.Exit.OK)


def _quotes(prepared: Sequence[Wanted], findings: Sequence[tuple[str, HurenError]]) -> Any:  # noqa: ANN401 - a table
    rows = table("证书 / certificate", "可得 / gives")
    for wanted in prepared:
        rows.add_row(hex0x(wanted.leaf), credits_text(wanted.quoted))
    for name, error in findings:
        rows.add_row(name, f"✗ {console.say(error.message('zh'), error.message('en'))}")
    return rows
