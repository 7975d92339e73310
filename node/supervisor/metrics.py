"""What a Prometheus server fetches: the last reading, as gauges, on the member's metrics port."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Gauge, start_http_server

if TYPE_CHECKING:
    from node.health.reading import ChainReading, IpfsReading, Reading

_PLAIN = {
    "huren_chain_up": "1 where the chain client answers",
    "huren_chain_height": "number of the newest block",
    "huren_chain_head_age_seconds": "age of the newest block",
    "huren_chain_final_height": "number of the newest final block",
    "huren_chain_final_age_seconds": "age of the newest final block",
    "huren_chain_peers": "connected nodes",
    "huren_chain_peers_expected": "nodes of other members",
    "huren_chain_sealing": "1 where this node takes its turn",
    "huren_chain_syncing": "1 while it fetches blocks",
    "huren_validators": "validators in force",
    "huren_validators_present": "validators that are this node or connected to it",
    "huren_validators_needed": "validators without which no block is made",
    "huren_block_delay_seconds": "between a block's own time and its arrival, median; tells clocks that disagree",
    "huren_disk_free_bytes": "free space where the node's folder is",
    "huren_ipfs_up": "1 where the IPFS daemon answers",
    "huren_ipfs_peers": "members' IPFS daemons connected",
    "huren_ipfs_pins": "blobs pinned",
    "huren_ipfs_repository_bytes": "size of the IPFS repository",
}


class Metrics:
    """The gauges of one node."""

    def __init__(self) -> None:
        """Make them; `serve` opens the port."""
        self.registry = CollectorRegistry()
        self._plain = {name: Gauge(name, about, registry=self.registry) for name, about in _PLAIN.items()}
        self._missed = Gauge(
            "huren_validator_missed_blocks",
            "turns missed in the last blocks",
            ("validator", "province"),
            registry=self.registry,
        )
        self._program = Gauge("huren_program_up", "1 where it runs", ("program",), registry=self.registry)
        self._restarts = Gauge("huren_program_restarts", "starts after an end", ("program",), registry=self.registry)
        self._alarm = Gauge("huren_alarm", "alarms raised, by name", ("code",), registry=self.registry)

    def serve(self, host: str, port: int) -> None:
        """Answer on `port` of `host` from now on, in a thread of its own."""
        start_http_server(port, addr=host, registry=self.registry)

    def take(self, reading: Reading) -> None:
        """Show `reading` from now on."""
        self._set("huren_chain_up", reading.chain is not None)
        self._set("huren_disk_free_bytes", reading.disk_free)
        if reading.chain is not None:
            self._take_chain(reading.chain)
        if reading.ipfs is not None:
            self._take_ipfs(reading.ipfs)
        for program in reading.programs:
            self._program.labels(program.name).set(program.pid is not None)
            self._restarts.labels(program.name).set(program.restarts)
        self._alarm.clear()
        for alarm in reading.alarms:
            self._alarm.labels(alarm.code).inc()

    def _take_chain(self, chain: ChainReading) -> None:
        self._set("huren_chain_height", chain.height)
        self._set("huren_chain_head_age_seconds", chain.head_age)
        self._set("huren_chain_final_height", chain.final)
        self._set("huren_chain_final_age_seconds", chain.final_age)
        self._set("huren_chain_peers", chain.peers)
        self._set("huren_chain_peers_expected", chain.expected)
        self._set("huren_chain_sealing", chain.sealing)
        self._set("huren_chain_syncing", chain.syncing)
        self._set("huren_validators", len(chain.validators))
        self._set("huren_validators_present", chain.present)
        self._set("huren_validators_needed", chain.needed)
        if chain.delay is not None:
            self._set("huren_block_delay_seconds", chain.delay)
        self._missed.clear()
        for one in chain.validators:
            self._missed.labels(one.address, str(one.province or "")).set(one.missed)

    def _take_ipfs(self, ipfs: IpfsReading) -> None:
        self._set("huren_ipfs_up", ipfs.answering)
        self._set("huren_ipfs_peers", ipfs.peers)
        self._set("huren_ipfs_pins", ipfs.pins)
        self._set("huren_ipfs_repository_bytes", ipfs.size)

    def _set(self, name: str, value: float) -> None:
        self._plain[name].set(value)
