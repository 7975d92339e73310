"""Mutation run over contracts/: do the forge tests refuse each small wrong version of the law? Writes docs/mutation.md.

Works on copies of the tree under build/mutation, one a worker, never on the checkout. For each mutant: forge compiles
(optimizer off, code size unlimited, so that it is quick); one that does not compile or gives the same bytecode is no
mutant; then the tests named after the contract run, then all others, with few fuzz runs; a survivor of these faces the
invariants and the full number of fuzz runs. Answers are kept in build/mutation/results.json by mutant and by the text
of contracts/, so a run that was stopped goes on; after a change of the tests, ``--survivors`` examines the survivors
again and keeps what was killed.

Survivors are explained in hardhat-config/mutation.reasons.json (mutant → reason). The exit code is 1 while more than
5 % survive or a survivor has no reason.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue
from typing import Any

import solcx
from artifacts import COMPILER, ROOT, SOLC, collect_sources
from mutants import Mutant, mutants_of
from mutation_report import REASONS, REPORT, write_report

WORK = ROOT / "build" / "mutation"
RESULTS = WORK / "results.json"
FORGE = subprocess.run(("scripts/native.sh", "forge"), cwd=ROOT, capture_output=True, text=True, check=True).stdout
TEST_SECONDS = 300
TIMED_OUT = 124  # as timeout(1) says it
QUICK = {"FOUNDRY_FUZZ_RUNS": "24"}
ENVIRONMENT = {
    "FOUNDRY_CONFIG": "hardhat-config/foundry.toml",
    "FOUNDRY_SOLC": str(SOLC),
    "FOUNDRY_OPTIMIZER": "false",
    "FOUNDRY_DENY": "never",
    "FOUNDRY_BYTECODE_HASH": "none",
    "FOUNDRY_CBOR_METADATA": "false",
    "FOUNDRY_DYNAMIC_TEST_LINKING": "true",
    "NO_COLOR": "1",
}


class BaselineError(Exception):
    """The unchanged contracts do not pass their own tests; carries forge's output."""


