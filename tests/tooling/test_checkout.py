"""The rules of the checkout that no single tool sees."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LAW = ROOT / "hardhat-config"


def test_forge_hardhat_and_artifacts_are_told_of_one_compiler() -> None:
    compiler = json.loads((LAW / "compiler.json").read_text(encoding="utf-8"))
    forge = tomllib.loads((LAW / "foundry.toml").read_text(encoding="utf-8"))["profile"]["default"]
    package = json.loads((LAW / "package.json").read_text(encoding="utf-8"))
    settings = compiler["settings"]
    assert package["devDependencies"]["solc"] == compiler["version"]
    assert forge["evm_version"] == settings["evmVersion"]
    assert forge["optimizer"] is settings["optimizer"]["enabled"]
    assert forge["optimizer_runs"] == settings["optimizer"]["runs"]
    assert forge["bytecode_hash"] == settings["metadata"]["bytecodeHash"]
    assert forge["remappings"] == settings["remappings"]
    assert forge.get("via_ir", False) is settings.get("viaIR", False)


@pytest.mark.parametrize("lock", ["runtime.txt", "dev.txt", "slither.txt"])
def test_every_locked_requirement_has_hashes_and_names_no_index(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    entries = [line for line in text.splitlines() if line.strip()]
    assert entries
    for entry in entries:
        assert re.match(r"[a-z0-9._-]+==\S+ +.*--hash=sha256:[0-9a-f]{64}", entry), entry
    assert "://" not in text


def test_every_wanted_requirement_is_locked() -> None:
    locked = "".join((ROOT / "requirements" / lock).read_text(encoding="utf-8") for lock in ("runtime.txt", "dev.txt"))
    names = set(re.findall(r"^([a-z0-9._-]+)==", locked, re.MULTILINE))
    for wanted in ("build.in", "runtime.in", "dev.in"):
        for line in (ROOT / "requirements" / wanted).read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                name = re.split(r"[<>=\[ ]", line, maxsplit=1)[0].lower().replace("_", "-")
                assert name in names, f"{line} is not locked: run `make lock`"


def test_the_npm_lock_has_integrity_and_names_no_registry() -> None:
    lock = json.loads((LAW / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name and not entry.get("inBundle")}
    assert packages
    for name, entry in packages.items():
        assert "resolved" not in entry, name
        assert entry["integrity"].startswith("sha512-"), name


def test_every_lint_exception_says_why() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    exceptions = re.findall(r'^ +"([A-Z]{1,4}[0-9]{0,4})",(.*)$', text, re.MULTILINE)
    assert len(exceptions) > 20
    for code, rest in exceptions:
        assert re.match(r"\s+# \S", rest), f"no reason beside {code}"
    solhint = (LAW / "solhint.config.js").read_text(encoding="utf-8")
    for line in re.findall(r"^.*'off'.*$", solhint, re.MULTILINE):
        assert "//" in line, line


def test_no_committed_file_holds_a_conflict_or_a_key() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    marks = (b"<<<<<<" + b"< ", b">>>>>>" + b"> ", b"-----BEGIN " + b"PRIVATE KEY", b"-----BEGIN EC " + b"PRIVATE KEY")
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if path.is_file():
            content = path.read_bytes()
            assert not any(mark in content for mark in marks), name


def test_no_two_modules_that_tests_import_by_name_share_it() -> None:
    # Tests are imported by path, what they share by its bare name: of two files of one name the first would be both.
    shared = [
        path
        for folder in ("tests", "scripts")
        for path in (ROOT / folder).rglob("*.py")
        if path.name not in {"conftest.py", "__init__.py"} and not path.name.startswith("test_")
    ]
    by_name: dict[str, list[str]] = {}
    for path in shared:
        if (ROOT / "tests" / "node") not in path.parents:  # imported as tests.node.…
            by_name.setdefault(path.stem, []).append(str(path.relative_to(ROOT)))
    assert {name: paths for name, paths in by_name.items() if len(paths) > 1} == {}
