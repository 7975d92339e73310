"""Whether nodes stand on different branches, and where these part: what no node can see by itself.

After a partition of four Clique validators into two and two, both halves may have sealed to the same total difficulty.
Neither then asks the other for its blocks, and nobody may seal twice in a row: the chain stands for good, though all
are connected. One side going back to the common block mends it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from node.client.rpc import JsonRpc, RpcError, RpcUnreachable
from node.health.reading import Alarm

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Branch:
    """A newest block and the nodes that have it: names, number, hash, total difficulty (None where not told)."""

    nodes: tuple[str, ...]
    number: int
    block_hash: str
    difficulty: int | None


@dataclass(frozen=True, slots=True)
class Fork:
    """Branches that part above block `common`, the one with the fewest nodes first."""

    common: int
    branches: tuple[Branch, ...]

    @property
    def deadlocked(self) -> bool:
        """Whether their total difficulties are equal: then no node asks another for its blocks."""
        return len({branch.difficulty for branch in self.branches}) == 1 and self.branches[0].difficulty is not None


def fork_of(nodes: Mapping[str, JsonRpc]) -> Fork | None:
    """Return where the nodes' chains part, or None where each one's newest block lies on the others' chain.

    Nodes that do not answer are left out.
    """
    heads = {name: head for name, rpc in nodes.items() if (head := _block(rpc, "latest")) is not None}
    if len(heads) < 2:  # noqa: PLR2004 - it takes two
        return None
    answering = [nodes[name] for name in heads]
    lowest = min(int(head["number"], 16) for head in heads.values())
    if _agree(answering, lowest):
        return None
    common, differing = 0, lowest
    while differing - common > 1:
        middle = (common + differing) // 2
        if _agree(answering, middle):
            common = middle
        else:
            differing = middle
    sides: dict[str, list[str]] = {}
    for name in heads:
        at = _block(nodes[name], hex(common + 1))
        sides.setdefault("" if at is None else str(at["hash"]), []).append(name)
    branches = [_branch(tuple(names), heads[names[0]]) for names in sides.values()]
    return Fork(common, tuple(sorted(branches, key=lambda branch: len(branch.nodes))))


def alarm_of(fork: Fork) -> Alarm:
    """Say what a fork is, and its cure."""
    sides = "; ".join(f"{', '.join(one.nodes)}: {one.number} {one.block_hash[:18]}…" for one in fork.branches)
    back = ", ".join(fork.branches[0].nodes)
    return Alarm(
        "deadlock",
        down=True,
        zh=f"区块 {fork.common} 之后有难度相同的两个分支，不会自行合并：{sides}",
        en=f"two branches of equal difficulty above block {fork.common} will never heal by themselves: {sides}",
        hint_zh=f"仅在一方（{back}）的每个节点上：huren-node rewind --to {fork.common} --yes；之后它会取得另一分支，"
        "被放弃区块中的交易由原发送方重发",
        hint_en=f"on each node of one side only ({back}): huren-node rewind --to {fork.common} --yes. It then fetches "
        "the other branch; transactions of the blocks given up are sent again by whoever sent them",
    )


def _branch(names: tuple[str, ...], head: dict[str, Any]) -> Branch:
    told = head.get("totalDifficulty")
    difficulty = None if told is None else int(told, 16)
    return Branch(names, int(head["number"], 16), str(head["hash"]), difficulty)


def _agree(nodes: Sequence[JsonRpc], number: int) -> bool:
    found = [_block(rpc, hex(number)) for rpc in nodes]
    return len({block["hash"] for block in found if block is not None}) <= 1


def _block(rpc: JsonRpc, number: str) -> dict[str, Any] | None:
    try:
        block = rpc.call("eth_getBlockByNumber", number, False)  # noqa: FBT003 - JSON-RPC
    except (RpcUnreachable, RpcError):
        return None
    return block if isinstance(block, dict) else None
