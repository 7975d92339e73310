"""Writes docs/mutation.md: what was tried on which commit, and each survivor with file, line, change and reason."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from artifacts import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mutants import Mutant
    from mutation_verdicts import Verdict, Verdicts

REPORT = ROOT / "docs" / "mutation.md"
REASONS = ROOT / "hardhat-config" / "mutation.reasons.json"
MOST_SURVIVORS = 0.05
_HEAD = """# Mutation run of contracts/

Written by `make mutation` (scripts/mutation.py says how); do not edit. A reason is given in
hardhat-config/mutation.reasons.json, every verdict lies in hardhat-config/mutation.verdicts.json. A mutant that does
not compile, or leaves the bytecode of every contract and harness as it is, is no wrong version of the law and is not
counted.
"""


def load_reasons() -> dict[str, str]:
    """Return mutant → why no test can kill it."""
    reasons: dict[str, str] = json.loads(REASONS.read_text(encoding="utf-8")) if REASONS.exists() else {}
    return reasons


def _cell(text: str) -> str:
    """Make a piece of code fit a Markdown table."""
    return "`" + " ".join(text.split()).replace("|", "\\|").replace("`", "'") + "`" if text else "nothing"


def change_of(mutant: Mutant) -> str:
    """Say in one line what a mutant changes."""
    return f"{mutant.operator}: {_cell(mutant.original)} → {_cell(mutant.replacement)}"


def write_report(
    mutants: list[Mutant], judged: set[str], verdicts: Verdicts, reasons: Mapping[str, str], path: Path = REPORT
) -> bool:
    """Write the report on the mutants that are ``judged``, naming the sources of those that are not.

    Returns whether all are, few enough survived, and every survivor has its reason.
    """
    found = {ident: verdict for ident in judged if (verdict := verdicts.of(ident)) is not None}
    known = [mutant for mutant in mutants if mutant.ident in found]
    kinds = Counter(found[mutant.ident].outcome for mutant in known)
    real = kinds["killed"] + kinds["survived"]
    share = kinds["survived"] / real if real else 1.0
    survivors = [mutant for mutant in known if found[mutant.ident].outcome == "survived"]
    missing = len(mutants) - len(known)
    summary = (
        f"{real} mutants: {kinds['killed']} killed, **{kinds['survived']} survived ({share:.1%})**. Not counted: "
        f"{kinds['invalid']} that do not compile, {kinds['equivalent']} that change no bytecode."
    )
    if missing:
        summary += f" **Not judged yet: {missing}** (`make mutation` goes on with them)."
    lines = [_HEAD, summary, "", *_contracts(known, verdicts, found), "", *_sources(mutants, found)]
    if survivors:
        lines += ["", "## Survivors", "", "| mutant | place | change | reason |", "| --- | --- | --- | --- |"]
    for mutant in survivors:
        reason = reasons.get(mutant.ident, "**none given yet**")
        lines.append(f"| {mutant.ident} | {mutant.file}:{mutant.line} | {change_of(mutant)} | {reason} |")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    unexplained = [mutant for mutant in survivors if not reasons.get(mutant.ident)]
    for mutant in unexplained:
        print(f"no reason given: {mutant.ident} {mutant.file}:{mutant.line} {change_of(mutant)}")
    print(
        f"{real} mutants, {kinds['survived']} survived ({share:.1%}), {len(unexplained)} without a reason, "
        f"{missing} not judged"
    )
    return real > 0 and not missing and share <= MOST_SURVIVORS and not unexplained


def _contracts(mutants: list[Mutant], verdicts: Verdicts, found: Mapping[str, Verdict]) -> list[str]:
    """Name for each deployable contract its code and the commits at which verdicts on it were reached."""
    codes: dict[str, str] = {}
    commits: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for mutant in mutants:
        verdict = found[mutant.ident]
        for name, digest in verdict.basis.items():
            if "#" not in name and digest != "reached":
                codes[name] = digest
                commits[name][verdicts.commit_of(mutant.ident)] += 1
    rows = [
        f"| {name} | {codes[name]} | {', '.join(f'{commit} ({n})' for commit, n in commits[name].most_common())} |"
        for name in sorted(codes)
    ]
    said = "SHA-256 of the creation code, optimizer off, no metadata; a commit with + had uncommitted changes"
    return [f"| contract | code ({said}) | judged at commit (mutants) |", "| --- | --- | --- |", *rows]


def _sources(mutants: list[Mutant], found: Mapping[str, Verdict]) -> list[str]:
    lines = ["| source | killed | survived | not counted | not judged |", "| --- | ---: | ---: | ---: | ---: |"]
    for file in sorted({mutant.file for mutant in mutants}):
        idents = [mutant.ident for mutant in mutants if mutant.file == file]
        own = Counter(found[ident].outcome for ident in idents if ident in found)
        skipped, left = own["invalid"] + own["equivalent"], len(idents) - own.total()
        lines.append(f"| {file} | {own['killed']} | {own['survived']} | {skipped} | {left} |")
    return lines
