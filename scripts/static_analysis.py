"""Runs slither over contracts/ and compares its findings with the triaged ones of hardhat-config/slither.triage.json.

A finding is known by its detector and by the name of what it is about (file, contract, function or variable), not by
line numbers, so that an unrelated edit does not unsettle the triage. A new finding fails; so does an entry that nothing
finds any more, and an entry without a reason. ``--triage`` rewrites the file: known entries keep their reason, new ones
get an empty one, to be filled in by whoever has looked.

Runs in the environment of slither's own locked requirements (.venv-slither); needs nothing else.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from crytic_compile import CryticCompile, InvalidCompilation
from crytic_compile.platform.solc_standard_json import SolcStandardJson
from slither import Slither
from slither.detectors import all_detectors
from slither.detectors.abstract_detector import AbstractDetector

ROOT = Path(__file__).resolve().parent.parent
LAW = ROOT / "hardhat-config"
TRIAGE = LAW / "slither.triage.json"
ARTIFACTS = ROOT / "node" / "client" / "artifacts"

OFF = {
    "timestamp": "the law counts days; a block's time within the engine's bounds is what it has to go by",
    "incorrect-equality": "warns of balances that strangers can shift; there are none here",
    "uninitialized-local": "a counter or sum begins at zero, as the language says",
    "calls-loop": "loops run over what the caller sent, and call only the law's own contracts",
    "assembly": "used where hashing in memory pays, and fuzzed against plain code",
    "naming-convention": "solhint's matter; immutables are named by the getter they give",
    "pragma": "the dependencies' pragmas are their own; one locked compiler builds everything",
    "solc-version": "the compiler is locked for the whole repository",
}
"""Detectors that do not run, and why. Every other finding is triaged one by one."""

Finding = tuple[str, str]


class SlitherError(Exception):
    """contracts/ did not compile for slither; carries the compiler's words."""


def standard_input() -> dict[str, Any]:
    """Return the standard-JSON input of the last `make setup`, sources and settings as compiled."""
    compiler = json.loads((ARTIFACTS / "compiler.json").read_text(encoding="utf-8"))
    sources = {
        name: {"content": (ARTIFACTS / "sources" / name).read_text(encoding="utf-8")} for name in compiler["sources"]
    }
    settings = {
        name: value for name, value in compiler["settings"].items() if name != "outputSelection"
    }  # slither's own
    return {"language": "Solidity", "sources": sources, "settings": settings}


def analyse() -> list[dict[str, Any]]:
    """Run every detector of slither; returns its findings that touch contracts/, shaped as its JSON report has them."""
    try:
        unit = SolcStandardJson(standard_input())
        slither = Slither(CryticCompile(unit, solc=str(LAW / "solc"), solc_disable_warnings=True))
    except InvalidCompilation as error:
        raise SlitherError(str(error)) from error
    for detector in vars(all_detectors).values():
        is_one = isinstance(detector, type) and issubclass(detector, AbstractDetector)
        if is_one and getattr(detector, "ARGUMENT", None) not in OFF:
            slither.register_detector(detector)
    findings = [finding for found in slither.run_detectors() for finding in found or []]
    return [finding for finding in findings if any(map(is_ours, finding["elements"]))]


def is_ours(element: dict[str, Any]) -> bool:
    """Whether an element of a finding lies in contracts/ (not in a dependency)."""
    return str(element["source_mapping"]["filename_relative"]).startswith("contracts/")


def name_of(element: dict[str, Any]) -> str:
    """Return file:Contract.member of one element of a finding."""
    parents = []
    current = element
    while current:
        if current["type"] in {"contract", "function", "variable", "struct", "event", "enum"}:
            parents.append(current["name"])
        current = current.get("type_specific_fields", {}).get("parent")
    return f"{element['source_mapping']['filename_relative']}:{'.'.join(reversed(parents))}"


def key_of(finding: dict[str, Any]) -> Finding:
    """Return what a finding is known by: its detector, and the function or variable it is about."""
    return finding["check"], name_of(finding["elements"][0])


def main() -> int:
    """Compare, or rewrite the triage; 1 if the two differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--triage", action="store_true")
    rewrite = parser.parse_args().triage
    os.chdir(ARTIFACTS / "sources")  # slither names sources by their path from here, and reads them again
    entries = json.loads(TRIAGE.read_text(encoding="utf-8")) if TRIAGE.exists() else []
    triaged: dict[Finding, str] = {(entry["check"], entry["where"]): entry["reason"] for entry in entries}
    try:
        found = {key_of(finding): finding for finding in analyse()}
    except SlitherError as error:
        sys.stderr.write(f"slither: {error}\n")
        return 1

    if rewrite:
        kept = [{"check": k[0], "where": k[1], "reason": triaged.get(k, "")} for k in sorted(found)]
        TRIAGE.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        print(f"slither: {len(kept)} findings in {TRIAGE.relative_to(ROOT)}")
        return 0

    problems = [f"new: {found[key]['impact']} {found[key]['description']}" for key in sorted(found.keys() - triaged)]
    problems += [f"no longer found, take it out: {check} at {where}" for check, where in sorted(triaged.keys() - found)]
    problems += [f"without a reason: {check} at {where}" for (check, where), reason in triaged.items() if not reason]
    print("\n".join([*problems, f"slither: {len(found)} findings, {len(triaged)} triaged, {len(problems)} to look at"]))
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
