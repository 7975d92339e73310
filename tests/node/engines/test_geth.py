"""geth as text: what is rendered, what is passed, what is asked. Real processes are in tests/node/test_members.py."""

from __future__ import annotations

import json
import socket
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from node.client.keystores import address_of, read_passphrase, unlock
from node.engines import clique
from node.engines import geth as module
from node.engines.errors import (
    BeyondFinalError,
    ChainDataError,
    GenesisMissingError,
    GenesisRefusedError,
    MalformedValidatorError,
    PortTakenError,
    ProgramUnusableError,
    VersionError,
)
from node.engines.geth import version_of
from node.engines.sealer import NodeKeyError
from node.engines.validator_address import validator_address
from node.local import Reach
from tests.node.engines.real_trial import geth_of
from tests.node.engines.socket_server import client_in

if TYPE_CHECKING:
    from node.layout import Layout

A, B, C, D = (f"0x{digit * 40}" for digit in "abcd")


def test_its_configuration_dials_and_trusts_the_other_members_alone(geth_trial: Layout) -> None:
    geth = geth_of(geth_trial)
    p2p = tomllib.loads(geth.config_text())["Node"]["P2P"]
    others = [node.enode for row, node in geth.place.description.nodes if row.province != 310_000]
    assert p2p["StaticNodes"] == p2p["TrustedNodes"] == others
    assert len(others) == 3
    assert p2p["BootstrapNodes"] == p2p["BootstrapNodesV5"] == [], "left out, they are the public Ethereum's"
    assert (p2p["DialRatio"], p2p["NoDiscovery"], p2p["MaxPeers"]) == (1, True, 3)
    assert p2p["ListenAddr"] == f"127.0.0.1:{geth.place.own.p2p_port}"


def test_its_words_are_those_that_were_measured_and_hold_no_secret(geth_trial: Layout) -> None:
    geth = geth_of(geth_trial)
    geth.render()
    words = geth.command().argv
    said = " ".join(words)
    for wanted in (
        "--syncmode full --gcmode archive",
        "--nodiscover --nat none --netrestrict 127.0.0.1/32",
        "--http.api eth,net,web3",
        f"--http.addr 127.0.0.1 --http.port {geth.place.local.rpc_port}",
        f"--authrpc.addr 127.0.0.1 --authrpc.port {geth.place.local.authrpc_port}",
        f"--miner.etherbase {geth.place.own.validator}",
        "--networkid 20261",
    ):
        assert wanted in said
    assert "--mine" not in words, "begun with sealing on all nodes, one start in fourteen hung"
    assert not any("admin" in word or "personal" in word or "clique" in word for word in words)
    keys = geth.place.layout.node_key.read_text(encoding="ascii").strip()
    password = read_passphrase(geth.place.chain / "sealer-password")
    for text in (said, geth.config_text(), json.dumps(geth.command().environment)):
        assert keys not in text
        assert password not in text
    assert geth.process.mark in words


def test_a_tunnel_or_nat_stands_in_the_place_of_a_members_address(geth_trial: Layout) -> None:
    reach = (Reach(province=330_000, host="10.9.8.7", p2p_port=4_000, swarm_port=4_001),)
    geth = geth_of(geth_trial, reach=reach)
    peers = tomllib.loads(geth.config_text())["Node"]["P2P"]["StaticNodes"]
    row = geth.place.description.row(330_000)
    assert row is not None
    assert row.node is not None
    assert peers[1] == f"enode://{row.node.public_key[2:]}@10.9.8.7:4000?discport=0"
    argv = geth.command().argv
    assert argv[argv.index("--netrestrict") + 1] == "10.9.8.7/32,127.0.0.1/32"


def test_it_seals_with_the_members_node_key_and_renders_once(geth_trial: Layout) -> None:
    geth = geth_of(geth_trial, 320_000)
    written = geth.render()
    assert {path.name for path in written} == {"sealer-password", "sealer.json", "node.toml"}
    assert all(path.stat().st_mode & 0o077 == 0 for path in written)
    entry = geth.place.chain / "keystore" / "sealer.json"
    assert address_of(entry) == geth.place.own.validator
    key = unlock(entry, read_passphrase(geth.place.chain / "sealer-password")).key
    assert key.hex().removeprefix("0x") == geth.place.layout.node_key.read_text(encoding="ascii").strip()
    assert geth.render() == ()
    entry.write_text(json.dumps(json.loads(entry.read_bytes()) | {"address": "0" * 40}), encoding="ascii")
    assert geth.render() != (), "an entry of another key is replaced: the node's key was rotated"


def test_a_node_key_that_is_anothers_is_refused(geth_trial: Layout) -> None:
    geth = geth_of(geth_trial, 340_000)
    own = geth.place.layout.node_key
    kept = own.read_bytes()
    try:
        own.write_bytes(geth_trial.member(330_000).node_key.read_bytes())
        with pytest.raises(NodeKeyError, match=geth.place.own.validator):
            geth.render()
        own.write_text("no key", encoding="ascii")
        with pytest.raises(NodeKeyError, match="64"):
            geth.render()
        own.write_bytes(kept)
        own.chmod(0o644)
        with pytest.raises(NodeKeyError, match="chmod 600"):
            geth.render()
        own.unlink()
        with pytest.raises(NodeKeyError, match="read"):
            geth.render()
    finally:
        own.write_bytes(kept)
        own.chmod(0o600)


