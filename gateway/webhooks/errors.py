"""What can go wrong with a webhook."""

from __future__ import annotations

from gateway.domain.errors import AGAINST, USAGE, HurenError


class WebhookError(HurenError):
    """The family of everything that is wrong with a webhook."""

    code = "webhook"


class AddressMalformed(WebhookError):
    """Not a web address that messages can be sent to."""

    code = "webhook.url"
    exit_code = USAGE
    zh = "“{value}”不能用作 webhook 地址：{why}"
    en = "{value!r} cannot be the address of a webhook: {why}"
    hint_zh = "写作 https://主机/路径，不带用户名、口令与 #"
    hint_en = "write https://host/path, without user, password or #"


class AddressForbidden(WebhookError):
    """A host whose address this gateway does not send to."""

    code = "webhook.address"
    exit_code = USAGE
    zh = "不向 {value} 发送（{address}）：{why}"
    en = "nothing is sent to {value} ({address}): {why}"
    hint_zh = "允许的网段由 webhook_networks 列出（docs/settings.md）；元数据地址须逐一写明"
    hint_en = "webhook_networks lists the networks that are allowed (docs/settings.md), metadata addresses by name"


class HostUnknown(WebhookError):
    """A host that has no address."""

    code = "webhook.host"
    zh = "主机 {value} 无法解析"
    en = "the host {value} has no address"
    hint_zh = "请核对主机名与域名解析"
    hint_en = "check the name, and this machine's resolver"


class TypeUnknown(WebhookError):
    """A type of event that there is not."""

    code = "webhook.event"
    exit_code = USAGE
    zh = "没有事件类型“{value}”"
    en = "there is no type of event called {value!r}"
    hint_zh = "可用的类型：{known}"
    hint_en = "there are: {known}"


class WebhookUnknown(WebhookError):
    """A number that no webhook has."""

    code = "webhook.unknown"
    exit_code = AGAINST
    zh = "没有编号为 {value} 的 webhook"
    en = "no webhook has the number {value}"
    hint_zh = "请查看 huren webhook list"
    hint_en = "see huren webhook list"


class SecretUnreadable(WebhookError):
    """The key that seals the secrets is gone, open to others, or another."""

    code = "webhook.key"
    zh = "无法打开 webhook 的签名密钥（{value}）：{why}"
    en = "the secrets of the webhooks cannot be opened ({value}): {why}"
    hint_zh = "恢复该文件（权限 0600）；若已丢失，请删除并重新添加 webhook"
    hint_en = "restore the file (mode 0600); if it is lost, remove the webhooks and add them again"
