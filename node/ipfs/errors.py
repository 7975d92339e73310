"""What can keep the IPFS daemon from running."""

from __future__ import annotations

from typing import TYPE_CHECKING

from node.client.errors import NodeError

if TYPE_CHECKING:
    from pathlib import Path


class KuboMissingError(NodeError):
    """There is no program `ipfs`; `looked` are the places."""

    def __init__(self, looked: tuple[str, ...]) -> None:
        where = ", ".join(looked)
        super().__init__(
            f"找不到 IPFS 程序（查找过：{where}）。请运行 make setup，或在 local.toml 中以 ipfs 指明",
            f"no program ipfs (looked at {where}). Run make setup, or name its path in local.toml, ipfs",
        )
        self.looked = looked


class KuboVersionError(NodeError):
    """The program at `path` is no Kubo, or one for which the repository and its configuration are not written."""

    def __init__(self, path: Path, found: str, wanted: str) -> None:
        super().__init__(
            f"{path} 的版本是 {found or '?'}，需要 {wanted} 或更新的 Kubo。请运行 make setup，"
            "或在 local.toml 中以 ipfs 指明",
            f"{path} is version {found or '?'}; Kubo {wanted} or newer is needed. Run make setup, or name its path in "
            "local.toml, ipfs",
        )
        self.path = path
        self.found = found


class KuboSecretError(NodeError):
    """A key file of the daemon is missing or is not what it should be; the value of a key is never told."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"密钥文件 {path} 不可用：{why}。身份密钥由 huren-node member new 生成，"
            "群密钥由 huren-node swarm-key open 打开",
            f"the key file {path} cannot be used: {why}. The identity comes from huren-node member new, "
            "the swarm's key from huren-node swarm-key open",
        )
        self.path = path
        self.why = why


class KuboNotReadyError(NodeError):
    """The daemon at `url` did not answer as itself within the time given."""

    def __init__(self, url: str, why: str) -> None:
        super().__init__(
            f"IPFS 服务 {url} 未就绪：{why}。请查看其日志", f"the IPFS daemon at {url} is not ready: {why}. See its log"
        )
        self.url = url
        self.why = why
