"""What verification answers: never a bare bool.

A verdict carries its kind, every numbered step with what became of it, the reason, and the block, time and source
that it holds for. The steps are shared by code, documents and answers.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from gateway.domain.hashing import hex0x

if TYPE_CHECKING:
    from gateway.domain.errors import HurenError


class Step(IntEnum):
    """The numbered steps of verification, in their order."""

    WELL_FORMED = 1
    RECOMPUTED = 2
    INCLUDED = 3
    ANCHORED = 4
    ISSUER = 5
    SIGNED = 6
    STATUS = 7
    DATES = 8

    @property
    def zh(self) -> str:
        """The step in Chinese."""
        return _STEP_NAMES[self][0]

    @property
    def en(self) -> str:
        """The step in English."""
        return _STEP_NAMES[self][1]


_STEP_NAMES: Final = {
    Step.WELL_FORMED: ("格式正确", "well-formed"),
    Step.RECOMPUTED: ("承诺、事实与叶子重算一致", "commitment, facts and leaf recomputed"),
    Step.INCLUDED: ("包含于默克尔根", "included in the root"),
    Step.ANCHORED: ("根已上链并最终确认", "root anchored and final"),
    Step.ISSUER: ("发证机构当时已获认可、密钥有效", "issuer accredited, key in force, at the anchor's time"),
    Step.SIGNED: ("签名有效", "signatures hold"),
    Step.STATUS: ("叶子与批次的状态", "status of leaf and batch"),
    Step.DATES: ("有效期", "validity dates"),
}


class StepState(StrEnum):
    """What became of a step."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_APPLICABLE = "not-applicable"
    """For instance the signature of a partial certificate: the anchor stands for it."""
    NOT_DONE = "not-done"


class Kind(StrEnum):
    """The verdicts."""

    VALID = "valid"
    REGISTERED = "registered"
    """Only a hash was given: it is anchored and not revoked; the paper itself has not been checked."""
    INVALID = "invalid"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    NOT_FOUND = "not-found"
    """Said only where every anchored manifest up to the block is held and checked."""
    UNTRUSTED_ISSUER = "untrusted-issuer"
    CANNOT_CHECK = "cannot-check"
    """Chain unreachable, not yet final, index stale, manifests lacking: never shown as invalid."""

    @property
    def zh(self) -> str:
        """The verdict in Chinese."""
        return _KIND_NAMES[self][0]

    @property
    def en(self) -> str:
        """The verdict in English."""
        return _KIND_NAMES[self][1]

    @property
    def favourable(self) -> bool:
        """Whether it speaks for the credential (valid or registered)."""
        return self in {Kind.VALID, Kind.REGISTERED}


_KIND_NAMES: Final = {
    Kind.VALID: ("有效", "valid"),
    Kind.REGISTERED: (
        "已登记（仅核对了哈希，未核对证书本身）",
        "registered (the hash alone; the paper was not checked)",
    ),
    Kind.INVALID: ("无效", "invalid"),
    Kind.REVOKED: ("已撤销", "revoked"),
    Kind.SUSPENDED: ("已暂停", "suspended"),
    Kind.EXPIRED: ("已过期", "expired"),
    Kind.NOT_FOUND: ("未找到", "not found"),
    Kind.UNTRUSTED_ISSUER: ("发证机构不可信", "untrusted issuer"),
    Kind.CANNOT_CHECK: ("暂时无法核验", "cannot check"),
}


class Source(StrEnum):
    """Where the state of the ledger was read."""

    LIVE = "live"
    INDEX = "index"
    EVIDENCE = "evidence"
    """Proofs that the file itself carries, under a header that the validators sealed: no network was asked."""
    NONE = "none"
    """The verdict was reached before the ledger was asked."""


class Reason(Struct, frozen=True):
    """Why, and what to do about it: a stable code, and sentences in both languages."""

    code: str
    zh: str
    en: str
    hint_zh: str = ""
    hint_en: str = ""

    @classmethod
    def of(cls, error: HurenError) -> Reason:
        """The reason that an error states."""
        return cls(error.code, error.message("zh"), error.message("en"), error.hint("zh"), error.hint("en"))

    def to_json(self) -> dict[str, str]:
        """Its JSON; hints where there is something to do."""
        told = {"code": self.code, "zh": self.zh, "en": self.en}
        return told | {"hintZh": self.hint_zh, "hintEn": self.hint_en} if self.hint_zh else told


