"""A copy of the tree in which one worker of the mutation run tries one mutant after another.

The tests deploy through forge's dynamic linking, that is, from the artifacts in forge's output folder. So a mutant
costs no compilation of tests: the deployable contracts it touches are compiled by a solc that stays awake, their
creation code is put into the artifacts, and forge runs. Only a survivor that other tests reach through a harness of
their own (a library) is compiled once more in the ordinary way, and faces these.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artifacts import ROOT, SOLC, remap

if TYPE_CHECKING:
    from mutants import Mutant

WORK = ROOT / "build" / "mutation"
TESTS = "hardhat-config/forge"
TEST_SECONDS = 240
TIMED_OUT = 124  # as timeout(1) says it
QUICK = {"FOUNDRY_FUZZ_RUNS": "24"}
INVARIANTS = {"FOUNDRY_INVARIANT_RUNS": "16", "FOUNDRY_INVARIANT_DEPTH": "60"}
UNITS = ("--no-match-test", "invariant")
ENVIRONMENT = {
    "FOUNDRY_CONFIG": "hardhat-config/foundry.toml",
    "FOUNDRY_SOLC": str(SOLC),
    "FOUNDRY_OPTIMIZER": "false",
    "FOUNDRY_DENY": "never",
    "FOUNDRY_BYTECODE_HASH": "none",
    "FOUNDRY_CBOR_METADATA": "false",
    "FOUNDRY_DYNAMIC_TEST_LINKING": "true",
    "FOUNDRY_CODE_SIZE_LIMIT": "1000000",
    "NO_COLOR": "1",
}
_IMPORT = re.compile(r"""^\s*import\b[^"';]*["']([^"']+)["']""", re.MULTILINE)

Json = dict[str, Any]


class BaselineError(Exception):
    """The unchanged contracts do not pass their own tests; carries forge's output."""


class Sources:
    """The sources of contracts/ and what they import, and which deployable contract needs which."""

    def __init__(self, texts: dict[str, str], remappings: list[str]) -> None:
        self.texts = texts
        self.remappings = remappings
        self.deployables = [name for name in texts if re.fullmatch(r"contracts/[^/]+\.sol", name)]
        self.needs = {name: self._closure([name]) for name in self.deployables}
        tests = [path.relative_to(ROOT).as_posix() for path in (ROOT / TESTS).rglob("*.t.sol")]
        reached = {name: self._closure([name]) for name in tests}
        self._harnessed = {name: seen for name, seen in reached.items() if not seen & set(self.deployables)}

    def _closure(self, names: list[str]) -> set[str]:
        """Return all that ``names`` import, themselves included."""
        seen: set[str] = set()
        pending = list(names)
        while pending:
            current = pending.pop()
            if current not in seen:
                seen.add(current)
                text = self.texts[current] if current in self.texts else (ROOT / current).read_text(encoding="utf-8")
                pending += [self._target(current, imported) for imported in _IMPORT.findall(text)]
        return seen

    def _target(self, importer: str, imported: str) -> str:
        if imported.startswith("."):
            return os.path.normpath(Path(importer).parent / imported)
        return remap(imported, self.remappings)

    def touched_by(self, file: str) -> list[str]:
        """Return the deployable contracts' sources whose bytecode a change of ``file`` may change."""
        return [name for name in self.deployables if file in self.needs[name]]

    def tests_that_reach(self, file: str) -> list[str]:
        """Return the tests that call ``file`` through a harness of their own and deploy nothing of contracts/."""
        return sorted(name for name, reached in self._harnessed.items() if file in reached)


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

    def code_of(self, deployables: list[str], file: str = "", text: str = "") -> dict[str, str] | None:
        """Return source → creation code (hex) with ``file`` replaced by ``text``; None if it does not compile."""
        needed = set().union(*(self._sources.needs[name] for name in deployables))
        request = {
            "language": "Solidity",
            "sources": {
                name: {"content": text if name == file else self._sources.texts[name]} for name in sorted(needed)
            },
            "settings": {
                "evmVersion": "berlin",
                "optimizer": {"enabled": False},
                "metadata": {"appendCBOR": False, "bytecodeHash": "none"},
                "remappings": self._sources.remappings,
                "outputSelection": {name: {Path(name).stem: ["evm.bytecode.object"]} for name in deployables},
            },
        }
        if self._process.stdin is None or self._process.stdout is None:
            raise BaselineError("the compiler has no pipes")
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer: Json = json.loads(self._process.stdout.readline())
        if any(error["severity"] == "error" for error in answer.get("errors", [])):
            return None
        return {name: answer["contracts"][name][Path(name).stem]["evm"]["bytecode"]["object"] for name in deployables}

    def close(self) -> None:
        """End the compiler."""
        self._process.kill()
        self._process.communicate()


