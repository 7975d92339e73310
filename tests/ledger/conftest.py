"""A real chain for every test that needs one: anvil on a free port of 127.0.0.1, ended with the test session."""

from __future__ import annotations

import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from node.client.rpc import JsonRpc, RpcUnreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
ANVIL = ROOT / "hardhat-config/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil"
CHAIN_ID = 31_337


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Chain:
    """A running anvil."""

    process: subprocess.Popen[bytes]
    rpc: JsonRpc
    url: str

    def call(self, method: str, *params: object) -> Any:  # noqa: ANN401 - any JSON
        return self.rpc.call(method, *params)

    def receipt(self, digest: str) -> dict[str, Any]:
        for _ in range(400):
            found: dict[str, Any] | None = self.call("eth_getTransactionReceipt", digest)
            if found is not None:
                return found
            time.sleep(0.02)
        raise AssertionError(f"{digest} was not mined within eight seconds")

    def create(self, bytecode: str) -> bytes:
        """Create a contract from anvil's own funded account and return its address."""
        funded = self.call("eth_accounts")[0]
        digest = self.call("eth_sendTransaction", {"from": funded, "data": bytecode, "gasPrice": "0x0"})
        return bytes.fromhex(self.receipt(digest)["contractAddress"][2:])

    def automine(self, *, on: bool) -> None:
        self.call("evm_setAutomine", on)

    def mine(self, blocks: int = 1) -> None:
        self.call("anvil_mine", hex(blocks))

    def stop(self) -> None:
        self.rpc.close()
        self.process.terminate()
        self.process.wait(10)


def start_chain(*arguments: str, port: int | None = None) -> Chain:
    port = port or free_port()
    process = subprocess.Popen(
        [
            ANVIL, "--port", str(port), "--silent", "--gas-price", "0", "--base-fee", "0", "--chain-id", str(CHAIN_ID),
            "--gas-limit", "100000000", "--hardfork", "berlin", *arguments,
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    rpc = JsonRpc(f"http://127.0.0.1:{port}", timeout=30)
    for _ in range(200):
        try:
            rpc.call("eth_chainId")
            return Chain(process, rpc, rpc.url)
        except RpcUnreachable:
            time.sleep(0.05)
    process.kill()
    raise AssertionError("anvil did not answer within ten seconds")


@pytest.fixture
def new_chain() -> Callable[..., Chain]:
    """Starts a chain that the test itself ends: `new_chain(*arguments, port=None)`."""
    return start_chain


@pytest.fixture
def chain() -> Iterator[Chain]:
    """A chain of its own for a test that breaks it."""
    running = start_chain()
    yield running
    running.stop()
