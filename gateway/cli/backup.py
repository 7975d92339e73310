"""``huren backup``, ``restore``, ``recover``: a copy of the gateway for the day when the machine is gone."""

from __future__ import annotations

import datetime as dt
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli import console
from gateway.cli.context import ConfigOption, opened
from gateway.domain.civil_time import CHINA
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

if TYPE_CHECKING:
    from rich.console import Console

PseudonymFlag = Annotated[
    bool,
    typer.Option(
        "--pseudonym-key",
        help="只备份（恢复）假名密钥，其他备份都不含它 / the pseudonym key alone, which no other backup holds",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="备份：生成、核对，恢复密钥 / backups: make and check them, the key that opens them",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    group.command("create", help="备份运行中的网关，加密给恢复公钥 / back up the gateway, which may be serving")(create)
    group.command("verify", help="逐字节核对一份备份 / check every byte of a backup")(verify)
    group.command(
        "key", help="生成恢复密钥，应在另一台机器上保管 / make the key that opens backups; keep it elsewhere"
    )(key)
    app.add_typer(group, name="backup")
    app.command("restore", help="由备份恢复到新目录 / restore a backup into a new folder")(restore)
    app.command(
        "recover",
        help="恢复之后：查清备份以来在链上做过什么 / after a restore: what was done on the chain since",
    )(recover)


def create(
    file: PlacedArgument,
    to: RecipientsOption,
    pseudonym_key: PseudonymFlag = False,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Write a backup: database, blobs, sealed keys, settings; never passphrases, never over another file."""
    from gateway.backup.snapshot import back_up, back_up_pseudonym_key  # noqa: PLC0415 - see gateway.cli.context

    recipients = recipients_of(to)
    with opened(config) as gateway:
        settings, now = gateway.settings, int(time.time())
        if pseudonym_key:
            contents = back_up_pseudonym_key(settings, file, recipients, now=now)
        else:
            swarm = None if settings.ipfs is None else gateway.blobs
            contents = back_up(settings, file, recipients, now=now, swarm=swarm)
        apart = not (pseudonym_key or settings.observer)
    show_contents(contents, file, as_json=as_json)
    if apart:
        console.note(
            "假名密钥不在此备份中：请另行备份一次（--pseudonym-key），加密给另一把恢复密钥",
            "the pseudonym key is not in this backup: back it up once by itself (--pseudonym-key), to another key",
        )


def verify(
    file: ArchiveArgument,
    key: KeyOption,
    passphrase_file: OneSecret = None,
    digest: DigestOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Read it all and compare every byte with its digest. Exit 1 where it is damaged, or another one than meant."""
    from node.client.archive import reading  # noqa: PLC0415 - see gateway.cli.context

    contents = reading.verify(file, opened_key(key, passphrase_file, file), digest=digest)
    show_contents(contents, file, as_json=as_json)


def key(
    file: KeyArgument,
    passphrase_file: OneSecret = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Make it on another machine than the one that is backed up; its public part is what --to takes."""
    make_key(file, passphrase_file, as_json=as_json)


def restore(
    file: ArchiveArgument,
    into: IntoOption,
    key: KeyOption,
    passphrase_file: OneSecret = None,
    database_url: Annotated[
        str | None,
        typer.Option(
            "--database-url",
            help="恢复到这个空的 PostgreSQL 数据库 / the empty PostgreSQL database to restore into",
            metavar="URL",
        ),
    ] = None,
    digest: DigestOption = None,
    pseudonym_key: PseudonymFlag = False,
    as_json: console.JsonFlag = False,
) -> None:
    """Check every byte, then let the folder appear whole. Stop the gateway of before first: one may send, not two."""
    from gateway.backup import restoring  # noqa: PLC0415 - see gateway.cli.context

    secret = opened_key(key, passphrase_file, file, into)
    if pseudonym_key:
        contents = restoring.restore_pseudonym_key(file, secret, into, digest=digest)
    else:
        contents = restoring.restore(file, secret, into, database_url=database_url, digest=digest, now=int(time.time()))
    show_contents(contents, file, as_json=as_json, into=into)
    if pseudonym_key:
        return
    console.note(
        f"请把口令文件放到 {into / 'gateway.toml'} 所写的位置，接回假名密钥，确认原网关已停止，"
        "然后执行 huren recover --config 该文件",
        f"put the passphrase files where {into / 'gateway.toml'} says, attach the pseudonym key, make sure that the "
        "gateway of before has stopped; then run huren recover with that --config",
    )


def recover(config: ConfigOption = None, as_json: console.JsonFlag = False) -> None:
    """Read the blocks since the backup, before anything is sent; `huren serve` does the same by itself."""
    with opened(config) as gateway:
        gateway.catching_up.run()
        told = gateway.catching_up.told()
    payload = {"restored": told is not None, **(told or {})}
    console.emit(payload, as_json=as_json, text=lambda out: _sheet(told, out))


def _sheet(told: dict[str, Any] | None, out: Console) -> None:
    if told is None:
        out.print(console.say("此网关没有由备份恢复过", "this gateway was never restored from a backup"))
        return
    made = dt.datetime.fromtimestamp(told["created"], CHINA).strftime("%Y-%m-%d %H:%M:%S")
    known, lost, credentials = told["knownAgain"], told["lost"], told["lostCredentials"]
    out.print(
        console.say(
            f"备份于 {made}，已读到区块 {told['block']}；备份之后发出、现已对上的交易 {known} 笔，不会重发",
            f"backed up {made}, read up to block {told['block']}; {known} transactions that were sent after the backup "
            "are known again and are not sent twice",
        )
    )
    if told["unknown"]:
        listed = ", ".join(f"{function} {number}" for function, number in sorted(told["unknown"].items()))
        out.print(
            console.say(
                f"本中心在备份之后还做过（此处没有记录）：{listed}",
                f"done after the backup, and without a record here: {listed}",
            )
        )
    for one in lost:
        out.print(f"  {one['institution']}  {one['root']}  {one['leaves']}  #{one['block']}", markup=False)
    if lost:
        out.print(
            console.say(
                f"以上 {len(lost)} 批共 {credentials} 份证书在备份之后签发：链上有效、各省可验，持证人的文件也有效；"
                "但姓名、证件号与文档密钥已随旧数据库丢失，不能再次导出或查找。不要重新签发其名册："
                "或者保持原样，或者先整批吊销（huren revoke --batch），再重新签发",
                f"these {len(lost)} batches, {credentials} credentials, were issued after the backup: they are good on "
                "the chain and verify everywhere, and so do the learners' files. Names, numbers and the documents' "
                "keys went with the old database: they can be neither exported again nor found. Do not issue their "
                "rosters again as they are: leave them, or revoke the whole batches first (huren revoke --batch) and "
                "issue anew",
            )
        )
    out.print(
        console.say(
            "备份之后删除的账户与撤销的令牌又出现了：请按登记再次删除、撤销（huren account、huren token）",
            "accounts deleted and tokens revoked after the backup are back: delete and revoke them again from your "
            "records (huren account, huren token)",
        )
    )
