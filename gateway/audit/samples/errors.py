"""What can be wrong with a sample of transfers, its requests and its answers."""

from __future__ import annotations

from gateway.audit.errors import AuditError
from gateway.domain.errors import AGAINST, USAGE


class SampleError(AuditError):
    """The family of everything that is wrong with a sample."""

    code = "sample"


class SampleNotFuture(SampleError):
    """The block that is to draw is there already: whoever names it could have chosen the sample."""

    code = "sample.block_past"
    exit_code = USAGE
    zh = "区块 {value} 已经产生（最新 {newest}），不能用来抽签"
    en = "block {value} exists already (the newest is {newest}): it cannot draw a sample"
    hint_zh = "请指定尚未产生的区块（--at-block）"
    hint_en = "name a block to come (--at-block)"


class SampleEmpty(SampleError):
    """There is nothing to draw from."""

    code = "sample.empty"
    exit_code = AGAINST
    zh = "没有可抽查的转换：{value}"
    en = "there are no transfers to draw from: {value}"
    hint_zh = "请核对 --pair，并确认索引已跟上（huren index status）"
    hint_en = "check --pair, and that the index has caught up (huren index status)"


class SampleTooEarly(SampleError):
    """The block that draws is not final yet."""

    code = "sample.too_early"
    zh = "抽签区块 {value} 尚未最终确认（最新 {newest}）"
    en = "block {value}, which draws, is not final yet (the newest is {newest})"
    hint_zh = "请待该区块产生后再抽"
    hint_en = "wait until it is there"


class SampleUnknown(SampleError):
    """No such sample here."""

    code = "sample.unknown"
    exit_code = AGAINST
    zh = "没有抽查“{value}”"
    en = "there is no sample {value!r} here"
    hint_zh = "请核对（huren audit sample show）"
    hint_en = "see huren audit sample show"


class SampleNotDrawn(SampleError):
    """The sample was announced and not drawn yet."""

    code = "sample.not_drawn"
    zh = "抽查 {value} 尚未抽签"
    en = "the sample {value} was not drawn yet"
    hint_zh = "请先执行 huren audit sample draw"
    hint_en = "run huren audit sample draw first"


class SampleFileMalformed(SampleError):
    """Not a request or an answer of a sample, or one that contradicts itself."""

    code = "sample.file"
    exit_code = USAGE
    zh = "不是抽查文件，或内容不符：{value}"
    en = "this is no file of a sample, or it contradicts itself: {value}"
    hint_zh = "请向发出方重新索取"
    hint_en = "ask whoever sent it for it again"


class SampleOtherChain(SampleError):
    """A sample of another chain than this gateway follows."""

    code = "sample.chain"
    exit_code = AGAINST
    zh = "该抽查属于另一条链（{value}），本网关跟随 {expected}"
    en = "the sample is of another chain ({value}); this gateway follows {expected}"
    hint_zh = "请核对文件与 deployment"
    hint_en = "check the file, and the deployment"


class SampleOfThePast(SampleError):
    """The requests that count end long before the announcement: so a population of one may have been chosen."""

    code = "sample.through"
    exit_code = AGAINST
    zh = "抽查只计至区块 {value} 的申请，早于公告 {days} 天以上"
    en = "the sample counts requests up to block {value} only, more than {days} days before its announcement"
    hint_zh = "不要开启；请监管办公室以当前区块重新公告"
    hint_en = "do not open it; ask the office to announce one that counts up to now"


class SampleNotAnnounced(SampleError):
    """The sample's announcement was never noted here, or only once the block was there that draws."""

    code = "sample.announcement"
    exit_code = AGAINST
    zh = "抽签区块 {block} 产生之前，本中心没有收到过公告值 {value}"
    en = "the announcement {value} was not noted here before block {block}, which draws, was there"
    hint_zh = "不要开启：收到公告时须即执行 huren audit note；请监管办公室重新公告并抽签"
    hint_en = (
        "open nothing: note announcements when they come (huren audit note); let the office announce and draw again"
    )


class SampleOtherKey(SampleError):
    """The key that the answer is to be sealed to is not the one in the sample."""

    code = "sample.key"
    exit_code = AGAINST
    zh = "抽查写明的公钥是 {value}，与 --to {expected} 不符"
    en = "the sample names the key {value}, not {expected} (--to)"
    hint_zh = "不要开启：请经另一渠道向监管办公室核对公钥"
    hint_en = "open nothing: ask the office for its key in another way"


class SampleOtherDraw(SampleError):
    """The transfers in a request are not those that the block drew."""

    code = "sample.draw"
    exit_code = AGAINST
    zh = "文件所列转换与抽签结果不符：{value}"
    en = "the file asks for other transfers than the block drew: {value}"
    hint_zh = "不要开启：请向监管办公室核对"
    hint_en = "open nothing: ask the office"


class NothingOfOurs(SampleError):
    """None of the transfers drawn came from this centre."""

    code = "sample.not_ours"
    exit_code = AGAINST
    zh = "抽中的转换中没有本中心（{value}）发出的"
    en = "none of the transfers drawn came from this centre ({value})"
    hint_zh = "请交由来源省中心办理"
    hint_en = "the centre of their source province opens them"


class SampleUncheckable(SampleError):
    """A document could not be verified now: nothing follows about it."""

    code = "sample.uncheckable"
    zh = "转换 {value} 的凭证暂时无法核验：{why}"
    en = "the credential of transfer {value} cannot be verified now: {why}"
    hint_zh = "请确认节点与索引可用后重试"
    hint_en = "check that the node and the index answer, and try again"


class DocumentElsewhere(SampleError):
    """No document of the learner has the number that the certificate commits to."""

    code = "sample.document"
    exit_code = AGAINST
    zh = "该凭证所承诺的证件号码不在其账户中：{value}"
    en = "the account has no document with the number that the credential commits to: {value}"
    hint_zh = "请核对账户的证件（huren account）"
    hint_en = "look at the account's documents (huren account)"
