"""What is asked of a geth that seals by Clique (EIP-225), over its socket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from node.client.rpc import RpcError
from node.engines.protocol import PeerInfo, Sealed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from node.engines.ipc import IpcRpc

_IN_TURN = 2
"""EIP-225, DIFF_INTURN: the difficulty of a block by the one whose turn it was."""


def majority(signers: int) -> int:
    """Return how many of `signers` must be there for blocks to be made: more than half (EIP-225)."""
    return signers // 2 + 1


def validators(rpc: IpcRpc) -> tuple[str, ...]:
    """Return the signers in force at the head, ascending, lower-case hex."""
    return tuple(sorted(str(address).lower() for address in rpc.call("clique_getSigners", "latest")))


def peers(answer: Iterable[dict[str, Any]]) -> tuple[PeerInfo, ...]:
    """Read the answer to admin_peers (geth's and Besu's have the same words)."""
    return tuple(
        PeerInfo(
            public_key="0x" + (urlsplit(peer["enode"]).username or "").lower(),
            address=str(peer["network"]["remoteAddress"]),
            client=str(peer["name"]),
            inbound=bool(peer["network"]["inbound"]),
        )
        for peer in answer
    )


def sealed(rpc: IpcRpc, last: int) -> tuple[Sealed, ...]:
    """Return the last blocks with who sealed them (geth recovers it from the seal) and whose turn it was."""
    head = int(rpc.call("eth_blockNumber"), 16)
    numbers = range(max(1, head - last + 1), head + 1)
    if not numbers:
        return ()
    signers = validators(rpc)
    headers = rpc.batch([("eth_getHeaderByNumber", [hex(number)]) for number in numbers])
    found = [header for header in headers if isinstance(header, dict)]  # one may have been reorganised away just now
    authors = rpc.batch([("clique_getSigner", [header["hash"]]) for header in found])
    return tuple(
        read_sealed(header, str(author), signers)
        for header, author in zip(found, authors, strict=True)
        if not isinstance(author, RpcError)
    )


def read_sealed(header: dict[str, Any], author: str, signers: Sequence[str]) -> Sealed:
    """Return one block: `header` as JSON-RPC tells it, its `author`, and the signers in ascending order.

    In turn is the signer at (number mod how many there are), EIP-225; the difficulty says whether it was the one.
    """
    number, sealer = int(header["number"], 16), author.lower()
    in_turn = int(header["difficulty"], 16) == _IN_TURN or not signers
    turn = sealer if in_turn else signers[number % len(signers)]
    return Sealed(number, str(header["hash"]), int(header["timestamp"], 16), sealer, turn)


def may_seal(own: str, signers: Sequence[str], present: Iterable[str], *, waited: float, patience: float) -> bool:
    """Tell whether the node `own` should begin to seal now.

    It waits until the others are there: begun alone, two nodes make two first blocks of one height and may never agree.
    After `patience` seconds more than half of the signers, itself among them, are enough: one that is away must not
    keep the others from going on.
    """
    if own not in signers:
        return False
    there = {own, *present} & set(signers)
    return len(there) == len(signers) or (waited >= patience and len(there) > len(signers) // 2)
