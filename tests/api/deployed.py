"""A gateway's folder as its operator would write it, before a chain that nobody answers for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from node.client.deployment import DeployedContract, Deployment, Finality, Province

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = """
province = 330000
data_dir = "data"
deployment = "deployment.json"
rpc_url = "http://127.0.0.1:9"
public_url = "https://bank.example"
listen_port = 0
"""


def write_gateway(folder: Path, more: str = "") -> Path:
    """The settings, a deployment file and a data directory."""
    names = ("Consortium", "Directory", "InstitutionRegistry", "CredentialRegistry")
    contracts = {
        name: DeployedContract(address=f"0x{number:040x}", block=1, code_hash="0x" + "00" * 32, version=1)
        for number, name in enumerate(names, 1)
    }
    provinces = {330_000: Province(name_zh="浙江", name_en="Zhejiang")}
    finality = Finality(kind="instant", confirmations=0)
    Deployment(31_337, "test", "0x" + "00" * 32, 1, finality, contracts, provinces).save(folder / "deployment.json")
    (folder / "data").mkdir(exist_ok=True)
    config = folder / "gateway.toml"
    config.write_text(SETTINGS + more)
    return config
