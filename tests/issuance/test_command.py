"""``huren issue`` and ``huren export`` as a clerk meets them: exit codes, the table, the template, machine lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest

from gateway.backup.catching_up import FOUND, Found
from gateway.backup.since import LostBatch
from gateway.cli.main import run
from gateway.settings import load_settings
from node.client import keystores

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Centre = Any

OURS, OTHERS = "123300004700007891", "123200004660001235"


@pytest.fixture
def config(centre: Callable[[int], Any], tmp_path: Path, deployment: Any) -> Path:  # noqa: ANN401 (conftest's own)
    """The settings of Zhejiang's gateway; its chain does not answer, which issuing does not need."""
    zhejiang = centre(330000)
    secret = zhejiang.folder / "passphrase"
    operator = tmp_path / "operator.json"
    keystores.create(operator, secret.read_text().strip(), scrypt_cost=2)
    deployment.save(tmp_path / "deployment.json")
    path = tmp_path / "gateway.toml"
    path.write_text(
        f"""
province = 330000
data_dir = "{zhejiang.folder}"
deployment = "deployment.json"
rpc_url = "http://127.0.0.1:9"
public_url = "https://credit-bank.example"
workers = 1
[keys]
passphrase_file = "{secret}"
pseudonym_passphrase_file = "{secret}"
officers_passphrase_file = "{secret}"
operator = "{operator}"
operator_passphrase_file = "{secret}"
"""
    )
    return path


