"""The commands of statuses, institutions and the index, as a person types them, on a real chain."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from eth_account import Account

from gateway.cli.main import run
from gateway.ledger.reader import ChainReader
from gateway.ledger.values import KeyKind, Reason, Status

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from eth_account.signers.local import LocalAccount

    from tests.ledger.conftest import Batch, Desk, World

JIANGSU = 320_000
OPEN_UNIVERSITY = "123200000000000018"
OFFICER = "0x" + "ab" * 20


class Shell:
    """One centre's command line; answers are parsed from --json."""

    def __init__(self, desk: Desk, capsys: pytest.CaptureFixture[str], rpc_url: str | None = None) -> None:
        self.desk, self.world, self._capsys = desk, desk.world, capsys
        self.folder = desk.folder / "centre"
        self.folder.mkdir()
        self._secret("passphrase", "secret\n")
        for role in ("operator", "admin", "law"):
            self._secret(f"{role}.json", json.dumps(_keystore(getattr(self.world, role)(JIANGSU))))
        self.world.deployment.save(self.folder / "deployment.json")
        settings = {
            "province": JIANGSU,
            "data_dir": str(desk.folder),
            "deployment": "deployment.json",
            "rpc_url": rpc_url or self.world.chain.url,
            "public_url": "http://127.0.0.1:8102",
        }
        lines = [f"{key} = {json.dumps(value)}" for key, value in settings.items()]
        lines += ["[keys]", 'operator = "operator.json"', 'operator_passphrase_file = "passphrase"']
        self.config = self.folder / "gateway.toml"
        self.config.write_text("\n".join(lines), encoding="utf-8")
        self.two = ["--account", str(self.folder / "admin.json"), "--account", str(self.folder / "law.json")]
        self.two += ["--passphrase-file", str(self.folder / "passphrase")]

    def __call__(self, *words: str, code: int = 0) -> Any:  # noqa: ANN401 - any JSON
        self._capsys.readouterr()
        assert run([*words, "--config", str(self.config), "--json"]) == code
        printed = self._capsys.readouterr().out
        return json.loads(printed) if printed else None

    def told(self, *words: str, code: int = 0) -> str:
        """What a person reads."""
        self._capsys.readouterr()
        assert run([*words, "--config", str(self.config)]) == code
        printed = self._capsys.readouterr()
        return printed.out + printed.err

    def _secret(self, name: str, text: str) -> None:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)


def _keystore(account: LocalAccount) -> dict[str, Any]:
    document: dict[str, Any] = Account.encrypt(account.key, "secret", kdf="scrypt", iterations=2)
    return document


