"""A later member's card becomes a row, and block 0 stays as it is."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from node.ceremony import card as cards
from node.ceremony import plan as plans
from node.ceremony.assembly import assemble
from node.ceremony.findings import CeremonyError
from node.ceremony.joining import CardDoesNotFitError, FounderError, NotAMemberError, RowExistsError, add, leave
from node.description import DescriptionError, read
from node.genesis import genesis
from node.layout import Layout
from tests.node.ceremony.papers import applicant, join

if TYPE_CHECKING:
    from pathlib import Path

    from tests.node.ceremony.papers import Ceremony


@pytest.fixture
def layout(ceremony: Ceremony, tmp_path: Path) -> Layout:
    """A member's folder with the network of the four."""
    layout = Layout(tmp_path / "member")
    assemble(ceremony.plan, ceremony.plan_path, ceremony.cards()).save(layout)
    return layout


def test_a_newcomers_row_comes_last_and_is_not_founding(ceremony: Ceremony, layout: Layout) -> None:
    block_0, before = layout.genesis.read_bytes(), layout.description.read_bytes()
    newcomer = ceremony.layouts[500_000].card
    description, changed = add(layout, cards.read(newcomer), newcomer)
    assert changed
    assert read(layout.description) == description
    assert layout.description.read_bytes().startswith(before)
    row = description.member[-1]
    assert (row.province, row.founding) == (500_000, False)
    assert row.model_copy(update={"founding": True}) == ceremony.card(500_000).member
    assert layout.genesis.read_bytes() == block_0
    assert [member.province for member in description.founders] == list(ceremony.plan.chairs)


def test_members_who_add_the_same_card_have_the_same_bytes(ceremony: Ceremony, layout: Layout, tmp_path: Path) -> None:
    other = Layout(tmp_path / "other")
    assemble(ceremony.plan, ceremony.plan_path, ceremony.cards()).save(other)
    newcomer = ceremony.layouts[500_000].card
    for one in (layout, other):
        add(one, cards.read(newcomer), newcomer)
    assert layout.description.read_bytes() == other.description.read_bytes()


def test_added_again_nothing_changes(ceremony: Ceremony, layout: Layout) -> None:
    newcomer = ceremony.layouts[500_000].card
    add(layout, cards.read(newcomer), newcomer)
    before = layout.description.read_bytes()
    assert add(layout, cards.read(newcomer), newcomer)[1] is False
    assert add(layout, ceremony.card(310_000), ceremony.layouts[310_000].card)[1] is False
    assert layout.description.read_bytes() == before


def test_a_member_that_moved_keeps_its_chair_and_its_founding(
    ceremony: Ceremony, layout: Layout, tmp_path: Path
) -> None:
    moved = join(tmp_path / "moved", applicant(310_000, host="10.9.9.9"))
    card = cards.read(moved.card)
    before = layout.description.read_bytes()
    with pytest.raises(RowExistsError) as error:
        add(layout, card, moved.card)
    assert error.value.province == 310_000
    assert layout.description.read_bytes() == before
    description, changed = add(layout, card, moved.card, replace=True)
    assert changed
    assert [row.province for row in description.member] == list(ceremony.plan.chairs)
    row = description.row(310_000)
    assert row is not None
    assert row == card.member
    others = [row for row in description.member if row.province != 310_000]
    assert others == [ceremony.card(province).member for province in ceremony.plan.chairs if province != 310_000]


def test_a_newcomer_at_a_taken_address_is_refused_and_nothing_is_written(
    ceremony: Ceremony, layout: Layout, tmp_path: Path
) -> None:
    taken = ceremony.card(310_000).member.node
    assert taken is not None
    guest = join(tmp_path / "guest", applicant(500_000, host=taken.host))
    before = layout.description.read_bytes()
    with pytest.raises(CardDoesNotFitError, match="two nodes have one endpoint"):
        add(layout, cards.read(guest.card), guest.card)
    assert layout.description.read_bytes() == before


def test_a_newcomer_with_a_members_name_is_refused(layout: Layout, tmp_path: Path) -> None:
    guest = join(tmp_path / "guest", replace(applicant(500_000), name_zh="上海市"))
    with pytest.raises(CardDoesNotFitError, match="name_zh 上海市 is 310000's"):
        add(layout, cards.read(guest.card), guest.card)


