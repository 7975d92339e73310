"""How things stand, as this member's own node and contracts tell it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from node.client.consortium import Consortium
from node.client.deployment import Deployment
from node.client.rpc import JsonRpc
from node.description import AnvilEngine, GethEngine, read
from node.engines.factory import client_at
from node.genesis import EPOCH
from node.governance.ballots import ballots
from node.governance.errors import NoValidatorsError, UnknownSubjectError
from node.governance.presence import RENEWED, age
from node.governance.values import Rule, View
from node.local import read as read_local

if TYPE_CHECKING:
    from collections.abc import Sequence

    from node.description import Description
    from node.engines.protocol import Sealed
    from node.layout import Layout

_ROUNDS: Final = 3
"""Rounds of all validators within which each that is at work has sealed."""
_HALT_SECONDS: Final = 30
_HALT_BLOCKS: Final = 5


@dataclass(frozen=True, slots=True)
class Membership:
    """The validators that there should be, and what of them is not known.

    Attributes:
        wanted: validator addresses of the members in force, with the member of each.
        keyless: members in force without a node in network.toml. owners: every validator that a row names.
    """

    wanted: dict[str, int]
    keyless: tuple[int, ...]
    owners: dict[str, int]


def observe(layout: Layout, *, now: float, at_once: Sequence[str] = ()) -> View:
    """Return how this member's node sees the network.

    Args:
        layout: the member's folder.
        now: the wall clock, seconds since 1970.
        at_once: validators, by address or province, that are to go without waiting for others.

    Raises:
        NoValidatorsError: the engine is one process.
        UnknownSubjectError: `at_once` names no validator in force.
        NodeError: a file cannot be read, the node does not answer, or the contracts are not there.
    """
    description = read(layout.description)
    settings = description.engine
    if isinstance(settings, AnvilEngine):
        raise NoValidatorsError(settings.kind)
    local = read_local(layout.local)
    rule = Rule.CLIQUE if isinstance(settings, GethEngine) else Rule.QBFT
    engine = client_at(layout)
    row = description.row(local.province)
    own = row.node.validator if row is not None and row.node is not None else ""
    with JsonRpc(engine.rpc_url) as rpc:
        membership = memberships(description, members(rpc, Deployment.load(layout.deployment)))
        validators = frozenset(engine.validators())
        connected = frozenset(peer.validator for peer in engine.peers())
        sealed = engine.sealed(_ROUNDS * max(len(validators), 1))
        counting = since_epoch(sealed)
        newcomers = membership.wanted.keys() - validators
        signs = {one: age(rpc, one, block_seconds=settings.block_seconds) for one in newcomers}
        return View(
            rule=rule,
            own=own,
            validators=validators,
            at_work=at_work(validators, sealed, connected | {own}),
            wanted=membership.wanted,
            keyless=membership.keyless,
            owners=membership.owners,
            connected=connected,
            present=frozenset(one for one, seconds in signs.items() if seconds is not None),
            renew=(signs.get(own) or 0) > RENEWED,
            ballots=ballots(rule, counting, _headers(rpc, counting)),
            own_votes=engine.proposals(),
            at_once=named(at_once, validators, membership),
            halted=_halted(sealed, settings.block_seconds, now),
            syncing=engine.syncing(),
        )


def members(rpc: JsonRpc, deployment: Deployment) -> tuple[int, ...]:
    """Return the members in force at the newest block, as the Consortium in force says."""
    return tuple(Consortium(rpc, deployment).ask("members"))


def memberships(description: Description, in_force: Sequence[int]) -> Membership:
    """Return which validators there should be: those of the rows of the members in force."""
    nodes = {row.province: node.validator for row, node in description.nodes}
    return Membership(
        wanted={nodes[province]: province for province in in_force if province in nodes},
        keyless=tuple(province for province in in_force if province not in nodes),
        owners={row.node.validator: row.province for row in description.member if row.node is not None},
    )


def at_work(validators: frozenset[str], sealed: Sequence[Sealed], seen: frozenset[str]) -> frozenset[str]:
    """Return the validators that sealed one of the last blocks and are connected (`seen`, with our own)."""
    return validators & seen & {block.sealer for block in sealed}


def since_epoch(sealed: Sequence[Sealed]) -> tuple[Sealed, ...]:
    """Return the blocks whose votes still count: at each EPOCH-th block both consensuses drop all (EIP-225; Besu)."""
    newest = max((block.number for block in sealed), default=0)
    return tuple(block for block in sealed if block.number > newest - newest % EPOCH)


def named(words: Sequence[str], validators: frozenset[str], membership: Membership) -> frozenset[str]:
    """Return the validators that a person named, by address or by province: those that are to go.

    A key that was replaced stands in no row any more: it is its province's where that one's new key is not in force
    yet, and no other validator is a stranger.

    Raises:
        UnknownSubjectError: a word names none.
    """
    going = validators - membership.wanted.keys()
    strangers = going - membership.owners.keys()
    replaced = {str(membership.wanted[one]) for one in membership.wanted.keys() - validators}
    found: set[str] = set()
    for word in words:
        meant = {one for one in going if word.lower() == one or word == str(membership.owners.get(one))}
        if not meant and word in replaced and len(strangers) == 1:
            meant = set(strangers)
        if not meant:
            raise UnknownSubjectError(word)
        found |= meant
    return frozenset(found)


def _headers(rpc: JsonRpc, sealed: Sequence[Sealed]) -> list[Any]:
    return rpc.batch([("eth_getBlockByNumber", [hex(block.number), False]) for block in sealed])


def _halted(sealed: Sequence[Sealed], block_seconds: int, now: float) -> bool:
    newest = max((block.time for block in sealed), default=0)
    return now - newest > _HALT_SECONDS + _HALT_BLOCKS * block_seconds
