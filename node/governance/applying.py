"""Carrying out one member's part of a plan: its own vote, the end of its own old votes, its own sign of presence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from node.ceremony.keys import read_key
from node.client.rpc import JsonRpc
from node.description import read
from node.engines.factory import client_at
from node.governance.presence import announce

if TYPE_CHECKING:
    from node.governance.values import Plan, View
    from node.layout import Layout


@dataclass(frozen=True, slots=True)
class Done:
    """What this run did.

    Attributes:
        voted: the address voted on now, with whether in; None where nothing was to be voted on, or it was before.
        discarded: addresses that are voted on no more. announced: the block with this newcomer's sign.
    """

    voted: tuple[str, bool] | None
    discarded: tuple[str, ...]
    announced: int | None

    @property
    def anything(self) -> bool:
        """Whether anything was done at all."""
        return self.voted is not None or bool(self.discarded) or self.announced is not None


def carry_out(layout: Layout, view: View, plan: Plan, *, seconds: float = 120.0) -> Done:
    """Do what `plan`, made of `view`, asks of this member now. Nothing is done twice.

    Args:
        layout: the member's folder.
        view: what the plan was made of.
        plan: the plan.
        seconds: how long to wait for the block that holds a newcomer's sign.

    Raises:
        NodeError: the node does not answer, or no block came in time.
    """
    engine = client_at(layout)
    for address in plan.discard:
        engine.discard(address)
    voted = None
    if (
        plan.step is not None
        and view.own in view.validators
        and view.own_votes.get(plan.step.address) is not plan.step.admit
    ):
        engine.propose(plan.step.address, admit=plan.step.admit)
        voted = (plan.step.address, plan.step.admit)
    announced = None
    if plan.announce:
        chain_id = read(layout.description).chain_id
        with JsonRpc(engine.rpc_url) as rpc:
            key = read_key(layout.node_key)
            announced = announce(rpc, chain_id, key, engine.final_block(), seconds=seconds)
    return Done(voted, plan.discard, announced)