@dataclass(slots=True)
class Bench:
    """A copy of the tree in which one worker tries one mutant after another."""

    folder: Path
    bytecodes: dict[str, str] = field(default_factory=dict)

    @classmethod
    def lay_out(cls, number: int) -> Bench:
        """Copy what forge needs; the dependencies are hard links."""
        folder = WORK / f"tree-{number}"
        for part in ("contracts", "hardhat-config/forge", "tests/vectors"):
            shutil.rmtree(folder / part, ignore_errors=True)
            shutil.copytree(ROOT / part, folder / part)
        library = Path("hardhat-config/node_modules/@openzeppelin/contracts")
        if not (folder / library).exists():
            shutil.copytree(ROOT / library, folder / library, copy_function=os.link)
        shutil.copy2(ROOT / "hardhat-config/foundry.toml", folder / "hardhat-config/foundry.toml")
        bench = cls(folder)
        code, output = bench.forge(TEST_SECONDS, "test", "--no-match-test", "invariant")
        if code != 0:
            raise BaselineError(output)
        bench.bytecodes = bench.compiled()
        return bench

    def forge(self, seconds: int, verb: str, *arguments: str, **environment: str) -> tuple[int, str]:
        """Run forge here; returns exit code (TIMED_OUT after ``seconds``) and output."""
        process = subprocess.Popen(
            (str(ROOT / FORGE.strip()), verb, "--root", ".", *arguments),
            cwd=self.folder,
            env={**os.environ, **ENVIRONMENT, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            output, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return TIMED_OUT, f"no answer within {seconds} s"
        return process.returncode, output

    def compiled(self) -> dict[str, str]:
        """Return the creation code of everything forge has built, tests and harnesses included."""
        codes = {}
        for path in (self.folder / "build/forge/out").rglob("*.json"):
            if "build-info" not in path.parts:
                codes[str(path)] = json.loads(path.read_text(encoding="utf-8"))["bytecode"]["object"]
        return codes

    def judge(self, mutant: Mutant) -> str:
        """Return killed (by what), survived, equivalent or invalid for one mutant; leaves the tree as it was."""
        path = self.folder / mutant.file
        original = path.read_bytes()
        path.write_bytes(mutant.apply(original))
        try:
            return self._verdict(mutant)
        finally:
            path.write_bytes(original)

    def _verdict(self, mutant: Mutant) -> str:
        for turn, (arguments, environment) in enumerate(self._rounds(mutant)):
            code, output = self.forge(TEST_SECONDS, "test", "--fail-fast", *arguments, **environment)
            if "Compiler run failed" in output:
                return "invalid"
            if code == TIMED_OUT:
                return "killed: no answer in time"
            if code != 0:
                failed = re.search(r"\[FAIL[^\n]*\]\s*(\w+)", output)
                return f"killed: {failed.group(1)}" if failed else "killed: setUp"
            if turn == 0 and self.compiled() == self.bytecodes:
                return "equivalent"
        return "survived"

    def _rounds(self, mutant: Mutant) -> list[tuple[tuple[str, ...], dict[str, str]]]:
        """Return what a mutant faces, the likeliest to kill it first: forge's arguments and environment."""
        units = ("--no-match-test", "invariant")
        rounds: list[tuple[tuple[str, ...], dict[str, str]]] = [
            (units, QUICK),
            (("--match-test", "invariant"), {}),
            (units, {}),
        ]
        near = f"*{Path(mutant.file).stem}*"
        if any((self.folder / "hardhat-config/forge").glob(near)):
            rounds.insert(0, ((*units, "--match-path", f"hardhat-config/forge/{near}"), QUICK))
        return rounds


def all_mutants(only: str | None) -> list[Mutant]:
    """Return the mutants of every source of contracts/ but its interfaces (they hold no code)."""
    remappings = json.loads(COMPILER.read_text(encoding="utf-8"))["settings"]["remappings"]
    sources = collect_sources(remappings)
    request = {
        "language": "Solidity",
        "sources": {name: {"content": text} for name, text in sources.items()},
        "settings": {"remappings": remappings, "outputSelection": {"*": {"": ["ast"]}}},
    }
    output: dict[str, Any] = solcx.compile_standard(request, solc_binary=SOLC)
    return [
        mutant
        for file, text in sources.items()
        if file.startswith("contracts/") and "/interfaces/" not in file and (only is None or only in file)
        for mutant in mutants_of(file, text.encode(), output["sources"][file]["ast"])
    ]


def digest_of(folder: str) -> str:
    """Return a digest of every Solidity file below a folder of the checkout."""
    hasher = hashlib.sha256()
    for path in sorted((ROOT / folder).rglob("*.sol")):
        hasher.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return hasher.hexdigest()


def load_results(*, survivors: bool) -> dict[str, str]:
    """Return the verdicts that still hold: same contracts, and same tests unless only survivors are to be examined."""
    if not RESULTS.exists():
        return {}
    kept = json.loads(RESULTS.read_text(encoding="utf-8"))
    if kept["contracts"] != digest_of("contracts"):
        return {}
    verdicts: dict[str, str] = kept["verdicts"]
    if kept["tests"] == digest_of("hardhat-config/forge"):
        return verdicts
    return {ident: verdict for ident, verdict in verdicts.items() if verdict != "survived"} if survivors else {}


def examine(mutants: list[Mutant], verdicts: dict[str, str], workers: int) -> None:
    """Judge what has no verdict yet, writing each verdict down as it falls."""
    pending = [mutant for mutant in mutants if mutant.ident not in verdicts]
    if not pending:
        return
    digests = {"contracts": digest_of("contracts"), "tests": digest_of("hardhat-config/forge")}
    benches: Queue[Bench] = Queue()
    for number in range(workers):
        benches.put(Bench.lay_out(number))
    lock, started = threading.Lock(), time.monotonic()

    def one(mutant: Mutant) -> None:
        bench = benches.get()
        try:
            verdict = bench.judge(mutant)
        finally:
            benches.put(bench)
        with lock:
            verdicts[mutant.ident] = verdict
            fresh = RESULTS.with_suffix(".new")
            fresh.write_text(json.dumps({**digests, "verdicts": verdicts}, indent=1), encoding="utf-8")
            fresh.replace(RESULTS)
            left = sum(1 for other in pending if other.ident not in verdicts)
            pace = (time.monotonic() - started) / (len(pending) - left)
            print(f"{left:>5} left, {left * pace / 60:5.0f} min   {mutant.file}:{mutant.line} {verdict}", flush=True)

    with ThreadPoolExecutor(workers) as pool:
        for done in [pool.submit(one, mutant) for mutant in pending]:
            done.result()


def main() -> int:
    """Run, write the report; 1 if the tests let too much through."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="only sources whose path contains this; prints survivors, writes no report")
    parser.add_argument("--survivors", action="store_true", help="the tests changed: examine the survivors again")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    mutants = all_mutants(options.only)
    verdicts = load_results(survivors=options.survivors)
    print(f"{len(mutants)} mutants, {sum(m.ident in verdicts for m in mutants)} already judged", flush=True)
    try:
        examine(mutants, verdicts, options.workers)
    except BaselineError as error:
        sys.stderr.write(f"{error}\nthe unchanged contracts fail their tests: mend that first\n")
        return 1
    if options.only is not None:
        for mutant in mutants:
            if verdicts[mutant.ident] == "survived":
                print(
                    f"survived {mutant.ident} {mutant.file}:{mutant.line} {mutant.original!r} → {mutant.replacement!r}"
                )
        return 0
    good = write_report(mutants, verdicts)
    print(f"{REPORT.relative_to(ROOT)} written; reasons are kept in {REASONS.relative_to(ROOT)}")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
