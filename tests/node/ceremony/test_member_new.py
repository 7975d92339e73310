"""A member's keys are made where they live: once, never overwritten, and after a kill the command is run again."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from node import local as local_file
from node.ceremony import card as cards
from node.ceremony import keys as node_keys
from node.ceremony import member
from node.ceremony.keys import KeyFileError
from node.ceremony.member import ApplicantError, CardDiffersError
from node.client import files, keystores
from node.client.keystores import KeystoreError, unlock
from node.layout import Layout
from tests.node.ceremony.papers import PASSPHRASE, applicant, join

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECRETS = {
    *("node.key", "exchange.key", "ipfs.key"),
    *("admin.json", "recovery.json", "operator.json", "law-1.json"),
}


class KilledError(BaseException):
    """The process ends here."""


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_member_has_seven_keys_that_nobody_else_can_read(tmp_path: Path) -> None:
    layout = join(tmp_path / "m", applicant(310_000))
    found = {path.name: path.stat().st_mode & 0o777 for path in layout.keys.iterdir()}
    assert found == dict.fromkeys(SECRETS, 0o600)
    assert layout.keys.stat().st_mode & 0o777 == 0o700
    card = cards.read(layout.card)
    assert card.member.admin == unlock(layout.account("admin"), PASSPHRASE).address.lower()
    assert card.member.node is not None
    assert card.member.node.public_key == node_keys.read(layout).public_key
    assert local_file.read(layout.local).province == 310_000


def test_run_again_it_changes_nothing(tmp_path: Path) -> None:
    layout = join(tmp_path, applicant(310_000))
    before = contents(tmp_path)
    made = member.new(
        layout,
        applicant(310_000),
        local_file.Local(province=310_000, rpc_port=9_999),
        PASSPHRASE,
        scrypt_cost=2,
        now=1_800_000_000.0,
    )
    assert contents(tmp_path) == before
    assert made.files == ()


@pytest.mark.parametrize("write", range(12))
def test_killed_at_any_file_it_goes_on_and_keeps_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: int
) -> None:
    """Twelve steps: nine files, of which the three raw keys get their name in a step of its own."""
    with monkeypatch.context() as patched:
        left = [write]

        def dying(real: Callable[..., None]) -> Callable[..., None]:
            def call(*arguments: object) -> None:
                if not left[0]:
                    raise KilledError
                left[0] -= 1
                real(*arguments)

            return call

        for module in (node_keys, keystores, member, local_file):
            patched.setattr(module, "write_whole", dying(files.write_whole))
        patched.setattr("os.link", dying(os.link))
        with pytest.raises(KilledError):
            join(tmp_path, applicant(310_000))
    before = {name: content for name, content in contents(tmp_path).items() if not name.startswith("keys/.")}
    layout = join(tmp_path, applicant(310_000))
    after = contents(tmp_path)
    assert before.items() <= after.items()
    assert set(after) == {"card.json", "local.toml", *(f"keys/{name}" for name in SECRETS)}
    cards.read(layout.card)


@pytest.mark.parametrize("left", ["..node.key.0badf00d.x1", ".ipfs.key.0badf00d", ".admin.json.x1", ".law-1.json.x1"])
def test_what_a_kill_left_half_written_is_swept_away(tmp_path: Path, left: str) -> None:
    layout = join(tmp_path, applicant(310_000))
    before = contents(tmp_path)
    (layout.keys / left).write_text("11" * 16, encoding="ascii")
    join(tmp_path, applicant(310_000))
    assert contents(tmp_path) == before


def test_a_key_that_another_run_put_there_meanwhile_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    layout = Layout(tmp_path)
    theirs = "11" * 32 + "\n"

    def overtaken(fresh: Path, content: bytes, mode: int) -> None:
        files.write_whole(fresh, content, mode)
        if fresh.name.startswith(".node.key"):
            files.write_whole(layout.node_key, theirs.encode(), 0o600)

    monkeypatch.setattr(node_keys, "write_whole", overtaken)
    assert node_keys.made(layout).node.hex() == theirs.strip()
    assert layout.node_key.read_text(encoding="ascii") == theirs


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is no key"),
        ("11" * 31, "is no key"),
        ("00" * 32, "is no key"),
        ("ff" * 32, "is no key"),
        ("zz" * 32, "is no key"),
        ("锁", "cannot be read"),
    ],
)
def test_a_damaged_key_is_refused_and_left_as_it_is(tmp_path: Path, text: str, why: str) -> None:
    layout = join(tmp_path, applicant(310_000))
    layout.node_key.write_text(text, encoding="utf-8")
    with pytest.raises(KeyFileError, match=why):
        join(tmp_path, applicant(310_000))
    assert layout.node_key.read_text(encoding="utf-8") == text


def test_a_key_that_others_can_read_or_that_is_gone_is_refused_by_whoever_needs_it(tmp_path: Path) -> None:
    layout = join(tmp_path, applicant(310_000))
    layout.exchange_key.chmod(0o644)
    with pytest.raises(KeyFileError, match="chmod 600"):
        node_keys.read(layout)
    layout.exchange_key.unlink()
    with pytest.raises(KeyFileError, match="member new"):
        node_keys.read(layout)


def test_keys_are_not_shown_where_they_are_printed(tmp_path: Path) -> None:
    keys = node_keys.made(Layout(tmp_path))
    assert keys.node.hex() not in repr(keys)
    assert repr(keys.node) not in repr(keys)


def test_a_card_that_says_something_else_is_kept_until_a_new_one_is_asked_for(tmp_path: Path) -> None:
    layout = join(tmp_path, applicant(310_000))
    before = contents(tmp_path)
    moved = applicant(310_000, host="10.9.9.9")
    with pytest.raises(CardDiffersError) as refused:
        join(tmp_path, moved)
    assert (refused.value.field, refused.value.path) == ("node", layout.card)
    assert contents(tmp_path) == before
    join(tmp_path, moved, reissue=True)
    after = contents(tmp_path)
    assert [name for name in after if after[name] != before[name]] == ["card.json"]
    new = cards.read(layout.card).member.node
    assert new is not None
    assert (new.host, new.public_key) == ("10.9.9.9", node_keys.read(layout).public_key)


def test_a_new_card_is_dated_after_the_one_before_it_whatever_the_clock_says(tmp_path: Path) -> None:
    made = [cards.read(join(tmp_path, applicant(310_000), reissue=again).card).made for again in (False, True, True)]
    assert made == ["2026-09-21T14:13:20Z", "2026-09-21T14:13:21Z", "2026-09-21T14:13:22Z"]


@pytest.mark.parametrize(
    ("host", "port", "why"),
    [("node.example.cn", 30_303, "names are refused"), ("10.0.0.5", 4001, "cannot share"), ("10.0.0.5", 0, "p2p_port")],
)
def test_words_that_could_never_become_a_row_make_no_key(tmp_path: Path, host: str, port: int, why: str) -> None:
    with pytest.raises(ApplicantError, match=why):
        join(tmp_path / "m", applicant(310_000, host=host, p2p_port=port))
    assert not (tmp_path / "m").exists()


def test_another_passphrase_does_not_open_the_accounts_that_are_there(tmp_path: Path) -> None:
    join(tmp_path, applicant(310_000))
    before = contents(tmp_path)
    with pytest.raises(KeystoreError, match=r"admin\.json"):
        join(tmp_path, applicant(310_000), passphrase="another")
    assert contents(tmp_path) == before


def test_an_observer_has_a_node_and_no_accounts(tmp_path: Path) -> None:
    layout = join(tmp_path, applicant(500_000, role="observer"), passphrase="")
    assert {path.name for path in layout.keys.iterdir()} == {"node.key", "exchange.key", "ipfs.key"}
    card = cards.read(layout.card)
    assert (card.member.role, card.member.accounts(), len(card.proofs)) == ("observer", (), 3)
