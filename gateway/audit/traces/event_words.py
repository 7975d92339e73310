"""What an event says, in a sentence of each language: for whoever reads a credential's history.

    told = told_of(event, naming)
    told.zh, told.en, told.part

Amounts are credits, times days and times of UTC+8. Fields: docs/events.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from gateway.domain.civil_time import moment_text
from gateway.domain.credits import credits_json
from gateway.domain.provinces import province_names
from gateway.domain.transfer_words import Return
from gateway.ledger.reader import institution_text
from gateway.ledger.values import Reason, Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.domain.errors import Said
    from gateway.ledger.kept_events import KeptEvent

_SHOWN: Final = 10
_REASONS: Final = {
    Reason.NONE: ("未说明", "none given"),
    Reason.ERROR: ("填写错误", "error"),
    Reason.WITHDRAWN: ("撤回", "withdrawn"),
    Reason.SUPERSEDED: ("已由新证书取代", "superseded"),
    Reason.FRAUD: ("欺诈", "fraud"),
}
_STATUSES: Final = {
    Status.VALID: ("恢复有效", "valid again"),
    Status.SUSPENDED: ("暂停", "suspended"),
    Status.REVOKED: ("吊销", "revoked"),
}
_RETIREMENTS: Final = {1: ("已在本地使用", "used at home"), 2: ("已合并", "merged"), 3: ("作废", "void")}


class Naming(Protocol):
    """Names for what the chain holds as codes and digests."""

    def institution(self, code: str) -> str:
        """An institution's code, with its name where that is on file."""

    def code(self, digest: bytes) -> str:
        """What the digest of a code stands for, or its beginning."""

    def rule(self, agreement: bytes, rule: int) -> Said | None:
        """A rule in a sentence of each language; None where the agreement is not known."""


@dataclass(frozen=True, slots=True)
class Told:
    """An event in words: which part of the history it belongs to, who acted, and what happened."""

    part: str
    who_zh: str
    who_en: str
    zh: str
    en: str


def status_words(status: Status) -> tuple[str, str]:
    """A status in Chinese and English."""
    return _STATUSES[status]


def reason_words(reason: Reason) -> tuple[str, str]:
    """A public reason in Chinese and English."""
    return _REASONS[reason]


def told_of(event: KeptEvent, naming: Naming) -> Told:
    """What an event of the registries, of agreements or of transfers says; also of one whose record was altered."""
    part, say = _WORDS[event.name]
    try:
        return Told(part, *_who(event), *say(event, naming))
    except (KeyError, ValueError, TypeError):
        return Told(part, "—", "—", f"{event.name}：记录已损坏", f"{event.name}: the record is damaged")


def _who(event: KeptEvent) -> tuple[str, str]:
    """Who acted: the province the event names; of a transfer the side that takes the step."""
    fields = event.fields
    side = _SIDES.get(event.name)
    if event.name == "TransferReturned":
        side = {Return.CANCELLED: "source", Return.EXPIRED: None}.get(fields["reason"], "officer")
        if side is None:
            return "任何人可为", "anybody may"
    if side == "officer":
        zh, en = province_names(fields["target"])
        return f"{zh}目标机构的审核人", f"an officer of the target institution in {en}"
    if side is not None:
        return province_names(fields[side])
    return province_names(fields["province"]) if "province" in fields else ("联盟（动议）", "the consortium (a motion)")


_SIDES: Final = {
    "TransferRequested": "source",
    "TransferAccepted": "officer",
    "AppealFiled": "source",
    "AppealDecided": "target",
    "TransferReversed": "target",
}


def _inst(event: KeptEvent, naming: Naming, field: str = "institution") -> str:
    return naming.institution(institution_text(event.word(field)))


def _short(text: str) -> str:
    return text[: _SHOWN + 2] + "…"


def _time(seconds: int | str) -> str:
    return moment_text(int(seconds)) or "—"


def _anchored(event: KeptEvent, naming: Naming) -> tuple[str, str]:
    f, who = event.fields, _inst(event, naming)
    zh = (
        f"{who} 存证一批 {f['leafCount']} 份凭证（批次 {f['root']}），由审核人 {f['officer']} 批准，"
        f"依据资质第 {f['accreditation']} 版"
    )
    en = (
        f"{who} anchored a batch of {f['leafCount']} credentials (root {f['root']}), approved by its officer "
        f"{f['officer']}, under version {f['accreditation']} of its accreditation"
    )
    return zh, en


def _attested(event: KeptEvent, naming: Naming) -> tuple[str, str]:  # noqa: ARG001 - one shape for all
    root = event.fields["root"]
    return (
        f"取得并核对批次 {_short(root)} 的清单，予以见证",
        f"fetched and checked the manifest of {_short(root)}: attested",
    )


