"""What a call binds a province to, in words of both languages: contract, function, arguments by name, one sentence.

    words = ActWords(listing.name_of, names=lambda institution: "上海开放大学")
    words.read("0x…", call).said       # Said(zh="批准协议 0x…（第 1 轮）", en="approve the agreement 0x… (round 1)")

What this release cannot read (a contract or function that it does not know) is said to be unreadable, never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from gateway.domain.civil_time import moment_text, month_text
from gateway.domain.credits import credits_text
from gateway.domain.errors import Said
from gateway.domain.provinces import province_names
from gateway.ledger.act_sentences import RETIREMENTS, SENTENCES
from gateway.ledger.reader import institution_text
from node.client.abi import decode_call
from node.client.artifact import CONTRACTS, load
from node.client.codec import AbiError
from node.client.sentences.values import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_INSTITUTIONS: Final = frozenset({"institution", "canonicalInstitution", "targetInstitution", "canonical"})
_AT_ONCE: Final = Said("自确认时起", "from the confirmation on")
_DEEPEST: Final = 2
"""A motion carries a call, which is read too; what a call inside that carries is not."""


def _province(code: int) -> Said:
    return Said(*province_names(code))


def _joined(said: list[Said]) -> Said:
    return Said("、".join(one.zh for one in said) or "—", ", ".join(one.en for one in said) or "—")


def _same(text: str) -> Said:
    return Said(text, text)


def _start(time: int) -> Said:
    """A time for which 0 stands for that of the block that confirms."""
    return _same(moment_text(time) or "") if time else _AT_ONCE


def _retirement(reason: int) -> Said:
    return RETIREMENTS[reason] if reason < len(RETIREMENTS) else _same(str(reason))


def _amount(hundredths: int) -> Said:
    return _same(credits_text(hundredths))


_OWN: Final[Mapping[tuple[str, str], Callable[[int], Said]]] = {
    **dict.fromkeys([("", name) for name in ("province", "toProvince", "source", "target", "custodian")], _province),
    **dict.fromkeys([("", name) for name in ("mostCredits", "credits")], _amount),
    **dict.fromkeys([("", name) for name in ("awardedFrom", "awardedUntil")], lambda month: _same(month_text(month))),
    **dict.fromkeys([("", name) for name in ("validFrom", "retiredAt", "compromisedSince")], _start),
    ("retire", "reason"): _retirement,
}
"""How numbers are said that the sentences of refusals do not know, by (function or any, argument)."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument, or one field of a struct (``scope.categories``)."""

    name: str
    value: Any
    """As JSON holds it: bytes as 0x-hex, integers, booleans, text."""
    said: Said
    """The value in words."""

    def to_json(self) -> dict[str, Any]:
        """The form that surfaces show."""
        return {"name": self.name, "value": self.value, "zh": self.said.zh, "en": self.said.en}


@dataclass(frozen=True, slots=True)
class ReadCall:
    """A call as this release understands it; `contract` and `function` are None where it does not."""

    contract: str | None
    function: str | None
    arguments: tuple[Argument, ...]
    said: Said


