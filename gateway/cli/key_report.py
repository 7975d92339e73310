"""``huren key report``: the key with which an office signs its reports, in a file of its own and no gateway's."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from gateway.audit.reports.signing import create_report_key
from gateway.cli import console
from gateway.keys.keyfile import require_absent
from node.client import keystores


def register(keys: typer.Typer) -> None:
    """Add the command."""
    keys.command("report", help="生成报告签名密钥，单独一个文件 / make a key for signing reports, a file of its own")(
        report
    )


def report(
    out: Annotated[Path, typer.Option("--out", help="密钥文件 / the key's file", metavar="FILE", dir_okay=False)],
    passphrase_file: Annotated[
        Path | None,
        typer.Option("--passphrase-file", help="口令文件 / a file with the passphrase", metavar="FILE"),
    ] = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Make an Ed25519 key for reports; publish its did:key, by which anybody checks what it signs."""
    require_absent(out)
    prompt = "口令 / passphrase: "
    passphrase = keystores.read_passphrase(file=passphrase_file, prompt=prompt)
    did = create_report_key(out, passphrase, now=int(time.time()))
    payload = {"file": str(out), "did": did}
    console.emit(payload, as_json=as_json, text=lambda shown: shown.print(f"{did}  {out}", markup=False))
