"""``huren transfer inbox`` and ``expire``: what waits here for a decision, and what nobody decided in time."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from msgspec import UnsetType

from gateway.cli import console
from gateway.cli.acting import table
from gateway.cli.agreement_report import lines, plain
from gateway.cli.context import ConfigOption, opened
from gateway.cli.transfer_common import Step, WaitOption, parts, progress, settled_exit, transaction_json
from gateway.cli.transfer_views import tell
from gateway.domain.civil_time import moment_text
from gateway.domain.credits import credits_text
from gateway.domain.errors import DomainError
from gateway.domain.hashing import hex0x
from gateway.domain.identifiers import Uscc
from gateway.domain.partial import Presentation
from gateway.domain.spreadsheet import escaped
from gateway.recognition.transfers.values import Ref
from node.client.files import write_whole
from node.client.hands import YesOption

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gateway.recognition.transfers.inbox import Opened

_PRIVATE: Final = 0o600


def register(group: typer.Typer) -> None:
    """Add the commands."""
    group.command("inbox", help="待本省机构决定的申请，逾期在前 / what waits for our institutions, overdue first")(
        inbox
    )
    group.command("expire", help="退回逾期未决的申请 / send back what nobody decided in time")(expire)


def inbox(
    institution: Annotated[
        str | None, typer.Option("--institution", help="只列此机构 / only this institution", metavar="USCC")
    ] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="只列逾期的 / only what is overdue")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="最多几项 / at most")] = 200,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="把可接受的写成 CSV，填入学号后用 accept --file / those fit to accept, as a CSV for accept --file",
            metavar="FILE",
            dir_okay=False,
        ),
    ] = None,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Show what waits: each letter is fetched and opened, each credential verified on its document."""
    uscc = None if institution is None else Uscc(institution).text
    with opened(config) as gateway:
        gateway.indexer(attesting=False).advance()
        desk = gateway.recognition.inbox
        waiting = desk.waiting(uscc, overdue=True if overdue else None, limit=limit)
        found: list[Opened] = []
        with progress(len(waiting), as_json=as_json) as shown:
            for part in parts(waiting):
                found += desk.open([one.request.ref for one in part])
                shown(Step.EXAMINING, len(found), len(waiting))
        told = [gateway.recognition.naming.of(one.to_json()) for one in found]
    if out is not None:
        write_whole(out, _csv(found), _PRIVATE)
    payload = {
        "waiting": told,
        "file": None if out is None else str(out),
    }
    none = console.say("没有待决定的申请", "nothing waits for a decision")
    console.emit(payload, as_json=as_json, text=lambda to: to.print(_table(found, told) if found else none))


def expire(
    refs: Annotated[
        list[str] | None,
        typer.Argument(
            help="转换编号，默认所有逾期的 / transfers; by default all that are overdue", metavar="TRANSFER..."
        ),
    ] = None,
    yes: YesOption = False,
    wait: WaitOption = 120,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Send back what is overdue, from or to this province; whoever else does it at the same time does no harm."""
    named = None if not refs else [Ref.read(ref) for ref in refs]
    with opened(config) as gateway:
        gateway.indexer(attesting=False).advance()
        due = [one for one in gateway.recognition.expiry.due() if named is None or one.ref in named]
        names = [str(one.ref) for one in due]
        if due:
            console.confirmed(yes, f"退回 {', '.join(names)}？", f"Send back {', '.join(names)}?", as_json=as_json)
        queued = gateway.recognition.expiry.queue([one.ref for one in due])
        settled = gateway.sender.settle(queued.values(), seconds=wait) if queued else []
        gateway.indexer(attesting=False).advance()
    payload = {
        "expired": [{"transfer": name, **transaction_json(entry)} for name, entry in zip(queued, settled, strict=True)],
        "notDue": [str(ref) for ref in named or [] if str(ref) not in queued],
    }
    none = console.say("没有逾期的申请", "nothing is overdue")
    done = console.say("已退回", "sent back")
    console.emit(payload, as_json=as_json, text=lambda to: tell(settled, done, to) if settled else to.print(none))
    settled_exit(settled)


def _csv(found: Sequence[Opened]) -> bytes:
    """Those fit to accept, with the name that the letter shows: by it the officer finds the student's number."""
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(["transfer", "name", "student", "credits"])
    rows.writerows(
        [str(one.request.ref), escaped(_name(one)), "", credits_text(one.request.quoted)]
        for one in found
        if one.problem is None
    )
    return text.getvalue().encode("utf-8-sig")


def _name(one: Opened) -> str:
    """The learner's name, if the certificate that came with the request shows it."""
    if one.presentation is None:
        return ""
    try:
        shown = Presentation.parse(one.presentation).partial.shown.learner_name
    except DomainError:  # a whole certificate, as a centre with other software may send it
        return ""
    return "" if isinstance(shown, UnsetType) else shown.value.identity_hash


def _table(found: Sequence[Opened], told: Sequence[Mapping[str, Any]]) -> Any:  # noqa: ANN401 - a rich table
    heads = ("转换 / transfer", "成果 / outcome", "目标 / to", "期限 / until", "可得 / gives", "核验 / verified")
    rows = table(*heads)
    for one, name in zip(found, told, strict=True):
        row = one.waiting.row
        until = moment_text(row.deadline) or ""
        if one.waiting.overdue:
            until = f"{until} {console.say('（逾期）', '(overdue)')}"
        problem = one.problem
        verdict = one.verdict
        said = console.say("✓ 有效", "✓ valid") if verdict is not None else "—"
        if problem is not None:
            said = f"✗ {console.say(problem.message('zh'), problem.message('en'))}"
        outcome = name["outcomeCode"] or f"{hex0x(row.outcome)[:10]}…"
        place = name["targetInstitutionName"] or row.target_institution
        target = lines(place, name["programmeCode"] or f"{hex0x(row.programme)[:10]}…")
        rows.add_row(str(one.request.ref), outcome, target, until, credits_text(row.quoted), plain(said))
    return rows
