"""network.json: what is running, as `up` found it; what `deploy` and every later command start from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from node.client.deployment import DigestText, Finality
from node.client.errors import NodeError
from node.client.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from node.description import Description
    from node.engines.protocol import Engine, EngineStatus
    from node.layout import Layout


class NetworkFileError(NodeError):
    """network.json at `path` cannot be used."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"{path} 无法使用：{why}。请先运行 huren-node up", f"cannot use {path}: {why}. Run huren-node up first"
        )
        self.path = path
        self.why = why


class ChainReplacedError(NodeError):
    """The chain that runs is not the one that network.json was written for."""

    def __init__(self, path: Path, expected: str, found: str) -> None:
        super().__init__(
            f"正在运行的链（创世块 {found}）不是 {path} 所记的链（{expected}）。请恢复链数据，或移走该文件与部署文件",
            f"the chain that runs (genesis {found}) is not that of {path} ({expected}). Restore the chain's data, or "
            "move this file and the deployment file away",
        )
        self.path = path
        self.expected = expected
        self.found = found


class _Content(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: str
    chain_id: int = Field(ge=1)
    engine: str
    rpc_url: str
    genesis_hash: DigestText
    finality: Finality
    block_gas_limit: int


@dataclass(frozen=True, slots=True)
class Network:
    """A running network.

    Attributes:
        name, chain_id: as described; engine: the engine's name; rpc_url: where this member's node answers.
        genesis_hash: of block 0, 0x-hex; finality: when a block is final; block_gas_limit: in gas.
    """

    name: str
    chain_id: int
    engine: str
    rpc_url: str
    genesis_hash: str
    finality: Finality
    block_gas_limit: int

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read network.json.

        Raises:
            NetworkFileError: absent, or not what `up` writes.
        """
        try:
            content = _Content.model_validate(orjson.loads(path.read_bytes()))
        except OSError as error:
            raise NetworkFileError(path, error.strerror or "unreadable") from error
        except (ValidationError, ValueError) as error:
            raise NetworkFileError(path, str(error)) from error
        return cls(**dict(content))

    def save(self, path: Path) -> None:
        """Write network.json as a whole."""
        content = _Content(
            name=self.name,
            chain_id=self.chain_id,
            engine=self.engine,
            rpc_url=self.rpc_url,
            genesis_hash=self.genesis_hash,
            finality=self.finality,
            block_gas_limit=self.block_gas_limit,
        )
        write_whole(path, orjson.dumps(content.model_dump(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def up(description: Description, layout: Layout, engine: Engine) -> tuple[Network, EngineStatus]:
    """Start the engine where it does not run and write network.json.

    Raises:
        ChainReplacedError: the chain is another one than before.
        NodeError: whatever keeps the engine from running.
    """
    status = engine.start()
    network = Network(
        name=description.name,
        chain_id=description.chain_id,
        engine=engine.kind,
        rpc_url=engine.rpc_url,
        genesis_hash=status.genesis_hash or "",
        finality=engine.finality,
        block_gas_limit=description.engine.block_gas_limit,
    )
    if layout.network.exists():
        known = Network.load(layout.network)
        if known.genesis_hash != network.genesis_hash:
            raise ChainReplacedError(layout.network, known.genesis_hash, network.genesis_hash)
    network.save(layout.network)
    return network, status
