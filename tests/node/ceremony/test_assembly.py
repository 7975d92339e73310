"""Of the plan and everybody's cards comes one network: the same bytes at every member, or a list of what is wrong."""

from __future__ import annotations

import shutil
import unicodedata
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.ceremony import card as cards
from node.ceremony import plan as plans
from node.ceremony.assembly import OtherNetworkError, assemble, fingerprint
from node.ceremony.findings import CeremonyError, UnreadableError
from node.client.errors import Exit
from node.description import describe, read
from node.description.writing import text_of
from node.genesis import genesis
from node.layout import Layout
from tests.node.ceremony.papers import PLAN, applicant, join

if TYPE_CHECKING:
    from node.description import Description
    from tests.node.ceremony.papers import Ceremony


def as_a_name(text: str) -> str:
    """What is left of a text that a member may be called."""
    visible = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(unicodedata.normalize("NFC", visible).split())[:32].rstrip()


def refused(ceremony: Ceremony, paths: list[Path], plan: str = PLAN) -> dict[tuple[str, str], str]:
    """What is wrong with these cards, by file and field."""
    path = ceremony.plan_path.with_name("changed.toml")
    path.write_text(plan, encoding="utf-8")
    with pytest.raises(CeremonyError) as error:
        assemble(plans.read(path), path, {one: cards.read(one) for one in paths})
    assert error.value.exit_code == Exit.AGAINST
    assert all(str(finding.path) in str(error.value) and finding.zh for finding in error.value.findings)
    return {(finding.path.name, finding.field): finding.en for finding in error.value.findings}


@given(order=st.permutations(range(4)))
def test_the_order_in_which_cards_come_changes_no_byte(ceremony: Ceremony, order: list[int]) -> None:
    found = ceremony.cards()
    paths = list(found)
    first = assemble(ceremony.plan, ceremony.plan_path, found)
    other = assemble(ceremony.plan, ceremony.plan_path, {paths[i]: found[paths[i]] for i in order})
    assert (first.network, first.genesis, first.fingerprint) == (other.network, other.genesis, other.fingerprint)


def test_two_machines_that_were_sent_the_same_papers_make_the_same_files(ceremony: Ceremony, tmp_path: Path) -> None:
    here = assemble(ceremony.plan, ceremony.plan_path, ceremony.cards())
    for i, path in enumerate(reversed(ceremony.founders)):
        shutil.copy(path, tmp_path / f"received-{i}.json")
    shutil.copy(ceremony.plan_path, tmp_path / "plan.toml")
    copies = {path: cards.read(path) for path in sorted(tmp_path.glob("*.json"))}
    there = assemble(plans.read(tmp_path / "plan.toml"), tmp_path / "plan.toml", copies)
    assert (here.network, here.genesis, here.genesis_hash) == (there.network, there.genesis, there.genesis_hash)


def test_the_network_is_what_the_plan_and_the_cards_say(ceremony: Ceremony, tmp_path: Path) -> None:
    assembly = assemble(ceremony.plan, ceremony.plan_path, ceremony.cards())
    layout = Layout(tmp_path)
    assert assembly.save(layout) == (layout.genesis, layout.description)
    description = read(layout.description)
    assert description == assembly.description
    assert [row.province for row in description.member] == [330_000, 310_000, 340_000, 320_000]
    assert [row for row in description.member if row.province == 310_000] == [ceremony.card(310_000).member]
    assert layout.genesis.read_bytes() == genesis(description)
    assert (description.name, description.chain_id, description.trial) == ("a-network", 860, False)


def test_saved_again_nothing_changes_and_another_network_is_not_overwritten(ceremony: Ceremony, tmp_path: Path) -> None:
    assembly = assemble(ceremony.plan, ceremony.plan_path, ceremony.cards())
    layout = Layout(tmp_path)
    assembly.save(layout)
    assert assembly.save(layout) == ()
    layout.description.write_bytes(assembly.network + b"# mine\n")
    with pytest.raises(OtherNetworkError) as error:
        assembly.save(layout)
    assert error.value.path == layout.description
    assert layout.description.read_bytes().endswith(b"# mine\n")


