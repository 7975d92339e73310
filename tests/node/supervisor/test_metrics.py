from __future__ import annotations

import http.client
import re
import socket
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from ports import free_port
from prometheus_client.parser import text_string_to_metric_families

from node.engines.problems import Problem
from node.health.judging import CODES, judge
from node.health.reading import ProgramReading
from node.supervisor import metrics as module
from node.supervisor.metrics import Metrics
from tests.node.health.readings import HEALTHY, IPFS, validators, with_chain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client.metrics_core import Metric

PROBLEM = Problem("磁盘已满", "the disk is full", "清理", "make room")


@pytest.fixture
def served() -> Iterator[tuple[Metrics, int]]:
    metrics, port = Metrics(), free_port()
    metrics.serve("127.0.0.1", port)
    assert metrics.problem == ""
    yield metrics, port
    metrics.close()


def answer(port: int, method: str = "GET", path: str = "/metrics") -> tuple[int, str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path)
        response = connection.getresponse()
        return response.status, response.getheader("Content-Type") or "", response.read().decode()
    finally:
        connection.close()


def families(port: int) -> list[Metric]:
    status, kind, text = answer(port)
    assert status == 200
    assert kind.startswith("text/plain; version=")
    return list(text_string_to_metric_families(text))


def fetched(port: int) -> dict[tuple[str, ...], float]:
    return {
        (sample.name, *sample.labels.values()): sample.value for family in families(port) for sample in family.samples
    }


def test_a_prometheus_server_reads_the_last_reading(served: tuple[Metrics, int]) -> None:
    metrics, port = served
    assert fetched(port) == {}, "before the first look nothing is known"
    metrics.take(HEALTHY)
    found = fetched(port)
    assert found["huren_chain_height",] == 100
    assert found["huren_chain_final_height",] == 97
    assert found["huren_validators_present",] == 4
    assert found["huren_ipfs_pins",] == 5
    assert found["huren_program_up", "chain"] == 1
    assert found["huren_program_restarts_total", "chain"] == 0
    assert found["huren_observed_timestamp_seconds",] == HEALTHY.at
    assert not any(value for (name, *_), value in found.items() if name == "huren_alarm")
    degraded = with_chain(head_age=50.0, validators=validators(present=2))
    metrics.take(replace(degraded, alarms=judge(degraded)))
    found = fetched(port)
    assert found["huren_alarm", "no-quorum"] == 1
    assert found["huren_validators_present",] == 2


def test_what_is_not_known_now_is_left_out(served: tuple[Metrics, int]) -> None:
    metrics, port = served
    metrics.take(HEALTHY)
    silent = replace(HEALTHY, chain=None, ipfs=replace(IPFS, answering=False))
    metrics.take(replace(silent, alarms=judge(silent)))
    found = fetched(port)
    assert (found["huren_chain_up",], found["huren_ipfs_up",]) == (0, 0)
    assert found["huren_alarm", "chain-silent"] == 1
    for name in ("huren_chain_height", "huren_chain_final_age_seconds", "huren_validators", "huren_ipfs_peers"):
        assert (name,) not in found, "an age that stands still would keep every rule quiet"


def test_every_alarm_can_be_asked_for_whether_it_is_raised_or_not(served: tuple[Metrics, int]) -> None:
    metrics, port = served
    failing = ProgramReading("ipfs", None, None, 3, 4, failing=True, problem=PROBLEM)
    reading = replace(HEALTHY, programs=(failing,))
    metrics.take(replace(reading, alarms=judge(reading)))
    alarms = {name[1]: value for name, value in fetched(port).items() if name[0] == "huren_alarm"}
    assert set(alarms) == set(CODES)
    assert {code for code, value in alarms.items() if value} == {"ipfs-failing"}


def test_names_units_and_types_are_as_prometheus_asks(served: tuple[Metrics, int]) -> None:
    metrics, port = served
    metrics.take(HEALTHY)
    found = families(port)
    assert len({family.name for family in found}) == len(found) > 20
    for family in found:
        assert re.fullmatch(r"huren_[a-z_]+", family.name)
        assert family.documentation
        assert family.type in {"gauge", "counter"}
        assert not re.search(r"_(ms|milliseconds|minutes|kb|mb|percent)$", family.name), "base units: seconds, bytes"
        if family.type == "counter":
            assert {sample.name for sample in family.samples} <= {f"{family.name}_total", f"{family.name}_created"}
        else:
            assert not family.name.endswith(("_total", "_count", "_sum", "_bucket"))


def test_nothing_but_the_figures_is_served_and_nothing_is_written(served: tuple[Metrics, int]) -> None:
    metrics, port = served
    metrics.take(HEALTHY)
    for path in ("/", "/../../etc/passwd", "/metrics/../health.json", "/%2e%2e/x", "/metrics/"):
        assert answer(port, path=path)[::2] == (404, "/metrics\n")
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "TRACE"):
        assert answer(port, method=method)[0] == 501
    assert answer(port, method="HEAD") == (200, answer(port)[1], "")
    with socket.create_connection(("127.0.0.1", port), timeout=30) as raw:
        raw.sendall(b"\x00\xff nonsense\r\n\r\n")
        raw.recv(1 << 16)
    assert answer(port)[0] == 200


def test_those_who_ask_slowly_keep_nobody_out_for_long(
    served: tuple[Metrics, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    metrics, port = served
    metrics.take(HEALTHY)
    monkeypatch.setattr(module, "_SLOW", 0.5)
    slow = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(40)]
    try:
        for one in slow:
            one.sendall(b"G")
        deadline = time.monotonic() + 60
        while True:
            try:
                assert answer(port)[0] == 200
                break
            except (OSError, http.client.HTTPException):
                assert time.monotonic() < deadline
                time.sleep(0.05)
    finally:
        for one in slow:
            one.close()


def test_a_port_that_is_taken_is_said_and_taken_when_it_is_free() -> None:
    metrics, port = Metrics(), free_port()
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", port))
        holder.listen()
        metrics.serve("127.0.0.1", port)
        assert str(port) in metrics.problem
        assert "in use" in metrics.problem
    metrics.serve("127.0.0.1", port)
    assert metrics.problem == ""
    other = free_port()
    metrics.serve("127.0.0.1", other)
    assert answer(other)[0] == 200, "local.toml names another one now"
    with pytest.raises(OSError, match="refused"):
        answer(port)
    metrics.close()
