"""A network to try things with: its description, keys for four provinces, and a passphrase made at random.

Nothing here is for production: there each member makes its own keys, on its own machine, and sends addresses.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from node.client.errors import NodeError
from node.client.files import write_whole
from node.client.keystores import PRIVATE, SCRYPT_COST, address_of, create
from node.description import Description, read

if TYPE_CHECKING:
    from pathlib import Path

    from node.layout import Layout

RANDOM_SCRYPT_COST = 1 << 14
"""scrypt's N under a passphrase of 256 random bits: stretching adds nothing to it (decision 0031)."""

DAILY_LEAVES = 10_000_000

MEMBERS: Final = (
    (310_000, "上海市", "Shanghai"),
    (320_000, "江苏省", "Jiangsu"),
    (330_000, "浙江省", "Zhejiang"),
    (340_000, "安徽省", "Anhui"),
)
"""The provinces of a trial, in the order of chairs, with their names."""
_OPERATORS = (
    ("operator", '"anchor", "attest", "status", "transfer"', DAILY_LEAVES),
    ("law-1", '"law", "batch-status"', 0),
)

_HEAD = """\
# 互认链网络描述 / the network, described once. 多余的键会报错 / an unknown key fails.

name = "{name}"
chain_id = {chain_id}
trial = true  # 少于四个成员时必须为 true / needed below four members; allows this network's short notices

[engine]
kind = "anvil"  # 单进程，仅用于试用和开发 / one process, for trials and development
port = {port}
block_seconds = 1
block_gas_limit = 100_000_000
# 链时间从过去开始，用 huren-node advance 前移，不会超过真实时间
# the chain's clock starts in the past; huren-node advance moves it on, never beyond the wall clock
start_days_ago = {start_days_ago}

[consortium]
term_days = 365
motion_notice_days = 3
voting_days = 14
grace_days = 3
leaving_notice_days = 90
time_lock_days = 7

# 成员：一行一个，先后即轮值顺序 / a member is a row; their order is the order of chairs
"""
_MEMBER = """
[[member]]
province = {province}
role = "member"
name_zh = "{zh}"
name_en = "{en}"
admin = "{admin}"
recovery = "{recovery}"
"""
_OPERATOR = """
[[member.operator]]
name = "{name}"
account = "{account}"
roles = [{roles}]
"""


class AlreadyDescribedError(NodeError):
    """There is a network in this folder, or a member's keys."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} 已存在，不会覆盖。请另选目录", f"{path} exists and is not overwritten. Choose another folder"
        )
        self.path = path


@dataclass(frozen=True, slots=True)
class Trial:
    """What the trial is to be: its name, chain id, RPC port, and how many days ago its clock starts."""

    name: str = "huren-trial"
    chain_id: int = 20_260
    port: int = 8545
    start_days_ago: int = 0


def initialise(layout: Layout, trial: Trial, passphrase: str | None) -> Description:
    """Make keys and network.toml in the layout's folder. Goes on where an interrupted run stopped.

    Args:
        layout: the folder.
        trial: what the network is to be.
        passphrase: what protects every key; where None, one is made at random and kept in ``keys/passphrase``.

    Raises:
        AlreadyDescribedError: there is a network, or a member's folder.
    """
    require_unused(layout)
    layout.keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    cost = SCRYPT_COST
    if passphrase is None:
        cost = RANDOM_SCRYPT_COST
        passphrase = trial_passphrase(layout)
    text = _HEAD.format(name=trial.name, chain_id=trial.chain_id, port=trial.port, start_days_ago=trial.start_days_ago)
    account_at(layout.deployer, passphrase, cost)
    for province, zh, en in MEMBERS:
        folder = layout.keys / str(province)
        admin, recovery = (account_at(folder / f"{name}.json", passphrase, cost) for name in ("admin", "recovery"))
        text += _MEMBER.format(province=province, zh=zh, en=en, admin=admin, recovery=recovery)
        for name, roles, daily_leaves in _OPERATORS:
            account = account_at(folder / f"{name}.json", passphrase, cost)
            text += _OPERATOR.format(name=name, account=account, roles=roles)
            if daily_leaves:
                text += f"daily_leaves = {daily_leaves:_}\n"
    write_whole(layout.description, text.encode())
    return read(layout.description)


def require_unused(layout: Layout) -> None:
    """Refuse a folder in which there is a network, or one member's keys: a trial has a folder of its own.

    Raises:
        AlreadyDescribedError: there is.
    """
    for path in (layout.description, layout.card, layout.local):
        if path.exists():
            raise AlreadyDescribedError(path)


def trial_passphrase(layout: Layout) -> str:
    """Return the passphrase that lies beside a trial's keys, made at random where it is not there yet."""
    if not layout.passphrase.exists():
        write_whole(layout.passphrase, secrets.token_urlsafe(32).encode() + b"\n", PRIVATE)
    return layout.passphrase.read_text(encoding="ascii").strip()


def account_at(path: Path, passphrase: str, cost: int) -> str:
    """Return the address of the key at `path`, made where it is not there yet."""
    return address_of(path) if path.exists() else create(path, passphrase, scrypt_cost=cost)