def test_the_fingerprint_is_of_every_byte_of_both_files(ceremony: Ceremony) -> None:
    assembly = assemble(ceremony.plan, ceremony.plan_path, ceremony.cards())
    network, block_0 = assembly.network, assembly.genesis
    assert assembly.fingerprint == fingerprint(network, block_0)
    others = {
        fingerprint(network + b"\n", block_0),
        fingerprint(network, block_0 + b"\n"),
        fingerprint(block_0, network),
        fingerprint(network + block_0, b""),
    }
    assert len(others | {assembly.fingerprint}) == 5


def test_a_card_that_is_lacking_is_named_by_its_province(ceremony: Ceremony) -> None:
    found = refused(ceremony, ceremony.founders[1:])
    assert list(found) == [("changed.toml", "330000")]
    assert "card.json" in found["changed.toml", "330000"]


def test_a_card_that_nobody_expects_is_named(ceremony: Ceremony) -> None:
    found = refused(ceremony, [*ceremony.founders, ceremony.layouts[500_000].card])
    assert list(found) == [("card.json", "member.province")]
    assert "500000" in found["card.json", "member.province"]


def test_a_member_that_the_plan_has_as_an_observer_is_named(ceremony: Ceremony) -> None:
    plan = PLAN.replace("\n[engine]", "observers = [500000]\n\n[engine]")
    found = refused(ceremony, [*ceremony.founders, ceremony.layouts[500_000].card], plan)
    assert list(found) == [("card.json", "member.role")]


def test_an_observers_row_comes_after_the_members(ceremony: Ceremony, tmp_path: Path) -> None:
    watcher = join(tmp_path / "m", applicant(500_000, role="observer"), passphrase="")
    path = tmp_path / "plan.toml"
    path.write_text(PLAN.replace("\n[engine]", "observers = [500000]\n\n[engine]"), encoding="utf-8")
    everybody = {watcher.card: cards.read(watcher.card), **ceremony.cards()}
    description = assemble(plans.read(path), path, everybody).description
    assert [row.province for row in description.member] == [*ceremony.plan.chairs, 500_000]
    assert len(description.founding_validators) == 4
    assert len(description.nodes) == 5


def test_one_card_given_twice_is_one_card(ceremony: Ceremony, tmp_path: Path) -> None:
    shutil.copy(ceremony.founders[0], tmp_path / "copy.json")
    twice = {**ceremony.cards(), tmp_path / "copy.json": cards.read(tmp_path / "copy.json")}
    once = assemble(ceremony.plan, ceremony.plan_path, ceremony.cards())
    assert assemble(ceremony.plan, ceremony.plan_path, twice) == once


def test_two_cards_of_one_member_are_one_finding_that_says_which_is_newer(ceremony: Ceremony, tmp_path: Path) -> None:
    old = ceremony.layouts[320_000]
    shutil.copytree(old.folder, tmp_path / "m")
    new = join(tmp_path / "m", applicant(320_000, host="10.9.9.9"), reissue=True)
    shutil.copy(new.card, tmp_path / "newer.json")
    for order in ([*ceremony.founders, tmp_path / "newer.json"], [tmp_path / "newer.json", *ceremony.founders]):
        found = refused(ceremony, order)
        assert list(found) == [("newer.json", "member.province")]
        said = found["newer.json", "member.province"]
        assert f"{old.card} ({cards.read(old.card).made})" in said
        assert f"this one ({cards.read(new.card).made})" in said


def test_two_members_of_one_name_are_refused(ceremony: Ceremony, tmp_path: Path) -> None:
    alike = join(tmp_path / "m", replace(applicant(320_000), name_en="Shanghai"))
    shutil.copy(alike.card, tmp_path / "alike.json")
    paths = [path for path in ceremony.founders if path != ceremony.layouts[320_000].card]
    assert list(refused(ceremony, [*paths, tmp_path / "alike.json"])) == [("alike.json", "member.name_en")]


