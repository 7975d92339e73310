"""Reading contracts: many calls in one HTTP request, all at one named block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from gateway.domain.errors import Said, cause_of
from gateway.ledger.errors import ChainUnavailable, WrongChain
from gateway.ledger.values import BlockRef
from node.client.abi import ContractRevert, decode_result, decode_revert, encode_call
from node.client.artifact import load
from node.client.directory import Directory, Listing, read_listing
from node.client.errors import NodeError
from node.client.rpc import JsonRpc, RpcError, RpcUnreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from node.client.deployment import Deployment

_T = TypeVar("_T")
WITHOUT_BODIES = (False,)  # eth_getBlockByNumber: hashes of transactions, not the transactions
_REVERT_CODES = (3, -32000, -32015)  # geth and anvil, older nodes, Besu's and OpenEthereum's


@dataclass(frozen=True, slots=True)
class Call:
    """One read: a function of a contract and its arguments; `at` where it is not the one in force at the block."""

    contract: str
    function: str
    args: tuple[object, ...] = ()
    at: str | None = None


def revert_of(error: RpcError) -> ContractRevert | None:
    """Return the contract's refusal that `error` reports, or None where the node failed for a reason of its own."""
    data = error.data
    if isinstance(data, dict):  # some nodes wrap it
        data = data.get("data")
    words = error.message.lower()
    if words.startswith("evm error"):  # anvil, of a contract that fell over rather than refused
        return decode_revert(None)
    if error.code in _REVERT_CODES and (isinstance(data, str) or "revert" in words):
        return decode_revert(data if isinstance(data, str) and data.startswith("0x") else None)
    return None


