"""Which engine a description names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from node.description import AnvilEngine, GethEngine, read
from node.engines.anvil import Anvil
from node.engines.besu import Besu
from node.engines.errors import UnsupportedByEngineError
from node.engines.geth import Geth
from node.engines.place import place_of
from node.local import find
from node.local import read as read_local

if TYPE_CHECKING:
    from node.description import Description
    from node.engines.protocol import ChainClient, Engine
    from node.layout import Layout
    from node.local import Local


def engine_of(description: Description, local: Local | None, layout: Layout) -> Anvil | Geth | Besu:
    """Return the engine that `description` names, its files below `layout`; anvil needs no `local`.

    Raises:
        LocalFileError: the engine has a node on this machine, and no local.toml says which.
        NoNodeHereError: network.toml has no node for the province that local.toml names.
    """
    settings = description.engine
    if isinstance(settings, AnvilEngine):
        # Resolved: the running program is known by this path on its command line, from whatever folder it is asked for.
        return Anvil(settings, description.chain_id, layout.chain.resolve())
    place = place_of(description, local or read_local(layout.local), layout)
    if isinstance(settings, GethEngine):
        return Geth(place, settings)
    return Besu(place, settings)


def engine_at(layout: Layout) -> Engine:
    """Return the engine of the folder `layout`, as its network.toml and local.toml say.

    Raises:
        DescriptionError, LocalFileError, NoNodeHereError: see there.
    """
    return engine_of(read(layout.description), find(layout.local), layout)


def client_at(layout: Layout) -> ChainClient:
    """Return the engine of a folder whose process a supervisor keeps running.

    Raises:
        DescriptionError, LocalFileError, NoNodeHereError: see there.
        UnsupportedByEngineError: the folder's engine is anvil.
    """
    engine = engine_of(read(layout.description), find(layout.local), layout)
    if isinstance(engine, Anvil):
        raise UnsupportedByEngineError(
            engine.kind, "supervise", "它没有监护进程", "it is one process with no supervisor"
        )
    return engine
