"""One file, the environment above it, and nothing unknown in either."""

from __future__ import annotations

import ast
import re
import textwrap
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

import gateway
from gateway.settings import (
    NO_PROVINCE,
    IpfsSettings,
    KeySettings,
    LimitSettings,
    Settings,
    SettingsError,
    load_settings,
)

if TYPE_CHECKING:
    from pydantic import BaseModel

GATEWAY = Path(gateway.__file__).parent

LEAST = """
province = 320000
data_dir = "data"
deployment = "../network/deployment.json"
rpc_url = "http://127.0.0.1:8545"
public_url = "http://127.0.0.1:8102/"
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("HUREN_CONFIG", raising=False)
    path = tmp_path / "gateway.toml"
    path.write_text(LEAST)
    return path


def test_relative_paths_are_relative_to_the_file_and_the_rest_has_defaults(config: Path) -> None:
    settings = load_settings(config)
    assert settings.province == 320000
    assert settings.database == config.parent / "data" / "huren.db"
    assert settings.key_folder == config.parent / "data" / "keys"
    assert settings.blobs == config.parent / "data" / "blobs"
    assert settings.leaves == config.parent / "data" / "leaves"
    assert settings.deployment.resolve() == (config.parent.parent / "network" / "deployment.json").resolve()
    assert settings.public_url == "http://127.0.0.1:8102"
    assert settings.staleness_seconds == 60
    assert settings.replication_seconds == 30
    assert settings.workers >= 1


def test_an_observer_needs_no_province_and_may_name_one(config: Path) -> None:
    config.write_text(LEAST.replace("province = 320000", 'role = "observer"'))
    assert load_settings(config).observer
    assert load_settings(config).province == NO_PROVINCE
    config.write_text('role = "observer"' + LEAST)
    assert load_settings(config).province == 320000


def test_a_gateway_is_a_members_unless_it_says_otherwise(config: Path) -> None:
    assert not load_settings(config).observer


def test_the_environment_goes_before_the_file(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUREN_PROVINCE", "310000")
    monkeypatch.setenv("HUREN_PEERS", '["http://127.0.0.1:9/"]')
    monkeypatch.setenv("HUREN_KEYS__FOLDER", "/secure/keys")
    monkeypatch.setenv("HUREN_LIMITS__BODY_BYTES", "4096")
    settings = load_settings(config)
    assert settings.province == 310000
    assert settings.peers == ("http://127.0.0.1:9",)
    assert str(settings.key_folder) == "/secure/keys"
    assert settings.limits.body_bytes == 4096


def test_a_table_may_come_partly_from_the_file_and_partly_from_the_environment(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.write_text(LEAST + '[keys]\npassphrase_file = "secrets/keys"\n')
    monkeypatch.setenv("HUREN_KEYS__OPERATOR", "operator.json")
    keys = load_settings(config).keys
    assert keys.passphrase_file == config.parent / "secrets" / "keys"
    assert keys.operator == config.parent / "operator.json"


def test_the_file_may_be_named_by_the_environment(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUREN_CONFIG", str(config))
    assert load_settings().province == 320000


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("surprise = 1", "surprise"),
        ("[keys]\npassphrase = 'x'", "keys.passphrase"),
        ("[limits]\nbody_bytes = 1", "limits.body_bytes"),
        ("listen_port = 70000", "listen_port"),
        ("peers = ['ftp://x']", "peers.0"),
        ("role = 'spectator'", "role"),
        ("workers = 0", "workers"),
        ("replication_seconds = 301", "replication_seconds"),
        ("webhook_networks = ['10.0.0.1/8']", "webhook_networks.0"),
        ("database_url = 'sqlite:///x'", "database_url"),
    ],
)
def test_an_unknown_key_or_a_wrong_value_is_named(config: Path, line: str, names: str) -> None:
    config.write_text(LEAST + line + "\n")
    with pytest.raises(SettingsError) as caught:
        load_settings(config)
    assert names in str(caught.value)
    assert "gateway.toml" in str(caught.value)


def test_a_database_on_a_server_takes_the_place_of_the_file(config: Path) -> None:
    assert load_settings(config).database_url is None
    url = "postgresql://huren@/huren?host=/run/postgresql&passfile=/etc/huren/pgpass"
    config.write_text(LEAST + f'database_url = "{url}"\n')
    assert load_settings(config).database_url == url


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://huren:hunter2@db/huren",
        "postgresql://huren@db/huren?password=hunter2",
        "postgresql://huren@db/huren?sslmode=require&PassWord=hunter2",
    ],
)
@pytest.mark.parametrize("place", ["file", "environment"])
def test_a_password_in_the_settings_is_refused_and_never_repeated(
    config: Path, url: str, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if place == "file":
        config.write_text(LEAST + f'database_url = "{url}"\n')
    else:
        monkeypatch.setenv("HUREN_DATABASE_URL", url)
    with pytest.raises(SettingsError, match="pgpass") as caught:
        load_settings(config)
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))
    assert "口令" in caught.value.message("zh")


def test_every_wrong_key_is_named_at_once(config: Path) -> None:
    config.write_text("province = 1\nsurprise = 1\n")
    with pytest.raises(SettingsError) as caught:
        load_settings(config)
    for name in ("province", "surprise", "data_dir", "rpc_url"):
        assert name in caught.value.message()


def test_a_variable_that_names_no_key_fails(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUREN_PROVINZ", "310000")
    with pytest.raises(SettingsError, match="HUREN_PROVINZ"):
        load_settings(config)


def test_a_file_that_is_missing_or_no_toml_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"absent\.toml"):
        load_settings(tmp_path / "absent.toml")
    broken = tmp_path / "broken.toml"
    broken.write_text("province = = 1")
    with pytest.raises(SettingsError, match=r"broken\.toml"):
        load_settings(broken)


def test_settings_do_not_change(config: Path) -> None:
    settings = load_settings(config)
    with pytest.raises(ValidationError, match="frozen"):
        settings.province = 310000


@pytest.mark.parametrize("model", [Settings, KeySettings, LimitSettings, IpfsSettings])
def test_every_setting_is_read_by_somebody(model: type[BaseModel]) -> None:
    read = {
        node.attr
        for path in GATEWAY.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
    }
    assert set(model.model_fields) <= read


def test_the_documentation_lists_every_setting_and_no_other() -> None:
    document = (GATEWAY.parent / "docs" / "settings.md").read_text(encoding="utf-8")
    tables = {"keys": KeySettings, "limits": LimitSettings, "ipfs": IpfsSettings}
    keys = set(Settings.model_fields) - set(tables)
    keys |= {f"{table}.{name}" for table, model in tables.items() for name in model.model_fields}
    assert set(re.findall(r"^\| `([a-z_.]+)` \|", document, re.MULTILINE)) == keys


def test_the_example_of_the_documentation_can_be_used(tmp_path: Path) -> None:
    document = (GATEWAY.parent / "docs" / "settings.md").read_text(encoding="utf-8")
    [example] = re.findall(r"^    # gateway\.toml.*?(?=^\S)", document, re.MULTILINE | re.DOTALL)
    (tmp_path / "gateway.toml").write_text(textwrap.dedent(example), encoding="utf-8")
    assert load_settings(tmp_path / "gateway.toml").keys.operator == tmp_path / "network/keys/320000/operator.json"


@pytest.mark.parametrize(
    ("line", "zh"),
    [
        ("", "data_dir：缺少"),
        ("", "province：缺少"),
        ('role = "spectator"', "role：须为 'member' or 'observer' 之一"),
        ('role = "observer"\nprovince = 32', "province：须不小于 100000"),
        ('role = "observer"\n[keys]\noperator = "x.json"', "keys：观察方不代表任何人行事"),
        ("foo = 1", "foo：没有这项设置"),
        ("province = 32", "province：须不小于 100000"),
        ("province = 3_200_000", "province：须不大于 999999"),
        ('province = "x"', "province：须为整数"),
        ("province = 320000.5", "province：须为整数"),
        ("province = []", "province：须为整数"),
        ('rpc_url = "x"', "rpc_url：须以 http:// 或 https:// 开头"),
        ("rpc_url = 1", "rpc_url：须为文字"),
        ("data_dir = 1", "data_dir：须为路径"),
        ("peers = 1", "peers：须为列表"),
        ("keys = 1", "keys：须为表"),
        ('log_level = "LOUD"', "log_level：须为 'DEBUG', 'INFO', 'WARNING' or 'ERROR' 之一"),
    ],
)
def test_a_wrong_setting_is_named_in_the_language_of_the_message(tmp_path: Path, line: str, zh: str) -> None:
    (tmp_path / "gateway.toml").write_text(line, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path / "gateway.toml")
    assert zh in caught.value.message("zh")
    assert "Input should" not in caught.value.message("zh")
    assert zh not in caught.value.message("en")
