"""The swarm key in members' folders: nobody loses one, makes a second by mistake, or is given an old one again."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from node.ceremony import sharing, swarm
from node.ceremony.assembly import assemble
from node.ceremony.findings import CeremonyError
from node.ceremony.own import NotOurRowError
from node.ceremony.sharing import OtherSwarmKeyError, SealedKeyHereError
from node.layout import Layout
from tests.node.ceremony.papers import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from node.ceremony.assembly import Assembly
    from tests.node.ceremony.papers import Ceremony

MAKER, READER = 310_000, 320_000


@pytest.fixture(scope="module")
def assembly(ceremony: Ceremony) -> Assembly:
    """The network of the four."""
    return assemble(ceremony.plan, ceremony.plan_path, ceremony.cards())


@pytest.fixture
def folders(ceremony: Ceremony, tmp_path: Path) -> dict[int, Layout]:
    """Two members' folders, to be changed."""
    return {
        province: Layout(shutil.copytree(ceremony.layouts[province].folder, tmp_path / str(province)))
        for province in (MAKER, READER)
    }


def make(own: Layout, network: Assembly, *, province: int = MAKER, replace: bool = False) -> bytes:
    return sharing.make(own, network.description, province, network.genesis_hash, now=NOW, replace=replace).encode()


def take(own: Layout, network: Assembly, content: bytes, *, province: int = READER, replace: bool = False) -> bool:
    where = own.folder / "received.json"
    return sharing.take(own, content, where, network.description, province, network.genesis_hash, replace=replace)


def test_made_again_it_is_the_same_key_in_a_later_file(folders: dict[int, Layout], assembly: Assembly) -> None:
    first, again = make(folders[MAKER], assembly), make(folders[MAKER], assembly)
    both = [swarm.SealedKey.model_validate_json(content) for content in (first, again)]
    assert both[0].digest == both[1].digest
    assert both[0].made < both[1].made
    assert take(folders[READER], assembly, first)
    assert not take(folders[READER], assembly, again)
    assert not take(folders[READER], assembly, first), "the same key, sealed earlier"
    assert folders[READER].swarm_key.read_bytes() == folders[MAKER].swarm_key.read_bytes()
    assert folders[READER].sealed_swarm_key.read_bytes() == again
    assert folders[READER].swarm_key.stat().st_mode & 0o077 == 0


def test_who_was_sent_a_key_makes_no_second_one_by_mistake(folders: dict[int, Layout], assembly: Assembly) -> None:
    reader = folders[READER]
    reader.sealed_swarm_key.write_bytes(make(folders[MAKER], assembly))
    before = reader.sealed_swarm_key.read_bytes()
    with pytest.raises(SealedKeyHereError, match="swarm-key open"):
        make(reader, assembly, province=READER)
    assert not reader.swarm_key.exists()
    assert reader.sealed_swarm_key.read_bytes() == before
    assert take(reader, assembly, before)
    assert make(reader, assembly, province=READER)
    assert reader.swarm_key.read_bytes() == folders[MAKER].swarm_key.read_bytes()


def test_a_key_is_replaced_where_that_is_said_and_the_old_one_is_kept(
    folders: dict[int, Layout], assembly: Assembly
) -> None:
    maker, reader = folders[MAKER], folders[READER]
    old = make(maker, assembly)
    take(reader, assembly, old)
    key = reader.swarm_key.read_bytes()
    new = make(maker, assembly, replace=True)
    with pytest.raises(OtherSwarmKeyError):
        take(reader, assembly, new)
    assert reader.swarm_key.read_bytes() == key
    assert take(reader, assembly, new, replace=True)
    assert reader.swarm_key.read_bytes() == maker.swarm_key.read_bytes() != key
    for own in (maker, reader):
        (kept,) = (own.keys / "retired").iterdir()
        assert kept.read_bytes() == key
        assert kept.stat().st_mode & 0o077 == 0


def test_an_old_file_that_is_sent_again_brings_no_old_key_back(folders: dict[int, Layout], assembly: Assembly) -> None:
    old = make(folders[MAKER], assembly)
    new = make(folders[MAKER], assembly, replace=True)
    take(folders[READER], assembly, new)
    for lost in (False, True):
        if lost:
            folders[READER].swarm_key.unlink()
        with pytest.raises(CeremonyError) as error:
            take(folders[READER], assembly, old, replace=True)
        assert [one.field for one in error.value.findings] == ["made"]
    assert take(folders[READER], assembly, new)


def test_killed_while_it_is_replaced_it_goes_on(
    folders: dict[int, Layout], assembly: Assembly, monkeypatch: pytest.MonkeyPatch
) -> None:
    maker = folders[MAKER]
    make(maker, assembly)
    key = maker.swarm_key.read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr(sharing, "_write", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            make(maker, assembly, replace=True)
    assert not maker.swarm_key.exists()
    with pytest.raises(SealedKeyHereError):
        make(maker, assembly)
    make(maker, assembly, replace=True)
    assert maker.swarm_key.read_bytes() != key
    assert [path.read_bytes() for path in (maker.keys / "retired").iterdir()] == [key]


def test_a_machine_whose_key_the_network_does_not_know_makes_nothing(
    folders: dict[int, Layout], assembly: Assembly
) -> None:
    folders[MAKER].node_key.write_text("11" * 32, encoding="ascii")
    with pytest.raises(NotOurRowError):
        make(folders[MAKER], assembly)
    assert not folders[MAKER].swarm_key.exists()
