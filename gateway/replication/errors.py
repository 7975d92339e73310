"""What keeps provinces from keeping each other's packs."""

from __future__ import annotations

from gateway.domain.errors import USAGE, HurenError


class ReplicationError(HurenError):
    """The family."""

    code = "replication"


class NotAMember(ReplicationError):
    """Whoever asks for the list of packs is no member's operator, or does not say so as it must be said."""

    code = "replication.not_a_member"
    zh = "仅成员省的操作员可取得证书包清单：{why}"
    en = "only a member's operator is told which packs there are: {why}"
    hint_zh = "请求头 Huren-Member 应为“省份代码;秒;签名”，签名由该省操作员账户作出，时间与本机相差不超过五分钟"
    hint_en = "the header Huren-Member is province;seconds;signature, by one of its operators, within 5 minutes"


class PackListUnavailable(ReplicationError):
    """A peer did not tell its packs. The value is its address."""

    code = "replication.list_unavailable"
    zh = "网关 {value} 未提供证书包清单：{why}"
    en = "the gateway {value} does not tell its packs: {why}"
    hint_zh = "请检查 gateway.toml 中的 peers、双方时钟与本省操作员账户"
    hint_en = "check the peers in gateway.toml, both clocks, and that our operator's account is in force"


class TooFewCopies(ReplicationError):
    """The settings keep each pack in fewer provinces than the network has agreed on. The value is theirs."""

    code = "replication.too_few"
    exit_code = USAGE
    zh = "gateway.toml 中 replication 为 {value}，少于全网约定的 {agreed}（network.toml，载于 deployment.json）"
    en = "replication is {value} in gateway.toml, fewer than the {agreed} agreed on (network.toml, in deployment.json)"
    hint_zh = "请删去 gateway.toml 中的 replication：约定之数自会生效；只可写得更大"
    hint_en = "leave replication out of gateway.toml: what was agreed on holds by itself; only more may be written"
