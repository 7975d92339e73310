"""``huren suspend``, ``reinstate`` and ``revoke``: credentials by their hashes, or whole batches.

Exit codes: 0 done, or nothing to do; 1 findings (nothing was changed unless --accept-good-rows) or a refusal by the
chain; 2 could not be done now; 64 usage.
"""

from __future__ import annotations

import enum
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli import console
from gateway.cli.acting import Hands, accounts_of, table, together
from gateway.cli.context import opened
from gateway.domain.identifiers import Uscc
from gateway.ledger.acts import ProvinceActs
from gateway.ledger.status import check_reason
from gateway.ledger.values import Reason, Status
from gateway.store.models import OutboxState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console
    from rich.table import Table

    from gateway.bootstrap import Gateway
    from gateway.ledger.outbox import Submission
    from gateway.ledger.status import QueuedChange
    from gateway.ledger.status_plan import StatusFinding, StatusPlan

_SHOWN = 50
_ROOT_BYTES = 32
_DONE = {
    Status.SUSPENDED: ("已暂停", "suspended"),
    Status.VALID: ("已恢复", "reinstated"),
    Status.REVOKED: ("已吊销", "revoked"),
}


class PublicReason(enum.StrEnum):
    """The coarse reasons that are public; details stay off the chain."""

    ERROR = "error"
    WITHDRAWN = "withdrawn"
    FRAUD = "fraud"


HashesArgument = Annotated[list[str] | None, typer.Argument(help="凭证哈希 / hashes of credentials", metavar="HASH...")]
FileOption = Annotated[
    Path | None,
    typer.Option(
        "--file", "-f", help="每行一个哈希的文件，- 为标准输入 / a file of one hash a line; - is standard input"
    ),
]
BatchOption = Annotated[
    str | None,
    typer.Option("--batch", help="整个批次，须两个账户 / a whole batch, by two accounts", metavar="INSTITUTION:ROOT"),
]
ReasonOption = Annotated[
    PublicReason, typer.Option("--reason", help="公开原因 / public reason: error, withdrawn, fraud")
]
GoodRowsOption = Annotated[
    bool, typer.Option("--accept-good-rows", help="有问题时仍处理其余行 / change the good rows of a list with findings")
]
WaitOption = Annotated[
    int, typer.Option("--wait", min=0, help="等待最终确认的秒数，0 为不等 / seconds to wait until final; 0: do not")
]


@dataclass(frozen=True, slots=True)
class Choice:
    """Which credentials, and how: the options that the three commands share."""

    hashes: HashesArgument = None
    file: FileOption = None
    batch: BatchOption = None
    accept_good_rows: GoodRowsOption = False
    wait: WaitOption = 120


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("suspend", help="暂停凭证或批次 / suspend credentials, or a batch")(suspend)
    app.command("reinstate", help="恢复被暂停的凭证或批次 / lift the suspension of credentials, or of a batch")(
        reinstate
    )
    app.command("revoke", help="吊销凭证或批次，不可撤回 / revoke credentials, or a batch, for good")(revoke)


@together(Choice, Hands)
def suspend(choice: Choice, hands: Hands, reason: ReasonOption = PublicReason.ERROR) -> None:
    """Suspend: until reinstated, they verify as suspended."""
    _run(_Request(choice, Status.SUSPENDED, Reason[reason.name]), hands)


@together(Choice, Hands)
def reinstate(choice: Choice, hands: Hands) -> None:
    """Lift a suspension; the province that set it does."""
    _run(_Request(choice, Status.VALID, Reason.NONE), hands)


@together(Choice, Hands)
def revoke(
    choice: Choice,
    hands: Hands,
    reason: Annotated[
        PublicReason | None, typer.Option("--reason", help="公开原因 / public reason: error, withdrawn, fraud")
    ] = None,
) -> None:
    """Revoke, which is final: a reason must be given."""
    if reason is None:
        raise typer.BadParameter("error | withdrawn | fraud", param_hint="--reason")
    _run(_Request(choice, Status.REVOKED, Reason[reason.name]), hands)


class _Request:
    """What was asked for."""

    def __init__(self, choice: Choice, status: Status, reason: Reason) -> None:
        if [bool(choice.hashes), choice.file is not None, choice.batch is not None].count(True) != 1:
            one = console.say(
                "请给出哈希、--file 或 --batch 之一", "give hashes, --file or --batch, and one of them only"
            )
            raise typer.BadParameter(one, param_hint="HASH..., --file, --batch")
        check_reason(status, reason)
        listed = [] if choice.file is None else _read(choice.file)
        self.rows = list(enumerate(choice.hashes, 1)) if choice.hashes else listed
        self.batch = None if choice.batch is None else _batch(choice.batch)
        self.status, self.reason = status, reason
        self.accept_good_rows, self.wait = choice.accept_good_rows, choice.wait


