"""Passphrases where nobody sits at a terminal: no command asks, warns or falls over; each says what to give instead.

And where somebody does, nobody is asked for a secret before what costs nothing to look at was looked at.
"""

from __future__ import annotations

import getpass
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import gateway
import node
from gateway.audit.reports.signing import create_report_key
from gateway.audit.samples.answers import MAGIC
from gateway.audit.samples.key import create_office_key
from gateway.cli import main as gateway_main
from gateway.recognition.sealed import seal
from node.cli import main as node_main
from node.client import keystores
from node.client.archive import recovery_key
from node.network import Network
from tests.cli.conftest import PASSPHRASE, make_deployment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

OURS = "123300004700007891"
ADDRESS = "0x" + "cd" * 20
HASH = "0x" + "ab" * 32
ACCOUNT = ("--account", "{operator}")
CONFIG = ("--config", "{centre}/gateway.toml")
RECOVERY = ("--key", "{recovery}")
MEMBER = ("--province", "310000", "--name-zh", "上海", "--name-en", "Shanghai", "--host", "10.0.0.1")
PROGRAMS = {"huren": gateway_main.run, "huren-node": node_main.run}
ASKING: list[tuple[str, ...]] = [
    ("huren", "institution", "accredit", OURS, *ACCOUNT, *CONFIG),
    ("huren", "institution", "narrow", OURS, "--categories", "academic", "--highest-level", "3", "--most-credits", "2",
     *ACCOUNT, *CONFIG),
    ("huren", "institution", "suspend", OURS, *ACCOUNT, *CONFIG),
    ("huren", "institution", "resume", OURS, *ACCOUNT, *CONFIG),
    ("huren", "institution", "withdraw", OURS, *ACCOUNT, *CONFIG),
    ("huren", "institution", "officer", "appoint", OURS, ADDRESS, *ACCOUNT, *CONFIG),
    ("huren", "institution", "officer", "retire", OURS, ADDRESS, *ACCOUNT, *CONFIG),
    ("huren", "institution", "key", "add", OURS, HASH, *ACCOUNT, *CONFIG),
    ("huren", "institution", "key", "retire", OURS, HASH, *ACCOUNT, *CONFIG),
    ("huren", "evaluation", "expert", "{new}", "--new"),
    ("huren", "evaluation", "expert", "{operator}"),
    ("huren", "evaluation", "read", "{answer}", *ACCOUNT, "--out", "{new}", *CONFIG),
    ("huren", "audit", "reports", "--key", "{report}", "--out", "{centre}/a.json", *CONFIG),
    ("huren", "audit", "sample", "key", "--out", "{new}"),
    ("huren", "audit", "sample", "check", "{answer}", "--key", "{office}", *CONFIG),
    ("huren", "key", "report", "--out", "{new}"),
    ("huren", "backup", "verify", "{answer}", *RECOVERY),
    ("huren", "backup", "key", "{new}"),
    ("huren", "restore", "{answer}", "--into", "{new}", *RECOVERY),
    ("huren-node", "deploy", "--dir", "{network}"),
    ("huren-node", "member", "new", "--dir", "{new}", *MEMBER),
    ("huren-node", "member", "rotate", "operator", "--dir", "{member}"),
    ("huren-node", "backup", "verify", "{answer}", *RECOVERY),
    ("huren-node", "backup", "key", "{new}"),
    ("huren-node", "restore", "{answer}", "--into", "{new}", *RECOVERY),
]  # fmt: skip
"""Calls that come to a secret before they come to a chain."""


