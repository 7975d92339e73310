from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from node.client.rpc import RpcError, RpcUnreachable
from node.engines.ipc import IpcRpc
from tests.node.engines.socket_server import client_in

if TYPE_CHECKING:
    from pathlib import Path


def test_a_socket_is_reached_however_long_its_folders_name_is(tmp_path: Path) -> None:
    folder = tmp_path / ("a-long-name-" * 12) / "chain"
    assert len(str(folder)) > 108
    with client_in(folder, {"eth_blockNumber": "0x2a"}), IpcRpc(folder) as rpc:
        assert rpc.call("eth_blockNumber") == "0x2a"
        assert rpc.call("eth_blockNumber") == "0x2a", "one connection carries many questions"


def test_an_answer_that_comes_in_pieces_is_read_to_its_end(tmp_path: Path) -> None:
    told = [{"text": "]}" * 1_000, "number": number} for number in range(50)]
    with client_in(tmp_path, {"a": told, "b": "0x1"}) as client, IpcRpc(tmp_path) as rpc:
        client.pieces = 97
        assert rpc.batch([("a", []), ("b", [])]) == [told, "0x1"]


def test_an_error_of_one_request_stands_in_its_place(tmp_path: Path) -> None:
    with client_in(tmp_path, {"a": 1}), IpcRpc(tmp_path) as rpc:
        first, second = rpc.batch([("a", []), ("no_such", ["0x0"])])
        assert first == 1
        assert isinstance(second, RpcError)
        assert second.code == -32601
        with pytest.raises(RpcError, match="no_such"):
            rpc.call("no_such")


def test_a_client_that_is_not_there_is_said_to_be_unreachable(tmp_path: Path) -> None:
    with pytest.raises(RpcUnreachable, match=r"chain\.ipc"), IpcRpc(tmp_path):
        pytest.fail("connected to nobody")
    with pytest.raises(RpcUnreachable), IpcRpc(tmp_path / "no-such-folder"):
        pytest.fail("connected to nobody")
