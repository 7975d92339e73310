"""`huren webhook` as an operator calls it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from deployed import write_gateway

from gateway.cli.main import run

if TYPE_CHECKING:
    from pathlib import Path

    from receiver import Receiver


def huren(folder: Path, capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    assert run([*words, "-c", str(folder / "gateway.toml")]) == code
    told = capsys.readouterr()
    return told.out + told.err


def asked(folder: Path, capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> Any:  # noqa: ANN401
    return json.loads(huren(folder, capsys, *words, "--json", code=code))


def test_a_webhook_is_added_tried_listed_and_removed(
    tmp_path: Path, receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    write_gateway(tmp_path)
    words = ("webhook", "add", receiver.url, "--event", "transfer.accepted", "--institution", "123300004700007891")
    added = asked(tmp_path, capsys, *words)
    secret = added["secret"]
    assert secret.startswith("whsec_")
    assert asked(tmp_path, capsys, "webhook", "test", "1") == {"webhook": 1, "taken": True, "outcome": "HTTP 200"}
    [message] = receiver.got
    assert message.json["type"] == "webhook.test"
    assert message.signed_with(secret)
    [listed] = asked(tmp_path, capsys, "webhook", "list")["webhooks"]
    assert (listed["state"], listed["waiting"], listed["events"]) == ("active", 0, ["transfer.accepted"])
    shown = huren(tmp_path, capsys, "webhook", "list")
    assert secret not in shown + json.dumps(listed)
    receiver.status = 500
    assert "HTTP 500" in huren(tmp_path, capsys, "webhook", "test", "1", code=1)
    assert asked(tmp_path, capsys, "webhook", "resume", "1") == {"webhook": 1, "state": "active"}
    assert asked(tmp_path, capsys, "webhook", "remove", "1") == {"webhook": 1, "state": "removed"}
    assert asked(tmp_path, capsys, "webhook", "list") == {"webhooks": []}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("http://169.254.169.254/latest",), "webhook.address"),
        (("https://10.0.0.1/",), "webhook.address"),
        (("ftp://127.0.0.1/",), "webhook.url"),
        (("http://127.0.0.1/", "--event", "transfer.lost"), "webhook.event"),
        (("http://127.0.0.1/", "--institution", "123300004700007892"), "identifier.uscc.check"),
        (("http://127.0.0.1/", "--after", "yesterday"), "events.position"),
    ],
)
def test_what_cannot_be_told_anything_is_refused_with_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: str
) -> None:
    write_gateway(tmp_path)
    error = asked(tmp_path, capsys, "webhook", "add", *words, code=64)["error"]
    assert error["code"] == code
    assert all(error[name] for name in ("zh", "en", "hintZh", "hintEn"))
    assert asked(tmp_path, capsys, "webhook", "list") == {"webhooks": []}


def test_a_person_is_shown_the_secret_once(
    tmp_path: Path, receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    write_gateway(tmp_path)
    told = huren(tmp_path, capsys, "webhook", "add", receiver.url)
    assert "whsec_" in told
    assert "never shown again" in told
    assert "全部" in huren(tmp_path, capsys, "webhook", "list")
