"""``huren issue`` and ``huren export``: from a roster to certificates.

Exit codes of ``issue``: 0 issued, or nothing to do; 1 findings, nothing issued; 2 could not; 64 usage.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli import console
from gateway.cli.context import ConfigOption, opened
from gateway.cli.issuing_report import Aftermath, anchor_json, tell, tell_files, tell_lost
from gateway.cli.progress import Bars, Lines
from gateway.cli.supersede import supersede_due
from gateway.domain.errors import HurenError
from gateway.issuance import replacements
from gateway.issuance.errors import NothingToExport, UnknownCredential
from gateway.issuance.export import write_files
from gateway.issuance.report import IssueReport, Outcome
from gateway.issuance.roster.reader import digest_of
from gateway.issuance.service import IssueOptions
from gateway.ledger.outbox import open_of_kind
from gateway.verification.service import parse_hash
from node.client.attended import attended

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from gateway.bootstrap import Gateway
    from gateway.issuance.ports import BatchDraft
    from gateway.issuance.records import CredentialRow


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("issue", help="签发名册（CSV、XLSX）中的证书 / issue the certificates of a roster (CSV, XLSX)")(issue)
    app.command("export", help="导出证书文件（*.huren.json） / write certificate files (*.huren.json)")(export)


def issue(
    roster: Annotated[Path, typer.Argument(help="名册文件 / the roster", metavar="FILE")],
    accept_good_rows: Annotated[
        bool,
        typer.Option("--accept-good-rows", help="有问题时仍签发合格的行 / issue the good rows of a file with findings"),
    ] = False,
    template: Annotated[
        Path | None,
        typer.Option(
            "--template",
            help="把问题写入待改正的名册 / write the roster with its findings, to be mended",
            metavar="FILE",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="上链后导出证书文件的目录 / where to write certificate files once anchored", metavar="DIR"
        ),
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="等待上链并最终确认 / wait until the anchors are final")] = False,
    wait_seconds: Annotated[
        float, typer.Option("--wait-seconds", min=0, help="最长等待秒数 / how long to wait at most")
    ] = 120.0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不写入 / check only, write nothing")] = False,
    officer: Annotated[
        str | None, typer.Option("--officer", help="经办人密钥的标签 / the label of the officer's key", metavar="LABEL")
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="经办人已核对，不再询问 / the officer has checked: do not ask")
    ] = False,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Issue a roster."""
    bars = None if as_json else Bars()

    def ask(draft: BatchDraft) -> bool:
        rows, leaves = f"{draft.roster_rows:,}", f"{draft.leaf_count:,}"
        zh = f"机构 {draft.institution}：{draft.roster} 中 {rows} 行，本批 {leaves} 份证书"
        en = f"{draft.institution}: {rows} rows of {draft.roster}, {leaves} certificates in this batch"
        if yes or bars is None or not attended():
            # An approval is a person's act: where nobody can be asked, only --yes gives it.
            console.note(zh, en)
            tell_lost(gateway.catching_up.told(), {draft.institution})
            return yes
        with bars.hidden():
            tell_lost(gateway.catching_up.told(), {draft.institution})
            return typer.confirm(console.say(f"{zh}。批准？", f"{en}. Approve?"), err=True)

    with opened(config) as gateway:
        issuer = gateway.issuer(ask, officer)
        options = IssueOptions(accept_good_rows=accept_good_rows, dry_run=dry_run, template=template)
        with ExitStack() as stack:
            if bars:
                stack.enter_context(bars.display)
            report = issuer.issue(roster, options, bars or Lines())
        if report.outcome is Outcome.CHECKED:
            tell_lost(gateway.catching_up.told(), report.institutions)
        after = _after(gateway, report, out, wait=wait, seconds=wait_seconds)
    payload = report.to_json() | {"anchors": [anchor_json(entry) for entry in after.anchors]}
    payload["superseded"] = sum(entry.error is None for entry in after.superseded)
    payload["supersededLater"] = after.waiting
    if after.files is not None:
        payload["files"] = after.files
    if after.trouble is not None:
        payload["error"] = after.trouble.to_json()
    console.emit(payload, as_json=as_json, text=lambda screen: tell(screen, report, after, template))
    if after.trouble is not None and not as_json:
        console.show(after.trouble)
    if after.failed:
        raise typer.Exit(console.Exit.CANNOT)
    raise typer.Exit(console.Exit.AGAINST if report.outcome is Outcome.REFUSED else console.Exit.OK)


