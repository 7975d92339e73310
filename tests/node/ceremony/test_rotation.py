"""Keys are replaced one by one or together: the old one is kept aside, the card proves the new, nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from node.ceremony import card as cards
from node.ceremony.rotation import ACCOUNTS, NODE_KEYS, KeysLackingError, UnknownKeyNameError, rotate
from node.client.errors import Exit
from node.client.keystores import KeystoreError
from tests.node.ceremony.papers import CHEAP, NOW, PASSPHRASE, applicant, join

if TYPE_CHECKING:
    from pathlib import Path

    from node.ceremony.card import Card
    from node.layout import Layout


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return join(tmp_path, applicant(330_000))


def keys_of(card: Card) -> dict[str, str]:
    """Every key that a card names, by what `rotate` calls it."""
    member, node = card.member, card.member.node
    assert node is not None
    named = {"node": node.public_key, "exchange": node.exchange_key, "ipfs": node.peer_id}
    named |= {"admin": str(member.admin), "recovery": str(member.recovery)}
    return named | {operator.name: operator.account for operator in member.operator}


def changed(layout: Layout, *names: str) -> tuple[Card, Card]:
    before = cards.read(layout.card)
    rotate(layout, names, PASSPHRASE, scrypt_cost=CHEAP, now=NOW + 86_400)
    return before, cards.read(layout.card)


@pytest.mark.parametrize("name", [*NODE_KEYS, *ACCOUNTS])
def test_one_key_is_replaced_and_no_other(layout: Layout, name: str) -> None:
    before, after = changed(layout, name)
    differing = {one for one, key in keys_of(before).items() if keys_of(after)[one] != key}
    assert differing == {name}
    assert after.made > before.made
    retired = list((layout.keys / "retired").iterdir())
    assert [path.name.rpartition("-")[0] for path in retired] == [name]
    assert retired[0].stat().st_mode & 0o077 == 0


def test_a_lost_key_is_replaced_where_it_is_named(layout: Layout) -> None:
    layout.account("operator").unlink()
    with pytest.raises(KeysLackingError) as refused:
        changed(layout, "node")
    assert refused.value.names == ("operator",)
    assert refused.value.exit_code == Exit.AGAINST
    before, after = changed(layout, "operator", "node")
    assert keys_of(before)["operator"] != keys_of(after)["operator"]
    assert {path.name.partition("-")[0] for path in (layout.keys / "retired").iterdir()} == {"node"}


def test_what_the_card_says_besides_keys_stays(layout: Layout) -> None:
    before, after = changed(layout, "node", "admin")
    assert before.member.node is not None
    assert after.member.node is not None
    for field in ("host", "p2p_port", "swarm_port"):
        assert getattr(after.member.node, field) == getattr(before.member.node, field)
    assert [(one.name, one.roles, one.daily_leaves) for one in after.member.operator] == [
        (one.name, one.roles, one.daily_leaves) for one in before.member.operator
    ]


def test_a_key_replaced_twice_is_kept_twice(layout: Layout) -> None:
    changed(layout, "exchange")
    changed(layout, "exchange")
    assert len(list((layout.keys / "retired").glob("exchange-*.key"))) == 2


def test_no_key_is_called_otherwise(layout: Layout) -> None:
    before = layout.card.read_bytes()
    with pytest.raises(UnknownKeyNameError) as refused:
        changed(layout, "node", "nod")
    assert refused.value.exit_code == Exit.USAGE
    assert layout.card.read_bytes() == before
    assert not (layout.keys / "retired").exists()


def test_an_observer_replaces_its_nodes_keys_and_has_no_others(tmp_path: Path) -> None:
    layout = join(tmp_path, applicant(500_000, role="observer"))
    with pytest.raises(UnknownKeyNameError):
        changed(layout, "admin")
    before, after = changed(layout, "node")
    assert before.member.node is not None
    assert after.member.node is not None
    assert before.member.node.validator != after.member.node.validator


def test_a_wrong_passphrase_changes_nothing(layout: Layout) -> None:
    before = layout.card.read_bytes()
    key = layout.node_key.read_bytes()
    with pytest.raises(KeystoreError):
        rotate(layout, ("node",), "not that", scrypt_cost=CHEAP, now=NOW)
    assert (layout.card.read_bytes(), layout.node_key.read_bytes()) == (before, key)
