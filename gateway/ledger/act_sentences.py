"""The sentence for each function that binds a province, and the role that its accounts need for it.

The names in braces are the arguments, a struct's field as struct_field; `inner` is the call that a motion is about.
tests/ledger/test_pending.py holds the roles against the contracts' sources.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.domain.errors import Said

if TYPE_CHECKING:
    from collections.abc import Mapping

BATCH_STATUS, LAW, TRANSFER = 8, 16, 32
ALL = 63
"""Bits of a mask of roles (contracts/libraries/Roles.sol)."""

_OTHER_ROLES: Final[Mapping[tuple[str, str], int]] = {
    ("CredentialRegistry", "setBatchStatus"): BATCH_STATUS,
    ("TransferLedger", "reverse"): TRANSFER,
    ("TransferLedger", "decideAppeal"): TRANSFER,
    ("TransferLedger", "retire"): TRANSFER,
}

_I, _C, _E, _A, _T = "InstitutionRegistry", "Consortium", "EvaluationRegistry", "AgreementRegistry", "TransferLedger"

SENTENCES: Final[Mapping[tuple[str, str], Said]] = {
    (_I, "accredit"): Said(
        "认证机构 {institution}：类别 {scope_categories}，最高 {scope_highestLevel} 级，每项至多 {scope_mostCredits} "
        "学分；首批审核人 {officers}",
        "accredit the institution {institution}: {scope_categories}, up to level {scope_highestLevel}, at most "
        "{scope_mostCredits} credits an outcome; first officers {officers}",
    ),
    (_I, "narrow"): Said(
        "缩小机构 {institution} 的认证范围：类别 {scope_categories}，最高 {scope_highestLevel} 级，每项至多 "
        "{scope_mostCredits} 学分",
        "narrow the scope of {institution} to {scope_categories}, level {scope_highestLevel}, {scope_mostCredits} "
        "credits an outcome",
    ),
    (_I, "resume"): Said("恢复被中止的机构 {institution}", "end the suspension of the institution {institution}"),
    (_I, "withdraw"): Said(
        "撤销对机构 {institution} 的认证", "withdraw the accreditation of the institution {institution}"
    ),
    (_I, "appointOfficer"): Said(
        "任命 {account} 为机构 {institution} 的审核人，{validFrom}",
        "appoint {account} officer of {institution}, {validFrom}",
    ),
    (_I, "retireOfficer"): Said(
        "免去机构 {institution} 的审核人 {account}，{retiredAt}",
        "retire the officer {account} of {institution}, {retiredAt}",
    ),
    (_I, "reportOfficer"): Said(
        "申明机构 {institution} 的审核人 {account} 自 {compromisedSince} 起不可采信",
        "say that the officer {account} of {institution} is not to be believed since {compromisedSince}",
    ),
    (_I, "addKey"): Said(
        "公布机构 {institution} 的{kind}密钥 {publicKey}，{validFrom}",
        "publish the {kind} key {publicKey} of {institution}, {validFrom}",
    ),
    (_I, "retireKey"): Said(
        "停用机构 {institution} 的密钥 {publicKey}，{retiredAt}",
        "retire the key {publicKey} of {institution}, {retiredAt}",
    ),
    (_I, "reportKey"): Said(
        "申明机构 {institution} 的密钥 {publicKey} 自 {compromisedSince} 起不可采信",
        "say that the key {publicKey} of {institution} is not to be believed since {compromisedSince}",
    ),
    (_I, "setAlias"): Said(
        "永久认定机构 {institution} 的成果 {outcome} 即机构 {canonicalInstitution} 的成果 {canonicalOutcome}",
        "say for ever that the outcome {outcome} of {institution} is the outcome {canonicalOutcome} of "
        "{canonicalInstitution}",
    ),
    ("CredentialRegistry", "setBatchStatus"): Said(
        "将机构 {institution} 的整批证书 {root} 置为“{status}”（原因：{reason}）",
        "set the whole batch {root} of {institution} to {status} (reason: {reason})",
    ),
    (_E, "open"): Said(
        "对机构 {subject_institution} 的成果 {subject_outcome} 发起评估：{subject_seats} 个席位，目标省份 "
        "{subject_targets}，提名至 {subject_nominationsUntil}",
        "open an evaluation of the outcome {subject_outcome} of {subject_institution}: {subject_seats} seats, for "
        "{subject_targets}, nominations until {subject_nominationsUntil}",
    ),
    (_E, "nominate"): Said(
        "提名 {expert} 为评估 {evaluation} 的专家", "nominate {expert} as an expert of the evaluation {evaluation}"
    ),
    (_A, "approve"): Said(
        "批准协议 {agreement}（第 {number} 轮）", "approve the agreement {agreement} (round {number})"
    ),
    (_A, "revokeApproval"): Said(
        "收回对协议 {agreement} 的批准（第 {number} 轮）",
        "take back the approval of the agreement {agreement} (round {number})",
    ),
    (_A, "object"): Said(
        "对协议 {agreement} 提出异议（理由摘要 {reason}），协议随即中止",
        "object to the agreement {agreement} (digest of the reason {reason}), which suspends it",
    ),
    (_A, "withdraw"): Said(
        "退出协议 {agreement}，通知期满后协议对各方终止",
        "withdraw from the agreement {agreement}, which then ends for all after the notice",
    ),
    (_T, "reverse"): Said(
        "同意撤回转换 {ref_source}→{ref_target} 第 {ref_number} 号",
        "agree to reverse the transfer {ref_source} → {ref_target}, number {ref_number}",
    ),
    (_T, "decideAppeal"): Said(
        "决定转换 {ref_source}→{ref_target} 第 {ref_number} 号的申诉，成立：{upheld}",
        "decide the appeal about the transfer {ref_source} → {ref_target}, number {ref_number}; upheld: {upheld}",
    ),
    (_T, "retire"): Said(
        "永久停用机构 {institution} 的一项成果（{reason}），标识 {claim}",
        "retire an outcome of {institution} for good ({reason}), its claim is {claim}",
    ),
    (_C, "setOperator"): Said(
        "设定操作员 {grant_account}：职责 {grant_roles}，每日至多锚定 {grant_dailyLeaves} 份（无职责即免去）",
        "set the operator {grant_account}: {grant_roles}, at most {grant_dailyLeaves} leaves a day (no roles: removed)",
    ),
    (_C, "offerHandOver"): Said(
        "把本省管理员移交给 {nextAdmin}，操作员改为 {operators}",
        "hand the admin's place over to {nextAdmin}, with the operators {operators}",
    ),
    (_C, "cancelHandOver"): Said("取消管理员移交", "cancel the hand-over of the admin's place"),
    (_C, "giveNotice"): Said("通知退出联盟", "give notice of leaving the consortium"),
    (_C, "withdrawNotice"): Said("收回退出联盟的通知", "take back the notice of leaving the consortium"),
    (_C, "openMotion"): Said("发起动议：{inner}", "open a motion: {inner}"),
    (_C, "vote for"): Said("对动议 {motion} 投赞成票：{inner}", "vote for the motion {motion}: {inner}"),
    (_C, "vote against"): Said("对动议 {motion} 投反对票：{inner}", "vote against the motion {motion}: {inner}"),
}
"""By (contract, function)."""

RETIREMENTS: Final = (
    Said("无", "none"),
    Said("已在本地使用", "used at home"),
    Said("已合并", "merged"),
    Said("作废", "void"),
)
"""By number (ITransferEvents.Retirement)."""


def role_of(contract: str | None, function: str | None) -> int:
    """The role that an account needs, unless it is the admin, to propose or confirm this act; of an unread call any."""
    return ALL if contract is None or function is None else _OTHER_ROLES.get((contract, function), LAW)
