"""Why completeness could not be checked."""

from __future__ import annotations

from gateway.domain.errors import USAGE, HurenError


class CannotBeChecked(HurenError):
    """The family of reasons why nothing follows about the events."""

    code = "completeness.cannot_check"


class HeaderTooOld(CannotBeChecked):
    """The node's newest final block is older than the bound."""

    code = "completeness.old_header"
    zh = "该节点最新的最终区块已有 {value} 秒之久（上限 {bound} 秒），可能是旧头"
    en = "the node's newest final block is {value} seconds old (at most {bound}): perhaps an old head"
    hint_zh = "请确认链在出块；网络确实静止时可用 --max-age 放宽，或换一个节点"
    hint_en = "check that the chain makes blocks; where it really rests, allow more with --max-age, or ask another node"


class NodeBehind(CannotBeChecked):
    """Another member's node knows final blocks that this one does not serve."""

    code = "completeness.behind"
    zh = "该节点比 {witness} 落后 {value} 个最终区块（上限 {bound}），可能是旧头"
    en = "the node is {value} final blocks behind {witness} (at most {bound}): perhaps an old head"
    hint_zh = "请待其追上后重试，或换一个节点"
    hint_en = "try again once it has caught up, or ask another node"


class NoWitnessAnswered(CannotBeChecked):
    """Other nodes were to be asked, and none said anything about the block."""

    code = "completeness.no_witness"
    zh = "指定的其他节点均未就该区块作答：{value}"
    en = "none of the other nodes named said anything about the block: {value}"
    hint_zh = "请确认它们可达且已同步；不指定 --witness 时，结论只对此节点成立"
    hint_en = "check that they can be reached and are in step; without --witness the answer is about this node only"


class WitnessIsTheNode(CannotBeChecked):
    """The node to be audited cannot be its own witness."""

    code = "completeness.own_witness"
    exit_code = USAGE
    zh = "{value} 就是被审计的节点（同一主机与端口），不能为自己作证"
    en = "{value} is the node to be audited (the same host and port): it cannot be its own witness"
    hint_zh = "请指定其他成员运行的节点"
    hint_en = "name a node that another member runs"


class ContractUnknown(CannotBeChecked):
    """The Directory lists a contract that this release knows nothing of."""

    code = "completeness.unknown_contract"
    zh = "合约目录列有本版本不认识的合约：{value}"
    en = "the Directory lists contracts that this release does not know: {value}"
    hint_zh = "请升级后再查"
    hint_en = "upgrade, then check again"
