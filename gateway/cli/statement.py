"""``huren statement``: what a learner, an institution or a centre has asked for, given and left; a learner's export."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from gateway.cli import console
from gateway.cli.acting import InstitutionArgument, listed, table
from gateway.cli.context import ConfigOption, opened
from gateway.cli.find import STATES
from gateway.domain.credits import credits_text
from gateway.domain.errors import USAGE, HurenError
from gateway.domain.identifiers import Uscc
from gateway.domain.spreadsheet import escaped
from gateway.domain.transfer_words import STAGES
from gateway.recognition.agreements.units import province as province_code
from gateway.statements.books import Period
from gateway.statements.figures import Direction, total
from node.client.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from gateway.statements.books import Statement
    from gateway.statements.learner_values import LearnerStatement

HELP = "对账单：学习者、机构、中心；学习者数据导出 / statements of learners, institutions, centres; a learner's export"
_MODE = 0o600
AccountArgument = Annotated[
    int,
    typer.Argument(min=1, help="学习者编号（huren find 列出） / its number, as huren find lists it", metavar="ACCOUNT"),
]
FromOption = Annotated[
    str | None, typer.Option("--from", help="申请月份，自 / first month of requests", metavar="2026-01")
]
ToOption = Annotated[str | None, typer.Option("--to", help="申请月份，至 / last month of requests", metavar="2026-06")]
CsvOption = Annotated[
    Path | None, typer.Option("--csv", help="另存为 CSV 文件 / write it as a CSV file too", metavar="FILE")
]


class PlaceTaken(HurenError):
    """A file or folder that is there already."""

    code = "statement.place"
    exit_code = USAGE
    zh = "{value} 已存在"
    en = "{value} is there already"
    hint_zh = "请另选名称：导出含个人信息，不覆盖任何文件"
    hint_en = "choose another name: an export holds personal data, nothing is overwritten"


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(name="statement", help=HELP, no_args_is_help=True, rich_markup_mode=None)
    group.command("learner", help="学习者：持有、已用、未用的学分 / a learner: held, used, left")(learner)
    group.command("institution", help="机构：转出与转入 / an institution: credits in and out")(institution)
    group.command("centre", help="中心：各省份对与各机构 / a centre: its pairs and institutions")(centre)
    group.command("export", help="导出关于学习者的全部数据 / all that is held about a learner")(export)
    app.add_typer(group)


def learner(
    account: AccountArgument,
    personal: Annotated[
        bool, typer.Option("--personal", help="连同姓名、证件号与证书编号 / with name, number, certificate numbers")
    ] = False,
    into: CsvOption = None,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Tell which outcomes a learner holds, what of them is used where, and what is left."""
    with opened(config) as gateway:
        gateway.indexer(attesting=False).advance()
        found = gateway.statements.learner(account)
    _write(into, found.table())
    text = lambda out: _learner(found, out, personal=personal)  # noqa: E731 - as emit takes it
    console.emit(found.to_json(personal=personal), as_json=as_json, text=text)


