"""Motions of the consortium: what the members jointly decide, from its opening to its execution.

    motions = Motions(rpc, deployment)
    opened = motions.open(call, accounts=(admin, law))
    motions.vote(opened.motion, True, accounts=(admin, law))
    motions.execute(motions.one(opened.motion), account)

Opening and voting are binding acts of a member: one account proposes, a second confirms within seven days, together or
from two machines. Executing a motion that is carried is anybody's. Everything is read from the chain: the events of
every Consortium there was say which motions there are, the one in force how they stand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from node.client.abi import decode_log, encode_call, event_topic
from node.client.artifact import load
from node.client.consortium import NAME, Consortium, may_bind
from node.client.rpc import RpcError
from node.client.transactions import WAIT, Receipt, reverted
from node.motion_values import (
    LEAST_DIGITS,
    AccountsError,
    Act,
    Motion,
    MotionState,
    NotCarriedError,
    UnknownMotionError,
    Vote,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from eth_account.signers.local import LocalAccount

    from node.client.deployment import Deployment
    from node.client.directory import Listing
    from node.client.errors import NodeError
    from node.client.rpc import JsonRpc
    from node.reserved import Call


class Motions:
    """The motions of one chain."""

    def __init__(self, rpc: JsonRpc, deployment: Deployment, *, seconds: float = WAIT) -> None:
        """Ask and act through `rpc`, finding the contracts from `deployment` on; wait `seconds` for each block."""
        self._rpc = rpc
        self._deployment = deployment
        self._consortium = Consortium(rpc, deployment, seconds=seconds)
        self._directory = self._consortium.directory
        self._ask = self._consortium.ask

    # ---- acting

    def open(self, call: Call, accounts: Sequence[LocalAccount], *, nonce: int | None = None) -> Act:
        """Open a motion for `call`, or propose or confirm its opening where one account is given.

        Without `nonce` it is the lowest that makes a new motion of this call: two people who name the same call mean
        the same motion.

        Raises (as every act): ContractReverted, AccountsError, UnconfirmedActError, NotMinedError, RpcUnreachable.
        """
        target = self._directory.address(call.contract)
        chosen = self._free_nonce(target, call.data) if nonce is None else nonce
        number: bytes = self._ask("motionId", target, call.data, chosen)
        return self._bind(number, "openMotion", (target, call.data, chosen), accounts)

    def vote(self, number: bytes, accounts: Sequence[LocalAccount], *, in_favour: bool) -> Act:
        """Vote on a motion; a later vote takes the place of an earlier one."""
        return self._bind(number, "vote", (number, in_favour), accounts)

    def execute(self, motion: Motion, account: LocalAccount) -> Receipt:
        """Carry out a motion that is carried, as anybody.

        Raises:
            NotCarriedError: it is not carried, or no longer.
            ContractReverted: the call itself is refused, and nothing has changed.
        """
        if motion.state is not MotionState.CARRIED:
            raise NotCarriedError(motion)
        return self._consortium.send(account, "execute", (motion.target, motion.data, motion.nonce))

    def refusal(self, target: str, data: bytes) -> NodeError | None:
        """Return why the call would be refused if the consortium made it now; None where it would be done."""
        asked = {"from": self._consortium.address, "to": target, "data": "0x" + data.hex()}
        try:
            self._rpc.call("eth_call", asked, "latest")
        except RpcError as error:
            return reverted("eth_call", error)
        return None

    def target(self, call: Call) -> str:
        """Return the address that a call goes to: the contract in force under its name."""
        return self._directory.address(call.contract)

    # ---- reading

    def chair(self) -> int:
        """Return the province that chairs now: its motions take votes at once, and that is all its power."""
        return int(self._ask("chair"))

    def all(self) -> list[Motion]:
        """Return every motion there ever was, newest first."""
        return list(self._read(None))

    def one(self, given: str) -> Motion:
        """Return the motion whose number is, or begins with, `given` (0x-hex).

        Raises:
            UnknownMotionError: there is none, or the beginning fits several or is too short to mean one.
        """
        wanted = given.lower().removeprefix("0x")
        fits = list(self._read(wanted)) if len(wanted) >= LEAST_DIGITS else []
        if len(fits) != 1:
            raise UnknownMotionError(given, len(fits))
        return fits[0]

    def _read(self, beginning: str | None) -> Iterator[Motion]:
        listing, now = self._directory.read()
        consortium = load(NAME)
        wanted = {"address": list(listing.ever(NAME)), "topics": [event_topic(consortium, "MotionOpened")]}
        last = int(self._rpc.call("eth_blockNumber"), 16)
        for log in reversed(_logs(self._rpc, wanted, self._deployment.block, last)):
            event = decode_log(consortium, log)
            if beginning is None or event.args["motion"].hex().startswith(beginning):
                yield self._standing(event.address, event.args, event.block, listing, now)

    def _standing(self, where: str, opened: dict[str, Any], block: int, listing: Listing, now: int) -> Motion:
        number, target = opened["motion"], opened["target"].lower()
        kept = self._ask("motionOf", number, where=where)
        in_favour, threshold = self._ask("tally", number, where=where)
        name = listing.name_of(target)
        current = name is not None and listing.in_force(name, now).address == target
        if kept.executed:
            state = MotionState.EXECUTED
        elif not current or listing.in_force(NAME, now).address != where:
            state = MotionState.VOID
        elif now < kept.opensAt:
            state = MotionState.NOTICE
        elif now >= kept.closesAt:
            state = MotionState.EXPIRED
        else:
            state = MotionState.CARRIED if in_favour >= threshold else MotionState.VOTING
        return Motion(
            number=number,
            consortium=where,
            opener=opened["opener"],
            contract=name,
            target=target,
            data=opened["data"],
            nonce=opened["nonce"],
            opened_block=block,
            opens_at=kept.opensAt,
            closes_at=kept.closesAt,
            in_favour=in_favour,
            threshold=threshold,
            votes=self._votes(where, number, now),
            state=state,
        )

    def _votes(self, where: str, number: bytes, now: int) -> tuple[Vote, ...]:
        votes = []
        for province in self._ask("members", where=where):
            ballot = self._ask("ballotOf", number, province, where=where)
            if ballot.tenure:
                member = self._ask("memberOf", province, where=where)
                counts = ballot.tenure == member.tenure and member.pausedUntil <= now
                votes.append(Vote(province, ballot.inFavour, counts))
        return tuple(votes)

    # ---- what acting takes

    def _free_nonce(self, target: str, data: bytes) -> int:
        nonce = 0
        while self._ask("motionOf", self._ask("motionId", target, data, nonce)).closesAt:
            nonce += 1
        return nonce

    def _bind(self, number: bytes, function: str, args: tuple[object, ...], accounts: Sequence[LocalAccount]) -> Act:
        provinces = self._consortium.provinces_of(accounts)
        if not may_bind(accounts) or len(set(provinces)) != 1 or 0 in provinces:
            raise AccountsError(provinces)
        act = self._consortium.bind(function, args, accounts)
        if act.receipt is not None:
            return Act(number, in_force=True, until=None, block=act.receipt.block)
        data = encode_call(load(NAME), function, *args)
        _, pending = self._ask("pendingAct", provinces[0], self._consortium.address, data)
        block = None if act.proposal is None else act.proposal.block
        return Act(number, in_force=False, until=pending.until, block=block)


def _logs(rpc: JsonRpc, wanted: dict[str, Any], first: int, last: int) -> list[dict[str, Any]]:
    """Return the logs of blocks first..last, asking for half as many where a node finds that too many."""
    try:
        found: list[dict[str, Any]] = rpc.call("eth_getLogs", {**wanted, "fromBlock": hex(first), "toBlock": hex(last)})
    except RpcError:
        if first >= last:
            raise
        middle = (first + last) // 2
        return _logs(rpc, wanted, first, middle) + _logs(rpc, wanted, middle + 1, last)
    return found
