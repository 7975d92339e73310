"""Whether a member still sits: one whose row is marked as left is nobody's peer any more, and must not seal by then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from node.client.deployment import Deployment
from node.client.errors import Exit, NodeError
from node.client.rpc import JsonRpc
from node.engines.factory import client_at
from node.governance.observing import members

if TYPE_CHECKING:
    from node.description import Member
    from node.layout import Layout


class StillSittingError(NodeError):
    """`province` is a member in force, or its validator is in the set."""

    exit_code = Exit.AGAINST

    def __init__(self, province: int, *, member: bool) -> None:
        zh = "仍是联盟成员" if member else "的验证节点仍在集合中"
        en = "is still a member of the consortium" if member else "still has its validator in the set"
        super().__init__(
            f"{province} {zh}：标记后各节点不再与它相连，可能使链停止；未作改动。"
            "请待其退出（member leave 或除名动议），并由 governance apply 移出验证节点",
            f"{province} {en}: marked, it would be nobody's peer, and the chain might stand; nothing was changed. Wait "
            "until it left (member leave, or a motion) and governance apply took its validator out",
        )
        self.province = province


class SittingUnknownError(NodeError):
    """The chain could not be asked whether `province` still sits."""

    def __init__(self, province: int, why: NodeError) -> None:
        super().__init__(
            f"无法向链核对 {province} 是否已离开（{why.zh}）；未作改动。请先启动本节点，或核对后加 --yes",
            f"the chain cannot be asked whether {province} left ({why.en}); nothing was changed. Bring this node up "
            "first, or check it and add --yes",
        )
        self.province = province


def require_gone(layout: Layout, row: Member, *, unseen: bool) -> None:
    """Refuse to take a member for one that left while the chain says that it sits.

    Args:
        layout: this member's folder.
        row: of the member that is to be marked.
        unseen: go on where the chain cannot be asked.

    Raises:
        StillSittingError: it is a member in force, or its validator is in the set.
        SittingUnknownError: the node does not answer, or nothing is deployed, and `unseen` is not said.
    """
    try:
        engine = client_at(layout)
        validators = engine.validators()
        with JsonRpc(engine.rpc_url) as rpc:
            in_force = members(rpc, Deployment.load(layout.deployment))
    except NodeError as error:
        if unseen:
            return
        raise SittingUnknownError(row.province, error) from error
    if row.province in in_force:
        raise StillSittingError(row.province, member=True)
    if row.node is not None and row.node.validator in validators:
        raise StillSittingError(row.province, member=False)
