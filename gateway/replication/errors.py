"""What keeps provinces from keeping each other's packs."""

from __future__ import annotations

from gateway.domain.errors import HurenError


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
