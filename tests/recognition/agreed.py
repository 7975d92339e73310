"""Provinces' gateways in folders on a chain of their own, and `huren` as a person there would call it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from eth_account import Account
from ledger_world import World, account

from gateway.bootstrap import Gateway
from gateway.cli.main import run
from gateway.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from eth_account.signers.local import LocalAccount

PASSPHRASE = "correct horse battery staple"
SETTINGS = """
province = {province}
data_dir = "data"
deployment = "deployment.json"
rpc_url = "{url}"
public_url = "https://{province}.example"
workers = 1

[keys]
passphrase_file = "passphrase"
pseudonym_passphrase_file = "passphrase"
officers_passphrase_file = "passphrase"
operator_passphrase_file = "passphrase"
operator = "operator.json"
"""


def write_keystore(path: Path, who: LocalAccount) -> Path:
    """A key file with a cheap passphrase."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(Account.encrypt(who.key, PASSPHRASE, kdf="scrypt", iterations=2)))
    path.chmod(0o600)
    return path


@dataclass
class Centre:
    """One province's gateway."""

    world: World
    province: int
    folder: Path
    capture: Callable[[], str]
    said: str = field(default="", init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "passphrase").write_text(PASSPHRASE + "\n")
        (self.folder / "passphrase").chmod(0o600)
        self.world.deployment.save(self.folder / "deployment.json")
        settings = SETTINGS.format(province=self.province, url=self.world.chain.url)
        (self.folder / "gateway.toml").write_text(settings)
        for role in ("operator", "admin", "law"):
            write_keystore(self.folder / f"{role}.json", account(self.province, role))

    def huren(self, *words: str, code: int = 0) -> dict[str, Any]:
        """A command with --json; its answer."""
        assert run([*words, "-c", str(self.folder / "gateway.toml"), "--json"]) == code, self.capture()
        answer: dict[str, Any] = json.loads(self.capture())
        return answer

    def tell(self, *words: str, code: int = 0) -> str:
        """The same for a person."""
        assert run([*words, "-c", str(self.folder / "gateway.toml")]) == code, self.capture()
        return self.capture()

    def by(self, *roles: str) -> list[str]:
        """The options by which accounts of the province act."""
        files = [word for role in roles for word in ("--account", str(self.folder / f"{role}.json"))]
        return [*files, "--passphrase-file", str(self.folder / "passphrase")]

    def gateway(self) -> Gateway:
        """The gateway itself, for what no command does."""
        return Gateway(load_settings(self.folder / "gateway.toml"))