@pytest.fixture(scope="module")
def places(issued: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Keys of every kind, none of which has its passphrase beside it, and the folders of a centre and of a node."""
    folder = tmp_path_factory.mktemp("places")
    made = {name: folder / name for name in ("centre", "network", "member", "operator", "recovery", "answer")}
    made |= {name: folder / f"{name}.key.json" for name in ("report", "office")}
    shutil.copytree(issued, made["centre"])
    shutil.copy(issued / "operator.json", made["operator"])
    create_report_key(made["report"], PASSPHRASE, now=1, cost=2)
    create_office_key(made["office"], PASSPHRASE, now=1, cost=2)
    recovery_key.create(made["recovery"], PASSPHRASE, limits=(1, 8192))
    made["answer"].write_bytes(seal(MAGIC, {"sample": "0x00", "source": 320_000}, {}, b"{}"))
    assert node_main.run(["init", "--dir", str(made["network"])]) == 0
    (made["network"] / "keys" / "passphrase").unlink()
    finality = make_deployment(made["network"]).finality
    Network("test", 20_260, "anvil", "http://127.0.0.1:9", "0x" + "00" * 32, finality, 1).save(
        made["network"] / "network.json"
    )
    secret = ["--passphrase-file", str(folder / "passphrase")]
    shutil.copy(issued / "passphrase", folder / "passphrase")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("node.cli.member.SCRYPT_COST", 2)
        assert node_main.run(["member", "new", "--dir", str(made["member"]), *MEMBER, *secret]) == 0
    return made


def nobody(_prompt: str) -> str:
    raise AssertionError("a person was asked")


@pytest.fixture(params=["</dev/null", "<&-"])
def unattended(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Standard input is no terminal, or is closed."""
    monkeypatch.setattr(getpass, "getpass", nobody)
    with Path("/dev/null").open(encoding="ascii") as nothing:
        monkeypatch.setattr(sys, "stdin", nothing if request.param == "</dev/null" else None)
        yield


@pytest.fixture
def call(places: dict[str, Path], tmp_path: Path) -> Callable[..., int]:
    """Runs a row of the table; what is in braces are the places, `new` one that is not there."""

    def called(program: str, *words: str) -> int:
        return PROGRAMS[program]([word.format(**places, new=tmp_path / "new") for word in words])

    return called


@pytest.mark.usefixtures("unattended")
@pytest.mark.parametrize("words", ASKING, ids=" ".join)
def test_where_nobody_sits_a_command_says_how_to_give_the_passphrase(
    words: tuple[str, ...], call: Callable[..., int], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert call(*words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "此处无人可问，请用 --passphrase-file" in said.err
    assert "nobody can be asked here: name a file with --passphrase-file" in said.err
    assert "Traceback" not in said.err
    assert not (tmp_path / "new").exists()


@pytest.mark.usefixtures("unattended")
def test_where_nobody_sits_a_centre_without_passphrase_files_says_where_to_name_them(
    places: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "deployment.json").write_bytes((places["centre"] / "deployment.json").read_bytes())
    settings = (places["centre"] / "gateway.toml").read_text(encoding="utf-8").partition("[keys]")[0]
    (tmp_path / "gateway.toml").write_text(settings, encoding="utf-8")
    for words in (["init"], ["issuing", OURS], ["officer", OURS], ["agreement", OURS]):
        assert gateway_main.run(["key", *words, "--config", str(tmp_path / "gateway.toml")]) == 2
        assert "name a passphrase file under [keys] in gateway.toml" in capsys.readouterr().err


def test_a_secret_is_asked_for_in_one_place() -> None:
    """So that the table above speaks for every command: whoever asks, asks through `read_passphrase`."""
    sources = [path for package in (node, gateway) for path in Path(package.__path__[0]).rglob("*.py")]
    asking = re.compile(r"getpass\.|hide_input=True")
    assert {path.name for path in sources if asking.search(path.read_text(encoding="utf-8"))} == {"keystores.py"}


def test_a_program_of_its_own_falls_over_nothing_either(places: dict[str, Path]) -> None:
    """With warnings as a shell shows them: getpass would give one, and echo what is typed."""
    argv = [sys.executable, "-c", "from node.cli.main import main; main()", "deploy", "--dir", str(places["network"])]
    done = subprocess.run(
        argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=120, start_new_session=True
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "--passphrase-file" in done.stderr
    assert "Warning" not in done.stderr


# --- and where somebody sits


CHEAP_FIRST: list[tuple[int, str, str]] = [
    (64, "huren-node member rotate banana --dir {member}", "banana"),
    (64, "huren-node member accept --dir {member} --account {operator} --account {recovery} --yes", "one --account"),
    (64, "huren-node member recover --dir {member} --yes", "one --account"),
    (64, "huren-node motion execute 0x00000000 --dir {network} --account {operator} --account {new}", "one --account"),
    (64, "huren-node succeed Banana --dir {network} --account {operator} --yes", "Banana"),
    (2, "huren-node deploy --dir {network} --deployer {new}", "there is none"),
    (2, "huren-node backup key {operator}", "exists already"),
    (2, "huren-node backup verify {new} --key {recovery}", "new"),
    (64, "huren-node restore {answer} --into {centre} --key {recovery}", "centre"),
    (2, "huren backup key {operator}", "exists already"),
    (2, "huren backup verify {new} --key {recovery}", "new"),
    (64, "huren restore {answer} --into {centre} --key {recovery}", "centre"),
    (2, "huren key report --out {operator}", "operator"),
    (2, "huren audit sample key --out {operator}", "operator"),
    (2, "huren evaluation expert {operator} --new", "exists already"),
    (2, "huren evaluation expert {new}", "there is none"),
    (2, "huren audit reports --key {new} --out {centre}/a.json --config {centre}/gateway.toml", "new"),
    (2, "huren audit sample check {answer} --key {operator} --config {centre}/gateway.toml", "operator"),
    (
        2,
        f"huren institution suspend {OURS} --account {{operator}} --account {{new}} --config {{centre}}/gateway.toml",
        "there is none",
    ),
]


@pytest.mark.parametrize(("code", "words", "told"), CHEAP_FIRST, ids=[row[1] for row in CHEAP_FIRST])
def test_nobody_is_asked_for_a_secret_before_the_words_were_looked_at(
    code: int,
    words: str,
    told: str,
    call: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(getpass, "getpass", nobody)
    monkeypatch.setattr(keystores, "attended", lambda: True)
    assert call(*words.split()) == code
    assert told in capsys.readouterr().err
