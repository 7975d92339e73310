"""What can be wrong with an application, a letter or a decision: each names the member that it is about, and a remedy.

`field` is the name of the member in what was given (a wish of the API, an option of the command).
"""

from __future__ import annotations

from typing import ClassVar

from gateway.domain.errors import AGAINST, CANNOT, DomainError


class TransferProblem(DomainError):
    """The family of what is wrong with what was asked for."""

    code = "transfer"
    exit_code = AGAINST
    field: ClassVar[str] = "transfer"

    def to_json(self) -> dict[str, str]:
        """The form that surfaces show, with the member that it is about."""
        return {**super().to_json(), "field": self.field}


# --- applying


class NoSuchRule(TransferProblem):
    """A rule that the agreement does not have."""

    code = "transfer.rule"
    field = "rule"
    zh = "协议中没有第 {value} 条规则（共 {count} 条）"
    en = "the agreement has no rule {value}; it has {count}"
    hint_zh = "规则从 1 数起（huren agreement show）"
    hint_en = "rules count from 1 (huren agreement show)"


class GivesNothing(TransferProblem):
    """The rule gives nothing for this outcome."""

    code = "transfer.quote"
    field = "rule"
    zh = "按第 {rule} 条规则不予转换：{why}"
    en = "rule {rule} gives nothing: {why}"
    hint_zh = "请换用其他规则（huren agreement show）"
    hint_en = "try another rule (huren agreement show)"


class NotOnChain(TransferProblem):
    """A certificate whose batch the chain does not know."""

    code = "transfer.not_anchored"
    exit_code = CANNOT
    field = "certificate"
    zh = "证书 {value} 所在批次尚未上链"
    en = "the batch of the certificate {value} is not on the chain"
    hint_zh = "请待其上链后再申请"
    hint_en = "wait until it is anchored"


class DeadlinePassed(TransferProblem):
    """A consent that ends before anybody could decide by it."""

    code = "transfer.consent_expired"
    field = "deadline"
    zh = "同意书已于 {value} 到期"
    en = "the consent expired at {value}"
    hint_zh = "请学习者重新签署，期限在今天之后（--deadline），再申请"
    hint_en = "have the learner consent again, with a deadline that lies ahead (--deadline), and apply anew"


class ConsentInFuture(TransferProblem):
    """A consent that was given later than now."""

    code = "transfer.consent_time"
    field = "givenAt"
    zh = "同意的时间 {value} 晚于链上当前时间 {now}"
    en = "the consent was given at {value}, after the chain's present {now}"
    hint_zh = "请核对同意书的日期（--given-at）"
    hint_en = "check the date of the consent (--given-at)"


class EvidenceTooLarge(TransferProblem):
    """More than is kept of one consent."""

    code = "transfer.evidence_size"
    field = "evidence"
    zh = "同意书文件有 {value} 字节，上限 {most}"
    en = "the evidence of the consent has {value} bytes, the limit is {most}"
    hint_zh = "请压缩扫描件"
    hint_en = "compress the scan"


class UnknownApplication(TransferProblem):
    """No application of that number."""

    code = "transfer.application"
    field = "application"
    zh = "没有编号为 {value} 的申请"
    en = "there is no application {value}"
    hint_zh = "请核对编号（huren transfer applications）"
    hint_en = "check the number (huren transfer applications)"


class WrongState(TransferProblem):
    """That step is not for an application in this state."""

    code = "transfer.application_state"
    field = "application"
    zh = "申请 {value} 目前为“{state}”，不能办理"
    en = "the application {value} is {state}: that cannot be done now"
    hint_zh = "已上链的申请用 huren transfer cancel 撤回；已撤销的请重新申请"
    hint_en = "what is on the chain is taken back by huren transfer cancel; what was withdrawn is applied for anew"


class ApplicationUnreadable(TransferProblem):
    """What was kept of an application does not open: the learner's account was deleted, or the row was altered."""

    code = "transfer.application_sealed"
    exit_code = CANNOT
    field = "application"
    zh = "申请 {value} 的内容无法解密：学习者已注销，或数据被改动"
    en = "the application {value} does not open: the learner's account was deleted, or the row was altered"
    hint_zh = "请重新申请"
    hint_en = "apply anew"


