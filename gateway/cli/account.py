"""``huren account``: learners' accounts. Deleting one destroys its key, and nothing brings it back."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Final

import typer

from gateway.cli import console
from gateway.cli.context import ConfigOption, opened
from gateway.domain.errors import AGAINST, HurenError
from node.client.attended import attended

if TYPE_CHECKING:
    from gateway.bootstrap import Gateway

_STAYS: Final = (
    (
        "链上只有加盐的摘要，按哈希核验仍答“已登记”；已交给学习者的证书文件仍可核验",
        "the chain holds salted digests only: the hash is still registered, and files handed out can be verified",
    ),
    (
        "已寄给目标机构的申请密信由其中心另行保管，请按规定请其删除",
        "letters that were sent to target institutions are kept by their centres: ask them to delete theirs",
    ),
    (
        "保留一个不可读的墓碑（带密钥的索引与权属密钥），重新开户后同一成果的权属标识不变",
        "an unreadable tombstone stays (keyed index, sealed claim key): a new account has the same claims",
    ),
)


class NotConfirmed(HurenError):
    """Something that cannot be undone, and nobody has said yes."""

    code = "account.not_confirmed"
    exit_code = AGAINST
    zh = "未删除账户 {value}：未经确认"
    en = "the account {value} was not deleted: nobody confirmed it"
    hint_zh = "在终端中确认，或使用 --yes"
    hint_en = "confirm at the terminal, or use --yes"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    accounts = typer.Typer(help="学习者账户 / learners' accounts", no_args_is_help=True, rich_markup_mode=None)
    accounts.command("delete", help="删除账户并销毁其密钥 / delete an account: its key is destroyed")(delete)
    app.add_typer(accounts, name="account")


def delete(
    learner: Annotated[
        int, typer.Argument(min=1, help="学习者编号（huren find 列出） / its number, as huren find lists it")
    ],
    yes: Annotated[bool, typer.Option("--yes", help="已核对，不再询问 / checked: do not ask")] = False,
    config: ConfigOption = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Delete; exit 1 where there is no such account (any more), or nobody confirmed."""
    with opened(config) as gateway:
        if not yes and not _confirmed(learner, as_json=as_json):
            raise NotConfirmed(learner)
        letters = _forget(gateway, learner)
        done = gateway.accounts.delete(learner, now=int(time.time()))
        # Without this the log of the database would keep the overwritten key until it is next emptied.
        scrubbed = done.scrubbed or gateway.database.scrub()
    payload = {
        "learner": learner,
        "deleted": True,
        "scrubbed": scrubbed,
        "letters": letters,
        "stays": [{"zh": zh, "en": en} for zh, en in _STAYS],
    }
    console.emit(payload, as_json=as_json, text=lambda out: out.print(_told(learner, scrubbed=scrubbed), markup=False))


def _forget(gateway: Gateway, learner: int) -> int:
    """Take away what is kept of the learner's transfers, while it is known which are theirs; how many letters went."""
    leaves = [row.leaf for row in gateway.records.credentials_of([learner])]
    told = [
        digest
        for leaf in leaves
        for row in gateway.recognition.transfers.of_leaf(leaf)
        for digest in (row.explanation, row.statement, row.appeal_answer)
        if digest is not None
    ]
    return gateway.recognition.applications.forget(learner, leaves, told)


def _confirmed(learner: int, *, as_json: bool) -> bool:
    if as_json or not attended():
        return False
    zh, en = f"永久删除账户 {learner}？", f"Delete account {learner} for ever?"
    return typer.confirm(console.say(zh, en), err=True)


def _told(learner: int, *, scrubbed: bool) -> str:
    lines = [console.say(f"账户 {learner} 已删除，密钥已销毁", f"account {learner} is deleted, its key destroyed")]
    if not scrubbed:
        zh = "数据库日志正被读取，其中的旧页稍后清除；重启网关即可"
        en = "a reader holds the database's log: its old pages go later, at the latest when the gateway restarts"
        lines.append("! " + console.say(zh, en))
    return "\n".join([*lines, *("· " + console.say(zh, en) for zh, en in _STAYS)])
