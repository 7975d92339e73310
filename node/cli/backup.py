"""`huren-node backup` and `huren-node restore`: a member's folder for the day when the machine is gone."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import typer

from node.cli.console import Dir
from node.client.archive.options import (
    ArchiveArgument,
    DigestOption,
    IntoOption,
    KeyArgument,
    KeyOption,
    OneSecret,
    PlacedArgument,
    RecipientsOption,
    make_key,
    opened_key,
    recipients_of,
)
from node.client.archive.show import show_contents
from node.client.terminal import JsonFlag, note
from node.layout import Layout

if TYPE_CHECKING:
    from pathlib import Path

    from node.client.archive.values import Contents


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    group = typer.Typer(
        name="backup",
        help="备份：生成、核对，恢复密钥 / backups: make and check them, the key that opens them",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    group.command("create")(create)
    group.command("verify")(verify)
    group.command("key")(key)
    app.add_typer(group)
    app.command("restore")(restore)


def create(file: PlacedArgument, folder: Dir, to: RecipientsOption, as_json: JsonFlag = False) -> None:
    """备份成员目录，加密给恢复公钥；节点照常运行 / Back up the member's folder; what runs goes on."""
    from node.backup import back_up  # noqa: PLC0415 - cryptography takes long to import

    contents = back_up(Layout(folder), file, recipients_of(to), now=int(time.time()))
    show_contents(contents, file, as_json=as_json)
    _tell(contents)


def verify(
    file: ArchiveArgument,
    key: KeyOption,
    passphrase_file: OneSecret = None,
    digest: DigestOption = None,
    as_json: JsonFlag = False,
) -> None:
    """逐字节核对一份备份；不完好时退出码 1 / Check every byte of a backup; exit code 1 where it is not whole."""
    from node.client.archive import reading  # noqa: PLC0415 - as above

    contents = reading.verify(file, opened_key(key, passphrase_file, file), digest=digest)
    show_contents(contents, file, as_json=as_json)


def key(file: KeyArgument, passphrase_file: OneSecret = None, as_json: JsonFlag = False) -> None:
    """生成恢复密钥，应在另一台机器上保管 / Make the key that opens backups; keep it on another machine."""
    make_key(file, passphrase_file, as_json=as_json)


def restore(
    file: ArchiveArgument,
    into: IntoOption,
    key: KeyOption,
    passphrase_file: OneSecret = None,
    digest: DigestOption = None,
    as_json: JsonFlag = False,
) -> None:
    """由备份恢复成员目录；原节点须已停止 / Restore a member's folder; the node of before must have stopped."""
    from node.backup import restore as restore_folder  # noqa: PLC0415 - as above

    contents = restore_folder(file, opened_key(key, passphrase_file, file, into), into, digest=digest)
    show_contents(contents, file, as_json=as_json, into=into)
    _next(into)
    _tell(contents)


def _tell(contents: Contents) -> None:
    if contents.facts.get("chain") != "included":
        note(
            "链数据与 IPFS 仓库不在备份中：其他成员都有，新目录会自行取回",
            "chain data and IPFS repository are not in the backup: the other members hold them, a new folder fetches "
            "them by itself",
        )


def _next(into: Path) -> None:
    note(
        f"确认原节点已停止后再启动，同一密钥不能有两个节点：huren-node up --dir {into}",
        f"start it once the node of before has stopped (one key never runs two nodes): huren-node up --dir {into}",
    )
