"""local.toml: what one member decides about its own machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from node.local import Local, LocalFileError, Reach, find, read, write
from tests.node.test_genesis import described

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_written_is_read_again_and_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "local.toml"
    local = Local(province=310_000, listen="10.0.0.1", rpc_port=9_545, geth='/opt/g"eth')
    write(path, local)
    assert read(path) == local
    assert path.stat().st_mode & 0o777 == 0o600
    assert "metrics_port" not in path.read_text(encoding="utf-8")


def test_a_member_that_is_reached_elsewhere_is_seen_there_and_the_others_at_their_rows(tmp_path: Path) -> None:
    path = tmp_path / "local.toml"
    through = Reach(province=320_000, host="192.168.7.1", p2p_port=40_001, swarm_port=40_002)
    write(path, Local(province=310_000, reach=(through,)))
    local = read(path)
    assert local.reach == (through,)
    (first, own), (second, other) = described("geth").nodes[:2]
    seen = local.seen(second.province, other)
    assert (seen.host, seen.p2p_port, seen.swarm_port) == ("192.168.7.1", 40_001, 40_002)
    assert (seen.public_key, seen.peer_id) == (other.public_key, other.peer_id)
    assert local.seen(first.province, own) == own


def test_a_province_is_all_that_must_be_said(tmp_path: Path) -> None:
    path = tmp_path / "local.toml"
    path.write_text("province = 310_000\n", encoding="utf-8")
    assert read(path) == Local(province=310_000)
    assert len(set(read(path).ports)) == 4


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "province: Field required"),
        ("province = 310_000\nrpc_prot = 1\n", "rpc_prot"),
        ("province = 310_000\nrpc_port = 5001\n", "four different ports"),
        ("province = 310_000\nrpc_port = 70_000\n", "rpc_port"),
        ('province = 310_000\nlisten = "everywhere"\n', "listen"),
        ('province = 310_000\nlisten = "224.0.0.1"\n', "multicast"),
        ('province = 310_000\nrpc_host = "0.0.0.0"\n', "rpc_host"),
        ('province = 310_000\ngeth = ""\n', "geth"),
        ("[[[", "line 1"),
    ],
)
def test_settings_that_cannot_be_are_refused_with_the_place(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "local.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LocalFileError) as error:
        read(path)
    assert why in str(error.value)
    assert str(path) in error.value.zh


def test_where_there_are_none_a_command_says_so_or_goes_on_without(tmp_path: Path) -> None:
    assert find(tmp_path / "local.toml") is None
    with pytest.raises(LocalFileError, match="member new"):
        read(tmp_path / "local.toml")
    (tmp_path / "local.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(LocalFileError):
        find(tmp_path / "local.toml")
