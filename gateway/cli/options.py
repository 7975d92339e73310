"""``huren options``: what an outcome would give, where, under which rule; and why other rules give nothing."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli import console
from gateway.cli.acting import table
from gateway.cli.context import ConfigOption, opened
from gateway.cli.transfer_common import certificate_of, well_formed
from gateway.domain.civil_time import begin_of, month_of
from gateway.domain.claims import OutcomeCode
from gateway.domain.credits import grade_step, hundredths
from gateway.domain.hashing import hex0x
from gateway.domain.identifiers import Uscc
from gateway.recognition.agreements import units
from gateway.recognition.options.book import Asked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from gateway.recognition.options.values import Option, Options

HELP = "可转换的学分：何处、按哪条规则、几学分 / what an outcome would give: where, under which rule"
NameArgument = Annotated[
    str,
    typer.Argument(
        help="证书文件或哈希，或“机构代码/成果编码” / a certificate file or hash, or institution/outcome code",
        metavar="CERTIFICATE|USCC/CODE",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("options", help=HELP)(options)


def options(
    name: NameArgument,
    category: Annotated[
        str | None, typer.Option("--category", help="类别：学历、职业、社区文化 / academic, vocational, culture")
    ] = None,
    level: Annotated[
        int | None, typer.Option("--level", min=1, max=10, help="区域框架等级 / level of the region's framework")
    ] = None,
    credit: Annotated[str | None, typer.Option("--credits", help="学分 / the outcome's credits")] = None,
    grade: Annotated[
        str | None, typer.Option("--grade", help="成绩（0–100）或“合格” / grade out of 100, or 合格 (passed)")
    ] = None,
    awarded: Annotated[
        str | None, typer.Option("--awarded", help="取得日期 / when it was awarded", metavar="DATE")
    ] = None,
    most: Annotated[
        int, typer.Option("--others", min=0, help="列出几条不适用的规则 / how many rules that do not fit are shown")
    ] = 10,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Tell what counts now, what will count later, and of every other rule why it does not: the nearest first."""
    by_code = "/" in name and not Path(name).is_file()
    told = (category, level, credit, grade, awarded)
    if not by_code and any(one is not None for one in told):
        why = console.say("证书自己说明这些事实", "a certificate says these facts itself")
        raise typer.BadParameter(why, param_hint="--category …")
    asked = _asked(name, told) if by_code else None
    if not by_code:
        well_formed(name)
    with opened(config) as gateway:
        gateway.indexer(attesting=False).advance()
        book = gateway.recognition.options
        found = book.for_certificate(certificate_of(gateway, name)) if asked is None else book.for_outcome(asked)
    console.emit(found.to_json(), as_json=as_json, text=lambda out: _sheet(found, most, out))


def _asked(name: str, told: tuple[str | None, int | None, str | None, str | None, str | None]) -> Asked:
    category, level, credit, grade, awarded = told
    institution, _, code = name.rpartition("/")
    return Asked(
        Uscc(institution).text,
        OutcomeCode.read(code).text,
        category=None if category is None else units.category(category),
        level=level,
        credits=None if credit is None else units.amount(credit),
        grade=None if grade is None else grade_step(grade),
        month=None if awarded is None else month_of(begin_of(units.date(awarded))),
    )


def _sheet(found: Options, most: int, out: Console) -> None:
    told = found.to_json()
    _head(found, told, out)
    _fitting(found, told, out)
    _misses(found, most, out)


def _head(found: Options, told: dict[str, Any], out: Console) -> None:
    outcome = told["outcome"]
    code = outcome["outcomeCode"] or f"{outcome['outcome'][:10]}…"
    worth = console.say(f"{outcome['credits']} 学分", f"{outcome['credits']} credits")
    out.print(f"{outcome['institution']}  {code}  {worth}", style="bold", markup=False)
    if told["outcome"]["example"]:
        out.print(console.say("示例（没有证书，仅供参考）", "an example: there is no credential"), style="yellow")
    for one in found.obstacles:
        out.print(f"⚠ {console.say(one.said.zh, one.said.en)}", style="yellow", markup=False)


def _fitting(found: Options, told: dict[str, Any], out: Console) -> None:
    if not found.now and not found.later:
        out.print(console.say("目前没有适用的规则", "no rule counts it at present"), markup=False)
    titles = (("现在可转换", "counts now"), ("将来可转换", "will count later"))
    if found.obstacles:  # of a credential that is used, suspended or revoked nothing counts, whatever the rules say
        titles = (("若无上述情况，现在可转换", "would count now, were it not for that"),
                  ("若无上述情况，将来可转换", "would count later, were it not for that"))  # fmt: skip
    for title, listed in zip((console.say(*told) for told in titles), (found.now, found.later), strict=True):
        if listed:
            out.print(title, style="bold", markup=False)
            out.print(_options(listed, told["outcome"]))
            for option in listed:  # below it: in a column of a narrow terminal a sentence runs over a page
                said = console.say(option.ref.said.zh, option.ref.said.en)
                out.print(f"{_rule(option.ref.agreement, option.ref.number)}  {said}", markup=False)


def _misses(found: Options, most: int, out: Console) -> None:
    if found.misses and most:
        out.print(console.say("不适用的规则，最接近的在前", "rules that do not fit, the nearest first"), style="bold")
        rows = table("协议·规则 / agreement, rule", "目标 / target", "原因 / why")
        for miss in found.misses[:most]:
            why = "\n".join(console.say(said.zh, said.en) for said in miss.said)
            rows.add_row(_rule(miss.ref.agreement, miss.ref.number), _target(miss.ref.to_json()["target"]), why)
        out.print(rows)
        if len(found.misses) > most:
            left = len(found.misses) - most
            console.note(f"另有 {left} 条，见 --others 或 --json", f"{left} more: --others, --json")


def _options(listed: Sequence[Option], outcome: dict[str, Any]) -> Any:  # noqa: ANN401 - a rich table
    earned = hundredths(Decimal(outcome["credits"]))
    rows = table("学分 / credits", "目标 / target", "协议·规则 / agreement, rule", "有效 / valid")
    for one in listed:
        shown = one.to_json(earned)
        rows.add_row(
            _amount(shown),
            _target(shown["target"]),
            _rule(one.ref.agreement, one.ref.number),
            f"{(shown['from'] or '')[:10]} – {shown['lastDay']}",
        )
    return rows


def _amount(shown: dict[str, Any]) -> str:
    said = [shown["credits"]]
    if shown["boundByMost"]:
        said.append(console.say("已达单次上限", "the most of one transfer"))
    if shown["cap"] is not None:
        said.append(console.say(f"累计上限 {shown['cap']}", f"cap {shown['cap']}"))
    return "\n".join(said)


def _target(target: dict[str, Any]) -> str:
    name = console.say(target["provinceName"]["zh"], target["provinceName"]["en"])
    place = f"{name}\n{target['institution'] or console.say('任一机构', 'any institution')}"
    if target["programme"] is not None:
        place += f"\n{target['programmeCode'] or target['programme'][:10] + '…'}"
    return place


def _rule(agreement: bytes, number: int) -> str:
    return f"{hex0x(agreement)[:12]}… · {number + 1}"
