"""Compiles contracts/ with the locked solc (py-solc-x over hardhat-config/solc) into node/client/artifacts/.

Written there, for the node, the gateway and the wheel:

- ``<Contract>.json``: contractName, sourceName, abi, bytecode, deployedBytecode (0x-hex), immutableReferences (as solc
  gives them: AST id → list of {start, length} in bytes), metadata (solc's own JSON text), sourcesDigest;
- ``sources/<path>``: every source that took part, under the name the compiler knew it by;
- ``compiler.json``: the compiler's full version, the standard-JSON settings, and the SHA-256 of each source, so that
  ``huren-node verify-contracts`` can compile the very same input again.

The folder is replaced as a whole, so a reader never meets half of it.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import solcx

ROOT = Path(__file__).resolve().parent.parent
CONTRACTS = ROOT / "contracts"
SOLC = ROOT / "hardhat-config" / "solc"
COMPILER = ROOT / "hardhat-config" / "compiler.json"
TARGET = ROOT / "node" / "client" / "artifacts"

OUTPUTS = [
    "abi",
    "metadata",
    "evm.bytecode.object",
    "evm.deployedBytecode.object",
    "evm.deployedBytecode.immutableReferences",
]
_IMPORT = re.compile(r"""^\s*import\b[^"';]*["']([^"']+)["']""", re.MULTILINE)

Json = dict[str, Any]


class ArtifactError(Exception):
    """contracts/ does not compile, or names a source that is not there."""


def remap(path: str, remappings: list[str]) -> str:
    """Apply the longest matching ``prefix=target`` of solc's remappings to an import path."""
    pairs = [entry.split("=", 1) for entry in remappings]
    for prefix, target in sorted(pairs, key=lambda pair: -len(pair[0])):
        if path.startswith(prefix):
            return target + path[len(prefix) :]
    return path


def collect_sources(remappings: list[str]) -> dict[str, str]:
    """Return every source below contracts/ and all they import: name relative to the checkout → text."""
    pending = [path.relative_to(ROOT).as_posix() for path in sorted(CONTRACTS.rglob("*.sol"))]
    sources: dict[str, str] = {}
    while pending:
        name = pending.pop()
        if name in sources:
            continue
        path = ROOT / name
        if not path.is_file():
            raise ArtifactError(f"imported source not found: {name} (run `make setup`)")
        sources[name] = path.read_text(encoding="utf-8")
        for imported in _IMPORT.findall(sources[name]):
            if imported.startswith("."):
                pending.append((path.parent / imported).resolve().relative_to(ROOT).as_posix())
            else:
                pending.append(remap(imported, remappings))
    return dict(sorted(sources.items()))


def compile_sources(sources: dict[str, str], settings: Json) -> Json:
    """Compile to solc's standard-JSON output; raises ArtifactError with solc's own words on any error or warning."""
    request = {
        "language": "Solidity",
        "sources": {name: {"content": text} for name, text in sources.items()},
        "settings": settings,
    }
    try:
        output: Json = solcx.compile_standard(request, solc_binary=SOLC)
    except solcx.exceptions.SolcError as error:
        raise ArtifactError(error.message) from error
    complaints = [
        entry["formattedMessage"]
        for entry in output.get("errors", [])
        if entry["severity"] == "error"
        or entry.get("sourceLocation", {}).get("file", "contracts/").startswith("contracts/")
    ]
    if complaints:
        raise ArtifactError("\n".join(complaints))
    return output


def full_version(output: Json) -> str:
    """Return the compiler's version with its commit, as the metadata of every contract says it."""
    (version,) = {
        json.loads(compiled["metadata"])["compiler"]["version"]
        for contracts in output["contracts"].values()
        for compiled in contracts.values()
        if compiled["metadata"]
    }
    return str(version)


def artifact(name: str, source: str, compiled: Json, digest: str) -> Json:
    """Shape one contract of solc's output as the artifact file says it."""
    evm = compiled["evm"]
    return {
        "contractName": name,
        "sourceName": source,
        "abi": compiled["abi"],
        "bytecode": "0x" + evm["bytecode"]["object"],
        "deployedBytecode": "0x" + evm["deployedBytecode"]["object"],
        "immutableReferences": evm["deployedBytecode"].get("immutableReferences", {}),
        "metadata": compiled["metadata"],
        "sourcesDigest": digest,
    }


def write(target: Path, sources: dict[str, str], settings: Json, output: Json) -> list[str]:
    """Write the whole folder beside ``target`` and swap it in; returns the contracts' names."""
    digests = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in sources.items()}
    digest = hashlib.sha256(json.dumps(digests, sort_keys=True).encode()).hexdigest()
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".artifacts-") as temporary:
        fresh = Path(temporary) / "fresh"
        fresh.mkdir(mode=0o755)
        names = []
        for source, contracts in output["contracts"].items():
            if not source.startswith("contracts/"):
                continue
            for name, compiled in contracts.items():
                body = artifact(name, source, compiled, digest)
                (fresh / f"{name}.json").write_text(json.dumps(body, indent=1) + "\n", encoding="utf-8")
                names.append(name)
        if len(names) != len(set(names)):
            raise ArtifactError(f"two contracts share a name: {sorted(names)}")
        for name, text in sources.items():
            path = fresh / "sources" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        compiler = {"solc": full_version(output), "settings": settings, "sources": digests}
        (fresh / "compiler.json").write_text(json.dumps(compiler, indent=1) + "\n", encoding="utf-8")
        if target.exists():
            target.rename(Path(temporary) / "old")
        fresh.rename(target)
    return sorted(names)


def main() -> int:
    """Compile and write; says what was written, or why nothing was."""
    compiler = json.loads(COMPILER.read_text(encoding="utf-8"))
    settings = {**compiler["settings"], "outputSelection": {"*": {"*": OUTPUTS}}}
    try:
        sources = collect_sources(settings["remappings"])
        names = write(TARGET, sources, settings, compile_sources(sources, settings))
    except ArtifactError as error:
        sys.stderr.write(f"artifacts: {error}\n")
        return 1
    print(f"artifacts: {len(names)} contracts from {len(sources)} sources in {TARGET.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