def institution(
    code: InstitutionArgument,
    first: FromOption = None,
    last: ToOption = None,
    into: CsvOption = None,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Tell what was asked from and of an institution, by month of request."""
    code = Uscc(code).text
    Period(first, last)
    with opened(config) as gateway:
        gateway.indexer(attesting=False).advance()
        found = gateway.statements.institution(code, first, last)
    _tell(found, into, as_json=as_json)


def centre(
    province: Annotated[
        str | None, typer.Argument(help="省份，默认本省 / the province; by default this one", metavar="PROVINCE")
    ] = None,
    first: FromOption = None,
    last: ToOption = None,
    into: CsvOption = None,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Tell what was asked between a province and each other, and of each of its institutions."""
    wanted = None if province is None else province_code(province)
    Period(first, last)
    with opened(config) as gateway:
        code = gateway.settings.province if wanted is None else wanted
        gateway.indexer(attesting=False).advance()
        found = gateway.statements.centre(code, first, last)
    _tell(found, into, as_json=as_json)


def export(
    account: AccountArgument,
    out: Annotated[
        Path, typer.Option("--out", help="新文件夹，或 .zip 文件 / a new folder, or a .zip file", metavar="FOLDER|ZIP")
    ],
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Write everything that is held about a learner; only their owner can read the files."""
    if out.exists():
        raise PlaceTaken(str(out))
    with opened(config) as gateway:
        gateway.indexer(attesting=False).advance()
        files = list(gateway.statements.export(account))
    if out.suffix.lower() == ".zip":
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files:
                archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
        write_whole(out, packed.getvalue(), _MODE)
    else:
        for name, content in files:
            path = out / name
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(path, content, _MODE)
    told = console.say(f"已写入 {len(files)} 个文件：{out}", f"{len(files)} files written: {out}")
    warning = console.say("内含个人信息，请妥善交付并删除副本", "personal data: hand it over safely, keep no copy")
    payload = {"account": account, "out": str(out), "files": [name for name, _ in files]}
    console.emit(payload, as_json=as_json, text=lambda told_to: told_to.print(f"{told}\n{warning}", markup=False))


def _tell(found: Statement, into: Path | None, *, as_json: bool) -> None:
    _write(into, found.table())
    console.emit(found.to_json(), as_json=as_json, text=lambda out: _statement(found, out))


def _write(into: Path | None, rows: Sequence[Sequence[str]]) -> None:
    """A table as CSV (RFC 4180) that no spreadsheet program runs, with the mark by which Excel knows UTF-8."""
    if into is None:
        return
    text = io.StringIO(newline="")
    csv.writer(text).writerows([[escaped(value) for value in row] for row in rows])
    write_whole(into, text.getvalue().encode("utf-8-sig"), _MODE)


_HEADS: Final = (
    "月份·机构 / month, institution", "省份 / pair", "申请 / asked", "待决 / open", "接受 / accepted",
    "退回 / returned", "撤回 / reversed", "学分 / credits",
)  # fmt: skip


def _statement(found: Statement, out: Console) -> None:
    _head(found.to_json(), out)
    for direction in Direction:
        lines = [line for line in found.lines if line.direction is direction]
        own = [line for line in found.institutions if line.direction is direction]
        if not lines:
            out.print(console.say(f"{direction.zh}：没有", f"{direction.en}: nothing"), markup=False)
            continue
        whole = total(lines)
        said = console.say(
            f"{direction.zh} {credits_text(whole.credits)} 学分",
            f"{direction.en}: {credits_text(whole.credits)} credits",
        )
        out.print(said, style="bold", markup=False)
        rows = table(*_HEADS)
        for line in (*lines, *own):
            told = line.to_json()
            figures = line.figures
            counted = (
                figures.requested,
                figures.open,
                figures.accepted,
                sum(figures.returned.values()),
                figures.reversed,
            )
            pair = f"{line.source}→{line.target}"
            rows.add_row(told.get("month") or line.institution, pair, *map(str, counted), credits_text(figures.credits))
        out.print(rows)


def _learner(found: LearnerStatement, out: Console, *, personal: bool) -> None:
    told = found.to_json(personal=personal)
    _head(told, out)
    if personal:
        out.print(f"{found.name}  {found.kind} {found.number}", markup=False)
    sums = told["total"]
    said = console.say(
        f"持有 {sums['held']}，已用 {sums['used']}（获 {sums['awarded']}），未用 {sums['left']} 学分",
        f"held {sums['held']}, used {sums['used']} (for {sums['awarded']}), left {sums['left']} credits",
    )
    out.print(said, style="bold", markup=False)
    rows = table("成果 / outcome", "状态 / state", "学分 / credits", "用途 / use", "转换 / transfers")
    for one in found.outcomes:
        certificates = "\n".join(
            f"{held.code or ''} {held.title or ''} {held.leaf.hex()[:8]}" for held in one.certificates
        )
        states = "\n".join(STATES.get(held.state, held.state) for held in one.certificates)
        moved = "\n".join(_moved(row) for row in one.to_json(personal=False)["transfers"])
        worth = "—" if one.credits is None else credits_text(one.credits)
        rows.add_row(certificates, states, worth, console.say(one.use.zh, one.use.en), moved)
    listed(rows, out, "没有成果", "no outcomes")


def _moved(row: dict[str, Any]) -> str:
    stage = console.say(STAGES[row["stage"]].zh, STAGES[row["stage"]].en)
    return f"{row['transfer']} {row['targetInstitution']} {stage} {row['awarded'] or ''}"


def _head(told: dict[str, Any], out: Console) -> None:
    about = told.get("institution") or told.get("province") or told.get("account")
    block = console.say(f"截至区块 {told['block']}", f"as of block {told['block']}")
    out.print(f"{about}  {block}（{told['time']}）", markup=False)
