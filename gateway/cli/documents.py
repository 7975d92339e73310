"""``huren documents``: what of the documents is lacking or damaged here, and its repair from other provinces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli import console
from gateway.cli.acting import table
from gateway.cli.context import ConfigOption, opened

if TYPE_CHECKING:
    from rich.console import Console

    from gateway.bootstrap import Gateway
    from gateway.replication.survey import Repaired, Report

_SHOWN = 20
_KINDS = {
    "manifests": ("清单", "manifests"),
    "packs": ("本省证书包", "own packs"),
    "replicas": ("代存证书包", "packs kept for others"),
}
_STATES = {"lacking": ("缺", "lacking"), "damaged": ("损坏", "damaged")}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="文档：清单与证书包，缺损与修复 / manifests and packs: what is lacking or damaged, and its repair",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    group.command("status", help="查看缺失与损坏的文档 / what is lacking or damaged here")(status)
    group.command("repair", help="从其他省取回缺失与损坏的文档 / bring that back from other provinces")(repair)
    app.add_typer(group, name="documents")


def status(
    quick: Annotated[
        bool,
        typer.Option("--quick", help="只看有无，不逐字节核对 / only whether it is there; its bytes are not read"),
    ] = False,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Read every document that should be here. Exit 1 where one is lacking or damaged, 2 where it cannot be said."""
    with opened(config) as gateway:
        report = gateway.documents.survey().report(quick=quick)
        payload = _payload(gateway, report)
    console.emit(payload, as_json=as_json, text=lambda out: _sheet(payload, out))
    _end(payload)


def repair(config: ConfigOption = None, as_json: console.JsonFlag = False) -> None:
    """Bring back what is lacking or damaged. Exit 1 where something is left, 2 where it cannot be said."""
    from gateway.replication.survey import repair as bring_back  # noqa: PLC0415 - it takes long to import

    with opened(config) as gateway:
        parts = gateway.documents
        settled = parts.settle()
        survey = parts.survey()
        done = bring_back(survey.report().wanting, parts.store, parts.source)
        report = survey.report(quick=True)
        payload = _payload(gateway, report) | _repaired(done, settled)
        payload["whole"] = payload["whole"] and not done.left
    console.emit(payload, as_json=as_json, text=lambda out: _told(payload, out))
    _end(payload)


def _payload(gateway: Gateway, report: Report) -> dict[str, Any]:
    kinds: dict[str, Any] = {}
    for kind, expected in report.expected.items():
        wanting = [one for one in report.wanting if one.kind is kind]
        kinds[kind.value] = {
            "expected": expected,
            "whole": expected - len(wanting),
            "wanting": [{"cid": one.cid, "province": one.province, "state": one.state.value} for one in wanting],
        }
    return {
        "store": "ipfs" if gateway.settings.ipfs else "folder",
        "waiting": gateway.documents.waiting(),
        "whole": report.whole,
        **kinds,
        "silent": [{"gateway": address, **error.to_json()} for address, error in report.silent.items()],
    }


def _repaired(done: Repaired, settled: int) -> dict[str, Any]:
    return {
        "settled": settled,
        "restored": {kind.value: number for kind, number in done.restored.items()},
        "left": [{"cid": one.cid, "kind": one.kind.value, **error.to_json()} for one, error in done.left],
    }


def _sheet(payload: dict[str, Any], out: Console) -> None:
    heads = [("类别", "kind"), ("应有", "expected"), ("完好", "whole"), ("缺", "lacking"), ("损坏", "damaged")]
    sheet = table(*(console.say(*head) for head in heads))
    for kind, words in _KINDS.items():
        found = payload[kind]
        states = [one["state"] for one in found["wanting"]]
        numbers = (found["expected"], found["whole"], states.count("lacking"), states.count("damaged"))
        sheet.add_row(console.say(*words), *map(str, numbers))
    out.print(sheet)
    everything = [one for kind in _KINDS for one in payload[kind]["wanting"]]
    for one in everything[:_SHOWN]:
        out.print(f"  {one['cid']}  {one['province']}  {console.say(*_STATES[one['state']])}")
    if len(everything) > _SHOWN:
        more = len(everything) - _SHOWN
        out.print(console.say(f"  另有 {more} 份，见 --json", f"  {more} more, see --json"))
    if payload["waiting"]:
        number = payload["waiting"]
        out.print(
            console.say(f"{number} 份暂存于目录，待 IPFS 服务恢复", f"{number} wait in the folder for the IPFS daemon")
        )
    for silent in payload["silent"]:
        out.print(console.say(silent["zh"], silent["en"]))


def _told(payload: dict[str, Any], out: Console) -> None:
    restored = payload["restored"]
    total = sum(restored.values())
    out.print(
        console.say(
            f"取回 {total} 份（清单 {restored['manifests']}，本省证书包 {restored['packs']}，"
            f"代存证书包 {restored['replicas']}），移入 IPFS {payload['settled']} 份，仍缺 {len(payload['left'])} 份",
            f"brought back {total} (manifests {restored['manifests']}, own packs {restored['packs']}, packs kept for "
            f"others {restored['replicas']}), moved into IPFS {payload['settled']}, still wanting "
            f"{len(payload['left'])}",
        )
    )
    for one in payload["left"][:_SHOWN]:
        out.print(f"  {console.say(one['zh'], one['en'])}")
    _sheet(payload, out)


def _end(payload: dict[str, Any]) -> None:
    if not payload["whole"]:
        raise typer.Exit(console.Exit.AGAINST)
    if payload["silent"]:
        raise typer.Exit(console.Exit.CANNOT)
