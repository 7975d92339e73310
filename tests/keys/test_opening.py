"""The settings lead to the keys, each kind by its own passphrase file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gateway.domain.identifiers import uscc_check_character
from gateway.keys import keyfile
from gateway.keys import ring as ring_module
from gateway.keys.errors import PassphraseMissing
from gateway.keys.opening import initialise, ring_of
from gateway.settings import KeySettings, Settings
from node.client import keystores

if TYPE_CHECKING:
    from pathlib import Path


def settings_in(folder: Path, **keys: Path) -> Settings:
    return Settings(
        province=320000,
        data_dir=folder / "data",
        deployment=folder / "deployment.json",
        rpc_url="http://127.0.0.1:1",
        public_url="http://127.0.0.1:2",
        keys=KeySettings(**keys),
    )


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ring_module.KeyRing.__init__.__kwdefaults__, "cost", 2**4)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    made = {}
    for kind in (
        "passphrase_file",
        "pseudonym_passphrase_file",
        "officers_passphrase_file",
        "operator_passphrase_file",
    ):
        path = tmp_path / kind
        path.touch(0o600)
        path.write_text(f"of {kind}\n")
        made[kind] = path
    return made


def test_a_new_centre_gets_its_master_and_pseudonym_key_once(tmp_path: Path, files: dict[str, Path]) -> None:
    ring = ring_of(settings_in(tmp_path, **files))
    assert initialise(ring, now=3) == ["master", "pseudonym"]
    assert initialise(ring, now=4) == []
    folder = tmp_path / "data" / "keys"
    assert len(keyfile.unlock(folder / "master.key.json", "master", "of passphrase_file")) == 32
    assert len(keyfile.unlock(folder / "pseudonym.key.json", "pseudonym", "of pseudonym_passphrase_file")) == 32
    ring.master()
    ring.pseudonym()


def test_each_kind_of_key_has_the_passphrase_of_its_own_file(tmp_path: Path, files: dict[str, Path]) -> None:
    operator = tmp_path / "operator.json"
    keystores.create(operator, "of operator_passphrase_file", scrypt_cost=2)
    ring = ring_of(settings_in(tmp_path, operator=operator, pseudonym=tmp_path / "apart.json", **files))
    initialise(ring, now=3)
    assert (tmp_path / "apart.json").exists()
    assert ring.operator().address.lower() == keystores.address_of(operator)
    school = "12310000425006133" + uscc_check_character("12310000425006133")
    officer = ring.create_officer(school, "one", cost=2)
    path = tmp_path / "data" / "keys" / "officers" / school / "one.json"
    assert keystores.unlock(path, "of officers_passphrase_file").address.lower() == officer.address


def test_a_passphrase_that_is_not_configured_is_an_error_or_a_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(PassphraseMissing):
        initialise(ring_of(settings_in(tmp_path)), now=3)
    asked: list[str] = []

    def answer(_file: object, _fd: object, prompt: str) -> str:
        asked.append(prompt)
        return "typed"

    monkeypatch.setattr(keystores, "read_passphrase", answer)
    assert initialise(ring_of(settings_in(tmp_path), prompt=True), now=3) == ["master", "pseudonym"]
    assert [prompt.split(" / ")[0] for prompt in asked] == ["主密钥口令", "假名密钥口令"]
