"""A healthy node's reading, to be changed in one place by a test."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from node.health.reading import ChainReading, IpfsReading, ProgramReading, Reading, ValidatorReading

PROVINCES = (310_000, 320_000, 330_000, 340_000)


def validators(*, present: int = 4, missed: int = 0) -> tuple[ValidatorReading, ...]:
    """Four, of which the last ones are away, and the last one missed some of its eight turns."""
    return tuple(
        ValidatorReading(
            f"0x{place:040x}",
            province,
            present=place < present,
            turns=8,
            missed=missed if place == 3 else 0,
            sealed=8 - missed if place == 3 else 8,
        )
        for place, province in enumerate(PROVINCES)
    )


CHAIN = ChainReading(
    height=100,
    head_hash="0x" + "11" * 32,
    head_time=1_000,
    head_age=1.0,
    final=97,
    final_time=994,
    final_age=7.0,
    peers=3,
    provinces=PROVINCES[1:],
    expected=3,
    validators=validators(),
    needed=3,
    sealing=True,
    validator=True,
    syncing=False,
    delay=0.4,
    gathered=500.0,
)
IPFS = IpfsReading(answering=True, peers=3, expected=3, strangers=0, pins=5, blocks=7, size=1_000, problem="")
HEALTHY = Reading(
    at=1_001.0,
    province=310_000,
    engine="geth",
    block_seconds=2,
    supervisor=1,
    programs=(ProgramReading("chain", 2, 1.0, 0, 0, failing=False, problem=None),),
    chain_pid=2,
    chain=CHAIN,
    ipfs=IPFS,
    disk_free=50_000_000_000,
    disk_size=100_000_000_000,
    written_age=1.0,
)


def with_chain(**changes: Any) -> Reading:  # noqa: ANN401 - fields of ChainReading
    return replace(HEALTHY, chain=replace(CHAIN, **changes))
