"""Why nothing is proven with no network: what does not hold, and what does not bind (any more)."""

from __future__ import annotations

from gateway.domain.errors import AGAINST, CANNOT, HurenError


class Unproven(HurenError):
    """The family of evidence that does not hold: altered, or another certificate's. The verdict is "invalid"."""

    code = "evidence"
    exit_code = AGAINST
    hint_zh = "文件被改动，或证据属于另一张证书；请索取原始文件"
    hint_en = "the file was altered, or the evidence is another certificate's: ask for the original file"


class CodeDiffers(Unproven):
    """At an address of the law lies other code than the Directory, or the trust file, says."""

    code = "evidence.code"
    zh = "合约 {value} 的代码与目录所记不符"
    en = "the contract {value} has other code than the Directory says"


class ListingDiffers(Unproven):
    """The Directory lists other contracts than the trust file knows."""

    code = "evidence.listing"
    zh = "目录中的 {value} 与信任文件所记不符"
    en = "the Directory lists another {value} than the trust file does"


class IdleNodes(Unproven):
    """There is more in the evidence than proves anything."""

    code = "evidence.idle"
    zh = "证据中有 {value} 个节点与此证书无关"
    en = "{value} nodes of the evidence have nothing to do with this certificate"


class NotBinding(HurenError):
    """The family of evidence, or trust, that does not bind: nothing follows. The verdict is "cannot check"."""

    code = "trust"
    exit_code = CANNOT


class NoEvidence(NotBinding):
    """The file carries none."""

    code = "evidence.none"
    zh = "文件中没有最终性证据"
    en = "the file carries no evidence of finality"
    hint_zh = "请联网核验，或请签发中心以 huren export --with-finality 重新导出"
    hint_en = "verify it with the network, or ask the centre for a file made by huren export --with-finality"


class NothingSealed(NotBinding):
    """The trust file is of a chain on which nobody seals."""

    code = "trust.no_seals"
    zh = "信任文件所述的链（{value}）没有验证者签名，只有节点一面之词"
    en = "nobody seals the chain of this trust file ({value}): it would prove a node's word and no more"
    hint_zh = "试验链上的证书请联网核验"
    hint_en = "certificates of a trial chain are verified with the network"


class TrustExpired(NotBinding):
    """The trust file is past its time."""

    code = "trust.expired"
    zh = "信任文件已于 {value} 失效"
    en = "the trust file expired on {value}"
    hint_zh = "请向任一省份的节点索取新的信任文件，并核对指纹"
    hint_en = "get a new one from any province's node, and compare its fingerprint"


class OlderEra(NotBinding):
    """The evidence is of a time when others were the validators: their keys may have gone astray since."""

    code = "evidence.older_era"
    zh = "证据所在区块 {value} 早于现任验证者任期（自区块 {first} 起）"
    en = "the evidence is of block {value}, before the present validators (from block {first} on)"
    hint_zh = "请索取新导出的文件"
    hint_en = "ask for a file that was exported since"


class OtherValidators(NotBinding):
    """Sealed by others than the trust file knows: by later ones, or by nobody."""

    code = "evidence.other_validators"
    zh = "区块 {value} 由信任文件不认识的验证者签名：{who}"
    en = "block {value} was sealed by validators that the trust file does not know: {who}"
    hint_zh = "验证者可能已更换：请更新信任文件；若已是最新，则文件被改动"
    hint_en = "validators may have changed: get a newer trust file; if it is the newest, the file was altered"


class NotFinal(NotBinding):
    """Too few blocks follow, for the validators that the trust file knows: of a smaller set they may be enough."""

    code = "evidence.not_final"
    zh = "所附区块头不足以证明区块 {value} 已最终确认：{why}"
    en = "the headers do not prove block {value} to be final: {why}"
    hint_zh = "请索取新导出的文件；验证者可能已减少，也请更新信任文件"
    hint_en = "ask for a newly exported file; validators may have left: get a newer trust file too"


class OtherOrder(NotBinding):
    """Blocks of known validators, not in the order that they would keep: there are more of them now, or fewer."""

    code = "evidence.other_order"
    zh = "区块 {value} 不合信任文件所记验证者的顺序：{why}"
    en = "block {value} is out of the order of the validators that the trust file knows: {why}"
    hint_zh = "验证者可能已更换：请更新信任文件；若已是最新，则文件被改动"
    hint_en = "validators may have changed: get a newer trust file; if it is the newest, the file was altered"


class EvidenceStale(NotBinding):
    """The block is older than the bound: much may have been revoked since."""

    code = "evidence.stale"
    zh = "证据截至 {value}，已超过 {days} 天的上限"
    en = "the evidence is as of {value}, older than the bound of {days} days"
    hint_zh = "请索取新导出的文件，或联网核验；如可接受更旧的证据，用 --max-days"
    hint_en = "ask for a newly exported file, or verify with the network; --max-days accepts older evidence"


class ClockBehind(NotBinding):
    """The block lies in this computer's future."""

    code = "evidence.clock"
    zh = "证据所在区块的时间 {value} 晚于本机时钟"
    en = "the block of the evidence, at {value}, lies ahead of this computer's clock"
    hint_zh = "请校准本机时钟"
    hint_en = "set this computer's clock"


class ValueUnknown(NotBinding):
    """A word of a contract holds what this software has no name for: a successor that is newer than it."""

    code = "evidence.value"
    zh = "合约存储中的值 {value} 本软件不认识"
    en = "a contract holds the value {value}, which this software does not know"
    hint_zh = "合约可能比本软件新：请更新软件，或联网核验"
    hint_en = "the contract may be newer than this software: update it, or verify with the network"


class TrustRefused(HurenError):
    """What was given as a trust file cannot be used as one."""

    code = "trust.refused"
    exit_code = CANNOT
    zh = "信任文件不可用：{value}"
    en = "the trust file cannot be used: {value}"
    hint_zh = "请重新取得信任文件，并核对指纹"
    hint_en = "get the trust file again, and compare its fingerprint"


class FingerprintDiffers(TrustRefused):
    """The trust file is not what its fingerprint, or the one that was told, says."""

    code = "trust.fingerprint"
    zh = "信任文件的指纹为 {value}，应为 {expected}"
    en = "the trust file has the fingerprint {value}, {expected} is expected"
