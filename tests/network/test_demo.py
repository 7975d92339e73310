"""`make demo ONCE=1` tells its whole story and ends with exit 0: it checks each of its steps itself."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.network
@pytest.mark.kill
@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_demo_tells_its_story_to_the_end(tmp_path: Path) -> None:
    command = [sys.executable, "scripts/demo.py", "--once", "--folder", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=1700, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    assert re.search(r"found on the chain: [12] of 3 batches", done.stdout)
    assert "none missing, none twice" in done.stdout
    # the second act: what a panel found, the agreement, the second use in the contract's reason, the flag
    assert "passed: level 4" in done.stdout
    assert "in force" in done.stdout
    assert "8 accepted, 2 returned" in done.stdout
    assert done.stdout.count("An outcome is used once") == 3
    assert "flagged" in done.stdout
    assert "measured on this machine" in done.stdout