def export(
    out: Annotated[
        Path, typer.Option("--out", help="目录，默认当前目录 / the folder; else the present one", metavar="DIR")
    ] = Path(),
    which: Annotated[
        str | None,
        typer.Argument(help="证书哈希 0x…（同 --hash） / a certificate's hash 0x…, as --hash", metavar="HASH"),
    ] = None,
    roster: Annotated[
        Path | None,
        typer.Option("--roster", help="某名册的全部证书 / all certificates of a roster"),
    ] = None,
    batch: Annotated[int | None, typer.Option("--batch", help="某批次的全部证书 / all certificates of a batch")] = None,
    number: Annotated[
        str | None,
        typer.Option(
            "--number", help="证书编号（须同时给出 --institution） / a certificate number, with --institution"
        ),
    ] = None,
    institution: Annotated[
        str | None,
        typer.Option("--institution", help="机构统一社会信用代码 / the institution's credit code", metavar="USCC"),
    ] = None,
    hash_text: Annotated[
        str | None, typer.Option("--hash", help="证书哈希 0x… / a certificate's hash 0x…", metavar="HASH")
    ] = None,
    with_finality: Annotated[
        bool,
        typer.Option("--with-finality", help="附上证据，可离线核验 / with evidence, for verification with no network"),
    ] = False,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Write certificate files."""
    by_number = number is not None and institution is not None
    chosen = [roster is not None, batch is not None, by_number, hash_text is not None, which is not None]
    if sum(chosen) != 1 or (number is None) != (institution is None):
        raise typer.BadParameter(
            console.say(
                "请在 --roster、--batch、--hash、--number 加 --institution 之中选择一种",
                "choose one of --roster, --batch, --hash, or --number with --institution",
            ),
            param_hint="--roster, --batch, --hash, --number",
        )
    hash_text = hash_text or which
    leaf = None if hash_text is None else parse_hash(hash_text)
    with opened(config) as gateway:
        proven = _proven(gateway) if with_finality else _as_they_are
        if by_number or leaf is not None:
            row = _row_of(gateway, number, institution, leaf)
            found = gateway.exporter.credential(row) if row else None
            if found is None:
                raise UnknownCredential(number or hash_text)
            files = write_files(proven([found]), out)
        else:
            batches = gateway.records.batches_of(digest_of(roster)) if roster is not None else [batch or 0]
            if not batches:
                raise NothingToExport(str(roster))
            files = sum(write_files(proven(gateway.exporter.batch(one)), out) for one in batches)
    payload = {"files": files, "folder": str(out)}
    console.emit(payload, as_json=as_json, text=lambda screen: tell_files(screen, files, out))


def _proven(gateway: Gateway) -> Callable[[Iterable[tuple[str, bytes]]], Iterator[tuple[str, bytes]]]:
    """Adds to the files of a batch the evidence of one final block, the newest: nodes keep states for minutes only."""
    from gateway.verification.collecting import Snapshot, with_evidence  # noqa: PLC0415 - few exports want it

    return lambda files: with_evidence(Snapshot.newest(gateway.calls), files)


def _as_they_are(files: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    yield from files


def _row_of(gateway: Gateway, number: str | None, institution: str | None, leaf: bytes | None) -> CredentialRow | None:
    """The credential of a certificate number, or of a hash that the index has."""
    if number is not None and institution is not None:
        return gateway.records.by_row_key(gateway.row_keys.of_number(institution, number))
    places = [] if leaf is None else gateway.holdings.find(leaf)
    rows = (gateway.records.at(place.institution, place.root, place.position) for place in places)
    return next((row for row in rows if row is not None), None)


def _after(gateway: Gateway, report: IssueReport, out: Path | None, *, wait: bool, seconds: float) -> Aftermath:
    """Wait for the anchors and write the certificate files, where that was asked for."""
    after = Aftermath(waiting=replacements.waiting(gateway.database))
    if report.outcome not in (Outcome.ISSUED, Outcome.NOTHING_TO_DO) or not (wait or out):
        return after
    try:
        after.anchors = gateway.sender.settle(_open_anchors(gateway, report), seconds)
        if after.waiting:
            gateway.indexer(attesting=False).advance()
        _, after.superseded = supersede_due(gateway, seconds)
        after.waiting = replacements.waiting(gateway.database)
        if out and not after.failed:
            after.files = _export(gateway, gateway.records.batches_of(report.digest), out)
    except HurenError as error:
        after.trouble = error
    return after


def _open_anchors(gateway: Gateway, report: IssueReport) -> list[int]:
    """Entries to wait for: this run's, and those that an earlier run of this gateway left behind."""
    with gateway.database.read() as connection:
        left = set(open_of_kind(connection, "anchor"))
    return sorted(left | {batch.outbox for batch in report.batches})


def _export(gateway: Gateway, batches: list[int], out: Path) -> int:
    return sum(write_files(gateway.exporter.batch(number), out) for number in batches)
