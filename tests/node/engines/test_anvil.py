from __future__ import annotations

import json
import os
import signal
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from node.description import AnvilEngine
from node.engines.anvil import Anvil, binary
from node.engines.clock import BeyondWallClockError, WrongChainError
from node.engines.errors import BinaryMissingError, EngineFailedError, PortTakenError, UnsupportedByEngineError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from node.engines.protocol import Engine

from node.client.rpc import JsonRpc, RpcError

pytestmark = pytest.mark.network

DAY = 86_400


@pytest.fixture
def engine(tmp_path: Path, free_port: int) -> Iterator[Anvil]:
    anvil = Anvil(AnvilEngine(kind="anvil", port=free_port, start_days_ago=30), 860, tmp_path / "chain")
    yield anvil
    anvil.stop()


def call(engine: Anvil, method: str, *params: object) -> Any:  # noqa: ANN401 - any JSON
    with JsonRpc(engine.rpc_url) as rpc:
        return rpc.call(method, *params)


def until_block(engine: Anvil, number: int) -> None:
    deadline = time.monotonic() + 30
    while (engine.status().block or 0) < number:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def kill(pid: int | None) -> None:
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


def until_gone(engine: Anvil) -> None:
    deadline = time.monotonic() + 10
    while engine.status().running:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_it_starts_detached_answers_and_stops_cleanly(engine: Anvil) -> None:
    contract: Engine = engine
    assert not contract.status().running
    started = contract.start()
    assert started.running
    assert started.answering
    assert (started.chain_id, contract.finality.kind, contract.finality.confirmations) == (860, "instant", 0)
    assert started.pid is not None
    assert os.getsid(started.pid) != os.getsid(0), "it has a session of its own"
    assert contract.start().pid == started.pid, "started again, it is left as it is"
    assert contract.stop()
    assert not contract.stop()
    assert not contract.status().running
    for path in engine.folder.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0 or path.name == "state.json", path
    assert engine.folder.stat().st_mode & 0o777 == 0o700


def test_what_was_on_the_chain_is_there_after_a_stop(engine: Anvil) -> None:
    started = engine.start()
    call(engine, "anvil_setCode", "0x" + "aa" * 20, "0x600160025500")
    until_block(engine, 2)
    engine.stop()
    again = engine.start()
    assert again.genesis_hash == started.genesis_hash
    assert (again.block or 0) >= 2
    assert call(engine, "eth_getCode", "0x" + "aa" * 20, "latest") == "0x600160025500"


@pytest.mark.kill
def test_killed_at_any_moment_it_comes_back_with_what_was_a_second_old(engine: Anvil) -> None:
    genesis = engine.start().genesis_hash
    for turn in range(4):
        address = f"0x{turn + 1:040x}"
        call(engine, "anvil_setCode", address, "0x" + "6001" * 2_000)
        until_block(engine, (engine.status().block or 0) + 3)
        time.sleep(0.13 * turn)
        kill(engine.status().pid)
        until_gone(engine)
        again = engine.start()
        assert again.genesis_hash == genesis
        assert call(engine, "eth_getCode", address, "latest") == "0x" + "6001" * 2_000


@pytest.mark.kill
def test_an_engine_that_makes_no_blocks_since_its_start_was_interrupted_is_set_going(engine: Anvil) -> None:
    engine.start()
    call(engine, "evm_setIntervalMining", 0)
    assert call(engine, "anvil_getIntervalMining") is None
    block = engine.start().block or 0
    until_block(engine, block + 2)
    assert abs((engine.status().behind_seconds or 0) - 30 * DAY) < 60


def test_after_many_starts_there_is_one_block_of_each_number_and_time_only_grows(engine: Anvil) -> None:
    genesis = engine.start().genesis_hash
    for _ in range(3):
        until_block(engine, (engine.status().block or 0) + 2)
        engine.stop()
        assert engine.start().genesis_hash == genesis
    engine.stop()
    headers = [block["header"] for block in json.loads(engine.state.read_bytes())["blocks"]]
    numbers = sorted(int(header["number"], 16) for header in headers)
    assert numbers == list(range(len(numbers)))
    times = [int(header["timestamp"], 16) for header in sorted(headers, key=lambda each: int(each["number"], 16))]
    assert times == sorted(set(times))


@pytest.mark.kill
def test_killed_before_its_first_state_was_written_it_begins_with_the_same_block(engine: Anvil) -> None:
    started = engine.start()
    kill(started.pid)
    until_gone(engine)
    engine.state.unlink(missing_ok=True)
    engine.kept.unlink(missing_ok=True)
    assert engine.start().genesis_hash == started.genesis_hash


@pytest.mark.kill
def test_a_state_half_written_by_a_killed_engine_is_mended_from_the_kept_copy(engine: Anvil) -> None:
    engine.start()
    call(engine, "anvil_setCode", "0x" + "aa" * 20, "0x6001")
    until_block(engine, 4)
    kill(engine.status().pid)
    until_gone(engine)
    engine.state.write_bytes(engine.state.read_bytes()[:1_000])
    engine.start()
    assert call(engine, "eth_getCode", "0x" + "aa" * 20, "latest") == "0x6001"


