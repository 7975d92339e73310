"""Errors of ClaimBook and TransferLedger, and of the bulk calls of the latter."""

from __future__ import annotations

TRANSFERS: dict[str, tuple[str, str]] = {
    "ClaimBookUnauthorised": (
        "只有现行的转换账本能改写成果使用记录，{caller} 不是",
        "only the transfer ledger in force writes the book of claims, and {caller} is not it",
    ),
    "ClaimTaken": (
        (
            "这一成果{use}：机构 {institution} 的成果主张 {claim}，见转换 {source}→{target} 第 {number} 号；"
            "一项成果只能使用一次"
        ),
        (
            "this outcome is {use}: the claim {claim} of {institution}, by the transfer {source} to {target}, number "
            "{number}. An outcome is used once"
        ),
    ),
    "ClaimNot": (
        (
            "机构 {institution} 的成果主张 {claim} {use}（{source}→{target} 第 {number} 号），"
            "这一步要求它由本次转换{needed}"
        ),
        (
            "the claim {claim} of {institution} is {use} (by {source} to {target}, number {number}); this step needs "
            "it to be {needed} by its own transfer"
        ),
    ),
    "CapExceeded": (
        (
            "累计将达 {total} 学分，超过规则的上限 {cap} 学分，可少授予一些（机构 {institution}，专业 {programme}，"
            "学籍 {enrolment}）"
        ),
        (
            "{total} credits in all are above the rule's cap of {cap}: award fewer (at {institution}, in the programme "
            "{programme}, to the enrolment {enrolment})"
        ),
    ),
    "ProgrammeUndeclared": (
        "机构 {institution} 尚未登记专业 {programme}；由其审批人用 huren programme declare 登记",
        (
            "{institution} has not declared the programme {programme}: an officer of it does so with "
            "`huren programme declare`"
        ),
    ),
    "ProgrammeOnlyTightened": (
        "机构 {institution} 专业 {programme} 的上限窗口为{declared}，只能更长，不能改为{window}",
        "caps of the programme {programme} of {institution} count over {declared}; it only grows, not to {window}",
    ),
    "ProgrammeByStranger": (
        "{caller} 不是机构 {institution} 在任的审批人，或该机构、该省目前不能办理",
        "{caller} is no officer in force of {institution}, or the institution or its province cannot act now",
    ),
    "TransferUnknown": (
        "没有 {source}→{target} 第 {number} 号转换",
        "there is no transfer {source} to {target}, number {number}",
    ),
    "TransferStage": (
        "{source}→{target} 第 {number} 号转换{stage}，不能这样做",
        "the transfer {source} to {target}, number {number}, is {stage}: this cannot be done",
    ),
    "TransferDetails": (
        "所给详情与 {source}→{target} 第 {number} 号申请不符；请取自该申请的事件",
        (
            "these details are not those of the request {source} to {target}, number {number}; its event "
            "TransferRequested has them"
        ),
    ),
    "TransferRefused": (
        "按协议 {agreement} 的规则 {rule}（从 0 数起）不予转换：{refusal}",
        "rule {rule} (counted from 0) of the agreement {agreement} gives nothing: {refusal}",
    ),
    "TransferByStranger": (
        "这一步不由 {acting} 办理：转换从 {source} 到 {target}",
        "this step is not for {acting}: the transfer goes from {source} to {target}",
    ),
    "TransferOpening": (
        "须披露成果与成果主张（第 0、1 项），所给为 {mask}",
        "outcome and claim must be opened (bits 0 and 1); the mask was {mask}",
    ),
    "TransferStatus": (
        "证书 {leaf} 本身{own}，其批次{batch}，不能转换",
        "the credential {leaf} is itself {own}, its batch {batch}: it cannot be transferred",
    ),
    "TransferUnattested": (
        "机构 {institution} 的批次 {root} 尚无其他省见证；请等待或请另一省的网关见证",
        (
            "no other province has attested the batch {root} of {institution}: wait for, or ask for, the gateway of "
            "another province"
        ),
    ),
    "TransferAliasSince": (
        "机构 {institution} 的成果 {outcome} 在锚定之后改了名，证书须先按新名重发",
        "the outcome {outcome} of {institution} became another's alias after the anchoring: have it reissued first",
    ),
    "TransferInstitution": (
        "机构 {institution} 目前{standing}，不能参与转换",
        "the institution {institution} is {standing} and takes no part in transfers",
    ),
    "TransferTarget": (
        "规则不适用于机构 {targetInstitution}、专业 {programme}、课程 {course}",
        "the rule is not for the institution {targetInstitution}, programme {programme}, course {course}",
    ),
    "TransferDeadline": (
        "期限 {deadline} 须晚于现在，且不晚于 {latest}",
        "the deadline {deadline} must lie ahead, and not after {latest}",
    ),
    "TransferConsentUsed": (
        "同意书 {consent} 已用于一次申请（或为空）；每次申请须有新的同意书",
        "the consent {consent} served a request already, or is none: each request needs a new one",
    ),
    "TransferOfficer": (
        "{account} 现在不能为机构 {institution} 作决定：须为其在任满三日的审批人，且其省能够办理",
        (
            "{account} cannot decide for {institution} now: an officer of it can, three days in force, while its "
            "province can act"
        ),
    ),
    "TransferTooLate": ("期限连同宽限已于 {until} 届满", "the time for this, with its grace, ended at {until}"),
    "TransferNotExpired": (
        "期限连同宽限到 {until} 才届满，此前不能作过期处理",
        "its time, with the grace, ends at {until}: it cannot be expired before",
    ),
    "TransferAward": (
        "给学籍 {enrolment} 的学分 {credits} 无效：至少为 1，至多为所报的 {quoted}（百分之一学分），学籍不能为空",
        (
            "{credits} for the enrolment {enrolment} cannot be awarded: at least 1, at most the {quoted} quoted "
            "(hundredths of a credit), and to an enrolment that is not zero"
        ),
    ),
    "TransferReason": ("理由 {given} 不适用于这一步", "the reason {given} is not one for this step"),
    "TransferReversalAgreed": (
        "{province} 已同意撤回，尚待另一方",
        "{province} has agreed to the reversal already; the other side's agreement is missing",
    ),
    "TransferAppeal": (
        "{source}→{target} 第 {number} 号的申诉{appeal}，不能这样做",
        "the appeal of {source} to {target}, number {number}, is {appeal}: this cannot be done",
    ),
    "RetireByStranger": (
        "机构 {institution} 不由 {acting} 认定，其成果主张不由其注销",
        "{acting} does not accredit {institution} and retires none of its claims",
    ),
    "FailedCall": ("批量调用中的一项失败，未给出原因", "one of the bulk's calls failed without a reason"),
    "AddressEmptyCode": ("{target} 处没有合约", "there is no contract at {target}"),
}
