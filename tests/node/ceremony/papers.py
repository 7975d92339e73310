"""What the tests of the ceremony stand on: members with folders of their own, and a plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from node.ceremony import card as cards
from node.ceremony import member
from node.ceremony.member import Applicant
from node.layout import Layout
from node.local import Local

if TYPE_CHECKING:
    from pathlib import Path

    from node.ceremony.card import Card
    from node.ceremony.plan import Plan

PASSPHRASE = "four words of nobody"
CHEAP = 2
"""scrypt's N of keys that are thrown away."""
NOW = 1_790_000_000.0
NAMES = {
    310_000: ("上海市", "Shanghai"),
    320_000: ("江苏省", "Jiangsu"),
    330_000: ("浙江省", "Zhejiang"),
    340_000: ("安徽省", "Anhui"),
    500_000: ("重庆市", "Chongqing"),
}
PLAN = """
name = "a-network"
chain_id = 860
chairs = [330000, 310000, 340000, 320000]

[engine]
kind = "geth"
genesis_time = 1_790_000_000
"""


def applicant(province: int, *, role: str = "member", host: str | None = None, p2p_port: int = 30_303) -> Applicant:
    """What a province says of itself."""
    zh, en = NAMES[province]
    return Applicant(
        province=province,
        role="member" if role == "member" else "observer",
        name_zh=zh,
        name_en=en,
        host=host or f"10.0.{province // 10_000}.5",
        p2p_port=p2p_port,
        swarm_port=4001,
        daily_leaves=1_000,
    )


def join(folder: Path, who: Applicant, *, passphrase: str = PASSPHRASE, reissue: bool = False) -> Layout:
    """Make the folder of a member."""
    layout = Layout(folder)
    local = Local(province=who.province)
    member.new(layout, who, local, passphrase, scrypt_cost=CHEAP, now=NOW, reissue=reissue)
    return layout


@dataclass(frozen=True, slots=True, eq=False)
class Ceremony:
    """Four founders and one who comes later; the plan of the four."""

    layouts: dict[int, Layout]
    plan_path: Path
    plan: Plan

    @property
    def founders(self) -> list[Path]:
        """The cards of the four."""
        return [self.layouts[province].card for province in self.plan.chairs]

    def card(self, province: int) -> Card:
        """The card of one of them."""
        return cards.read(self.layouts[province].card)

    def cards(self) -> dict[Path, Card]:
        """The checked cards of the four, by their files."""
        return {path: cards.read(path) for path in self.founders}
