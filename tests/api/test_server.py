"""The server as its operator starts it: one process of ``huren serve`` on 127.0.0.1, without a chain in reach."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from deployed import SETTINGS, write_gateway

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.network

HUREN = Path(sys.executable).with_name("huren")
HASH = "0x" + "ab" * 32


@dataclass
class Server:
    process: subprocess.Popen[str]
    address: str

    @property
    def host(self) -> tuple[str, int]:
        host, port = self.address.removeprefix("http://").split(":")
        return host, int(port)

    def raw(self, *parts: bytes, pause: float = 0.0) -> bytes:
        """What comes back for bytes sent as they are, until the server closes or is silent."""
        with socket.create_connection(self.host, timeout=10) as connection:
            for part in parts:
                connection.sendall(part)
                time.sleep(pause)
            answer = b""
            connection.settimeout(2)
            try:
                while part := connection.recv(65_536):
                    answer += part
            except TimeoutError:
                pass
        return answer


def start(folder: Path) -> Server:
    with (folder / "log").open("a") as log:
        process = subprocess.Popen(
            [HUREN, "serve", "--read-only", "--json", "--config", str(folder / "gateway.toml")],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={"PATH": os.environ["PATH"]},
        )
    assert process.stdout is not None
    told = ""
    for line in process.stdout:
        told += line
        if line.startswith("}"):
            return Server(process, json.loads(told)["address"])
    raise AssertionError((folder / "log").read_text())


def end(server: Server) -> None:
    assert server.process.stdout is not None
    if server.process.poll() is None:
        server.process.kill()
    server.process.wait(10)
    server.process.stdout.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("served")
    write_gateway(folder)
    running = start(folder)
    yield running
    end(running)


def test_it_lives_and_says_that_it_cannot_answer_yet(server: Server) -> None:
    with httpx.Client(base_url=server.address) as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json()["chain"]["reachable"]) == (503, False)
        answer = client.get(f"/v1/credentials/{HASH}")
        assert (answer.status_code, answer.json()["verdict"]) == (503, "cannot-check")
        assert "server" not in answer.headers


def test_what_the_file_alone_shows_is_said_without_a_chain(server: Server) -> None:
    answer = httpx.post(f"{server.address}/v1/verify", content=b"{}")
    assert (answer.status_code, answer.json()["verdict"]) == (200, "invalid")


@pytest.mark.parametrize(
    "body", [b"[" * 900_000, b'{"a":' * 150_000, b'"' + b"\\u0000" * 150_000, b"9" * 1_000_000, b"\xff" * 1_000_000]
)
def test_a_body_made_to_hurt_is_refused_while_others_are_answered(server: Server, body: bytes) -> None:
    with httpx.Client(base_url=server.address, timeout=30) as client:
        answer = client.post("/v1/verify", content=body)
        assert (answer.status_code, answer.json()["verdict"]) == (200, "invalid")
        assert client.post("/v1/verify", content=body + b" " * 400_000).status_code == 413
        assert client.get("/healthz").status_code == 200


def test_requests_that_are_none_break_only_their_own_connection(server: Server) -> None:
    assert server.raw(b"\x00\x01\x02\r\n\r\n").startswith((b"HTTP/1.1 400", b""))
    assert b"400" in server.raw(b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n").split(b"\r\n")[0]
    two = b"POST /v1/verify HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    assert b"HTTP/1.1 200" not in server.raw(two)
    assert (
        b"414" in (long := server.raw(b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\n\r\n")) or b"400" in long or not long
    )
    assert httpx.get(f"{server.address}/healthz").status_code == 200


def test_many_slow_callers_do_not_keep_others_waiting(server: Server) -> None:
    slow = [socket.create_connection(server.host, timeout=10) for _ in range(100)]
    try:
        for connection in slow:
            connection.sendall(b"POST /v1/verify HTTP/1.1\r\nHost: x\r\nContent-Length: 4000\r\n\r\n{")
        assert httpx.get(f"{server.address}/healthz", timeout=5).status_code == 200
        assert httpx.get(f"{server.address}/v1/credentials/{HASH}", timeout=10).status_code == 503
    finally:
        for connection in slow:
            connection.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_within_seconds_and_with_0_even_with_callers_hanging_on(
    tmp_path: Path, number: signal.Signals
) -> None:
    write_gateway(tmp_path)
    server = start(tmp_path)
    try:
        with socket.create_connection(server.host) as hanging:
            hanging.sendall(b"POST /v1/verify HTTP/1.1\r\nHost: x\r\nContent-Length: 4000\r\n\r\n{")
            server.process.send_signal(number)
            assert server.process.wait(20) == 0
        assert '"serve.stopped"' in (tmp_path / "log").read_text()
    finally:
        end(server)


def test_killed_at_any_moment_it_starts_again(tmp_path: Path) -> None:
    write_gateway(tmp_path)
    for _ in range(3):
        server = start(tmp_path)
        callers = [threading.Thread(target=_ask, args=(server.address,)) for _ in range(4)]
        for caller in callers:
            caller.start()
        time.sleep(0.1)
        server.process.kill()
        for caller in callers:
            caller.join()
        end(server)
    server = start(tmp_path)
    try:
        assert httpx.get(f"{server.address}/healthz").status_code == 200
    finally:
        end(server)


def _ask(address: str) -> None:
    with httpx.Client(base_url=address, timeout=5) as client:
        try:
            for _ in range(200):
                client.get(f"/v1/credentials/{HASH}")
        except httpx.HTTPError:
            return


def test_a_port_that_is_taken_is_said_to_be_taken(server: Server, tmp_path: Path) -> None:
    config = write_gateway(tmp_path)
    config.write_text(SETTINGS.replace("listen_port = 0", f"listen_port = {server.host[1]}"))
    done = subprocess.run(
        [HUREN, "serve", "--read-only", "--config", str(config)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "无法监听" in done.stderr
    assert "cannot listen" in done.stderr
    assert "attempting to bind" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_signal_ends_streams_as_well_and_the_process_with_0(tmp_path: Path) -> None:
    write_gateway(tmp_path)
    server = start(tmp_path)
    try:
        command = [HUREN, "token", "create", "--role", "auditor", "--json", "--config", str(tmp_path / "gateway.toml")]
        made = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        headers = {"Authorization": f"Bearer {made['token']}"}
        with httpx.stream("GET", f"{server.address}/v1/events?after=0-0", headers=headers, timeout=20) as answer:
            lines = answer.iter_lines()
            assert next(lines).startswith("retry: ")
            server.process.send_signal(signal.SIGTERM)
            assert ": the server ends" in list(lines)
        assert server.process.wait(20) == 0
        assert made["token"] not in (tmp_path / "log").read_text()
    finally:
        end(server)