@pytest.mark.parametrize(
    ("said", "version"),
    [("Geth\nVersion: 1.13.15-stable\nArchitecture: amd64", "1.13.15"), ("Version: 1.14.0", "1.14.0"), ("", "")],
)
def test_the_version_is_read_out_of_what_it_says(said: str, version: str) -> None:
    assert version_of(said) == version


def program(folder: Path, text: str) -> str:
    path = folder / "geth"
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="ascii")
    path.chmod(0o755)
    return str(path)


def test_a_geth_that_seals_no_longer_by_clique_is_refused(geth_trial: Layout, tmp_path: Path) -> None:
    geth = geth_of(geth_trial, geth=program(tmp_path, "echo Version: 1.15.2-stable"))
    with pytest.raises(VersionError, match=r"1\.15\.2.*1\.13"):
        geth.prepare()


def test_a_chain_of_another_genesis_is_named_in_geths_own_words(geth_trial: Layout, tmp_path: Path) -> None:
    other = (
        'if [ "$1" = version ]; then echo "Version: 1.13.15"; else echo "Fatal: incompatible genesis" >&2; exit 1; fi'
    )
    with pytest.raises(GenesisRefusedError, match="incompatible genesis"):
        geth_of(geth_trial, geth=program(tmp_path, other)).prepare()
    damaged = other.replace("incompatible genesis", "Failed to open database: pebble: malformed manifest file")
    with pytest.raises(ChainDataError, match="malformed manifest") as refused:
        geth_of(geth_trial, geth=program(tmp_path, damaged)).prepare()
    assert "move chain/" in refused.value.to_json()["hintEn"], "no word of another genesis: its data are damaged"
    full = other.replace("incompatible genesis", "Failed to open database: write 000134.sst: no space left on device")
    with pytest.raises(ChainDataError, match="the disk is full"):
        geth_of(geth_trial, geth=program(tmp_path, full)).prepare()


def test_a_genesis_that_is_not_there_is_said_so(geth_trial: Layout, tmp_path: Path) -> None:
    geth = geth_of(geth_trial, 330_000, geth=program(tmp_path, "echo Version: 1.13.15"))
    kept = geth.place.layout.genesis.read_bytes()
    geth.place.layout.genesis.unlink()
    try:
        with pytest.raises(GenesisMissingError, match="fingerprint"):
            geth.prepare()
    finally:
        geth.place.layout.genesis.write_bytes(kept)


