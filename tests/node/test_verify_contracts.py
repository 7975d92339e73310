from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import orjson
import pytest

from node.client.artifact import CONTRACTS, FOLDER
from node.client.deployment import DeployedContract
from node.compiler import (
    CompilerMissingError,
    Sources,
    SourcesMissingError,
    compile_again,
)
from node.immutables import created_by, expected
from node.law import created_address
from node.verify_contracts import Report, Standing, verify

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.node.conftest import DeployedNetwork

pytestmark = [pytest.mark.network, pytest.mark.slow]

ADDRESS = "0x" + "ab" * 20


def verified(deployed: DeployedNetwork, sources: Path | None = None) -> Report:
    return verify(deployed.trial.description, deployed.deployment, deployed.network.rpc_url, sources=sources)


def found(report: Report) -> list[tuple[str, str]]:
    return [(finding.subject, finding.check) for finding in report.findings]


@pytest.fixture
def own_sources(tmp_path: Path) -> Path:
    """A copy of the shipped sources, to be changed."""
    return shutil.copytree(FOLDER / "sources", tmp_path / "sources")


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def with_code(deployed: DeployedNetwork) -> Iterator[object]:
    """Puts other code at a contract's address for the length of a test."""
    before = {}

    def put(name: str, code: bytes) -> None:
        before[name] = deployed.rpc.call("eth_getCode", deployed.deployment.address(name), "latest")
        deployed.rpc.call("anvil_setCode", deployed.deployment.address(name), "0x" + code.hex())

    yield put
    for name, code in before.items():
        deployed.rpc.call("anvil_setCode", deployed.deployment.address(name), code)


def code_of(deployed: DeployedNetwork, name: str) -> bytearray:
    return bytearray.fromhex(deployed.rpc.call("eth_getCode", deployed.deployment.address(name), "latest")[2:])


def test_the_code_on_the_chain_is_these_sources(deployed: DeployedNetwork) -> None:
    report = verified(deployed)
    assert report.findings == ()
    listed = [(one.name, one.address, one.version, one.standing) for one in report.verified]
    assert listed == [(name, deployed.deployment.address(name), 1, Standing.IN_FORCE) for name in CONTRACTS]
    assert report.compiler.startswith("0.8.30+commit.")
    assert report.block > 0


def test_one_changed_character_of_what_runs_is_named_with_its_source_and_its_contract(
    deployed: DeployedNetwork, own_sources: Path
) -> None:
    change(own_sources / "contracts" / "Directory.sol", "_constitutedAt != 0", "_constitutedAt != 1")
    report = verified(deployed, own_sources)
    assert found(report) == [("contracts/Directory.sol", "source"), ("Directory", "code")]
    assert [one.name for one in report.verified] == [name for name in CONTRACTS if name != "Directory"]


def test_one_changed_character_of_a_comment_is_named_too(deployed: DeployedNetwork, own_sources: Path) -> None:
    change(own_sources / "contracts" / "Directory.sol", "/// @title At", "/// @title Ad")
    assert found(verified(deployed, own_sources)) == [
        ("contracts/Directory.sol", "source"),
        ("Directory", "metadata"),
    ]


def test_a_source_that_no_longer_compiles_is_named_and_nothing_is_called_verified(
    deployed: DeployedNetwork, own_sources: Path
) -> None:
    change(own_sources / "contracts" / "Directory.sol", "contract Directory", "contrac Directory")
    report = verified(deployed, own_sources)
    assert found(report) == [("contracts/Directory.sol", "source"), ("solc", "compile")]
    assert report.verified == ()


@pytest.mark.parametrize("name", CONTRACTS)
def test_one_changed_byte_of_deployed_code_is_named(
    deployed: DeployedNetwork, with_code: AbstractContextManager[None], name: str
) -> None:
    code = code_of(deployed, name)
    code[100] ^= 1
    with_code(name, bytes(code))
    report = verified(deployed)
    checks = [check for subject, check in found(report) if subject == name]
    assert "code" in checks
    assert checks.count("code-hash") == 2, "neither the Directory's hash nor the deployment file's is this code's"
    assert any("offset 100" in finding.en for finding in report.findings)
    assert {subject for subject, _ in found(report)} == {name}


