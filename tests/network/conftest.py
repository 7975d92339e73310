"""Wires between the gateways of the stage and the chain, and the log of kills."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
from killing import KillLog
from wire import Wire

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stage import Stage

_log = KillLog()


@pytest.fixture(scope="session")
def kill_log() -> KillLog:
    return _log


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand the log of a worker process to whoever started it."""
    handed = getattr(session.config, "workeroutput", None)
    if handed is not None:
        handed["kills"] = _log.lines


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object | None) -> None:  # noqa: ANN401 - xdist's
    """Take over a worker's log; a worker that broke down has none."""
    if error is None:
        _log.lines.extend(node.workeroutput.get("kills", ()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the log of the kills, whether or not anything failed."""
    if _log.lines:
        terminalreporter.section(f"{len(_log.lines)} kills with -9: point reached, leaves counted on the chain")
        for line in _log.lines:
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def wires(stage: Stage) -> Iterator[dict[int, Wire]]:
    """By province, the wire between its gateway and the chain."""
    made = {province: Wire(stage.chain_port) for province, centre in stage.centres.items() if centre.folder.exists()}
    for province, wire in made.items():
        stage.centres[province].rpc_url = wire.url
        stage.centres[province].write_settings()
    yield made
    for province, wire in made.items():
        stage.centres[province].rpc_url = stage.rpc_url
        stage.centres[province].write_settings()
        wire.close()
