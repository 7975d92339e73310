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
@pytest.mark.timeout(900)
def test_the_demo_tells_its_story_to_the_end(tmp_path: Path) -> None:
    command = [sys.executable, "scripts/demo.py", "--once", "--folder", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=800, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    assert re.search(r"found on the chain: [12] of 3 batches", done.stdout)
    assert "none missing, none twice" in done.stdout
    assert "measured on this machine" in done.stdout