class StepReport(Struct, frozen=True):
    """What became of one step, and why where that needs saying."""

    step: Step
    state: StepState
    note: Reason | None = None

    def to_json(self) -> dict[str, Any]:
        """Its JSON."""
        plain = _PLAIN_REPORTS[self.step, self.state]
        return dict(plain) if self.note is None else {**plain, "note": self.note.to_json()}


_PLAIN_REPORTS: Final = {
    (step, state): {"step": step.value, "zh": step.zh, "en": step.en, "state": state.value}
    for step in Step
    for state in StepState
}
"""Eight of them go into every answer."""
_NOT_DONE: Final = {step: StepReport(step, StepState.NOT_DONE) for step in Step}


class BatchNote(Struct, frozen=True):
    """One batch that anchors the leaf; where several do, a verdict names all."""

    institution: str
    """USCC."""
    institution_name: str
    root: bytes
    province: int
    anchored_at: int
    """Unix seconds: the credential existed by then (never "issued on")."""
    status: str = "valid"

    def to_json(self) -> dict[str, Any]:
        """Its JSON."""
        return {
            "institution": self.institution,
            "institutionName": self.institution_name,
            "root": hex0x(self.root),
            "province": self.province,
            "existedBy": self.anchored_at,
            "status": self.status,
        }


class StatusNote(Struct, frozen=True):
    """Who set the status that decided, when and why (public reasons are coarse)."""

    status: str
    reason: str
    since: int
    """Unix seconds."""
    set_by: int
    """Province."""
    successor: bytes | None = None
    """The leaf that superseded this one."""

    def to_json(self) -> dict[str, Any]:
        """Its JSON."""
        note: dict[str, Any] = {
            "status": self.status,
            "reason": self.reason,
            "since": self.since,
            "setBy": self.set_by,
        }
        if self.successor is not None:
            note["successor"] = hex0x(self.successor)
        return note


class Verdict(Struct, frozen=True):
    """The answer of verification."""

    kind: Kind
    steps: tuple[StepReport, ...]
    """All eight, in order: make it by :func:`report_steps`."""
    source: Source
    reason: Reason | None = None
    leaf: bytes | None = None
    block: int | None = None
    """The block that the answer holds for."""
    block_time: int | None = None
    """Unix seconds of that block."""
    batches: tuple[BatchNote, ...] = ()
    status: StatusNote | None = None
    facts_compared: tuple[str, ...] | None = None
    """For a partial certificate, the facts that its shown fields say; the others were not compared."""

    @property
    def failed_at(self) -> Step | None:
        """The step that decided against the credential."""
        return next((report.step for report in self.steps if report.state is StepState.FAILED), None)

    def to_json(self) -> dict[str, Any]:
        """Its JSON, as API and command line show it."""
        answer: dict[str, Any] = {
            "verdict": self.kind.value,
            "zh": self.kind.zh,
            "en": self.kind.en,
            "source": self.source.value,
            "steps": [report.to_json() for report in self.steps],
        }
        if self.leaf is not None:
            answer["hash"] = hex0x(self.leaf)
        if self.reason is not None:
            answer["reason"] = self.reason.to_json()
        if self.block is not None:
            answer["block"] = {"number": self.block, "time": self.block_time}
        if self.batches:
            answer["batches"] = [batch.to_json() for batch in self.batches]
        if self.status is not None:
            answer["status"] = self.status.to_json()
        if self.facts_compared is not None:
            answer["factsCompared"] = list(self.facts_compared)
        return answer


def report_steps(done: dict[Step, StepReport]) -> tuple[StepReport, ...]:
    """All eight steps in order; those not in ``done`` were not done."""
    return tuple([done.get(step) or not_done for step, not_done in _NOT_DONE.items()])
