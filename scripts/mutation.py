"""Mutation run over contracts/: do the forge tests refuse each small wrong version of the law? Writes docs/mutation.md.

Works on copies of the tree under build/mutation, one a worker, never on the checkout. What was found out stays in
hardhat-config/mutation.verdicts.json (commit it): only what has no verdict that still holds is judged, and a run that
was stopped goes on. mutation_verdicts.py says when a verdict holds, mutation_bench.py how a mutant is tried.

Survivors are explained in hardhat-config/mutation.reasons.json (mutant → reason); those that have a reason are examined
again only when their contracts change or with ``--survivors``. The report is written anew at the end of every run, of a
part (``--only``), too. The exit code is 1 while mutants are not judged, more than 5 % survive or one has no reason.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from queue import Queue
from typing import TYPE_CHECKING, Any

import solcx
from artifacts import COMPILER, ROOT, SOLC, collect_sources
from mutants import Mutant, mutants_of
from mutation_bench import WORK, BaselineError, Bench
from mutation_history import History
from mutation_report import REASONS, REPORT, load_reasons, write_report
from mutation_sources import TESTS, Compiler, CompilerError, Sources, fingerprints
from mutation_verdicts import Present, Verdicts

if TYPE_CHECKING:
    from collections.abc import Iterator


class BusyError(Exception):
    """Another mutation run is going on in this checkout."""


def read_sources() -> Sources:
    """Return contracts/ and what it imports, as they lie in the checkout."""
    remappings = json.loads(COMPILER.read_text(encoding="utf-8"))["settings"]["remappings"]
    return Sources(collect_sources(remappings), remappings)


def all_mutants(sources: Sources) -> list[Mutant]:
    """Return the mutants of every source of contracts/ but its interfaces (they hold no code)."""
    files = [name for name in sources.texts if name.startswith("contracts/") and "/interfaces/" not in name]
    request = {
        "language": "Solidity",
        "sources": {name: {"content": text} for name, text in sources.texts.items()},
        "settings": {"remappings": sources.remappings, "outputSelection": {"*": {"": ["ast"]}}},
    }
    output: dict[str, Any] = solcx.compile_standard(request, solc_binary=SOLC)
    return [
        mutant
        for file in sorted(files)
        for mutant in mutants_of(file, sources.texts[file].encode(), output["sources"][file]["ast"])
    ]


def commit_here() -> str:
    """Return the commit that is checked out, with a "+" where contracts or their tests differ from it."""

    def git(*arguments: str) -> str:
        return subprocess.run(("git", *arguments), cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()

    changed = git("status", "--porcelain", "--", "contracts", TESTS)
    return git("rev-parse", "--short=12", "HEAD") + ("+" if changed else "")


@contextmanager
def alone() -> Iterator[None]:
    """Hold the bench's folder; raises BusyError where another run holds it."""
    WORK.mkdir(parents=True, exist_ok=True)
    with (WORK / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BusyError("another mutation run is going on in this checkout: wait for it") from error
        yield


class Run:
    """What one run judges, and where it keeps what it finds."""

    def __init__(self, sources: Sources, present: Present, mutants: list[Mutant], commit: str) -> None:
        """Read what is known; nothing is judged yet."""
        self._sources = sources
        self._present = present
        self._commit = commit
        self.mutants = mutants
        self.verdicts = Verdicts()
        self.reasons = load_reasons()
        self._history = History()
        for mutant in mutants:
            verdict = self.verdicts.of(mutant.ident)
            if verdict is not None and verdict.outcome == "killed":
                self._history.add(mutant, verdict.detail)

    def standing(self, mutant: Mutant, *, survivors: bool = False) -> bool:
        """Return whether the mutant's verdict holds; a survivor's never does where ``survivors`` are to be examined."""
        verdict = self.verdicts.of(mutant.ident)
        if verdict is None or (survivors and verdict.outcome == "survived"):
            return False
        return self._present.holds(mutant, verdict, excused=mutant.ident in self.reasons)

    def confirm(self) -> None:
        """Say of what holds that it holds at this commit, where it was judged on uncommitted changes."""
        for mutant in self.mutants:
            if self.standing(mutant):
                self.verdicts.confirm(mutant.ident, self._commit)

    def judge(self, pending: list[Mutant], workers: int) -> None:
        """Judge these mutants, writing each verdict down as it falls."""
        if not pending:
            return
        benches: Queue[Bench] = Queue()
        for number in range(workers):
            benches.put(Bench(number, self._sources, self._present, self._history))
        lock, started = threading.Lock(), time.monotonic()
        done = 0

        def one(mutant: Mutant) -> None:
            nonlocal done
            bench = benches.get()
            try:
                verdict = bench.judge(mutant)
            finally:
                benches.put(bench)
            with lock:
                if verdict.outcome == "killed":
                    self._history.add(mutant, verdict.detail)
                self.verdicts.put(mutant, verdict, self._commit)
                self.verdicts.save()
                done += 1
                left = len(pending) - done
                minutes = left * (time.monotonic() - started) / done / 60
                said = " ".join(filter(None, (verdict.outcome, verdict.detail)))
                print(f"{left:>5} left, {minutes:5.0f} min   {mutant.file}:{mutant.line} {said}", flush=True)

        with ThreadPoolExecutor(workers) as pool:
            for future in [pool.submit(one, mutant) for mutant in pending]:
                future.result()
        while not benches.empty():
            benches.get().close()


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", metavar="PART", help="only sources whose path contains one of these")
    parser.add_argument("--survivors", action="store_true", help="examine all survivors again")
    parser.add_argument("--anew", action="store_true", help="judge everything again, whatever is known")
    parser.add_argument("--report", action="store_true", help="judge nothing: write down what is known")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    return parser.parse_args()


def run(options: argparse.Namespace) -> int:
    """Judge what is to be judged and say what came of it."""
    sources = read_sources()
    compiler = Compiler(sources)
    present = Present(sources, fingerprints(compiler.original_of(sources.deployables)))
    compiler.close()
    everything = all_mutants(sources)
    chosen = [m for m in everything if options.only is None or any(part in m.file for part in options.only)]
    work = Run(sources, present, everything, commit_here())
    pending = [m for m in chosen if options.anew or not work.standing(m, survivors=options.survivors)]
    print(f"{len(chosen)} mutants, {len(chosen) - len(pending)} already judged", flush=True)
    if not options.report:
        work.judge(pending, options.workers)
        work.confirm()
        work.verdicts.forget_all_but({mutant.ident for mutant in everything})
        work.verdicts.save()
    judged = {mutant.ident for mutant in everything if work.standing(mutant)}
    good = write_report(everything, judged, work.verdicts, work.reasons)
    print(f"{REPORT.relative_to(ROOT)} written; reasons are kept in {REASONS.relative_to(ROOT)}")
    return 0 if good else 1


def main() -> int:
    """Run, write the report; 1 if the tests let too much through, or could not be asked."""
    options = arguments()
    try:
        with alone():
            return run(options)
    except BaselineError as error:
        sys.stderr.write(f"{error}\nthe unchanged contracts fail their tests: mend that first\n")
    except (BusyError, CompilerError) as error:
        sys.stderr.write(f"{error}\n")
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
