"""A trial of real nodes on one machine is made by the functions of the ceremony, and goes on after a kill."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from node.ceremony import card as cards
from node.ceremony import keys as node_keys
from node.client import files
from node.client.keystores import unlock
from node.description import GethEngine, read
from node.genesis import genesis
from node.layout import Layout
from node.local import read as read_local
from node.setup import AlreadyDescribedError, Trial
from node.setup import initialise as initialise_one
from node.trial import PortsBeyondRangeError, RealTrial, TrialDiffersError, initialise

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOW = 1_790_000_000.0
WRITERS = (
    *("trial", "setup", "local", "client.keystores"),
    *(f"ceremony.{name}" for name in ("keys", "member", "assembly", "kept", "sharing")),
)
"""The modules that write a trial's files."""


class KilledError(BaseException):
    """The process ends here."""


def embedded(folder: Path) -> None:
    initialise_one(Layout(folder), Trial(), None)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    layout = Layout(tmp_path_factory.mktemp("trial"))
    initialise(layout, RealTrial("a-trial", 7, 18_500, start_days_ago=30), None, now=NOW)
    return layout


def test_four_members_have_whole_folders_of_one_network(made: Layout) -> None:
    members = made.every_member()
    assert [layout.folder.name for layout in members] == ["310000", "320000", "330000", "340000"]
    for name in ("network.toml", "genesis.json", "swarm-key.json"):
        assert len({(layout.folder / name).read_bytes() for layout in members}) == 1
    assert made.description.read_bytes() == members[0].description.read_bytes()
    assert made.genesis.read_bytes() == genesis(read(made.description))
    assert len({layout.swarm_key.read_bytes() for layout in members}) == 1
    assert len({layout.passphrase.read_bytes() for layout in (made, *members)}) == 5


def test_each_member_holds_its_own_keys_and_no_others(made: Layout) -> None:
    description = read(made.description)
    for layout in made.every_member():
        row = description.row(int(layout.folder.name))
        assert row == cards.read(layout.card).member
        assert row is not None
        assert row.node is not None
        assert row.node.public_key == node_keys.read(layout).public_key
        passphrase = layout.passphrase.read_text(encoding="ascii").strip()
        assert unlock(layout.account("admin"), passphrase).address.lower() == row.admin
    secrets = [layout.node_key.read_bytes() for layout in made.every_member()]
    assert len(set(secrets)) == 4


def test_the_ports_of_the_machine_are_shared_out_by_tens(made: Layout) -> None:
    description = read(made.description)
    for place, layout in enumerate(made.every_member()):
        local, base = read_local(layout.local), 18_500 + 10 * place
        assert (local.rpc_port, local.authrpc_port, local.ipfs_api_port, local.metrics_port) == (
            base,
            base + 1,
            base + 4,
            base + 5,
        )
        node = description.nodes[place][1]
        assert (local.listen, node.host, node.p2p_port, node.swarm_port) == ("127.0.0.1",) * 2 + (base + 2, base + 3)


def test_block_0_is_as_old_as_was_asked_for(made: Layout) -> None:
    engine = read(made.description).engine
    assert isinstance(engine, GethEngine)
    assert (engine.genesis_time, engine.block_seconds) == (int(NOW) - 30 * 86_400, 1)


def test_a_network_that_is_there_is_not_overwritten(made: Layout) -> None:
    with pytest.raises(AlreadyDescribedError):
        initialise(made, RealTrial(), None, now=NOW)


@pytest.mark.parametrize("name", ["card.json", "local.toml"])
def test_a_members_folder_is_no_place_for_a_trial(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("", encoding="utf-8")
    for begin in (lambda: initialise(Layout(tmp_path), RealTrial(), None, now=NOW), lambda: embedded(tmp_path)):
        with pytest.raises(AlreadyDescribedError, match=name):
            begin()
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("other", "field"),
    [(RealTrial("b"), "name"), (RealTrial("a", 8), "chain_id"), (RealTrial("a", 7, engine="besu"), "engine")],
)
def test_an_interrupted_trial_does_not_go_on_as_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: RealTrial, field: str
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("node.trial.account_at", lambda *_: (_ for _ in ()).throw(KilledError))
        with pytest.raises(KilledError):
            initialise(Layout(tmp_path), RealTrial("a", 7), None, now=NOW)
    with pytest.raises(TrialDiffersError) as error:
        initialise(Layout(tmp_path), other, None, now=NOW)
    assert error.value.field == field


def test_a_trial_for_besu_and_a_time_that_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("node.trial.SCRYPT_COST", 2)
    wanted = RealTrial(engine="besu", genesis_time=1_700_000_000, port=65_496)
    description = initialise(Layout(tmp_path), wanted, "a passphrase of all", now=NOW)
    assert (description.engine.kind, description.engine.block_gas_limit) == ("besu", 100_000_000)
    assert '"timestamp": "0x6553f100"' in (tmp_path / "genesis.json").read_text(encoding="utf-8")
    assert not list(tmp_path.rglob("passphrase"))


def test_ports_beyond_the_last_are_refused_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(PortsBeyondRangeError) as error:
        initialise(Layout(tmp_path), RealTrial(port=65_497), None, now=NOW)
    assert error.value.first == 65_497
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("write", [0, 1, 2, 10, 20, 37, 38, 42, 43, 44, 62, 63, 64, 69, 70, 74, 75])
def test_killed_at_a_file_it_goes_on_to_one_whole_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: int
) -> None:
    monkeypatch.setattr("node.trial.SCRYPT_COST", 2)
    with monkeypatch.context() as patched:
        left = [write]

        def dying(real: Callable[..., None]) -> Callable[..., None]:
            def call(*arguments: object) -> None:
                if not left[0]:
                    raise KilledError
                left[0] -= 1
                real(*arguments)

            return call

        for name in WRITERS:
            patched.setattr(f"node.{name}.write_whole", dying(files.write_whole))
        with pytest.raises(KilledError):
            initialise(Layout(tmp_path), RealTrial(port=18_500), "a passphrase of all", now=NOW)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.key") if not path.name.startswith(".")}
    layout = Layout(tmp_path)
    description = initialise(layout, RealTrial(port=18_500), "a passphrase of all", now=NOW + 60)
    assert {path: path.read_bytes() for path in before} == before
    assert {read(member.description) == description for member in layout.every_member()} == {True}
    assert len({member.swarm_key.read_bytes() for member in layout.every_member()}) == 1
