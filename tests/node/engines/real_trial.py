"""A member's geth out of a trial's files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from node.description import read
from node.engines.factory import engine_of
from node.engines.geth import Geth
from node.local import read as read_local

if TYPE_CHECKING:
    from node.layout import Layout


def geth_of(trial: Layout, province: int = 310_000, **changes: Any) -> Geth:  # noqa: ANN401 - fields of Local
    own = trial.member(province)
    local = read_local(own.local).model_copy(update=changes)
    engine = engine_of(read(own.description), local, own)
    assert isinstance(engine, Geth)
    return engine
