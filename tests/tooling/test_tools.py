"""What `make setup` does about packages of the system: it installs them where it may, and names them where not."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPT = Path(__file__).parents[2] / "scripts" / "tools.sh"
NOBODY = 65_534
APT = """#!/bin/sh
echo "$@" >> {log}
case "$1" in install) touch {made} ;; esac
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """One that others may enter, which pytest's own are not."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def run(folder: Path, *, user: int | None = None) -> subprocess.CompletedProcess[str]:
    """The script, for a package `demo` that is there once a file of ``folder`` is, and an apt-get that makes it."""
    script = folder / "tools.sh"
    listed = re.sub(r"packages=\(.*?\n\)", f'packages=("demo: {folder}/made-*")', SCRIPT.read_text(), flags=re.DOTALL)
    assert listed != SCRIPT.read_text()
    script.write_text(listed)
    apt = folder / "bin" / "apt-get"
    apt.parent.mkdir(exist_ok=True)
    apt.write_text(APT.format(log=folder / "log", made=folder / "made-1"))
    apt.chmod(0o755)
    environment = {"PATH": f"{apt.parent}:{os.environ['PATH']}"}
    bash = shutil.which("bash")
    assert bash is not None
    return subprocess.run(
        [bash, script, sys.executable], capture_output=True, text=True, check=False, env=environment, user=user, cwd="/"
    )


def test_what_is_there_is_not_installed_again(folder: Path) -> None:
    (folder / "made-0").touch()
    done = run(folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not (folder / "log").exists()


def test_what_is_lacking_is_installed_by_root_and_named_in_one_line_to_anybody_else(folder: Path) -> None:
    refused = run(folder, user=NOBODY if os.geteuid() == 0 else None)
    assert refused.returncode == 1
    assert "demo (Debian: apt-get install demo)" in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert not (folder / "log").exists()
    if os.geteuid() == 0:
        done = run(folder)
        assert (done.returncode, done.stdout) == (0, "apt-get install demo\n")
        assert (folder / "log").read_text().splitlines() == [
            "update -qq",
            "install -qq --yes --no-install-recommends demo",
        ]


@pytest.mark.parametrize("name", ["postgresql"])
def test_what_the_tests_stand_on_is_in_the_list(name: str) -> None:
    assert f'"{name}: ' in SCRIPT.read_text()
