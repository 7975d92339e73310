"""``huren audit reports`` and ``check-report``: figures as of a block, and whether a report is what it says.

Exit codes of check-report: 0 the same bytes from this gateway's own index, and signed if it is signed; 1 something is
wrong with it; 2 it could not be made again here; 64 usage.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from gateway.audit.monthly.words import BOTH, LANGUAGES, Words
from gateway.audit.reports.check import Answer, ReportChecker
from gateway.audit.reports.errors import BlockAhead, MonthMissing, UnknownForm
from gateway.audit.reports.figures import total, totals_by
from gateway.audit.reports.files import FORMS
from gateway.audit.reports.signing import open_report_key, report_key_of
from gateway.cli import console
from gateway.cli.acting import table
from gateway.cli.context import ConfigOption, opened
from gateway.domain.civil_time import moment_text
from gateway.domain.credits import credits_text
from gateway.domain.hashing import hex0x
from gateway.ledger.transfer_rows import month_number
from node.client import keystores

if TYPE_CHECKING:
    from rich.console import Console

    from gateway.audit.reports.check import Outcome
    from gateway.audit.reports.values import Report
    from gateway.bootstrap import Gateway
    from gateway.domain.proof import Signer
    from gateway.ledger.values import BlockRef

_ANSWERS: Final = {
    Answer.YES: ("✓", "green"),
    Answer.NO: ("✗", "red"),
    Answer.UNKNOWN: ("–", "dim"),
}


def register(group: typer.Typer) -> None:
    """Add the commands."""
    group.command("reports", help="各省各月的数字与月报 / figures by province and month, and monthly reports")(reports)
    group.command("check-report", help="核对一份报告：哈希、签名、重算 / check a report: hash, signature, made again")(
        check_report
    )


def reports(
    month: Annotated[
        str | None,
        typer.Option("--month", help="只要这个月，例如 2026-10 / of this month alone, like 2026-10", metavar="MONTH"),
    ] = None,
    block: Annotated[
        int | None,
        typer.Option("--block", min=0, help="截至哪个区块，默认最新 / as of which block, by default the newest"),
    ] = None,
    out: Annotated[
        list[Path] | None,
        typer.Option(
            "--out",
            help="写入文件，可多次：.json .csv .xlsx .parquet .pdf / write files of these kinds",
            metavar="FILE",
            dir_okay=False,
        ),
    ] = None,
    language: Annotated[
        str, typer.Option("--language", help="PDF 的语言：zh、en、both / the PDF's language: zh, en or both")
    ] = BOTH,
    key: Annotated[
        Path | None,
        typer.Option(
            "--key", help="报告密钥文件，签名用（huren key report） / the report key to sign with", metavar="FILE"
        ),
    ] = None,
    key_passphrase_file: Annotated[
        Path | None,
        typer.Option("--key-passphrase-file", help="其口令文件 / the file with its passphrase", metavar="FILE"),
    ] = None,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Count everything up to a block; any gateway writes the same bytes for the same block."""
    files, about = out or [], _checked_words(month, out or [], language)
    with opened(config) as gateway:
        signer = None if key is None else _signer(key, key_passphrase_file)
        report = gateway.audit.reports.book.at(block_of(gateway, block))
        shown = report if about is None else report.of_month(about)
        written = []
        for path in files:
            written += gateway.audit.reports.write(path, report, month=about, language=language, signer=signer)
    payload = {"files": [str(path) for path in written], **shown.to_json()}
    if signer is not None:
        payload["signer"] = signer.did
    console.emit(payload, as_json=as_json, text=lambda console_: _sheet(shown, written, console_))