# --- letters


class LetterProblem(TransferProblem):
    """The family of what is wrong with a letter."""

    code = "letter"
    field = "letter"


class LetterNotThere(LetterProblem):
    """Nobody gave it yet: nothing follows about the request."""

    code = "letter.not_there"
    exit_code = CANNOT
    zh = "暂时无法核对：随 {value} 发出的密信尚未取到（{why}）"
    en = "cannot check: the letter that belongs to {value} has not come yet ({why})"
    hint_zh = "网关会再次获取；请确认对方网关在线且列于 peers"
    hint_en = "the gateway fetches it again; see that the other centre's gateway is up and among the peers"


class LetterMalformed(LetterProblem):
    """The bytes under the digest are no letter, or one that was altered before its digest was made."""

    code = "letter.form"
    zh = "随 {value} 发出的不是密信，或内容有误：{why}"
    en = "what belongs to {value} is no letter, or not shaped as one: {why}"
    hint_zh = "请对方中心撤回并重新办理"
    hint_en = "ask the other centre to take it back and do it again"


class LetterForOthers(LetterProblem):
    """It is sealed to keys that are not here."""

    code = "letter.reader"
    exit_code = CANNOT
    zh = "随 {value} 发出的密信没有加密给本中心所持的密钥（{institution}）"
    en = "the letter that belongs to {value} is not sealed to a key of {institution} that is kept here"
    hint_zh = "请登记通信密钥（huren key agreement），再请对方重新办理"
    hint_en = "register an agreement key (huren key agreement), and ask the other centre to do it again"


class LetterDiffers(LetterProblem):
    """It speaks of something else than the chain."""

    code = "letter.differs"
    zh = "{value} 的密信所载 {member} 为 {letter}，链上为 {chain}"
    en = "the letter of {value} says {member} {letter}, the chain says {chain}"
    hint_zh = "请拒绝该申请，并告知来源中心"
    hint_en = "reject the request, and tell the source centre"


class LetterConsentExpired(LetterProblem):
    """The learner's consent ended, and nobody had decided."""

    code = "letter.expired"
    zh = "{value} 的同意书已于 {until} 到期"
    en = "the consent of {value} expired at {until}"
    hint_zh = "该申请将自动退回；学习者可重新申请"
    hint_en = "the request comes back by itself; the learner may apply anew"


class LetterUnsigned(LetterProblem):
    """The consent has no good signature of the source institution."""

    code = "letter.signature"
    zh = "{value} 的同意书签名无效：{why}"
    en = "the consent of {value} has no good signature: {why}"
    hint_zh = "请拒绝该申请，并告知来源中心"
    hint_en = "reject the request, and tell the source centre"


class LetterKeyNotInForce(LetterProblem):
    """The consent was signed with a key that was not the institution's when the request was made."""

    code = "letter.key"
    zh = "{value} 的同意书由 {key} 签名，申请时它不是来源机构的有效密钥"
    en = "the consent of {value} is signed with {key}, which was no key in force of the institution at the request"
    hint_zh = "请拒绝该申请，并告知来源中心"
    hint_en = "reject the request, and tell the source centre"


class LetterTooLarge(LetterProblem):
    """More than fits into one block of the blob store."""

    code = "letter.size"
    zh = "密信有 {value} 字节，上限 {most}"
    en = "a letter of {value} bytes; the limit is {most}"
    hint_zh = "请缩短说明，或另行寄送附件"
    hint_en = "make the text shorter, or send the enclosures another way"


class NobodyToSealTo(LetterProblem):
    """An institution that published no key for being written to."""

    code = "letter.no_key"
    exit_code = CANNOT
    field = "institution"
    zh = "机构 {value} 没有公布有效的通信密钥"
    en = "the institution {value} has published no agreement key in force"
    hint_zh = "请其中心执行 huren key agreement 与 huren institution key add --for agreement"
    hint_en = "its centre runs huren key agreement and huren institution key add --for agreement"


# --- deciding


