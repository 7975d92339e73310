"""What each finding says and what to do about it, in both languages; what is in braces is the finding's own."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Words(NamedTuple):
    """The sentence and what to do."""

    zh: str
    en: str
    hint_zh: str
    hint_en: str


WORDS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "cap.near": Words(
            "{institution} 专业 {programme} 的一名学生已用 {used} 学分，上限 {cap}（{percent}%）",
            "an enrolment of {institution} in {programme} has used {used} credits of a cap of {cap} ({percent} %)",
            "无需处理；再次申请时注意上限，如多名学生同时接近上限，请核对注册标识",
            "nothing need be wrong; look at the next request, and at the enrolments where many are near the cap",
        ),
        "rate.high": Words(
            "{institution} 接受了 {accepted}/{decided} 项（{percent}%），各机构中位数为 {median}%，修正 z 分数 {score}",
            "{institution} accepted {accepted} of {decided} ({percent} %); the median is {median} %, the modified "
            "z-score {score}",
            "请抽查该机构的决定（huren audit sample），并请其说明",
            "draw a sample of its decisions (huren audit sample) and ask it to explain",
        ),
        "headcount.exceeded": Words(
            "{institution} 专业 {programme} 申报人数 {headcount}，而学分已记入 {enrolments} 名学生",
            "{institution} declared a headcount of {headcount} for programme {programme}, and awarded to {enrolments} "
            "enrolments",
            "请该机构出示注册名单，或更正申报人数（huren programme declare）：虚设注册可规避上限",
            "see its register, or have the headcount corrected (huren programme declare): invented ones evade caps",
        ),
        "enrolment.twice": Words(
            "同一人的同一成果在 {institution} 专业 {programme} 先后记入 {enrolments} 个注册",
            "one person's outcome was awarded in {institution}, {programme}, to {enrolments} enrolments",
            "同一人在同一专业只应有一个注册标识：请该机构说明",
            "one person has one enrolment in a programme: ask the institution to explain",
        ),
        "claim.credentials": Words(
            "同一人的同一成果出现在 {credentials} 份凭证中，彼此未取代",
            "one person's outcome stands in {credentials} credentials, none of which took another's place",
            "请签发中心以新凭证取代旧凭证（huren supersede），或吊销重复的一份",
            "let the centre supersede the earlier one (huren supersede) or revoke the duplicate",
        ),
        "rule.unused": Words(
            "协议 {agreement} 第 {rule} 条生效 {days} 天无人使用",
            "rule {rule} of agreement {agreement} has been in force for {days} days and was never used",
            "请核对规则所指的成果与专业是否仍存在，或在下次修订时删去",
            "check that its outcome and programme still exist, or leave it out of the next agreement",
        ),
        "decision.overdue": Words(
            "{institution} 有 {number} 项申请逾期未决，最早期限 {deadline}",
            "{institution} has {number} requests past their deadline, the oldest since {deadline}",
            "请督促该机构决定；宽限期过后任何人可使其失效（huren transfer expire）",
            "ask it to decide; after the grace period anybody may expire them (huren transfer expire)",
        ),
        "decision.late": Words(
            "{institution} 有 {number} 项决定晚于期限（在宽限期内）",
            "{institution} decided {number} requests after their deadline (within the grace period)",
            "请核对该机构的经办人手是否足够",
            "ask whether it has officers enough",
        ),
        "officer.young.decided": Words(
            "{institution} 的审核人 {officer} 任职不满 {days} 天即作出 {number} 项决定",
            "officer {officer} of {institution} decided {number} transfers within {days} days of taking office",
            "请核对其任命（huren audit trace 可见账户），必要时抽查其决定",
            "check the appointment, and draw a sample of the decisions",
        ),
        "officer.young.approved": Words(
            "{institution} 的审核人 {officer} 任职不满 {days} 天即批准 {number} 个批次",
            "officer {officer} of {institution} approved {number} batches within {days} days of taking office",
            "请核对其任命与批次的名册人数",
            "check the appointment, and the batches against their rosters",
        ),
        "transfer.flagged.credential": Words(
            "转换 {transfer} 已接受 {awarded} 学分，其凭证{status_zh}（{reason_zh}）",
            "transfer {transfer} was accepted with {awarded} credits; its credential is {status} ({reason})",
            "请目标省撤回（huren transfer reverse），或在暂停解除前不使用这些学分",
            "the target province reverses it (huren transfer reverse), or keeps the credits unused until it is lifted",
        ),
        "transfer.flagged.successor": Words(
            "转换 {transfer} 的凭证已被取代，而取代它的凭证{status_zh}（{reason_zh}）",
            "the credential of transfer {transfer} was superseded, and its successor is {status} ({reason})",
            "请按取代它的凭证处理：撤回，或等待解除",
            "treat it as its successor: reverse, or wait until it is lifted",
        ),
        "transfer.flagged.batch": Words(
            "转换 {transfer} 已接受 {awarded} 学分，其批次{status_zh}（{reason_zh}）",
            "transfer {transfer} was accepted with {awarded} credits; its batch is {status} ({reason})",
            "无误的凭证应由签发中心重新存证；其余请撤回（huren transfer reverse）",
            "good credentials are anchored again by their centre, the others reversed (huren transfer reverse)",
        ),
        "manifest.missing": Words(
            "{institution} 的批次 {root}（{leaves} 份）清单尚未取得",
            "the manifest of batch {root} of {institution} ({leaves} credentials) is not held here",
            "请检查同行网关（huren index status）；久未公布者请其中心说明",
            "check the peers (huren index status); ask the centre why it publishes none",
        ),
        "manifest.malformed": Words(
            "{institution} 的批次 {root}（{leaves} 份）清单不合规：{why_zh}",
            "the manifest of batch {root} of {institution} ({leaves} credentials) is malformed: {why}",
            "此批凭证无法逐份吊销：请其中心吊销整批并重新存证",
            "its credentials cannot be revoked one by one: let the centre revoke the batch and anchor it again",
        ),
        "batch.unattested": Words(
            "{institution} 的批次 {root} 存证 {days} 天，尚无他省见证",
            "batch {root} of {institution} was anchored {days} days ago and no other province has attested it",
            "他省可能取不到其清单：请其中心检查 public_url 与服务",
            "others may be unable to fetch its manifest: let its centre check public_url and its gateway",
        ),
        "number.claims": Words(
            "{institution} 的同一证书编号用于 {claims} 人或成果（凭证见引用）",
            "one certificate number of {institution} stands for {claims} different claims (credentials in the refs)",
            "请核对名册；错发的一份应吊销或取代",
            "check the roster; revoke or supersede the one issued by mistake",
        ),
    }
)
"""By code."""
