"""What geth must be told after every start, and when (measured: decision 0255).

The price of gas first, on every node: geth mends 0 on its command line to 1 gwei, and its pool would refuse what is
free. Sealing only once the others are there: begun alone on all nodes, one start in fourteen hung.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from node.client.rpc import RpcError, RpcUnreachable
from node.engines import clique
from node.engines.ipc import IpcRpc

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PATIENCE = 10.0
"""Seconds for which a node waits for all the others before more than half of them are enough."""


class GethAttendant:
    """Tends the geth that runs in `folder` and seals as `own`."""

    __slots__ = ("_clock", "_folder", "_own", "_pid", "_since")

    def __init__(self, folder: Path, own: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` counts seconds."""
        self._folder = folder
        self._own = own
        self._clock = clock
        self._pid = 0
        self._since = 0.0

    def tend(self, pid: int) -> tuple[str, ...] | None:
        """Say to the process `pid` what it has not been told yet; return what was done now, in words.

        None: it does not answer, or is busy; it is asked again in a second.
        """
        try:
            with IpcRpc(self._folder, timeout=5.0) as rpc:
                return self._tend(pid, rpc)
        except (RpcUnreachable, RpcError):
            return None

    def _tend(self, pid: int, rpc: IpcRpc) -> tuple[str, ...]:
        done: list[str] = []
        if pid != self._pid:
            rpc.call("miner_setGasPrice", "0x0")
            self._pid, self._since = pid, self._clock()
            done.append("gas is free")
        signers = clique.validators(rpc)
        mining = bool(rpc.call("eth_mining"))
        if mining and self._own not in signers:
            rpc.call("miner_stop")
            done.append("no validator any more: sealing ended")
        if mining:
            return tuple(done)
        present = [peer.validator for peer in clique.peers(rpc.call("admin_peers"))]
        waited = self._clock() - self._since
        if clique.may_seal(self._own, signers, present, waited=waited, patience=PATIENCE):
            rpc.call("miner_start")
            done.append(f"sealing begun with {len(set(present) & set(signers))} other validators present")
        return tuple(done)
