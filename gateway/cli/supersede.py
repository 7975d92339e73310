"""``huren supersede``: a corrected certificate takes the place of an earlier one.

Exit codes: 0 done, or nothing to do; 1 findings (nothing was changed unless --accept-good-rows) or a refusal by the
chain; 2 could not be done now; 64 usage.
"""

from __future__ import annotations

import csv
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli import console
from gateway.cli.context import ConfigOption, opened
from gateway.cli.status import GoodRowsOption, WaitOption, findings_table, refusals
from gateway.ledger.outbox import open_of_kind
from gateway.ledger.superseding import KIND as SUPERSEDE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from gateway.bootstrap import Gateway
    from gateway.ledger.outbox import Submission
    from gateway.ledger.status_plan import StatusFinding

Row = tuple[int, str, str]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("supersede", help="以新证书取代旧证书 / let a corrected certificate take the place of an earlier one")(
        supersede
    )


def supersede(
    old: Annotated[
        str | None,
        typer.Argument(help="旧证书的哈希或编号 / the earlier one: its hash or its number", metavar="OLD"),
    ] = None,
    new: Annotated[
        str | None,
        typer.Argument(help="新证书的哈希或编号 / its successor: hash or number", metavar="NEW"),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            "--file",
            "-f",
            help="每行“旧,新”的 CSV，- 为标准输入 / a CSV of earlier,successor a line; - is standard input",
        ),
    ] = None,
    pending: Annotated[
        bool,
        typer.Option(
            "--pending",
            help="名册“替代证书编号”列所列、已上链的 / those that rosters named (Replaces certificate), once anchored",
        ),
    ] = False,
    accept_good_rows: GoodRowsOption = False,
    wait: WaitOption = 120,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Supersede: the earlier certificate verifies as revoked and names its successor."""
    if [old is not None, file is not None, pending].count(True) != 1 or (old is None) != (new is None):
        told = "请给出 OLD NEW、--file 或 --pending 之一", "give OLD and NEW, --file or --pending, and one of them only"
        raise typer.BadParameter(console.say(*told), param_hint="OLD NEW, --file, --pending")
    rows = [(1, old, new)] if old is not None and new is not None else [] if file is None else _read(file)
    with opened(config) as gateway:
        gateway.indexer(attesting=False).advance()  # what was issued or changed a moment ago counts
        done = (
            _Done(*supersede_due(gateway, wait))
            if pending
            else _pairs(gateway, rows, wait, accept_good_rows=accept_good_rows)
        )
        done.waiting = gateway.superseder.waiting()
    console.emit(done.to_json(), as_json=as_json, text=done.show)
    raise typer.Exit(console.Exit.AGAINST if done.stopped or done.failed else console.Exit.OK)


@dataclass
class _Done:
    """What became of the command."""

    queued: list[int]
    settled: list[Submission]
    findings: Sequence[StatusFinding] = ()
    unchanged: int = 0
    stopped: bool = False
    good: int = 0
    waiting: int = 0

    @property
    def failed(self) -> list[Submission]:
        """What the chain refused."""
        return [entry for entry in self.settled if entry.error is not None]

    @property
    def superseded(self) -> int:
        """How many are final."""
        return len(self.settled) - len(self.failed)

    def to_json(self) -> dict[str, Any]:
        """The form of ``--json``."""
        ended = {entry.id: entry for entry in self.settled}
        transactions: list[dict[str, Any]] = []
        for number in self.queued:
            entry = ended.get(number)
            told = {"entry": number, "state": "queued", "block": None, "problem": None}
            if entry is not None:
                told |= {"state": entry.state.value, "block": entry.block, "problem": entry.error}
                told |= {"old": entry.payload["old"], "new": entry.payload["new"]}
            transactions.append(told)
        return {
            "superseded": self.superseded,
            "unchanged": self.unchanged,
            "waiting": self.waiting,
            "nothingDone": self.stopped,
            "findings": [
                {"row": f.row, "value": f.value, "code": f.code, "zh": f.zh, "en": f.en} for f in self.findings
            ],
            "transactions": transactions,
        }

    def show(self, out: Console) -> None:
        """Tell a person."""
        if self.findings:
            out.print(findings_table(self.findings))
        if self.stopped:
            zh = f"未作更改：{len(self.findings)} 处问题，{self.good} 行可处理（--accept-good-rows 仅处理这些行）"
            en = f"nothing changed: {len(self.findings)} findings, {self.good} good rows "
            out.print(console.say(zh, en + "(--accept-good-rows changes those alone)"))
            return
        left = len(self.queued) - self.superseded
        zh = f"已取代 {self.superseded} 份，{self.unchanged} 份原已如此，{left} 份未完成"
        en = f"{self.superseded} superseded, {self.unchanged} were so already, {left} not done"
        out.print(console.say(zh, en))
        if self.waiting:
            zh, en = f"另有 {self.waiting} 份待新证书上链", f"{self.waiting} more wait for their successor's anchor"
            out.print(console.say(zh, en))
        refusals(self.failed, out)


def _pairs(gateway: Gateway, rows: Sequence[Row], wait: int, *, accept_good_rows: bool) -> _Done:
    plan = gateway.superseder.plan(rows)
    stopped = bool(plan.findings) and not accept_good_rows
    queued = [] if stopped else [entry for _, entry in gateway.superseder.queue(plan)]
    settled = _settled(gateway, queued, wait)
    return _Done(queued, settled, plan.findings, len(plan.unchanged), stopped, len(plan.pairs))


def supersede_due(gateway: Gateway, seconds: float) -> tuple[list[int], list[Submission]]:
    """Supersede what issued certificates replace, as far as they are indexed; return the entries and their ends.

    Among them are those that an earlier command of this gateway left behind.
    """
    with gateway.database.read() as connection:
        queued = open_of_kind(connection, SUPERSEDE)
    queued += gateway.superseder.queue_due()
    return queued, _settled(gateway, queued, seconds)


def _settled(gateway: Gateway, queued: Sequence[int], wait: float) -> list[Submission]:
    if not queued or not wait:
        return []
    settled = gateway.sender.settle(queued, seconds=wait)
    gateway.indexer(attesting=False).advance()
    return settled


def _read(file: Path) -> list[Row]:
    """Return (line number, earlier, successor) of every line; a heading (no digit in it) and comments are passed over.

    Further columns are left alone.
    """
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{file}: {error}", param_hint="--file") from None
    rows = []
    reader = csv.reader(text.splitlines(), delimiter="\t" if "\t" in text.partition("\n")[0] else ",")
    for cells in reader:
        named = [cell.strip() for cell in cells]
        if not any(named) or named[0].startswith("#"):
            continue
        if reader.line_num == 1 and not any(letter.isdigit() for letter in "".join(named[:2])):
            continue
        if len(named) < 2 or not (named[0] and named[1]):  # noqa: PLR2004 - a pair
            told = f"第 {reader.line_num} 行须为“旧,新”", f"line {reader.line_num} must be earlier,successor"
            raise typer.BadParameter(console.say(*told), param_hint="--file")
        rows.append((reader.line_num, named[0], named[1]))
    return rows
