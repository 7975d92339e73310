"""What a newcomer reads where a call is off or a list is empty: in each language by itself, with what it is about."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from gateway.cli.issuing_report import Aftermath, tell
from gateway.cli.main import run
from gateway.domain.errors import Said
from gateway.issuance.report import IssueReport, Outcome
from gateway.webhooks.words import words_of

if TYPE_CHECKING:
    from pathlib import Path

CHINESE = re.compile(r"[\u4e00-\u9fff]")
OURS = "123300004700007891"


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("transfer", "accept"), "TRANSFER, --file"),
        (("find",), "--name, --number, --certificate"),
        (("export", "--out", "x"), "--roster, --batch, --hash, --number"),
        (("supersede",), "OLD NEW, --file, --pending"),
        (("suspend",), "HASH..., --file, --batch"),
        (("pending", "confirm", "0x12"), "--account"),
        (("token", "create", "--role", "auditor", "--label", "A B"), "--label"),
        (("institution", "officer", "appoint", OURS, "0x" + "cd" * 20, "--from", "someday"), "--from"),
        (("verify",), "FILE|HASH"),
        (("options", "x", "--level", "many"), "--level"),
        (("options", "x", "--nothing"), "--nothing"),
    ],
)
def test_a_call_that_is_off_names_the_option_and_keeps_the_languages_apart(
    words: tuple[str, ...], named: str, issued: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = () if "--nothing" in words else ("--config", str(issued / "gateway.toml"))
    assert run([*words, "--json", *config]) == 64
    told = json.loads(capsys.readouterr().out)["error"]
    assert named in told["zh"].replace("'", "")
    assert named in told["en"].replace("'", "")
    assert CHINESE.search(told["zh"])
    assert not CHINESE.search(told["en"]), told["en"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("token", "list"), "没有令牌 / there are no tokens"),
        (("webhook", "list"), "没有 webhook / there are no webhooks"),
        (("institution", "list"), "索引中没有机构 / the index knows no institution"),
    ],
)
def test_an_empty_list_is_a_sentence(
    words: tuple[str, ...], sentence: str, issued: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*words, "--config", str(issued / "gateway.toml")]) == 0
    assert capsys.readouterr().out.strip() == sentence


@pytest.mark.parametrize("text", ["{", "[1,]", '"\udcff'])
def test_a_file_that_is_no_json_says_where_and_what_to_do_in_each_language(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.huren.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert run(["present", str(path), "--show", "name", "--json"]) == 64
    told = json.loads(capsys.readouterr().out)["error"]
    assert told["code"] == "json.syntax"
    assert not CHINESE.search(told["en"])
    assert "Expecting" not in told["zh"]
    assert re.search(r"第 \d+ ", told["zh"])
    assert told["hintZh"]
    assert told["hintEn"]


def test_a_number_is_never_cut_off_in_the_list_of_what_was_found(
    issued: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    gateway_toml = str(issued / "gateway.toml")
    name = _somebody(issued)
    assert run(["find", "--name", name, "--json", "--config", gateway_toml]) == 0
    [certificate, *_] = json.loads(capsys.readouterr().out)[0]["certificates"]
    assert run(["find", "--name", name, "--config", gateway_toml]) == 0
    shown = capsys.readouterr().out
    assert "…" not in shown
    first = "".join(line.split("│")[1].strip() for line in shown.splitlines() if line.startswith("│"))
    assert certificate["certificate"] in first


def _somebody(folder: Path) -> str:
    from gateway.bootstrap import Gateway  # noqa: PLC0415 - one test's
    from gateway.settings import load_settings  # noqa: PLC0415 - one test's

    gateway = Gateway(load_settings(folder / "gateway.toml"))
    try:
        [learner, *_] = gateway.accounts.open_many([1])
        return str(learner.name)
    finally:
        gateway.close()


@pytest.mark.parametrize(
    "outcome", ["ConnectError", "HTTP 302", "HTTP 404", "HTTP 500", "no answer within 10 s", "webhook.host", "Odd"]
)
def test_every_way_in_which_a_message_is_not_taken_has_words(outcome: str) -> None:
    told = words_of(outcome)
    assert isinstance(told, Said)
    assert CHINESE.search(told.zh)
    assert len(told.en) > 15
    assert not CHINESE.search(told.en)


@pytest.mark.parametrize(("issued", "seconds", "rate"), [(2, 7.1, "0.28"), (15, 5.0, "3"), (4_000, 2.0, "2,000")])
def test_however_slow_it_was_the_rate_of_issuing_is_not_told_as_nothing(issued: int, seconds: float, rate: str) -> None:
    said = Console(file=io.StringIO(), width=200)
    report = IssueReport("r.csv", b"", Outcome.ISSUED, issued, issued, 0, issued, seconds=seconds)
    tell(said, report, Aftermath(), None)
    assert f"每秒 {rate} 份 / {seconds:.1f} s, {rate} a second" in said.file.getvalue()  # type: ignore[attr-defined]
