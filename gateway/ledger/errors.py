"""What can go wrong between the gateway and the chain, each with the offending value and what to do about it."""

from __future__ import annotations

from gateway.domain.errors import AGAINST, HurenError


class LedgerError(HurenError):
    """The family of everything that is wrong with the chain, what it serves, or what is sent to it."""

    code = "ledger"


class ChainUnavailable(LedgerError):
    """The chain gave no usable answer: nothing follows about any credential."""

    code = "ledger.unavailable"
    zh = "链暂时无法读取：{value}"
    en = "the chain cannot be read: {value}"
    hint_zh = "请确认节点已启动，然后重试；证书本身没有因此被判无效"
    hint_en = "check that the node runs and try again; no certificate is invalid because of this"


class WrongChain(LedgerError):
    """The node serves another chain than the deployment names."""

    code = "ledger.wrong_chain"
    zh = "节点的链（链号、创世块）是 {value}，部署文件要求 {expected}"
    en = "the node serves the chain (number, first block) {value}, the deployment file names {expected}"
    hint_zh = "请检查 rpc_url 与 deployment 是否属于同一网络"
    hint_en = "check that rpc_url and deployment belong to one network"


class CallRefused(LedgerError):
    """A contract refused a read or a write; `value` is the contract's own error, `details` its arguments."""

    code = "ledger.refused"
    exit_code = AGAINST
    zh = "合约拒绝：{zh_reason}"
    en = "the contract refused: {en_reason}"
    hint_zh = "{zh_remedy}"
    hint_en = "{en_remedy}"


class HeadMismatch(LedgerError):
    """The events served do not give the head that the contract stores: something was left out or altered."""

    code = "ledger.head_mismatch"
    zh = (
        "合约 {value} 主体 {subject} 的事件与链上存储的摘要不符：存储序号 {stored}，收到序号 {served}，起始区块 {block}"
    )
    en = (
        "the events served for {value}, subject {subject}, do not give the head stored: sequence stored {stored}, "
        "served {served}, from block {block} on"
    )
    hint_zh = "该节点漏报或篡改了事件；请改用其他节点（rpc_url）。索引停在此前的区块"
    hint_en = "this node left out or altered events; use another node (rpc_url). The index stays at the block before"


class EventMissing(HeadMismatch):
    """A sequence number is skipped: the event with that number was not served."""

    code = "ledger.event_missing"
    zh = "合约 {value} 主体 {subject} 缺少第 {stored} 号事件（收到的下一号是 {served}，区块 {block}）"
    en = "event {stored} of {value}, subject {subject}, is missing (the next one served is {served}, block {block})"


class SenderBusy(LedgerError):
    """Another process sends with this key; only one may."""

    code = "ledger.sender_busy"
    zh = "账户 {value} 已由另一进程发送交易"
    en = "another process already sends for account {value}"
    hint_zh = "无需处理：排队的交易由该进程发送"
    hint_en = "nothing to do: that process sends what is queued"


class NotSettled(LedgerError):
    """Transactions did not become final in the time given; they stay in the outbox."""

    code = "ledger.not_settled"
    zh = "{value} 笔交易在 {seconds} 秒内尚未最终确认"
    en = "{value} transactions were not final after {seconds} seconds"
    hint_zh = "它们仍在发件箱中，会继续发送；可用 huren index status 查看"
    hint_en = "they stay in the outbox and go on being sent; see huren index status"
