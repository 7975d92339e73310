"""Who acts for a member on the chain, and how that changes: what the member's card says is made so.

    offices = Offices(rpc, deployment)
    offices.standing(330000).admin
    offices.enact(card.member, accounts)          # two accounts: operators set, or the admin's place offered
    offices.accept(card.member, new_admin)        # the new admin takes it
    offices.recover(card.member, recovery)        # where the admin, or the second account, is lost: twice, a week apart

A key that is replaced is on a new card; one card says all accounts of a member, with roles and quotas, so nothing is
typed by hand. Contracts: contracts/consortium/Offices.sol, Membership.sol; decision 0268.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import orjson

from node.client.abi import encode_call
from node.client.artifact import load
from node.client.consortium import NAME, Consortium, may_bind
from node.client.errors import Exit, NodeError
from node.client.hashing import keccak256
from node.client.transactions import WAIT
from node.law import grants

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eth_account.signers.local import LocalAccount

    from node.ceremony.card import Card
    from node.client.deployment import Deployment
    from node.client.rpc import JsonRpc
    from node.client.transactions import Receipt
    from node.description import Member

FOREVER: Final = (1 << 64) - 1
_NOBODY: Final = "0x" + "00" * 20
_SELECTOR: Final = 4


class NotAMemberError(NodeError):
    """The Consortium knows no membership of `province`."""

    exit_code = Exit.AGAINST

    def __init__(self, province: int) -> None:
        super().__init__(
            f"{province} 从未是联盟成员。加入须经动议：huren-node motion open admit joining=@card.json",
            f"{province} never was a member. Joining takes a motion: huren-node motion open admit joining=@card.json",
        )
        self.province = province


class ActingAccountsError(NodeError):
    """The accounts given cannot make an act of `province`: `found` is the province of each (0: of none).

    `admin` is who the chain says is the province's, which may not be its card's yet.
    """

    exit_code = Exit.AGAINST

    def __init__(self, province: int, found: tuple[int, ...], admin: str) -> None:
        zh, en = (", ".join(str(one or nobody) for one in found) or "—" for nobody in ("无任何成员", "no member"))
        super().__init__(
            f"须用 {province} 的一个账户（提出或确认）或两个不同账户（一次办完），给出的属于：{zh}。现管理员 {admin}",
            f"it takes one account of {province} (which proposes or confirms) or two different ones (which do both); "
            f"those given are of: {en}. Its admin is {admin} at present",
        )
        self.province = province
        self.found = found


class OtherRecoveryError(NodeError):
    """A recovery of `province` is pending that is not what its card says: `admin` is to be its admin."""

    exit_code = Exit.AGAINST

    def __init__(self, province: int, admin: str) -> None:
        super().__init__(
            f"{province} 正在进行的恢复与此卡不符（新管理员 {admin} 或其操作员不同），未予办理。若非本成员所申请，"
            "恢复密钥已泄露：请其他成员以动议 replaceRecovery 更换恢复账户，该恢复随即作废；"
            "若是按先前的成员卡申请的，用 --card 给出那张卡",
            f"the recovery of {province} that is pending is not this card's (its admin is to be {admin}, or its "
            "operators differ): nothing was done. If this member did not ask for it, its recovery key has leaked: the "
            "others replace it by the motion replaceRecovery, which ends that recovery. If it was asked for with an "
            "earlier card, give that one (--card)",
        )
        self.province = province
        self.admin = admin


@dataclass(frozen=True, slots=True)
class Announced:
    """A change of admin that was announced.

    Attributes:
        admin: who is to be it; at: the moment (seconds) it is good until (an offer), or from (a recovery).
        operators: the hash of the operators that come with it (32 bytes; IConsortium.Change).
    """

    admin: str
    at: int
    operators: bytes

    def says(self, member: Member) -> bool:
        """Whether it is what a member's card says."""
        told = keccak256(encode_call(load(NAME), "acceptHandOver", grants(member))[_SELECTOR:])
        return (self.admin, self.operators) == (member.admin, told)


@dataclass(frozen=True, slots=True)
class Standing:
    """A member's accounts as the chain has them.

    Attributes:
        province: whose; member: whether it is one at the newest block; until: when its membership ends, None: open.
        admin, recovery: addresses, lower-case hex. operators: by address, (mask of roles, daily leaves).
        offered: the hand-over last offered; recovering: the recovery that is pending. time: of the newest block.
    """

    province: int
    member: bool
    until: int | None
    admin: str
    recovery: str
    operators: dict[str, tuple[int, int]]
    offered: Announced | None
    recovering: Announced | None
    time: int

    def says(self, member: Member) -> bool:
        """Whether the chain's admin and operators are those of a member's card."""
        return (self.admin, self.operators) == (member.admin, _operators(member))


@dataclass(frozen=True, slots=True)
class OfficeAct:
    """One act towards the card: which call, about whom, and whether it is in force or waits for a second account.

    `ends`: the subject is made an operator no more.
    """

    function: str
    subject: str
    in_force: bool
    ends: bool = False


