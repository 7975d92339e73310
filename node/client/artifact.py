"""The compiled contracts: what set-up made of contracts/ and put beside this module, in the wheel too.

registry = load("CredentialRegistry")
registry.abi, registry.bytecode, registry.deployed_bytecode
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from node.client.errors import NodeError

FOLDER = Path(__file__).parent / "artifacts"
"""Where set-up puts ``<Name>.json`` and the sources they were made of (``sources/``)."""

CONTRACTS = (
    "Consortium",
    "Directory",
    "InstitutionRegistry",
    "CredentialRegistry",
    "EvaluationRegistry",
    "AgreementRegistry",
    "ClaimBook",
    "TransferLedger",
)
"""The contracts of a deployment, in the order in which they are created."""


class ArtifactMissingError(NodeError):
    """There is no usable compiled contract `name` in `path`."""

    def __init__(self, name: str, path: Path, why: str) -> None:
        super().__init__(
            f"没有合约 {name} 的编译结果（{path}：{why}）。请运行 make setup",
            f"no compiled contract {name} ({path}: {why}). Run make setup",
        )
        self.name = name
        self.path = path
        self.why = why


@dataclass(frozen=True, slots=True, eq=False)
class Artifact:
    """One compiled contract.

    Attributes:
        name: the contract's name, as the Directory spells it.
        abi: its interface, as solc writes it (Solidity contract ABI specification, "JSON").
        bytecode: what a creation transaction starts with; constructor arguments are appended.
        deployed_bytecode: what lies on the chain, with zeros where immutables go.
        immutable_references: per AST id, the places (start, length in bytes) of an immutable in `deployed_bytecode`.
        metadata: solc's metadata document (compiler, settings, digests of the sources); empty for an interface.
    """

    name: str
    abi: list[dict[str, Any]] = field(repr=False)
    bytecode: bytes = field(repr=False)
    deployed_bytecode: bytes = field(repr=False)
    immutable_references: dict[str, list[dict[str, int]]] = field(repr=False)
    metadata: dict[str, Any] = field(repr=False)


@cache
def load(name: str) -> Artifact:
    """Return the compiled contract `name` (one of :data:`CONTRACTS`). Read once and kept.

    Raises:
        ArtifactMissingError: set-up has not been run, or the file is damaged.
    """
    return read(FOLDER / f"{name}.json", name)


def read(path: Path, name: str) -> Artifact:
    """Return the compiled contract `name` kept in `path`.

    Raises:
        ArtifactMissingError: the file is absent or damaged.
    """
    try:
        content = orjson.loads(path.read_bytes())
        return Artifact(
            name=name,
            abi=content["abi"],
            bytecode=_code(content["bytecode"]),
            deployed_bytecode=_code(content["deployedBytecode"]),
            immutable_references=content["immutableReferences"],
            metadata=_document(content["metadata"]),
        )
    except OSError as error:
        raise ArtifactMissingError(name, path, error.strerror or "unreadable") from error
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise ArtifactMissingError(name, path, f"damaged: {error}") from error


def _code(value: str) -> bytes:
    return bytes.fromhex(value.removeprefix("0x"))


def _document(value: str | dict[str, Any]) -> dict[str, Any]:
    """Take the metadata as solc writes it (a string of JSON) or already parsed."""
    if value == "":
        return {}  # an interface has no code, hence no metadata
    parsed = orjson.loads(value) if isinstance(value, str) else value
    if not isinstance(parsed, dict):
        raise TypeError("metadata is not an object")
    return parsed
