"""The JavaScript of the W3C's editors beside ours: one Node.js process, one JSON line a request."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "hardhat-config" / "interop" / "credentials.mjs"


@dataclass
class DigitalBazaar:
    """@digitalbazaar/vc, listening."""

    process: subprocess.Popen[str]

    def ask(self, **request: object) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer

    def verify(self, document: object, lists: dict[str, Any] | None = None) -> dict[str, Any]:
        """``verified``: whether the proofs hold and the status is good; ``status``: good, not good, None not asked."""
        return self.ask(op="verify", document=document, statusLists=lists or {})

    def sign(self, document: object, seed: str, suite: str, created: str) -> dict[str, Any]:
        answer = self.ask(op="sign", document=document, seed=seed, suite=suite, created=created)
        assert "document" in answer, answer
        signed: dict[str, Any] = answer["document"]
        return signed


@pytest.fixture(scope="session")
def digital_bazaar() -> Iterator[DigitalBazaar]:
    process = subprocess.Popen(
        ["node", str(SCRIPT)], cwd=SCRIPT.parent, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    yield DigitalBazaar(process)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    assert process.wait(30) == 0
    process.stdout.close()
