"""What only a centre can find: one certificate number that stands for two claims.

The number is in the document, which is sealed; a centre opens its own. The database already refuses the same number
twice (its keyed digest is unique), so what is left to find are numbers that differ in form alone: width, case, spaces.
An observer learns numbers only from the transfers that a sample drew (`gateway.audit.samples.check`).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gateway.audit.findings.values import Finding, Severity
from gateway.domain.hashing import hex0x

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, slots=True)
class OwnNumber:
    """A certificate of this centre: its number, its claim, where it is."""

    institution: str
    number: str = field(repr=False)
    claim: bytes
    leaf: bytes


def folded(number: str) -> str:
    """A certificate number without what people write differently: width, case, spaces, dashes."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", number).upper() if letter.isalnum())


def of_numbers(certificates: Iterable[OwnNumber], since: int) -> Iterator[Finding]:
    """One finding a number that stands for several claims; ``since`` is the moment of looking (seconds)."""
    stories: dict[tuple[str, str], dict[bytes, bytes]] = {}
    for one in certificates:
        stories.setdefault((one.institution, folded(one.number)), {}).setdefault(one.claim, one.leaf)
    for (institution, _), claims in sorted(stories.items()):
        if len(claims) > 1:
            leaves = (("credential", hex0x(leaf)) for leaf in sorted(claims.values()))
            yield Finding(
                "number.claims",
                Severity.ALARM,
                {"institution": institution, "claims": len(claims)},
                (("institution", institution), *leaves),
                since,
                local=True,
            )
