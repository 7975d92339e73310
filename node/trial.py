"""A trial of real nodes on one machine: four members' folders, made by the very functions of the ceremony.

description = initialise(layout, RealTrial(port=18_500), None, now=time.time())
layout.every_member()                     # four whole member's folders below members/

Nothing of it is for production: the passphrases lie beside the keys, and one person holds all four.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import orjson

from node.ceremony import card as cards
from node.ceremony import member, sharing
from node.ceremony import plan as plans
from node.ceremony.assembly import assemble
from node.client.errors import Exit, NodeError
from node.client.files import write_whole
from node.client.keystores import SCRYPT_COST
from node.description import DAY
from node.genesis import genesis_hash
from node.local import Local
from node.setup import DAILY_LEAVES, MEMBERS, RANDOM_SCRYPT_COST, account_at, require_unused, trial_passphrase

if TYPE_CHECKING:
    from pathlib import Path

    from node.description import Description
    from node.layout import Layout

STRIDE: Final = 10
"""Ports that each member has for itself, from the trial's first one on."""
_HERE: Final = "127.0.0.1"
_HIGHEST_PORT: Final = 65_535

_PLAN: Final = """\
# 试用网络的方案 / the plan of a trial network
name = "{name}"
chain_id = {chain_id}
trial = true
chairs = {chairs}

[engine]
kind = "{engine}"
block_seconds = {block_seconds}
genesis_time = {genesis_time}
"""


class PortsBeyondRangeError(NodeError):
    """There are not enough ports from `first` on."""

    exit_code = Exit.USAGE

    def __init__(self, first: int, needed: int) -> None:
        super().__init__(
            f"从 {first} 起需要连续 {needed} 个端口，超出 {_HIGHEST_PORT}。请用 --port 另选较小的起点",
            f"{needed} ports are needed from {first} on, which is beyond {_HIGHEST_PORT}. Choose a lower --port",
        )
        self.first = first


class TrialDiffersError(NodeError):
    """An interrupted run began another trial at `path`: its `field` says something else."""

    exit_code = Exit.AGAINST

    def __init__(self, path: Path, field: str, found: object, wanted: object) -> None:
        super().__init__(
            f"{path} 是未完成的另一个试用网络，其中 {field} 为 {found}，不是 {wanted}；未作改动。"
            "请用相同的选项继续，或另选目录",
            f"{path} is of another trial that was not finished: {field} is {found} there, not {wanted}; nothing was "
            "changed. Go on with the same options, or choose another folder",
        )
        self.path = path
        self.field = field


@dataclass(frozen=True, slots=True)
class RealTrial:
    """What the trial is to be.

    Attributes:
        name, chain_id: of the network; engine: which program seals.
        port: the first of 40 ports on this machine, ten for each member.
        block_seconds: between blocks; start_days_ago: how old block 0 is.
        genesis_time: the time of block 0 where it is known exactly, seconds since 1970.
    """

    name: str = "huren-trial"
    chain_id: int = 20_260
    port: int = 18_500
    engine: Literal["geth", "besu"] = "geth"
    block_seconds: int = 1
    start_days_ago: int = 0
    genesis_time: int | None = None


def ports(first: int, place: int, province: int) -> tuple[Local, int, int]:
    """Return what the member in `place` (from 0) uses of the machine: its settings, its p2p port and its swarm port."""
    base = first + STRIDE * place
    local = Local(
        province=province,
        listen=_HERE,
        rpc_port=base,
        authrpc_port=base + 1,
        ipfs_api_port=base + 4,
        metrics_port=base + 5,
    )
    return local, base + 2, base + 3


def initialise(layout: Layout, trial: RealTrial, passphrase: str | None, *, now: float) -> Description:
    """Make the four members' folders and the network's files. Goes on where an interrupted run stopped.

    Args:
        layout: the trial's folder.
        trial: what the network is to be.
        passphrase: what protects every key; where None, one is made at random for each member and kept beside its keys.
        now: seconds since 1970.

    Raises:
        AlreadyDescribedError: there is a network, or a member's folder.
        TrialDiffersError: an interrupted run was of another trial.
        PortsBeyondRangeError: the ports would go beyond the last.
    """
    require_unused(layout)
    needed = STRIDE * len(MEMBERS)
    if trial.port + needed - 1 > _HIGHEST_PORT:
        raise PortsBeyondRangeError(trial.port, needed)
    plan = _planned(layout, trial, now)
    opened, cost = _passphrase(layout, passphrase)
    account_at(layout.deployer, opened, cost)
    found = {}
    for place, (province, zh, en) in enumerate(MEMBERS):
        own = layout.member(province)
        local, p2p_port, swarm_port = ports(trial.port, place, province)
        applicant = member.Applicant(province, "member", zh, en, _HERE, p2p_port, swarm_port, DAILY_LEAVES)
        opened, cost = _passphrase(own, passphrase)
        member.new(own, applicant, local, opened, scrypt_cost=cost, now=now)
        found[own.card] = cards.read(own.card)
    assembly = assemble(plan, layout.plan, found)
    for own in layout.every_member():
        assembly.save(own)
    _share_the_swarm_key(layout, assembly.description, now)
    assembly.save(layout)
    return assembly.description


def _planned(layout: Layout, trial: RealTrial, now: float) -> plans.Plan:
    """Write down the plan once: an interrupted run goes on with the time of block 0 that it began with."""
    if not layout.plan.exists():
        begins = int(now) - trial.start_days_ago * DAY if trial.genesis_time is None else trial.genesis_time
        text = _PLAN.format(
            name=trial.name,
            chain_id=trial.chain_id,
            chairs=[province for province, _, _ in MEMBERS],
            engine=trial.engine,
            block_seconds=trial.block_seconds,
            genesis_time=begins,
        )
        write_whole(layout.plan, text.encode())
    plan = plans.read(layout.plan)
    for field, found, wanted in (
        ("name", plan.name, trial.name),
        ("chain_id", plan.chain_id, trial.chain_id),
        ("engine", plan.engine.kind, trial.engine),
    ):
        if found != wanted:
            raise TrialDiffersError(layout.plan, field, found, wanted)
    return plan


def _passphrase(layout: Layout, given: str | None) -> tuple[str, int]:
    """Return the passphrase of one folder's keys, and scrypt's N under it."""
    return (given, SCRYPT_COST) if given is not None else (trial_passphrase(layout), RANDOM_SCRYPT_COST)


def _share_the_swarm_key(layout: Layout, description: Description, now: float) -> None:
    """Let the first member make the swarm key, and the others open what it sealed to them."""
    maker, *others = layout.every_member()
    province = description.member[0].province
    block_0 = genesis_hash(orjson.loads(maker.genesis.read_bytes()))
    if not maker.sealed_swarm_key.exists():
        sharing.make(maker, description, province, block_0, now=now)
    content = maker.sealed_swarm_key.read_bytes()
    for other in others:
        sharing.take(other, content, maker.sealed_swarm_key, description, int(other.folder.name), block_0)
