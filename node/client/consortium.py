"""The Consortium in force, asked and acted upon: what motions and members' accounts share.

consortium = Consortium(rpc, deployment)
consortium.ask("memberOf", 330000).admin
consortium.bind("giveNotice", (), accounts=(admin, law))
consortium.send(anybody, "execute", (target, data, nonce))
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from node.client.abi import decode_result, encode_call
from node.client.artifact import load
from node.client.directory import Directory
from node.client.law import binding_act
from node.client.transactions import WAIT, transact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eth_account.signers.local import LocalAccount

    from node.client.deployment import Deployment
    from node.client.law import BindingAct
    from node.client.rpc import JsonRpc
    from node.client.transactions import Receipt

NAME: Final = "Consortium"
_TWO: Final = 2


class Consortium:
    """The contract that the Directory names, at the newest block."""

    def __init__(self, rpc: JsonRpc, deployment: Deployment, *, seconds: float = WAIT) -> None:
        """Ask and act through `rpc`, finding the contracts from `deployment` on; wait `seconds` for each block."""
        self.rpc = rpc
        self.directory = Directory(rpc, deployment)
        self._seconds = seconds

    @property
    def address(self) -> str:
        """Where it is now."""
        return self.directory.address(NAME)

    def ask(self, function: str, *args: object, where: str | None = None) -> Any:  # noqa: ANN401 - the function decides
        """Return what a view answers at the newest block; `where`: one that was in force before, by address."""
        artifact = load(NAME)
        asked = {"to": where or self.address, "data": "0x" + encode_call(artifact, function, *args).hex()}
        return decode_result(artifact, function, self.rpc.call("eth_call", asked, "latest"))

    def send(self, account: LocalAccount, function: str, args: Sequence[object]) -> Receipt:
        """Call it as one account, and wait for the block.

        Raises:
            ContractReverted, NotMinedError: refused, or not in a block in time.
        """
        data, call = encode_call(load(NAME), function, *args), f"{NAME}.{function}"
        return transact(
            self.rpc, account, self.directory.chain_id, self.address, data, call=call, seconds=self._seconds
        )

    def bind(self, function: str, args: Sequence[object], accounts: Sequence[LocalAccount]) -> BindingAct:
        """Make a binding act of a member with two of its accounts, or one account's half of it.

        Raises:
            ContractReverted, UnconfirmedActError, NotMinedError: see `node.client.law`.
        """
        artifact, there = load(NAME), self.directory
        return binding_act(self.rpc, there, artifact, function, args, accounts=accounts, seconds=self._seconds)

    def provinces_of(self, accounts: Sequence[LocalAccount]) -> tuple[int, ...]:
        """Return the province that each account acts for, 0 where it acts for none."""
        return tuple(int(self.ask("bindingOf", account.address).province) for account in accounts)


def may_bind(accounts: Sequence[LocalAccount]) -> bool:
    """Tell whether so many accounts make a binding act: one (its half), or two different ones."""
    return 1 <= len({account.address for account in accounts}) == len(accounts) <= _TWO
