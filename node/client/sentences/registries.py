"""Errors of InstitutionRegistry and CredentialRegistry, and of the libraries that they use."""

from __future__ import annotations

REGISTRIES: dict[str, tuple[str, str]] = {
    "UsccMisshapen": (
        "{institution} 不是 18 位统一社会信用代码",
        "{institution} is not a unified social credit code of 18 characters",
    ),
    "UsccCharacter": (
        "统一社会信用代码 {institution} 第 {position} 位字符无效",
        "character {position} of the credit code {institution} is not of its alphabet",
    ),
    "UsccCheckCharacter": (
        "统一社会信用代码 {institution} 的校验位不对",
        "the check character of the credit code {institution} is wrong",
    ),
    "InstitutionUnknown": (
        "机构 {institution} 从未被任何省认定",
        "no province ever accredited the institution {institution}",
    ),
    "InstitutionOfAnotherProvince": (
        "机构 {institution} 由 {accrediting} 认定，{acting} 无权处理",
        "the institution {institution} is accredited by {accrediting}; {acting} has no say in it",
    ),
    "InstitutionStanding": (
        "机构 {institution} 目前{standing}，不能这样做",
        "the institution {institution} is {standing}: this cannot be done",
    ),
    "InstitutionCodeOfAnotherProvince": (
        "机构代码 {institution} 属于 {named}，{acting} 须经动议准许才能认定",
        "the code {institution} names {named}; for {acting} a motion must permit it",
    ),
    "InstitutionAlreadyOf": (
        "机构 {institution} 已属于 {province}",
        "the institution {institution} belongs to {province} already",
    ),
    "InstitutionMoveToStranger": (
        "机构 {institution} 只能移交给联盟成员，{province} 不是",
        "the institution {institution} moves to members only, and {province} is none",
    ),
    "ScopeOutOfRange": (
        "认定范围无效：类别 {categories}，最高等级 {highestLevel}，学分上限 {mostCredits}（百分之一）",
        "no such scope: categories {categories}, highest level {highestLevel}, credits {mostCredits} (hundredths)",
    ),
    "ScopeNotNarrower": (
        "机构 {institution} 的新范围没有缩小",
        "the new scope of {institution} is not narrower",
    ),
    "OfficerNotAnAccount": (
        "{officer} 不是外部账户，不能作审批人",
        "{officer} is not an externally owned account, it cannot be an officer",
    ),
    "OfficerKnown": (
        "{officer} 已是或曾是机构 {institution} 的审批人，请换一个地址",
        "{officer} is or was an officer of {institution}; name another address",
    ),
    "OfficerUnknown": (
        "{officer} 从未是机构 {institution} 的审批人",
        "{officer} never was an officer of {institution}",
    ),
    "OfficerMayNotApprove": (
        "{signer} 现在不能代表机构 {institution} 签署",
        "{signer} may not sign for {institution} now",
    ),
    "KeyMisshapen": ("公钥 {key}（{kind}）无效", "the key {key} ({kind}) is not one"),
    "KeyKnown": (
        "公钥 {key} 已登记在机构 {institution} 名下，请换一个密钥",
        "the key {key} is or was one of {institution}; make another",
    ),
    "KeyUnknown": (
        "公钥 {key} 从未登记在机构 {institution} 名下",
        "the key {key} never was one of {institution}",
    ),
    "TenureInThePast": (
        "{time} 早于当前区块时间 {now_}",
        "{time} is before the time of the block, {now_}",
    ),
    "TenureOnlyLowered": (
        "{time} 不能晚于已定的 {set}，也不能在将来",
        "{time} cannot be later than {set}, which is set, nor in the future",
    ),
    "AliasOfItself": (
        "成果 {outcome} 不能是自己的别名（{institution}）",
        "the outcome {outcome} cannot be an alias of itself ({institution})",
    ),
    "AliasFinal": (
        "成果 {outcome} 的别名已定，不能更改（{institution}）",
        "the alias of the outcome {outcome} is set for ever ({institution})",
    ),
    "AliasChain": (
        "成果 {outcome} 已参与别名，不能形成链（{institution}）",
        "the outcome {outcome} is part of an alias already ({institution})",
    ),
    "AliasExpired": ("签署已于 {deadline} 过期", "the signatures held until {deadline}"),
    "BatchUnknown": (
        "机构 {institution} 没有锚定过批次 {root}",
        "no batch {root} of {institution} was ever anchored",
    ),
    "BatchAlreadyAnchored": (
        "机构 {institution} 的批次 {root} 已锚定",
        "the batch {root} of {institution} is anchored already",
    ),
    "BatchLeafCount": (
        "批次有 {leafCount} 个叶，应为 1 至 32768 个",
        "the batch has {leafCount} leaves; 1 to 32,768 are possible",
    ),
    "BatchApprovalsMissing": (
        "{batches} 个批次需要同样多的批准，只有 {approvals} 个",
        "{batches} batches need as many approvals, there are {approvals}",
    ),
    "AnchorStanding": (
        "机构 {institution} 目前{standing}，不能锚定",
        "the institution {institution} is {standing} and cannot anchor",
    ),
    "AnchorByAnotherProvince": (
        "机构 {institution} 由 {accrediting} 认定，{acting} 不能为其锚定",
        "the institution {institution} is accredited by {accrediting}; {acting} cannot anchor for it",
    ),
    "ApprovalExpired": ("机构的批准已于 {deadline} 过期", "the officer's approval held until {deadline}"),
    "ApprovalBy": (
        "{signer} 现在不能代表机构 {institution} 批准",
        "{signer} may not approve for {institution} now",
    ),
    "ApprovalByOperator": (
        "批准与交易出自同一账户 {operator}，须由机构审批人另行批准",
        "approval and transaction come from one account, {operator}: the institution's officer must approve",
    ),
    "QuotaExceeded": (
        "操作员 {operator} 今日将锚定 {leaves} 个，超过配额 {quota}。请明日再试或请本省提高配额",
        "{operator} would anchor {leaves} leaves today, its quota is {quota}. Wait a day, or have the quota raised",
    ),
    "AttestOwnBatch": (
        "{province} 不能见证自己的批次 {root}（{institution}）",
        "{province} cannot attest its own batch {root} ({institution})",
    ),
    "StatusReason": (
        "状态“{status}”与原因“{reason}”不相配",
        "the status {status} does not go with the reason {reason}",
    ),
    "StatusRevoked": (
        "{subject} 已吊销，不能更改（{institution}）",
        "{subject} is revoked, which is final ({institution})",
    ),
    "StatusByStranger": (
        "{acting} 无权更改批次 {root} 的状态（{institution}）",
        "{acting} has no say in the batch {root} ({institution})",
    ),
    "StatusSetBy": (
        "{subject} 由 {setBy} 中止，{acting} 不能解除（{institution}）",
        "{subject} was suspended by {setBy}; {acting} cannot lift that ({institution})",
    ),
    "SupersedeClaimClosed": (
        "两份证书都须披露成果主张（{oldMask}、{successorMask}）",
        "both credentials must open the claim ({oldMask}, {successorMask})",
    ),
    "SupersedeMismatch": (
        "{successorLeaf} 与 {oldLeaf} 不是同一机构、同一成果主张的两份证书",
        "{successorLeaf} and {oldLeaf} are not two credentials of one institution and one claim",
    ),
    "SupersedeByBad": (
        "取代者 {successorLeaf} 本身{own}，其批次{batch}",
        "the successor {successorLeaf} is itself {own}, its batch {batch}",
    ),
    "FactOutOfRange": (
        "第 {index} 项事实的值 {value} 超过最大值 {most}",
        "fact {index} is {value}, the greatest possible is {most}",
    ),
    "LeafMaskOutOfRange": ("披露掩码 {mask} 无效", "the mask of opened facts is out of range: {mask}"),
    "LeafOpeningMisshapen": (
        "披露项与掩码 {mask} 不符：{values} 个值、{salts} 个盐、{digests} 个摘要",
        "the opening does not fit its mask {mask}: {values} values, {salts} salts, {digests} digests",
    ),
    "TreeProofTooLong": (
        "证明有 {height} 层，{leafCount} 个叶的树没有这么深",
        "a proof of {height} steps cannot lie in a tree of {leafCount} leaves",
    ),
    "TreeProofInvalid": ("证明不能导出根 {root}", "the proof does not lead to the root {root}"),
    "TreeNothingProven": ("没有给出要证明的叶", "there is nothing to prove"),
    "MerkleProofInvalidMultiproof": ("多重证明无效", "the multiproof is not one"),
    "ECDSAInvalidSignature": ("签名无效", "the signature is not one"),
    "ECDSAInvalidSignatureLength": ("签名长度 {length} 无效", "a signature of {length} bytes is not one"),
    "ECDSAInvalidSignatureS": ("签名的 s 值不规范（{s}）", "the s of the signature is not canonical ({s})"),
    "CheckpointUnorderedInsertion": (
        "历史记录的时间顺序有误",
        "a record was to be inserted before a later one",
    ),
    "InvalidShortString": ("短字符串无效", "a short string is not one"),
    "StringTooLong": ("字符串过长：{str}", "the text is too long: {str}"),
}