def test_an_old_card_that_is_sent_again_puts_no_old_key_back(
    ceremony: Ceremony, layout: Layout, tmp_path: Path
) -> None:
    """Every key on it signed it, also the one that was stolen since: only its date says that it is old."""
    old = ceremony.layouts[310_000].card
    member = shutil.copytree(old.parent, tmp_path / "m")
    (member / "keys" / "node.key").unlink()
    new = join(member, applicant(310_000), reissue=True).card
    add(layout, cards.read(new), new, replace=True)
    before = layout.description.read_bytes()
    with pytest.raises(CeremonyError) as error:
        add(layout, cards.read(old), old, replace=True)
    assert [(one.path, one.field) for one in error.value.findings] == [(old, "made")]
    assert layout.description.read_bytes() == before
    assert add(layout, cards.read(new), new)[1] is False
    (layout.cards / "310000.json").write_bytes(b"{}")  # what is kept is a memory, not a condition
    assert add(layout, cards.read(new), new)[1] is False
    assert cards.read(layout.cards / "310000.json") == cards.read(new)


def test_an_observer_that_gets_a_vote_was_no_founder(ceremony: Ceremony, tmp_path: Path) -> None:
    plan = tmp_path / "plan.toml"
    text = ceremony.plan_path.read_text(encoding="utf-8").replace("\n[engine]", "observers = [500000]\n\n[engine]")
    plan.write_text(text, encoding="utf-8")
    watcher = join(tmp_path / "watcher", applicant(500_000, role="observer"), passphrase="")
    layout = Layout(tmp_path / "member")
    assemble(plans.read(plan), plan, {**ceremony.cards(), watcher.card: cards.read(watcher.card)}).save(layout)
    voter = ceremony.layouts[500_000].card
    description, changed = add(layout, cards.read(voter), voter, replace=True)
    assert changed
    row = description.row(500_000)
    assert row is not None
    assert (row.role, row.founding) == ("member", False)
    assert [one.province for one in description.founders] == list(ceremony.plan.chairs)
    assert genesis(description) == layout.genesis.read_bytes()


def test_a_founder_cannot_become_one_who_only_reads(layout: Layout, tmp_path: Path) -> None:
    watcher = join(tmp_path / "watcher", applicant(310_000, role="observer"), passphrase="")
    before = layout.description.read_bytes()
    with pytest.raises(FounderError, match="network leave 310000"):
        add(layout, cards.read(watcher.card), watcher.card, replace=True)
    assert layout.description.read_bytes() == before


def test_a_row_that_somebody_wrote_by_hand_is_not_guessed_at(layout: Layout, tmp_path: Path) -> None:
    text = layout.description.read_text(encoding="utf-8")
    layout.description.write_text(text.replace("name_zh = ", "name_zh  = "), encoding="utf-8")
    moved = join(tmp_path / "moved", applicant(310_000, host="10.9.9.9"))
    with pytest.raises(DescriptionError, match="by hand"):
        add(layout, cards.read(moved.card), moved.card, replace=True)


def test_a_member_that_left_keeps_its_row_and_is_nobodys_peer(layout: Layout) -> None:
    before = read(layout.description)
    block_0 = layout.genesis.read_bytes()
    description, changed = leave(layout, 320_000)
    assert changed
    assert read(layout.description) == description
    assert [row.province for row in description.member] == [row.province for row in before.member]
    assert [row.province for row in description.founders] == [row.province for row in before.founders]
    assert [row.province for row, _ in description.nodes] == [330_000, 310_000, 340_000]
    assert layout.genesis.read_bytes() == block_0
    assert leave(layout, 320_000)[1] is False


def test_a_member_that_comes_back_takes_its_chair_again(ceremony: Ceremony, layout: Layout) -> None:
    before = layout.description.read_bytes()
    leave(layout, 320_000)
    path = ceremony.layouts[320_000].card
    with pytest.raises(RowExistsError):
        add(layout, cards.read(path), path)
    assert add(layout, cards.read(path), path, replace=True)[1]
    assert layout.description.read_bytes() == before


def test_who_was_never_a_member_cannot_leave(layout: Layout) -> None:
    with pytest.raises(NotAMemberError) as error:
        leave(layout, 500_000)
    assert error.value.province == 500_000


def test_without_a_network_there_is_nothing_to_add_to(ceremony: Ceremony, tmp_path: Path) -> None:
    with pytest.raises(DescriptionError, match=r"network\.toml"):
        add(Layout(tmp_path), ceremony.card(500_000), ceremony.layouts[500_000].card)
