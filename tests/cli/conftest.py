"""A centre in a folder, as a command finds it: settings, keys, a database with one roster issued. No chain runs."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gateway.bootstrap import Gateway
from gateway.cli.main import run
from gateway.issuance.export import Exporter
from gateway.issuance.ports import AnchoredBatch
from gateway.issuance.service import IssueOptions
from gateway.keys.opening import ring_of
from gateway.keys.ring import KeyRing
from gateway.settings import load_settings
from gateway.store.models import InstitutionProfile
from node.client import keystores
from node.client.deployment import DeployedContract, Deployment, Finality, Province

if TYPE_CHECKING:
    from gateway.settings import Settings

ROSTERS = Path(__file__).parents[1] / "rosters"
INSTITUTION = "123300004700007891"
PASSPHRASE = "correct horse battery staple"
NAMES = ("Consortium", "Directory", "InstitutionRegistry", "CredentialRegistry")
NOBODY = "http://127.0.0.1:9"  # the discard port: nothing listens there


def settings_text(rpc_url: str = NOBODY) -> str:
    return f"""
province = 330000
data_dir = "data"
deployment = "deployment.json"
rpc_url = "{rpc_url}"
public_url = "https://bank.example"
listen_port = 0
workers = 1

[keys]
passphrase_file = "passphrase"
pseudonym_passphrase_file = "passphrase"
officers_passphrase_file = "passphrase"
operator_passphrase_file = "passphrase"
operator = "operator.json"
"""


def make_deployment(folder: Path) -> Deployment:
    contracts = {
        name: DeployedContract(address=f"0x{number:040x}", block=1, code_hash="0x" + "00" * 32, version=1)
        for number, name in enumerate(NAMES, 1)
    }
    provinces = {330_000: Province(name_zh="浙江", name_en="Zhejiang")}
    finality = Finality(kind="instant", confirmations=0)
    deployment = Deployment(31_337, "test", "0x" + "00" * 32, 1, finality, contracts, provinces)
    deployment.save(folder / "deployment.json")
    return deployment


def make_keys(settings: Settings) -> None:
    ring = ring_of(settings)
    cheap = KeyRing(settings.key_folder, ring._passphrases, operator=settings.keys.operator, cost=2)
    now = int(time.time())
    cheap.create_master(now=now)
    cheap.create_pseudonym(now=now)
    cheap.create_issuing_key(INSTITUTION, now=now)
    cheap.create_officer(INSTITUTION, "officer-1", cost=2)


@pytest.fixture(scope="session")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A centre that has issued 26 certificates, which wait for a chain."""
    folder = tmp_path_factory.mktemp("zhejiang")
    (folder / "gateway.toml").write_text(settings_text())
    (folder / "passphrase").write_text(PASSPHRASE + "\n")
    (folder / "passphrase").chmod(0o600)
    make_deployment(folder)
    settings = load_settings(folder / "gateway.toml")
    make_keys(settings)
    keystores.create(folder / "operator.json", PASSPHRASE, scrypt_cost=2)
    gateway = Gateway(settings)
    try:
        with gateway.database.session() as session:
            session.add(InstitutionProfile(institution=INSTITUTION, name_zh="浙江开放大学", name_en="ZJOU", added_at=1))
        report = gateway.issuer(lambda _: True).issue(
            ROSTERS / "zhejiang-dirty.csv", IssueOptions(accept_good_rows=True)
        )
        assert report.issued == 26
    finally:
        gateway.close()
    return folder


@dataclass(frozen=True)
class Centre:
    """A copy of that centre, for one test to change."""

    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / "gateway.toml"

    def huren(self, *words: str) -> int:
        """Runs a command in this process; its exit code."""
        return run([*words, "--config", str(self.config)])

    def gateway(self) -> Gateway:
        return Gateway(load_settings(self.config))


@pytest.fixture
def centre(issued: Path, tmp_path: Path) -> Centre:
    folder = tmp_path / "centre"
    shutil.copytree(issued, folder)
    return Centre(folder)


@pytest.fixture
def certificate_file(centre: Centre) -> Path:
    """A certificate file of that centre, as if its batch were anchored."""
    gateway = centre.gateway()
    try:
        exporter = Exporter(gateway.records, gateway.accounts, gateway.blobs, Anchored())
        name, content = next(exporter.batch(1))
    finally:
        gateway.close()
    path = centre.folder / name
    path.write_bytes(content)
    return path


class Anchored:
    """A chain that has anchored everything."""

    chain_id = 31_337
    registry = bytes(19) + b"\x04"

    def anchored(self, _institution: str, _root: bytes) -> AnchoredBatch:
        return AnchoredBatch(330_000, 1, self.registry)