class Offices:
    """The accounts of one chain's members."""

    def __init__(self, rpc: JsonRpc, deployment: Deployment, *, seconds: float = WAIT) -> None:
        """Ask and act through `rpc`, finding the contracts from `deployment` on; wait `seconds` for each block."""
        self._rpc = rpc
        self._consortium = Consortium(rpc, deployment, seconds=seconds)
        self._ask = self._consortium.ask

    def standing(self, province: int) -> Standing:
        """Return the accounts of `province` at the newest block.

        Raises:
            NotAMemberError: it never was a member.
        """
        kept = self._ask("memberOf", province)
        if not kept.tenure:
            raise NotAMemberError(province)
        tenure = self._ask("tenures")[kept.tenure - 1]
        operators = {}
        for account in self._ask("operatorsOf", province):
            binding = self._ask("bindingOf", account)
            operators[account.lower()] = (binding.roles, binding.dailyLeaves)
        head = self._rpc.batch([("eth_getBlockByNumber", ["latest", False])])[0]
        return Standing(
            province=province,
            member=self._ask("isMember", province),
            until=None if tenure.until == FOREVER else tenure.until,
            admin=kept.admin.lower(),
            recovery=kept.recovery.lower(),
            operators=operators,
            offered=self._announced(province, recovery=False),
            recovering=self._announced(province, recovery=True),
            time=int(head["timestamp"], 16),
        )

    def left(self, member: Member, *, signing: frozenset[str] = frozenset()) -> list[OfficeAct]:
        """Return what would make the chain's accounts of a member those of its card; nothing is sent.

        New operators come before old ones end, so that a second account is always there, and the accounts that sign
        change last. An offer that stands is in force.
        """
        there = self.standing(member.province)
        if there.admin != member.admin:
            offer = there.offered
            stands = offer is not None and offer.says(member) and there.time < offer.at
            return [OfficeAct("offerHandOver", str(member.admin), stands)]
        wanted = _operators(member)
        acts = [
            OfficeAct("setOperator", one, in_force=False) for one in wanted if there.operators.get(one) != wanted[one]
        ]
        acts += [
            OfficeAct("setOperator", one, in_force=False, ends=True) for one in there.operators if one not in wanted
        ]
        return sorted(acts, key=lambda act: act.subject in signing)

    def enact(self, member: Member, accounts: Sequence[LocalAccount]) -> list[OfficeAct]:
        """Make the chain's accounts of a member those of its card: operators at once, another admin by an offer.

        Nothing is done twice. See `left` for the order.

        Raises (as every act): ContractReverted, ActingAccountsError, UnconfirmedActError, NotMinedError.
        """
        acts = self.left(member, signing=frozenset(account.address.lower() for account in accounts))
        self._require(member.province, accounts)
        return [one if one.in_force else replace(one, in_force=self._do(one, member, accounts)) for one in acts]

    def accept(self, member: Member, account: LocalAccount) -> Receipt | None:
        """Take the admin's place that was offered, as the card's admin; None where it was taken before.

        Raises:
            ContractReverted: it was not offered to `account`, with these operators, within the week.
        """
        if self.standing(member.province).says(member) and account.address.lower() == member.admin:
            return None
        return self._consortium.send(account, "acceptHandOver", (grants(member),))

    def recover(self, member: Member, account: LocalAccount) -> Announced | None:
        """Make the card's admin the admin, and its operators those in force, as the recovery address.

        Returns:
            The recovery that was announced now or before and is not ready yet; None once it is completed.

        Raises:
            ContractReverted: it is not the recovery address.
            OtherRecoveryError: another recovery than the card's is pending, which is neither waited for nor completed.
        """
        there = self.standing(member.province)
        if there.recovering is None:
            if there.says(member):
                return None  # done before: asked again it would hold up the member's own acts for a week
            self._consortium.send(account, "requestRecovery", (member.admin, grants(member)))
            return self.standing(member.province).recovering
        if not there.recovering.says(member):
            raise OtherRecoveryError(member.province, there.recovering.admin)
        if there.time < there.recovering.at:
            return there.recovering
        self._consortium.send(account, "completeRecovery", (grants(member),))
        return None

    def leave(self, province: int, accounts: Sequence[LocalAccount], *, stay: bool = False) -> bool:
        """Give notice of leaving, or with `stay` take it back; return whether it is in force. Nothing is done twice."""
        self._require(province, accounts)
        if stay is (self.standing(province).until is None):
            return True
        return self._bind("withdrawNotice" if stay else "giveNotice", (), accounts)

    def _do(self, act: OfficeAct, member: Member, accounts: Sequence[LocalAccount]) -> bool:
        if act.function == "offerHandOver":
            return self._bind(act.function, (member.admin, grants(member)), accounts)
        return self._bind(act.function, ((act.subject, *_operators(member).get(act.subject, (0, 0))),), accounts)

    def _announced(self, province: int, *, recovery: bool) -> Announced | None:
        change = self._ask("changeOf", province, recovery)
        admin = change.nextAdmin.lower()
        return None if admin == _NOBODY else Announced(admin, change.at, change.operators)

    def _require(self, province: int, accounts: Sequence[LocalAccount]) -> None:
        found = self._consortium.provinces_of(accounts)
        if not may_bind(accounts) or set(found) != {province}:
            raise ActingAccountsError(province, found, self._ask("memberOf", province).admin.lower())

    def _bind(self, function: str, args: tuple[object, ...], accounts: Sequence[LocalAccount]) -> bool:
        return self._consortium.bind(function, args, accounts).receipt is not None


def _operators(member: Member) -> dict[str, tuple[int, int]]:
    """Return a card's operators by address: mask of roles, daily leaves."""
    return {account.lower(): (roles, leaves) for account, roles, leaves in grants(member)}


def founding_json(card: Card) -> str:
    """Return what a card says of a joining member as a motion's `joining` is written (IConsortiumEvents.Founding)."""
    member = card.member
    founding = {
        "province": member.province,
        "admin": member.admin,
        "recovery": member.recovery,
        "operators": [
            {"account": account, "roles": roles, "dailyLeaves": leaves} for account, roles, leaves in grants(member)
        ],
    }
    return orjson.dumps(founding).decode()
