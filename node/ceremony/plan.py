"""plan.toml: what the members agreed on before anybody made a key. It names nobody's key and nobody's machine.

name = "huren"
chain_id = 86020260
chairs = [310000, 320000, 330000, 340000]     # the founding members, in the order of chairs
observers = []                                # who runs a node and has no vote

[engine]
kind = "besu"
genesis_time = 1798761600                     # of block 0, seconds since 1970
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator

from node.ceremony.findings import CeremonyError, Finding, UnreadableError
from node.description.engines import BesuEngine, GethEngine
from node.description.members import ProvinceCode
from node.description.network import FOUNDERS, Ipfs, Rules
from node.description.reading import parsed
from node.description.values import Row

if TYPE_CHECKING:
    from pathlib import Path

PlannedEngine = Annotated[GethEngine | BesuEngine, Field(discriminator="kind")]


class Plan(Row):
    """What a network is to be.

    Attributes:
        name, chain_id, trial, engine, consortium, ipfs: as in network.toml.
        chairs: the provinces that found it, in the order of chairs; observers: those that only read.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")
    chain_id: int = Field(ge=1, lt=1 << 53)
    trial: bool = False
    chairs: tuple[ProvinceCode, ...] = Field(min_length=1, strict=False)
    observers: tuple[ProvinceCode, ...] = Field(default=(), strict=False)
    engine: PlannedEngine
    consortium: Rules = Rules()
    ipfs: Ipfs = Ipfs()

    @property
    def provinces(self) -> tuple[int, ...]:
        """Everybody whose card is needed, in the order of rows."""
        return (*self.chairs, *self.observers)

    @model_validator(mode="after")
    def _everybody_comes_once(self) -> Self:
        if twice := [str(province) for province, times in Counter(self.provinces).items() if times > 1]:
            raise ValueError(f"a province comes twice: {', '.join(twice)}")
        if len(self.chairs) < FOUNDERS and not self.trial:
            raise ValueError(f"fewer than {FOUNDERS} members are a trial: set trial = true")
        return self


def read(path: Path) -> Plan:
    """Return the plan at `path`.

    Raises:
        UnreadableError: absent, or not to be read.
        CeremonyError: no TOML, an unknown key, or values that do not fit together; with every finding.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or "no text"
        raise UnreadableError(path, why) from error
    found = parsed(text, Plan)
    if isinstance(found, tuple):
        raise CeremonyError(
            [
                Finding(path, place or "file", f"请改正（{what}）", f"{what}: correct it, the same at every member")
                for place, what in found
            ]
        )
    return found
