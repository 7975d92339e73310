"""What a Prometheus server fetches: the last reading, on the member's metrics port, and nothing else there.

Each figure is of one moment. What is not known now is left out, never shown as it once was: a client that has been
silent for an hour has no height.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from node.health.judging import CODES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client.metrics_core import Metric

    from node.health.reading import ChainReading, IpfsReading, Reading

PATH = "/metrics"
_SLOW = 5.0
"""Seconds that a connection may last: who asks or reads slowly, byte by byte, must not keep others out."""
_CONNECTIONS = 16


class Metrics(Collector):
    """The figures of one node; `serve` opens their port."""

    def __init__(self) -> None:
        """Begin with no reading: nothing is known."""
        self.registry = CollectorRegistry(auto_describe=False)
        self.registry.register(self)
        self.problem = ""
        self._reading: Reading | None = None
        self._server: _Server | None = None

    def serve(self, host: str, port: int) -> None:
        """Answer on `port` of `host` from now on, in a thread of its own; nothing is done where it does already.

        A port that is taken is kept in `problem`, until it is free.
        """
        if self._server is not None and self._server.asked_for == (host, port):
            return
        self.close()
        try:
            self._server = _Server(host, port, self.registry)
        except OSError as error:
            self.problem = f"{host}:{port} {error.strerror or type(error).__name__}"
            return
        self.problem = ""
        threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True).start()

    def close(self) -> None:
        """Answer no more."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def take(self, reading: Reading) -> None:
        """Show `reading` from now on."""
        self._reading = reading

    def collect(self) -> Iterator[Metric]:
        """Yield the figures of the last reading."""
        reading = self._reading
        if reading is None:
            return
        chain, ipfs = reading.chain, reading.ipfs
        yield _gauge("huren_observed_timestamp_seconds", "when this was found, seconds since 1970", reading.at)
        yield _gauge("huren_disk_free_bytes", "free space where the node's folder is", reading.disk_free)
        yield _gauge("huren_disk_size_bytes", "size of the disk that the node's folder is on", reading.disk_size)
        yield _gauge("huren_chain_up", "1 where the chain client answers", chain is not None)
        if chain is not None:
            yield from _of_chain(chain)
        yield _gauge("huren_ipfs_up", "1 where the IPFS daemon answers", ipfs is not None and ipfs.answering)
        if ipfs is not None and ipfs.answering:
            yield from _of_ipfs(ipfs)
        yield from _of_programs(reading)
        yield _of_alarms(reading)


def _gauge(name: str, about: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, about, value=float(value))


def _of_chain(chain: ChainReading) -> Iterator[Metric]:
    yield _gauge("huren_chain_height", "number of the newest block", chain.height)
    yield _gauge("huren_chain_head_age_seconds", "age of the newest block", chain.head_age)
    yield _gauge("huren_chain_final_height", "number of the newest final block", chain.final)
    yield _gauge("huren_chain_final_age_seconds", "age of the newest final block", chain.final_age)
    yield _gauge("huren_chain_peers", "connected nodes", chain.peers)
    yield _gauge("huren_chain_member_peers", "connected nodes of other members", len(chain.provinces))
    yield _gauge("huren_chain_peers_expected", "nodes of other members", chain.expected)
    yield _gauge("huren_chain_validator", "1 where this node is a validator", chain.validator)
    yield _gauge("huren_chain_sealing", "1 where this node takes its turn", chain.sealing)
    yield _gauge("huren_chain_syncing", "1 while it fetches blocks", chain.syncing)
    yield _gauge("huren_validators", "validators in force", len(chain.validators))
    yield _gauge("huren_validators_present", "validators that are this node or connected to it", chain.present)
    yield _gauge("huren_validators_needed", "validators without which no block is made", chain.needed)
    if chain.delay is not None:
        about = "between a block's own time and its arrival, median; tells clocks that disagree"
        yield _gauge("huren_block_delay_seconds", about, chain.delay)
    labels = ("validator", "province")
    turns = GaugeMetricFamily("huren_validator_turns", "turns in the last blocks", labels=labels)
    missed = GaugeMetricFamily("huren_validator_missed_blocks", "turns missed in the last blocks", labels=labels)
    sealed = GaugeMetricFamily("huren_validator_sealed_blocks", "blocks made of the last ones", labels=labels)
    for one in chain.validators:
        who = (one.address, str(one.province or ""))
        turns.add_metric(who, one.turns)
        missed.add_metric(who, one.missed)
        sealed.add_metric(who, one.sealed)
    yield from (turns, missed, sealed)


