"""From a plan and everybody's cards to the network's two files, the same bytes wherever and in whatever order.

assembly = assemble(plan, plan_path, {path: card, …})
assembly.network, assembly.genesis            # contents of network.toml and genesis.json
assembly.fingerprint                          # what operators read to each other
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from node.ceremony.findings import CeremonyError, Finding
from node.ceremony.kept import keep
from node.ceremony.proofs import provable
from node.client.errors import Exit, NodeError
from node.client.files import write_whole
from node.client.fingerprint import spoken
from node.description import Description
from node.description.writing import text_of
from node.genesis import document, genesis, genesis_hash

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from node.ceremony.card import Card
    from node.ceremony.plan import Plan
    from node.description import Member
    from node.layout import Layout


class OtherNetworkError(NodeError):
    """The folder holds another network's file at `path`."""

    exit_code = Exit.AGAINST

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} 已存在且内容不同，未作改动。请核对方案与成员卡，或另选目录",
            f"{path} exists and says something else; nothing was changed. Compare the plan and the cards, or choose "
            "another folder",
        )
        self.path = path


@dataclass(frozen=True, slots=True)
class Assembly:
    """A network's two files.

    Attributes:
        description: the network; network, genesis: the bytes of network.toml and genesis.json.
        cards: what its rows were made of.
    """

    description: Description
    network: bytes
    genesis: bytes
    cards: tuple[Card, ...]

    @property
    def genesis_hash(self) -> str:
        """The hash of block 0, 0x-hex."""
        return genesis_hash(document(self.description))

    @property
    def fingerprint(self) -> str:
        """Of both files, to be read out."""
        return fingerprint(self.network, self.genesis)

    def save(self, layout: Layout) -> tuple[Path, ...]:
        """Write both files below `layout`, keep the cards, and return those of the two that were not there yet.

        Raises:
            OtherNetworkError: one is there and says something else; nothing is written.
        """
        files = {layout.genesis: self.genesis, layout.description: self.network}
        for path, content in files.items():
            if path.exists() and path.read_bytes() != content:
                raise OtherNetworkError(path)
        for card in self.cards:
            keep(layout, card)
        lacking = [path for path in files if not path.exists()]
        for path in lacking:
            write_whole(path, files[path])
        return tuple(lacking)


def fingerprint(network: bytes, genesis_file: bytes) -> str:
    """Return the fingerprint of a network's two files, as `node.client.fingerprint` writes it."""
    digests = hashlib.sha256(network).digest() + hashlib.sha256(genesis_file).digest()
    return spoken(b"huren.network/1\n" + digests)


def assemble(plan: Plan, plan_path: Path, cards: Mapping[Path, Card]) -> Assembly:
    """Make the network of a plan and its cards.

    Args:
        plan: what was agreed on.
        plan_path: where it stands, for what is said of it.
        cards: checked cards (`node.ceremony.card.read`) by the file that each came from.

    Raises:
        CeremonyError: a card is lacking, not expected, or claims what another does; with every finding.
    """
    cards = _once(cards)
    findings = [*_unexpected(plan, plan_path, cards), *_lacking(plan, plan_path, cards), *_clashes(cards)]
    if not plan.trial:
        findings += _unreachable(cards)
    if findings:
        raise CeremonyError(findings)
    rows = {card.member.province: card.member for card in cards.values()}
    description = Description(
        name=plan.name,
        chain_id=plan.chain_id,
        trial=plan.trial,
        engine=plan.engine,
        consortium=plan.consortium,
        ipfs=plan.ipfs,
        member=tuple(rows[province] for province in plan.provinces),
    )
    return Assembly(description, text_of(description).encode(), genesis(description), tuple(cards.values()))


def _once(cards: Mapping[Path, Card]) -> dict[Path, Card]:
    """Return each card once, by province, then date, then file: the same copied to two places says nothing new."""
    found: dict[bytes, tuple[Path, Card]] = {}
    for path in sorted(cards, key=lambda one: (cards[one].member.province, cards[one].made, str(one))):
        found.setdefault(cards[path].encode(), (path, cards[path]))
    return dict(found.values())


def _unexpected(plan: Plan, plan_path: Path, cards: Mapping[Path, Card]) -> Iterator[Finding]:
    for path, card in cards.items():
        province, role = card.member.province, card.member.role
        if province not in plan.provinces:
            yield Finding(
                path,
                "member.province",
                f"方案 {plan_path} 没有 {province}。请从命令中去掉此卡，或修改方案",
                f"the plan {plan_path} does not expect {province}. Leave the card out, or change the plan",
            )
        elif role != ("member" if province in plan.chairs else "observer"):
            yield Finding(
                path,
                "member.role",
                f"卡片写的是 {role}，与方案不符。请修改方案，或由该成员以另一角色重新出具",
                f"the card says {role}, the plan does not. Change the plan, or ask for a card with the other role",
            )


def _lacking(plan: Plan, plan_path: Path, cards: Mapping[Path, Card]) -> Iterator[Finding]:
    there = {card.member.province for card in cards.values()}
    for province in plan.provinces:
        if province not in there:
            yield Finding(
                plan_path,
                str(province),
                "缺少该成员的卡片，请向其索取 card.json",
                "this member's card is lacking: ask for its card.json",
            )


def _clashes(cards: Mapping[Path, Card]) -> Iterator[Finding]:
    """Find what two cards claim; told in the order of provinces, whatever order they came in."""
    claims: dict[str, list[tuple[Path, str]]] = defaultdict(list)
    by_province: dict[int, tuple[Path, Card]] = {}
    for path, card in cards.items():
        province = card.member.province
        if province in by_province:  # an older one of the same member shares nearly all with it: said once
            yield _two_cards(path, card, *by_province[province])
            continue
        by_province[province] = path, card
        for field, value in _claimed(card.member).items():
            claims[value].append((path, f"member.{field}"))
    for value, places in claims.items():
        first, first_field = places[0]
        for path, field in places[1:]:
            yield Finding(
                path,
                field,
                f"{value} 已由 {first} 的 {first_field} 使用。请相关成员核对后重新出具其中一张",
                f"{value} is taken by {first}, {first_field}. One of the two must be written anew",
            )


def _claimed(member: Member) -> dict[str, str]:
    """Return what a card claims for its member alone, by field."""
    claimed = {"name_zh": member.name_zh, "name_en": member.name_en, **provable(member)}
    if (node := member.node) is not None:
        claimed["node.validator"] = node.validator
        claimed["node.p2p_port"] = f"{node.host} {node.p2p_port}"
        claimed["node.swarm_port"] = f"{node.host} {node.swarm_port}"
    return claimed


def _two_cards(path: Path, card: Card, first: Path, other: Card) -> Finding:
    return Finding(
        path,
        "member.province",
        f"{card.member.province} 有两张不同的成员卡：{first}（{other.made}）与此卡（{card.made}）。"
        "请与该成员核对指纹，只给出有效的一张",
        f"{card.member.province} has two different cards, {first} ({other.made}) and this one ({card.made}). Compare "
        "fingerprints with the member, and give the one that holds",
    )


def _unreachable(cards: Mapping[Path, Card]) -> Iterator[Finding]:
    for path, card in cards.items():
        node = card.member.node
        if node is not None and ipaddress.ip_address(node.host).is_loopback:
            yield Finding(
                path,
                "member.node.host",
                f"{node.host} 只能在本机访问。请该成员以对外地址重新出具（--reissue）",
                f"{node.host} is reached from its own machine alone. Ask for a card with an outside address "
                "(--reissue)",
            )
