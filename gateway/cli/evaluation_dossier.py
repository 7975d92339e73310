"""``huren evaluation expert``, ``seal`` and ``read``: the expert's key, and the dossier for the panel's eyes alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gateway.cli import console
from gateway.cli.context import ConfigOption, opened
from gateway.cli.evaluation_common import EvaluationArgument, book_of, records_of
from gateway.domain.hashing import hex0x
from gateway.recognition.evaluations.dossier import (
    DossierDiffers,
    dossier_digest,
    evaluation_of,
    expert_key,
    seal,
    unseal,
)
from gateway.recognition.evaluations.values import Phase
from node.client import keystores
from node.client.files import write_whole
from node.client.hands import unlocked

OutOption = Annotated[Path, typer.Option("--out", help="写到哪里 / where it goes", metavar="FILE", dir_okay=False)]
KeyFileOption = Annotated[
    Path | None,
    typer.Option("--passphrase-file", help="密钥口令文件，默认询问 / its passphrase's file; by default you are asked"),
]
_PRIVATE = 0o600


def register(group: typer.Typer) -> None:
    """Add the commands."""
    group.command("expert", help="专家密钥：生成或查看公开部分 / an expert's key: make one, or see its public parts")(
        expert
    )
    group.command("seal", help="专家组满员后，把材料加密给全体专家 / seal the dossier to the complete panel")(
        seal_dossier
    )
    group.command("read", help="专家解密材料，并与链上摘要核对 / an expert reads the dossier, checked with the chain")(
        read_dossier
    )


def expert(
    file: Annotated[Path, typer.Argument(help="密钥文件 / the key file", metavar="FILE", dir_okay=False)],
    new: Annotated[bool, typer.Option("--new", help="生成新密钥 / make a new one")] = False,
    passphrase_file: KeyFileOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Make an expert's key, or open it, and print what the province needs to nominate the expert."""
    if new:
        prompt = f"新口令 / new passphrase ({file.name}): "
        keystores.require_absent(file)
        keystores.create(file, keystores.read_passphrase(file=passphrase_file, prompt=prompt))
    [account] = unlocked([file], None if passphrase_file is None else [passphrase_file])
    address, key = account.address.lower(), hex0x(bytes(expert_key(bytes(account.key)).public_key))
    console.emit(
        {"expert": address, "key": key},
        as_json=as_json,
        text=lambda out: out.print(f"--expert {address} --key {key}", markup=False),
    )


def seal_dossier(
    evaluation: EvaluationArgument,
    dossier: Annotated[
        Path,
        typer.Argument(
            help="发起时的申报材料 / the dossier it was opened with", metavar="DOSSIER", exists=True, dir_okay=False
        ),
    ],
    out: OutOption,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Seal: one file that each expert opens with the own key, and nobody else."""
    file = dossier.read_bytes()
    with opened(config) as gateway:
        book = book_of(gateway)
        found = book.find(evaluation)
        record = records_of(gateway).of(found.dossier)
        if dossier_digest(record.salt, file) != found.dossier:
            raise DossierDiffers(str(dossier), expected=hex0x(found.dossier))
        panel = book.require(found.evaluation, Phase.OPINING).panel
    keys = {seat.expert: seat.key for seat in panel}
    write_whole(out, seal(found.evaluation, file, record.salt, record.name, keys))
    payload = {"evaluation": hex0x(found.evaluation), "file": str(out), "experts": sorted(keys)}
    said = console.say(f"已加密给 {len(keys)} 位专家", f"sealed to {len(keys)} experts")
    console.emit(payload, as_json=as_json, text=lambda shown: shown.print(f"{out}  {said}", markup=False))


def read_dossier(
    sealed: Annotated[
        Path, typer.Argument(help="加密的材料 / the sealed dossier", metavar="SEALED", exists=True, dir_okay=False)
    ],
    account: Annotated[Path, typer.Option("--account", help="专家的密钥文件 / the expert's key file", metavar="FILE")],
    out: OutOption,
    passphrase_file: KeyFileOption = None,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Read: what comes out is the very file that the evaluation was opened with, or nothing."""
    content = sealed.read_bytes()
    [opener] = unlocked([account], None if passphrase_file is None else [passphrase_file])
    with opened(config) as gateway:
        found = book_of(gateway).known(evaluation_of(content))
    key = expert_key(bytes(opener.key))
    name, file = unseal(content, found.evaluation, found.dossier, opener.address.lower(), key)
    write_whole(out, file, _PRIVATE)
    payload = {"evaluation": hex0x(found.evaluation), "name": name, "file": str(out), "bytes": len(file)}
    said = console.say(f"{name}，与链上摘要一致", f"{name}, as the chain has its digest")
    console.emit(payload, as_json=as_json, text=lambda shown: shown.print(f"{out}  {said}", markup=False))
