"""Being the second account: the very call that was proposed, made once more.

block = confirm(calls, queue.find("0x…"), account)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.domain.errors import AGAINST, Said
from gateway.domain.hashing import hex0x
from gateway.ledger.errors import LedgerError
from gateway.ledger.refusals import NOTHING_KNOWN, refusal
from node.client.law import UnconfirmedActError, is_proposal
from node.client.reverts import ContractReverted
from node.client.transactions import transact

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

    from gateway.ledger.calls import ChainCalls
    from gateway.ledger.code_book import Labels
    from gateway.ledger.pending import PendingAct


class CannotConfirm(LedgerError):
    """This account is not the second one, or nobody can be at present."""

    code = "pending.account"
    exit_code = AGAINST
    zh = "账户 {value} 不能确认该事项：{why}"
    en = "the account {value} cannot confirm this: {why}"
    hint_zh = "可以确认的账户：{who}"
    hint_en = "these can: {who}"


_PROPOSER = Said("它正是提议者，须由另一账户确认", "it proposed it; another account confirms")
_STRANGER = Said(
    "它不是该省的管理员，也不是有此职责的操作员", "it is neither that province's admin nor an operator with the role"
)


def confirm(calls: ChainCalls, act: PendingAct, account: LocalAccount, labels: Labels = NOTHING_KNOWN) -> int:
    """Make the call of `act` as `account`; return the block that holds it. A refusal names what `labels` know.

    Raises:
        CannotConfirm: it would not confirm anything; nothing was sent.
        CallRefused: the contract refuses the act itself, and says why.
        UnconfirmedActError: it was confirmed, withdrawn or over in the meantime, so the call proposed it anew.
    """
    able = [one.account for one in act.may_confirm]
    address = account.address.lower()
    if act.hindrance is not None or address not in able:
        why = act.hindrance or (_PROPOSER if address == act.proposer else _STRANGER)
        raise CannotConfirm(address, why=why, who="、".join(able) or "—")
    name = f"{act.call.contract or act.target}.{act.call.function or hex0x(act.calldata[:4])}"
    try:
        receipt = transact(calls.rpc, account, calls.chain_id, act.target, act.calldata, call=name)
    except ContractReverted as error:
        raise refusal(error.revert, labels).error() from error
    if is_proposal(calls, receipt):
        raise UnconfirmedActError(name)
    return receipt.block
