"""What geth must be told after every start, and when (measured: decision 0255).

The price of gas first, on every node: geth mends 0 on its command line to 1 gwei, and its pool would refuse what is
free. Then its ears: a geth that has neither fetched blocks nor begun to seal throws away what others announce
(`handler.synced`), and the chain may stand for good on the first block. Sealing only once the others are there.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from node.client.keystores import address_of
from node.client.rpc import RpcError, RpcUnreachable
from node.engines import clique
from node.engines.ipc import IpcRpc
from node.engines.sealer import bystander_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

PATIENCE = 10.0
"""Seconds for which a node waits for all the others before more than half of them are enough."""
SETTLE = 3.0
"""Seconds for which the others must have been there before sealing begins: so long they need to open their ears."""
STANDS = 20.0
"""Seconds without a new block, though enough validators are there, after which the peers are met anew."""
MEETINGS = 2
"""So often at one block: at a meeting peers tell how heavy their chains are, and branches of one weight stay apart."""
_BETWEEN_MEETINGS = 60.0
_LOOKS, _LOOK = 40, 0.05


@dataclass(slots=True)
class _Gathering:
    """How long enough others have been there, and how long the head has stood."""

    began: float
    present_since: float | None = None
    height: int = -1
    risen_at: float = 0.0
    meetings: int = 0
    met_at: float = 0.0


class GethAttendant:
    """Tends the geth that runs in `folder` and seals as `own`; it reaches the others at the enodes `others`."""

    __slots__ = ("_clock", "_folder", "_gathering", "_others", "_own", "_pid")

    def __init__(
        self, folder: Path, own: str, others: Sequence[str], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`clock` counts seconds."""
        self._folder = folder
        self._own = own
        self._others = {_key(enode): enode for enode in others}
        self._clock = clock
        self._pid = 0
        self._gathering = _Gathering(0.0)

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
        now = self._clock()
        mining = bool(rpc.call("eth_mining"))
        if pid != self._pid:
            rpc.call("miner_setGasPrice", "0x0")
            if not mining:
                self._open_its_ears(rpc)
            self._pid, self._gathering = pid, _Gathering(now)
            done.append("gas is free, blocks of others are heard")
        signers = clique.validators(rpc)
        answer = rpc.call("admin_peers")
        present = {peer.validator for peer in clique.peers(answer)} & set(signers)
        gathering = self._gathering
        if 2 * len(present | {self._own}) <= len(signers):
            gathering.present_since = None
        elif gathering.present_since is None:
            gathering.present_since = now
        if mining:
            if self._own not in signers:
                rpc.call("miner_stop")
                done.append("no validator any more: sealing ended")
            elif self._stands(rpc, now):
                # Whoever dialled in is told with the port that the call came from, at which nobody can be dialled.
                there = {_key(str(peer["enode"])) for peer in answer}
                _meet_anew(rpc, [enode for key, enode in self._others.items() if key in there])
                done.append(f"no block for {STANDS:.0f} s: the peers are met anew")
        elif self._may_begin(signers, present, now):
            rpc.call("miner_start")
            done.append(f"sealing begun with {len(present)} other validators present")
        return tuple(done)

    def _may_begin(self, signers: tuple[str, ...], present: set[str], now: float) -> bool:
        since = self._gathering.present_since
        if since is None or now - since < SETTLE:
            return False
        return clique.may_seal(
            self._own, signers, present, waited=now - self._gathering.began, patience=PATIENCE + SETTLE
        )

    def _stands(self, rpc: IpcRpc, now: float) -> bool:
        """Tell whether the head has stood for long though enough validators are there, and peers may be met anew."""
        gathering, height = self._gathering, int(rpc.call("eth_blockNumber"), 16)
        if height != gathering.height:
            gathering.height, gathering.risen_at, gathering.meetings = height, now, 0
        if gathering.present_since is None or gathering.meetings >= MEETINGS:
            return False
        if now - max(gathering.risen_at, gathering.present_since) < STANDS:
            return False
        if gathering.meetings and now - gathering.met_at < _BETWEEN_MEETINGS:
            return False
        gathering.meetings, gathering.met_at = gathering.meetings + 1, now
        return True

    def _open_its_ears(self, rpc: IpcRpc) -> None:
        """Let it begin to seal as an account that is no validator: it seals nothing, and hears blocks from then on.

        There is no call for that alone (go-ethereum 1.13, `Ethereum.StartMining`).
        """
        rpc.call("miner_setEtherbase", address_of(bystander_of(self._folder)))
        rpc.call("miner_start")
        _until(rpc, mining=True)
        rpc.call("miner_stop")
        _until(rpc, mining=False)
        rpc.call("miner_setEtherbase", self._own)


def _key(enode: str) -> str:
    """Return the public key that an enode names: ``enode://KEY@HOST:PORT``."""
    return enode.partition("@")[0].lower()


def _until(rpc: IpcRpc, *, mining: bool) -> None:
    """Wait a moment until sealing is on, or off: it is switched in a thread of geth's own."""
    for _ in range(_LOOKS):
        if bool(rpc.call("eth_mining")) == mining:
            return
        time.sleep(_LOOK)


def _meet_anew(rpc: IpcRpc, enodes: list[str]) -> None:
    """Part from every peer and dial it again: at a meeting nodes say how heavy their chains are."""
    rpc.batch([("admin_removePeer", [enode]) for enode in enodes])
    rpc.batch([("admin_addPeer", [enode]) for enode in enodes])