@pytest.mark.kill
def test_a_killed_keeper_is_started_again_beside_the_running_chain(engine: Anvil) -> None:
    pid = engine.start().pid
    keeper = int((engine.folder / "keeper.pid").read_text())
    kill(keeper)
    deadline = time.monotonic() + 10
    while Path(f"/proc/{keeper}/cmdline").exists() and Path(f"/proc/{keeper}/cmdline").read_bytes():
        assert time.monotonic() < deadline  # a zombie has no command line
    assert engine.start().pid == pid
    engine.kept.unlink(missing_ok=True)
    until_block(engine, (engine.status().block or 0) + 3)
    assert engine.kept.exists()


def test_a_chain_whose_pid_files_were_removed_is_found_and_ended(engine: Anvil) -> None:
    pid = engine.start().pid
    for name in ("anvil.pid", "keeper.pid"):
        (engine.folder / name).unlink()
    assert engine.start().pid == pid, "not a port taken by another program"
    keeper = (engine.folder / "keeper.pid").read_text(encoding="ascii")
    (engine.folder / "anvil.pid").write_text(keeper, encoding="ascii")
    assert engine.start().pid == pid, "nor is the keeper taken for the chain"
    (engine.folder / "anvil.pid").unlink()
    assert engine.stop()
    assert not engine.status().running


def test_its_clock_starts_in_the_past_and_moves_up_to_the_wall_clock_never_beyond(engine: Anvil) -> None:
    started = engine.start()
    assert started.behind_seconds is not None
    assert abs(started.behind_seconds - 30 * DAY) < 60
    moved = engine.advance(3 * DAY)
    assert abs(moved - (time.time() - 27 * DAY)) < 60
    with pytest.raises(BeyondWallClockError) as refused:
        engine.advance(28 * DAY)
    assert refused.value.most < 28 * DAY
    assert abs((engine.status().behind_seconds or 0) - 27 * DAY) < 60, "a refused move moves nothing"
    assert engine.advance(None) <= time.time()
    until_block(engine, (engine.status().block or 0) + 3)
    latest = call(engine, "eth_getBlockByNumber", "latest", False)  # noqa: FBT003 - JSON-RPC
    assert int(latest["timestamp"], 16) <= time.time()
    with pytest.raises(BeyondWallClockError):
        engine.advance(60)


def test_its_clock_goes_on_where_it_was_after_a_stop(engine: Anvil) -> None:
    engine.start()
    engine.advance(10 * DAY)
    engine.stop()
    assert abs((engine.start().behind_seconds or 0) - 20 * DAY) < 60
    before = engine.status().block or 0
    until_block(engine, before + 1)
    times = [int(call(engine, "eth_getBlockByNumber", hex(n), False)["timestamp"], 16) for n in range(before + 1)]  # noqa: FBT003
    assert times == sorted(set(times)), "no block is as old as the one before it"


def test_transactions_are_free_and_blocks_have_the_described_limit(engine: Anvil) -> None:
    engine.start()
    assert int(call(engine, "eth_gasPrice"), 16) == 0
    block = call(engine, "eth_getBlockByNumber", "latest", False)  # noqa: FBT003 - JSON-RPC
    assert int(block["gasLimit"], 16) == engine.settings.block_gas_limit
    assert call(engine, "eth_accounts") == [], "no account is open to everybody"


def test_it_runs_the_rules_that_the_contracts_are_compiled_for(engine: Anvil) -> None:
    engine.start()
    push0 = {"data": "0x5f5ff3", "from": "0x" + "aa" * 20}  # PUSH0 came after berlin
    with pytest.raises(RpcError):
        call(engine, "eth_call", push0, "latest")


def test_another_programs_port_is_named(engine: Anvil) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", engine.settings.port))
        other.listen()
        with pytest.raises(PortTakenError) as refused:
            engine.start()
    assert refused.value.port == engine.settings.port


def test_a_chain_does_not_change_its_id(engine: Anvil) -> None:
    engine.start()
    engine.stop()
    with pytest.raises(WrongChainError):
        Anvil(engine.settings, 861, engine.folder).start()


def test_a_program_that_ends_at_once_is_shown_with_its_last_words(tmp_path: Path, free_port: int) -> None:
    program = tmp_path / "anvil"
    program.write_text("#!/bin/sh\necho no luck >&2\nexit 3\n", encoding="utf-8")
    program.chmod(0o700)
    failing = Anvil(AnvilEngine(kind="anvil", port=free_port, binary=str(program)), 860, tmp_path / "chain")
    with pytest.raises(EngineFailedError, match="no luck"):
        failing.start()


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BinaryMissingError) as refused:
        binary(str(tmp_path / "anvil"))
    assert refused.value.looked == (str(tmp_path / "anvil"),)


def test_it_refuses_validators_by_its_nature(engine: Anvil) -> None:
    for admit in (True, False):
        with pytest.raises(UnsupportedByEngineError) as refused:
            engine.propose("0x" + "aa" * 20, admit=admit)
        assert refused.value.engine == "anvil"
    engine.discard("0x" + "aa" * 20)
    assert (engine.validators(), engine.peers(), engine.sealed(8), engine.proposals()) == ((), (), (), {})
    assert not engine.syncing()
    engine.start()
    until_block(engine, 1)
    assert engine.final_block() >= 1, "each block is final at once"


def test_a_pid_that_another_program_has_by_now_is_not_ours(engine: Anvil) -> None:
    engine.start()
    engine.stop()
    (engine.folder / "anvil.pid").write_text(str(os.getpid()), encoding="ascii")
    assert not engine.status().running
    assert not engine.stop()
