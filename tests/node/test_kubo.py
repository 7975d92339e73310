"""The daemon as one member runs it: rendered whole, private, and no more open than the gateway needs."""

from __future__ import annotations

import secrets
import signal
import subprocess
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import httpx
import orjson
import pytest
from ports import free_ports
from swarm import Daemon, Swarm

from gateway.documents.errors import BlobUnavailable
from gateway.documents.ipfs import IpfsStore, IpfsSwarm
from node.client.files import write_whole
from node.ipfs import Kubo, KuboMissingError, KuboNotReadyError, KuboPlace, KuboSecretError, KuboVersionError, SwarmPeer
from node.ipfs import kubo as kubo_module
from node.ipfs.configuration import GATEWAY_PATHS
from node.libp2p import peer_id_of

SEED, SWARM_KEY = "11" * 32, "22" * 32
PEER = SwarmPeer(peer_id_of(b"\x33" * 32), "10.0.0.2", 4_001)


@pytest.fixture
def kubo(tmp_path: Path) -> Kubo:
    keys = tmp_path / "keys"
    keys.mkdir()
    (keys / "ipfs.key").write_text(f"{SEED}\n")
    (keys / "swarm.key").write_text(f"{SWARM_KEY}\n")
    return Kubo(KuboPlace(tmp_path / "ipfs", keys, "0.0.0.0", 4_001, 5_001, (PEER,), Path("/nowhere/ipfs")))  # noqa: S104


def test_what_is_rendered_is_private_and_the_same_each_time(kubo: Kubo) -> None:
    written = kubo.render()
    assert {path.name for path in written} == {"config", "swarm.key", "version", "datastore_spec"}
    before = {path: path.read_bytes() for path in written}
    assert kubo.render() == ()
    assert {path: path.read_bytes() for path in written} == before
    for path in (*written, kubo.token_file):
        assert path.stat().st_mode & 0o077 == 0, path
    config = orjson.loads((kubo.place.repository / "config").read_bytes())
    assert config["Identity"]["PeerID"] == peer_id_of(bytes.fromhex(SEED))
    assert config["Addresses"]["API"] == ["/ip4/127.0.0.1/tcp/5001"]
    assert config["Addresses"]["Gateway"] == []
    assert config["Bootstrap"] == []
    assert config["Routing"]["Type"] == "none"
    assert config["Peering"]["Peers"] == [{"ID": PEER.peer_id, "Addrs": ["/ip4/10.0.0.2/tcp/4001"]}]
    assert (kubo.place.repository / "swarm.key").read_text() == f"/key/swarm/psk/1.0.0/\n/base16/\n{SWARM_KEY}\n"


def test_a_new_row_of_the_network_is_rendered_and_what_the_daemon_made_of_its_repository_stays(kubo: Kubo) -> None:
    kubo.render()
    token = kubo.token_file.read_text()
    (kubo.place.repository / "version").write_text("19\n")
    newcomer = SwarmPeer(peer_id_of(b"\x44" * 32), "fd00::5", 4_001)
    grown = Kubo(replace(kubo.place, peers=(PEER, newcomer)))
    assert [path.name for path in grown.render()] == ["config"]
    peers = orjson.loads((kubo.place.repository / "config").read_bytes())["Peering"]["Peers"]
    assert peers[1] == {"ID": newcomer.peer_id, "Addrs": ["/ip6/fd00::5/tcp/4001"]}
    assert (kubo.place.repository / "version").read_text() == "19\n"
    assert kubo.token_file.read_text() == token


