"""Members of the contract, rows of network.toml and blocks of the chain become one view."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from node.cli.main import run
from node.engines.protocol import Sealed
from node.genesis import EPOCH
from node.governance.errors import NoValidatorsError, UnknownSubjectError
from node.governance.observing import at_work, memberships, named, observe, since_epoch
from node.layout import Layout
from node.setup import Trial, initialise
from tests.node.ceremony.papers import PLAN, applicant, join

if TYPE_CHECKING:
    from pathlib import Path

    from node.description import Description

A, B, C = (f"0x{digit * 40}" for digit in "abc")


@pytest.fixture(scope="module")
def description(tmp_path_factory: pytest.TempPathFactory) -> Description:
    from node.ceremony import card as cards  # noqa: PLC0415
    from node.ceremony import plan as plans  # noqa: PLC0415
    from node.ceremony.assembly import assemble  # noqa: PLC0415

    folder = tmp_path_factory.mktemp("described")
    path = folder / "plan.toml"
    path.write_text(PLAN, encoding="utf-8")
    made = [join(folder / str(province), applicant(province)).card for province in (310000, 320000, 330000, 340000)]
    return assemble(plans.read(path), path, {one: cards.read(one) for one in made}).description


def test_the_validators_that_there_should_be_are_those_of_the_members_rows(description: Description) -> None:
    found = memberships(description, [330000, 310000, 500000])
    nodes = {row.province: node.validator for row, node in description.nodes}
    assert found.wanted == {nodes[330000]: 330000, nodes[310000]: 310000}
    assert found.keyless == (500000,)
    assert found.owners == {validator: province for province, validator in nodes.items()}


def test_at_work_is_who_sealed_lately_and_is_connected() -> None:
    blocks = [Sealed(number, "0x", 0, sealer, sealer) for number, sealer in enumerate((A, B, "0xgone"))]
    assert at_work(frozenset({A, B, C}), blocks, frozenset({A, C})) == {A}


def test_votes_from_before_an_epochs_block_count_no_more() -> None:
    def blocks(first: int, last: int) -> list[Sealed]:
        return [Sealed(number, "0x", 0, A, A) for number in range(first, last + 1)]

    assert since_epoch(blocks(1, 12)) == tuple(blocks(1, 12))
    assert since_epoch(blocks(EPOCH - 5, EPOCH + 6)) == tuple(blocks(EPOCH + 1, EPOCH + 6))
    assert since_epoch(blocks(EPOCH - 11, EPOCH)) == ()
    assert since_epoch([]) == ()


def test_those_that_go_at_once_are_named_by_address_or_province(description: Description) -> None:
    found = memberships(description, [310000, 320000, 330000])
    going = next(one for one, province in found.owners.items() if province == 340000)
    validators = frozenset(found.owners)
    assert (
        named(["340000"], validators, found) == named([going.upper().replace("X", "x")], validators, found) == {going}
    )
    for word in ("310000", "0x" + "00" * 20, "nobody"):
        with pytest.raises(UnknownSubjectError) as refused:
            named([word], validators, found)
        assert refused.value.given == word


def test_a_replaced_key_is_its_provinces_until_the_new_one_is_in(description: Description) -> None:
    found = memberships(description, [310000, 320000, 330000, 340000])
    new = next(one for one, province in found.wanted.items() if province == 330000)
    validators = frozenset(found.wanted) - {new} | {A}
    assert named(["330000"], validators, found) == {A}
    for word, there in (("320000", validators), ("330000", validators | {new}), ("330000", validators | {B})):
        with pytest.raises(UnknownSubjectError):
            named([word], there, found)


def test_one_process_has_nothing_to_govern(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    initialise(layout, Trial(), None)
    with pytest.raises(NoValidatorsError):
        observe(layout, now=0.0)
    assert run(["governance", "plan", "--dir", str(tmp_path), "--json"]) == 1
