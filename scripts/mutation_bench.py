"""A copy of the tree in which one worker of the mutation run tries one mutant after another.

The tests deploy through forge's dynamic linking, that is, from the artifacts in forge's output folder, and forge runs
what it finds there. So a mutant costs no compilation by forge: what it touches is compiled by a solc that stays awake,
the creation code is put into the artifacts, and the tests run.

What killed its neighbours is tried first (mutation_history.py), then the tests named after the source, then all with
few fuzz runs, then the invariants, and last everything with the full number of fuzz runs.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from artifacts import ROOT, SOLC
from mutation_sources import TESTS, Code, Compiler, Sources
from mutation_verdicts import SET_UP, TIMED_OUT, Present, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mutants import Mutant
    from mutation_history import History

WORK = ROOT / "build" / "mutation"
CPU_SECONDS = 400  # of all threads, so that a busy machine kills no mutant; all tests with all fuzz runs take 60
TIMED_OUT_CODE = 128 + signal.SIGXCPU
QUICK = {"FOUNDRY_FUZZ_RUNS": "24"}
INVARIANTS = {"FOUNDRY_INVARIANT_RUNS": "16", "FOUNDRY_INVARIANT_DEPTH": "60"}
UNITS = ("--no-match-test", "invariant")
NOT_MEASURED = (*UNITS, "--no-match-contract", "Gas")  # what only measures gas takes half the time and refuses little
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

Round = tuple[tuple[str, ...], dict[str, str]]
"""Arguments and environment of one run of forge's tests."""


class BaselineError(Exception):
    """The unchanged contracts do not pass their own tests, or forge builds other code; carries what was seen."""


