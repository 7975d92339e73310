"""A network of four validators on which all is well, as a planner of governance sees it."""

from __future__ import annotations

from dataclasses import replace

from node.governance.values import Rule, View

A, B, C, D, E = (f"0x{digit * 40}" for digit in "abcde")
HOMES = {A: 310000, B: 320000, C: 330000, D: 340000}
CALM = View(
    rule=Rule.CLIQUE,
    own=A,
    validators=frozenset(HOMES),
    at_work=frozenset(HOMES),
    wanted=HOMES,
    owners=HOMES,
    connected=frozenset({B, C, D}),
)
LEAVING = replace(CALM, wanted={one: HOMES[one] for one in (A, B, C)})
