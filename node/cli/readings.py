"""How the readings of nodes look to a person: one node as a list, several as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

from node.cli.chain import moment
from node.client.terminal import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from node.health.reading import ChainReading, Reading

_WHAT = (
    "引擎 / engine",
    "进程 / processes",
    "区块 / block",
    "距今 / age",
    "终局区块 / final block",
    "距今 / its age",
    "节点 / peers",
    "验证者 / validators",
    "缺席 / missed",
    "出块 / seals",
    "区块延迟 / block delay",
    "IPFS 节点 / peers",
    "IPFS 固定 / pins",
    "磁盘剩余 / disk free",
)
_COLUMNS = (
    "省份\nprovince",
    "区块\nblock",
    "距今\nage",
    "终局\nfinal",
    "节点\npeers",
    "验证者\nvalidators",
    "出块\nseals",
    "缺席\nmissed",
    "IPFS\npeers",
    "磁盘\ndisk",
)


def one_node(reading: Reading, title: str) -> Table:
    """One node: what, and how."""
    table = Table(title=title, title_justify="left", show_header=False, box=None, pad_edge=False)
    for _ in ("what", "value"):
        table.add_column(overflow="fold")
    for what, value in zip(_WHAT, _rows(reading), strict=True):
        table.add_row(what, "—" if value is None else str(value))
    return table


def several_nodes(readings: Sequence[Reading], title: str, names: Mapping[int, str]) -> Table:
    """Several nodes: one a line, with the turns that each one's validator has missed as it sees them itself."""
    table = Table(*_COLUMNS, title=title, title_justify="left", box=None, pad_edge=False)
    for reading in readings:
        chain, ipfs = reading.chain, reading.ipfs
        first = names.get(reading.province, str(reading.province))
        own = next((one for one in chain.validators if one.province == reading.province), None) if chain else None
        table.add_row(
            first,
            *(
                ("—",) * 6
                if chain is None
                else (
                    str(chain.height),
                    f"{chain.head_age:.0f} s",
                    str(chain.final),
                    f"{len(chain.provinces)}/{chain.expected}",
                    f"{chain.present}/{len(chain.validators)}",
                    _seals(chain),
                )
            ),
            "—" if own is None else f"{own.missed}/{own.turns}",
            "—" if ipfs is None or not ipfs.answering else f"{ipfs.peers}/{ipfs.expected}",
            f"{reading.disk_free / 1e9:.1f} GB",
        )
    return table


def _seals(chain: ChainReading) -> str:
    return say("是", "yes") if chain.sealing else say("同步中", "syncing") if chain.syncing else say("否", "no")


def _rows(reading: Reading) -> tuple[object, ...]:
    chain, ipfs = reading.chain, reading.ipfs
    # The supervisor's own view is up to two seconds old; the client's process was looked for just now.
    pids = {one.name: one.pid for one in reading.programs} | {"chain": reading.chain_pid}
    programs = ", ".join(f"{name} {pid or '—'}" for name, pid in pids.items())
    return (
        reading.engine,
        f"supervisor {reading.supervisor or '—'}, {programs}",
        *(_chain_rows(chain) if chain is not None else (None,) * 9),
        None if ipfs is None or not ipfs.answering else f"{ipfs.peers} / {ipfs.expected}",
        None if ipfs is None or not ipfs.answering else f"{ipfs.pins} ({ipfs.size / 1e6:.1f} MB)",
        f"{reading.disk_free / 1e9:.1f} GB",
    )


def _chain_rows(chain: ChainReading) -> tuple[object, ...]:
    missed = ", ".join(f"{one.province or one.address}: {one.missed}/{one.turns}" for one in chain.validators)
    return (
        f"{chain.height} {moment(chain.head_time)}",
        f"{chain.head_age:.0f} s",
        chain.final,
        f"{chain.final_age:.0f} s",
        f"{len(chain.provinces)} / {chain.expected}",
        f"{chain.present} / {len(chain.validators)}（须 / needed {chain.needed}）",
        missed,
        _seals(chain),
        None if chain.delay is None else f"{chain.delay:.1f} s",
    )
