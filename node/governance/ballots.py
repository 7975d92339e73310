"""The votes that validators cast in the headers they seal, as JSON-RPC shows a header.

Clique (EIP-225): the header's `miner` is whom the vote is about (zero: nobody), its `nonce` all ones or all zeros.
QBFT (Besu): the extra data is rlp [vanity, validators, vote, round, seals]; a vote is [whom, 0xff or nothing].
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import rlp

from node.governance.values import Ballot, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from node.engines.protocol import Sealed

_NOBODY: Final = "0x" + "00" * 20
_IN: Final = "0xffffffffffffffff"
_OUT: Final = "0x0000000000000000"
_VOTE: Final = 2
_ADDRESS_BYTES: Final = 20


def ballots(rule: Rule, sealed: Iterable[Sealed], headers: Iterable[dict[str, Any] | None]) -> frozenset[Ballot]:
    """Return the votes in the blocks `sealed`, of each voter its newest on each subject; `headers` are theirs."""
    newest: dict[tuple[str, str], bool] = {}
    for block, header in zip(sealed, headers, strict=True):
        if not isinstance(header, dict) or header["hash"] != block.block_hash:
            continue  # reorganised away while it was asked for
        vote = clique_vote(header) if rule is Rule.CLIQUE else qbft_vote(header)
        if vote is not None:
            newest[block.sealer, vote[0]] = vote[1]
    return frozenset(Ballot(voter, address, admit) for (voter, address), admit in newest.items())


def clique_vote(header: dict[str, Any]) -> tuple[str, bool] | None:
    """Return whom the header's sealer votes about, and whether in; None where it votes about nobody."""
    about, nonce = str(header["miner"]).lower(), str(header["nonce"])
    if about == _NOBODY or nonce not in {_IN, _OUT}:
        return None
    return about, nonce == _IN


def qbft_vote(header: dict[str, Any]) -> tuple[str, bool] | None:
    """Return whom the header's proposer votes about, and whether in; None where it votes about nobody."""
    try:
        vote = rlp.decode(bytes.fromhex(str(header["extraData"])[2:]))[2]
    except (rlp.DecodingError, ValueError, IndexError):
        return None
    if not isinstance(vote, list | tuple) or len(vote) != _VOTE or len(vote[0]) != _ADDRESS_BYTES:
        return None
    return "0x" + bytes(vote[0]).hex(), bytes(vote[1]) == b"\xff"
