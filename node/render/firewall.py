"""The firewall of a member's machine in words: who reaches which port for what. Its administrators need read no code.

Everything that is not in the table stays closed. A port without a peer is for the machine's own use.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Final

from node.description import BesuEngine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from node.description import Description, Member, MemberNode
    from node.local import Local

_HEAD: Final = """\
{name} · {zh} {en}（{province}）
防火墙规则：除下列各项外一律关闭 / firewall: everything that is not listed stays closed

"""
_TAIL: Final = """
时间同步：节点时钟须与标准时间一致（误差小于 1 秒），放行本省时间服务器的 NTP（UDP 123，出站）
the clock must be right (within a second): let NTP out to your own time server (UDP 123)
成员变动后请重新运行 huren-node render，并按新表更新
run huren-node render again when members change, and follow the new table
"""
_CHAIN: Final = ("链节点互联", "chain peers")
_SWARM: Final = ("文档互联（私有 IPFS）", "documents (private IPFS)")


def firewall(description: Description, local: Local) -> str:
    """Return the table, in both languages; peers in the order of rows."""
    own = description.row(local.province)
    head = _HEAD.format(
        name=description.name,
        zh=own.name_zh if own else "",
        en=own.name_en if own else "",
        province=local.province,
    )
    return head + "".join(f"{line}\n" for line in _lines(description, local)) + _TAIL


def _lines(description: Description, local: Local) -> Iterator[str]:
    own = next((node for row, node in description.nodes if row.province == local.province), None)
    others = [
        (row, local.seen(row.province, node)) for row, node in description.nodes if row.province != local.province
    ]
    if own is not None:
        for row, node in others:
            for port, (zh, en) in ((own.p2p_port, _CHAIN), (own.swarm_port, _SWARM)):
                yield (
                    f"入站 TCP {port}　来自 {_who(row, node)}：{zh} / inbound TCP {port} from {row.name_en} "
                    f"({node.host}): {en}"
                )
    for row, node in others:
        for port, (zh, en) in ((node.p2p_port, _CHAIN), (node.swarm_port, _SWARM)):
            yield (
                f"出站 TCP {port}　去往 {_who(row, node)}：{zh} / outbound TCP {port} to {row.name_en} "
                f"({node.host}): {en}"
            )
    yield from _inside(description, local)


def _inside(description: Description, local: Local) -> Iterator[str]:
    """What only this machine, or this province's gateway, may reach."""
    if ipaddress.ip_address(local.rpc_host).is_loopback:
        who = ("仅本机", "this machine only")
    else:
        who = (
            f"仅本省网关，经 {local.rpc_host}；该接口没有口令",
            f"this province's gateway only, on {local.rpc_host}: it asks for no password",
        )
    here = ("仅本机", "this machine only")
    yield _closed(local.rpc_port, who, ("链节点接口（网关使用）", "chain RPC, for the gateway"))
    if not isinstance(description.engine, BesuEngine):
        yield _closed(local.authrpc_port, here, ("链节点备用接口，无人使用", "a second RPC that nothing uses"))
    yield _closed(local.ipfs_api_port, here, ("IPFS 接口（网关凭令牌使用）", "IPFS API, for the gateway, by token"))
    yield _closed(local.metrics_port, here, ("监控指标", "metrics"))


def _closed(port: int, who: tuple[str, str], what: tuple[str, str]) -> str:
    return f"不对外 TCP {port}　{who[0]}：{what[0]} / not opened: TCP {port}, {who[1]}: {what[1]}"


def _who(row: Member, node: MemberNode) -> str:
    return f"{row.name_zh}（{node.host}）"