def _status(event: KeptEvent) -> tuple[str, str, str, str]:
    status, reason = Status(event.fields["status"]), Reason(event.fields["reason"])
    return *_STATUSES[status], *_REASONS[reason]


def _leaf_status(event: KeptEvent, naming: Naming) -> tuple[str, str]:  # noqa: ARG001
    zh, en, why_zh, why_en = _status(event)
    leaf, successor = event.fields["leaf"], event.fields["successor"]
    if event.fields["reason"] == Reason.SUPERSEDED:
        return f"凭证 {leaf} 由 {successor} 取代并{zh}", f"credential {leaf} {en}: superseded by {successor}"
    return f"凭证 {leaf} {zh}，原因：{why_zh}", f"credential {leaf} {en}; reason: {why_en}"


def _batch_status(event: KeptEvent, naming: Naming) -> tuple[str, str]:  # noqa: ARG001
    zh, en, why_zh, why_en = _status(event)
    root = event.fields["root"]
    return f"整批 {root} {zh}，原因：{why_zh}", f"the whole batch {root} {en}; reason: {why_en}"


def _scope(verb_zh: str, verb_en: str) -> Callable[[KeptEvent, Naming], tuple[str, str]]:
    def say(event: KeptEvent, naming: Naming) -> tuple[str, str]:
        f, who = event.fields, _inst(event, naming)
        levels, most = f["highestLevel"], credits_json(f["mostCredits"])
        return (
            f"{verb_zh} {who}：第 {f['version']} 版，最高 {levels} 级，每项至多 {most} 学分",
            f"{verb_en} {who}: version {f['version']}, level {levels} at most, {most} credits an outcome at most",
        )

    return say


def _standing(verb_zh: str, verb_en: str) -> Callable[[KeptEvent, Naming], tuple[str, str]]:
    def say(event: KeptEvent, naming: Naming) -> tuple[str, str]:
        who, version = _inst(event, naming), event.fields["version"]
        return f"{verb_zh} {who}（第 {version} 版）", f"{verb_en} {who} (version {version})"

    return say


def _tenure(whom: str, zh: str, en: str, time: str) -> Callable[[KeptEvent, Naming], tuple[str, str]]:
    def say(event: KeptEvent, naming: Naming) -> tuple[str, str]:
        who, one, at = _inst(event, naming), event.fields[whom], _time(event.fields[time])
        return f"{who} 的{zh.format(one=one, at=at)}", f"{en.format(one=one, at=at)} of {who}"

    return say


def _agreement(zh: str, en: str) -> Callable[[KeptEvent, Naming], tuple[str, str]]:
    def say(event: KeptEvent, naming: Naming) -> tuple[str, str]:  # noqa: ARG001
        agreement = _short(event.fields["agreement"])
        return zh.format(agreement=agreement), en.format(agreement=agreement)

    return say


def _ref(event: KeptEvent) -> str:
    return f"{event.fields['source']}-{event.fields['target']}-{event.fields['number']}"


def _requested(event: KeptEvent, naming: Naming) -> tuple[str, str]:
    f = event.fields
    details = f["details"]
    target = naming.institution(institution_text(bytes.fromhex(details["targetInstitution"][2:])))
    rule = naming.rule(bytes.fromhex(details["agreement"][2:]), int(details["rule"]))
    zh_rule, en_rule = ("", "") if rule is None else (f"：{rule.zh}", f": {rule.en}")
    number, until = int(details["rule"]) + 1, _time(f["deadline"])
    quoted = credits_json(int(f["quoted"]))
    outcome, programme = (naming.code(bytes.fromhex(details[name][2:])) for name in ("outcome", "programme"))
    zh = (
        f"转换 {_ref(event)}：以成果 {outcome} 向 {target} 的专业 {programme} 申请，报价 {quoted} 学分，"
        f"决定期限 {until}；"
        f"协议 {_short(details['agreement'])} 第 {number} 条{zh_rule}"
    )
    en = (
        f"transfer {_ref(event)}: asked of {target} for outcome {outcome}, programme {programme}, "
        f"quoted {quoted} credits, to be decided by {until}; "
        f"agreement {_short(details['agreement'])}, rule {number}{en_rule}"
    )
    return zh, en


def _accepted(event: KeptEvent, naming: Naming) -> tuple[str, str]:  # noqa: ARG001
    given = credits_json(int(event.fields["awarded"]))
    return f"转换 {_ref(event)} 已接受：{given} 学分", f"transfer {_ref(event)} accepted: {given} credits"


def _returned(event: KeptEvent, naming: Naming) -> tuple[str, str]:  # noqa: ARG001
    why = Return(event.fields["reason"])
    return f"转换 {_ref(event)} 退回：{why.zh}", f"transfer {_ref(event)} returned: {why.en}"


