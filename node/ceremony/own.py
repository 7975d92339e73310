"""Whether a network's row of this member is its own: a card put in the place of ours would give our seat to another.

require_own_row(description, layout, province)               # the machine's three keys
require_own_row(description, layout, province, accounts=True)   # and the accounts, before there is a chain
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from node.ceremony.card import read as read_card
from node.ceremony.findings import CeremonyError
from node.ceremony.keys import read
from node.client.errors import Exit, NodeError
from node.client.keystores import address_of

if TYPE_CHECKING:
    from pathlib import Path

    from node.ceremony.keys import NodeKeys
    from node.description import Description
    from node.layout import Layout


class NotOurRowError(NodeError):
    """In the network, `field` of this member's row is not what this machine's key says."""

    exit_code = Exit.AGAINST

    def __init__(self, province: int, field: str, found: object, own: object) -> None:
        super().__init__(
            f"网络描述中 {province} 的 {field} 为 {found}，而本机密钥为 {own}：成员卡可能被人替换。"
            "请停止建网，并与其他成员核对成员卡",
            f"the network says {found} for {field} of {province}, this machine's key says {own}: somebody may have "
            "put another card in the place of yours. Stop, and compare cards with the other members",
        )
        self.province = province
        self.field = field


class RowBeforeRotationError(NodeError):
    """The row says what this member's key was before it was replaced: the new card, at `card`, has to be added."""

    exit_code = Exit.AGAINST

    def __init__(self, province: int, field: str, found: object, own: object, card: Path) -> None:
        super().__init__(
            f"网络描述中 {province} 的 {field} 仍是更换之前的 {found}，本机密钥与成员卡为 {own}。"
            f"请各成员运行 huren-node network add {card.name} --replace",
            f"the network says {found} for {field} of {province}, from before the key was replaced; this machine's key "
            f"and card say {own}. Every member runs huren-node network add {card.name} --replace",
        )
        self.province = province
        self.field = field
        self.card = card


class NoRowError(NodeError):
    """The network has no row with a node for `province`, whose keys are on this machine."""

    exit_code = Exit.AGAINST

    def __init__(self, path: Path, province: int) -> None:
        super().__init__(
            f"{path} 中没有 {province} 的节点，而本机是 {province} 的。请核对成员卡",
            f"{path} has no node of {province}, which this machine belongs to. Compare the cards",
        )
        self.path = path
        self.province = province


def require_own_row(description: Description, layout: Layout, province: int, *, accounts: bool = False) -> None:
    """Refuse a network in which this member's keys are not its own.

    Args:
        description: the network.
        layout: this member's folder.
        province: whose it is.
        accounts: compare the accounts as well, where their key files are here. Once there is a chain they may be
            replaced by the contract's own rules, which network.toml does not follow.

    Raises:
        NoRowError: there is no row of `province`, or it has no node.
        NotOurRowError: a key or an account in it is another. RowBeforeRotationError: a key of the machine is, because
            it was replaced: the card of this folder says the new one.
        KeyFileError, KeystoreError: a key of this machine cannot be read.
    """
    row = description.row(province)
    if row is None or row.node is None:
        raise NoRowError(layout.description, province)
    keys = read(layout)
    fields: dict[str, tuple[object, object]] = {
        "node.public_key": (row.node.public_key, keys.public_key),
        "node.exchange_key": (row.node.exchange_key, keys.exchange_public),
        "node.peer_id": (row.node.peer_id, keys.peer_id),
    }
    named = {"admin": row.admin, "recovery": row.recovery}
    named |= {operator.name: operator.account for operator in row.operator}
    for name, account in named.items() if accounts else ():
        if (path := layout.account(name)).exists():
            fields[name] = (account, address_of(path))
    for field, (found, own) in fields.items():
        if found != own:
            if not accounts and _on_our_card(layout, province, keys):
                raise RowBeforeRotationError(province, field, found, own, layout.card)
            raise NotOurRowError(province, field, found, own)


def _on_our_card(layout: Layout, province: int, keys: NodeKeys) -> bool:
    """Tell whether the card of this folder names this machine's three keys."""
    try:
        member = read_card(layout.card).member
    except CeremonyError:
        return False
    node = member.node
    return (
        node is not None
        and member.province == province
        and (node.public_key, node.exchange_key, node.peer_id) == (keys.public_key, keys.exchange_public, keys.peer_id)
    )
