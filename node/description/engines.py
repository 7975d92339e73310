"""The engines of network.toml: which program makes the blocks, and how."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from node.description.values import Port, Row

_LATEST = 1 << 40
"""Beyond any time that a clock will say; keeps a slip of milliseconds out."""

BlockSeconds = Annotated[int, Field(ge=1, le=60)]
BlockGasLimit = Annotated[int, Field(ge=10_000_000, le=1_000_000_000)]


class AnvilEngine(Row):
    """The embedded engine: one process, for trials, development and tests."""

    kind: Literal["anvil"]
    binary: str | None = Field(default=None, min_length=1)
    host: Literal["127.0.0.1"] = "127.0.0.1"
    port: Port = 8545
    block_seconds: BlockSeconds = 1
    block_gas_limit: BlockGasLimit = 100_000_000
    state_seconds: int = Field(default=1, ge=1, le=3_600)
    preserve_historical_states: bool = False
    start_days_ago: int = Field(default=0, ge=0, le=3_650)


class GethEngine(Row):
    """go-ethereum with Clique: real processes for tests and trials; a block is final some blocks later."""

    kind: Literal["geth"]
    block_seconds: BlockSeconds = 2
    block_gas_limit: BlockGasLimit = 100_000_000
    genesis_time: int = Field(ge=0, lt=_LATEST)
    confirmations: int = Field(default=3, ge=1, le=100)


class BesuEngine(Row):
    """Hyperledger Besu with QBFT, for production: a block is final at once."""

    kind: Literal["besu"]
    block_seconds: BlockSeconds = 2
    block_gas_limit: BlockGasLimit = 100_000_000
    genesis_time: int = Field(ge=0, lt=_LATEST)


ValidatorEngine = GethEngine | BesuEngine
"""An engine in which members' nodes seal the blocks."""
AnyEngine = Annotated[AnvilEngine | GethEngine | BesuEngine, Field(discriminator="kind")]