@pytest.mark.parametrize("founders", [1, 2, 3])
def test_fewer_than_four_are_a_trial(ceremony: Ceremony, tmp_path: Path, founders: int) -> None:
    path = tmp_path / "plan.toml"
    chairs = list(ceremony.plan.chairs[:founders])
    text = PLAN.replace("[330000, 310000, 340000, 320000]", str(chairs))
    path.write_text(text.replace("chain_id", "trial = true\nchain_id"), encoding="utf-8")
    here = {one: cards.read(one) for one in ceremony.founders[:founders]}
    description = assemble(plans.read(path), path, here).description
    assert [row.province for row in description.founders] == chairs
    assert len(description.founding_validators) == founders


def test_two_members_at_one_address_are_named_with_the_field_and_the_other_card(
    ceremony: Ceremony, tmp_path: Path
) -> None:
    taken = ceremony.card(310_000).member.node
    assert taken is not None
    guest = join(tmp_path / "m", applicant(320_000, host=taken.host))
    shutil.copy(guest.card, tmp_path / "guest.json")
    paths = [path for path in ceremony.founders if path != ceremony.layouts[320_000].card]
    found = refused(ceremony, [*paths, tmp_path / "guest.json"])
    assert set(found) == {("guest.json", "member.node.p2p_port"), ("guest.json", "member.node.swarm_port")}
    assert str(ceremony.layouts[310_000].card) in found["guest.json", "member.node.p2p_port"]


def test_an_address_that_only_its_own_machine_reaches_is_for_trials(ceremony: Ceremony, tmp_path: Path) -> None:
    alone = join(tmp_path / "m", applicant(320_000, host="127.0.0.1"))
    shutil.copy(alone.card, tmp_path / "alone.json")
    paths = [path for path in ceremony.founders if path != ceremony.layouts[320_000].card]
    assert set(refused(ceremony, [*paths, tmp_path / "alone.json"])) == {("alone.json", "member.node.host")}
    path = tmp_path / "trial.toml"
    path.write_text(PLAN.replace("chain_id", "trial = true\nchain_id"), encoding="utf-8")
    everybody = {one: cards.read(one) for one in [*paths, tmp_path / "alone.json"]}
    assert assemble(plans.read(path), path, everybody).description.trial


def test_everything_that_is_wrong_comes_at_once(ceremony: Ceremony) -> None:
    found = refused(ceremony, [ceremony.founders[0], ceremony.layouts[500_000].card])
    assert {field for _, field in found} == {"member.province", "310000", "340000", "320000"}


@pytest.mark.parametrize(
    ("plan", "place", "why"),
    [
        (PLAN.replace('"geth"', '"anvil"'), "engine", "does not match"),
        (PLAN.replace("genesis_time = 1_790_000_000", ""), "engine.genesis_time", "required"),
        (PLAN.replace("genesis_time", "genesis_tine"), "engine.genesis_tine", "not permitted"),
        (PLAN.replace("330000, 310000", "310000, 310000"), "file", "comes twice: 310000"),
        (PLAN.replace("[330000, 310000, 340000, 320000]", "[330000]"), "file", "trial = true"),
        (PLAN.replace("330000", "330100"), "chairs[1]", "multiple of 10000"),
        ("[[[", "file", "line 1"),
    ],
)
def test_a_plan_that_is_none_is_refused_at_the_place(tmp_path: Path, plan: str, place: str, why: str) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(plan, encoding="utf-8")
    with pytest.raises(CeremonyError) as error:
        plans.read(path)
    assert {finding.field: finding.en for finding in error.value.findings}[place].count(why)


def test_a_plan_that_is_absent_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError) as error:
        plans.read(tmp_path / "plan.toml")
    assert error.value.exit_code == Exit.CANNOT


@given(name=st.text(min_size=1, max_size=32).map(as_a_name).filter(bool))
def test_a_name_is_written_so_that_it_is_read_again(ceremony: Ceremony, name: str) -> None:
    description = _network(ceremony)
    row = description.member[0].model_copy(update={"name_zh": name})
    named = description.model_copy(update={"member": (row, *description.member[1:])})
    assert describe(text_of(named), Path("network.toml")) == named


@lru_cache(maxsize=1)
def _network(ceremony: Ceremony) -> Description:
    return assemble(ceremony.plan, ceremony.plan_path, ceremony.cards()).description