def _agreed(event: KeptEvent, naming: Naming) -> tuple[str, str]:  # noqa: ARG001
    zh, en = province_names(event.fields["province"])
    return f"{zh}同意撤回转换 {_ref(event)}", f"{en} agreed to reverse transfer {_ref(event)}"


def _reversed(event: KeptEvent, naming: Naming) -> tuple[str, str]:  # noqa: ARG001
    given, spent = credits_json(int(event.fields["withdrawn"])), event.fields["spent"]
    left_zh, left_en = (
        ("该成果仍视为已用", "the outcome stays used") if spent else ("该成果可再用", "the outcome is free")
    )
    return (
        f"转换 {_ref(event)} 撤回 {given} 学分；{left_zh}",
        f"transfer {_ref(event)} reversed, {given} credits withdrawn; {left_en}",
    )


def _appealed(event: KeptEvent, naming: Naming) -> tuple[str, str]:  # noqa: ARG001
    return f"就转换 {_ref(event)} 的退回提出申诉", f"appealed against the return of transfer {_ref(event)}"


def _answered(event: KeptEvent, naming: Naming) -> tuple[str, str]:  # noqa: ARG001
    zh, en = ("成立", "upheld") if event.fields["upheld"] else ("驳回", "dismissed")
    return f"转换 {_ref(event)} 的申诉{zh}", f"the appeal about transfer {_ref(event)} was {en}"


def _retired(event: KeptEvent, naming: Naming) -> tuple[str, str]:
    zh, en = _RETIREMENTS.get(event.fields["reason"], ("—", "—"))
    who = _inst(event, naming)
    return f"{who} 的该成果不再可用：{zh}", f"the outcome of {who} is retired: {en}"


_Say = tuple[str, "Callable[[KeptEvent, Naming], tuple[str, str]]"]
_WORDS: Final[dict[str, _Say]] = {
    "Anchored": ("anchor", _anchored),
    "Attested": ("anchor", _attested),
    "LeafStatusSet": ("status", _leaf_status),
    "BatchStatusSet": ("status", _batch_status),
    "InstitutionAccredited": ("institution", _scope("认证", "accredited")),
    "InstitutionNarrowed": ("institution", _scope("收窄", "narrowed")),
    "InstitutionSuspended": ("institution", _standing("暂停", "suspended")),
    "InstitutionResumed": ("institution", _standing("恢复", "resumed")),
    "InstitutionWithdrawn": ("institution", _standing("撤销", "withdrew")),
    "InstitutionMoved": ("institution", _standing("迁移", "moved")),
    "OfficerAppointed": (
        "officer",
        _tenure("officer", "审核人 {one} 自 {at} 起任职", "officer {one}, from {at},", "validFrom"),
    ),
    "OfficerRetired": (
        "officer",
        _tenure("officer", "审核人 {one} 于 {at} 卸任", "officer {one} retired at {at},", "retiredAt"),
    ),
    "OfficerReported": (
        "officer",
        _tenure(
            "officer",
            "审核人 {one} 的账户自 {at} 起失控",
            "officer {one} reported compromised since {at},",
            "compromisedSince",
        ),
    ),
    "KeyAdded": ("key", _tenure("key", "公钥 {one} 自 {at} 起有效", "key {one}, from {at},", "validFrom")),
    "KeyRetired": ("key", _tenure("key", "公钥 {one} 于 {at} 停用", "key {one} retired at {at},", "retiredAt")),
    "KeyReported": (
        "key",
        _tenure("key", "公钥 {one} 自 {at} 起泄露", "key {one} reported compromised since {at},", "compromisedSince"),
    ),
    "AgreementProposed": ("agreement", _agreement("提出协议 {agreement}", "proposed the agreement {agreement}")),
    "AgreementApproved": ("agreement", _agreement("批准协议 {agreement}", "approved the agreement {agreement}")),
    "ApprovalRevoked": (
        "agreement",
        _agreement("撤回对协议 {agreement} 的批准", "took back its approval of {agreement}"),
    ),
    "AgreementObjected": (
        "agreement",
        _agreement("对协议 {agreement} 提出异议", "objected to the agreement {agreement}"),
    ),
    "ObjectionSettled": (
        "agreement",
        _agreement("对协议 {agreement} 的异议已裁定", "settled the objection to {agreement}"),
    ),
    "AgreementWithdrawn": ("agreement", _agreement("退出协议 {agreement}", "withdrew from the agreement {agreement}")),
    "TransferRequested": ("transfer", _requested),
    "TransferAccepted": ("transfer", _accepted),
    "TransferReturned": ("transfer", _returned),
    "ReversalAgreed": ("transfer", _agreed),
    "TransferReversed": ("transfer", _reversed),
    "AppealFiled": ("transfer", _appealed),
    "AppealDecided": ("transfer", _answered),
    "ClaimRetired": ("claim", _retired),
}
EVENTS: Final = frozenset(_WORDS)
"""The names of the events that can be told."""
