"""What a check of completeness found, in sentences, Chinese and English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.audit.completeness.values import Verdict, Wrong
from gateway.domain.errors import Said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.audit.completeness.values import Finding
    from node.client.deployment import Province

VERDICTS: Final = {
    Verdict.COMPLETE: Said(
        "完整：没有事件缺失、改动、调序或捏造，其他节点也有同一区块；所在区块、交易与块内位置以该节点所报为准",
        "complete: no event lacks, none was altered, put in another order or invented, and another node has the same "
        "block; in which block, transaction and place each event is, is as the node says",
    ),
    Verdict.CONSISTENT: Said(
        "仅就此节点一致：其事件与其所证明的摘要相符；没有询问其他成员的节点（--witness）；"
        "所在区块、交易与块内位置以该节点所报为准",
        "consistent with this RPC only: its events give the heads that it proves; no other member's node was asked "
        "(--witness); in which block, transaction and place each event is, is as the node says",
    ),
    Verdict.INCOMPLETE: Said("不完整：该节点漏报了事件", "incomplete: the node left out events"),
    Verdict.ALTERED: Said("不真实：该节点所报与链不符", "altered: what the node serves is not what the chain holds"),
    Verdict.CANNOT_CHECK: Said("无法核对：不能得出任何结论", "cannot check: nothing follows"),
}

_WHAT: Final = {
    Wrong.MISSING: Said("缺失", "missing"),
    Wrong.ALTERED: Said("被改动", "altered"),
    Wrong.REORDERED: Said("被调序或移位", "moved to another place"),
    Wrong.DUPLICATED: Said("重复出现", "served twice"),
    Wrong.INVENTED: Said("系捏造", "invented"),
    Wrong.HEAD: Said("摘要与事件不符，无法指明是哪一个事件", "the events do not give the head, and none can be named"),
    Wrong.MEMBER: Said("成员资格未报出", "a membership that nothing was served of"),
    Wrong.CODE: Said("地址上的代码不是目录所列", "other code at the address than the Directory lists"),
    Wrong.HEADER: Said("区块头与其哈希不符", "the header does not give its hash"),
    Wrong.PROOF: Said("证明不成立", "the proof does not hold"),
    Wrong.RECEIPTS: Said("交易回执与区块头不符", "the receipts do not give the root in the header"),
    Wrong.CONTRADICTED: Said(
        "其他成员的节点在该高度是另一区块", "another member's node has another block at this height"
    ),
}
_EVIDENCE: Final = {
    "heads": Said("", ""),
    "header": Said("", ""),
    "answer": Said("", ""),
    "receipts": Said("（由该区块的交易回执查明）", " (found in that block's receipts)"),
}


def subject_words(subject: int, provinces: Mapping[int, Province]) -> Said:
    """Return whose events these are: a province, an ordered pair of them, or the consortium."""
    if not subject:
        return Said("联盟整体", "the consortium")
    codes = [subject] if subject < 1 << 32 else [subject >> 32, subject & 0xFFFFFFFF]
    known = [provinces.get(code) for code in codes]
    zh = [str(code) if one is None else one.name_zh for code, one in zip(codes, known, strict=True)]
    en = [str(code) if one is None else one.name_en for code, one in zip(codes, known, strict=True)]
    return Said("→".join(zh), " → ".join(en))


def finding_words(finding: Finding, provinces: Mapping[int, Province]) -> Said:
    """Return a finding as a sentence: contract, subject, number, event, block and transaction, as far as known."""
    what = _WHAT[finding.what]
    zh, en = [], []
    if finding.contract is not None:
        zh.append(finding.contract)
        en.append(finding.contract)
    if finding.subject is not None:
        subject = subject_words(finding.subject, provinces)
        zh.append(subject.zh)
        en.append(subject.en)
    if finding.sequence is not None:
        first, last = finding.sequence, finding.until or finding.sequence
        zh.append(f"第 {first} 号" if first == last else f"第 {first} 至 {last} 号（{finding.count} 个）")
        en.append(f"event {first}" if first == last else f"events {first} to {last} ({finding.count})")
    if finding.event is not None:
        zh.append(f"{finding.event}（类型 {finding.kind}）" if finding.kind else finding.event)
        en.append(f"{finding.event} (kind {finding.kind})" if finding.kind else finding.event)
    if finding.block is not None:
        zh.append(f"区块 {finding.block}")
        en.append(f"block {finding.block}")
    elif finding.between is not None:
        zh.append(f"在区块 {finding.between[0]} 与 {finding.between[1]} 之间")
        en.append(f"between blocks {finding.between[0]} and {finding.between[1]}")
    if finding.transaction is not None:
        zh.append(f"交易 {finding.transaction}")
        en.append(f"transaction {finding.transaction}")
    return Said(f"{what.zh}：{'，'.join(zh)}{_more(finding).zh}", f"{what.en}: {', '.join(en)}{_more(finding).en}")


def _more(finding: Finding) -> Said:
    """What there is to say besides: differing fields, how it was found."""
    zh = "；".join(f"{name} 报为 {served}，实为 {real}" for name, served, real in finding.fields)
    en = "; ".join(f"{name} was served as {served}, and is {real}" for name, served, real in finding.fields)
    by = _EVIDENCE.get(finding.evidence)
    if by is None:
        by = Said(f"（由 {finding.evidence} 查明）", f" (found at {finding.evidence})")
    why = finding.why if isinstance(finding.why, Said) else Said(finding.why, finding.why)
    said = [f" [{one}]" if one and not finding.fields else "" for one in (why.zh, why.en)]
    return Said(f"{'；' * bool(zh)}{zh}{by.zh}{said[0]}", f"{'; ' * bool(en)}{en}{by.en}{said[1]}")
