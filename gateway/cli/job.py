"""``huren job``: what is going on here: rosters, batches, and transactions on their way to the chain."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from gateway.cli import console, job_words
from gateway.cli.acting import table
from gateway.cli.context import ConfigOption, opened
from gateway.verification.service import CHINA

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

_SECTIONS: Final = {
    "rosters": ("名册", "rosters"),
    "batches": ("批次", "batches"),
    "outbox": ("交易", "transactions"),
}
_TITLES: Final = {
    "reference": "编号 / reference",
    "roster": "名册 / roster",
    "batch": "批次 / batch",
    "kind": "种类 / kind",
    "file": "文件 / file",
    "institution": "机构 / institution",
    "rows": "行 / rows",
    "goodRows": "合格 / good",
    "leaves": "证书 / leaves",
    "state": "状态 / state",
    "nonce": "nonce",
    "attempts": "次数 / attempts",
    "block": "区块 / block",
    "createdAt": "时间 / time",
}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    jobs = typer.Typer(help="进行中的工作 / what is going on", no_args_is_help=True, rich_markup_mode=None)
    jobs.command("list", help="列出名册、批次与交易 / list rosters, batches and transactions")(list_jobs)
    jobs.command("show", help="查看一项 / show one of them")(show_job)
    app.add_typer(jobs, name="job")


def list_jobs(
    everything: Annotated[
        bool, typer.Option("--all", help="包括已完成的 / those that are done as well; otherwise what is open or failed")
    ] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="每类最多几项 / at most so many each")] = 50,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """List, newest first."""
    with opened(config) as gateway:
        work = gateway.work
        payload = {
            "rosters": work.rosters(limit=limit, everything=everything),
            "batches": work.batches(limit=limit, everything=everything),
            "outbox": work.entries(limit=limit, everything=everything),
        }
    console.emit(payload, as_json=as_json, text=lambda out: _show_all(payload, out))


def show_job(
    reference: Annotated[
        str, typer.Argument(help="编号，如 roster-1、batch-2、outbox-3 / such as these", metavar="REFERENCE")
    ],
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Show one; exit 1 where there is none."""
    with opened(config) as gateway:
        found = gateway.work.find(reference)
    console.emit(found, as_json=as_json, text=lambda out: _show_one(found, out))


def _show_all(payload: dict[str, list[dict[str, Any]]], out: Console) -> None:
    for section, names in _SECTIONS.items():
        if payload[section]:
            out.print(console.say(*names), style="bold")
            _table(payload[section], out)
    if not any(payload.values()):
        out.print(console.say("没有未完成的工作", "nothing is open or failed"))


def _show_one(found: dict[str, Any], out: Console) -> None:
    batches = found.get("batches", [])
    for name, value in found.items():
        if name not in {"error", "batches"} and value is not None:
            out.print(f"{_TITLES.get(name, name)}: {_cell(name, value)}", markup=False)
    _error(found, out)
    if batches:
        _table(batches, out)


def _table(rows: Sequence[dict[str, Any]], out: Console) -> None:
    columns = [name for name in _TITLES if name in rows[0]]
    shown = table(*(_TITLES[name] for name in columns))
    for row in rows:
        shown.add_row(*(_cell(name, row[name]) for name in columns))
    out.print(shown)
    for row in rows:
        _error(row, out)


def _error(row: dict[str, Any], out: Console) -> None:
    if row.get("error"):
        error = row["error"]
        said = console.say(str(error.get("zh", "")), str(error.get("en", "")))
        out.print(f"  {row['reference']}: {said}", style="red", markup=False)


def _cell(name: str, value: object) -> str:
    if value is None:
        return "—"
    if name.endswith("At") and isinstance(value, int):
        return _time(value)
    return job_words.shown(name, value) or str(value)


def _time(seconds: int) -> str:
    return dt.datetime.fromtimestamp(seconds, CHINA).strftime("%Y-%m-%d %H:%M:%S")
