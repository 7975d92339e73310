"""Reads forge's lcov report and demands every line, branch and function of contracts/; prints what is not reached.

Format: lcov's geninfo(1) tracefile: SF file · DA line,hits · BRDA line,block,branch,hits or - · FNDA hits,function.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True)
class Tally:
    """What of one file was reached, and the names of what was not."""

    reached: int = 0
    total: int = 0
    missed: list[str] = field(default_factory=list)

    def note(self, what: str, *, hit: bool) -> None:
        """Count one line, branch or function."""
        self.total += 1
        if hit:
            self.reached += 1
        else:
            self.missed.append(what)


def read(report: str) -> dict[str, Tally]:
    """Tally an lcov tracefile by source file."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    source = ""
    for entry in report.splitlines():
        kind, _, rest = entry.partition(":")
        parts = rest.split(",")
        if kind == "SF":
            source = rest
        elif kind == "DA":
            tallies[source].note(f"line {parts[0]}", hit=int(parts[1]) > 0)
        elif kind == "BRDA":
            tallies[source].note(f"branch {parts[2]} of line {parts[0]}", hit=parts[3] not in {"-", "0"})
        elif kind == "FNDA":
            tallies[source].note(f"function {parts[1]}", hit=int(parts[0]) > 0)
    return tallies


def main() -> int:
    """Print a row a file; 1 if anything of contracts/ is not reached or nothing of it was measured."""
    tallies = {
        source: tally
        for source, tally in sorted(read(Path(sys.argv[1]).read_text(encoding="utf-8")).items())
        if source.startswith("contracts/")
    }
    missed = 0
    for source, tally in tallies.items():
        print(f"{source:<52} {tally.reached:>5} of {tally.total:>5} lines, branches and functions")
        for what in tally.missed:
            print(f"    not reached: {what}")
        missed += len(tally.missed)
    if not tallies:
        print("the report measures nothing of contracts/")
    return 1 if missed or not tallies else 0


if __name__ == "__main__":
    raise SystemExit(main())
