"""`huren verify --offline`, `huren trust show`, `huren present`: with a file, a trust file and no settings."""

from __future__ import annotations

import datetime as dt
import json
import time
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from proving import Ground

from gateway.cli.main import run
from gateway.domain.evidence import split
from gateway.domain.seals import Consensus
from gateway.verification.offline import Trust
from gateway.verification.steps import CHINA

if TYPE_CHECKING:
    from pathlib import Path

REGISTRY = bytes(range(20))
YEAR = 366 * 86_400


@pytest.fixture
def folder(case: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:  # noqa: ANN401
    """A folder with paper.huren.json and trust.json, in which the commands run."""
    ground, now = Ground.of(case.live, REGISTRY), int(time.time())
    (tmp_path / "paper.huren.json").write_bytes(ground.file(case.data, Consensus.CLIQUE, now - 60))
    (tmp_path / "bare.huren.json").write_bytes(case.data)
    (tmp_path / "trust.json").write_bytes(ground.trust(Consensus.CLIQUE, now + YEAR).to_json())
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HUREN_CONFIG", raising=False)
    return tmp_path


OFFLINE = ["verify", "paper.huren.json", "--offline", "--trust", "trust.json"]


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any]:
    code = run([*words, "--json"])
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.usefixtures("folder")
def test_a_file_is_verified_without_settings_and_the_answer_names_its_source_and_time(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, told = said(capsys, *OFFLINE)
    assert (code, told["verdict"], told["source"], told["block"]["number"]) == (0, "valid", "evidence", 90)
    assert run(OFFLINE) == 0
    text = capsys.readouterr().out
    assert "有效 / valid" in text
    assert "block 90" in text
    assert "evidence" in text
    at = dt.datetime.fromtimestamp(told["block"]["time"], CHINA).strftime("%Y-%m-%d %H:%M:%S")
    assert f"截至 {at}（UTC+8）" in text
    assert f"true as of {at} (UTC+8)" in text


def test_the_answer_names_the_trust_file_and_says_so_where_nobody_compared_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trust = Trust.parse((folder / "trust.json").read_bytes())
    rests_on = {
        "network": trust.network, "fingerprint": trust.fingerprint, "compared": False, "expires": trust.expires,
    }  # fmt: skip
    assert said(capsys, *OFFLINE)[1]["trust"] == rests_on
    assert said(capsys, *OFFLINE, "--fingerprint", trust.fingerprint)[1]["trust"] == rests_on | {"compared": True}
    assert run(OFFLINE) == 0
    shown = capsys.readouterr()
    assert trust.fingerprint in shown.out
    assert "未比对" in shown.err
    assert "not compared" in shown.err
    assert run([*OFFLINE, "--fingerprint", trust.fingerprint]) == 0
    assert capsys.readouterr().err == ""


def test_of_an_endless_trust_file_no_more_is_read_than_one_may_have(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (folder / "endless.json").open("wb") as file:
        file.truncate(1 << 40)
    for words in ([*OFFLINE[:4], "endless.json"], ["trust", "show", "endless.json"]):
        code, told = said(capsys, *words)
        assert (code, told["error"]["code"]) == (2, "trust.refused")


@pytest.mark.usefixtures("folder")
def test_what_cannot_be_checked_ends_with_2_and_what_is_altered_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    code, told = said(capsys, "verify", "bare.huren.json", *OFFLINE[2:])
    assert (code, told["verdict"], told["reason"]["code"]) == (2, "cannot-check", "evidence.none")
    code, told = said(capsys, *OFFLINE, "--max-days", "0")
    assert (code, told["reason"]["code"]) == (2, "evidence.stale")
    assert "--max-days" in told["reason"]["hintEn"]
    assert run([*OFFLINE, "--max-days", "0"]) == 2
    text = capsys.readouterr().out
    for hint in (told["reason"]["hintZh"], told["reason"]["hintEn"]):
        assert f"→ {hint}" in " ".join(text.split())


def test_an_altered_file_ends_with_1_and_an_altered_trust_file_with_2(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paper, trust = folder / "paper.huren.json", folder / "trust.json"
    data = paper.read_bytes()
    at = data.index(b'"nodes":["0x') + 40
    paper.write_bytes(data[:at] + (b"1" if data[at : at + 1] != b"1" else b"2") + data[at + 1 :])
    code, told = said(capsys, *OFFLINE)
    assert (code, told["verdict"]) == (1, "invalid")
    trust.write_bytes(trust.read_bytes().replace(b'"chainId":31337', b'"chainId":31338'))
    code, told = said(capsys, *OFFLINE)
    assert (code, told["error"]["code"]) == (2, "trust.fingerprint")
    trust.write_bytes(b"{}")
    assert said(capsys, *OFFLINE)[1]["error"]["code"] == "trust.refused"


@pytest.mark.parametrize(
    "words",
    [
        ["verify", "paper.huren.json", "--offline"],
        ["verify", "paper.huren.json", "--trust", "trust.json"],
        ["verify", "paper.huren.json", "--fingerprint", "04711"],
        ["verify", "paper.huren.json", "--max-days", "3"],
        [*OFFLINE, "--max-days", "-1"],
        [*OFFLINE[:4], "."],
        ["verify", ".", *OFFLINE[2:]],
        ["verify", "0x" + "ab" * 32, "--offline", "--trust", "trust.json"],
        [*OFFLINE[:4], "nowhere.json"],
        ["verify", "nowhere.json", *OFFLINE[2:]],
    ],
)
@pytest.mark.usefixtures("folder")
def test_words_that_do_not_go_together_end_with_64(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(words) == 64
    assert capsys.readouterr().err


def test_the_fingerprint_that_trust_show_prints_is_the_one_that_verify_takes(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trust = Trust.parse((folder / "trust.json").read_bytes())
    code, told = said(capsys, "trust", "show", "trust.json")
    assert (code, told["fingerprint"], told["consensus"]) == (0, trust.fingerprint, "clique")
    assert [len(era["validators"]) for era in told["eras"]] == [4]
    assert run(["trust", "show", "trust.json"]) == 0
    text = capsys.readouterr().out
    assert " ".join(line.strip() for line in text.splitlines()[2:4]) == trust.fingerprint
    assert "3/4" in text
    assert "CredentialRegistry v1" in text
    assert said(capsys, *OFFLINE, "--fingerprint", trust.fingerprint.replace(" ", ""))[0] == 0
    code, told = said(capsys, *OFFLINE, "--fingerprint", "1 2 3")
    assert (code, told["error"]["code"]) == (2, "trust.fingerprint")


def test_present_takes_the_evidence_along(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["present", "paper.huren.json", "--show", "name", "--out", "part.huren.json"]) == 0
    whole, part = (split((folder / f"{name}.huren.json").read_bytes())[1] for name in ("paper", "part"))
    assert whole == part is not None
    capsys.readouterr()
    code, told = said(capsys, "verify", "part.huren.json", *OFFLINE[2:])
    assert (code, told["verdict"], told["factsCompared"]) == (0, "valid", [])


def test_qbft_and_none_are_told_by_trust_show(
    case: Any,  # noqa: ANN401
    folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    qbft = Ground.of(case.live, REGISTRY).trust(Consensus.QBFT, 2_000_000_000)
    (folder / "qbft.json").write_bytes(qbft.to_json())
    (folder / "none.json").write_bytes(msgspec.structs.replace(qbft, consensus=Consensus.NONE, eras=()).to_json())
    assert run(["trust", "show", "qbft.json"]) == 0
    assert "3 of 4 seal a block" in capsys.readouterr().out
    assert run(["trust", "show", "none.json"]) == 0
    assert "nobody seals" in capsys.readouterr().out