@pytest.mark.parametrize("kill_at", range(5))
def test_a_kill_while_rendering_leaves_what_the_next_rendering_makes_whole(
    kubo: Kubo, kill_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    written: list[Path] = []

    def dying(path: Path, content: bytes, mode: int = 0o644) -> None:
        if len(written) == kill_at:
            raise Killed
        written.append(path)
        write_whole(path, content, mode)

    monkeypatch.setattr(kubo_module, "write_whole", dying)
    with pytest.raises(Killed):
        kubo.render()
    # The configuration comes last: where it stands, Kubo takes the repository for a whole one.
    assert not (kubo.place.repository / "config").exists()
    monkeypatch.undo()
    kubo.render()
    assert kubo.render() == ()


@pytest.mark.parametrize("name", ["ipfs.key", "swarm.key"])
@pytest.mark.parametrize("content", [None, "", "11" * 31, "zz" * 32, "互认"])
def test_a_key_that_is_none_is_told_by_its_file_and_never_by_its_content(
    kubo: Kubo, name: str, content: str | None
) -> None:
    path = kubo.place.keys / name
    path.unlink()
    if content is not None:
        path.write_text(content)
    with pytest.raises(KuboSecretError) as caught:
        kubo.render()
    assert caught.value.path == path
    assert not content or content not in str(caught.value)


def test_no_secret_stands_on_the_command_line_and_nothing_of_our_environment_is_passed_on(
    kubo: Kubo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(KuboMissingError):
        kubo.command()
    monkeypatch.setenv("IPFS_LOGGING", "debug")
    program = tmp_path / "ipfs-program"
    program.touch()
    command = Kubo(replace(kubo.place, program=program)).command()
    words = " ".join([*command.argv, *command.environment.values()])
    assert SEED not in words
    assert SWARM_KEY not in words
    assert command.argv == (str(program), f"--repo-dir={kubo.place.repository}", "daemon", "--migrate=true")
    assert "IPFS_LOGGING" not in command.environment
    assert command.environment["LIBP2P_FORCE_PNET"] == "1"


def program_saying(folder: Path, said: str) -> Path:
    program = folder / "ipfs-program"
    program.write_text(f'#!/bin/sh\n[ "$*" = "version --number" ] && echo \'{said}\'\n')
    program.chmod(0o700)
    return program


@pytest.mark.parametrize("said", ["0.37.0", "0.4.23", "ipfs version 0.39.0", "", "互认"])
def test_another_kubo_than_one_that_knows_our_configuration_is_refused_before_it_is_started(
    kubo: Kubo, tmp_path: Path, said: str
) -> None:
    program = program_saying(tmp_path, said)
    with pytest.raises(KuboVersionError) as caught:
        Kubo(replace(kubo.place, program=program)).prepare()
    assert (caught.value.path, caught.value.found) == (program, said)
    assert not (kubo.place.repository / "config").exists()


@pytest.mark.parametrize("said", ["0.38.0", "0.39.0-dev", "0.100.2", "1.0.0"])
def test_a_newer_kubo_is_taken(kubo: Kubo, tmp_path: Path, said: str) -> None:
    assert Kubo(replace(kubo.place, program=program_saying(tmp_path, said))).prepare()


def test_a_file_that_is_no_program_is_told_as_one(kubo: Kubo, tmp_path: Path) -> None:
    program = tmp_path / "ipfs-program"
    program.write_bytes(b"\x00")
    program.chmod(0o700)
    with pytest.raises(KuboVersionError):
        Kubo(replace(kubo.place, program=program)).prepare()


def test_a_daemon_that_does_not_run_is_a_status(kubo: Kubo) -> None:
    [port] = free_ports(1)
    away = Kubo(replace(kubo.place, api_port=port))
    status = away.status()
    assert (status.answering, status.expected, status.peers) == (False, 1, ())
    assert status.problem
    with pytest.raises(KuboNotReadyError):
        away.ready(seconds=0)


@pytest.mark.network
def test_three_daemons_find_each_other_and_say_how_they_are(tmp_path: Path) -> None:
    with Swarm(tmp_path, provinces=3) as swarm:
        first, second, third = swarm.daemons
        ids = [daemon.kubo.peer_id for daemon in swarm.daemons]
        first.kubo.ready()
        status = first.kubo.status()
        assert status.answering
        assert set(status.peers) == {ids[1], ids[2]}
        assert status.strangers == ()
        assert "0.39" in status.version
        api = first.api()
        IpfsStore(api).put_many([b"one", b"two"])
        api.close()
        assert first.kubo.status().pins == 2
        assert first.kubo.status().size > status.size

        token = {"Authorization": f"Bearer {first.token}"}
        with httpx.Client(base_url=f"{first.kubo.place.api_url}/api/v0/", headers=token, trust_env=False) as client:
            assert client.post("pin/ls").status_code == 200

        # After a kill it is as it was; another daemon at its address is not taken for it.
        second.end(signal.SIGKILL)
        assert not second.kubo.status().answering
        second.start()
        assert set(second.kubo.status().peers) >= {ids[0], ids[2]}
        impostor = Kubo(replace(second.kubo.place, api_port=third.kubo.place.api_port, keys=third.kubo.place.keys))
        assert impostor.status().answering
        wrong = Kubo(replace(second.kubo.place, keys=tmp_path / "other"))
        (tmp_path / "other").mkdir()
        (tmp_path / "other" / "ipfs.key").write_text(secrets.token_hex(32))
        assert not wrong.status().answering


@pytest.mark.network
def test_of_all_commands_the_gateway_may_ask_those_of_its_list_and_nobody_without_a_token_any(tmp_path: Path) -> None:
    with Swarm(tmp_path, provinces=1) as swarm:
        [daemon] = swarm.daemons
        program = daemon.kubo.command().argv[0]
        environment = {"IPFS_PATH": str(tmp_path), "HOME": str(tmp_path)}
        listed = subprocess.run([program, "commands"], env=environment, capture_output=True, text=True, check=True)
        commands = {line.strip().removeprefix("ipfs").strip().replace(" ", "/") for line in listed.stdout.splitlines()}
        commands.discard("")
        assert len(commands) > 150
        assert commands >= {path.removeprefix("/api/v0/") for path in GATEWAY_PATHS}
        allowed = {}
        for name, token in (("", ""), ("other", "0" * 64), ("gateway", daemon.token)):
            words = {"Authorization": f"Bearer {token}"} if token else {}
            with httpx.Client(
                base_url=f"{daemon.kubo.place.api_url}/api/v0/", headers=words, trust_env=False
            ) as client:
                # No arguments: what is not refused is a mistake in words, and does nothing.
                allowed[name] = {one for one in sorted(commands) if client.post(one).status_code != 403}
        assert allowed[""] == allowed["other"] == set()
        # Kubo tells its version to whoever has any token.
        assert allowed["gateway"] == {path.removeprefix("/api/v0/") for path in GATEWAY_PATHS} | {"version"}
        with httpx.Client(base_url=daemon.kubo.place.api_url, trust_env=False) as client:
            cid = "bafkqaaa"  # an empty file, in the name itself: any gateway gives it
            assert client.get(f"/ipfs/{cid}").status_code == 404, "no gateway serves what the API's port has"


class _Keyless(Daemon):
    """A daemon of anybody: it knows where a province is, and speaks to whoever speaks."""

    def start(self) -> None:
        self.kubo.render()
        (self.kubo.place.repository / "swarm.key").unlink()
        command = self.kubo.command()
        environment = {name: word for name, word in command.environment.items() if name != "LIBP2P_FORCE_PNET"}
        self._process = subprocess.Popen(
            command.argv, env=environment, cwd=command.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.kubo.ready(seconds=120.0)


@pytest.mark.network
@pytest.mark.parametrize("kind", [Daemon, _Keyless])
def test_a_stranger_without_the_swarms_key_stays_outside(tmp_path: Path, kind: type[Daemon]) -> None:
    with Swarm(tmp_path / "swarm", provinces=2) as swarm:
        [inside, _] = swarm.daemons
        peer = SwarmPeer(inside.kubo.peer_id, "127.0.0.1", inside.kubo.place.swarm_port)
        keys = tmp_path / "stranger" / "keys"
        keys.mkdir(parents=True)
        (keys / "ipfs.key").write_text(secrets.token_hex(32))
        (keys / "swarm.key").write_text(secrets.token_hex(32))
        ports = free_ports(2)
        stranger = kind(Kubo(KuboPlace(tmp_path / "stranger" / "ipfs", keys, "127.0.0.1", *ports, (peer,))))
        try:
            stranger.start()
            assert stranger.kubo.ready().peers == ()
            assert stranger.kubo.peer_id not in inside.kubo.status().strangers
            outward = SwarmPeer(stranger.kubo.peer_id, "127.0.0.1", ports[0])
            with inside.kubo._api() as api:  # nor does one of ours get through to it
                assert not api.connect(f"{outward.address}/p2p/{outward.peer_id}")
            [content] = [b"told to the swarm alone"]
            with closing(inside.api()) as blocks, closing(stranger.api()) as outside:
                cid = IpfsStore(blocks).put(content)
                with pytest.raises(BlobUnavailable):
                    IpfsSwarm(outside, seconds=2).fetch(cid)
        finally:
            stranger.end(signal.SIGKILL)
