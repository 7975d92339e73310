"""``huren verify``: a hash or a file in, a verdict out. Exit 0 valid or registered, 1 against it, 2 cannot check."""

from __future__ import annotations

import datetime as dt
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from gateway.cli import console
from gateway.cli.context import ConfigOption, opened
from gateway.domain.errors import USAGE, HurenError
from gateway.domain.evidence import MOST_BYTES
from gateway.domain.provinces import UnknownProvince, province_of
from gateway.domain.verdict import Kind, StepState
from gateway.verification.offline import MOST_DAYS, Trust, check_fingerprint
from gateway.verification.offline import verify as offline_verdict
from gateway.verification.offline.trust import MOST_BYTES as MOST_TRUST_BYTES
from gateway.verification.service import CHINA, parse_hash
from gateway.verification.views import Look

if TYPE_CHECKING:
    from rich.console import Console

    from gateway.domain.verdict import Verdict

_MARKS = {
    StepState.PASSED: "✓",
    StepState.FAILED: "✗",
    StepState.NOT_APPLICABLE: "–",
    StepState.NOT_DONE: "·",
}
_STYLES = {True: "bold green", False: "bold red"}


class FileUnreadable(HurenError):
    """A file that cannot be read."""

    code = "cli.file"
    exit_code = USAGE
    zh = "无法读取文件 {value}：{why}"
    en = "cannot read the file {value}: {why}"
    hint_zh = "请检查路径与权限"
    hint_en = "check the path and its permissions"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("verify", help="核验证书文件或哈希 / verify a certificate file or a hash")(verify)


