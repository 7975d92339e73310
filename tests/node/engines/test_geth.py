"""geth as text: what is rendered, what is passed, what is asked. Real processes are in tests/node/test_members.py."""

from __future__ import annotations

import json
import socket
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.client.keystores import address_of, read_passphrase, unlock
from node.description import read
from node.engines import clique
from node.engines.errors import GenesisRefusedError, MalformedValidatorError, PortTakenError, VersionError
from node.engines.factory import engine_of
from node.engines.geth import Geth, version_of
from node.engines.geth_attendant import PATIENCE, SETTLE, GethAttendant
from node.engines.sealer import NodeKeyError, bystander_of
from node.engines.validator_address import validator_address
from node.local import Reach
from node.local import read as read_local
from tests.node.engines.socket_server import client_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from node.layout import Layout

A, B, C, D = (f"0x{digit * 40}" for digit in "abcd")


def geth_of(trial: Layout, province: int = 310_000, **changes: Any) -> Geth:  # noqa: ANN401 - fields of Local
    own = trial.member(province)
    local = read_local(own.local).model_copy(update=changes)
    engine = engine_of(read(own.description), local, own)
    assert isinstance(engine, Geth)
    return engine


def test_its_configuration_dials_and_trusts_the_other_members_alone(geth_trial: Layout) -> None:
    geth = geth_of(geth_trial)
    p2p = tomllib.loads(geth.config_text())["Node"]["P2P"]
    others = [node.enode for row, node in geth.place.description.nodes if row.province != 310_000]
    assert p2p["StaticNodes"] == p2p["TrustedNodes"] == others
    assert len(others) == 3
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


@given(
    st.lists(st.sampled_from("abcdef"), unique=True, min_size=1),
    st.sets(st.sampled_from("abcdefgh")),
    st.sampled_from([PATIENCE, PATIENCE - 0.1]),
)
def test_nobody_seals_alone_and_a_majority_after_a_while(signers: list[str], present: set[str], waited: float) -> None:
    own = signers[0]
    begins = clique.may_seal(own, signers, present, waited=waited, patience=PATIENCE)
    there = len({own, *present} & set(signers))
    assert begins == (there == len(signers) or (waited >= PATIENCE and 2 * there > len(signers)))
    assert not clique.may_seal("z", signers, present, waited=waited, patience=PATIENCE), "it is no signer"


@dataclass
class Running:
    """What a geth says of itself, changed by what it is told."""

    geth: Geth
    mining: bool = False
    etherbases: list[str] = field(default_factory=list)
    height: int = 5
    away: int = 0

    def answers(self) -> dict[str, Any]:
        signers = list(self.geth.place.description.founding_validators)
        return {
            "miner_setGasPrice": True,
            "miner_setEtherbase": self.etherbases.append,
            "miner_start": lambda: setattr(self, "mining", True),
            "miner_stop": lambda: setattr(self, "mining", False),
            "clique_getSigners": lambda _: signers,
            "eth_mining": lambda: self.mining,
            "eth_blockNumber": lambda: hex(self.height),
            "admin_peers": lambda: self.peers()[self.away :],
            "admin_removePeer": lambda _: True,
            "admin_addPeer": lambda _: True,
        }

    def seals(self) -> bool:
        return self.mining

    def peers(self) -> list[dict[str, Any]]:
        return [
            {"enode": node.enode, "name": "Geth", "network": {"remoteAddress": "127.0.0.1:2", "inbound": False}}
            for node in self.geth.place.others
        ]


@dataclass
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def running(geth_trial: Layout) -> Running:
    geth = geth_of(geth_trial)
    geth.render()
    return Running(geth)


@pytest.fixture
def chain(running: Running) -> Iterator[Path]:
    yield running.geth.place.chain
    (running.geth.place.chain / "chain.ipc").unlink(missing_ok=True)


