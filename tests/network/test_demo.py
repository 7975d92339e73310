"""`make demo ONCE=1` tells its whole story and ends with exit 0: it checks each of its steps itself."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

LONGEST = 1_800
"""Seconds: it takes five minutes or so where nothing else runs, and this machine may be shared."""
ROOT = Path(__file__).resolve().parents[2]


def play(folder: Path) -> tuple[int, str]:
    """Play the demo; its exit code and what it told. One that hangs is interrupted, so that it ends what it started."""
    command = [sys.executable, "scripts/demo.py", "--once", "--folder", str(folder / "stage")]
    told = folder / "told.txt"
    with told.open("wb") as out, subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out) as demo:
        try:
            demo.wait(LONGEST)
        except subprocess.TimeoutExpired:
            demo.send_signal(signal.SIGINT)
            demo.wait(120)
    return demo.returncode, told.read_text(encoding="utf-8", errors="replace")


@pytest.mark.network
@pytest.mark.kill
@pytest.mark.slow
@pytest.mark.timeout(LONGEST + 180)
def test_the_demo_tells_its_story_to_the_end(tmp_path: Path) -> None:
    code, told = play(tmp_path)
    assert code == 0, told[-8000:]
    assert re.search(r"found on the chain: [12] of 3 batches", told)
    assert "none missing, none twice" in told
    # the second act: what a panel found, the agreement, the second use by the transfer of the first, the flag
    assert "passed: level 4" in told
    assert "in force" in told
    assert "8 accepted, 2 returned" in told
    assert told.count("cannot be applied with again: it was used already: 320000-") == 5
    assert "flagged" in told
    # the third act: in bulk, up to the cap, once; then what the regional office proves, names, draws and reports
    assert "all 212 verify" in told
    assert "208 accepted" in told
    assert "20.00 credits in all are above the rule's cap of 18.00" in told
    assert "all 200: the certificate" in told
    assert "a new account, but the certificate" in told
    assert "212 messages, every signature good" in told
    assert "Shanghai → Jiangsu" in told
    assert re.search(r"incomplete: .*TransferAccepted", told)
    assert re.search(r"huren-\d{4}-\d\d\.pdf", told)
    assert "the same bytes" in told
    assert "measured on this machine" in told
    assert re.search(r"completeness over [\d,]+ events", told)
