"""Making a trust file from this gateway's own node: every header from the first block on followed and checked.

    trust = trust_of(calls, months=3)
    Path("trust.json").write_bytes(trust.to_json())

The node's word is taken for nothing: the deployment file names the first block's hash, headers are linked and sealed,
votes are counted, and what the Directory lists is proven under the final one. So every node makes the same file.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from gateway.domain.hashing import hex0x
from gateway.domain.seals import Consensus, majority
from gateway.domain.validators import Eras
from gateway.ledger.errors import WrongChain
from gateway.verification.collecting import HeaderDiffers, Snapshot, TooShort, headers_of
from gateway.verification.offline.trust import MOST_MONTHS, Listed, Trust
from gateway.verification.steps import CHINA

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.domain.validators import Era
    from gateway.ledger.calls import ChainCalls

AT_ONCE: Final = 250
"""Headers of one request."""
MONTHS: Final = 3
_YEAR: Final = 12


def last_moment(time: int, months: int) -> int:
    """Return the end (seconds) of so many whole months after the one that a time (seconds) lies in, in UTC+8.

    Files written by different nodes in one month are the same, byte for byte.
    """
    now = dt.datetime.fromtimestamp(time, CHINA)
    years, month = divmod(now.month + months, _YEAR)
    return int(dt.datetime(now.year + years, month + 1, 1, tzinfo=CHINA).timestamp())


def trust_of(
    calls: ChainCalls,
    *,
    months: int = MONTHS,
    expires: int | None = None,
    told: Callable[[int, int], None] = lambda _at, _of: None,
) -> Trust:
    """Return the trust file of the chain as of its newest final block.

    Args:
        calls: this gateway's node and deployment file.
        months: how many whole months it is good for.
        expires: until when (seconds) instead, to make another's file again.
        told: is called with the number of headers followed, and of all.

    Raises:
        WrongChain: the node's first block is another than the deployment file's.
        NotLawful, SealMalformed, HeaderMalformed: a block that breaks the law of its consensus.
        HeaderDiffers: the node gave two blocks for one.
        TooShort: too few blocks so far.
        ProofInvalid, CodeDiffers: what the Directory lists is not proven.
        ChainUnavailable: no answer.
    """
    snapshot = Snapshot.newest(calls)
    deployment = calls.deployment
    first = bytes.fromhex(deployment.genesis_hash[2:])  # the node's is the same, or it would not have been asked
    eras = () if snapshot.consensus is Consensus.NONE else _eras(calls, snapshot, first, told)
    ledger = snapshot.ledger()
    contracts: list[Listed] = []
    for name in sorted(calls.listing(snapshot.block).entries):
        ledger.in_force(name)
        contracts += ledger.listed(name)
    depth = deployment.finality.confirmations if snapshot.consensus is Consensus.CLIQUE else 0
    return Trust(
        deployment.network,
        deployment.chain_id,
        first,
        snapshot.consensus,
        depth,
        eras,
        tuple(contracts),
        last_moment(snapshot.header.time, months) if expires is None else expires,
    )


def _eras(calls: ChainCalls, snapshot: Snapshot, genesis: bytes, told: Callable[[int, int], None]) -> tuple[Era, ...]:
    last = snapshot.header.number
    [header] = headers_of(calls, [0])
    if header.hash != genesis:
        raise WrongChain(hex0x(header.hash), expected=hex0x(genesis))
    eras = Eras(header)
    for first in range(1, last + 1, AT_ONCE):
        for header in headers_of(calls, range(first, min(first + AT_ONCE, last + 1))):
            eras.follow(header)
        told(eras.last.number, last)
    found = tuple(eras.found)
    if eras.last.hash != snapshot.header.hash:
        raise HeaderDiffers(last)  # what the contracts are proven under is not what was followed
    for header in snapshot.headers[1:]:
        eras.follow(header)
    depth, after = majority(len(found[-1].validators)), len(snapshot.headers) - 1
    if eras.consensus is Consensus.CLIQUE and after < depth:
        raise TooShort(last + after, depth=depth)
    return found


def differences(one: Trust, other: Trust, *, time: int) -> list[str]:
    """Return the members in which two trust files differ; `expires` too, where no export of about `time` says it.

    A file that never ends would otherwise be the same as whatever is made again with its own last day.
    """
    names = ("network", "chain_id", "genesis", "consensus", "confirmations", "eras", "contracts", "expires")
    found = [name for name in names if getattr(one, name) != getattr(other, name)]
    made = one.expires in {last_moment(time, months) for months in range(MOST_MONTHS + 1)}
    return found if made or "expires" in found else [*found, "expires"]
