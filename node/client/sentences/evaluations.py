"""Errors of the EvaluationRegistry: evaluations, panels, opinions."""

from __future__ import annotations

EVALUATIONS: dict[str, tuple[str, str]] = {
    "EvaluationUnknown": ("没有评估 {evaluation}", "there is no evaluation {evaluation}"),
    "EvaluationInPhase": (
        "评估 {evaluation} 目前{phase}，不能这样做",
        "the evaluation {evaluation} is {phase}, this cannot be done now",
    ),
    "EvaluationOpen": (
        "该成果已有评估 {evaluation} 尚未结束，同一成果同时只有一项评估",
        "the outcome's evaluation {evaluation} is not closed yet, and there is one at a time",
    ),
    "EvaluationPause": (
        "该成果上次评估（{evaluation}）结束不久，{until} 起方可再次发起",
        "the outcome's last evaluation ({evaluation}) was closed recently; the next may be opened from {until} on",
    ),
    "EvaluationCategory": (
        "机构 {institution} 的认定范围（{categories}）不含该类别：{category}",
        "the institution {institution} is accredited for {categories}, not for {category} outcomes",
    ),
    "EvaluationFieldMissing": ("缺少 {field}", "{field} is missing"),
    "EvaluationPeriod": (
        "授予期间为空：从第 {awardedFrom} 月到第 {awardedUntil} 月（1970 年 1 月为 0，不含终点）",
        "no month lies in the period of award [{awardedFrom}, {awardedUntil}) (months since January 1970)",
    ),
    "EvaluationSeats": (
        "专家组须有 {least} 至 {most} 席，现为 {seats} 席",
        "a panel has {least} to {most} seats, not {seats}",
    ),
    "EvaluationTargets": (
        "拟认可该成果的省份须有 1 至 {seats} 个（每省一席），现为 {targets} 个",
        "1 to {seats} provinces are to recognise the outcome, one seat each; {targets} are named",
    ),
    "EvaluationTargetOrder": (
        "拟认可省份须按代码升序、各列一次：{target} 在 {previous} 之后",
        "the provinces that are to recognise it stand in ascending order, each once: {target} after {previous}",
    ),
    "EvaluationTarget": (
        "{target} 不能作为拟认可省份：须是联盟成员，且不是发起省份",
        "{target} cannot be one that is to recognise it: it must be a member, and not the one that opens",
    ),
    "EvaluationNominationsUntil": (
        "提名截止时间 {nominationsUntil} 须在 {earliest} 与 {latest} 之间",
        "nominations end at {nominationsUntil}; the time must lie between {earliest} and {latest}",
    ),
    "EvaluationOpinionsUntil": (
        "意见截止时间 {opinionsUntil} 须在 {earliest} 与 {latest} 之间",
        "opinions end at {opinionsUntil}; the time must lie between {earliest} and {latest}",
    ),
    "PanelShare": (
        "{province} 在评估 {evaluation} 中已有 {share} 席，每省至多五分之二",
        "{province} has {share} seats of the panel of {evaluation}, and no province has more than two of five",
    ),
    "PanelReserved": (
        "评估 {evaluation} 余下的 {free} 席留给尚未提名的 {unseated} 个拟认可省份",
        "the {free} free seats of {evaluation} are kept for {unseated} provinces that are to recognise it",
    ),
    "ExpertNotAnAccount": (
        "{expert} 不是外部账户，不能作专家",
        "{expert} is not an externally owned account, it cannot be an expert",
    ),
    "ExpertBound": (
        "{expert} 已属于 {province}（{family}），专家在联盟中不得另有职务",
        "{expert} belongs to {province} (as {family}); an expert is nothing else in the consortium",
    ),
    "ExpertOfAnotherProvince": (
        "专家 {expert} 永久属于 {serving}，{nominating} 不能提名",
        "the expert {expert} serves {serving} for ever, {nominating} cannot nominate it",
    ),
    "ExpertSeated": (
        "专家 {expert} 已在评估 {evaluation} 的专家组中",
        "the expert {expert} has a seat of the panel of {evaluation} already",
    ),
    "ExpertKeyMissing": (
        "专家 {expert} 没有给出加密公钥",
        "the expert {expert} has given no key to encrypt the dossier to",
    ),
    "ExpertOfIdleProvince": (
        "专家 {expert} 所属的 {province} 已退出或被暂停",
        "the province {province} of the expert {expert} has left or is paused",
    ),
    "OpinionByStranger": (
        "{account} 不是评估 {evaluation} 的专家",
        "{account} has no seat of the panel of {evaluation}",
    ),
    "OpinionAlreadyGiven": (
        "专家 {expert} 已于 {time} 就评估 {evaluation} 发表意见，每人一次",
        "the expert {expert} gave the one opinion on {evaluation} at {time}",
    ),
    "OpinionOutOfRange": (
        "意见无效：赞成 {favourable}，等级 {level}，学分 {credits}。赞成须给等级 1–10、学分 1–99999，反对皆为 0",
        (
            "no such opinion: favourable {favourable}, level {level}, credits {credits}. In favour: a level of 1 to "
            "10, credits of 1 to 99,999 hundredths; against: neither"
        ),
    ),
    "OpinionWithoutReport": (
        "意见须附评估报告的摘要（评估 {evaluation}）",
        "an opinion rests on a report, whose digest is missing ({evaluation})",
    ),
}