class NotVerified(TransferProblem):
    """A credential that does not verify: nothing is awarded for it."""

    code = "transfer.verification"
    field = "presentation"
    zh = "来源证书核验未通过（{value}），不能接受"
    en = "the credential does not verify ({value}); it is not accepted"
    hint_zh = "请拒绝该申请，或待其状态恢复后再决定"
    hint_en = "reject the request, or wait until its status is restored"


class CannotVerify(TransferProblem):
    """Verification came to no answer: nothing is awarded yet, and nothing speaks against the credential."""

    code = "transfer.cannot_verify"
    exit_code = CANNOT
    field = "presentation"
    zh = "暂时无法核验来源证书：{value}"
    en = "the credential cannot be checked now: {value}"
    hint_zh = "请稍后再试；不要因此拒绝"
    hint_en = "try again later; do not reject it for this"


class AnotherCredential(TransferProblem):
    """A presentation of another credential than the one applied with."""

    code = "transfer.presentation"
    field = "presentation"
    zh = "所出示的证书（{value}）不是该申请所用的证书（{expected}）"
    en = "the certificate shown ({value}) is not the one of the request ({expected})"
    hint_zh = "请向来源中心索取该申请的出示文件"
    hint_en = "ask the source centre for the presentation that belongs to the request"


class FactsHidden(TransferProblem):
    """The presentation hides a fact that the request opened on the chain."""

    code = "transfer.facts_hidden"
    field = "presentation"
    zh = "出示的证书没有展示规则所依据的内容：{value}"
    en = "the presentation hides what the rule goes by: {value}"
    hint_zh = "请来源中心撤回，展示这些内容后重新申请"
    hint_en = "ask the source centre to take it back and apply again, showing these"


class LearnerHidden(TransferProblem):
    """The presentation does not say whose certificate it is: an award might go to anybody."""

    code = "transfer.learner_hidden"
    field = "presentation"
    zh = "{value} 出示的证书没有展示学习者姓名，无从核对是谁的学分"
    en = "what is presented for {value} does not show the learner's name: nobody can see whose credits these are"
    hint_zh = "请来源中心撤回，展示姓名后重新申请"
    hint_en = "ask the source centre to take it back and apply again, showing the name"


class FactsDiffer(TransferProblem):
    """The document says another fact than the request opened on the chain."""

    code = "transfer.facts"
    field = "presentation"
    zh = "链上申请的 {fact} 为 {value}，而证书所载为 {document}"
    en = "the request on the chain says {fact} {value}, the document says {document}"
    hint_zh = "请拒绝该申请，并告知来源中心"
    hint_en = "reject the request, and tell the source centre"


class TransferFinished(TransferProblem):
    """A decision on a transfer that waits for none."""

    code = "transfer.finished"
    zh = "转换 {value} 已有结果（{standing}），不能再作决定"
    en = "the transfer {value} is finished ({standing}): nothing is left to decide"
    hint_zh = "请查看该转换（huren transfer show）；撤回已授学分用 huren transfer reverse"
    hint_en = "see huren transfer show; an award is withdrawn by huren transfer reverse"


class DecisionUnderWay(TransferProblem):
    """Another decision by the same officer is on its way to the chain."""

    code = "transfer.under_way"
    exit_code = CANNOT
    zh = "对 {value} 的另一项决定（{act}）正在上链"
    en = "another decision on {value} ({act}) is on its way to the chain"
    hint_zh = "请等待其结果（huren transfer show）"
    hint_en = "wait for what becomes of it (huren transfer show)"


class AppealFiled(TransferProblem):
    """A second appeal against one rejection, with other grounds."""

    code = "transfer.appealed"
    zh = "对 {value} 已提出过申诉，每次拒绝只能申诉一次"
    en = "an appeal against the rejection of {value} was filed already; there is one"
    hint_zh = "请等待裁定（huren transfer show）"
    hint_en = "wait for its decision (huren transfer show)"


class NotOurInstitution(TransferProblem):
    """A decision about an institution that is another province's."""

    code = "transfer.not_ours_to_decide"
    zh = "转换 {value} 的目标省份是 {province}，不由本省决定"
    en = "the transfer {value} goes to province {province}: it is not ours to decide"
    hint_zh = "请由目标省份办理"
    hint_en = "the target province decides"
