from __future__ import annotations

import urllib.request
from dataclasses import replace

from ports import free_port
from prometheus_client.parser import text_string_to_metric_families

from node.health.judging import judge
from node.supervisor.metrics import Metrics
from tests.node.health.readings import HEALTHY, validators, with_chain


def fetched(port: int) -> dict[tuple[str, ...], float]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
        text = answer.read().decode()
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_a_prometheus_server_reads_the_last_reading() -> None:
    metrics, port = Metrics(), free_port()
    metrics.serve("127.0.0.1", port)
    metrics.take(HEALTHY)
    found = fetched(port)
    assert found["huren_chain_height",] == 100
    assert found["huren_chain_final_height",] == 97
    assert found["huren_validators_present",] == 4
    assert found["huren_ipfs_pins",] == 5
    assert found["huren_program_up", "chain"] == 1
    assert not any(name[0] == "huren_alarm" for name in found)
    degraded = with_chain(head_age=50.0, validators=validators(present=2))
    metrics.take(replace(degraded, alarms=judge(degraded)))
    found = fetched(port)
    assert found["huren_alarm", "no-quorum"] == 1
    assert found["huren_validators_present",] == 2
    metrics.take(replace(HEALTHY, chain=None, chain_pid=None))
    found = fetched(port)
    assert found["huren_chain_up",] == 0
    assert ("huren_alarm", "no-quorum") not in found
