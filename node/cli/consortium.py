"""`huren-node deploy | verify-contracts`: the law on the chain.

What these commands work with takes a second to import (web3, solcx), so it is imported when they run.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from node.cli.console import Dir, PassphraseFd, PassphraseFile, sheet
from node.client.keystores import read_passphrase, require_usable, unlock
from node.client.terminal import Exit, JsonFlag, note
from node.description import read
from node.layout import Layout
from node.members import alone
from node.network import Network

if TYPE_CHECKING:
    from node.client.deployment import Deployment

_STANDINGS = {"in force": "现行", "succeeded": "已更替", "scheduled": "待生效"}


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command("deploy")(deploy)
    app.command("verify-contracts")(verify_contracts)


def deploy(
    folder: Dir,
    deployer: Annotated[
        Path | None, typer.Option("--deployer", help="部署账户的密钥文件 / the deployer's key file")
    ] = None,
    passphrase_file: PassphraseFile = None,
    passphrase_fd: PassphraseFd = None,
    as_json: JsonFlag = False,
) -> None:
    """部署合约并成立联盟，可重复执行 / Create the contracts and constitute the consortium; safe to run again."""
    from node import deploy as deploying  # noqa: PLC0415 - see the module's docstring

    layout = Layout(folder)
    description = read(layout.description)
    network = Network.load(layout.network)
    if passphrase_file is None and passphrase_fd is None and layout.passphrase.exists():
        passphrase_file = layout.passphrase
    key = deployer or layout.deployer
    require_usable(key)
    prompt = "部署账户口令 / the deployer's passphrase: "
    passphrase = read_passphrase(passphrase_file, passphrase_fd, prompt)
    account = unlock(key, passphrase)
    with alone(layout):
        done = deploying.deploy(description, layout, network, account)
    for member in layout.every_member():  # of a trial: each gateway reads the file of its own member
        done.deployment.save(member.deployment)
    if not done.steps:
        note("合约此前已部署，未作改动", "the contracts were there already, nothing was changed")
    _show(done.deployment, layout, done.steps, as_json=as_json)


def verify_contracts(
    folder: Dir,
    sources: Annotated[
        Path | None,
        typer.Option("--sources", help="合约源码目录，缺省为随软件发布的源码 / sources, by default those shipped"),
    ] = None,
    release: Annotated[
        list[Path] | None,
        typer.Option(
            "--release",
            help="另一版本软件的合约编译目录，可多次给出 / artifacts of another release, whose contracts count too",
            metavar="DIR",
        ),
    ] = None,
    solc: Annotated[
        Path | None, typer.Option("--solc", help="编译器，缺省为锁定的版本 / the compiler, by default the locked one")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """重新编译源码，证明目录所列合约的代码与之一致 / Prove that all contracts in the Directory are these sources."""
    from node import verify_contracts as verifying  # noqa: PLC0415 - see the module's docstring
    from node.client.deployment import Deployment as File  # noqa: PLC0415 - beside it

    layout = Layout(folder)
    description = read(layout.description)
    network = Network.load(layout.network)
    deployment = File.load(layout.deployment)
    report = verifying.verify(
        description, deployment, network.rpc_url, sources=sources, releases=release or (), solc=solc
    )
    payload: dict[str, Any] = {"proven": not report.findings, **asdict(report)}
    rows: list[tuple[str, object]] = [("编译器 / compiler", report.compiler), ("区块 / block", report.block)]
    rows.extend(
        (
            f"{one.name} v{one.version}",
            f"{one.address} {_STANDINGS[one.standing]}，与源码一致 / {one.standing}, is these sources",
        )
        for one in report.verified
    )
    rows.extend((finding.subject, f"{finding.zh} / {finding.en}") for finding in report.findings)
    title = "链上代码与源码一致 / the code is these sources" if not report.findings else "不一致 / it differs"
    sheet(payload, rows, title=title, as_json=as_json)
    if report.findings:
        raise typer.Exit(Exit.AGAINST)


def _show(deployment: Deployment, layout: Layout, steps: tuple[str, ...], *, as_json: bool) -> None:
    payload = {
        "deployment": str(layout.deployment),
        "steps": list(steps),
        "chain_id": deployment.chain_id,
        "block": deployment.block,
        "contracts": {name: contract.model_dump() for name, contract in deployment.contracts.items()},
    }
    rows: list[tuple[str, object]] = [
        ("部署文件 / deployment file", layout.deployment),
        ("起始区块 / first block", deployment.block),
        *((name, contract.address) for name, contract in deployment.contracts.items()),
        ("成员 / members", "、".join(f"{p.name_zh} {p.name_en}" for p in deployment.provinces.values())),
    ]
    sheet(payload, rows, title="联盟已成立 / the consortium is constituted", as_json=as_json)
