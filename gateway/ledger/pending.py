"""Acts that wait for a second account: what each does, of which province, until when, and who may confirm it.

    queue = PendingActs(calls, names=names.name_of).waiting(320_000)
    queue.acts[0].call.said, queue.acts[0].may_confirm

A binding act is the same call made twice (decision 0001); the Consortium's event of the first call carries the whole
call, so that it is read, and repeated, byte for byte. Everything is read from the chain at its newest final block.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from gateway.domain.civil_time import DAY, moment_text
from gateway.domain.errors import AGAINST, Said
from gateway.domain.provinces import PROVINCES
from gateway.ledger.act_sentences import role_of
from gateway.ledger.act_words import ActWords, ReadCall
from gateway.ledger.calls import Call
from gateway.ledger.errors import ChainUnavailable, LedgerError
from gateway.ledger.events import EventSource, FollowedContract
from gateway.ledger.reader import CONSORTIUM
from node.client.abi import decode_log, event_topic
from node.client.artifact import load
from node.client.rpc import RpcError
from node.client.sentences.values import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from gateway.ledger.calls import ChainCalls
    from gateway.ledger.events import TimedEvent
    from gateway.ledger.values import BlockRef
    from node.client.directory import Listing

LIFE: Final = 7 * DAY
"""How long an act waits (Acts.ACT_LIFE)."""
_SHORTEST: Final = 10
"""Characters of an id's beginning (0x included) that are enough to look for it."""
_PAUSED: Final = Said("本省目前被联盟暂停，不能确认", "the province is paused by the consortium: nobody can confirm")
_SUCCEEDED: Final = Said(
    "目标合约已有后继，原提议不再有效，请重新提议", "the contract was succeeded: the proposal is void, propose it anew"
)


class UnknownAct(LedgerError):
    """Nothing that waits is called so, or several things are."""

    code = "pending.unknown"
    exit_code = AGAINST
    zh = "没有标识为“{value}”的待确认事项，或有多项以此开头"
    en = "nothing that waits for confirmation is called {value!r}, or several things begin like that"
    hint_zh = "请核对标识（huren pending list）；已确认、撤回或满 7 天的不再列出"
    hint_en = "check the id (huren pending list); what was confirmed, withdrawn or is 7 days old is listed no more"


@dataclass(frozen=True, slots=True)
class Confirmer:
    """An account that may confirm: its address (0x-hex), the admin's or an operator's; its roles (a mask)."""

    account: str
    admin: bool
    roles: int

    def to_json(self) -> dict[str, Any]:
        """The form that surfaces show."""
        family = "admin" if self.admin else "operator"
        roles = Said("全部", "all") if self.admin else _roles(self.roles)
        return {"account": self.account, "as": family, "roles": {"zh": roles.zh, "en": roles.en}}


