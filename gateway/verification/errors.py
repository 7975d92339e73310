"""Why a verdict is what it is: each names the value and what to do."""

from __future__ import annotations

from gateway.domain.errors import AGAINST, CANNOT, USAGE, HurenError


class Finding(HurenError):
    """The family of what verification finds."""

    code = "verify"
    exit_code = AGAINST


class NotIncluded(Finding):
    """The path of siblings does not lead to the root (step 3)."""

    code = "verify.not_included"
    zh = "默克尔路径得出的根与回执中的 {value} 不符"
    en = "the path of siblings does not lead to the root {value} of the receipt"
    hint_zh = "文件已被改动，或回执属于另一张证书"
    hint_en = "the file was altered, or the receipt is another certificate's"


class OtherRegistry(Finding):
    """The receipt names a registry or chain that is not this network's (step 4)."""

    code = "verify.other_registry"
    zh = "回执指向另一条链或另一个登记合约：{value}"
    en = "the receipt names another chain or another registry: {value}"
    hint_zh = "本网络只承认自己的登记合约"
    hint_en = "this network recognises its own registry only"


class NotAnchored(Finding):
    """No such batch on the chain at that block (step 4)."""

    code = "verify.not_anchored"
    zh = "该机构从未在链上登记过根 {value}"
    en = "this institution has anchored no batch with the root {value}"
    hint_zh = "请向发证机构核实；若刚刚颁发，请稍后再试"
    hint_en = "ask the institution; if it was issued a moment ago, try again later"


class ReceiptDisagrees(Finding):
    """The receipt says something else of the batch than the chain does (step 4)."""

    code = "verify.receipt_disagrees"
    zh = "回执中的 {field} 为 {value}，链上为 {chain}"
    en = "the receipt gives {value} as {field}, the chain has {chain}"
    hint_zh = "回执已被改动"
    hint_en = "the receipt was altered"


class OutOfScope(Finding):
    """The institution was not accredited for this category, level and worth when it anchored (step 5)."""

    code = "verify.out_of_scope"
    zh = "登记时该机构未获认可颁发此类成果：{value}"
    en = "when it was anchored the institution was not accredited for this: {value}"
    hint_zh = "请向该机构所属省份的学分银行核实"
    hint_en = "ask the credit bank of the institution's province"


class NotAccredited(Finding):
    """No accreditation was in force (step 5)."""

    code = "verify.not_accredited"
    zh = "登记时没有任何省份认可机构 {value}"
    en = "no province vouched for institution {value} when this was anchored"
    hint_zh = "请勿采信"
    hint_en = "do not rely on it"


class KeyNotRegistered(Finding):
    """The issuer's key was never the institution's (step 5)."""

    code = "verify.key_unknown"
    zh = "密钥 {value} 从未登记为该机构的签发密钥"
    en = "{value} was never registered as an issuing key of this institution"
    hint_zh = "请勿采信"
    hint_en = "do not rely on it"


class KeyNotInForce(Finding):
    """The issuer's key was not in force at the anchor's time (step 5)."""

    code = "verify.key_not_in_force"
    zh = "登记时密钥 {value} 不在有效期内（或已报告泄露）"
    en = "the key {value} was not in force when this was anchored (or had been reported as compromised)"
    hint_zh = "请向发证机构核实"
    hint_en = "ask the institution"


class NotSigned(Finding):
    """No proof that this software checks (step 6)."""

    code = "verify.not_signed"
    zh = "完整证书缺少可验证的签名（{value}）"
    en = "a full certificate without a proof that can be checked ({value})"
    hint_zh = "请使用发证机构提供的原始文件"
    hint_en = "use the file as the institution issued it"


class BadSignature(Finding):
    """A proof that does not hold (step 6)."""

    code = "verify.bad_signature"
    zh = "签名无效：{value}"
    en = "the signature does not hold: {value}"
    hint_zh = "文件在签名之后被改动过"
    hint_en = "the file was altered after it was signed"


class LeafRevoked(Finding):
    """The credential was revoked (step 7)."""

    code = "verify.revoked"
    zh = "证书已被撤销，原因：{value}"
    en = "the credential was revoked: {value}"