def check_report(
    file: Annotated[
        Path, typer.Argument(help="报告文件 / the report", metavar="FILE", exists=True, dir_okay=False, readable=True)
    ],
    signature: Annotated[
        Path | None,
        typer.Option(
            "--signature",
            help="签名文件，默认为 FILE.sig.json / its signature, by default FILE.sig.json",
            metavar="FILE",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    signer: Annotated[
        str | None,
        typer.Option(
            "--signer", help="应由谁签名：did:key:z6Mk… / who must have signed it: did:key:z6Mk…", metavar="DID"
        ),
    ] = None,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Hold a report against its own hash, its signature, and what this gateway's own index gives for its block."""
    with opened(config) as gateway:
        outcome = ReportChecker(gateway.audit.reports).check(file, signature=signature, signer=signer)
    console.emit(outcome.to_json(), as_json=as_json, text=lambda out: _findings(outcome, out))
    if not as_json and outcome.problem is not None:
        console.show(outcome.problem)
    if outcome.refuted:
        raise typer.Exit(console.Exit.AGAINST)
    if not outcome.good:
        raise typer.Exit(console.Exit.CANNOT)


def _checked_words(month: str | None, files: list[Path], language: str) -> int | None:
    """The month, once the call's words are known to be good."""
    if language not in LANGUAGES:
        raise typer.BadParameter(console.say("zh、en 或 both", "zh, en or both"), param_hint="--language")
    return _month_of(month, files)


def _month_of(month: str | None, files: list[Path]) -> int | None:
    forms = {path.suffix.lower().removeprefix("."): path for path in files}
    for form in sorted(forms.keys() - set(FORMS)):
        raise UnknownForm(forms[form].name, known="、".join(f".{known}" for known in FORMS))
    if "pdf" in forms and month is None:
        raise MonthMissing
    return None if month is None else month_number(month)


def _signer(key: Path, passphrase_file: Path | None) -> Signer:
    report_key_of(key)  # nobody is asked for the passphrase of a key that is not there
    return open_report_key(key, keystores.passphrase_of(key, passphrase_file))


def block_of(gateway: Gateway, number: int | None) -> BlockRef:
    """The block asked for; the index is brought up to date where it has not come so far."""
    book = gateway.audit.reports.book
    if number is not None:
        try:
            return book.block(number)
        except BlockAhead:
            gateway.indexer(attesting=False).advance()
            return book.block(number)
    gateway.indexer(attesting=False).advance()
    return book.block()


def _sheet(report: Report, written: list[Path], out: Console) -> None:
    rows = table(
        "来源 → 目标 / from → to", "申请 / applied", "接受 / accepted", "退回 / rejected", "待决定 / pending",
        "逾期 / overdue", "中位天数 / median days", "承认学分 / awarded",
    )  # fmt: skip
    rows.columns[0].no_wrap = True
    names = Words(BOTH)
    lines: list[tuple[str, Any]] = [
        (f"{names.province(source)} → {names.province(target)}", row)
        for (source, target), row in totals_by(report.figures, lambda row: (row.source, row.target)).items()
    ]
    for name, row in [*lines, (console.say("合计", "total"), total(report.figures))]:
        counts = (row.applied, row.accepted, row.rejections, row.pending, row.overdue)
        days = "—" if row.median_days is None else f"{row.median_days:g}"
        rows.add_row(name, *map(str, counts), days, credits_text(row.awarded))
    out.print(rows)
    many = len(report.rules)
    revoked = sum(one.credentials + one.in_batches for one in report.revocations)
    out.print(console.say(f"生效规则 {many} 条，吊销 {revoked} 份", f"rules in force: {many}, revoked: {revoked}"))
    when = moment_text(report.block.time)
    out.print(console.say(f"截至区块 {report.block.number}（{when}）", f"as of block {report.block.number} ({when})"))
    out.print(console.say("报告哈希", "report hash"), hex0x(report.digest), markup=False)
    for path in written:
        out.print(f"→ {path}", markup=False)


def _findings(outcome: Outcome, out: Console) -> None:
    lines = (
        (outcome.hash, "文件自带的哈希", "the hash that it carries"),
        (outcome.signature, f"签名 {outcome.signer or ''}", f"the signature {outcome.signer or ''}"),
        (outcome.expected, "签名者即所指定者", "signed by whom it should be"),
        (outcome.figures, "由本网关索引重算，数字相同", "made again from this gateway's index: the same figures"),
        (outcome.same, "由本网关索引重算，逐字节相同", "made again from this gateway's index: byte for byte"),
    )
    for answer, zh, en in lines:
        mark, style = _ANSWERS[answer]
        out.print(f"{mark} {console.say(zh, en)}", style=style, markup=False)
    if outcome.block:
        number = outcome.block.get("number")
        out.print(console.say(f"区块 {number}", f"block {number}"), outcome.month or "", markup=False)
