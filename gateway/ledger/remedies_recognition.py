"""What to do about the refusals of the four contracts of recognition: (Chinese, English[, wait]).

Those of EvaluationRegistry that concern accounts and phases stand with the others in remedies.py.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_CHECK = (
    "请先核对协议文件（huren agreement check），它会指出行号",
    "check the file (huren agreement check): it names the line",
)
_ID = ("请核对标识（huren agreement list）", "check the id (huren agreement list)")
_SHOW = ("请查看协议的现状（huren agreement show）", "see how the agreement stands (huren agreement show)")
_NOTHING = ("无需再次办理", "nothing is to be done")
_TRANSFER = ("请查看该转换（huren transfer show）", "see how the transfer stands (huren transfer show)")
_OWN = ("请由该转换所属的省份或机构办理", "the province or institution that the transfer belongs to has to do this")
_REPORT = ("请向开发方报告：这是程序错误", "report this: it is a fault of the program")

RECOGNITION: Mapping[str, tuple[str, str] | tuple[str, str, bool]] = MappingProxyType(
    {
        "TermsInvalid": _CHECK,
        "RuleInvalid": _CHECK,
        "RuleCultureToAcademic": _CHECK,
        "RuleNeedsEvaluation": _CHECK,
        "RuleEvaluation": _CHECK,
        "RuleAboveEvaluation": _CHECK,
        "AgreementUnknown": _ID,
        "AgreementKnown": ("若要再次提出，请改动文件中的“序号”", "to propose them again, change the nonce in the file"),
        "AgreementState": _SHOW,
        "AgreementRound": (
            "请再次查看并批准：其间有过异议",
            "look and approve once more: there was an objection meanwhile",
        ),
        "AgreementNotParty": ("请由缔约方办理", "a party to the agreement has to do this"),
        "AgreementApprovedBefore": _NOTHING,
        "AgreementNotApproved": _NOTHING,
        "AgreementObjectedBefore": (
            "每省只能异议一次；请与各方商议，或提请动议（huren-node motion open settle）",
            "each province objects once: talk to the parties, or move (huren-node motion open settle)",
        ),
        "AgreementEnding": _NOTHING,
        "AgreementTooLate": ("请以新的日期另提一份", "propose new terms with later dates"),
        "SuccessorWithoutParty": _CHECK,
        "AgreementSucceeded": (
            "请以已有的后继协议为准，或取代那一份",
            "go by the successor that it has, or supersede that one",
        ),
        "EvaluationUnknown": (
            "请核对评估标识（huren evaluation list）；它须出自同一网络",
            "check the id (huren evaluation list): it has to be one of this network",
        ),
        "EvaluationFieldMissing": (
            "请补上所缺的一项：机构、成果或申报材料的摘要都不能为零",
            "give what is missing: institution, outcome and the dossier's digest are never zero",
        ),
        "EvaluationPeriod": (
            "请更正 --awarded-from 与 --awarded-to：首月不能晚于末月",
            "correct --awarded-from and --awarded-to: the first month is not after the last",
        ),
        "EvaluationSeats": (
            "请把 --seats 改为允许的席数；专家须来自至少三省，一省至多占五分之二",
            "set --seats to a number allowed: experts of at least three provinces, of one at most two in five",
        ),
        "EvaluationTargets": (
            "请以 --target 给出至少一个省，且不多于席数；或增加 --seats",
            "name at least one province with --target and no more than there are seats, or raise --seats",
        ),
        "EvaluationTargetOrder": (
            "每个 --target 只列一次；直接调用合约时请按代码升序排列",
            "name each --target once; who calls the contract directly sorts them by code",
        ),
        "ExpertKeyMissing": (
            "请专家生成加密公钥（huren evaluation expert），再以 --key 提名",
            "have the expert make a key (huren evaluation expert), then nominate with --key",
        ),
        "OpinionOutOfRange": (
            "赞成时请给出 --level 1–10 与 --credits；反对时两者都不要给",
            "in favour, give --level 1 to 10 and --credits; against, give neither",
        ),
        "OpinionWithoutReport": (
            "请以 --report 给出评审报告文件；链上只记录其 SHA-256",
            "give the report's file with --report: the chain keeps its SHA-256 alone",
        ),
        "ClaimBookUnauthorised": _REPORT,
        "ClaimTaken": (
            "一项成果只使用一次；若原申请被退回或撤回，可再申请",
            "an outcome counts once; where the other request comes back, it may be asked for again",
        ),
        "ClaimNot": (
            "请查看占用该成果的转换（huren transfer list）",
            "see which transfer has the outcome (huren transfer list)",
        ),
        "CapExceeded": ("请授予较少学分，或拒绝并说明", "award fewer credits, or reject and say why"),
        "ProgrammeUndeclared": (
            "请目标机构的审核人登记该专业（huren programme declare）",
            "an officer of the target institution declares it (huren programme declare)",
        ),
        "ProgrammeOnlyTightened": ("上限窗口只能由年改为全程", "a window only ever goes from the year to the whole"),
        "ProgrammeByStranger": (
            "请由该机构任满三日的审核人登记",
            "an officer of the institution, three days in office, declares it",
        ),
        "TransferUnknown": ("请核对编号（huren transfer list）", "check the number (huren transfer list)"),
        "TransferStage": _TRANSFER,
        "TransferDetails": (
            "请重建索引后再试（huren index rebuild）",
            "rebuild the index (huren index rebuild) and try again",
        ),
        "TransferRefused": ("请换用其他规则（huren agreement show）", "try another rule (huren agreement show)"),
        "TransferByStranger": _OWN,
        "TransferOpening": _REPORT,
        "TransferStatus": (
            "请待证书状态恢复，或以新证书申请",
            "wait until the status is restored, or apply with a new certificate",
        ),
        "TransferUnattested": (
            "其他省份的网关见证后自动重试",
            "it is tried again by itself: another province's gateway has to attest the batch first",
            True,
        ),
        "TransferAliasSince": (
            "请先重新颁发该证书（huren supersede）",
            "have the certificate reissued first (huren supersede)",
        ),
        "TransferInstitution": (
            "请查看该机构的现状（huren institution show）",
            "see how it stands (huren institution show)",
        ),
        "TransferTarget": (
            "请按规则填写目标机构、专业与课程",
            "give institution, programme and course as the rule has them",
        ),
        "TransferDeadline": ("请更正 --deadline", "correct --deadline"),
        "TransferConsentUsed": (
            "请再次执行该命令，会生成新的同意记录",
            "run the command again: it makes a new consent record",
        ),
        "TransferOfficer": (
            "请由目标机构任满三日的审核人决定（--officer）",
            "an officer of the target institution, three days in office, decides (--officer)",
        ),
        "TransferTooLate": ("请来源省份重新申请", "the source province may apply anew"),
        "TransferNotExpired": ("请在该时间之后再试", "try again after that time"),
        "TransferAward": ("请更正授予的学分（--credits）", "correct the credits (--credits)"),
        "TransferReason": ("请换用合适的原因（--reason）", "give another reason (--reason)"),
        "TransferReversalAgreed": ("请等待另一方同意", "wait for the other side"),
        "TransferAppeal": _TRANSFER,
        "RetireByStranger": _OWN,
    }
)
"""By the contract's error."""
