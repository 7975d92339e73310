"""What a contract's refusal means, in Chinese and English, for the person whose call it was.

revert = decode_revert(error.data)
explain(revert).zh
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from node.client.errors import Exit, NodeError
from node.client.sentences import SENTENCES
from node.client.sentences.values import shown

if TYPE_CHECKING:
    from node.client.abi import ContractRevert


class Sentence(NamedTuple):
    """One sentence in two languages."""

    zh: str
    en: str


class ContractReverted(NodeError):
    """The chain refused a call. `revert` has the error's name and values, the message says it in words."""

    exit_code = Exit.AGAINST

    def __init__(self, call: str, revert: ContractRevert) -> None:
        sentence = explain(revert)
        super().__init__(f"合约拒绝了 {call}：{sentence.zh}", f"the contract refused {call}: {sentence.en}")
        self.call = call
        self.revert = revert


def explain(revert: ContractRevert) -> Sentence:
    """Return what `revert` means; where nothing more is known, its name and values as they are."""
    zh = {name: shown(name, value, "zh") for name, value in revert.args.items()}
    en = {name: shown(name, value, "en") for name, value in revert.args.items()}
    known = SENTENCES.get(revert.name)
    if known is not None:
        return Sentence(known[0].format_map(zh), known[1].format_map(en))
    if not revert.name:
        detail = f" 0x{revert.data.hex()}" if revert.data else ""
        return Sentence(f"未给出原因{detail}", f"it gave no reason{detail}")
    listed = ", ".join(f"{name}={value}" for name, value in en.items())
    return Sentence(f"{revert.name}（{listed}）", f"{revert.name} ({listed})")
