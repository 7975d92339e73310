"""A contract's successor: made once, from the artifacts, after the one in force; listing it is the members' matter."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from node.client.abi import decode_result, encode_call
from node.client.artifact import FOLDER, load
from node.client.directory import Directory
from node.client.errors import Exit
from node.successor import NoSuccessorError, create

if TYPE_CHECKING:
    from pathlib import Path

    from tests.node.conftest import DeployedNetwork

pytestmark = pytest.mark.network
NAME = "CredentialRegistry"


def test_a_successor_follows_the_contract_in_force_and_is_made_once(deployed: DeployedNetwork, tmp_path: Path) -> None:
    journal, account = tmp_path / "successors.json", deployed.trial.key(310000, "admin")
    directory = Directory(deployed.rpc, deployed.deployment)
    before = directory.address(NAME)
    made = create(deployed.rpc, deployed.deployment, journal, NAME, account)
    again = create(deployed.rpc, deployed.deployment, journal, NAME, account)
    assert made.made
    assert not again.made
    assert (again.address, again.code_hash) == (made.address, made.code_hash)
    assert made.predecessor == before != made.address
    assert directory.address(NAME) == before, "nothing has changed: the members have not decided"
    asked = {"to": made.address, "data": "0x" + encode_call(load(NAME), "predecessor").hex()}
    told = decode_result(load(NAME), "predecessor", deployed.rpc.call("eth_call", asked, "latest"))
    assert told == before


def test_it_may_come_from_another_releases_artifacts(deployed: DeployedNetwork, tmp_path: Path) -> None:
    release = tmp_path / "release"
    release.mkdir()
    shutil.copy(FOLDER / f"{NAME}.json", release)
    account = deployed.trial.key(310000, "admin")
    made = create(deployed.rpc, deployed.deployment, tmp_path / "one.json", NAME, account, release=release)
    assert made.made


@pytest.mark.parametrize("name", ["Consortium", "Directory", "Nonsense"])
def test_what_it_makes_no_successor_of_is_refused_by_name(deployed: DeployedNetwork, tmp_path: Path, name: str) -> None:
    with pytest.raises(NoSuccessorError) as caught:
        create(deployed.rpc, deployed.deployment, tmp_path / "x.json", name, deployed.trial.key(310000, "admin"))
    assert caught.value.exit_code is Exit.USAGE
    assert name in caught.value.zh
    assert NAME in caught.value.en