def _run(what: _Request, hands: Hands) -> None:
    with opened(hands.config) as gateway:
        if what.batch is not None:
            institution, root = what.batch
            acts = ProvinceActs(gateway.rpc, gateway.calls, accounts_of(gateway, hands))
            block = acts.set_batch_status(institution, root, what.status, what.reason)
            gateway.indexer(attesting=False).advance()
            payload: dict[str, Any] = {"institution": institution, "root": "0x" + root.hex(), "block": block}
            payload |= {"status": what.status.name.lower(), "reason": what.reason.name.lower()}
            sentence = console.say(
                f"批次{_DONE[what.status][0]}，区块 {block}", f"batch {_DONE[what.status][1]}, block {block}"
            )
            console.emit(payload, as_json=hands.as_json, text=lambda out: out.print(sentence))
            return
        gateway.indexer(attesting=False).advance()  # what was issued or changed a moment ago counts
        planner = gateway.status_planner()
        plan = planner.plan(what.rows, what.status)
        stopped = bool(plan.findings) and not what.accept_good_rows
        queued, settled = ([], []) if stopped else _change(gateway, plan, what)
    failed = [entry for entry in settled if entry.state is OutboxState.FAILED]
    payload = _payload(what, plan, queued, settled, stopped=stopped)
    console.emit(payload, as_json=hands.as_json, text=lambda out: _show(what, plan, payload, failed, out))
    raise typer.Exit(console.Exit.AGAINST if stopped or failed else console.Exit.OK)


def _change(gateway: Gateway, plan: StatusPlan, what: _Request) -> tuple[list[QueuedChange], list[Submission]]:
    queued = gateway.status_changer().queue(plan, what.status, what.reason)
    if not queued or not what.wait:
        return queued, []
    settled = gateway.sender.settle([one.entry for one in queued], seconds=what.wait)
    gateway.indexer(attesting=False).advance()
    return queued, settled


def _payload(
    what: _Request, plan: StatusPlan, queued: Sequence[QueuedChange], settled: Sequence[Submission], *, stopped: bool
) -> dict[str, Any]:
    ended = {entry.id: entry for entry in settled}
    transactions: list[dict[str, Any]] = []
    for one in queued:
        entry = ended.get(one.entry)
        transactions.append(
            {
                "entry": one.entry,
                "institution": one.institution,
                "root": "0x" + one.root.hex(),
                "rows": list(one.rows),
                "state": "queued" if entry is None else entry.state.value,
                "block": None if entry is None else entry.block,
                "problem": None if entry is None else entry.error,
            }
        )
    good = sum(len(one["rows"]) for one in transactions if one["state"] == OutboxState.FINAL)
    return {
        "status": what.status.name.lower(),
        "reason": what.reason.name.lower(),
        "changed": good,
        "unchanged": plan.unchanged,
        "nothingDone": stopped,
        "findings": [{"row": f.row, "value": f.value, "code": f.code, "zh": f.zh, "en": f.en} for f in plan.findings],
        "transactions": transactions,
    }


def _show(
    what: _Request, plan: StatusPlan, payload: dict[str, Any], failed: Sequence[Submission], out: Console
) -> None:
    if plan.findings:
        out.print(findings_table(plan.findings))
    if payload["nothingDone"]:
        out.print(
            console.say(
                f"未作更改：{len(plan.findings)} 处问题，{plan.changing} 行可处理（--accept-good-rows 仅处理这些行）",
                f"nothing changed: {len(plan.findings)} findings, {plan.changing} good rows "
                "(--accept-good-rows changes those alone)",
            )
        )
        return
    zh, en = _DONE[what.status]
    waiting = plan.changing - payload["changed"]
    out.print(
        console.say(
            f"{zh} {payload['changed']} 份，{plan.unchanged} 份原已如此，{waiting} 份未完成",
            f"{payload['changed']} {en}, {plan.unchanged} were so already, {waiting} not done",
        )
    )
    refusals(failed, out)


def refusals(failed: Sequence[Submission], out: Console) -> None:
    """Tell what the chain refused, why, and what to do."""
    for entry in failed:
        problem = entry.error or {}
        out.print(f"✗ {problem.get('zh')} / {problem.get('en')}", style="red", markup=False)
        out.print(f"  → {problem.get('hintZh')} / {problem.get('hintEn')}", markup=False)


def findings_table(findings: Sequence[StatusFinding]) -> Table:
    """The first findings as a table, and how many more there are."""
    rows = table("行 / row", "值 / value", "原因 / reason")
    for finding in findings[:_SHOWN]:
        rows.add_row(str(finding.row), finding.value, console.say(finding.zh, finding.en))
    if len(findings) > _SHOWN:
        rows.add_row("…", "", console.say(f"另有 {len(findings) - _SHOWN} 处", f"{len(findings) - _SHOWN} more"))
    return rows


def _read(file: Path) -> list[tuple[int, str]]:
    """Return (line number, hash) of every line that says something; what follows a comma, tab or space is left out.

    A heading (a first word with no digit in it, which no hash is) and comments (#) are passed over.
    """
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{file}: {error}", param_hint="--file") from None
    rows = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.replace(",", " ").replace(";", " ").split()
        heading = number == 1 and bool(words) and not any(letter.isdigit() for letter in words[0])
        if words and not heading and not words[0].startswith("#"):
            rows.append((number, words[0].strip('"')))
    return rows


def _batch(text: str) -> tuple[str, bytes]:
    institution, _, root = text.partition(":")
    try:
        digest = bytes.fromhex(root.removeprefix("0x"))
    except ValueError:
        digest = b""
    if len(digest) != _ROOT_BYTES:
        raise typer.BadParameter(f"{text!r}: INSTITUTION:ROOT", param_hint="--batch")
    return Uscc(institution).text, digest