def test_a_changed_byte_of_the_metadata_is_named(deployed: DeployedNetwork, with_code: object) -> None:
    code = code_of(deployed, "Directory")
    code[-10] ^= 1
    with_code("Directory", bytes(code))  # type: ignore[operator]
    assert ("Directory", "metadata") in found(verified(deployed))


def test_an_immutable_that_names_another_address_is_named(deployed: DeployedNetwork, with_code: object) -> None:
    code = code_of(deployed, "CredentialRegistry")
    consortium = bytes.fromhex(deployed.deployment.address("Consortium")[2:])
    with_code("CredentialRegistry", bytes(code).replace(consortium, b"\x66" * 20))  # type: ignore[operator]
    report = verified(deployed)
    immutable = [finding for finding in report.findings if finding.check == "immutable"]
    assert [finding.subject for finding in immutable] == ["CredentialRegistry"]
    assert "consortium" in immutable[0].en
    assert "66" * 20 in immutable[0].en


def test_an_account_without_code_or_with_other_code_is_named(deployed: DeployedNetwork, with_code: object) -> None:
    with_code("InstitutionRegistry", b"\x60\x00")  # type: ignore[operator]
    assert ("InstitutionRegistry", "code") in found(verified(deployed))


def test_a_deployment_file_that_names_another_contract_is_named(deployed: DeployedNetwork) -> None:
    contracts = deployed.deployment.contracts
    other = DeployedContract(**{**contracts["CredentialRegistry"].model_dump(), "version": 2})
    swapped = {**contracts, "CredentialRegistry": other, "InstitutionRegistry": contracts["Directory"]}
    deployment = type(deployed.deployment)(
        **{
            field: getattr(deployed.deployment, field)
            for field in ("chain_id", "network", "genesis_hash", "block", "finality", "provinces")
        },
        contracts=swapped,
    )
    report = verify(deployed.trial.description, deployment, deployed.network.rpc_url)
    assert ("CredentialRegistry", "version") in found(report)
    assert ("InstitutionRegistry", "directory") in found(report)
    assert ("InstitutionRegistry", "code") in found(report)


def test_every_immutable_of_the_contracts_has_an_expected_value(deployed: DeployedNetwork) -> None:
    sources = Sources.shipped()
    compiled = compile_again(sources, sources.texts(), solc=None)
    where = dict.fromkeys(CONTRACTS, ADDRESS)
    for name, contract in compiled.items():
        known = expected(name, deployed.trial.description, where, chain_id=1)
        assert set(contract.immutables) <= set(known) | {"_deployer"}, name


def test_the_deployer_is_known_by_the_address_it_created() -> None:
    contract = created_address(ADDRESS, 7)
    assert created_by(bytes(12) + bytes.fromhex(ADDRESS[2:]), contract)
    assert not created_by(bytes(12) + b"\xcd" * 20, contract)
    assert not created_by(b"\x01" + bytes(11) + bytes.fromhex(ADDRESS[2:]), contract)


def test_what_is_not_there_cannot_be_checked(deployed: DeployedNetwork, tmp_path: Path) -> None:
    with pytest.raises(SourcesMissingError) as missing:
        verified(deployed, tmp_path)
    assert missing.value.path.is_relative_to(tmp_path)
    with pytest.raises(CompilerMissingError, match="no such file"):
        verify(
            deployed.trial.description,
            deployed.deployment,
            deployed.network.rpc_url,
            solc=tmp_path / "solc",
        )
    broken = tmp_path / "solc"
    broken.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    broken.chmod(0o700)
    with pytest.raises(CompilerMissingError):
        verify(deployed.trial.description, deployed.deployment, deployed.network.rpc_url, solc=broken)


def test_the_record_of_the_sources_names_each_of_them() -> None:
    record = orjson.loads((FOLDER / "compiler.json").read_bytes())
    assert {f"contracts/{name}.sol" for name in CONTRACTS} <= set(record["sources"])
    assert Sources.shipped().changed(Sources.shipped().texts()) == ()