class ActWords:
    """Reads calls."""

    def __init__(
        self,
        contract_of: Callable[[str], str | None],
        *,
        names: Callable[[str], str] = lambda _: "",
        motion_of: Callable[[bytes], tuple[str, bytes] | None] = lambda _: None,
        about: Callable[[str, bytes], Said | None] = lambda *_: None,
    ) -> None:
        """Take what is known besides the call.

        Args:
            contract_of: the name of the contract at an address (0x-hex), None where none of ours lies there.
            names: an institution's name by its code; empty where it is not on file.
            motion_of: (address, call) that a motion (32 bytes) is about, None where it is not known.
            about: what the agreement or evaluation of that argument (32 bytes) is, None where it is not known.
        """
        self._contract_of = contract_of
        self._names = names
        self._motion_of = motion_of
        self._about = about

    def read(self, target: str, call: bytes, depth: int = 0) -> ReadCall:
        """What `call` to the contract at `target` does."""
        contract = self._contract_of(target)
        if contract not in CONTRACTS:
            return ReadCall(contract, None, (), _unreadable(contract or target, call))
        try:
            function, given = decode_call(load(contract), call)
        except AbiError:
            return ReadCall(contract, None, (), _unreadable(contract, call))
        arguments = tuple(self._arguments(function, "", given))
        return ReadCall(contract, function, arguments, self._said(contract, function, arguments, given, depth))

    def _said(
        self, contract: str, function: str, arguments: tuple[Argument, ...], given: Mapping[str, Any], depth: int
    ) -> Said:
        inner = self._inner(function, given, depth)
        if function == "vote":
            function = "vote for" if given["inFavour"] else "vote against"
        known = SENTENCES.get((contract, function))
        if known is None:
            zh = "，".join(f"{one.name}={one.said.zh}" for one in arguments)
            en = ", ".join(f"{one.name}={one.said.en}" for one in arguments)
            return Said(f"{contract}.{function}（{zh}）", f"{contract}.{function} ({en})")
        zh_of = {one.name.replace(".", "_"): one.said.zh for one in arguments}
        en_of = {one.name.replace(".", "_"): one.said.en for one in arguments}
        return Said(known.zh.format(**zh_of, inner=inner.zh), known.en.format(**en_of, inner=inner.en))

    def _inner(self, function: str, given: Mapping[str, Any], depth: int) -> Said:
        """The call that a motion is about."""
        if depth < _DEEPEST and function == "openMotion":
            return self.read(given["target"], given["data"], depth + 1).said
        if depth < _DEEPEST and function == "vote":
            found = self._motion_of(given["motion"])
            if found is not None:
                return self.read(*found, depth + 1).said
        return Said("内容未能读出", "its content could not be read")

    def _arguments(self, function: str, prefix: str, given: Mapping[str, Any]) -> Iterator[Argument]:
        for name, value in given.items():
            if hasattr(value, "_asdict"):
                yield from self._arguments(function, f"{prefix}{name}.", value._asdict())
            else:
                yield Argument(f"{prefix}{name}", _plain(value), self._value(function, name, value))

    def _value(self, function: str, name: str, value: Any) -> Said:  # noqa: ANN401 - values of ABI types
        if name in _INSTITUTIONS:
            return self._institution(value)
        if isinstance(value, list | tuple):
            return _joined([self._element(function, name, one) for one in value])
        if isinstance(value, bytes):
            return self._word(name, value)
        if isinstance(value, bool):
            return Said("是" if value else "否", "yes" if value else "no")
        own = _OWN.get((function, name)) or _OWN.get(("", name))
        if own is not None and isinstance(value, int):
            return own(value)
        return Said(shown(name, value, "zh"), shown(name, value, "en"))

    def _element(self, function: str, name: str, value: Any) -> Said:  # noqa: ANN401 - the same
        if not hasattr(value, "_asdict"):
            return self._value(function, name.removesuffix("s"), value)
        inner = list(self._arguments(function, "", value._asdict()))
        return Said(
            "（" + "，".join(f"{one.name}={one.said.zh}" for one in inner) + "）",
            "(" + ", ".join(f"{one.name}={one.said.en}" for one in inner) + ")",
        )

    def _word(self, name: str, word: bytes) -> Said:
        text, about = _bytes(word), self._about(name, word)
        return _same(text) if about is None else Said(f"{text}（{about.zh}）", f"{text} ({about.en})")

    def _institution(self, word: bytes) -> Said:
        code = institution_text(word)
        name = self._names(code)
        return _same(f"{name}（{code}）" if name else code)


def _unreadable(where: str, call: bytes) -> Said:
    start = f"0x{call[:4].hex()}"
    return Said(
        f"本版本无法解读：{where} 的函数 {start}，{len(call)} 字节；请向提议者索取说明后再确认",
        f"this release cannot read it: the function {start} of {where}, {len(call)} bytes; "
        "ask the proposer what it does before you confirm",
    )


def _bytes(value: bytes) -> str:
    """Names that were left-aligned in a word are text; everything else is hexadecimal."""
    text = value.rstrip(b"\0")
    if len(value) == 32 and 0 < len(text) < len(value) and text.isascii() and text.decode().isprintable():  # noqa: PLR2004
        return text.decode()
    return "0x" + value.hex()


def _plain(value: Any) -> Any:  # noqa: ANN401 - values of ABI types
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if hasattr(value, "_asdict"):
        return {name: _plain(inner) for name, inner in value._asdict().items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value
