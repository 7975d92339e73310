"""The regional office on a test's chain: an observer's gateway, and `huren` as a person there would call it."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gateway.bootstrap import Gateway
from gateway.cli.main import run
from gateway.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ledger_world import World

SETTINGS = """
role = "observer"
data_dir = "data"
deployment = "deployment.json"
rpc_url = "{url}"
public_url = "https://office.example"
"""


@dataclass
class Office:
    """An observer: settings, and nothing else."""

    law: World
    folder: Path
    capture: Callable[[], str]
    blobs: Path | None = None
    """What a centre's gateway would serve."""

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)
        self.law.deployment.save(self.folder / "deployment.json")
        (self.folder / "gateway.toml").write_text(SETTINGS.format(url=self.law.chain.url))

    def follow(self) -> None:
        """Follow the chain to its newest block, with the manifests that can be had."""
        if self.blobs is not None:
            shutil.copytree(self.blobs, self.folder / "data" / "blobs", dirs_exist_ok=True)
        self.huren("index", "follow", "--once")

    def huren(self, *words: str, code: int | tuple[int, ...] = 0) -> Any:  # noqa: ANN401 - JSON
        """A command with --json; its answer."""
        ended = run([*words, "-c", str(self.folder / "gateway.toml"), "--json"])
        assert ended in (code if isinstance(code, tuple) else (code,)), self.capture()
        return json.loads(self.capture())

    def bare(self, *words: str) -> Any:  # noqa: ANN401 - JSON
        """A command that needs no gateway."""
        assert run([*words, "--json"]) == 0, self.capture()
        return json.loads(self.capture())

    def tell(self, *words: str, code: int = 0) -> str:
        """The same for a person."""
        assert run([*words, "-c", str(self.folder / "gateway.toml")]) == code, self.capture()
        return self.capture()

    def gateway(self) -> Gateway:
        """The gateway itself."""
        return Gateway(load_settings(self.folder / "gateway.toml"))
