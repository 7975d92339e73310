"""A database on a server serves one data directory, whoever else names it in the settings."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from gateway.bootstrap import Gateway
from gateway.settings import load_settings
from gateway.store.belonging import claim
from gateway.store.errors import AnothersDatabase, StoreError

if TYPE_CHECKING:
    from pathlib import Path

    from stores import Stores

    from gateway.store.engine import Database

SETTINGS = """
province = 320000
data_dir = "data"
deployment = "deployment.json"
rpc_url = "http://127.0.0.1:9"
public_url = "http://127.0.0.1:9"
database_url = "{url}"
"""


def test_the_first_directory_has_it_and_keeps_it(database: Database, tmp_path: Path) -> None:
    for _ in range(2):
        claim(database, tmp_path / "first")
    for _ in range(2):
        with pytest.raises(AnothersDatabase) as caught:
            claim(database, tmp_path / "second")
        assert str(tmp_path / "second") in str(caught.value)
    claim(database, tmp_path / "first")


def test_a_directory_that_moved_takes_its_database_along(database: Database, tmp_path: Path) -> None:
    claim(database, tmp_path / "old")
    (tmp_path / "old").rename(tmp_path / "new")
    claim(database, tmp_path / "new")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["database.id"]


def test_of_several_at_once_one_gets_it(database: Database, tmp_path: Path) -> None:
    outcomes: list[str] = []

    def attempt(folder: str) -> None:
        try:
            claim(database, tmp_path / folder)
        except StoreError as error:
            outcomes.append(error.code)
        else:
            outcomes.append(folder)

    threads = [threading.Thread(target=attempt, args=(folder,)) for folder in ("a", "b") for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 6
    assert outcomes.count("store.anothers") == 3
    assert len(set(outcomes) - {"store.anothers"}) == 1


def test_a_gateway_whose_settings_name_anothers_database_does_not_open_it(stores: Stores, tmp_path: Path) -> None:
    url = "" if stores.kind == "sqlite" else stores.url(tmp_path / "shared")
    gateways = []
    for name in ("ours", "theirs"):
        (tmp_path / name).mkdir()
        line = f'\ndatabase_url = "{url}"' if url else ""
        text = SETTINGS.format(url="").replace('\ndatabase_url = ""', line)
        (tmp_path / name / "gateway.toml").write_text(text)
        gateways.append(Gateway(load_settings(tmp_path / name / "gateway.toml")))
    ours, theirs = gateways
    assert ours.database is ours.database
    if url:
        with pytest.raises(AnothersDatabase):
            _ = theirs.database
    else:  # a file in the data directory is that directory's own
        assert theirs.database is not ours.database
    for gateway in gateways:
        gateway.close()
