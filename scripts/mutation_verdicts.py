"""What the mutation run has found out, kept in hardhat-config/mutation.verdicts.json from session to session.

Each verdict stands on a *basis*: what it was reached on. It holds while that is still so.

- *killed* stands on the bytecode of the deployable contracts that the mutant changes and the test that failed deploys,
  and on that test, which must still be there. Where it deploys none (a library's function that a harness calls), on the
  text of that function.
- *invalid* (does not compile) stands on the bytecode of the deployable contracts its source is part of.
- *survived* and *equivalent* (same bytecode everywhere) say that nothing refuses the mutant: they stand on all
  contracts and harnesses its source is part of, and one more of these undoes them. A survivor without a reason is
  examined again whenever a test changed; one with a reason is not.

So neither an edit elsewhere, nor a comment, nor a constant more in a library, nor a new contract makes anything be
judged again that cannot have changed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from artifacts import ROOT
from mutation_sources import TESTS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mutants import Mutant
    from mutation_sources import Sources

VERDICTS = ROOT / "hardhat-config" / "mutation.verdicts.json"
SET_UP = "setUp"
TIMED_OUT = "timeout"
_FUNCTION = re.compile(r"\bfunction\s+(\w+)")

Basis = dict[str, str]
"""Name of a contract, or ``file#function``, or path of a harness → digest."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a mutant.

    Attributes:
        outcome: "killed", "survived", "equivalent" or "invalid".
        basis: what it was reached on.
        detail: of a killed one, the test that failed, or "setUp", or "timeout"; of a survivor, the digest of the tests.
    """

    outcome: str
    basis: Basis
    detail: str = ""


class Present:
    """The checkout as verdicts see it: bytecode of the contracts, texts of the functions, and the tests there are."""

    def __init__(self, sources: Sources, prints: Mapping[str, str], folder: Path = ROOT / TESTS) -> None:
        """Take contract's name → fingerprint; the tests are read from ``folder``."""
        self._sources = sources
        self._prints = prints
        hasher = hashlib.sha256()
        self._functions: set[str] = set()
        for path in sorted(folder.rglob("*.sol")):
            text = path.read_bytes()
            hasher.update(path.relative_to(folder).as_posix().encode() + b"\0" + text + b"\0")
            self._functions.update(_FUNCTION.findall(text.decode()))
        self.tests = hasher.hexdigest()[:12]

    def _contracts(self, sources: list[str]) -> Basis:
        names = [source.removeprefix("contracts/").removesuffix(".sol") for source in sources]
        return {name: self._prints[name] for name in names}

    def _text(self, mutant: Mutant) -> Basis:
        return {f"{mutant.file}#{mutant.function}": mutant.body}

    def whole(self, mutant: Mutant) -> Basis:
        """Return the basis of all that the mutant's source is part of."""
        basis = self._contracts(self._sources.deployables_of(mutant.file))
        harnesses = self._sources.harnesses_of(mutant.file)
        if harnesses or not basis:
            basis |= self._text(mutant) | dict.fromkeys(harnesses, "reached")
        return basis

    def part(self, mutant: Mutant, changed: list[str]) -> Basis:
        """Return the basis of a kill: the deployable sources whose change was seen; where there are none, the text."""
        return self._contracts(changed) if changed else self._text(mutant)

    def holds(self, mutant: Mutant, verdict: Verdict, *, excused: bool) -> bool:
        """Return whether a verdict still stands; ``excused``: a reason is given why no test can kill the mutant."""
        whole = self.whole(mutant)
        if verdict.outcome == "survived":
            return verdict.basis == whole and (excused or verdict.detail == self.tests)
        if verdict.outcome == "equivalent":
            return verdict.basis == whole
        known = whole | self._text(mutant)
        if any(known.get(name) != digest for name, digest in verdict.basis.items()):
            return False
        return verdict.outcome == "invalid" or verdict.detail in self._functions | {SET_UP, TIMED_OUT}


class Verdicts:
    """All verdicts, by source and mutant, and the commit at which each basis was first met."""

    def __init__(self, path: Path = VERDICTS) -> None:
        """Read ``path`` where it exists."""
        self._path = path
        self._commits: dict[str, str] = {}
        self._verdicts: dict[str, Verdict] = {}
        self._files: dict[str, str] = {}
        if not path.exists():
            return
        kept = json.loads(path.read_text(encoding="utf-8"))
        for basis_id, basis in kept["bases"].items():
            self._commits[basis_id] = basis["commit"]
        for file, lines in kept["verdicts"].items():
            for ident, line in lines.items():
                outcome, basis_id, *detail = line.split(" ")
                self._files[ident] = file
                self._verdicts[ident] = Verdict(outcome, kept["bases"][basis_id]["of"], *detail)

    def of(self, ident: str) -> Verdict | None:
        """Return the last verdict on a mutant, whether or not it still holds."""
        return self._verdicts.get(ident)

    def commit_of(self, ident: str) -> str:
        """Return the commit at which a judged mutant was judged; with a "+" where contracts or tests differed."""
        return self._commits[_name_of(self._verdicts[ident].basis)]

    def put(self, mutant: Mutant, verdict: Verdict, commit: str) -> None:
        """Keep a verdict reached at ``commit``; a basis keeps the first commit that names it without a "+"."""
        self._verdicts[mutant.ident] = verdict
        self._files[mutant.ident] = mutant.file
        self.confirm(mutant.ident, commit)

    def confirm(self, ident: str, commit: str) -> None:
        """Say that a verdict's basis is what lies at ``commit``: replaces a commit of which that was not sure."""
        basis_id = _name_of(self._verdicts[ident].basis)
        if self._commits.get(basis_id, "+").endswith("+"):
            self._commits[basis_id] = commit

    def forget_all_but(self, idents: set[str]) -> None:
        """Drop the verdicts on mutants that are no more."""
        self._verdicts = {ident: verdict for ident, verdict in self._verdicts.items() if ident in idents}

    def save(self) -> None:
        """Write everything, one mutant a line, sorted, in one step."""
        bases = {_name_of(verdict.basis): verdict.basis for verdict in self._verdicts.values()}
        files: defaultdict[str, list[str]] = defaultdict(list)
        for ident, verdict in sorted(self._verdicts.items()):
            line = " ".join(filter(None, (verdict.outcome, _name_of(verdict.basis), verdict.detail)))
            files[self._files[ident]].append(f"{json.dumps(ident)}: {json.dumps(line)}")
        kept = [
            f"{json.dumps(name)}: {json.dumps({'commit': self._commits[name], 'of': basis}, sort_keys=True)}"
            for name, basis in sorted(bases.items())
        ]
        groups = [f"{json.dumps(file)}: {{\n" + ",\n".join(lines) + "\n}" for file, lines in sorted(files.items())]
        text = '{"bases": {\n' + ",\n".join(kept) + '\n},\n"verdicts": {\n' + ",\n".join(groups) + "\n}}\n"
        fresh = self._path.with_suffix(".new")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(self._path)


def _name_of(basis: Basis) -> str:
    return hashlib.sha256(json.dumps(basis, sort_keys=True).encode()).hexdigest()[:8]