@dataclass(frozen=True, slots=True)
class PendingAct:
    """One act that waits.

    Attributes:
        act: its id, 32 bytes; province: that it binds; proposer: the account that proposed it; target: the contract.
        calldata: the call, whole; call: the same, read; role: what an account needs to confirm it (a bit).
        proposed_at, until: seconds; may_confirm: who can be the second account.
        hindrance: why nobody can confirm it at present, None where somebody can.
    """

    act: bytes
    province: int
    proposer: str
    target: str
    calldata: bytes
    call: ReadCall
    role: int
    proposed_at: int
    until: int
    block: int
    may_confirm: tuple[Confirmer, ...]
    hindrance: Said | None

    def to_json(self) -> dict[str, Any]:
        """The form that surfaces show."""
        name, role = PROVINCES.get(self.province), _roles(self.role)
        return {
            "act": "0x" + self.act.hex(),
            "province": self.province,
            "provinceName": None if name is None else {"zh": name.zh, "en": name.en},
            "zh": self.call.said.zh,
            "en": self.call.said.en,
            "contract": self.call.contract,
            "target": self.target,
            "function": self.call.function,
            "arguments": [one.to_json() for one in self.call.arguments],
            "call": "0x" + self.calldata.hex(),
            "proposedBy": self.proposer,
            "proposedAt": moment_text(self.proposed_at),
            "proposedInBlock": self.block,
            "until": moment_text(self.until),
            "role": {"zh": role.zh, "en": role.en},
            "mayConfirm": [one.to_json() for one in self.may_confirm],
            "hindrance": None if self.hindrance is None else {"zh": self.hindrance.zh, "en": self.hindrance.en},
        }


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits, as of a block; those that end first come first."""

    block: BlockRef
    acts: tuple[PendingAct, ...]

    def find(self, name: str) -> PendingAct:
        """The act with that id, or whose id alone begins like that.

        Raises:
            UnknownAct: none, several, or too short to look for.
        """
        wanted = name.strip().lower()
        found = [one for one in self.acts if f"0x{one.act.hex()}".startswith(wanted) and len(wanted) >= _SHORTEST]
        if len(found) != 1:
            raise UnknownAct(name)
        return found[0]

    def to_json(self) -> dict[str, Any]:
        """The form that surfaces show."""
        return {
            "block": self.block.number,
            "time": moment_text(self.block.time),
            "pending": [one.to_json() for one in self.acts],
        }


@dataclass(frozen=True, slots=True)
class _Staff:
    """Who acts for a member at the block."""

    accounts: tuple[Confirmer, ...]
    can_act: bool

    def qualified(self, role: int) -> list[Confirmer]:
        return [one for one in self.accounts if one.admin or one.roles & role]


class PendingActs:
    """Reads the queue."""

    def __init__(
        self,
        calls: ChainCalls,
        *,
        names: Callable[[str], str] = lambda _: "",
        about: Callable[[str, bytes], Said | None] = lambda *_: None,
    ) -> None:
        """Read through `calls`; `names` and `about` say what institutions, agreements, evaluations are (`ActWords`)."""
        self._calls = calls
        self._names = names
        self._about = about

    def waiting(self, province: int | None = None) -> Queue:
        """What waits for a second account of `province`, or of any.

        Raises:
            ChainUnavailable: no answer.
        """
        block = self._calls.final_block()
        consortium = self._calls.address(CONSORTIUM, block)
        first = self._first_since(block, block.time - LIFE)
        source = FollowedContract(CONSORTIUM, consortium, None)
        proposed = [
            timed
            for timed in EventSource(self._calls).read([source], first, block.number)
            if timed.event.name == "ActProposed" and province in {None, timed.event.args["province"]}
        ]
        live = self._live(proposed, block)
        staff = self._staff({timed.event.args["province"] for timed in live}, block)
        listing = self._calls.listing(block)
        words = ActWords(
            listing.name_of,
            names=self._names,
            motion_of=lambda motion: self._motion(motion, consortium),
            about=self._about,
        )
        acts = [
            act for timed in live if (act := _act(timed, words, staff[timed.event.args["province"]], listing, block))
        ]
        return Queue(block, tuple(sorted(acts, key=lambda one: (one.until, one.act))))

    def _live(self, proposed: Sequence[TimedEvent], block: BlockRef) -> list[TimedEvent]:
        """Those that the Consortium still keeps as pending: neither confirmed, withdrawn, displaced nor over."""
        asked = [
            Call(CONSORTIUM, "pendingAct", tuple(timed.event.args[name] for name in ("province", "target", "call")))
            for timed in proposed
        ]
        answers = self._calls.answers(asked, block)
        return [
            timed
            for timed, (act, _) in zip(proposed, answers, strict=True)
            if bytes(act) == timed.event.args["act"]  # an id is never used twice, so no act is listed twice
        ]

    def _staff(self, provinces: Iterable[int], block: BlockRef) -> Mapping[int, _Staff]:
        codes = sorted(provinces)
        asked = [Call(CONSORTIUM, name, (code,)) for code in codes for name in ("memberOf", "operatorsOf", "canAct")]
        answers = self._calls.answers(asked, block)
        operators = {code: list(answers[3 * place + 1]) for place, code in enumerate(codes)}
        everyone = [account for code in codes for account in operators[code]]
        bindings = self._calls.answers([Call(CONSORTIUM, "bindingOf", (account,)) for account in everyone], block)
        roles = {account: int(binding.roles) for account, binding in zip(everyone, bindings, strict=True)}
        return {
            code: _Staff(
                (
                    Confirmer(answers[3 * place].admin, admin=True, roles=0),
                    *(Confirmer(account, admin=False, roles=roles[account]) for account in operators[code]),
                ),
                bool(answers[3 * place + 2]),
            )
            for place, code in enumerate(codes)
        }

    def _motion(self, motion: bytes, consortium: str) -> tuple[str, bytes] | None:
        """What a motion is about, from the event of its opening."""
        topics = [event_topic(load(CONSORTIUM), "MotionOpened"), "0x" + motion.hex()]
        asked = {"address": consortium, "fromBlock": "0x0", "toBlock": "latest", "topics": topics}
        [logs] = self._calls.requests([("eth_getLogs", [asked])])
        if isinstance(logs, RpcError) or not logs:  # a node that refuses the range: the motion's id has to do
            return None
        event = decode_log(load(CONSORTIUM), logs[-1])
        return event.args["target"], event.args["data"]

    def _first_since(self, block: BlockRef, time: int) -> int:
        """The first block whose time is `time` or later: times never fall, so halving finds it."""
        low, high = 0, block.number
        while low < high:
            middle = (low + high) // 2
            found = self._calls.block(middle)
            if found is None:
                raise ChainUnavailable(Said(f"缺少区块 {middle}", f"block {middle} is missing"))
            low, high = (low, middle) if found.time >= time else (middle + 1, high)
        return low


def _act(timed: TimedEvent, words: ActWords, staff: _Staff, listing: Listing, block: BlockRef) -> PendingAct | None:
    """The act, None where its proposer has lost the role since: the same call would then be a proposal again."""
    given = timed.event.args
    read = words.read(given["target"], given["call"])
    role = role_of(read.contract, read.function)
    qualified = staff.qualified(role)
    if given["actor"] not in {one.account for one in qualified}:
        return None
    hindrance = None if staff.can_act else _PAUSED
    if read.contract is not None and listing.in_force(read.contract, block.time).address != given["target"]:
        hindrance = _SUCCEEDED
    return PendingAct(
        act=given["act"],
        province=given["province"],
        proposer=given["actor"],
        target=given["target"],
        calldata=given["call"],
        call=read,
        role=role,
        proposed_at=timed.time,
        until=given["until"],
        block=timed.event.block,
        may_confirm=tuple(one for one in qualified if one.account != given["actor"]),
        hindrance=hindrance,
    )


def _roles(mask: int) -> Said:
    return Said(shown("roles", mask, "zh"), shown("roles", mask, "en"))
