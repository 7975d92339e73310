from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from node.engines import keeper
from node.engines.keeper import keep, whole
from node.engines.state import ChainStateDamagedError, recover

STATE = b'{"block":{"number":"0x1","timestamp":"0x10"},"blocks":[{"a":"}"}]}'
OLDER = b'{"block":{"number":"0x0","timestamp":"0x0f"},"blocks":[]}'


@pytest.mark.parametrize("size", range(len(STATE)))
def test_a_state_cut_anywhere_is_not_whole_and_is_mended_from_the_kept_copy(tmp_path: Path, size: int) -> None:
    state, kept = tmp_path / "state.json", tmp_path / "kept.json"
    state.write_bytes(STATE[:size])
    kept.write_bytes(OLDER)
    assert whole(state) is None
    assert not keep(state, kept), "half a file never replaces the whole one"
    assert recover(state, kept)
    assert state.read_bytes() == OLDER


def test_a_whole_state_is_left_as_it_is(tmp_path: Path) -> None:
    state, kept = tmp_path / "state.json", tmp_path / "kept.json"
    state.write_bytes(STATE)
    kept.write_bytes(OLDER)
    assert not recover(state, kept)
    assert state.read_bytes() == STATE


def test_a_chain_that_never_was_is_not_damaged(tmp_path: Path) -> None:
    state, kept = tmp_path / "state.json", tmp_path / "kept.json"
    assert not recover(state, kept)
    state.write_bytes(b"")
    assert not recover(state, kept)


@pytest.mark.parametrize(("state", "kept"), [(STATE[:30], None), (b"", OLDER[:9]), (STATE[:9], OLDER[:9])])
def test_a_chain_of_which_no_whole_copy_is_left_is_named_and_not_begun_anew(
    tmp_path: Path, state: bytes, kept: bytes | None
) -> None:
    paths = tmp_path / "state.json", tmp_path / "kept.json"
    for path, content in zip(paths, (state, kept), strict=True):
        if content is not None:
            path.write_bytes(content)
    with pytest.raises(ChainStateDamagedError, match="both damaged"):
        recover(*paths)
    assert paths[0].read_bytes() == state


def test_the_keeper_copies_every_whole_state_and_ends_with_the_engine(tmp_path: Path) -> None:
    state, kept = tmp_path / "state.json", tmp_path / "kept.json"
    script = str(Path(keeper.__file__))
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as engine:
        argv = [sys.executable, script, str(engine.pid), str(state), str(kept), "0.01"]
        with subprocess.Popen(argv) as beside:
            state.write_bytes(OLDER)
            _until(lambda: kept.exists() and kept.read_bytes() == OLDER)
            state.write_bytes(STATE[:-1])
            time.sleep(0.1)
            assert kept.read_bytes() == OLDER
            state.write_bytes(STATE)
            _until(lambda: kept.read_bytes() == STATE)
            assert kept.stat().st_mode & 0o777 == 0o600
            assert beside.poll() is None
            os.kill(engine.pid, 9)  # a zombie until it is waited for: ended all the same
            assert beside.wait(10) == 0


def _until(holds: object, seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.01)