def test_a_program_that_cannot_be_run_is_a_sentence(
    geth_trial: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_INIT_SECONDS", 0.2)
    with pytest.raises(ProgramUnusableError, match="did not end"):
        geth_of(geth_trial, geth=program(tmp_path, "exec sleep 600")).prepare()
    path = Path(program(tmp_path, "echo"))
    path.write_bytes(b"not a program")
    with pytest.raises(ProgramUnusableError, match="format"):
        geth_of(geth_trial, geth=str(path)).start()
    path.chmod(0o644)
    with pytest.raises(ProgramUnusableError, match="denied"):
        geth_of(geth_trial, geth=str(path)).start()


def test_what_a_persons_shell_says_to_geth_is_not_passed_on(
    geth_trial: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GETH_WS", "true")
    monkeypatch.setenv("BESU_RPC_HTTP_HOST", "0.0.0.0")  # noqa: S104 - the very thing that must not get through
    monkeypatch.setenv("JAVA_HOME", "/opt/java")
    seen = geth_of(geth_trial).command().environment
    assert seen is not None
    assert {"GETH_WS", "BESU_RPC_HTTP_HOST"}.isdisjoint(seen)
    assert seen["JAVA_HOME"] == "/opt/java"
    assert "PATH" in seen


@pytest.mark.parametrize("block", [0, 12, 17, 99_999_999])
def test_final_blocks_are_never_given_up_nor_blocks_that_are_not_there(geth_trial: Layout, block: int) -> None:
    geth = geth_of(geth_trial, 340_000)
    answers = {"eth_blockNumber": "0x10", "miner_stop": None, "debug_setHead": None}
    with client_in(geth.place.chain, answers) as client:
        with pytest.raises(BeyondFinalError, match=str(block)):
            geth.rewind(block)
        assert {method for method, _ in client.asked} <= {"eth_blockNumber"}, "nothing was done"
        geth.rewind(16)
        assert client.asked[-1][0] == "eth_blockNumber", "there is nothing above it"
        geth.rewind(13)
        assert client.asked[-1] == ("debug_setHead", ["0xd"])
    Path(geth.place.chain / "chain.ipc").unlink()


def test_a_port_that_another_program_has_is_named_before_geth_starts(geth_trial: Layout, tmp_path: Path) -> None:
    geth = geth_of(geth_trial, geth=program(tmp_path, "echo Version: 1.13.15"))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        at = geth_of(geth_trial, geth=geth.place.local.geth, authrpc_port=port)
        with pytest.raises(PortTakenError, match=str(port)):
            at.prepare()
    geth.prepare()


def header(number: int, difficulty: int) -> dict[str, Any]:
    return {"number": hex(number), "hash": "0x" + "11" * 32, "timestamp": "0x64", "difficulty": hex(difficulty)}


@pytest.mark.parametrize(
    ("number", "difficulty", "author", "turn"),
    [(5, 2, B, B), (5, 1, C, B), (6, 1, D, C), (8, 1, B, A)],
)
def test_whose_turn_a_block_was_follows_from_its_number(number: int, difficulty: int, author: str, turn: str) -> None:
    found = clique.read_sealed(header(number, difficulty), author.upper().replace("0X", "0x"), (A, B, C, D))
    assert (found.sealer, found.turn, found.time, found.number) == (author, turn, 100, number)


def test_peers_are_read_with_the_address_that_they_seal_with(geth_trial: Layout) -> None:
    node = geth_of(geth_trial).place.others[0]
    answer = {
        "enode": node.enode,
        "id": "22" * 32,
        "name": "Geth/v1.13.15",
        "caps": ["eth/68"],
        "network": {"localAddress": "127.0.0.1:1", "remoteAddress": "127.0.0.1:2", "inbound": True, "static": True},
        "protocols": {"eth": {"version": 68}},
    }
    (peer,) = clique.peers([answer])
    assert peer.validator == node.validator
    assert (peer.public_key, peer.address, peer.inbound) == (node.public_key, "127.0.0.1:2", True)


def test_votes_are_cast_for_addresses_alone(geth_trial: Layout) -> None:
    geth = geth_of(geth_trial)
    answers = {
        "clique_propose": None,
        "clique_discard": None,
        "clique_proposals": {A.upper().replace("0X", "0x"): True},
    }
    with client_in(geth.place.chain, answers) as client:
        geth.propose(A.upper().replace("0X", "0x"), admit=True)
        geth.discard(A)
        assert client.asked == [("clique_propose", [A, True]), ("clique_discard", [A])]
        assert geth.proposals() == {A: True}
        for malformed in ("0x12", "", "0x" + "00" * 20, "0x" + "zz" * 20):
            with pytest.raises(MalformedValidatorError):
                geth.propose(malformed, admit=True)
            with pytest.raises(MalformedValidatorError):
                validator_address(malformed)
    Path(geth.place.chain / "chain.ipc").unlink()


@pytest.mark.parametrize(
    ("told", "syncing"),
    [
        (False, False),
        ({"currentBlock": "0x7", "highestBlock": "0x9", "txIndexRemainingBlocks": "0x0"}, True),
        # As go-ethereum 1.13.15 answers at block 0, alone: nothing is fetched, its transactions are not indexed.
        ({"currentBlock": "0x0", "highestBlock": "0x0", "txIndexRemainingBlocks": "0x1"}, False),
    ],
)
def test_it_is_syncing_while_it_lacks_blocks_and_not_at_block_0(
    geth_trial: Layout, told: object, syncing: object
) -> None:
    geth = geth_of(geth_trial)
    with client_in(geth.place.chain, {"eth_syncing": told}):
        assert geth.syncing() is syncing
    Path(geth.place.chain / "chain.ipc").unlink()


def test_a_block_is_final_some_blocks_later(geth_trial: Layout) -> None:
    geth = geth_of(geth_trial)
    assert (geth.finality.kind, geth.finality.confirmations) == ("depth", 3)
    for head, final in (("0x0", 0), ("0x2", 0), ("0x3", 0), ("0x10", 13)):
        with client_in(geth.place.chain, {"eth_blockNumber": head}):
            assert geth.final_block() == final
        Path(geth.place.chain / "chain.ipc").unlink()


@pytest.mark.parametrize(("nodes", "depth"), [(1, 3), (4, 3), (5, 3), (6, 4), (8, 5), (31, 16)])
def test_what_a_half_that_is_cut_off_can_seal_alone_is_not_final(geth_trial: Layout, nodes: int, depth: int) -> None:
    geth = geth_of(geth_trial)
    (row, *_) = geth.place.description.member
    grown = geth.place.description.model_copy(update={"member": (row,) * nodes})
    geth = replace(geth, place=replace(geth.place, description=grown))
    assert geth.finality.confirmations == depth
    # EIP-225: a signer waits for nodes // 2 other blocks, so that a half of them seals nodes // 2 blocks and stands
    assert depth >= nodes // 2
    with client_in(geth.place.chain, {"eth_blockNumber": "0x64"}):
        assert geth.final_block() == 100 - depth
    Path(geth.place.chain / "chain.ipc").unlink()