def test_a_dirty_roster_is_refused_with_its_table_in_both_languages(
    config: Path, rosters: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert run(["issue", str(rosters / "zhejiang-dirty.csv"), "--config", str(config)]) == 1
    out = capsys.readouterr().out
    for words in ("校验码应为", "check character", "科学计数法", "未签发", "nothing issued", "=HYPERLINK", "14"):
        assert words in out


def test_machine_lines_tell_the_same(config: Path, rosters: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["issue", str(rosters / "zhejiang-dirty.csv"), "--config", str(config), "--json"]) == 1
    printed = capsys.readouterr()
    report = orjson.loads(printed.out)
    assert (report["outcome"], report["errors"], report["rows"], report["issued"]) == ("refused", 14, 40, 0)
    by_sequence = {finding["sequence"]: finding for finding in report["findings"]}
    assert by_sequence["23"]["columns"] == ["level"]
    assert by_sequence["23"]["code"] == "crosswalk.level"
    assert by_sequence["15"]["severity"] == "notice"
    assert {"zh", "en", "hintZh", "hintEn", "line", "value"} <= by_sequence["3"].keys()
    progress = [orjson.loads(line) for line in printed.err.splitlines() if line.startswith("{")]
    assert {line["stage"] for line in progress} == {"judging"}
    assert all({"done", "total", "perSecond", "secondsLeft"} <= line.keys() for line in progress)


def test_the_good_rows_are_issued_when_asked_for_and_then_there_is_nothing_to_do(
    config: Path, rosters: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [
        "issue",
        str(rosters / "zhejiang-dirty.csv"),
        "--accept-good-rows",
        "--yes",
        "--config",
        str(config),
        "--json",
    ]
    assert run([*words, "--template", str(tmp_path / "mend.xlsx")]) == 0
    printed = capsys.readouterr()
    assert orjson.loads(printed.out)["issued"] == 26
    assert "26" in printed.err  # the officer is told rows and certificates
    assert (tmp_path / "mend.xlsx").stat().st_size > 5000
    assert run(words) == 0
    report = orjson.loads(capsys.readouterr().out)
    assert (report["outcome"], report["already"], report["issued"]) == ("nothing_to_do", 26, 0)


def test_a_dry_run_needs_no_decision_and_writes_nothing(
    config: Path, rosters: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["issue", str(rosters / "zhejiang-dirty.csv"), "--dry-run", "--config", str(config), "--json"]
    assert run(words) == 1
    assert run([*words, "--accept-good-rows", "--yes"]) == 0
    assert '"outcome": "checked"' in capsys.readouterr().out


@pytest.mark.parametrize("mind", [True, False], ids=["ours", "others"])
@pytest.mark.parametrize("words", [["--dry-run"], ["--yes"], []])
def test_before_rows_are_issued_that_may_be_on_the_chain_since_a_backup_a_person_is_told(
    config: Path, rosters: Path, words: list[str], mind: object, capsys: pytest.CaptureFixture[str]
) -> None:
    """The chain cannot say whose they are: leaves are salted, and the salts went with the old database."""
    issue = ["issue", str(rosters / "zhejiang-dirty.csv"), "--accept-good-rows", *words, "--config", str(config)]
    ours, other = (LostBatch(one, bytes([n]) * 32, 1_000 * n, 7) for n, one in enumerate((OURS, OTHERS), 1))
    found = Found(1, 9, 0, {}, (ours, other) if mind else (other,), ())
    (load_settings(config).data_dir / FOUND).write_bytes(orjson.dumps(found.to_json()))
    run([*issue, "--json"])
    said = capsys.readouterr().err
    assert ("mind: 1,000 certificates" in said) is mind
    assert ("备份之后签发的 1,000 份证书" in said) is mind


def test_what_is_no_roster_and_what_was_not_meant_ends_with_64(
    config: Path, rosters: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["issue", str(tmp_path / "absent.csv"), "--config", str(config)]) == 64
    assert "absent.csv" in capsys.readouterr().err
    (tmp_path / "prose.csv").write_text("你好\n")
    assert run(["issue", str(tmp_path / "prose.csv"), "--config", str(config)]) == 64
    assert "Learner name" in capsys.readouterr().err
    assert run(["issue"]) == 64
    assert run(["issue", str(rosters / "zhejiang-dirty.csv"), "--no-such-option"]) == 64
    assert run(["export", "--out", str(tmp_path), "--config", str(config)]) == 64
    assert run(["export", "--out", str(tmp_path), "--number", "S1", "--config", str(config)]) == 64


def test_an_approval_is_a_persons_act_where_nobody_can_be_asked_only_yes_gives_it(
    config: Path, rosters: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["issue", str(rosters / "zhejiang-dirty.csv"), "--accept-good-rows", "--config", str(config), "--json"]
    assert run(words) == 1
    refused = orjson.loads(capsys.readouterr().out)["error"]
    assert refused["code"] == "issuance.not_approved"
    assert "--yes" in refused["hintEn"]
    assert run([*words, "--yes"]) == 0
    assert orjson.loads(capsys.readouterr().out)["issued"] == 26


def test_what_the_machine_refuses_is_said_in_both_languages_and_leaves_nothing_half_done(
    config: Path, rosters: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    roster = str(rosters / "zhejiang-dirty.csv")
    nowhere = tmp_path / "absent" / "template.xlsx"
    call = ["issue", roster, "--accept-good-rows", "--yes", "--template", str(nowhere), "--config", str(config)]
    assert run(call) == 2
    said = capsys.readouterr().err
    for words in ("操作系统拒绝", "the operating system refused", "absent/template.xlsx"):
        assert words in said
    assert run(["issue", roster, "--accept-good-rows", "--yes", "--config", str(config), "--json"]) == 0
    assert orjson.loads(capsys.readouterr().out)["already"] == 0


def test_a_database_of_another_centres_keys_issues_nothing(
    config: Path, rosters: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    roster = str(rosters / "zhejiang-dirty.csv")
    assert run(["issue", roster, "--accept-good-rows", "--yes", "--config", str(config)]) == 0
    capsys.readouterr()
    monkeypatch.setenv("HUREN_KEYS__PSEUDONYM", str(config.parent / "new.key.json"))
    assert run(["key", "init", "--config", str(config)]) == 0  # "the old one is lost: make another"
    assert run(["issue", roster, "--accept-good-rows", "--yes", "--config", str(config)]) == 2
    said = capsys.readouterr().err
    for words in ("不属于此数据库", "not that of this database", "restore the key file"):
        assert words in said


def test_certificates_wait_for_a_chain_that_answers(
    config: Path, rosters: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dirty = str(rosters / "zhejiang-dirty.csv")
    words = ["--config", str(config), "--json"]
    out = tmp_path / "out"
    assert run(["issue", dirty, "--accept-good-rows", "--yes", "--out", str(out), "--wait-seconds", "0", *words]) == 2
    # The rows are issued all the same, and said to be: only the files wait.
    report = orjson.loads(capsys.readouterr().out)
    assert (report["issued"], report["error"]["code"].split(".")[0]) == (26, "ledger")
    assert run(["issue", dirty, "--accept-good-rows", "--yes", *words]) == 0
    assert orjson.loads(capsys.readouterr().out)["already"] == 26
    assert run(["export", "--roster", dirty, "--out", str(out), *words]) == 2
    assert run(["export", "--roster", str(rosters / "anhui-mixed-2024.csv"), "--out", str(out), *words]) == 1
    unknown = ["--number", "S000000000000000000000", "--institution", "123300004700007891"]
    assert run(["export", *unknown, "--out", str(out), *words]) == 1
    assert "S000000000000000000000" in capsys.readouterr().out
    assert not out.exists()


def test_a_table_of_thousands_is_cut_and_says_where_the_rest_is(
    config: Path, rosters: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = (rosters / "zhejiang-dirty.csv").read_text("utf-8-sig").splitlines()
    bad = [lines[3].replace("3,李洋红", f"{n},李洋红") for n in range(205)]
    (tmp_path / "bad.csv").write_text("\n".join([lines[0], *bad]))
    assert run(["issue", str(tmp_path / "bad.csv"), "--config", str(config)]) == 1
    assert "5 more findings" in capsys.readouterr().out
