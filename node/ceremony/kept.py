"""The newest card of each member that this folder has taken: an older one, sent again, is refused.

keep(layout, card)                  # cards/320000.json
require_newest(layout, card, path)

A card that a member wrote before it replaced a key still proves every key on it, also the one that was stolen. Whoever
sends it again would have the old key put back (decision 0285).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from node.ceremony.card import read
from node.ceremony.findings import CeremonyError, Finding
from node.client.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from node.ceremony.card import Card
    from node.layout import Layout


def keep(layout: Layout, card: Card) -> None:
    """Remember the card below `layout`, unless a newer one of its member is there."""
    kept, content = _kept(layout, card.member.province), card.encode()
    known = _known(kept)
    if known is None or (known.made <= card.made and known.encode() != content):
        write_whole(kept, content)


def require_newest(layout: Layout, card: Card, path: Path) -> None:
    """Refuse the card that came from `path` where this folder has taken a newer one of the same member.

    Raises:
        CeremonyError: it has.
    """
    kept = _kept(layout, card.member.province)
    known = _known(kept)
    if known is not None and known.made > card.made:
        raise CeremonyError(
            [
                Finding(
                    path,
                    "made",
                    f"此卡出具于 {card.made}，而 {kept} 已有 {known.made} 的新卡：旧卡可能是被人重放的。"
                    "请向该成员索取最新的 card.json；若其时钟曾经有误，请移走已有的一张",
                    f"this card was written at {card.made}, and {kept} is a newer one, of {known.made}: somebody may "
                    "have sent an old card again. Ask the member for its newest; if its clock was wrong, move the kept "
                    "one away",
                )
            ]
        )


def _kept(layout: Layout, province: int) -> Path:
    return layout.cards / f"{province}.json"


def _known(path: Path) -> Card | None:
    """Return the card that is kept; one that is damaged is as good as none."""
    try:
        return read(path)
    except CeremonyError:
        return None
