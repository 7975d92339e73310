"""What the mutation run compiles: the sources, which contract is built from which of them, and a solc that stays awake.

A *target* is a source whose bytecode a mutant may change: a deployable contract (contracts/*.sol), or a test file that
calls a library through a harness of its own and deploys nothing of contracts/. Both are compiled here, optimizer off
and without metadata, to the very bytecode forge makes of them in the bench, so that no test is ever compiled twice.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from artifacts import ROOT, remap

TESTS = "hardhat-config/forge"
MOST_STAGES = 4
_FUNCTION = re.compile(r"\bfunction\s+(\w+)")
_IMPORT = re.compile(r"""^\s*import\b[^"';]*["']([^"']+)["']""", re.MULTILINE)

Json = dict[str, Any]
Code = dict[str, str]
"""``source:Contract`` → creation code in hex."""


class CompilerError(Exception):
    """The compiler cannot be asked, or refuses the unchanged sources; carries what it said."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of the work on a mutant: what to compile, and the test files that need nothing beyond it.

    Attributes:
        targets: what is compiled besides the targets of the stages before.
        tests: the files that import no other target of the mutant than these and those before: they see it whole.
    """

    targets: list[str]
    tests: list[str]


class Sources:
    """The sources of contracts/, what they import, and the tests that reach them by a harness."""

    def __init__(self, texts: dict[str, str], remappings: list[str], root: Path = ROOT) -> None:
        """Take contracts/ and what it imports as ``texts`` (name → text); tests are read below ``root``."""
        self._root = root
        self.texts = dict(texts)
        self.remappings = remappings
        self.deployables = sorted(name for name in texts if re.fullmatch(r"contracts/[^/]+\.sol", name))
        self._needs = {name: self._closure(name) for name in self.deployables}
        tests = sorted(path.relative_to(root).as_posix() for path in (root / TESTS).rglob("*.t.sol"))
        reached = {name: self._closure(name) for name in tests}
        harnesses = {name: seen for name, seen in reached.items() if not seen & set(self.deployables)}
        self._needs |= harnesses
        self.harnesses = sorted(harnesses)
        self._tests = reached
        self._defined: dict[str, set[str]] = {}
        self._deploys: dict[str, set[str]] = {}
        for name, seen in reached.items():
            for function in _FUNCTION.findall(self.texts[name]):
                self._defined.setdefault(function, set()).add(name)
                self._deploys.setdefault(function, set()).update(seen & set(self.deployables))

    def _closure(self, name: str) -> set[str]:
        """Return all that ``name`` imports, itself included, and keep the texts."""
        seen: set[str] = set()
        pending = [name]
        while pending:
            current = pending.pop()
            if current in seen:
                continue
            seen.add(current)
            if current not in self.texts:
                self.texts[current] = (self._root / current).read_text(encoding="utf-8")
            pending += [self._imported(current, path) for path in _IMPORT.findall(self.texts[current])]
        return seen

    def _imported(self, importer: str, path: str) -> str:
        if path.startswith("."):
            return os.path.normpath(Path(importer).parent / path)
        return remap(path, self.remappings)

    def needs(self, targets: list[str]) -> list[str]:
        """Return every source these targets are built from."""
        return sorted(set().union(*(self._needs[name] for name in targets)))

    def deployables_of(self, file: str) -> list[str]:
        """Return the deployable contracts' sources whose bytecode a change of ``file`` may change."""
        return [name for name in self.deployables if file in self._needs[name]]

    def deployed_by(self, test: str) -> list[str]:
        """Return the deployable contracts' sources that the files of this test import; all where none defines it."""
        return sorted(self._deploys.get(test, self.deployables))

    def tests_of(self, targets: list[str]) -> list[str]:
        """Return the test files that import one of these targets, or are one: no other can notice a change of them."""
        return [name for name, seen in self._tests.items() if seen & set(targets)]

    def defining(self, test: str) -> set[str]:
        """Return the test files that define a function of this name."""
        return self._defined.get(test, set())

    def stages_of(self, file: str) -> list[Stage]:
        """Return the stages of a mutant of ``file``: first the harnesses, then the fewest contracts that tests deploy.

        A library is part of most contracts, and compiling all of them costs more than the tests that mostly refuse it.
        """
        harnesses, deployables = set(self.harnesses_of(file)), set(self.deployables_of(file))
        needed = {name: seen & (harnesses | deployables) for name, seen in self._tests.items()}
        groups = [harnesses] if harnesses else []
        groups += sorted(
            (seen for seen in needed.values() if seen & deployables), key=lambda seen: (len(seen), sorted(seen))
        )
        stages: list[Stage] = []
        compiled: set[str] = set()
        for group in [*groups, deployables]:
            more = group - compiled
            if not more:
                continue
            if len(stages) >= MOST_STAGES - 1:
                more = deployables - compiled
            compiled |= more
            before = {name for stage in stages for name in stage.tests}
            tests = [n for n, seen in needed.items() if seen and seen <= compiled and n not in before]
            stages.append(Stage(sorted(more), tests))
        return stages

    def harnesses_of(self, file: str) -> list[str]:
        """Return the test files that call ``file`` through a harness and deploy nothing of contracts/."""
        return [name for name in self.harnesses if file in self._needs[name]]


class Compiler:
    """A solc that stays awake; answers creation code, optimizer off."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._process = subprocess.Popen(
            ("node", str(ROOT / "hardhat-config" / "solc-lines.js")),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def code_of(self, targets: list[str], file: str = "", text: str = "") -> Code | None:
        """Return the creation code of everything in ``targets`` with ``file`` replaced by ``text``.

        Returns None where it does not compile.
        """
        if not targets:
            return {}
        request = {
            "language": "Solidity",
            "sources": {
                name: {"content": text if name == file else self._sources.texts[name]}
                for name in self._sources.needs(targets)
            },
            "settings": {
                "evmVersion": "berlin",
                "optimizer": {"enabled": False},
                "metadata": {"appendCBOR": False, "bytecodeHash": "none"},
                "remappings": self._sources.remappings,
                "outputSelection": {name: {"*": ["evm.bytecode.object"]} for name in targets},
            },
        }
        answer = self._ask(request)
        if any(error["severity"] == "error" for error in answer.get("errors", [])):
            return None
        return {
            f"{source}:{name}": compiled["evm"]["bytecode"]["object"]
            for source in targets
            for name, compiled in answer["contracts"][source].items()
        }

    def original_of(self, targets: list[str]) -> Code:
        """Return the creation code of the unchanged ``targets``; raises CompilerError where they do not compile."""
        code = self.code_of(targets)
        if code is None:
            raise CompilerError(f"does not compile: {', '.join(targets)} (`python scripts/artifacts.py` says why)")
        return code

    def _ask(self, request: Json) -> Json:
        if self._process.stdin is None or self._process.stdout is None:
            raise CompilerError("the compiler has no pipes")
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise CompilerError("the compiler ended (run `make setup`)")
        answer: Json = json.loads(line)
        return answer

    def close(self) -> None:
        """End the compiler."""
        self._process.kill()
        self._process.communicate()


def fingerprints(code: Code) -> dict[str, str]:
    """Return contract's name → SHA-256 (hex, 12 digits) of its creation code, for deployable contracts."""
    return {
        key.partition(":")[2]: hashlib.sha256(body.encode()).hexdigest()[:12]
        for key, body in code.items()
        if key.startswith("contracts/") and Path(key.partition(":")[0]).stem == key.partition(":")[2]
    }
