"""Checks that every contract leaves a kilobyte to spare below the 24,576 bytes of EIP-170; prints what each takes."""

from __future__ import annotations

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ARTIFACTS = ROOT / "node" / "client" / "artifacts"
LIMIT = 24_576  # bytes of deployed code, EIP-170
SPARE = 1_024


def main() -> int:
    """Print size and room of each deployable contract; 1 if one has too little room or there is none."""
    sizes = {}
    for path in sorted(ARTIFACTS.glob("*.json")):
        body = json.loads(path.read_text(encoding="utf-8"))
        if body.get("deployedBytecode", "0x") != "0x":
            sizes[body["contractName"]] = (len(body["deployedBytecode"]) - 2) // 2
    tight = []
    for name, size in sizes.items():
        print(f"{name:<28} {size:>7,} bytes   {LIMIT - size:>7,} to spare")
        if LIMIT - size < SPARE:
            tight.append(name)
    if tight:
        print(f"less than {SPARE:,} bytes to spare below {LIMIT:,} (EIP-170): {', '.join(tight)}")
    if not sizes:
        print(f"no deployable contract in {ARTIFACTS.relative_to(ROOT)}: run `make setup`")
    return 1 if tight or not sizes else 0


if __name__ == "__main__":
    raise SystemExit(main())
