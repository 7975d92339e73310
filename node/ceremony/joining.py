"""Rows of network.toml after the founding: a later member's card becomes one, a member that left keeps its own.

Block 0 is not touched. A new row is written at the end of the file, so all members who add the same cards in the same
order have the same bytes.
"""

from __future__ import annotations

from dataclasses import replace as replace_fields
from typing import TYPE_CHECKING

from node.ceremony.kept import keep, require_newest
from node.client.deployment import Deployment, Province
from node.client.errors import Exit, NodeError
from node.client.files import write_whole
from node.description import DescriptionError, describe
from node.description.writing import row_of

if TYPE_CHECKING:
    from pathlib import Path

    from node.ceremony.card import Card
    from node.description import Description, Member
    from node.layout import Layout


class RowExistsError(NodeError):
    """network.toml at `path` has a row for `province`, and it says something else than the card."""

    exit_code = Exit.AGAINST

    def __init__(self, path: Path, province: int) -> None:
        super().__init__(
            f"{path} 已有 {province} 的一行，内容与此卡不同，未作改动。更换密钥或地址须各成员一致：请用 --replace",
            f"{path} has a row for {province} that says something else than this card; nothing was changed. A change "
            "of keys or of address is made by all members alike: add --replace",
        )
        self.path = path
        self.province = province


class FounderError(NodeError):
    """`province` founded the network with a vote, and the card would make it an observer."""

    exit_code = Exit.AGAINST

    def __init__(self, path: Path, province: int) -> None:
        super().__init__(
            f"{province} 是创始成员，其行说明谁成立了联盟，不能改为观察者。它若退出，请用 network leave {province}",
            f"{province} founded the network: its row in {path} says who did, and cannot become an observer's. If it "
            f"left, mark it: network leave {province}",
        )
        self.path = path
        self.province = province


class NotAMemberError(NodeError):
    """network.toml at `path` has no row for `province`."""

    exit_code = Exit.AGAINST

    def __init__(self, path: Path, province: int) -> None:
        super().__init__(
            f"{path} 中没有 {province}。请核对省份代码", f"{path} has no row for {province}. Check the province's code"
        )
        self.path = path
        self.province = province


class CardDoesNotFitError(NodeError):
    """The card cannot become a row beside those of network.toml at `path`: `findings` say why."""

    exit_code = Exit.AGAINST

    def __init__(self, path: Path, card: Path, findings: tuple[tuple[str, str], ...]) -> None:
        listed = "; ".join(what for _, what in findings)
        super().__init__(
            f"成员卡 {card} 与 {path} 中的成员冲突：{listed}。请该成员重新出具",
            f"the card {card} does not fit beside the rows of {path}: {listed}. Ask for another one",
        )
        self.path = path
        self.findings = findings


def add(layout: Layout, card: Card, card_path: Path, *, replace: bool = False) -> tuple[Description, bool]:
    """Make the card's row in network.toml; return the network then, and whether anything was changed.

    Args:
        layout: the folder.
        card: a checked card (`node.ceremony.card.read`).
        card_path: where it came from, for what is said of it.
        replace: change the row of a member that is there (a new node key, another address).

    Raises:
        RowExistsError: there is another row of this province, and `replace` is not set.
        CeremonyError: a newer card of this member was taken before.
        FounderError: the card would take a founder's vote out of what was founded.
        CardDoesNotFitError: an address, a key, a name or an endpoint is another member's.
        DescriptionError: network.toml cannot be read.
    """
    path = layout.description
    known, text = _read(path)
    there = known.row(card.member.province)
    require_newest(layout, card, card_path)
    row = card.member.model_copy(update={"founding": _founded(there, card.member, path)})
    if there == row:
        keep(layout, card)
        return known, False
    if there is not None and not replace:
        raise RowExistsError(path, card.member.province)
    if taken := _names_taken(known, row):
        raise CardDoesNotFitError(path, card_path, taken)
    changed = text + row_of(row) if there is None else text.replace(_found(text, row_of(there), path), row_of(row))
    try:
        described = describe(changed, path)
    except DescriptionError as error:
        raise CardDoesNotFitError(path, card_path, error.findings) from error
    write_whole(path, changed.encode())
    keep(layout, card)
    return described, True


def _founded(there: Member | None, card: Member, path: Path) -> bool:
    """Return whether the row is among the founders: one that only read at first, and votes now, was not one."""
    if there is None or there.role == card.role:
        return there is not None and there.founding
    if there.role == "member" and there.founding:
        raise FounderError(path, card.province)
    return False


def _names_taken(known: Description, row: Member) -> tuple[tuple[str, str], ...]:
    """Say which names of the row are another member's: people would take one for the other."""
    others = [one for one in known.member if one.province != row.province]
    return tuple(
        (field, f"{field} {getattr(row, field)} is {one.province}'s")
        for field in ("name_zh", "name_en")
        for one in others
        if getattr(one, field) == getattr(row, field)
    )


def leave(layout: Layout, province: int) -> tuple[Description, bool]:
    """Mark the row of a member that left; return the network then, and whether anything was changed.

    Its node is nobody's peer from then on, and nothing is sealed to it. It founded what it founded: the row stays.

    Raises:
        NotAMemberError: there is no such row.
        DescriptionError: network.toml cannot be read, or somebody wrote the row by hand.
    """
    path = layout.description
    known, text = _read(path)
    there = known.row(province)
    if there is None:
        raise NotAMemberError(path, province)
    if there.left:
        return known, False
    gone = row_of(there.model_copy(update={"left": True}))
    changed = text.replace(_found(text, row_of(there), path), gone)
    described = describe(changed, path)
    write_whole(path, changed.encode())
    return described, True


def name_members(layout: Layout, description: Description) -> bool:
    """Let deployment.json, where there is one, name those that joined since it was written; return whether it did.

    Gateways read the names of provinces from it. The contracts and where they begin stay as they are.

    Raises:
        DeploymentFileError: it cannot be read.
    """
    if not layout.deployment.exists():
        return False
    known = Deployment.load(layout.deployment)
    lacking = {
        row.province: Province(name_zh=row.name_zh, name_en=row.name_en)
        for row in description.member
        if row.role == "member" and row.province not in known.provinces
    }
    if lacking:
        replace_fields(known, provinces={**known.provinces, **lacking}).save(layout.deployment)
    return bool(lacking)


def _read(path: Path) -> tuple[Description, str]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DescriptionError(path, (("", str(error)),)) from error
    return describe(text, path), text


def _found(text: str, row: str, path: Path) -> str:
    """Return the row as the file has it.

    Raises:
        DescriptionError: somebody wrote it otherwise than the ceremony does, and must change it by hand.
    """
    if text.count(row) != 1:
        raise DescriptionError(
            path, (("member", "this row was not written by huren-node: change it by hand, at every member alike"),)
        )
    return row
