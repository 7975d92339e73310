"""The deployment file: what a gateway must know of a chain before it believes a word of it.

deployment = Deployment.load(path)
deployment.contracts["CredentialRegistry"].address

It tells the contracts of the constitution. Which are in force by now the Directory knows (`node.client.directory`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import orjson
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from node.client.errors import NodeError
from node.client.files import write_whole

FORMAT = 1
ROOT = "Directory"
"""The contract that a deployment file must name: every other one is found through it."""
_ADDRESS = re.compile(r"^0x[0-9a-fA-F]{40}$")
_DIGEST = re.compile(r"^0x[0-9a-fA-F]{64}$")


class DeploymentFileError(NodeError):
    """The deployment file at `path` cannot be used: `why` says what is wrong with it."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"部署文件 {path} 无法使用：{why}。请向网络运营方索取，或运行 huren-node deploy",
            f"cannot use the deployment file {path}: {why}. Ask the network's operator, or run huren-node deploy",
        )
        self.path = path
        self.why = why


def _lower_address(value: object) -> object:
    if isinstance(value, str) and _ADDRESS.match(value):
        return value.lower()
    raise ValueError("an address is 0x and 40 hexadecimal digits")


def _lower_digest(value: object) -> object:
    if isinstance(value, str) and _DIGEST.match(value):
        return value.lower()
    raise ValueError("a digest is 0x and 64 hexadecimal digits")


AddressText = Annotated[str, BeforeValidator(_lower_address)]
DigestText = Annotated[str, BeforeValidator(_lower_digest)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class DeployedContract(_Strict):
    """One contract of the Directory: where it is, since which block, the keccak-256 of its code, its version."""

    address: AddressText
    block: int = Field(ge=0)
    code_hash: DigestText
    version: int = Field(ge=1)


class Province(_Strict):
    """The names of a member, in Chinese and English."""

    name_zh: str = Field(min_length=1)
    name_en: str = Field(min_length=1)


class Finality(_Strict):
    """When a block counts as final: at once (anvil, QBFT), or `confirmations` blocks later (Clique).

    `wall_clock`: blocks bear the time at which they are made, one every few seconds, so that an old newest block says
    that the chain stands still, or that this node is cut off. The embedded chain may live in the past.
    """

    kind: Literal["instant", "depth"]
    confirmations: int = Field(ge=0)
    wall_clock: bool = False


class _File(_Strict):
    format: Literal[1]
    chain_id: int = Field(ge=1)
    network: str = Field(min_length=1)
    genesis_hash: DigestText
    block: int = Field(ge=0)
    finality: Finality
    contracts: dict[str, DeployedContract]
    provinces: dict[str, Province]
    replication: int | None = Field(default=None, ge=1, le=34)


@dataclass(frozen=True, slots=True)
class Deployment:
    """The contracts of one chain and the members behind them.

    Attributes:
        chain_id: the chain's number, in every signature; network: its name; genesis_hash: block 0, 0x-hex.
        block: the first block that can hold an event of ours: an indexer starts there.
        finality: when a block is final.
        contracts: by name ("Consortium", "Directory", "InstitutionRegistry", "CredentialRegistry").
        provinces: by code (GB/T 2260, six digits), in the order of chairs.
        replication: by how many provinces a pack is kept, as network.toml says; None where it says nothing.
    """

    chain_id: int
    network: str
    genesis_hash: str
    block: int
    finality: Finality
    contracts: dict[str, DeployedContract]
    provinces: dict[int, Province]
    replication: int | None = None

    def address(self, name: str) -> str:
        """Return the address of contract `name`, lower-case hex."""
        return self.contracts[name].address

    def version(self, name: str) -> int:
        """Return the version of contract `name`, from 1."""
        return self.contracts[name].version

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the deployment file at `path`; unknown keys, missing keys and malformed values fail.

        Raises:
            DeploymentFileError: absent, unreadable, or not a deployment file of format 1.
        """
        try:
            content = _File.model_validate(orjson.loads(Path(path).read_bytes()))
            provinces = {int(code): province for code, province in content.provinces.items()}
        except OSError as error:
            raise DeploymentFileError(path, error.strerror or "unreadable") from error
        except ValidationError as error:
            first = error.errors()[0]
            raise DeploymentFileError(path, f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error
        except ValueError as error:
            raise DeploymentFileError(path, str(error)) from error
        if ROOT not in content.contracts:
            raise DeploymentFileError(path, f"contracts: no {ROOT}, from which all contracts are found")
        return cls(
            content.chain_id,
            content.network,
            content.genesis_hash,
            content.block,
            content.finality,
            content.contracts,
            provinces,
            content.replication,
        )

    def save(self, path: Path) -> None:
        """Write the file at `path` as a whole: a reader meets the old one or the new one, never half of one."""
        content: dict[str, Any] = {
            "format": FORMAT,
            "chain_id": self.chain_id,
            "network": self.network,
            "genesis_hash": self.genesis_hash,
            "block": self.block,
            "finality": self.finality.model_dump(exclude_defaults=True),
            "contracts": {name: contract.model_dump() for name, contract in self.contracts.items()},
            "provinces": {str(code): province.model_dump() for code, province in self.provinces.items()},
        }
        if self.replication is not None:
            content["replication"] = self.replication
        write_whole(path, orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
