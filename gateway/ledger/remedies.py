"""What to do about each refusal that a centre's own transactions can meet, and whether time alone mends it.

What the refusal means is said by `node.client.reverts`; here stands the next step of the person at the centre.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from gateway.ledger.remedies_recognition import RECOGNITION

if TYPE_CHECKING:
    from collections.abc import Mapping


class Remedy(NamedTuple):
    """What to do, in Chinese and English; `wait` where the same transaction can succeed later."""

    zh: str
    en: str
    wait: bool = False


UNKNOWN = Remedy(
    "请核对输入；若不明白，请联系网络运营方", "check what was entered; if it is not clear, ask the network's operator"
)

_APPROVE_AGAIN = Remedy(
    "请由机构的在任审核人重新批准该批次", "have an officer of the institution who is in office approve the batch again"
)
_NOT_OURS = Remedy(
    "请由该机构所属省份的学分银行办理", "the credit bank of the institution's own province has to do this"
)
_REPORT = Remedy("请向开发方报告：这是程序错误", "report this: it is a fault of the program")

REMEDIES: Mapping[str, Remedy] = MappingProxyType(
    {
        "QuotaExceeded": Remedy(
            "明日（北京时间）自动重试；也可由本省提高该账户的每日限额",
            "it is tried again tomorrow (Beijing time); or the province raises the account's daily quota",
            wait=True,
        ),
        "ConsortiumPaused": Remedy(
            "本省已被暂停；恢复后自动重试", "the province is paused; it is tried again once that ends", wait=True
        ),
        "ConsortiumUnauthorised": Remedy(
            "请由本省为该账户授予所需权限（管理员办理），再执行一次",
            "have the province grant the account this role (its admin does), then run the command again",
        ),
        "Superseded": Remedy(
            "请再次执行该命令，网关会自行找到新合约；批次须由机构审核人重新批准（对同一名册再次运行 huren issue）",
            "run the command again: the gateway finds the new contract by itself. A batch has to be approved anew by "
            "an officer (huren issue with the same roster)",
        ),
        "AnchorStanding": Remedy(
            "请先认证该机构，或恢复其资格（huren institution）",
            "accredit the institution, or resume it (huren institution)",
        ),
        "AnchorByAnotherProvince": _NOT_OURS,
        "ApprovalExpired": _APPROVE_AGAIN,
        "ApprovalBy": Remedy(
            "新任命的审核人须满三天方可批准；请由在任审核人重新批准",
            "an officer appointed later may approve only after three days; have one in office approve again",
        ),
        "ApprovalByOperator": _APPROVE_AGAIN,
        "BatchAlreadyAnchored": Remedy(
            "该批次已在链上，无需处理", "the batch is on the chain already; nothing is to be done"
        ),
        "BatchUnknown": Remedy(
            "该批次尚未上链；请待其最终确认", "the batch is not on the chain yet; wait until it is final"
        ),
        "BatchLeafCount": _REPORT,
        "BatchApprovalsMissing": _REPORT,
        "AttestOwnBatch": _REPORT,
        "StatusReason": Remedy("请换用合适的原因（--reason）", "give a reason that goes with the status (--reason)"),
        "StatusRevoked": Remedy("吊销不可撤回；请重新颁发", "a revocation is final; issue anew"),
        "StatusByStranger": _NOT_OURS,
        "StatusSetBy": Remedy(
            "请由当初暂停它的省份（退出后为其托管省份）恢复",
            "the province that suspended it has to lift the suspension, or its custodian once it has left",
        ),
        "InstitutionUnknown": Remedy("请核对代码，或先认证该机构", "check the code, or accredit the institution first"),
        "InstitutionStanding": Remedy(
            "请查看该机构的现状（huren institution show）", "see how the institution stands (huren institution show)"
        ),
        "InstitutionOfAnotherProvince": _NOT_OURS,
        "InstitutionCodeOfAnotherProvince": _NOT_OURS,
        "ScopeOutOfRange": Remedy("请更正类别、等级或学分上限", "correct categories, level or most credits"),
        "ScopeNotNarrower": Remedy("范围只能缩小", "a scope can only be made smaller"),
        "OfficerNotAnAccount": Remedy("请给出审核人自己的账户地址", "give the address of the officer's own account"),
        "OfficerKnown": Remedy("请为该审核人另生成密钥", "make another key for the officer"),
        "OfficerUnknown": Remedy("请核对地址（huren institution show）", "check the address (huren institution show)"),
        "KeyKnown": Remedy("该密钥已登记，无需再次公布", "the key is published already; nothing is to be done"),
        "KeyUnknown": Remedy("请核对公钥（huren institution show）", "check the key (huren institution show)"),
        "TenureInThePast": Remedy("请给出现在或将来的时间", "give a time that is not in the past"),
        "TenureOnlyLowered": Remedy("停用与失信时间只能提前", "an end can only be set to an earlier time"),
        "ConsortiumAccountBound": Remedy(
            "一个地址终身只属于一省一职；请换用新账户",
            "an address has one province and one office for ever: use a new one",
        ),
        "EvaluationInPhase": Remedy(
            "请查看评估进度（huren evaluation show）", "see how the evaluation stands (huren evaluation show)"
        ),
        "EvaluationOpen": Remedy(
            "请先结束该成果现有的评估（huren evaluation close）",
            "close the outcome's present evaluation first (huren evaluation close)",
        ),
        "EvaluationPause": Remedy("请在该时间之后再发起", "open it after that time"),
        "EvaluationCategory": Remedy(
            "请核对类别；认定范围须包含该类别", "check the category: the institution's scope must hold it"
        ),
        "EvaluationTarget": Remedy("请更正 --target", "correct --target"),
        "EvaluationNominationsUntil": Remedy("请更正 --nomination-days", "correct --nomination-days"),
        "EvaluationOpinionsUntil": Remedy("请更正 --opinion-days", "correct --opinion-days"),
        "PanelShare": Remedy("请由其他省份提名", "another province has to nominate"),
        "PanelReserved": Remedy(
            "请等待拟认可的省份提名", "wait for the provinces that are to recognise the outcome to nominate"
        ),
        "ExpertBound": Remedy("请专家使用新的专用账户", "the expert needs an account for this alone"),
        "ExpertOfAnotherProvince": Remedy(
            "请提名另一位专家，或请其使用新账户", "nominate somebody else, or have the expert make another account"
        ),
        "ExpertSeated": Remedy("无需再次提名", "nothing is to be done"),
        "ExpertNotAnAccount": Remedy("请给出专家自己的账户地址", "give the address of the expert's own account"),
        "ExpertOfIdleProvince": Remedy(
            "请待该省恢复后再发表意见", "give the opinion once the province can act again", wait=True
        ),
        "OpinionByStranger": Remedy("请使用被提名的专家账户", "use the account that was nominated"),
        "OpinionAlreadyGiven": Remedy("意见不可更改", "an opinion is given once and for good"),
        "TreeProofInvalid": _REPORT,
        "TreeProofTooLong": _REPORT,
        "TreeNothingProven": _REPORT,
        **{name: Remedy(*said) for name, said in RECOGNITION.items()},
    }
)
