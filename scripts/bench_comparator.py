"""The comparator: OpenAttestation, beside which our issuing and verifying is held, on the same credentials."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from stage import run

SCRIPT = Path(__file__).resolve().parent.parent / "hardhat-config" / "bench" / "openattestation.mjs"
PACKAGES = ("@govtechsg/open-attestation", "@tradetrust-tt/tradetrust")


@dataclass(frozen=True, slots=True)
class Comparator:
    """Documents a second of one core: the best that either package showed in any run."""

    wrap: float = 0.0
    """``wrapDocuments``: salts, hashes, tree; no signature."""
    verify: float = 0.0
    """``verifySignature``: hash and proof only."""

    def better(self, other: Comparator) -> Comparator:
        """The better of two in either discipline."""
        return Comparator(max(self.wrap, other.wrap), max(self.verify, other.verify))


def measure_comparator(fixture: Path, seconds: float) -> Comparator:
    """Run both packages on a file of credentials, one a line, about ``seconds`` a discipline.

    Raises:
        CommandFailedError: a package does not verify what it wrapped itself.
    """
    best = Comparator()
    for package in PACKAGES:
        found = json.loads(run("node", str(SCRIPT), package, str(fixture), str(seconds)).stdout)
        best = best.better(Comparator(found["wrap"], found["verify"]))
    return best