def verify(
    what: Annotated[
        str,
        typer.Argument(
            help="证书文件（- 为标准输入）或哈希 0x… / a certificate file (- is standard input) or a hash 0x…",
            metavar="FILE|HASH",
        ),
    ],
    source: Annotated[
        Look, typer.Option("--source", help="读取来源：索引、链或择新 / read the index, the chain, or what is fresh")
    ] = Look.AUTO,
    offline: Annotated[
        bool,
        typer.Option(
            "--offline", help="不联网，凭文件所附证据与信任文件核验 / with no network, by the file's own evidence"
        ),
    ] = False,
    trust: Annotated[
        Path | None,
        typer.Option("--trust", help="信任文件（见 huren trust） / the trust file, of huren trust", metavar="FILE"),
    ] = None,
    fingerprint: Annotated[
        str | None,
        typer.Option("--fingerprint", help="信任文件应有的指纹 / the fingerprint that it must have", metavar="DIGITS"),
    ] = None,
    max_days: Annotated[
        int | None,
        typer.Option(
            "--max-days",
            min=0,
            help=f"证据至多多旧（天），默认 {MOST_DAYS} / how old the evidence may be, in days; else {MOST_DAYS}",
        ),
    ] = None,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Verify a certificate file or a hash; --offline: by the evidence in the file, asking nobody.

    Exit codes: 0 valid or registered; 1 against it; 2 it cannot be checked now; 64 usage.
    """
    if offline != (trust is not None) or (offline and what.lower().startswith("0x")):
        why = console.say(
            "--offline 与 --trust 须同时给出，且只核验文件", "--offline goes with --trust, and with a file"
        )
        raise typer.BadParameter(why, param_hint="--offline")
    if trust is not None:
        _by_evidence(read_file(what), read_trust(trust), fingerprint, max_days, as_json=as_json)
    if fingerprint is not None or max_days is not None:
        why = console.say("只用于 --offline", "it goes with --offline only")
        raise typer.BadParameter(why, param_hint="--max-days" if fingerprint is None else "--fingerprint")
    data = None if what.lower().startswith("0x") else read_file(what)
    leaf = parse_hash(what) if data is None else b""
    with opened(config) as gateway:
        verdict = gateway.verifier.by_hash(leaf, source) if data is None else gateway.verifier.by_file(data, source)
    console.emit(verdict.to_json(), as_json=as_json, text=lambda out: explain(verdict, out))
    raise typer.Exit(exit_code(verdict))


def _by_evidence(
    data: bytes, trust: Trust, fingerprint: str | None, max_days: int | None, *, as_json: bool
) -> NoReturn:
    """Print the verdict by the evidence in a file, and what it rests on; nothing is asked, no settings are needed."""
    if fingerprint is not None:
        check_fingerprint(trust, fingerprint)
    verdict = offline_verdict(data, trust, now=time.time(), most_days=MOST_DAYS if max_days is None else max_days)
    rests_on = {
        "network": trust.network,
        "fingerprint": trust.fingerprint,
        "compared": fingerprint is not None,
        "expires": trust.expires,
    }
    console.emit(
        verdict.to_json() | {"trust": rests_on},
        as_json=as_json,
        text=lambda out: _explain_offline(verdict, trust, out),
    )
    if fingerprint is None:
        console.note(
            "未比对信任文件的指纹：请与另一省份读出的核对，并用 --fingerprint 写明",
            "the trust file's fingerprint was not compared: hold it against another province's, with --fingerprint",
        )
    raise typer.Exit(exit_code(verdict))


def read_trust(file: Path) -> Trust:
    """The trust file of that name.

    Raises:
        FileUnreadable: it cannot be read.
        TrustRefused: it is none.
    """
    return Trust.parse(read_file(str(file), MOST_TRUST_BYTES))


def read_file(name: str, most: int = MOST_BYTES) -> bytes:
    """The bytes of a file, or of standard input for ``-``; of one that is larger than `most`, enough to say so.

    Raises:
        FileUnreadable: they cannot be had.
    """
    if name == "-":
        return sys.stdin.buffer.read(most + 1)
    try:
        with Path(name).open("rb") as file:
            return file.read(most + 1)
    except OSError as error:
        raise FileUnreadable(name, why=error.strerror) from error


def exit_code(verdict: Verdict) -> console.Exit:
    """The exit code that a script sees."""
    if verdict.kind is Kind.CANNOT_CHECK:
        return console.Exit.CANNOT
    return console.Exit.OK if verdict.kind.favourable else console.Exit.AGAINST


def explain(verdict: Verdict, out: Console) -> None:
    """A verdict for a person: what it is, why, every step, and what it holds for."""
    style = "bold yellow" if verdict.kind is Kind.CANNOT_CHECK else _STYLES[verdict.kind.favourable]
    out.print(console.say(verdict.kind.zh, verdict.kind.en), style=style, markup=False)
    if verdict.reason is not None:
        for words, hint in (
            (verdict.reason.zh, verdict.reason.hint_zh),
            (verdict.reason.en, verdict.reason.hint_en),
        ):
            out.print(f"  {words}", markup=False)
            if hint:
                out.print(f"    → {hint}", markup=False)
    if verdict.status is not None:
        out.print(f"  {_time(verdict.status.since)} · {_province(verdict.status.set_by)}", markup=False)
        if verdict.status.successor is not None:
            successor = "0x" + verdict.status.successor.hex()
            out.print("  " + console.say(f"取代它的证书：{successor}", f"superseded by {successor}"), markup=False)
    for report in verdict.steps:
        note = (
            ""
            if report.note is None or report.state is StepState.FAILED
            else f"（{report.note.zh} / {report.note.en}）"
        )
        out.print(
            f"  {_MARKS[report.state]} {report.step.value} {report.step.zh} / {report.step.en}{note}", markup=False
        )
    for batch in verdict.batches:
        existed = _time(batch.anchored_at)
        who = f"{batch.institution} {batch.institution_name}".strip()
        out.print(
            "  " + console.say(f"{existed} 前已存在，登记机构 {who}", f"existed by {existed}, registered by {who}"),
            markup=False,
        )
    if verdict.block is not None and verdict.block_time is not None:
        out.print(
            f"  block {verdict.block} · {_time(verdict.block_time)} · {verdict.source.value}", style="dim", markup=False
        )


def _explain_offline(verdict: Verdict, trust: Trust, out: Console) -> None:
    """The verdict, the time that it is true for, and whom it believes."""
    explain(verdict, out)
    if verdict.block_time is not None:
        at = _time(verdict.block_time)
        zh, en = f"截至 {at}（UTC+8）；其后的变动不在其中", f"true as of {at} (UTC+8); later changes are not in it"
        out.print("  " + console.say(zh, en), markup=False)
    day = _time(trust.expires)[:10]
    zh, en = f"依据 {trust.network} 的信任文件，{day} 前有效", f"by a trust file that is good until before {day}"
    out.print("  " + console.say(zh, en), markup=False)
    out.print(f"  {trust.fingerprint}", style="dim", markup=False)


def _time(seconds: int) -> str:
    return dt.datetime.fromtimestamp(seconds, CHINA).strftime("%Y-%m-%d %H:%M:%S")


def _province(code: int) -> str:
    try:
        return province_of(code).zh
    except UnknownProvince:
        return str(code)
