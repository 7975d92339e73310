"""Which tests to try first on a mutant: those that killed it before, or its neighbours.

Nothing is lost by it: a mutant that these tests let through faces all others. But most mutants of a function die of the
same few tests, and asking for these by name takes half a second where all tests take ten.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from mutation_verdicts import SET_UP, TIMED_OUT

if TYPE_CHECKING:
    from mutants import Mutant

MOST = 6


class History:
    """What killed which mutant, by mutant, line, function and file. Safe to read while another thread adds."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._own: dict[str, str] = {}
        self._line: defaultdict[tuple[str, int], Counter[str]] = defaultdict(Counter)
        self._function: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        self._file: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def add(self, mutant: Mutant, killer: str) -> None:
        """Keep that this test killed this mutant."""
        if killer in {SET_UP, TIMED_OUT}:
            return
        self._own[mutant.ident] = killer
        if not killer.startswith("invariant"):  # slow, and told as a kill by its counter-example, not by its place
            self._line[mutant.file, mutant.line][killer] += 1
            self._function[mutant.file, mutant.function][killer] += 1
            self._file[mutant.file][killer] += 1

    def of(self, mutant: Mutant) -> list[str]:
        """Return at most ``MOST`` tests, the likeliest to kill first."""
        own = self._own.get(mutant.ident)
        near = [
            *([own] if own else []),
            *(name for name, _ in self._line[mutant.file, mutant.line].most_common()),
            *(name for name, _ in self._function[mutant.file, mutant.function].most_common()),
            *(name for name, _ in self._file[mutant.file].most_common()),
        ]
        return list(dict.fromkeys(near))[:MOST]
