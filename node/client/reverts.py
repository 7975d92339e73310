"""What a contract's refusal means, in Chinese and English, for the person whose call it was.

revert = decode_revert(error.data)
explain(revert).zh
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from node.client.errors import NodeError
from node.client.sentences import SENTENCES

if TYPE_CHECKING:
    from node.client.abi import ContractRevert


class Sentence(NamedTuple):
    """One sentence in two languages."""

    zh: str
    en: str


class ContractReverted(NodeError):
    """The chain refused a call. `revert` has the error's name and values, the message says it in words."""

    def __init__(self, call: str, revert: ContractRevert) -> None:
        sentence = explain(revert)
        super().__init__(f"合约拒绝了 {call}：{sentence.zh}", f"the contract refused {call}: {sentence.en}")
        self.call = call
        self.revert = revert


def explain(revert: ContractRevert) -> Sentence:
    """Return what `revert` means; where nothing more is known, its name and values as they are."""
    known = SENTENCES.get(revert.name)
    if known is not None:
        values = {name: _shown(value) for name, value in revert.args.items()}
        return Sentence(known[0].format_map(values), known[1].format_map(values))
    if not revert.name:
        detail = f" 0x{revert.data.hex()}" if revert.data else ""
        return Sentence(f"未给出原因{detail}", f"it gave no reason{detail}")
    listed = ", ".join(f"{name}={_shown(value)}" for name, value in revert.args.items())
    return Sentence(f"{revert.name}（{listed}）", f"{revert.name} ({listed})")


def _shown(value: Any) -> str:  # noqa: ANN401 - values of ABI types
    """Show a value as a person knows it: text that was left-aligned in 32 bytes as text, other bytes as hex."""
    if isinstance(value, bytes):
        text = value.rstrip(b"\0")
        if text and len(text) < len(value) and text.isascii() and text.decode().isprintable():
            return text.decode()
        return "0x" + value.hex()
    return str(value)