@pytest.fixture
def shell(desk_of: Callable[..., Desk], capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(desk_of(JIANGSU), capsys)


@pytest.fixture
def issued(shell: Shell, batch_of: Callable[..., Batch]) -> Batch:
    """A batch of the centre's own, anchored."""
    shell.world.accredit(OPEN_UNIVERSITY)
    batch = batch_of(OPEN_UNIVERSITY, 12)
    shell.world.anchor(batch)
    shell.desk.record(batch)
    return batch


def states(world: World, batch: Batch) -> list[Status]:
    reader = ChainReader(world.calls)
    leaves = [(batch.institution, leaf) for leaf in batch.manifest.tree.leaves]
    return [state.status for state in reader.leaf_states(leaves, reader.final_block())]


def listed(folder: Path, batch: Batch, positions: range, *more: str) -> str:
    """A file as a clerk's spreadsheet saves it: with a byte order mark, a heading, further columns, an empty line."""
    lines = ["哈希,姓名", *(f"0x{batch.manifest.tree.leaves[n].hex()},某人" for n in positions), "", *more]
    path = folder / "hashes.csv"
    path.write_text("\n".join(lines), encoding="utf-8-sig")
    return str(path)


def test_a_list_with_a_wrong_row_changes_nothing_until_the_good_rows_are_accepted(shell: Shell, issued: Batch) -> None:
    file = listed(shell.folder, issued, range(5), "nonsense", "00" * 32)
    refused = shell("revoke", "--file", file, "--reason", "withdrawn", code=1)
    assert refused["nothingDone"]
    assert [(one["row"], one["code"]) for one in refused["findings"]] == [(8, "malformed"), (9, "not_found")]
    assert states(shell.world, issued) == [Status.VALID] * 12
    done = shell("revoke", "--file", file, "--reason", "withdrawn", "--accept-good-rows")
    assert (done["changed"], done["unchanged"], len(done["findings"])) == (5, 0, 2)
    assert states(shell.world, issued) == [Status.REVOKED] * 5 + [Status.VALID] * 7
    again = shell("revoke", "--file", file, "--reason", "withdrawn", "--accept-good-rows")
    assert (again["changed"], again["unchanged"], again["transactions"]) == (0, 5, [])


def test_credentials_are_suspended_and_reinstated_by_their_hashes(shell: Shell, issued: Batch) -> None:
    hashes = ["0x" + leaf.hex() for leaf in issued.manifest.tree.leaves[:2]]
    assert shell("suspend", *hashes)["changed"] == 2
    [state] = ChainReader(shell.world.calls).leaf_states(
        [(OPEN_UNIVERSITY, issued.manifest.tree.leaves[0])], ChainReader(shell.world.calls).final_block()
    )
    assert (state.status, state.reason) == (Status.SUSPENDED, Reason.ERROR)
    assert "已恢复 1 份" in shell.told("reinstate", hashes[0])
    assert states(shell.world, issued)[:3] == [Status.VALID, Status.SUSPENDED, Status.VALID]


def test_a_finding_is_told_in_both_languages(shell: Shell) -> None:
    told = shell.told("suspend", "ab" * 32, code=1)
    assert "未作更改" in told
    assert "nothing changed" in told


def test_a_whole_batch_is_suspended_by_two_accounts(shell: Shell, issued: Batch) -> None:
    batch = f"{OPEN_UNIVERSITY}:0x{issued.manifest.root.hex()}"
    done = shell("suspend", "--batch", batch, "--reason", "fraud", *shell.two)
    assert (done["status"], done["reason"]) == ("suspended", "fraud")
    reader = ChainReader(shell.world.calls)
    [anchor] = reader.anchors([(OPEN_UNIVERSITY, issued.manifest.root)], reader.final_block())
    assert (anchor.status, anchor.reason) == (Status.SUSPENDED, Reason.FRAUD)
    refused = shell("reinstate", "--batch", batch, code=64)
    assert refused["error"]["code"] == "ledger.two_accounts"
    waits = shell("reinstate", "--batch", batch, *shell.two[:2], *shell.two[-2:])
    assert (waits["waiting"], len(waits["act"])) == (True, 66)
    assert f"huren pending confirm {waits['act'][:12]}" in waits["zh"]
    [anchor] = reader.anchors([(OPEN_UNIVERSITY, issued.manifest.root)], reader.final_block())
    assert anchor.status is Status.SUSPENDED
    again = shell("reinstate", "--batch", batch, *shell.two[:2], *shell.two[-2:])
    assert (again["waiting"], again["act"]) == (True, None)


@pytest.mark.parametrize(
    "words",
    [
        ("revoke", "ab" * 32),
        ("revoke", "--reason", "error"),
        ("revoke", "ab" * 32, "--reason", "superseded"),
        ("suspend", "ab" * 32, "--batch", f"{OPEN_UNIVERSITY}:{'ab' * 32}"),
        ("suspend", "--batch", "nonsense"),
        ("suspend", "--file", "/nowhere/at/all"),
        ("institution", "accredit", OPEN_UNIVERSITY, "--categories", "sports"),
        ("institution", "officer", "appoint", OPEN_UNIVERSITY, OFFICER, "--from", "someday"),
    ],
)
def test_a_call_that_is_off_is_a_usage_error(shell: Shell, words: tuple[str, ...]) -> None:
    assert shell.told(*words, code=64)


def test_an_unreachable_chain_is_cannot_and_nothing_is_queued(
    desk_of: Callable[..., Desk], capsys: pytest.CaptureFixture[str]
) -> None:
    cut_off = Shell(desk_of(JIANGSU), capsys, rpc_url="http://127.0.0.1:9")
    assert cut_off("revoke", "ab" * 32, "--reason", "error", code=2)["error"]["code"] == "ledger.unavailable"
    told = cut_off("index", "status", code=2)
    assert (told["index"], told["fresh"], told["chain"]["block"]) == (None, False, None)
    assert told["outbox"] == {**dict.fromkeys(("queued", "sent", "mined", "final", "failed"), 0), "failures": []}


def test_an_institution_is_accredited_named_and_given_a_key(shell: Shell) -> None:
    key = "0x" + "07" * 32
    words = ["--categories", "vocational", "--highest-level", "6", "--most-credits", "30", "--officer", OFFICER]
    names = ["--name-zh", "江苏开放大学", "--name-en", "Jiangsu Open University"]
    assert shell("institution", "accredit", OPEN_UNIVERSITY, *words, *names, *shell.two)["officers"] == [OFFICER]
    shell("institution", "key", "add", OPEN_UNIVERSITY, key, *shell.two)
    shell("institution", "officer", "appoint", OPEN_UNIVERSITY, "0x" + "cd" * 20, "--from", "2099-01-01", *shell.two)
    shown = shell("institution", "show", OPEN_UNIVERSITY)
    assert (shown["standing"], shown["categories"], shown["mostCredits"]) == ("accredited", ["vocational"], "30.00")
    assert [officer["address"] for officer in shown["officers"]] == [OFFICER, "0x" + "cd" * 20]
    assert shown["officers"][1]["validFrom"] == "2099-01-01T00:00:00+08:00"
    assert [(one["key"], one["for"]) for one in shown["keys"]] == [(key, KeyKind.SIGNING.name.lower())]
    assert [one["institution"] for one in shell("institution", "list")["institutions"]] == [OPEN_UNIVERSITY]
    assert shell("institution", "list", "--province", "310000")["institutions"] == []


def test_a_key_is_retired_and_an_institution_suspended_resumed_and_withdrawn(shell: Shell) -> None:
    key = "0x" + "07" * 32
    shell("institution", "accredit", OPEN_UNIVERSITY, "--officer", OFFICER, *shell.two)
    shell("institution", "key", "add", OPEN_UNIVERSITY, key, *shell.two)
    shell("institution", "key", "retire", OPEN_UNIVERSITY, key, *shell.two)
    shell("institution", "key", "report", OPEN_UNIVERSITY, key, *shell.two)
    shell("institution", "officer", "retire", OPEN_UNIVERSITY, OFFICER, *shell.two)
    shell("institution", "officer", "report", OPEN_UNIVERSITY, OFFICER, *shell.two)
    shell("institution", "narrow", OPEN_UNIVERSITY, "--categories", "academic", "--highest-level", "3",
          "--most-credits", "4.5", *shell.two)  # fmt: skip
    for act, standing in (("suspend", "suspended"), ("resume", "accredited"), ("withdraw", "withdrawn")):
        shell("institution", act, OPEN_UNIVERSITY, *shell.two)
        shown = shell("institution", "show", OPEN_UNIVERSITY)
        assert (shown["standing"], shown["mostCredits"]) == (standing, "4.50")
    assert shown["keys"][0]["retiredAt"]
    assert shown["keys"][0]["compromisedSince"]
    assert shown["officers"][0]["retiredAt"]


def test_a_refused_act_says_why_and_what_to_do(shell: Shell) -> None:
    refused = shell("institution", "withdraw", OPEN_UNIVERSITY, *shell.two, code=1)
    assert refused["error"]["hintZh"]
    assert shell("institution", "show", OPEN_UNIVERSITY, code=1)["error"]["code"] == "institution.unknown"
    assert shell("institution", "key", "add", OPEN_UNIVERSITY, "0x12", code=64)["error"]["code"] == "institution.key"
    assert shell("institution", "key", "add", OPEN_UNIVERSITY, code=2)["error"]["code"] == "institution.no_key"


@pytest.mark.usefixtures("issued")
def test_the_index_is_followed_rebuilt_and_says_what_it_lacks(shell: Shell, batch_of: Callable[..., Batch]) -> None:
    lacking = batch_of(OPEN_UNIVERSITY, 2, 5)
    shell.world.anchor(lacking)
    followed = shell("index", "follow", "--once", "--read-only")
    assert (followed["manifests"]["leaves"], followed["manifests"]["lacking"]) == (12, 1)
    status = shell("index", "status")
    assert (status["lacking"], status["leaves"], status["fresh"]) == (1, 12, True)
    [named] = status["unheld"]
    assert (named["root"], named["state"]) == ("0x" + lacking.manifest.root.hex(), "missing")
    shell("index", "rebuild", code=2)  # it lacks a manifest, and says so
    shell.desk.hold(lacking)
    rebuilt = shell("index", "rebuild")
    assert (rebuilt["manifests"]["held"], rebuilt["manifests"]["leaves"]) == (2, 14)
    assert shell("index", "status")["unheld"] == []