class Bench:
    """One worker's tree and compiler."""

    def __init__(self, number: int, sources: Sources) -> None:
        self.folder = WORK / f"tree-{number}"
        self._sources = sources
        self._compiler = Compiler(sources)
        self._output = self.folder / "build" / "forge"
        self._pristine = self.folder / "build" / "pristine"
        self._lay_out()
        code, output = self._forge(*UNITS)
        if code != 0:
            raise BaselineError(output)
        shutil.rmtree(self._pristine, ignore_errors=True)
        shutil.copytree(self._output, self._pristine)
        self._linked = self._all_code()
        original = self._compiler.code_of(sources.deployables)
        if original is None:
            raise BaselineError("contracts/ do not compile")
        self._original = original

    def _lay_out(self) -> None:
        """Copy what forge needs; the dependencies are hard links."""
        for part in ("contracts", TESTS, "tests/vectors"):
            shutil.rmtree(self.folder / part, ignore_errors=True)
            shutil.copytree(ROOT / part, self.folder / part)
        library = Path("hardhat-config/node_modules/@openzeppelin/contracts")
        if not (self.folder / library).exists():
            shutil.copytree(ROOT / library, self.folder / library, copy_function=os.link)
        shutil.copy2(ROOT / "hardhat-config/foundry.toml", self.folder / "hardhat-config/foundry.toml")

    def close(self) -> None:
        """End the worker's compiler."""
        self._compiler.close()

    def _forge(self, *arguments: str, **environment: str) -> tuple[int, str]:
        """Run forge's tests here; returns exit code (TIMED_OUT after TEST_SECONDS) and output."""
        located = subprocess.run(("scripts/native.sh", "forge"), cwd=ROOT, capture_output=True, text=True, check=True)
        with subprocess.Popen(
            (str(ROOT / located.stdout.strip()), "test", "--root", ".", *arguments),
            cwd=self.folder,
            env={**os.environ, **ENVIRONMENT, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        ) as process:
            try:
                output, _ = process.communicate(timeout=TEST_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
                return TIMED_OUT, f"no answer within {TEST_SECONDS} s"
        return process.returncode, output

    def _artifact(self, source: str) -> Path:
        return self._output / "out" / Path(source).name / f"{Path(source).stem}.json"

    def _all_code(self) -> dict[str, str]:
        """Return the creation code of everything forge has built, tests and their harnesses included."""
        folder = self._output / "out"
        return {
            str(path): json.loads(path.read_text(encoding="utf-8"))["bytecode"]["object"]
            for path in folder.rglob("*.json")
            if "build-info" not in path.parts
        }

    def judge(self, mutant: Mutant) -> str:
        """Return "killed: by what", "survived", "equivalent" or "invalid"; leaves the tree as it was."""
        text = mutant.apply(self._sources.texts[mutant.file].encode()).decode()
        touched = self._sources.touched_by(mutant.file)
        code = self._compiler.code_of(touched, mutant.file, text) if touched else {}
        if code is None:
            return "invalid"
        changed = {name: body for name, body in code.items() if body != self._original[name]}
        verdict = self._injected(mutant, changed) if changed else "equivalent"
        tests = self._sources.tests_that_reach(mutant.file)
        if verdict.startswith("killed") or not tests:
            return verdict
        return self._compiled_anew(mutant, text, verdict, tests)

    def _injected(self, mutant: Mutant, changed: dict[str, str]) -> str:
        kept = {self._artifact(name): self._artifact(name).read_bytes() for name in changed}
        try:
            for name, body in changed.items():
                artifact = json.loads(kept[self._artifact(name)])
                artifact["bytecode"]["object"] = f"0x{body}"
                self._artifact(name).write_text(json.dumps(artifact), encoding="utf-8")
            rounds = [*self._near(mutant), (UNITS, QUICK), (("--match-test", "invariant"), INVARIANTS), (UNITS, {})]
            return self._face(rounds)
        finally:
            for path, content in kept.items():
                path.write_bytes(content)

    def _compiled_anew(self, mutant: Mutant, text: str, verdict: str, tests: list[str]) -> str:
        """Let the tests that reach the source without a deployable contract judge it: forge compiles them again."""
        path = self.folder / mutant.file
        original = path.read_bytes()
        try:
            path.write_text(text, encoding="utf-8")
            code, output = self._forge("--fail-fast", *UNITS, "--match-path", f"{{{','.join(tests)}}}")
            if "Compiler run failed" in output:
                return "invalid"
            if code != 0:
                return killed(code, output)
            same = all(self._linked.get(name) == body for name, body in self._all_code().items())
            return verdict if same else "survived"
        finally:
            path.write_bytes(original)
            shutil.rmtree(self._output)
            shutil.copytree(self._pristine, self._output)

    def _near(self, mutant: Mutant) -> list[tuple[tuple[str, ...], dict[str, str]]]:
        """Return a first round: the tests named after the source or its folder, likeliest to kill, if there are any."""
        forge = self.folder / TESTS
        for word in (Path(mutant.file).stem, Path(mutant.file).parent.name.capitalize()):
            if any(forge.glob(f"*{word}*.t.sol")):
                return [((*UNITS, "--match-path", f"{TESTS}/*{word}*"), QUICK)]
        return []

    def _face(self, rounds: list[tuple[tuple[str, ...], dict[str, str]]]) -> str:
        for arguments, environment in rounds:
            code, output = self._forge("--fail-fast", *arguments, **environment)
            if code != 0 and "No tests" not in output:
                return killed(code, output)
        return "survived"


def killed(code: int, output: str) -> str:
    """Say what killed a mutant: the first test that failed."""
    if code == TIMED_OUT:
        return "killed: no answer in time"
    failed = re.search(r"\[FAIL[^\n]*\]\s*(\w+)", output)
    return f"killed: {failed.group(1)}" if failed else "killed: setUp"