def test_after_a_start_gas_is_free_others_are_heard_and_sealing_begins_once_they_are_there(
    running: Running, chain: Path
) -> None:
    clock, own = Clock(), running.geth.place.own.validator
    attendant = GethAttendant(chain, own, clock=clock)
    assert attendant.tend(7) is None, "it does not answer yet"
    with client_in(chain, running.answers()) as client:
        (said,) = attendant.tend(7) or ()
        assert "gas is free" in said
        assert ("miner_setGasPrice", ["0x0"]) in client.asked
        assert running.etherbases == [address_of(bystander_of(chain)), own], "nothing could be sealed meanwhile"
        assert own != running.etherbases[0]
        assert not running.seals()
        clock.now += SETTLE - 0.1
        assert attendant.tend(7) == (), "the others may not hear yet"
        clock.now += 0.1
        (said,) = attendant.tend(7) or ()
        assert "3 other validators" in said
        assert running.seals()
        assert attendant.tend(7) == ()
        assert client.methods().count("miner_setGasPrice") == 1
        (said,) = attendant.tend(8) or ()
        assert "gas is free" in said, "a new process has forgotten it"
        assert len(running.etherbases) == 2, "one that seals already, taken over, is not stopped"


def test_a_node_that_is_away_keeps_the_others_waiting_for_a_while_only(running: Running, chain: Path) -> None:
    clock = Clock()
    attendant = GethAttendant(chain, running.geth.place.own.validator, clock=clock)
    running.away = 1
    with client_in(chain, running.answers()):
        attendant.tend(7)
        clock.now += PATIENCE + SETTLE - 0.1
        assert attendant.tend(7) == ()
        clock.now += 0.1
        (said,) = attendant.tend(7) or ()
        assert "2 other validators" in said


def test_two_of_four_do_not_begin(running: Running, chain: Path) -> None:
    clock = Clock()
    attendant = GethAttendant(chain, running.geth.place.own.validator, clock=clock)
    running.away = 2
    with client_in(chain, running.answers()):
        for _ in range(10):
            attendant.tend(7)
            clock.now += 60
        assert not running.seals()
        running.away = 0
        attendant.tend(7)
        clock.now += SETTLE
        (said,) = attendant.tend(7) or ()
        assert "3 other validators" in said


def test_one_that_was_voted_out_ends_to_seal(running: Running, chain: Path) -> None:
    own = running.geth.place.own.validator
    answers = running.answers()
    answers["clique_getSigners"] = [one for one in running.geth.place.description.founding_validators if one != own]
    running.mining = True
    with client_in(chain, answers):
        said = GethAttendant(chain, own).tend(7) or ()
        assert "sealing ended" in said[-1]
        assert not running.seals()


def test_where_no_block_comes_though_enough_are_there_the_peers_are_met_anew_twice(
    running: Running, chain: Path
) -> None:
    clock = Clock()
    attendant = GethAttendant(chain, running.geth.place.own.validator, clock=clock)
    running.mining = True
    with client_in(chain, running.answers()) as client:
        for _ in range(300):
            attendant.tend(7)
            clock.now += 1
        enodes = {node.enode for node in running.geth.place.others}
        assert client.methods().count("admin_removePeer") == client.methods().count("admin_addPeer") == 2 * 3
        assert {params[0] for method, params in client.asked if method == "admin_addPeer"} == enodes
        for _ in range(100):
            running.height += 1
            attendant.tend(7)
            clock.now += 1
        assert client.methods().count("admin_removePeer") == 6, "it goes on"
        running.away = 2
        for _ in range(100):
            attendant.tend(7)
            clock.now += 1
        assert client.methods().count("admin_removePeer") == 6, "too few are there: nothing would come of it"


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


def test_a_block_is_final_some_blocks_later(geth_trial: Layout) -> None:
    geth = geth_of(geth_trial)
    assert (geth.finality.kind, geth.finality.confirmations) == ("depth", 3)
    for head, final in (("0x0", 0), ("0x2", 0), ("0x3", 0), ("0x10", 13)):
        with client_in(geth.place.chain, {"eth_blockNumber": head}):
            assert geth.final_block() == final
        Path(geth.place.chain / "chain.ipc").unlink()
