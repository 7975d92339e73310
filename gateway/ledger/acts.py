"""Acts that bind a province: accreditations, officers, keys, status of whole batches. Each is one call by two accounts.

They may be made at once, by whoever holds both key files, or by two persons apart: the first one's call proposes, the
second one's, the very same or `huren pending confirm`, puts it in force.

    acts = ProvinceActs(rpc, directory, (admin, law))
    acts.accredit(institution, Scope(0b110, 6, 3_000), ["0x…"])

The accounts are not the operator's, so the outbox has no part in it: there is nothing to queue, a person waits.
Source of the rule: decision 0001.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.domain.errors import USAGE
from gateway.ledger.errors import LedgerError
from gateway.ledger.reader import CREDENTIALS, INSTITUTIONS, institution_word
from gateway.ledger.refusals import NOTHING_KNOWN, refusal
from node.client.abi import encode_call
from node.client.artifact import load
from node.client.law import binding_act, proposed
from node.client.reverts import ContractReverted
from node.client.transactions import transact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eth_account.signers.local import LocalAccount

    from gateway.ledger.code_book import Labels
    from gateway.ledger.values import KeyKind, Reason, Status
    from node.client.directory import Contracts
    from node.client.rpc import JsonRpc

NOW = 0
"""A time of which the contract makes the block's own."""


class TwoAccountsNeeded(LedgerError):
    """A binding act was asked for with no account, or with more than two."""

    code = "ledger.two_accounts"
    exit_code = USAGE
    zh = "该操作须由本省两个不同账户作出，现给出 {value} 个"
    en = "this act takes two different accounts of the province; {value} given"
    hint_zh = "请给出一次 --account 以提议，或给出两次以办成，例如管理员与法务账户的密钥文件"
    hint_en = (
        "give --account once to propose it, twice to do it, such as the key files of the admin and the law account"
    )


class SecondAccountAwaited(Exception):
    """A binding act was proposed and waits for a second account of the province.

    Attributes:
        act: its id (32 bytes), until: the last moment (seconds) to confirm it, block: that holds the proposal;
            all None where this account had proposed the very same before.
    """

    def __init__(self, act: bytes | None = None, until: int | None = None, block: int | None = None) -> None:
        super().__init__(act, until, block)
        self.act = act
        self.until = until
        self.block = block


@dataclass(frozen=True, slots=True)
class Scope:
    """What an institution may award: `categories` is a mask (bit c for category c), `most_credits` in hundredths."""

    categories: int
    highest_level: int
    most_credits: int


class ProvinceActs:
    """What a province decides, by two of its accounts."""

    def __init__(
        self, rpc: JsonRpc, contracts: Contracts, accounts: Sequence[LocalAccount], labels: Labels = NOTHING_KNOWN
    ) -> None:
        """Act as `accounts`: the admin, or operators with the role that the act asks for.

        Each act goes to the contract that `contracts` finds in force then; a refusal names what `labels` know.
        """
        self._rpc = rpc
        self._contracts = contracts
        self._accounts = tuple(accounts)
        self._labels = labels

    def accredit(self, institution: str, scope: Scope, officers: Sequence[str]) -> int:
        """Vouch for an institution, with its first officers (0x hex); return the block that holds it.

        Raises (as every act): CallRefused, TwoAccountsNeeded, SecondAccountAwaited where there is one account and no
        other has proposed the same, and NodeError where the chain does not answer.
        """
        return self._institution("accredit", institution, _scope(scope), list(officers))

    def narrow(self, institution: str, scope: Scope) -> int:
        """Make the scope smaller."""
        return self._institution("narrow", institution, _scope(scope))

    def resume(self, institution: str) -> int:
        """End the suspension of an institution."""
        return self._institution("resume", institution)

    def withdraw(self, institution: str) -> int:
        """Vouch for the institution no more."""
        return self._institution("withdraw", institution)

    def suspend(self, institution: str) -> int:
        """Suspend an institution: one account suffices, since it protects."""
        data = encode_call(load(INSTITUTIONS), "suspend", institution_word(institution))
        to = self._contracts.address(INSTITUTIONS)
        try:
            done = transact(self._rpc, self._accounts[0], self._contracts.chain_id, to, data, call="suspend")
        except ContractReverted as error:
            raise refusal(error.revert, self._labels).error() from error
        return done.block

    def appoint_officer(self, institution: str, officer: str, valid_from: int = NOW) -> int:
        """Name one more officer, who may approve three days after `valid_from`."""
        return self._institution("appointOfficer", institution, officer, valid_from)

    def retire_officer(self, institution: str, officer: str, retired_at: int = NOW) -> int:
        """End an officer's tenure."""
        return self._institution("retireOfficer", institution, officer, retired_at)

    def report_officer(self, institution: str, officer: str, since: int) -> int:
        """Say that an officer's account is not to be believed from `since` on."""
        return self._institution("reportOfficer", institution, officer, since)

    def add_key(self, institution: str, kind: KeyKind, key: bytes, valid_from: int = NOW) -> int:
        """Publish a key (32 bytes) of the institution."""
        return self._institution("addKey", institution, int(kind), key, valid_from)

    def retire_key(self, institution: str, key: bytes, retired_at: int = NOW) -> int:
        """End the use of a key."""
        return self._institution("retireKey", institution, key, retired_at)

    def report_key(self, institution: str, key: bytes, since: int) -> int:
        """Say that a key is not to be believed from `since` on; what was anchored before stays good."""
        return self._institution("reportKey", institution, key, since)

    def set_batch_status(self, institution: str, root: bytes, status: Status, reason: Reason) -> int:
        """Suspend, reinstate or revoke a whole batch."""
        return self._both(CREDENTIALS, "setBatchStatus", institution_word(institution), root, int(status), int(reason))

    def _institution(self, function: str, institution: str, *args: object) -> int:
        return self._both(INSTITUTIONS, function, institution_word(institution), *args)

    def _both(self, contract: str, function: str, *args: object) -> int:
        accounts = list({account.address: account for account in self._accounts}.values())
        if not 1 <= len(accounts) <= 2:  # noqa: PLR2004 - two
            raise TwoAccountsNeeded(len(accounts))
        try:
            act = binding_act(self._rpc, self._contracts, load(contract), function, args, accounts=accounts)
        except ContractReverted as error:
            raise refusal(error.revert, self._labels).error() from error
        if act.receipt is not None:
            return act.receipt.block
        proposal = None if act.proposal is None else proposed(self._contracts, act.proposal)
        if act.proposal is None or proposal is None:
            raise SecondAccountAwaited
        raise SecondAccountAwaited(proposal.act, proposal.until, act.proposal.block)


def _scope(scope: Scope) -> tuple[int, int, int]:
    return scope.categories, scope.highest_level, scope.most_credits
