"""What can be wrong with a blob or a document."""

from __future__ import annotations

from gateway.domain.errors import HurenError


class BlobError(HurenError):
    """The family of everything that keeps a blob from being stored or read. The value is its CID."""

    code = "blob"


class BlobNotFound(BlobError):
    """The store does not hold the blob."""

    code = "blob.not_found"
    zh = "未找到数据块 {value}"
    en = "there is no blob {value} here"
    hint_zh = "可从其他省的网关获取"
    hint_en = "another province's gateway may have it"


class BlobCorrupted(BlobError):
    """The bytes are not those that the name promises."""

    code = "blob.corrupted"
    zh = "数据块 {value} 的内容与摘要不符（{where}，实为 sha256 {found}）"
    en = "the blob {value} is not what its digest says ({where}, sha256 {found})"
    hint_zh = "请从备份或其他省重新获取；重新写入会修复文件"
    hint_en = "fetch it again from a backup or another province; storing it again mends the file"


class BlobSize(BlobError):
    """Nothing, or more than a block may hold."""

    code = "blob.size"
    zh = "数据块大小 {value} 字节，应为 1 至 {limit}"
    en = "a blob of {value} bytes; it must have 1 to {limit}"


class BlobUnavailable(BlobError):
    """No peer gave the blob. `why` names each peer's answer."""

    code = "blob.unavailable"
    zh = "没有可用的网关提供数据块 {value}：{why}"
    en = "no peer gave the blob {value}: {why}"
    hint_zh = "请检查 gateway.toml 中的 peers 与网络，稍后重试"
    hint_en = "check the peers in gateway.toml and the network, then try again"


class StoreUnreachable(BlobError):
    """The IPFS daemon gives no answer: nothing is known about any blob. The value is its address."""

    code = "blob.store_unreachable"
    zh = "IPFS 服务 {value} 没有响应（{why}）"
    en = "the IPFS daemon at {value} does not answer ({why})"
    hint_zh = (
        "请用 huren-node status 查看，并核对 gateway.toml 中的 ipfs.api_url；其间写入的数据块暂存于 data_dir/blobs，"
        "不会丢失"
    )
    hint_en = (
        "see huren-node status, and ipfs.api_url in gateway.toml; what is written meanwhile waits in data_dir/blobs, "
        "and nothing is lost"
    )


class StoreTokenUnreadable(BlobError):
    """The file with the token of the IPFS daemon's API cannot be read. The value is its path."""

    code = "blob.store_token"
    zh = "无法读取 IPFS 服务的令牌文件 {value}：{why}"
    en = "the file {value} with the token of the IPFS daemon cannot be read: {why}"
    hint_zh = "令牌由 huren-node up 写在节点的 keys/ipfs-token 中；请在 gateway.toml 的 ipfs.token_file 中指明"
    hint_en = "huren-node up writes it to the node's keys/ipfs-token; name that in gateway.toml, ipfs.token_file"


class StoreRefused(BlobError):
    """The IPFS daemon answers and does not do what it was asked. The value is its address."""

    code = "blob.store_refused"
    zh = "IPFS 服务 {value} 拒绝了请求（{why}）"
    en = "the IPFS daemon at {value} refused ({why})"
    hint_zh = "请核对 gateway.toml 中的 ipfs.token_file 是否为该服务的 keys/ipfs-token，并查看其日志"
    hint_en = "check that ipfs.token_file in gateway.toml is that daemon's keys/ipfs-token, and see its log"


class DocumentTooLarge(BlobError):
    """A document that does not fit a pack."""

    code = "document.size"
    zh = "文档 {value} 字节，超过 {limit}"
    en = "a document of {value} bytes; a pack holds {limit}"


class DocumentUnreadable(BlobError):
    """A document that does not open: destroyed key, wrong place, or altered bytes."""

    code = "document.unreadable"
    zh = "文档无法解密（{value}）"
    en = "the document does not open ({value})"
    hint_zh = "学习者账户若已删除，其文档不可恢复"
    hint_en = "once a learner's account is deleted, its documents are gone for good"
