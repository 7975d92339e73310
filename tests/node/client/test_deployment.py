from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from node.client.artifact import Artifact, ArtifactMissingError
from node.client.artifact import read as read_artifact
from node.client.deployment import (
    DeployedContract,
    Deployment,
    DeploymentFileError,
    Finality,
    Province,
)
from node.client.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

ADDRESS = "0x" + "aB" * 20
DIGEST = "0x" + "cD" * 32

DEPLOYMENT = Deployment(
    chain_id=20_260,
    network="a-trial",
    genesis_hash=DIGEST.lower(),
    block=3,
    finality=Finality(kind="depth", confirmations=3),
    contracts={"Directory": DeployedContract(address=ADDRESS, block=3, code_hash=DIGEST, version=1)},
    provinces={
        340_000: Province(name_zh="安徽省", name_en="Anhui"),
        310_000: Province(name_zh="上海市", name_en="Shanghai"),
    },
)


def test_a_deployment_comes_back_from_its_file_with_the_order_of_chairs(tmp_path: Path) -> None:
    path = tmp_path / "deployment.json"
    DEPLOYMENT.save(path)
    loaded = Deployment.load(path)
    assert loaded == DEPLOYMENT
    assert list(loaded.provinces) == [340_000, 310_000]
    assert loaded.address("Directory") == ADDRESS.lower()


def test_how_many_keep_a_pack_is_told_where_it_was_agreed_on_and_only_there(tmp_path: Path) -> None:
    path = tmp_path / "deployment.json"
    DEPLOYMENT.save(path)
    assert b"replication" not in path.read_bytes()
    agreed = replace(DEPLOYMENT, replication=3)
    agreed.save(path)
    assert Deployment.load(path) == agreed
    for wrong in (0, 35, "3"):
        write_whole(path, orjson.dumps(altered({"replication": wrong})))
        with pytest.raises(DeploymentFileError, match="replication"):
            Deployment.load(path)


def altered(change: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = {
        "format": 1,
        "chain_id": 20_260,
        "network": "a-trial",
        "genesis_hash": DIGEST,
        "block": 3,
        "finality": {"kind": "instant", "confirmations": 0},
        "contracts": {"Directory": {"address": ADDRESS, "block": 3, "code_hash": DIGEST, "version": 1}},
        "provinces": {"310000": {"name_zh": "上海市", "name_en": "Shanghai"}},
    }
    return {key: value for key, value in {**content, **change}.items() if value is not None}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"format": 2}, "format"),
        ({"surplus": 1}, "surplus"),
        ({"chain_id": None}, "chain_id"),
        ({"chain_id": "20260"}, "chain_id"),
        ({"genesis_hash": "0x12"}, "genesis_hash"),
        ({"finality": {"kind": "soon", "confirmations": 0}}, "finality"),
        (
            {"contracts": {"Directory": {"address": ADDRESS[:-1], "block": 3, "code_hash": DIGEST, "version": 1}}},
            "address",
        ),
        ({"contracts": {}}, "Directory"),
        ({"provinces": {"Shanghai": {"name_zh": "上海市", "name_en": "Shanghai"}}}, "Shanghai"),
    ],
)
def test_a_file_that_is_not_exactly_a_deployment_is_refused_by_place(
    tmp_path: Path, change: dict[str, Any], place: str
) -> None:
    path = tmp_path / "deployment.json"
    path.write_bytes(orjson.dumps(altered({})))
    assert Deployment.load(path).chain_id == 20_260
    path.write_bytes(orjson.dumps(altered(change)))
    with pytest.raises(DeploymentFileError) as refused:
        Deployment.load(path)
    assert place in refused.value.why
    assert refused.value.path == path


def test_a_deployment_file_that_is_absent_or_no_json_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeploymentFileError, match="No such file"):
        Deployment.load(tmp_path / "deployment.json")
    (tmp_path / "deployment.json").write_bytes(b"{")
    with pytest.raises(DeploymentFileError):
        Deployment.load(tmp_path / "deployment.json")


def test_a_file_is_replaced_as_a_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    write_whole(path, b"old", 0o600)

    def failing(_: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("node.client.files.os.fsync", failing)
    with pytest.raises(OSError, match="disk full"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_compiled_contract_is_read_and_a_damaged_or_missing_one_named(tmp_path: Path) -> None:
    path = tmp_path / "Thing.json"
    content = {
        "abi": [],
        "bytecode": "0x6001",
        "deployedBytecode": "0x6002",
        "immutableReferences": {},
        "metadata": '{"compiler": {}}',
    }
    path.write_bytes(orjson.dumps(content))
    artifact = read_artifact(path, "Thing")
    assert isinstance(artifact, Artifact)
    assert (artifact.bytecode, artifact.deployed_bytecode, artifact.metadata) == (
        b"\x60\x01",
        b"\x60\x02",
        {"compiler": {}},
    )
    path.write_bytes(orjson.dumps({**content, "metadata": ""}))
    assert read_artifact(path, "Thing").metadata == {}
    for damage in (b"{", orjson.dumps({"abi": []}), orjson.dumps({**content, "metadata": "[]"})):
        path.write_bytes(damage)
        with pytest.raises(ArtifactMissingError, match="damaged"):
            read_artifact(path, "Thing")
    with pytest.raises(ArtifactMissingError, match="make setup"):
        read_artifact(tmp_path / "None.json", "None")
