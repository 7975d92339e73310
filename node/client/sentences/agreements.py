"""Errors of AgreementRegistry."""

from __future__ import annotations

AGREEMENTS: dict[str, tuple[str, str]] = {
    "TermsInvalid": (
        "条款的 {field} 不能是 {value}；请用 huren agreement check 检查条款文件",
        "{field} of the terms cannot be {value}; `huren agreement check` says what each field may be",
    ),
    "RuleInvalid": (
        "规则 {rule}（从 0 数起）的 {field} 不能是 {value}，或与其他字段不符；请用 huren agreement check 检查",
        (
            "{field} of rule {rule} (counted from 0) cannot be {value}, or not beside the rule's other fields; "
            "`huren agreement check` says what each may be"
        ),
    ),
    "RuleCultureToAcademic": (
        "规则 {rule}（从 0 数起）把社区文化成果转为学历学分，法律不允许",
        "rule {rule} (counted from 0) makes academic credit of community and culture outcomes, which no agreement can",
    ),
    "RuleNeedsEvaluation": (
        "规则 {rule}（从 0 数起）指名了非学历成果 {outcome}，须先由专家组评价并引用该评价",
        (
            "rule {rule} (counted from 0) names the outcome {outcome}, which is not academic: have a panel evaluate "
            "it, and name the evaluation"
        ),
    ),
    "RuleEvaluation": (
        "规则 {rule}（从 0 数起）引用的评价 {evaluation} 未通过，或所评的不是这一成果和类别",
        (
            "the evaluation {evaluation} that rule {rule} (counted from 0) names did not pass, or is about another "
            "outcome or category"
        ),
    ),
    "RuleAboveEvaluation": (
        "规则 {rule}（从 0 数起）的 {field} 为 {value}，专家组的结论至多允许 {most}",
        "{field} of rule {rule} (counted from 0) is {value}; what the panel found allows {most} at most",
    ),
    "AgreementUnknown": ("没有协议 {agreement}", "there is no agreement {agreement}"),
    "AgreementKnown": (
        "这些条款已提出过（协议 {agreement}）；再次提出须换一个编号（nonce）",
        "these very terms were proposed before, as the agreement {agreement}; terms come back with another nonce",
    ),
    "AgreementState": (
        "协议 {agreement} 目前{state}，不能这样做",
        "the agreement {agreement} is {state}: this cannot be done",
    ),
    "AgreementRound": (
        "协议 {agreement} 已到第 {present} 轮批准，而不是第 {given} 轮：其间有异议。请查看后重新决定",
        (
            "the agreement {agreement} is in round {present} of approvals, not {given}: there was an objection "
            "meanwhile. Look at it and decide anew"
        ),
    ),
    "AgreementNotParty": (
        "{province} 不是协议 {agreement} 的缔约方",
        "{province} is no party to the agreement {agreement}",
    ),
    "AgreementApprovedBefore": (
        "{province} 在这一轮已批准协议 {agreement}",
        "{province} has approved the agreement {agreement} in this round already",
    ),
    "AgreementNotApproved": (
        "{province} 在这一轮没有批准过协议 {agreement}，无可撤回",
        "{province} has not approved the agreement {agreement} in this round: there is nothing to take back",
    ),
    "AgreementObjectedBefore": (
        "{province} 已对协议 {agreement} 提出过异议，每省只有一次；缔约方可以退出",
        (
            "{province} has objected to the agreement {agreement} before, and each province does so once; "
            "a party can withdraw"
        ),
    ),
    "AgreementEnding": (
        "协议 {agreement} 本就在 {ends} 终止，退出不会更早",
        "the agreement {agreement} ends at {ends} as it is: a withdrawal would end it no sooner",
    ),
    "AgreementTooLate": (
        "协议 {agreement} 现在批准要到 {from} 才生效，而它在 {ends} 已终止；请提出新的条款",
        "approved now, {agreement} would come into force at {from}, but it ends at {ends}: propose new terms",
    ),
    "SuccessorWithoutParty": (
        "要取代协议 {superseded} 的条款须包括其全部缔约方，缺 {province}",
        "terms to supersede the agreement {superseded} name all of its parties; {province} is missing",
    ),
    "AgreementSucceeded": (
        "协议 {superseded} 已有后继协议 {successor}；请针对后者提出条款",
        "the agreement {superseded} has the successor {successor}; propose terms that supersede that one",
    ),
}
