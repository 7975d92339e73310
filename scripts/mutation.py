"""Mutation run over contracts/: do the forge tests refuse each small wrong version of the law? Writes docs/mutation.md.

Works on copies of the tree under build/mutation, one a worker, never on the checkout. For each mutant: one that does
not compile or gives the same bytecode is no mutant; then the tests named after the contract run, then all others, with
few fuzz runs; a survivor of these faces the invariants and the full number of fuzz runs. Answers are kept in
build/mutation/results.json by mutant and by the text of contracts/, so a run that was stopped goes on; after a change
of the tests, ``--survivors`` examines the survivors again and keeps what was killed.

Survivors are explained in hardhat-config/mutation.reasons.json (mutant → reason). The exit code is 1 while more than
5 % survive or a survivor has no reason.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from queue import Queue
from typing import Any

import solcx
from artifacts import COMPILER, ROOT, SOLC, collect_sources
from mutants import Mutant, mutants_of
from mutation_bench import WORK, BaselineError, Bench, Sources
from mutation_report import REASONS, REPORT, write_report

RESULTS = WORK / "results.json"


def read_sources() -> Sources:
    """Return contracts/ and what it imports, as they lie in the checkout."""
    remappings = json.loads(COMPILER.read_text(encoding="utf-8"))["settings"]["remappings"]
    return Sources(collect_sources(remappings), remappings)


def all_mutants(sources: Sources, only: str | None) -> list[Mutant]:
    """Return the mutants of every source of contracts/ but its interfaces (they hold no code)."""
    request = {
        "language": "Solidity",
        "sources": {name: {"content": text} for name, text in sources.texts.items()},
        "settings": {"remappings": sources.remappings, "outputSelection": {"*": {"": ["ast"]}}},
    }
    output: dict[str, Any] = solcx.compile_standard(request, solc_binary=SOLC)
    return [
        mutant
        for file, text in sources.texts.items()
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


def examine(sources: Sources, mutants: list[Mutant], verdicts: dict[str, str], workers: int) -> None:
    """Judge what has no verdict yet, writing each verdict down as it falls."""
    pending = [mutant for mutant in mutants if mutant.ident not in verdicts]
    if not pending:
        return
    digests = {"contracts": digest_of("contracts"), "tests": digest_of("hardhat-config/forge")}
    benches: Queue[Bench] = Queue()
    for number in range(workers):
        benches.put(Bench(number, sources))
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
    while not benches.empty():
        benches.get().close()


def main() -> int:
    """Run, write the report; 1 if the tests let too much through."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="only sources whose path contains this; prints survivors, writes no report")
    parser.add_argument("--survivors", action="store_true", help="the tests changed: examine the survivors again")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    sources = read_sources()
    mutants = all_mutants(sources, options.only)
    verdicts = load_results(survivors=options.survivors)
    print(f"{len(mutants)} mutants, {sum(m.ident in verdicts for m in mutants)} already judged", flush=True)
    try:
        examine(sources, mutants, verdicts, options.workers)
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