class Bench:
    """One worker's tree and compiler."""

    def __init__(self, number: int, sources: Sources, present: Present, history: History) -> None:
        """Lay out the tree and run the unchanged tests once; raises BaselineError where they fail."""
        self.folder = WORK / f"tree-{number}"
        self._sources = sources
        self._present = present
        self._history = history
        self._compiler = Compiler(sources)
        self._output = self.folder / "build" / "forge"
        self._lay_out()
        # Every tree is the same: one of them runs the tests, the others are only built.
        code, output = self._forge((UNITS, {})) if number == 0 else self._forge(((), {}), "build")
        if code != 0:
            raise BaselineError(output)
        self._original = self._compiler.original_of([*sources.deployables, *sources.harnesses])
        self._require_the_same_code()

    def _lay_out(self) -> None:
        """Copy what forge needs; the dependencies are hard links. What an interrupted run injected is built anew."""
        for part in ("contracts", TESTS, "tests/vectors", "build"):
            shutil.rmtree(self.folder / part, ignore_errors=True)
        for part in ("contracts", TESTS, "tests/vectors"):
            shutil.copytree(ROOT / part, self.folder / part)
        library = Path("hardhat-config/node_modules/@openzeppelin/contracts")
        if not (self.folder / library).exists():
            shutil.copytree(ROOT / library, self.folder / library, copy_function=os.link)
        shutil.copy2(ROOT / "hardhat-config/foundry.toml", self.folder / "hardhat-config/foundry.toml")

    def _require_the_same_code(self) -> None:
        """Injecting is only sound where forge builds of the unchanged sources what the compiler here does."""
        for key, body in self._original.items():
            built = json.loads(self._artifact(key).read_text(encoding="utf-8"))["bytecode"]["object"]
            if built.removeprefix("0x") != body:
                raise BaselineError(f"forge builds other code of {key} than mutation_sources.Compiler")
        whole = {key: body for key, body in self._original.items() if key.startswith("contracts/")}
        for path in sorted((self._output / "out").glob("*.sol/*.json")):
            artifact = json.loads(path.read_text(encoding="utf-8"))
            held = embedded(artifact.get("bytecode", {}).get("object", ""), whole)
            if held is not None and path != self._artifact(held):
                raise BaselineError(f"{path.parent.name} holds the code of {held} itself and would see no mutant of it")

    def close(self) -> None:
        """End the worker's compiler."""
        self._compiler.close()

    def _forge(self, what: Round, command: str = "test") -> tuple[int, str]:
        """Run forge here; returns exit code (TIMED_OUT_CODE after CPU_SECONDS) and output."""
        arguments, environment = what
        if command == "test":
            arguments = ("--fail-fast", *arguments)
        located = subprocess.run(("scripts/native.sh", "forge"), cwd=ROOT, capture_output=True, text=True, check=True)
        limited = ("bash", "-c", f'ulimit -S -t {CPU_SECONDS} && exec "$@"', "bash")
        done = subprocess.run(
            (*limited, str(ROOT / located.stdout.strip()), command, "--root", ".", *arguments),
            cwd=self.folder,
            env={**os.environ, **ENVIRONMENT, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        code = done.returncode if done.returncode >= 0 else 128 - done.returncode  # as a shell says a signal
        return code, done.stdout

    def _artifact(self, key: str) -> Path:
        source, _, name = key.partition(":")
        return self._output / "out" / Path(source).name / f"{name}.json"

    def judge(self, mutant: Mutant) -> Verdict:
        """Return what becomes of a mutant; leaves the tree as it was."""
        text = mutant.apply(self._sources.texts[mutant.file].encode()).decode()
        whole = self._present.whole(mutant)
        with self._injection() as inject:
            changed: set[str] = set()
            for stage in self._sources.stages_of(mutant.file):
                code = self._compiler.code_of(stage.targets, mutant.file, text)
                if code is None:
                    return Verdict("invalid", whole)
                fresh = {key: body for key, body in code.items() if body != self._original[key]}
                inject(fresh)
                changed |= {key.partition(":")[0] for key in fresh}
                killer = self._face(self._quick(mutant, self._noticing(changed, stage.tests)))
                if killer is not None:
                    return self._killed(mutant, changed, killer)
            if not changed:
                return Verdict("equivalent", whole)
            killer = self._face(slow(self._noticing(changed)))
        return (
            Verdict("survived", whole, self._present.tests) if killer is None else self._killed(mutant, changed, killer)
        )

    def _killed(self, mutant: Mutant, changed: set[str], killer: str) -> Verdict:
        seen = self._sources.deployables if killer == SET_UP else self._sources.deployed_by(killer)
        touched = [name for name in self._sources.deployables_of(mutant.file) if name in changed & set(seen)]
        return Verdict("killed", self._present.part(mutant, touched), killer)

    @contextmanager
    def _injection(self) -> Iterator[Callable[[Code], None]]:
        """Yield what puts code into the artifacts; they are as they were afterwards."""
        kept: dict[Path, bytes] = {}

        def inject(code: Code) -> None:
            for key, body in code.items():
                path = self._artifact(key)
                kept.setdefault(path, path.read_bytes())
                artifact = json.loads(kept[path])
                artifact["bytecode"]["object"] = f"0x{body}"
                path.write_text(json.dumps(artifact), encoding="utf-8")

        try:
            yield inject
        finally:
            for path, content in kept.items():
                path.write_bytes(content)

    def _face(self, rounds: list[Round]) -> str | None:
        """Return what failed first in these runs, or None."""
        for what in rounds:
            code, output = self._forge(what)
            if code != 0 and "No tests" not in output:
                return first_failure(code, output)
        return None

    def _noticing(self, changed: set[str], among: list[str] | None = None) -> list[str]:
        """Return the test files (of ``among``, or of all) that import something of what is changed."""
        files = self._sources.tests_of(sorted(changed))
        return files if among is None else [name for name in files if name in among]

    def _quick(self, mutant: Mutant, files: list[str]) -> list[Round]:
        """Return quick runs of these test files, those likeliest to kill the mutant first."""
        rounds: list[Round] = []
        killers = [name for name in self._history.of(mutant) if self._sources.defining(name) & set(files)]
        if killers:
            named = ("--match-test", rf"^(?:{'|'.join(killers)})\(", *paths(files))
            rounds.append((named, QUICK | INVARIANTS))
        for word in named_after(mutant.file):
            near = [name for name in files if word in Path(name).name]
            if near:
                rounds.append(((*NOT_MEASURED, *paths(near)), QUICK))
                break
        if files:
            rounds.append(((*NOT_MEASURED, *paths(files)), QUICK))
        return rounds


def embedded(body: str, deployables: Code) -> str | None:
    """Return which of these contracts' creation code ``body`` holds within itself, None where it links all dynamically.

    forge leaves a test file as it is where a contract in it is made of contracts/ (a double): keep those apart.
    """
    return next((key for key, code in deployables.items() if code and code in body), None)


def slow(files: list[str]) -> list[Round]:
    """Return the last runs: the invariants, then everything with all its fuzz runs."""
    return [(("--match-test", "invariant", *paths(files)), INVARIANTS), ((*UNITS, *paths(files)), {})]


def paths(files: list[str]) -> tuple[str, str]:
    """Return forge's argument for these test files."""
    return "--match-path", f"{{{','.join(files)}}}"


def named_after(file: str) -> list[str]:
    """Return words of which the tests of a source are named, the narrowest first: Members, Consortium, Consortium."""
    path = Path(file)
    words = re.findall(r"[A-Z][a-z0-9]*", path.stem)
    return [path.stem, path.parent.name.capitalize(), *words[:1]]


def first_failure(code: int, output: str) -> str:
    """Say what killed a mutant: the first test that failed, or "setUp", or "timeout"."""
    if code == TIMED_OUT_CODE:
        return TIMED_OUT
    failed = re.search(r"\[FAIL[^\n]*\]\s*(\w+)\(", output) or re.search(r"^\s*(invariant\w*)\(", output, re.MULTILINE)
    return failed.group(1) if failed else SET_UP
