"""The swarm key is made by one member and opened by each of the others alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from node.ceremony import card as cards
from node.ceremony import swarm
from node.ceremony.assembly import assemble
from node.ceremony.findings import CeremonyError
from node.ceremony.joining import add, leave
from node.ceremony.keys import read_key
from node.ceremony.proofs import sign_digest
from node.layout import Layout
from tests.node.ceremony.papers import NOW

if TYPE_CHECKING:
    from node.ceremony.assembly import Assembly
    from tests.node.ceremony.papers import Ceremony

KEY = bytes(range(32))
HERE = Path("swarm-key.json")
MAKER = 310_000


@pytest.fixture(scope="module")
def assembly(ceremony: Ceremony) -> Assembly:
    """The network of the four."""
    return assemble(ceremony.plan, ceremony.plan_path, ceremony.cards())


@pytest.fixture(scope="module")
def sealed(ceremony: Ceremony, assembly: Assembly) -> bytes:
    """The key, as the maker sends it around."""
    node_key = read_key(ceremony.layouts[MAKER].node_key)
    return swarm.seal(KEY, assembly.description, assembly.genesis_hash, MAKER, node_key, NOW).encode()


def opened(ceremony: Ceremony, network: Assembly, content: bytes, province: int, *, own: int | None = None) -> bytes:
    exchange_key = read_key(ceremony.layouts[own or province].exchange_key)
    return swarm.opened(content, HERE, network.description, network.genesis_hash, province, exchange_key)


def refused(ceremony: Ceremony, network: Assembly, content: bytes, province: int, *, own: int | None = None) -> str:
    with pytest.raises(CeremonyError) as error:
        opened(ceremony, network, content, province, own=own)
    assert all(finding.path == HERE and finding.zh and finding.en for finding in error.value.findings)
    return error.value.findings[0].field


def test_every_member_opens_the_same_key(ceremony: Ceremony, assembly: Assembly, sealed: bytes) -> None:
    assert {opened(ceremony, assembly, sealed, province) for province in ceremony.plan.chairs} == {KEY}
    assert KEY.hex().encode() not in sealed


def test_no_member_opens_what_is_for_another(ceremony: Ceremony, assembly: Assembly, sealed: bytes) -> None:
    assert refused(ceremony, assembly, sealed, 320_000, own=330_000) == "boxes.320000"


def test_a_stranger_opens_nothing(ceremony: Ceremony, assembly: Assembly, sealed: bytes) -> None:
    assert refused(ceremony, assembly, sealed, 500_000) == "boxes.500000"
    assert refused(ceremony, assembly, sealed, 310_000, own=500_000) == "boxes.310000"


@pytest.mark.parametrize("flip", [1, 0x20])
def test_every_altered_byte_is_refused(ceremony: Ceremony, assembly: Assembly, sealed: bytes, flip: int) -> None:
    """0x20 is what parts A from a: hexadecimal digits say the same in both."""
    for at in range(len(sealed)):
        altered = bytearray(sealed)
        altered[at] ^= flip
        assert refused(ceremony, assembly, bytes(altered), 320_000)


def test_another_spelling_of_the_same_file_is_refused(ceremony: Ceremony, assembly: Assembly, sealed: bytes) -> None:
    assert refused(ceremony, assembly, orjson.dumps(orjson.loads(sealed)), 320_000) == "file"


def test_a_member_that_left_has_no_say_in_the_next_key(
    ceremony: Ceremony, assembly: Assembly, sealed: bytes, tmp_path: Path
) -> None:
    layout = Layout(tmp_path)
    assembly.save(layout)
    description, _ = leave(layout, MAKER)
    assert refused(ceremony, replace(assembly, description=description), sealed, 320_000) == "maker"


def test_boxes_put_in_each_others_place_are_refused_even_when_signed_anew(
    ceremony: Ceremony, assembly: Assembly, sealed: bytes
) -> None:
    found = swarm.SealedKey.model_validate(orjson.loads(sealed))
    boxes = found.boxes | {"320000": found.boxes["330000"]}
    assert refused(ceremony, assembly, _signed(ceremony, found, {"boxes": boxes}), 320_000) == "boxes.320000"


def test_a_maker_who_gives_out_two_keys_is_caught_by_the_digest(
    ceremony: Ceremony, assembly: Assembly, sealed: bytes
) -> None:
    found = swarm.SealedKey.model_validate(orjson.loads(sealed))
    assert refused(ceremony, assembly, _signed(ceremony, found, {"digest": "00" * 32}), 320_000) == "digest"


def test_whoever_is_no_member_cannot_make_a_swarm_key(ceremony: Ceremony, assembly: Assembly) -> None:
    stranger = read_key(ceremony.layouts[500_000].node_key)
    for maker in (500_000, 310_000):
        content = swarm.seal(KEY, assembly.description, assembly.genesis_hash, maker, stranger, NOW).encode()
        assert refused(ceremony, assembly, content, 320_000) == "signature"


@pytest.mark.parametrize(
    "change", [{"chain_id": 861}, {"name": "another"}, {"engine": {"block_gas_limit": 50_000_000}}]
)
def test_a_key_of_another_network_is_refused(ceremony: Ceremony, sealed: bytes, change: dict[str, Any]) -> None:
    if isinstance(part := change.get("engine"), dict):
        change = {"engine": ceremony.plan.engine.model_copy(update=part)}
    other = assemble(ceremony.plan.model_copy(update=change), ceremony.plan_path, ceremony.cards())
    assert refused(ceremony, other, sealed, 320_000) == "genesis"


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"format": "huren.swarm-key/2"}', b"\xff"])
def test_what_is_no_such_file_is_refused(ceremony: Ceremony, assembly: Assembly, content: bytes) -> None:
    assert refused(ceremony, assembly, content, 320_000)


def test_a_newcomer_gets_the_same_key_from_any_member_that_holds_it(
    ceremony: Ceremony, assembly: Assembly, tmp_path: Path
) -> None:
    layout = Layout(tmp_path)
    assembly.save(layout)
    path = ceremony.layouts[500_000].card
    description, _ = add(layout, cards.read(path), path)
    node_key = read_key(ceremony.layouts[340_000].node_key)
    content = swarm.seal(KEY, description, assembly.genesis_hash, 340_000, node_key, NOW)
    assert set(content.boxes) == {*map(str, ceremony.plan.chairs), "500000"}
    assert opened(ceremony, replace(assembly, description=description), content.encode(), 500_000) == KEY


def _signed(ceremony: Ceremony, sealed: swarm.SealedKey, change: dict[str, Any]) -> bytes:
    """The file as a dishonest maker would sign it."""
    changed = sealed.model_copy(update=change)
    key = read_key(ceremony.layouts[MAKER].node_key)
    signature = "0x" + sign_digest(key, changed.signed).hex()
    return changed.model_copy(update={"signature": signature}).encode()
