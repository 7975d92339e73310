"""``huren find``: a clerk's search among this centre's own learners and certificates. It shows personal data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from gateway.cli import console
from gateway.cli.acting import table
from gateway.cli.context import ConfigOption, opened
from gateway.domain.hashing import hex0x

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from gateway.issuance.search import FoundCertificate, FoundLearner

STATES: Final = {
    "sealed": "已封存 / sealed",
    "approved": "已批准 / approved",
    "queued": "待上链 / queued",
    "anchored": "已上链 / anchored",
    "failed": "上链失败 / failed",
    "suspended": "已暂停 / suspended",
    "revoked": "已撤销 / revoked",
}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("find", help="按姓名、证件号或证书编号查找 / find by name, document number or certificate number")(find)


def find(
    name: Annotated[str | None, typer.Option("--name", help="姓名 / the learner's name")] = None,
    number: Annotated[str | None, typer.Option("--number", help="证件号 / the document's number")] = None,
    certificate: Annotated[
        str | None, typer.Option("--certificate", help="证书编号 / the certificate's number")
    ] = None,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Find; exit 1 where nothing is found. With "-" as the value it is read from standard input."""
    given = [(kind, text) for kind, text in (("name", name), ("number", number), ("certificate", certificate)) if text]
    if len(given) != 1:
        raise typer.BadParameter(
            console.say(
                "请在 --name、--number、--certificate 中给出一项", "give exactly one of --name, --number, --certificate"
            ),
            param_hint="--name, --number, --certificate",
        )
    [(kind, text)] = given
    if text == "-":
        text = typer.get_text_stream("stdin").readline().strip()
    with opened(config) as gateway:
        search = gateway.search
        look = {"name": search.by_name, "number": search.by_number, "certificate": search.by_certificate}[kind]
        found = look(text)
    console.emit([_entry(one) for one in found], as_json=as_json, text=lambda out: _show(found, out))
    raise typer.Exit(console.Exit.OK if found else console.Exit.AGAINST)


def _entry(one: FoundLearner) -> dict[str, Any]:
    return {
        "learner": one.id,
        "name": one.name,
        "documentType": one.kind,
        "number": one.number,
        "certificates": [
            {
                "institution": certificate.institution,
                "certificate": certificate.certificate,
                "outcome": certificate.outcome,
                "awarded": None if certificate.awarded is None else certificate.awarded.isoformat(),
                "hash": hex0x(certificate.leaf),
                "batch": f"batch-{certificate.batch}",
                "state": certificate.state,
            }
            for certificate in one.certificates
        ],
    }


def _show(found: Sequence[FoundLearner], out: Console) -> None:
    if not found:
        out.print(console.say("未找到", "nothing found"))
    for one in found:
        out.print(f"{one.id}  {one.name}  {one.kind} {one.number}", style="bold", markup=False)
        if one.certificates:
            heads = ("证书编号 / certificate", "成果 / outcome", "机构 / institution", "状态 / state", "哈希 / hash")
            rows = table(*heads)  # which folds a number that is too long for its column: cut off it would be another
            for certificate in one.certificates:
                rows.add_row(*_cells(certificate))
            out.print(rows)


def _cells(one: FoundCertificate) -> tuple[str, ...]:
    return (
        one.certificate or "—",
        one.outcome or "—",
        one.institution,
        STATES.get(one.state, one.state),
        hex0x(one.leaf),
    )
