"""`huren token` as an operator calls it."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

import pytest
from deployed import write_gateway
from housing import SOURCE, accreditation

from gateway.cli.main import run
from gateway.store.engine import open_database
from gateway.store.models import Learner

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A gateway's folder, with an institution and a learner."""
    write_gateway(tmp_path)
    database = open_database(tmp_path / "data" / "huren.db")
    with database.session() as session:
        session.add_all([accreditation(SOURCE, 310000), Learner(id=7, number_index=b"7" * 16, opened_at=1)])
    database.close()
    return tmp_path


def huren(folder: Path, capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    assert run([*words, "-c", str(folder / "gateway.toml")]) == code
    told = capsys.readouterr()
    return told.out + told.err


def asked(folder: Path, capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> dict[str, object]:
    found: dict[str, object] = json.loads(huren(folder, capsys, *words, "--json", code=code))
    return found


def test_a_token_is_shown_once_and_listed_without_itself(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = asked(folder, capsys, "token", "create", "--role", "officer", "--institution", SOURCE, "--label", "portal")
    text = str(made.pop("token"))
    assert (made["number"], made["role"], made["institution"], made["state"]) == (1, "officer", SOURCE, "in-force")
    listed = asked(folder, capsys, "token", "list")
    assert listed == {"tokens": [made]}
    for shown in (huren(folder, capsys, "token", "list"), huren(folder, capsys, "token", "revoke", "1")):
        assert text not in shown
    [revoked] = asked(folder, capsys, "token", "list")["tokens"]  # type: ignore[misc]
    assert revoked["state"] == "revoked"


def test_a_person_is_told_to_keep_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = huren(folder, capsys, "token", "create", "--role", "learner", "--account", "7")
    assert "hrn_" in told
    assert "不会再次显示" in told
    assert "never shown again" in told


def test_a_token_goes_to_a_file_that_only_its_owner_reads_and_to_no_screen(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "token"
    told = huren(folder, capsys, "token", "create", "--role", "auditor", "--out", str(path))
    assert "hrn_" not in told
    assert path.read_text().startswith("hrn_")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_without_a_file_to_write_there_is_no_token(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    taken = folder / "token"
    taken.write_text("mine")
    for path in (taken, folder / "nowhere" / "token"):
        told = asked(folder, capsys, "token", "create", "--role", "auditor", "--out", str(path), code=64)
        assert told["error"]["code"] == "token.out"  # type: ignore[index]
    assert taken.read_text() == "mine"
    assert asked(folder, capsys, "token", "list") == {"tokens": []}
    words = ("token", "create", "--role", "officer", "--out", str(folder / "new"))
    assert asked(folder, capsys, *words, code=64)["error"]["code"] == "access.scope_missing"  # type: ignore[index]
    assert not (folder / "new").exists()


@pytest.mark.parametrize(
    "words", [("--role", "king"), (), ("--role", "auditor", "--days", "0"), ("--role", "auditor", "--label", "张伟")]
)
def test_a_call_whose_words_are_off_ends_with_64(
    folder: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    huren(folder, capsys, "token", "create", *words, code=64)


def test_a_number_that_no_token_has_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(folder, capsys, "token", "revoke", "9", code=1)["error"]["code"] == "access.token_id"  # type: ignore[index]
