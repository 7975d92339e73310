"""A contract's refusal in words: what it means, in Chinese and English, what to do, and whether time alone mends it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import orjson

from gateway.ledger.errors import CallRefused
from gateway.ledger.remedies import REMEDIES, UNKNOWN
from node.client.abi import ContractRevert
from node.client.reverts import explain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.ledger.code_book import Labels

SUPERSEDED = "Superseded"
"""The error of every write to a contract that was succeeded (IGoverned)."""
_CODES = frozenset({"programme", "outcome", "course", "claim"})
"""What the contracts know by the digest of a code alone; a claim, by that of a person's outcome."""
NOTHING_KNOWN: Mapping[bytes, str] = MappingProxyType({})
"""Labels of whoever has no book of codes."""
_SHOWN = 400
"""Characters of one sentence that are kept: enough for one that names three words of 32 bytes."""


class Disposition(Enum):
    """What the outbox does with a refused entry."""

    FAIL = "fail"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something was not done.

    Attributes:
        name: the contract's error, or our own name in lower case where no contract spoke.
        zh, en: what it means; remedy_zh, remedy_en: what to do.
        disposition: whether trying again later, unchanged, can succeed.
        successor: where the contract was succeeded by motion: the address (0x-hex) of the one in force.
    """

    name: str
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str
    disposition: Disposition = Disposition.FAIL
    successor: str | None = None

    def because(self, why: str) -> Refusal:
        """Return the same refusal with the node's own words added."""
        short = why[:_SHOWN]
        return replace(self, zh=f"{self.zh}（{short}）", en=f"{self.en} ({short})")

    def to_json(self) -> dict[str, str]:
        """Return the form that is stored and shown."""
        return {
            "code": self.name,
            "zh": self.zh,
            "en": self.en,
            "hintZh": self.remedy_zh,
            "hintEn": self.remedy_en,
        }

    def to_text(self) -> str:
        """Return the stored form as text."""
        return orjson.dumps(self.to_json()).decode()

    def error(self) -> CallRefused:
        """Return the refusal as an exception."""
        return CallRefused(
            self.name,
            zh_reason=self.zh,
            en_reason=self.en,
            zh_remedy=self.remedy_zh,
            en_remedy=self.remedy_en,
        )


TOO_LARGE = Refusal(
    "too_large",
    "这笔交易所需的 gas 超过一个区块的上限",
    "the transaction needs more gas than a block holds",
    "请调低每笔交易的 gas 上限（limits.transaction_gas）",
    "lower the gas planned for one transaction (limits.transaction_gas)",
)
REVERTED_SILENTLY = Refusal(
    "reverted",
    "合约拒绝了这笔交易，但未说明原因，可能是 gas 用尽",
    "the contract refused the transaction and gave no reason; it may have run out of gas",
    "请再次执行该命令；若仍失败，请联系网络运营方",
    "run the command again; if it fails again, ask the network's operator",
)
NODE_OBJECTS = Refusal(
    "node_objects",
    "节点没有接受这笔交易",
    "the node did not accept the transaction",
    "会自动重试；请检查节点的设置（账户白名单、交易池）",
    "it is tried again by itself; check the node's settings (allowlist of accounts, pool)",
    Disposition.WAIT,
)


def refusal(revert: ContractRevert, labels: Labels = NOTHING_KNOWN) -> Refusal:
    """Return what a contract's error means and what to do about it; `labels` say what its digests of codes stand for.

    An error without words of its own is shown by its name and values: never hidden, never guessed at.
    """
    if not revert.name:
        return REVERTED_SILENTLY
    meaning = explain(ContractRevert(revert.name, _labelled(revert.args, labels), revert.data))
    remedy = REMEDIES.get(revert.name, UNKNOWN)
    return Refusal(
        revert.name,
        meaning.zh[:_SHOWN],
        meaning.en[:_SHOWN],
        remedy.zh,
        remedy.en,
        Disposition.WAIT if remedy.wait else Disposition.FAIL,
        str(revert.args["current"]).lower() if revert.name == SUPERSEDED else None,
    )


def _labelled(args: Mapping[str, Any], labels: Labels) -> dict[str, Any]:
    """The values of an error, a code in place of its digest where it is known."""
    known = {name: labels.get(args[name]) for name in _CODES.intersection(args)}
    return {name: known.get(name) or value for name, value in args.items()}
