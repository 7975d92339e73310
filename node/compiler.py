"""Compiles the contracts' sources again, with the compiler and the settings that set-up used.

sources = Sources.shipped()
compiled = compile_again(sources, solc=None)
compiled["Directory"].code
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from subprocess import SubprocessError
from typing import TYPE_CHECKING, Any, Self

import orjson
import solcx
from solcx.exceptions import SolcError

from node.client.artifact import CONTRACTS, FOLDER
from node.client.errors import NodeError

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCKED_SOLC = Path(__file__).resolve().parents[1] / "hardhat-config" / "solc"
"""The one compiler of a checkout. An installation without a checkout names its own (``--solc``)."""

_OUTPUTS = [
    "metadata",
    "evm.deployedBytecode.object",
    "evm.deployedBytecode.immutableReferences",
]


class SourcesMissingError(NodeError):
    """There is nothing to compile in `path`."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"无法读取合约源码 {path}：{why}。请运行 make setup 或用 --sources 指定",
            f"cannot read the contracts' sources {path}: {why}. Run make setup, or name them with --sources",
        )
        self.path = path
        self.why = why


class CompilerMissingError(NodeError):
    """There is no usable compiler at `path`."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"无法运行编译器 {path}：{why}。请运行 make setup 或用 --solc 指定",
            f"cannot run the compiler {path}: {why}. Run make setup, or name one with --solc",
        )
        self.path = path
        self.why = why


class DoesNotCompileError(NodeError):
    """The sources are no program: `complaint` is the compiler's."""

    def __init__(self, complaint: str) -> None:
        super().__init__(f"源码无法编译：{complaint}", f"the sources do not compile: {complaint}")
        self.complaint = complaint


@dataclass(frozen=True, slots=True)
class Sources:
    """The texts of the contracts and what is known of how they were compiled.

    Attributes:
        folder: where the texts lie, under the names that the compiler knew them by.
        compiler: the compiler's full version at set-up.
        settings: the compiler's settings at set-up (solc's standard JSON).
        digests: SHA-256 of each text at set-up, hex.
    """

    folder: Path
    compiler: str
    settings: dict[str, Any]
    digests: dict[str, str]

    @classmethod
    def shipped(cls, folder: Path | None = None) -> Self:
        """Return the sources shipped with this software, or those below `folder` with the shipped record beside them.

        Raises:
            SourcesMissingError: set-up has not been run.
        """
        return cls._read(FOLDER, folder or FOLDER / "sources")

    @classmethod
    def of_release(cls, artifacts: Path) -> Self:
        """Return the sources of another release, from its artifacts: ``compiler.json``, and ``sources/`` beside it.

        Raises:
            SourcesMissingError: this is no such folder.
        """
        return cls._read(artifacts, artifacts / "sources")

    @classmethod
    def _read(cls, artifacts: Path, folder: Path) -> Self:
        record = artifacts / "compiler.json"
        try:
            content = orjson.loads(record.read_bytes())
            return cls(folder, content["solc"], content["settings"], content["sources"])
        except OSError as error:
            raise SourcesMissingError(record, error.strerror or "unreadable") from error
        except (KeyError, ValueError, TypeError) as error:
            raise SourcesMissingError(record, f"damaged: {error}") from error

    def texts(self) -> dict[str, str]:
        """Return every text by name.

        Raises:
            SourcesMissingError: one is not there.
        """
        found = {}
        for name in self.digests:
            try:
                found[name] = (self.folder / name).read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise SourcesMissingError(self.folder / name, str(error)) from error
        return found

    def changed(self, texts: dict[str, str]) -> tuple[str, ...]:
        """Return the names of the texts that are not those of set-up."""
        return tuple(
            name for name, text in texts.items() if hashlib.sha256(text.encode()).hexdigest() != self.digests[name]
        )


@dataclass(frozen=True, slots=True)
class Compiled:
    """What the compiler made of one contract.

    Attributes:
        name: the contract's.
        code: what lies on the chain, with zeros where immutables go.
        metadata_size: bytes of CBOR metadata at the end of `code`, its own two-byte length included.
        immutables: by variable name, the offsets in `code` of the 32-byte places it fills.
        compiler: the compiler's full version, from the metadata.
    """

    name: str
    code: bytes
    metadata_size: int
    immutables: dict[str, tuple[int, ...]]
    compiler: str


def compile_again(
    sources: Sources, texts: dict[str, str], *, solc: Path | None, complete: bool = True
) -> dict[str, Compiled]:
    """Compile `texts` with the settings of `sources` and return the contracts of a deployment by name.

    `complete`: every one of them has to be there; the sources of an earlier release may have fewer.

    Raises:
        CompilerMissingError: no compiler.
        DoesNotCompileError: the compiler's own words.
    """
    binary = solc or LOCKED_SOLC
    if not binary.is_file():
        raise CompilerMissingError(binary, "no such file")
    request = {
        "language": "Solidity",
        "sources": {name: {"content": text} for name, text in texts.items()},
        "settings": {**sources.settings, "outputSelection": {"*": {"*": _OUTPUTS, "": ["ast"]}}},
    }
    try:
        output = solcx.compile_standard(request, solc_binary=binary)
    except SolcError as error:
        raise DoesNotCompileError(str(error.message)) from error
    except (OSError, ValueError, SubprocessError) as error:
        raise CompilerMissingError(binary, str(error)) from error
    names = dict(_variables(output["sources"]))
    found = {
        name: _compiled(name, contract, names)
        for contracts in output["contracts"].values()
        for name, contract in contracts.items()
        if name in CONTRACTS
    }
    missing = [name for name in CONTRACTS if name not in found]
    if missing and complete:
        raise DoesNotCompileError(f"no contract {', '.join(missing)}")
    return found


def _compiled(name: str, contract: dict[str, Any], names: dict[int, str]) -> Compiled:
    deployed = contract["evm"]["deployedBytecode"]
    code = bytes.fromhex(deployed["object"])
    places: dict[str, tuple[int, ...]] = {}
    for number, references in deployed.get("immutableReferences", {}).items():
        variable = names[int(number)]
        places[variable] = (*places.get(variable, ()), *(place["start"] for place in references))
    version = orjson.loads(contract["metadata"])["compiler"]["version"]
    # Solidity documentation, "Contract Metadata": the last two bytes give the length of the CBOR before them
    return Compiled(name, code, int.from_bytes(code[-2:], "big") + 2, places, version)


def _variables(sources: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """Yield (AST id, name) of every variable declared in a contract."""
    for source in sources.values():
        for contract in source["ast"]["nodes"]:
            for node in contract.get("nodes", ()):
                if node["nodeType"] == "VariableDeclaration":
                    yield node["id"], node["name"]