class LeafSuspended(Finding):
    """The credential is suspended (step 7)."""

    code = "verify.suspended"
    zh = "证书处于暂停状态，原因：{value}"
    en = "the credential is suspended: {value}"


class BatchRevoked(Finding):
    """Every batch that holds the credential was revoked (step 7)."""

    code = "verify.batch_revoked"
    zh = "证书所在批次已整体撤销，原因：{value}"
    en = "the whole batch of the credential was revoked: {value}"


class BatchSuspended(Finding):
    """No batch that holds the credential is in force, one is suspended (step 7)."""

    code = "verify.batch_suspended"
    zh = "证书所在批次处于暂停状态，原因：{value}"
    en = "the whole batch of the credential is suspended: {value}"


class NotYetValid(Finding):
    """The award lies in the future (step 8)."""

    code = "verify.not_yet_valid"
    zh = "证书自 {value} 起才有效"
    en = "the credential is not valid before {value}"


class AwardedAfterAnchor(Finding):
    """The date of award lies after the anchoring (step 8)."""

    code = "verify.awarded_after_anchor"
    zh = "取得日期 {value} 晚于上链日期 {anchored}"
    en = "the date of award {value} is later than the anchoring on {anchored}"


class Expired(Finding):
    """The end of validity has passed (step 8)."""

    code = "verify.expired"
    zh = "证书有效期至 {value}，现已过期"
    en = "the credential was valid until {value}"
    hint_zh = "请向发证机构了解是否已复审或换发"
    hint_en = "ask the institution whether it was renewed"


class NotFound(Finding):
    """No batch of any province holds this hash; every manifest was looked through."""

    code = "verify.not_found"
    zh = "所有省份已登记的批次中都没有哈希 {value}"
    en = "no anchored batch of any province holds the hash {value}"
    hint_zh = "请检查哈希是否抄录完整（0x 加 64 位十六进制）"
    hint_en = "check that the hash was copied whole (0x and 64 hexadecimal digits)"


class ManifestsLacking(Finding):
    """The hash is not among the manifests held, but some are not held (yet)."""

    code = "verify.manifests_lacking"
    exit_code = CANNOT
    zh = "尚有 {value} 个已登记批次的清单未取得，无法断言该哈希不存在"
    en = "{value} anchored batches' manifests are not here yet, so nobody can say that the hash is unknown"
    hint_zh = "请稍后再试，或向发证省份的网关查询"
    hint_en = "try again later, or ask the gateway of the issuing province"


class IndexStale(Finding):
    """The index has not been confirmed against the chain for too long."""

    code = "verify.index_stale"
    exit_code = CANNOT
    zh = "索引已有 {value} 秒未与链核对（上限 {bound} 秒）"
    en = "the index was last confirmed against the chain {value} seconds ago (bound {bound})"
    hint_zh = "请确认链节点与索引程序正在运行；证书本身没有因此被判无效"
    hint_en = "check that the node and the indexer run; no certificate is invalid because of this"


class ChainStandsStill(Finding):
    """The newest final block is too old: what has happened since, this node does not know."""

    code = "verify.chain_stands_still"
    exit_code = CANNOT
    zh = "最新的最终区块是 {value} 秒前的（上限 {bound} 秒）：链已停止出块，或本节点与其他成员失去联系"
    en = "the newest final block is {value} seconds old (bound {bound}): the chain stands still, or the node is cut off"
    hint_zh = "请查看 huren-node status：在线的验证者须过半；证书本身没有因此被判无效"
    hint_en = "see huren-node status: more than half of the validators must be up; no certificate is invalid by this"


class IndexEmpty(Finding):
    """Nothing has been indexed yet."""

    code = "verify.index_empty"
    exit_code = CANNOT
    zh = "索引尚未建立"
    en = "nothing has been indexed yet"
    hint_zh = "请运行 huren index follow"
    hint_en = "run huren index follow"


class MalformedHash(Finding):
    """Not a credential hash."""

    code = "verify.hash_form"
    exit_code = USAGE
    zh = "“{value}”不是证书哈希"
    en = "{value!r} is no credential hash"
    hint_zh = "应为 0x 加 64 位十六进制"
    hint_en = "it is 0x and 64 hexadecimal digits"
