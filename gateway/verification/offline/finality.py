"""From headers and a trust file to the one header that is final, or why there is none."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from gateway.domain.errors import Said
from gateway.domain.hashing import hex0x
from gateway.domain.seals import Consensus, clique_sealer, majority, qbft_listed, shown
from gateway.domain.validators import AHEAD, NotLawful, Sealing, check_qbft
from gateway.verification.offline.errors import (
    ClockBehind,
    EvidenceStale,
    NotFinal,
    NothingSealed,
    OlderEra,
    OtherOrder,
    OtherValidators,
    TrustExpired,
)
from gateway.verification.steps import CHINA

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.domain.header import Header
    from gateway.verification.offline.trust import Trust

DAY: Final = 86_400
AHEAD_SECONDS: Final = 120
"""How far a block may lie ahead of the verifier's clock."""
_LAST: Final = 253_402_271_999
"""The last second (of UTC+8) of the year 9999: a calendar has no later ones."""


def check_trust(trust: Trust, now: float) -> None:
    """Check that a trust file binds at a time (seconds since 1970).

    Raises:
        NothingSealed: nobody seals that chain.
        TrustExpired: it is past its time.
    """
    if trust.consensus is Consensus.NONE:
        raise NothingSealed(f"{trust.network}, {trust.chain_id}")
    if now >= trust.expires:
        raise TrustExpired(_time(trust.expires))


def final_header(headers: Sequence[Header], trust: Trust, now: float, most_days: int) -> Header:
    """Return the header that `headers` prove to be final.

    Args:
        headers: the final one; of Clique also those that follow it.
        trust: who may seal. Only its newest set counts: keys of earlier validators may have gone astray since.
        now: seconds since 1970, by the verifier's clock.
        most_days: how old the block may be.

    Raises:
        NotLawful, SealMalformed, HeaderMalformed: they prove nothing.
        OlderEra, OtherValidators, OtherOrder, NotFinal, EvidenceStale, ClockBehind: they may be good, but do not bind.
    """
    header, era = headers[0], trust.eras[-1]
    if header.number < era.first:
        raise OlderEra(header.number, first=era.first)
    if header.number == era.first and header.parent != era.after:
        raise NotLawful(header.number, why=AHEAD)
    if trust.consensus is Consensus.QBFT:
        _check_quorum(headers, era.validators)
    else:
        _check_depth(headers, era.validators, trust.confirmations)
    if header.time > now + AHEAD_SECONDS:
        raise ClockBehind(_time(header.time))
    if now - header.time > most_days * DAY:
        raise EvidenceStale(_time(header.time), days=most_days)
    return header


def _check_quorum(headers: Sequence[Header], validators: Sequence[bytes]) -> None:
    """QBFT: one header, which lists the known set and carries a quorum's seals."""
    [header, *more] = headers
    if more:
        raise NotLawful(header.number, why=Said("QBFT 只需一个区块头", "QBFT takes one header"))
    if header.is_qbft and qbft_listed(header) != tuple(validators):
        raise OtherValidators(header.number, who=shown(qbft_listed(header)))
    check_qbft(header, validators)


def _check_depth(headers: Sequence[Header], signers: Sequence[bytes], confirmations: int) -> None:
    """Clique: followed by as many blocks as the network waits for, of more than half of the signers.

    Who has half of the keys or fewer cannot make them: whoever sealed waits until more than half of the others did.
    """
    final = headers[0]
    if any(header.is_qbft for header in headers):
        raise NotLawful(final.number, why=Said("不是 Clique 区块", "not a block of Clique"))
    for before, header in pairwise(headers):
        if header.number != before.number + 1 or header.parent != before.hash or header.time < before.time:
            raise NotLawful(header.number, why=AHEAD)
    sealers = [clique_sealer(header) for header in headers]
    for header, sealer in zip(headers, sealers, strict=True):
        if sealer not in signers:
            raise OtherValidators(header.number, who=hex0x(sealer))
    _check_order(headers, sealers, signers)
    needed, depth, following = majority(len(signers)), max(confirmations, majority(len(signers))), len({*sealers[1:]})
    if following < needed or len(headers) - 1 < depth:
        why = Said(
            f"其后需有 {depth} 个区块、{needed} 个不同验证者，只有 {len(headers) - 1} 个、{following} 个",
            f"{depth} blocks of {needed} validators have to follow, and {len(headers) - 1} of {following} do",
        )
        raise NotFinal(final.number, why=why)


def _check_order(headers: Sequence[Header], sealers: Sequence[bytes], signers: Sequence[bytes]) -> None:
    """The order and turns of Clique, which depend on how many signers there are: of another set other ones hold."""
    sealing = Sealing()
    for header, sealer in zip(headers, sealers, strict=True):
        try:
            sealing.place(header, sealer, signers)
        except NotLawful as error:
            raise OtherOrder(header.number, why=error.details["why"]) from error


def _time(seconds: int) -> str:
    if seconds > _LAST:
        return f"{seconds} s"
    return dt.datetime.fromtimestamp(seconds, CHINA).strftime("%Y-%m-%d %H:%M")
