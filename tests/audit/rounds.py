"""A sample from its announcement to the check of what a centre opened, as the office and the centre type it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agreed import PASSPHRASE
from nacl.public import PrivateKey

from gateway.audit.samples.answers import MAGIC, READER
from gateway.audit.samples.key import open_office_key
from gateway.cli.main import run
from gateway.recognition.sealed import parted, seal, unseal

if TYPE_CHECKING:
    from collections.abc import Callable

    from deeds import Deeds
    from observing import Office


@dataclass
class Round:
    """A sample at the office, and what a centre makes of it."""

    deeds: Deeds
    office: Office
    notes: bool = True
    """The centre notes announcements when they come."""

    def __post_init__(self) -> None:
        (self.office.folder / "passphrase").write_text(PASSPHRASE + "\n")
        (self.office.folder / "passphrase").chmod(0o600)
        self.key = str(self.office.folder / "office.key.json")
        self.secret = ("--key", self.key, "--passphrase-file", str(self.office.folder / "passphrase"))
        self.office.follow()
        words = ("--out", self.key, "--passphrase-file", str(self.office.folder / "passphrase"))
        self.public = self.office.bare("audit", "sample", "key", *words)["officeKey"]

    @property
    def head(self) -> int:
        return int(self.deeds.law.chain.call("eth_blockNumber"), 16)

    def announce(self, count: int, *more: str, code: int = 0, ahead: int = 3) -> Any:  # noqa: ANN401
        words = ("--count", str(count), "--at-block", str(self.head + ahead), "--key", self.key, *more)
        told = self.office.huren("audit", "sample", "announce", *words, code=code)
        if not code and self.notes:
            self.deeds.ground.shanghai.huren("audit", "note", told["announcement"])
        return told

    def drawn(self, count: int, *more: str) -> Any:  # noqa: ANN401
        self.announce(count, *more)
        self.deeds.law.chain.mine(3)
        return self.office.huren("audit", "sample", "draw")

    def requests(self) -> list[Any]:
        out = self.office.folder / "requests"
        told = self.office.huren("audit", "sample", "requests", "--out", str(out))
        return list(told["requests"])

    def open(self, file: str, *, key: str = "", code: int | tuple[int, ...] = 0) -> Any:  # noqa: ANN401
        out = self.office.folder / "answer.sealed"
        words = ("--to", key or self.public, "--out", str(out), "--yes")
        shanghai = self.deeds.ground.shanghai
        ended = run(["audit", "open", file, *words, "-c", str(shanghai.folder / "gateway.toml"), "--json"])
        said = shanghai.capture()
        assert ended in (code if isinstance(code, tuple) else (code,)), said
        return json.loads(said)

    def check(self, *, code: int | tuple[int, ...] = 0) -> Any:  # noqa: ANN401
        return self.office.huren(
            "audit", "sample", "check", str(self.office.folder / "answer.sealed"), *self.secret, code=code
        )

    def altered(self, change: Callable[[dict[str, Any]], None]) -> None:
        """Somebody at the centre alters what is opened, and seals it again."""
        path = self.office.folder / "answer.sealed"
        private = PrivateKey(open_office_key(Path(self.key), PASSPHRASE))
        box = parted(MAGIC, path.read_bytes())
        content = json.loads(unseal(box, READER, private))
        for item in content["items"]:
            change(item)
        header = {key: value for key, value in box.header.items() if key != "keys"}
        path.write_bytes(seal(MAGIC, header, {READER: bytes(private.public_key)}, json.dumps(content).encode()))