class ChainCalls:
    """Calls to the contracts of one deployment through one node."""

    def __init__(self, rpc: JsonRpc, deployment: Deployment) -> None:
        """Read through `rpc`; nothing is asked before the first call."""
        self.rpc = rpc
        self.deployment = deployment
        self.directory = Directory(rpc, deployment)
        self._checked = False

    def request(self, method: str, *params: object) -> Any:  # noqa: ANN401 - JSON-RPC answers are of any JSON type
        """Return the answer to one request.

        Raises:
            ChainUnavailable: no answer, or an error.
        """
        [answer] = self.requests([(method, params)])
        if isinstance(answer, RpcError):
            raise ChainUnavailable(cause_of(answer))
        return answer

    def requests(self, requests: Sequence[tuple[str, Sequence[object]]]) -> list[Any]:
        """Return the answers to many requests, an `RpcError` where one failed.

        Raises:
            ChainUnavailable: no answer.
        """
        try:
            if not self._checked:
                self._check_chain()
            return self.rpc.batch(requests)
        except (RpcUnreachable, RpcError) as error:
            raise ChainUnavailable(cause_of(error)) from error

    def read(self, calls: Sequence[Call], block: BlockRef) -> list[Any]:
        """Return what `calls` answer at `block`, a `ContractRevert` where a contract refused.

        Each is asked of the contract that was in force under its name at the time of `block`.

        Raises:
            ChainUnavailable: no answer, or the node does not know the block (any more).
        """
        at = {"blockHash": "0x" + block.hash.hex()}
        requests = [
            (
                "eth_call",
                [
                    {
                        "to": call.at or self.address(call.contract, block),
                        "data": "0x" + encode_call(load(call.contract), call.function, *call.args).hex(),
                    },
                    at,
                ],
            )
            for call in calls
        ]
        return [self._decoded(call, answer) for call, answer in zip(calls, self.requests(requests), strict=True)]

    def answers(self, calls: Sequence[Call], block: BlockRef) -> list[Any]:
        """Return what `calls` answer at `block`, none of which a contract refuses while it is the one we know.

        Raises:
            ChainUnavailable: no answer, or a refusal.
        """
        answers = self.read(calls, block)
        for call, answer in zip(calls, answers, strict=True):
            if isinstance(answer, ContractRevert):
                raise ChainUnavailable(f"{call.contract}.{call.function}: {answer.name or 'revert'}")
        return answers

    def address(self, name: str, block: BlockRef | None = None) -> str:
        """Return the address in force under `name`: at `block`, or now, at the newest block.

        Raises:
            ChainUnavailable: no answer, or the Directory cannot be read.
        """
        if block is None:
            return self._resolved(lambda: self.directory.address(name))
        return self._resolved(lambda: self.directory.address_at(name, block.time))

    @property
    def chain_id(self) -> int:
        """The chain's number."""
        return self.deployment.chain_id

    def version(self, name: str) -> int:
        """Return the version of the contract in force under `name` now: so many less one came before it.

        Raises:
            ChainUnavailable: no answer, or the Directory cannot be read.
        """
        return self._resolved(lambda: self.directory.version(name))

    def newest_listing(self) -> tuple[Listing, int]:
        """Return every contract ever listed and since when, as of the newest block, and that block's time (seconds).

        Raises:
            ChainUnavailable: no answer, or the Directory cannot be read.
        """
        return self._resolved(self.directory.read)

    def listing(self, block: BlockRef | None = None) -> Listing:
        """Return the same as of `block`, or as of the newest block.

        Raises:
            ChainUnavailable: no answer, or the Directory cannot be read.
        """
        if block is None:
            return self.newest_listing()[0]
        digest = "0x" + block.hash.hex()
        return self._resolved(lambda: read_listing(self.rpc, self.deployment, digest, block.time))

    def block(self, number: int | str) -> BlockRef | None:
        """Return the block of that number or tag, or None where the chain is not that long."""
        found = self.request(
            "eth_getBlockByNumber", hex(number) if isinstance(number, int) else number, *WITHOUT_BODIES
        )
        return None if found is None else block_ref(found)

    def final_block(self) -> BlockRef:
        """Return the newest final block: the engine's answer, as the deployment file states its finality.

        Raises:
            ChainUnavailable: no answer.
        """
        depth = self.deployment.finality.confirmations
        if self.deployment.finality.kind == "instant" or depth == 0:
            latest = self.block("latest")
        else:
            number = int(self.request("eth_blockNumber"), 16)
            latest = self.block(max(number - depth, 0))
        if latest is None:
            raise ChainUnavailable(Said("没有最新区块", "no latest block"))
        return latest

    def _resolved(self, ask: Callable[[], _T]) -> _T:
        try:
            if not self._checked:
                self._check_chain()
            return ask()
        except (NodeError, RpcError) as error:
            raise ChainUnavailable(cause_of(error)) from error

    def _decoded(self, call: Call, answer: Any) -> Any:  # noqa: ANN401 - the function decides
        if isinstance(answer, RpcError):
            revert = revert_of(answer)
            if revert is None:
                raise ChainUnavailable(cause_of(answer, f"{call.contract}.{call.function}"))
            return revert
        return decode_result(load(call.contract), call.function, answer)

    def _check_chain(self) -> None:
        """Numbers of chains are not unique (every trial has the same one): the first block tells networks apart."""
        number, first = self.rpc.batch([("eth_chainId", ()), ("eth_getBlockByNumber", ("0x0", *WITHOUT_BODIES))])
        for answer in (number, first):
            if isinstance(answer, RpcError):
                raise answer
        try:
            served = f"{int(number, 16)}, {first['hash']}"
        except (KeyError, TypeError, ValueError) as error:
            raise ChainUnavailable(f"{number}, {first}") from error
        expected = f"{self.deployment.chain_id}, {self.deployment.genesis_hash}"
        if served != expected:
            raise WrongChain(served, expected=expected)
        self._checked = True


def block_ref(header: dict[str, Any]) -> BlockRef:
    """Return the block that a header of eth_getBlockByNumber describes.

    Raises:
        ChainUnavailable: what the node gave is no header.
    """
    try:
        return BlockRef(int(header["number"], 16), bytes.fromhex(header["hash"][2:]), int(header["timestamp"], 16))
    except (KeyError, TypeError, ValueError) as error:
        raise ChainUnavailable(cause_of(header, "eth_getBlockByNumber")) from error
