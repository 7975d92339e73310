"""What the chain says of agreements, as values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

from gateway.domain.errors import AGAINST, USAGE
from gateway.domain.hashing import hex0x
from gateway.domain.rule import FIELDS, Rule
from gateway.domain.terms import Terms
from gateway.ledger.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Mapping


class AgreementState(IntEnum):
    """Where an agreement stands (IAgreementEvents.State)."""

    UNKNOWN = 0
    PROPOSED = 1
    NOTICE = 2
    ACTIVE = 3
    OBJECTED = 4
    EXPIRED = 5
    WITHDRAWN = 6
    LAPSED = 7
    SUPERSEDED = 8

    @property
    def zh(self) -> str:
        """The state in Chinese."""
        return _STATES[self][0]

    @property
    def en(self) -> str:
        """The state in English."""
        return _STATES[self][1]

    @property
    def final(self) -> bool:
        """Whether nothing leads out of it: the terms come back only as new terms."""
        return self >= AgreementState.EXPIRED


_STATES: Final = {
    AgreementState.UNKNOWN: ("未知", "unknown"),
    AgreementState.PROPOSED: ("待批准", "proposed"),
    AgreementState.NOTICE: ("公示中", "in public notice"),
    AgreementState.ACTIVE: ("生效", "in force"),
    AgreementState.OBJECTED: ("有异议，中止", "suspended by an objection"),
    AgreementState.EXPIRED: ("到期", "expired"),
    AgreementState.WITHDRAWN: ("已退出", "withdrawn"),
    AgreementState.LAPSED: ("失效", "lapsed"),
    AgreementState.SUPERSEDED: ("已被取代", "superseded"),
}


class UnknownAgreement(LedgerError):
    """An id that belongs to no agreement, or a beginning too short to look for."""

    code = "agreement.unknown"
    exit_code = AGAINST
    zh = "没有标识为“{value}”的协议（开头至少 {shortest} 个字符）"
    en = "no agreement is called {value!r} (a beginning has at least {shortest} characters)"
    hint_zh = "请核对标识（huren agreement list）"
    hint_en = "check the id (huren agreement list)"


class AmbiguousAgreement(LedgerError):
    """A beginning that several agreements have."""

    code = "agreement.ambiguous"
    exit_code = USAGE
    zh = "有 {count} 份协议的标识以“{value}”开头"
    en = "{count} agreements begin like {value!r}"
    hint_zh = "请给出完整的标识：开头相同的可能是他人有意为之"
    hint_en = "give the whole id: somebody may have made one begin like another on purpose"


class TermsForged(LedgerError):
    """Terms that are not those of the agreement they came with."""

    code = "agreement.terms"
    zh = "所得条款与协议 {value} 的标识不符"
    en = "the terms that were found are not those of the agreement {value}"
    hint_zh = "索引已损坏，请重建（huren index rebuild）"
    hint_en = "the index is damaged: huren index rebuild"


@dataclass(frozen=True, slots=True)
class Proposal:
    """Terms as they were proposed: by whom, when."""

    agreement: bytes
    terms: Terms
    province: int
    proposed_at: int
    block: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How an agreement stands at a time, and who has approved in the present round."""

    state: AgreementState
    time: int
    round: int
    approved: tuple[int, ...]
    active_from: int
    """Since when, or from when on, it is in force; 0: not as things are."""
    deadline: int
    """When it lapses unless approved or settled; 0: never."""
    ends: int
    successor: bytes
    """32 zero bytes: none."""


def terms_of(values: Mapping[str, Any], agreement: bytes) -> Terms:
    """Terms from an event's struct, as the index keeps it: bytes as 0x-hex, ``from`` as the codec calls it, ``from_``.

    Raises:
        TermsForged: their hash is not ``agreement``.
    """
    terms = Terms(
        type_tag=_bytes(values["typeTag"]),
        chain_id=int(values["chainId"]),
        registry=_bytes(values["registry"]),
        nonce=int(values["nonce"]),
        parties=tuple(map(int, values["parties"])),
        rules=tuple(_rule(list(rule.values())) for rule in values["rules"]),
        valid_from=int(values["from_"]),
        valid_until=int(values["until"]),
        approve_by=int(values["approveBy"]),
        public_notice=int(values["publicNotice"]),
        withdrawal_notice=int(values["withdrawalNotice"]),
        text=_bytes(values["text"]),
        supersedes=_bytes(values["supersedes"]),
    )
    if terms.agreement_id != agreement:
        raise TermsForged(hex0x(agreement))
    return terms


def _rule(values: list[Any]) -> Rule:
    return Rule(**{name: _plain(value) for name, value in zip(FIELDS, values, strict=True)})


def _plain(value: Any) -> Any:  # noqa: ANN401 - a word of the struct
    return _bytes(value) if isinstance(value, str) else value


def _bytes(value: str | bytes) -> bytes:
    return bytes.fromhex(value.removeprefix("0x")) if isinstance(value, str) else bytes(value)
