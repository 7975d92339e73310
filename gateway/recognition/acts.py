"""What a province decides on recognition, by one of its accounts or by two (decision 0001).

acts = RecognitionActs(rpc, directory, (admin, law))
acts.twice("AgreementRegistry", "approve", agreement, 1)
"""

from __future__ import annotations

from gateway.domain.errors import USAGE
from gateway.ledger.acts import ProvinceActs
from gateway.ledger.errors import LedgerError
from gateway.ledger.refusals import refusal
from node.client.abi import encode_call
from node.client.artifact import load
from node.client.reverts import ContractReverted
from node.client.transactions import transact


class OneAccountNeeded(LedgerError):
    """An act of one account was asked for without any."""

    code = "ledger.one_account"
    exit_code = USAGE
    zh = "该操作须由本省的一个账户作出"
    en = "this act takes an account of the province"
    hint_zh = "请给出 --account，例如法务账户的密钥文件"
    hint_en = "give --account, such as the key file of the law account"


class RecognitionActs(ProvinceActs):
    """Calls of the contracts of recognition, each by the contract's name and function."""

    def once(self, contract: str, function: str, *args: object) -> int:
        """One call by the first account; return the block that holds it.

        Raises:
            OneAccountNeeded: none was given.
            CallRefused: the contract refuses, and says why.
        """
        if not self._accounts:
            raise OneAccountNeeded
        data = encode_call(load(contract), function, *args)
        to = self._contracts.address(contract)
        try:
            done = transact(self._rpc, self._accounts[0], self._contracts.chain_id, to, data, call=function)
        except ContractReverted as error:
            raise refusal(error.revert, self._labels).error() from error
        return done.block

    def twice(self, contract: str, function: str, *args: object) -> int:
        """A binding act of both accounts; return the block that holds it.

        Raises:
            TwoAccountsNeeded: none, or more than two.
            SecondAccountAwaited: there is one, and the act waits for another.
            CallRefused: the contract refuses, and says why.
        """
        return self._both(contract, function, *args)
