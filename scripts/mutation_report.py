"""Writes docs/mutation.md: what was tried on which commit, and each survivor with file, line, change and reason."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from typing import TYPE_CHECKING

from artifacts import ROOT

if TYPE_CHECKING:
    from mutants import Mutant

REPORT = ROOT / "docs" / "mutation.md"
REASONS = ROOT / "hardhat-config" / "mutation.reasons.json"
MOST_SURVIVORS = 0.05


def _commit() -> str:
    """Return the commit that is checked out, and whether contracts or their tests differ from it."""

    def git(*arguments: str) -> str:
        return subprocess.run(("git", *arguments), cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()

    changed = git("status", "--porcelain", "--", "contracts", "hardhat-config/forge")
    return git("rev-parse", "HEAD") + (" with uncommitted changes of contracts or tests" if changed else "")


def _cell(text: str) -> str:
    """Make a piece of code fit a Markdown table."""
    return "`" + " ".join(text.split()).replace("|", "\\|").replace("`", "'") + "`" if text else "nothing"


def write_report(mutants: list[Mutant], verdicts: dict[str, str]) -> bool:
    """Write the report; returns whether few enough survived and every survivor has its reason."""
    reasons: dict[str, str] = json.loads(REASONS.read_text(encoding="utf-8")) if REASONS.exists() else {}
    kinds = Counter(verdicts[mutant.ident].split(":")[0] for mutant in mutants)
    real = kinds["killed"] + kinds["survived"]
    share = kinds["survived"] / real if real else 1.0
    summary = (
        f"{real} mutants compiled to other bytecode: {kinds['killed']} killed, **{kinds['survived']} survived "
        f"({share:.1%})**. Not counted: {kinds['invalid']} that do not compile, {kinds['equivalent']} whose bytecode "
        "is the original's."
    )
    files = sorted({mutant.file for mutant in mutants})
    lines = [
        "# Mutation run of contracts/",
        "",
        "Written by `make mutation` (scripts/mutation.py says how); do not edit. A reason is given in",
        "hardhat-config/mutation.reasons.json.",
        "",
        f"Commit: {_commit()}",
        "",
        summary,
        "",
        "| source | killed | survived | not counted |",
        "| --- | ---: | ---: | ---: |",
    ]
    for file in files:
        own = Counter(verdicts[mutant.ident].split(":")[0] for mutant in mutants if mutant.file == file)
        lines.append(f"| {file} | {own['killed']} | {own['survived']} | {own['invalid'] + own['equivalent']} |")
    survivors = [mutant for mutant in mutants if verdicts[mutant.ident] == "survived"]
    if survivors:
        lines += ["", "## Survivors", "", "| mutant | place | change | reason |", "| --- | --- | --- | --- |"]
    for mutant in survivors:
        change = f"{mutant.operator}: {_cell(mutant.original)} → {_cell(mutant.replacement)}"
        reason = reasons.get(mutant.ident, "**none given yet**")
        lines.append(f"| {mutant.ident} | {mutant.file}:{mutant.line} | {change} | {reason} |")
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    unexplained = [mutant.ident for mutant in survivors if not reasons.get(mutant.ident)]
    print(f"{real} mutants, {kinds['survived']} survived ({share:.1%}), {len(unexplained)} without a reason")
    return real > 0 and share <= MOST_SURVIVORS and not unexplained