def _of_ipfs(ipfs: IpfsReading) -> Iterator[Metric]:
    yield _gauge("huren_ipfs_peers", "members' IPFS daemons connected", ipfs.peers)
    yield _gauge("huren_ipfs_peers_expected", "IPFS daemons of other members", ipfs.expected)
    yield _gauge("huren_ipfs_strangers", "connected daemons that no member has", ipfs.strangers)
    yield _gauge("huren_ipfs_pins", "blobs pinned", ipfs.pins)
    yield _gauge("huren_ipfs_repository_bytes", "size of the IPFS repository", ipfs.size)


def _of_programs(reading: Reading) -> Iterator[Metric]:
    up = GaugeMetricFamily("huren_program_up", "1 where it runs", labels=("program",))
    restarts = CounterMetricFamily("huren_program_restarts", "starts after an end", labels=("program",))
    for program in reading.programs:
        up.add_metric((program.name,), program.pid is not None)
        restarts.add_metric((program.name,), program.restarts)
    yield from (up, restarts)


def _of_alarms(reading: Reading) -> Metric:
    """Every alarm that this node can raise, 1 while it is raised: a rule may ask for one that never was."""
    raised = [alarm.code for alarm in reading.alarms]
    family = GaugeMetricFamily("huren_alarm", "alarms raised, by name (operator guide, section 7)", labels=("code",))
    for code in (*CODES, *sorted({*raised} - {*CODES})):
        family.add_metric((code,), raised.count(code))
    return family


class _Server(ThreadingHTTPServer):
    """Answers GET and HEAD of one path; at most so many at once."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = _CONNECTIONS

    def __init__(self, host: str, port: int, registry: CollectorRegistry) -> None:
        self.asked_for = (host, port)
        self._registry = registry
        self._room = threading.BoundedSemaphore(_CONNECTIONS)
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), _Handler)

    def text(self) -> bytes:
        """Return the exposition."""
        return generate_latest(self._registry)

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - socketserver's
        """Answer in a thread of its own, or not at all where too many ask already."""
        if not self._room.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - socketserver's
        """Answer, and make room for another."""
        over = threading.Timer(_SLOW, partial(_hang_up, request))
        over.daemon = True
        over.start()
        try:
            super().process_request_thread(request, client_address)
        finally:
            over.cancel()
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - socketserver's
        """Say nothing: a client that goes away in the middle is no news."""


def _hang_up(request: socket.socket) -> None:
    """End a connection whose time is over; its thread meets the end of it."""
    with contextlib.suppress(OSError):
        request.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    timeout = _SLOW
    server: _Server

    def version_string(self) -> str:
        """Say what we are, and not which Python runs us."""
        return "huren-node"

    def do_GET(self) -> None:
        """Answer with the figures, or 404."""
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        """Answer as to GET, without the figures."""
        self._answer(with_body=False)

    def log_message(self, *_: object) -> None:
        """Write no log: a fetch every few seconds is nothing to remember."""

    def _answer(self, *, with_body: bool) -> None:
        known = self.path.partition("?")[0] == PATH
        body = self.server.text() if known else b"/metrics\n"
        self.send_response(200 if known else 404)
        self.send_header("Content-Type", CONTENT_TYPE_LATEST if known else "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        if with_body:
            self.wfile.write(body)
